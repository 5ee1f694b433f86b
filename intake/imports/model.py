"""What is imported: tickets, their entries and files, whatever they come from. Pure.

Every source yields these, and one writer (`intake.imports.writing`) makes them tickets. docs/import.md says
what each value means; `tickets.schema.json` is the same for what is written in files.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Kind(StrEnum):
    """What an entry is. Only MESSAGE and ANSWER are public; what is not known is a NOTE."""

    MESSAGE = "message"
    ANSWER = "answer"
    NOTE = "note"
    EVENT = "event"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, by their mail address ("" where the old desk knew none) and their name."""

    address: str = ""
    name: str = ""

    def __bool__(self) -> bool:
        return bool(self.address or self.name)


NOBODY = Person()


# Why a file is missing that never comes back.
GONE = "the old desk no longer has it"


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """A file of an entry; its bytes are asked of the source (`Source.read`) when it is written.

    `path` is how the source finds it. `size` and `sha256` are what the old desk said of it (None and "":
    nothing), and are checked. `missing` says in words why the source does not have it; `gone`: because the
    old desk itself had lost it, for good.
    """

    path: str
    name: str = ""
    media_type: str = "application/octet-stream"
    size: int | None = None
    sha256: str = ""
    content_id: str = ""
    inline: bool = False
    missing: str = ""
    gone: bool = False


@dataclass(frozen=True, slots=True)
class ImportedEntry:
    """One item of a ticket's history.

    `ref` is the old desk's name of it: unique within its ticket and the same in every export. `raw` is the
    mail as it came (RFC 5322), where there is one: it is kept instead of a mail made of the other values, and
    its own files are taken out of it. `text` is what is shown, `full_text` that with its quotes, if any.
    """

    ref: str
    kind: Kind
    author: Person
    at: datetime
    text: str = ""
    full_text: str = ""
    html: str = ""
    message_id: str = ""
    files: tuple[ImportedFile, ...] = ()
    raw: ImportedFile | None = None
    # Written by a machine: kept as that, whoever it was written to.
    automatic: bool = False
    # Where it stands in the source, for a person ("line 12").
    where: str = ""


@dataclass(frozen=True, slots=True)
class ImportedTicket:
    """A ticket of the old desk. Times are aware.

    `ref` is its name in the old desk (an id), the same in every export; `number` is the one that stood in
    subjects, "" where that is `ref`. `status` is new, open, pending or closed. `assignee` and `team` are the
    old desk's: the agents' map and `--team` say who that is here.
    """

    ref: str
    subject: str
    requester: Person
    created_at: datetime
    entries: tuple[ImportedEntry, ...]
    number: str = ""
    status: str = "closed"
    participants: tuple[Person, ...] = ()
    updated_at: datetime | None = None
    closed_at: datetime | None = None
    priority: str = "normal"
    assignee: Person = NOBODY
    team: str = ""
    language: str = ""
    category: str = ""
    spam: bool = False
    tags: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict, hash=False)
    where: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about a source that a person must know: where, what and what to do about it.

    `lost` says that what stands there was not imported (a line that cannot be read), so that the table and
    the exit code know; the others only tell what was made of it.
    """

    where: str
    what: str
    cure: str
    lost: bool = False
    # The ticket that it speaks of, where that is known.
    ref: str = ""


class Source(Protocol):
    """Where tickets are imported from. Reading it twice gives the same, in the same order."""

    # Its name in the table of what was imported: the same in every run ("zendesk:acme").
    name: str
    # "tickets" or "mail".
    kind: str

    def count(self) -> int | None:
        """Return how many tickets there are, for the progress; None where that takes too long to know."""

    def tickets(self) -> Iterator[ImportedTicket | Remark]:
        """Yield what there is, in bounded memory; a Remark where something is wrong, and go on."""

    def read(self, file: ImportedFile) -> bytes:
        """Return the bytes of one file. Raises OSError where they cannot be had."""
