"""What the desk says to agents, in their language: the translations of `intake.desk.text.said`.

`templates/agents/*.toml` hold them, a table for each English template: language = "translation", or for a
count, language = {one = "…", few = "…", other = "…"} with the plural forms that the language has.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, tzinfo
from functools import cache
from pathlib import Path

from intake.desk.text.said import Carrying, Counted, Joined, Said, said
from intake.rendering import date_words, dates

Translation = str | Mapping[str, str]

# The files of what histories say: their templates are matched, and nobody says them with `said`.
EVENTS = "events*.toml"
# What commands do, in the languages that do not stand in their table.
HELPS = "help*.toml"
# What is longer holds a customer's words, and nothing is gained by looking through it.
MAX_EVENT = 4000
_PLACE = re.compile(r"\{([a-z]+)\}")
# Places of another event within the first.
_WHOLE = ("then",)
_SHAPES = {"number": r"\d+", "percent": r"\d+", "score": r"\d", "weekday": r"[A-Z][a-z]+day"}
_MOMENT = re.compile(r"\b[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}\b")
_HIDDEN = re.compile(r"\[(hidden|redacted): ([a-z ]{1,30}?)( …\w{4})?\]")
# The subject of the ticket of a flood (intake/desk/rules/floods.py), from an address or a domain.
_FLOOD = re.compile(r"Many emails from (\S*@\S+)")
# Languages that put no blank behind their full-width signs.
UNSPACED = ("zh-Hans", "zh-Hant", "ja")
_SIGNS = ("。", "！", "？", "：", "；", "，", "、", "）", "」", "”")
_FULL_WIDTH = {", ": "、", ": ": "：", "; ": "；"}
_COUNT = re.compile(r"(\d+) (.+?)s?")


@cache
def translations() -> Mapping[str, Mapping[str, Translation]]:
    """Return every translation that is shipped: English template -> language -> translation."""
    loaded: dict[str, Mapping[str, Translation]] = {}
    for file in _files("*.toml"):
        if not file.match(EVENTS) and not file.match(HELPS):
            loaded |= tomllib.loads(file.read_text("utf-8"))
    return loaded


@cache
def events() -> Mapping[str, Mapping[str, str]]:
    """Return what histories say: English template -> language -> translation.

    "place=word" is a word that stands for a place of that name.
    """
    loaded: dict[str, Mapping[str, str]] = {}
    for file in _files(EVENTS):
        loaded |= tomllib.loads(file.read_text("utf-8"))
    return loaded


@cache
def helps() -> Mapping[str, Mapping[str, str]]:
    """Return what commands do: English, as in their table -> language -> translation."""
    loaded: dict[str, Mapping[str, str]] = {}
    for file in _files(HELPS):
        loaded |= tomllib.loads(file.read_text("utf-8"))
    return loaded


def _files(pattern: str) -> list[Path]:
    # A checkout has its templates beside the package, see `intake/__init__.py`.
    package = Path(__file__).resolve().parents[1]
    folders = [folder / "templates" / "agents" for folder in (package, package.parent)]
    return sorted(file for folder in folders for file in folder.glob(pattern))


def in_language(text: str, language: str, zone: tzinfo = UTC) -> str:
    """Return what the desk says in a language; what it has no translation of, in English.

    Plain text comes back as it is. `zone` is whose clock moments are told on.
    """
    if isinstance(text, Joined):
        parts = [in_language(part, language, zone) for part in text.parts]
        return _put_together(parts, text.between, language)
    if not isinstance(text, Said):
        return text
    values = {name: _value(value, language, zone) for name, value in text.values.items()}
    return _template(text, language).format_map(values)


def _put_together(parts: Sequence[str], between: str, language: str) -> str:
    """Return the parts one after the other; no blank stands behind a full-width sign."""
    if language not in UNSPACED:
        return between.join(parts)
    between = _FULL_WIDTH.get(between, between)
    together = parts[0] if parts else ""
    for part in parts[1:]:
        together += part if between == " " and together.endswith(_SIGNS) else between + part
    return together


def _template(text: Said, language: str) -> str:
    if language == "en":
        return text.template
    if isinstance(text, Carrying):
        english = str.format(text.template)
        if language in text.own:
            return text.own[language]
        return helps().get(english, {}).get(language, text.template)
    key = text.key if isinstance(text, Counted) else text.template
    wanted = translations().get(key, {}).get(language, text.template)
    if isinstance(wanted, str):
        return wanted
    return dates.plural(text.number if isinstance(text, Counted) else 0, language, dict(wanted))


def _value(value: object, language: str, zone: tzinfo) -> object:
    if isinstance(value, datetime):
        return dates.moment(value, language, zone)
    if isinstance(value, date):
        return dates.day(datetime.combine(value, time(), UTC), language, UTC)
    return in_language(value, language, zone) if isinstance(value, str) else value


def marks_in_language(text: str, language: str) -> str:
    """Return a text with the marks that stand for secrets ("[hidden: seed phrase]", "[redacted: text]") in a
    language."""
    if language == "en" or ("[hidden: " not in text and "[redacted: " not in text):
        return text
    return _HIDDEN.sub(lambda mark: _hidden(mark, language), text)


def _hidden(mark: re.Match[str], language: str) -> str:
    word = events().get(f"what={mark[2]}", {}).get(language)
    if not word:
        return mark[0]
    word += mark[3] or ""
    gone = mark[1] == "redacted"
    made = said("[redacted: {kind}]", kind=word) if gone else said("[hidden: {kind}]", kind=word)
    return in_language(made, language)


def subject_in_language(subject: str, language: str) -> str:
    """Return a ticket's subject as an agent reads it: in their language where the desk wrote it."""
    match = _FLOOD.fullmatch(subject) if language != "en" else None
    return in_language(said("Many emails from {who}", who=match[1]), language) if match else subject


