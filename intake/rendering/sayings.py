"""What the desk says to agents, in their language: the translations of `intake.desk.text.said`.

`templates/agents/*.toml` hold them, a table for each English template: language = "translation", or for a
count, language = {one = "…", few = "…", other = "…"} with the plural forms that the language has.
"""

import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from functools import cache
from pathlib import Path

from intake.desk.text.said import Counted, Joined, Said
from intake.rendering import dates

Translation = str | Mapping[str, str]


@cache
def translations() -> Mapping[str, Mapping[str, Translation]]:
    """Return every translation that is shipped: English template -> language -> translation."""
    loaded: dict[str, Mapping[str, Translation]] = {}
    # A checkout has its templates beside the package, see `intake/__init__.py`.
    package = Path(__file__).resolve().parents[1]
    folders = [folder / "templates" / "agents" for folder in (package, package.parent)]
    for file in sorted(file for folder in folders for file in folder.glob("*.toml")):
        loaded |= tomllib.loads(file.read_text("utf-8"))
    return loaded


def in_language(text: str, language: str, zone: tzinfo = UTC) -> str:
    """Return what the desk says in a language; what it has no translation of, in English.

    Plain text comes back as it is. `zone` is whose clock moments are told on.
    """
    if isinstance(text, Joined):
        return text.between.join(in_language(part, language, zone) for part in text.parts)
    if not isinstance(text, Said):
        return text
    values = {name: _value(value, language, zone) for name, value in text.values.items()}
    return _template(text, language).format_map(values)


def _template(text: Said, language: str) -> str:
    if language == "en":
        return text.template
    key = text.key if isinstance(text, Counted) else text.template
    wanted = translations().get(key, {}).get(language, text.template)
    if isinstance(wanted, str):
        return wanted
    return dates.plural(text.number if isinstance(text, Counted) else 0, language, dict(wanted))


def _value(value: object, language: str, zone: tzinfo) -> object:
    if isinstance(value, datetime):
        return dates.moment(value, language, zone)
    return in_language(value, language, zone) if isinstance(value, str) else value
