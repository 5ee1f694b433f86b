"""Sentences that the desk says to agents: English here, and in the reader's language where they are read.

A `Said` is a string, its English text; so it can be logged, stored, compared and put into a reason.
It knows its template and values as well, and `intake.rendering.sayings` says it in another language:
the English template is the key in `templates/agents/*.toml`. An aware datetime among the values is said on
the reader's own clock. Joining by + or in an f-string gives plain English: use `joined`, or a template. Pure.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Self


class Said(str):
    """A sentence in English; `template` and `values` are what it was made of.

    A value may be a Said itself; it is said in the same language.
    """

    template: str
    values: Mapping[str, object]

    def __new__(cls, template: str, values: Mapping[str, object]) -> Self:
        """Make the sentence; a brace that is no place for a value must be doubled."""
        shown = {name: _english(value) for name, value in values.items()}
        made = super().__new__(cls, template.format_map(shown))
        made.template, made.values = template, MappingProxyType(dict(values))
        return made

    def __getnewargs__(self) -> tuple[str, dict[str, object]]:  # type: ignore[override]
        """Return what a copy is made of."""
        return self.template, dict(self.values)


class Carrying(Said):
    """A text that brings some of its translations along, or has them in `templates/agents/help.toml`."""

    own: Mapping[str, str]


class Counted(Said):
    """A sentence about a number of things: `number` is how many, `key` the template for several."""

    number: int
    key: str


class Joined(str):
    """Sentences one after the other, each said in the reader's language; `parts` may hold plain text."""

    parts: tuple[str, ...]
    between: str


def said(template: str, /, **values: object) -> Said:
    """Return a sentence: `template` in English, with places such as {by} for the values."""
    return Said(template, values)


def carrying(text: str, own: Mapping[str, str]) -> Carrying:
    """Return a text without values; `own` are translations of it, by language."""
    made = Carrying(text.replace("{", "{{").replace("}", "}}"), {})
    made.own = MappingProxyType(dict(own))
    return made


def counted(count: int, /, single: str, several: str, **values: object) -> Counted:
    """Return a sentence about `count` things; {count} stands for the number in both templates.

    Its translations are found under `several`, with the plural forms of their language.
    """
    made = Counted(single if count == 1 else several, {"count": count, **values})
    made.number, made.key = count, several
    return made


def joined(parts: Iterable[str], between: str = " ") -> Joined:
    """Return these sentences one after the other; empty ones are left out."""
    kept = tuple(part for part in parts if part)
    made = Joined(between.join(kept))
    made.parts, made.between = kept, between
    return made


def _english(value: object) -> object:
    return f"{value.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if isinstance(value, datetime) else value
