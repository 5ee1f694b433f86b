"""What converters give to each other: a converted ticket, the files that it needs, and who fetches them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from intake.imports.model import ImportedTicket, Person, Remark


class NotFetched(Exception):
    """One file cannot be had; the text says why, in words for a person and without any secret."""


class NeverThere(NotFetched):
    """The old desk answers that there is no such file; asking again changes nothing."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file that a ticket refers to: where it goes (`files/…`, below the folder), and where it comes from.

    `source` is a URL, a path or an id: the product's own converter knows. `size` is in bytes, None where
    the old desk does not say.
    """

    path: str
    source: str
    size: int | None = None
    # There may be none: then nothing is missing.
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Converted:
    """A ticket in our form, the files to fetch for it, and what a person must know of it."""

    ticket: ImportedTicket
    wanted: tuple[Wanted, ...] = ()
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A ticket that is not brought over, and why: deleted in the old desk, or nothing but a draft."""

    ref: str
    why: str


Item = Converted | LeftOut | Remark


class Origin(Protocol):
    """An old desk, as one converter reads it."""

    # The source's name in the table of imports ("zendesk:acme").
    name: str

    def tickets(self) -> Iterator[Item]:
        """Yield every ticket, in the same order each time, in bounded memory."""

    def agents(self) -> tuple[Person, ...]:
        """Return the people who answered there; known once `tickets` has ended."""

    def fetch(self, wanted: Wanted, path: Path) -> None:
        """Write the bytes of a file to `path`. Raises NotFetched where they cannot be had."""


@dataclass(slots=True)
class Tally:
    """What was read and written: the final table."""

    tickets: int = 0
    entries: dict[str, int] = field(default_factory=dict)
    years: dict[int, int] = field(default_factory=dict)
    files: int = 0
    missing: int = 0
    # Files that the old desk itself had lost: nothing that could come over.
    gone: int = 0
    left_out: dict[str, int] = field(default_factory=dict)
    lost: int = 0

    @property
    def complete(self) -> bool:
        """Whether nothing is missing that should have come over."""
        return not self.missing and not self.lost


Row = Mapping[str, object]
