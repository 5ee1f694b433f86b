"""What an import hands to the store, and what the store tells of imports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol

from intake.desk.message import Address, Attachment, Message
from intake.desk.ticket import EntryKind, Status

# The rule by which the ledger tells what was imported; also the channel of such tickets and messages.
IMPORT = "import"


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry to write. `at` is when it was said; `raw` is the mail that is kept of it, None for none.

    `ref` is its name in the table of what was imported, its ticket's before it. `kind_there` is what it was
    called there, and `year` the year there, for the table. `alike`: the same mail may have come by a mailbox
    as other bytes; it is told by `message` alone: its fingerprint, or its Message-ID, author and text.
    """

    ref: str
    kind: EntryKind
    author: Address
    at: datetime
    text: str
    full_text: str = ""
    kind_there: str = ""
    year: int = 0
    agent: int | None = None
    message_id: str = ""
    raw: bytes | None = field(default=None, repr=False)
    message: Message | None = None
    files: tuple[Attachment, ...] = ()
    # Of the files that the old desk listed, how many there are, how many could not be had, and how many it
    # had lost itself.
    listed: int = 0
    missing: int = 0
    gone: int = 0


@dataclass(frozen=True, slots=True)
class NewTicket:
    """A ticket to write, or more entries of one that was imported before. Times are aware.

    `entries` are in the order of their times.
    """

    ref: str
    number: str
    year: int
    subject: str
    status: Status
    requester: Address
    language: str
    mailbox: str
    team: str
    created_at: datetime
    updated_at: datetime
    entries: tuple[NewEntry, ...]
    closed_at: datetime | None = None
    priority: str = "normal"
    assignee: int | None = None
    participants: tuple[str, ...] = ()
    category: str = ""
    tags: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict, hash=False)
    spam: bool = False
    first_response_at: datetime | None = None
    waiting_since: datetime | None = None
    # It may be a part of what there was: an archive of mail tells nothing of the mails in another one.
    partial: bool = False


class Standing(NamedTuple):
    """How a ticket stands in the old desk, and since when (aware)."""

    status: Status
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Written:
    """How many tickets and entries were written, how many entries the desk had already as mail, and how many
    files were added to entries of an earlier run."""

    tickets: int = 0
    entries: int = 0
    found: int = 0
    files: int = 0


@dataclass(frozen=True, slots=True)
class RunRow:
    """One import, as it is shown. `state` is running, stopped, done or forgotten; `tickets` and `entries` are
    how many it made. `told` says what else came of it as it ended."""

    id: int
    source: str
    kind: str
    state: str
    by: str
    started_at: datetime
    ended_at: datetime | None
    told: Mapping[str, str]
    tickets: int = 0
    entries: int = 0


# Names of a source that were imported, each with how many of its files are still missing.
Known = Mapping[str, int]
# (year, kind): how many are written down as imported, and how many of them were erased since.
Counts = Mapping[tuple[int, str], tuple[int, int]]


class Imported(Protocol):
    """Where an import writes what it made."""

    def known(self, source: str, refs: Sequence[str]) -> Known:
        """Return which of these names were imported from a source."""

    def outdated(self, source: str, there: Mapping[str, Standing]) -> set[str]:
        """Return the tickets of a source, by their names, that have another status here than there, that
        nobody has worked with since they were imported, and that were not imported as they were later."""

    def add(self, run: int, source: str, tickets: Sequence[NewTicket], now: datetime) -> Written:
        """Write tickets, all or none of them; what was imported before is left out. `now` is aware."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What `forget` erased, and the tickets that it kept with the reason for each."""

    tickets: int
    entries: int
    kept: tuple[tuple[int, str], ...]
