"""What the memory store keeps: rows are values, so that a copy of a table is a copy of its dict."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import UTC, datetime
from enum import Enum
from typing import Any, Generic, Protocol, TypeVar

from intake.desk.business_time import Calendar
from intake.desk.effects import Outcome, Outgoing
from intake.desk.knowledge.article import Article
from intake.desk.people_effects import ColleagueNews
from intake.desk.persons import PersonNote
from intake.desk.sensitive.reading import Reading
from intake.desk.sla_target import SlaTarget
from intake.desk.ticket import Agent, EntryKind, Ticket
from intake.store.schema.fields import clean
from intake.views import FindRow


def plain(value: Any) -> Any:
    """Return a value as a database would give it back: text that can be stored, times in UTC."""
    if isinstance(value, str) and not isinstance(value, Enum):
        return clean(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    if isinstance(value, tuple):
        return tuple(plain(item) for item in value)
    if isinstance(value, Mapping):
        return {plain(name): plain(item) for name, item in value.items()}
    if is_dataclass(value) and not isinstance(value, type | Calendar):
        return replace(value, **{item.name: plain(getattr(value, item.name)) for item in fields(value)})
    return value


class Numbered(Protocol):
    """A row with a number."""

    @property
    def id(self) -> int:
        """Its number."""


Row = TypeVar("Row", bound=Numbered)


class Table(Generic[Row]):
    """Rows by number, in the order they were added. Numbers are never given twice."""

    def __init__(self, rows: dict[int, Row] | None = None, last: int = 0) -> None:
        self._rows, self._last = dict(rows or {}), last

    def __copy__(self) -> "Table[Row]":
        """Return a table with these rows, which changes by itself."""
        return Table(self._rows, self._last)

    def add(self, make: Callable[[int], Row]) -> Row:
        """Add what `make` makes of the next number."""
        self._last += 1
        made: Row = plain(make(self._last))
        self._rows[self._last] = made
        return made

    def get(self, number: int | None) -> Row | None:
        """Return a row, None where there is none of that number."""
        return None if number is None else self._rows.get(number)

    def change(self, number: int, **values: Any) -> Row:
        """Change fields of a row that is there."""
        # A row of every table is a dataclass.
        row: Any = self._rows[number]
        changed: Row = plain(replace(row, **values))
        self._rows[number] = changed
        return changed

    def remove(self, number: int) -> None:
        """Remove a row that is there."""
        del self._rows[number]

    def __iter__(self) -> Iterator[Row]:
        return iter(list(self._rows.values()))

    def newest(self) -> Iterator[Row]:
        """Yield the rows, the newest first."""
        return reversed(list(self._rows.values()))

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def last(self) -> int:
        """The highest number that was ever given."""
        return self._last


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """A revision of an article."""

    id: int
    article: Article


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A ledger row; the names are those of `intake.store.schema.tables.Message`."""

    id: int
    sha256: str
    size: int
    channel: str
    mailbox: str
    mail_from: str | None
    recipients: tuple[str, ...]
    archive: bool
    received_at: datetime
    next_at: datetime
    state: str = "waiting"
    outcome: Outcome | None = None
    ticket: int | None = None
    rule: str = ""
    reason: str = ""
    attempts: int = 0
    held_until: datetime | None = None
    held_by: str = ""
    fingerprint: str = ""
    sender: str = ""
    sender_key: str = ""
    sender_ceiling: str = ""
    sender_domain: str = ""
    text_hash: str = ""
    subject: str = ""
    message_id: str = ""
    defects: tuple[str, ...] = ()
    duplicate_of: int | None = None
    released: bool = False
    oversize: int = 0


@dataclass(frozen=True, slots=True)
class Sighting:
    """Where a message was seen."""

    id: int
    message: int
    mailbox: str
    folder: str = ""
    uidvalidity: int | None = None
    uid: int | None = None


