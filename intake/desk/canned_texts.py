"""Canned responses that agents keep themselves: values, as the database has them. Pure."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

# Of one text, in bytes; of texts, and of the older versions of each that are kept.
MAX_TEXT, MAX_TEXTS, MAX_OLDER = 20_000, 500, 20
MAX_NAME = 60


@dataclass(frozen=True, slots=True)
class CannedText:
    """A canned response in one `language` ("" for every one) as `by` saved it; `at` is aware, UTC.

    `replaced_at` is when another took its place, or it was deleted; None for what counts today.
    """

    id: int
    name: str
    language: str
    text: str
    by: str
    at: datetime
    replaced_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ApprovedText:
    """A text that `made_by` let past the guard, of the canned response `name`; `made_at` is aware, UTC."""

    digest: str
    name: str
    text: str
    made_by: str
    made_at: datetime


def digest(text: str) -> str:
    """Return the SHA-256 (hex) of a canned response, by which it is approved."""
    return hashlib.sha256(text.strip().encode("utf-8")).hexdigest()


@dataclass(frozen=True, slots=True)
class SaveCanned:
    """Keep a canned response in the database, in the place of one of that name and language.

    `agent` is the id of its author, None at the keyboard.
    """

    name: str
    language: str
    text: str
    by: str
    agent: int | None = None


@dataclass(frozen=True, slots=True)
class DropCanned:
    """Let a canned response no longer be used, in one language or (None) in all; its text is kept as an
    older one."""

    name: str
    language: str | None = None


def merged(folder: Mapping[str, Mapping[str, str]], kept: Iterable[CannedText]) -> dict[str, dict[str, str]]:
    """Return all canned responses, by name and by language in small letters: those of the database, and
    behind each of them what the folder has of that name in other languages."""
    texts = {name: dict(by_language) for name, by_language in folder.items()}
    for item in kept:
        texts.setdefault(item.name, {})[item.language.casefold()] = item.text
    return texts
