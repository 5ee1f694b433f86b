"""What every archive of mail is read as: its mails one by one, found first and read later.

Finding reads heads only, so that an archive of any size can be put in order before a mail of it is read.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Found:
    """A mail where it lies: `size` bytes at `start` of the file at `path`.

    `number` is which one in the file it is, 0 where the file is the mail. `head` holds its header, as far
    as it was looked at; `at` is when it arrived by what the archive says beside the mail, aware, None where
    nothing says so. `cut`: why it may not be whole, "" where nothing hints at that.
    """

    path: str
    start: int
    size: int
    head: bytes = field(repr=False)
    number: int = 0
    at: datetime | None = None
    cut: str = ""


DELETED, DRAFT = "it was deleted there", "it is a draft that was never sent"
"""Why mail is left out."""


@dataclass(frozen=True, slots=True)
class Left:
    """What lies in an archive and is not imported: where, why, and what can be done about it.

    `mail`: it is or may be mail that is missing now. Without it people need not know each by name; `out` is
    mail that is not meant to be imported.
    """

    place: str
    why: str
    cure: str = ""
    mail: bool = True
    out: bool = False


def shown(path: str) -> str:
    """Return a path for people: bytes in it that are no text stay visible."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def place_of(path: str, number: int) -> str:
    """Return how people find the `number`th mail of a file, or the mail that a file is (0)."""
    return f"{shown(path)}, mail {number}" if number else shown(path)


class MailArchive(Protocol):
    """An archive as `intake import mail` reads it: once to find what is there, then mail by mail."""

    def find(self) -> Iterator[Found | Left]:
        """Yield every mail, in the order in which they lie there, and what is none. Twice the same."""
        ...

    def place(self, path: str, number: int) -> str:
        """Return how people find a mail again."""
        ...

    def read(self, path: str, start: int, size: int, number: int) -> bytes:
        """Return a mail that was found, as it was before it was put there. Raises OSError."""
        ...
