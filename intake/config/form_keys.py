"""The keys of the web form: `[form]` and a `[field NAME]` for each question of your own."""

# `key` and its like make a field, as `dataclasses.field` does.
# ruff: noqa: RUF009

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from intake.config.converters import BadValue, as_flag, as_number, as_words, one_of
from intake.config.keys import key
from intake.desk.sensitive import chains
from intake.desk.triage.safe_regex import BadPattern
from intake.desk.triage.whole_match import whole

_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")
_LONGEST = 500

Worded = Mapping[str, str]
"""A text by language tag; "" stands for all others."""


def as_worded(value: str) -> Worded:
    """Read `text | zh-Hans: text | ja: text`: a text by language tag, "" for all others."""
    if not value:
        return {}
    first, *more = (" ".join(part.split()) for part in value.split("|"))
    texts = {"": first}
    for part in more:
        tag, colon, text = part.partition(":")
        if not colon or not _TAG.fullmatch(tag.strip()) or not text.strip():
            raise BadValue(
                f"{part!r} is not a valid text in another language",
                "Write it like: Your wallet | zh-Hans: 您的钱包",
            )
        texts[tag.strip()] = text.strip()
    if not first or any(len(text) > _LONGEST for text in texts.values()):
        raise BadValue("a text is empty or too long", f"Write up to {_LONGEST} characters before the first |")
    return texts


def as_choices(value: str) -> tuple[tuple[str, Worded], ...]:
    """Read a line for each choice, `name = text | zh-Hans: text`; the text alone is a name as well."""
    choices: dict[str, Worded] = {}
    for line in filter(None, (part.strip() for part in value.split("\n"))):
        name, equals, text = (part.strip() for part in line.partition("="))
        worded = as_worded(text if equals else line)
        if not equals:
            name = worded[""]
        if name in choices or not 0 < len(name) <= 100:
            raise BadValue(f"the choice {name!r} is empty, too long or a duplicate", "Name each choice once")
        choices[name] = worded
    return tuple(choices.items())


def as_chains(value: str) -> tuple[str, ...]:
    """Read names of chains, with commas between."""
    names = tuple(name.lower() for name in as_words(value))
    wrong = [name for name in names if name not in chains.ADDRESS]
    if wrong:
        raise BadValue(f"{wrong[0]!r} is not a known chain", f"Write some of: {', '.join(chains.ADDRESS)}")
    return names


def as_whole_pattern(value: str) -> str:
    """Read a regular expression that the whole answer must match; one that no answer makes slow."""
    try:
        if value:
            whole(value)
    except BadPattern as err:
        raise BadValue(
            f"{value!r} is not a valid regular expression here: {err}",
            "Write it like [A-Z]{2}[0-9]{6}; docs/web-form.md lists what is supported",
        ) from None
    return value


def as_origins(value: str) -> tuple[str, ...]:
    """Read web sites, `https://app.example.com`, with commas or spaces between."""
    origins = tuple(value.replace(",", " ").split())
    for origin in origins:
        parts = urlsplit(origin)
        whole = f"{parts.scheme}://{parts.netloc}" == origin.rstrip("/")
        named = re.fullmatch(r"[\w.*:\[\]-]+", parts.netloc)
        if parts.scheme not in ("http", "https") or not whole or not named:
            raise BadValue(f"{origin!r} is not a valid web site", "Write them like https://app.example.com")
    return tuple(origin.rstrip("/").lower() for origin in origins)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSettings:
    """The form as a whole: `promise` is a sentence of the admin's, `per_…` are how much is taken."""

    categories: tuple[tuple[str, Worded], ...] = key(as_choices, "")
    category_required: bool = key(as_flag, "no")
    promise: Worded = key(as_worded, "")
    per_address_hour: int = key(as_number(1, 1000), "3")
    per_network_minute: int = key(as_number(1, 10_000), "5")
    per_network_hour: int = key(as_number(1, 100_000), "20")
    work: str = key(one_of("auto", "always", "never"), "auto")
    work_bits: int = key(as_number(8, 24), "17")
    pressure_per_minute: int = key(as_number(1, 100_000), "30")


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSettings:
    """A question of the desk's own."""

    label: Worded = key(as_worded)
    help: Worded = key(as_worded, "")
    type: str = key(
        one_of("text", "long", "choice", "wallet", "hash", "version", "number", "pattern"), "text"
    )
    choices: tuple[tuple[str, Worded], ...] = key(as_choices, "")
    chains: tuple[str, ...] = key(as_chains, "")
    pattern: str = key(as_whole_pattern, "")
    required: bool = key(as_flag, "no")
    longest: int = key(as_number(1, 1000), "250")


def field_problem(name: str, asked: FieldSettings) -> tuple[str, str, str] | None:
    """Return (key, mistake, fix) if the keys of a `[field NAME]` do not go together."""
    if not _NAME.fullmatch(name):
        return "", "its name may contain only letters, digits, - and _", "Name it like [field wallet]"
    if asked.type == "choice" and not asked.choices:
        return "choices", "is missing", "Add a line for each choice"
    if asked.type == "pattern" and not asked.pattern:
        return "pattern", "is missing", "Add a regular expression such as [A-Z]{2}[0-9]{6}"
    return None