@dataclass(frozen=True, slots=True)
class StoredTicket:
    """A ticket. Of `ticket` the assignee, participants, Message-IDs and promises stand elsewhere."""

    id: int
    ticket: Ticket
    assignee: int | None = None
    flood: str = ""


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """One item of a ticket's history."""

    id: int
    ticket: int
    kind: EntryKind
    author: str
    author_name: str
    text: str
    full_text: str
    agent: int | None
    message: int | None
    created_at: datetime
    # Of an answer: the ticket as it was before it.
    before: Ticket | None = None
    settled: bool = False
    unproven: bool = False
    # Of a customer's: how far it is proven to be its author's.
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of an entry."""

    id: int
    entry: int
    name: str
    media_type: str
    size: int
    sha256: str
    content_id: str
    inline: bool


@dataclass(frozen=True, slots=True)
class MessageRef:
    """A Message-ID that leads to a ticket."""

    id: int
    message_id: str
    ticket: int
    direction: str
    public: bool


@dataclass(frozen=True, slots=True)
class StoredMail:
    """A mail owed; the names are those of `intake.store.schema.tables.Outbox`."""

    id: int
    dedupe: str
    outgoing: Outgoing
    ticket: int | None
    urgency: int
    created_at: datetime
    not_before: datetime
    due_since: datetime
    ceiling: str
    domain: str
    entry: int | None = None
    ledger: int | None = None
    quoted: bool = False
    state: str = "due"
    attempts: int = 0
    lease_owner: str | None = None
    lease_until: datetime | None = None
    data_started: datetime | None = None
    error: str = ""
    delivery: str = ""
    doubtful: int = 0
    seen: bool = False
    sent_at: datetime | None = None

    @property
    def kind(self) -> str:
        """Its kind, as a word."""
        return self.outgoing.kind.value

    @property
    def key(self) -> str:
        """To whom it goes, in lower case."""
        return self.outgoing.rcpt.lower()


@dataclass(frozen=True, slots=True)
class StoredAgent:
    """An agent, and when a ticket was last given to them."""

    id: int
    agent: Agent
    given_at: datetime | None = None
    shift: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class StoredPromise:
    """A promise of a ticket."""

    id: int
    ticket: int
    target: SlaTarget


@dataclass(frozen=True, slots=True)
class StoredTelling:
    """A mail of an agent's that was kept, of which they are to be told or were."""

    id: int
    dedupe: str
    agent: int
    ticket: int | None
    entry: int | None
    message: int | None
    asks: bool
    row: bool
    why: str
    created_at: datetime
    due_at: datetime
    told_at: datetime | None


@dataclass(frozen=True, slots=True)
class StoredPage:
    """A call of the webhook that is owed."""

    id: int
    key: str
    ticket: int
    details: Mapping[str, str]
    not_before: datetime
    created_at: datetime
    state: str = "due"
    attempts: int = 0
    error: str = ""


@dataclass(frozen=True, slots=True)
class StoredFind:
    """A secret that was found; `hmac` is the same for the same secret."""

    id: int
    row: FindRow
    hmac: str


@dataclass(frozen=True, slots=True)
class StoredPersonNote:
    """A note about a person; `key` is their address in lower case."""

    id: int
    key: str
    by: str
    text: str
    at: datetime

    @property
    def note(self) -> PersonNote:
        """The note as the desk sees it."""
        return PersonNote(self.id, self.by, self.text, self.at)


@dataclass(frozen=True, slots=True)
class StoredSurvey:
    """What was asked about one closing."""

    id: int
    ticket: int
    closing: int
    closed_at: datetime
    asked_at: datetime
    skipped: str = ""
    score: int | None = None
    comment: str = ""
    consent: bool = False
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StoredPreview:
    """A preview of a picture; `next_at` is when it may be tried to make one."""

    content: bytes = field(default=b"", repr=False)
    attempts: int = 0
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StoredReading:
    """What looking into a file came to; `next_at` is when it may be tried again."""

    reading: Reading
    name: str = ""
    media_type: str = ""
    attempts: int = 0
    next_at: datetime | None = None
    untold: bool = False
    old: bool = False


@dataclass(frozen=True, slots=True)
class StoredDownload:
    """What a link that works once was used for."""

    expires_at: datetime
    begun: int = 0
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StoredNews:
    """What somebody did with a ticket, until all are told; `next_at` is when to look."""

    id: int
    at: datetime
    news: ColleagueNews
    next_at: datetime
