"""The keys of the web form: `[form]` and a `[field NAME]` for each question of your own."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from intake.config.converters import BadValue, Key, as_flag, as_number, as_text, as_words, one_of
from intake.desk.triage.safe_regex import BadPattern
from intake.desk.triage.whole_match import whole

# Kept in step with intake/desk/sensitive/chains.py by a test.
CHAINS = ("evm", "bitcoin", "litecoin", "dogecoin", "tron", "solana", "ton", "cosmos")

_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")
_LONGEST = 500


def as_worded(value: str) -> Mapping[str, str]:
    """Read `text | zh-Hans: text | ja: text`: a text by language tag, "" for all others."""
    if not value:
        return {}
    first, *more = (" ".join(one.split()) for one in value.split("|"))
    found = {"": first}
    for one in more:
        tag, colon, text = one.partition(":")
        if not colon or not _TAG.fullmatch(tag.strip()) or not text.strip():
            raise BadValue(
                f"{one!r} is not a valid text in another language",
                "Write it like: Your wallet | zh-Hans: 您的钱包",
            )
        found[tag.strip()] = text.strip()
    if not first or any(len(text) > _LONGEST for text in found.values()):
        raise BadValue("a text is empty or too long", f"Write up to {_LONGEST} characters before the first |")
    return found


def as_choices(value: str) -> tuple[tuple[str, Mapping[str, str]], ...]:
    """Read a line for each choice, `name = text | zh-Hans: text`; the text alone is a name as well."""
    found: dict[str, Mapping[str, str]] = {}
    for line in filter(None, (one.strip() for one in value.split("\n"))):
        name, equals, text = (one.strip() for one in line.partition("="))
        worded = as_worded(text if equals else line)
        if not equals:
            name = worded[""]
        if name in found or not 0 < len(name) <= 100:
            raise BadValue(f"the choice {name!r} is empty, too long or a duplicate", "Name each choice once")
        found[name] = worded
    return tuple(found.items())


def as_chains(value: str) -> tuple[str, ...]:
    """Read names of chains, with commas between."""
    names = tuple(name.lower() for name in as_words(value))
    wrong = [name for name in names if name not in CHAINS]
    if wrong:
        raise BadValue(f"{wrong[0]!r} is not a known chain", f"Write some of: {', '.join(CHAINS)}")
    return names


def as_pattern(value: str) -> str:
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
    found = tuple(value.replace(",", " ").split())
    for one in found:
        parts = urlsplit(one)
        whole = f"{parts.scheme}://{parts.netloc}" == one.rstrip("/")
        named = re.fullmatch(r"[\w.*:\[\]-]+", parts.netloc)
        if parts.scheme not in ("http", "https") or not whole or not named:
            raise BadValue(f"{one!r} is not a valid web site", "Write them like https://app.example.com")
    return tuple(one.rstrip("/").lower() for one in found)


def as_colour(value: str) -> str:
    """Read a colour as `#rrggbb`, or nothing."""
    if value and not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
        raise BadValue(f"{value!r} is not a valid colour", "Write it like #1b5e8c")
    return value.lower()


def field_problem(name: str, values: Mapping[str, object]) -> tuple[str, str, str] | None:
    """Return (key, mistake, fix) if the keys of a `[field NAME]` do not go together."""
    kind = values.get("type")
    if not _NAME.fullmatch(name):
        return "", "its name may contain only letters, digits, - and _", "Name it like [field wallet]"
    if kind == "choice" and not values.get("choices"):
        return "choices", "is missing", "Add a line for each choice"
    if kind == "pattern" and not values.get("pattern"):
        return "pattern", "is missing", "Add a regular expression such as [A-Z]{2}[0-9]{6}"
    return None


FORM = (
    Key("categories", as_choices, ""),
    Key("category_required", as_flag, "no"),
    Key("promise", as_worded, ""),
    Key("per_address_hour", as_number(1, 1000), "3"),
    Key("per_network_minute", as_number(1, 10_000), "5"),
    Key("per_network_hour", as_number(1, 100_000), "20"),
    Key("work", one_of("auto", "always", "never"), "auto"),
    Key("work_bits", as_number(8, 24), "17"),
    Key("pressure_per_minute", as_number(1, 100_000), "30"),
)
FIELD = (
    Key("label", as_worded),
    Key("help", as_worded, ""),
    Key("type", one_of("text", "long", "choice", "wallet", "hash", "version", "number", "pattern"), "text"),
    Key("choices", as_choices, ""),
    Key("chains", as_chains, ""),
    Key("pattern", as_pattern, ""),
    Key("required", as_flag, "no"),
    Key("longest", as_number(1, 1000), "250"),
)
# Beside those of [web].
LOOKS = (
    Key("embed_origins", as_origins, ""),
    Key("brand_name", as_text, ""),
    Key("colour", as_colour, ""),
)