def event_in_language(text: str, language: str) -> str:
    """Return an event of a history in a language: what it is made of is found by its English template.

    Events are stored in English. An event without a template stays as it is; a moment in it stays on the
    clock that it was written by, and is written as the language does.
    """
    if language == "en" or len(text) > MAX_EVENT:
        return text
    for template, fixed, pattern in _patterns():
        # What is fixed in it is looked for first: that costs less than the pattern.
        match = pattern.fullmatch(text) if all(part in text for part in fixed) else None
        if match is not None:
            values = {name: _place(name, value, language) for name, value in match.groupdict().items()}
            shown = events()[template].get(language, template).format_map(values)
            return _MOMENT.sub(lambda moment: _moment(moment, language), shown)
    return text


def _moment(match: re.Match[str], language: str) -> str:
    try:
        return dates.short(datetime.fromisoformat(match[0]).replace(tzinfo=UTC), language, UTC, year=True)
    except ValueError:
        return match[0]


@cache
def _patterns() -> tuple[tuple[str, tuple[str, ...], re.Pattern[str]], ...]:
    """Return each template with what is fixed in it and its pattern; what says the most comes first."""
    made = []
    for template in events():
        if "=" in template:
            continue
        pieces = _PLACE.split(template)
        fixed = tuple(piece for piece in pieces[::2] if piece)
        pattern = "".join(
            f"(?P<{piece}>{_SHAPES.get(piece, '.+?')})" if at % 2 else re.escape(piece)
            for at, piece in enumerate(pieces)
        )
        made.append((template, fixed, re.compile(pattern, re.DOTALL)))
    return tuple(sorted(made, key=lambda item: -sum(map(len, item[1]))))


def _place(name: str, value: str, language: str) -> str:
    if name in _WHOLE:
        return event_in_language(value, language)
    if name in ("what", "names"):
        known = _taken_out if name == "what" else _named
        return ", ".join(known(part, language) for part in value.split(", "))
    if name == "weekday":
        here = date_words.WORDS.get(language, date_words.WORDS["en"]).weekdays
        return dict(zip(date_words.WORDS["en"].weekdays, here, strict=True)).get(value, value)
    if name == "why" and ": " in value:
        head, _, reason = value.partition(": ")
        wanted = events().get(f"why={head}: {{reason}}", {}).get(language)
        return wanted.format(reason=reason) if wanted else value
    return events().get(f"{name}={value}", {}).get(language, value)


def _named(name: str, language: str) -> str:
    return events().get(f"names={name}", {}).get(language, name)


def _taken_out(part: str, language: str) -> str:
    """Return "2 private keys" in a language."""
    match = _COUNT.fullmatch(part)
    kind = match[2] if match else part
    word = events().get(f"what={kind}", {}).get(language)
    if word is None:
        return part
    return f"{word} × {match[1]}" if match and match[1] != "1" else word
