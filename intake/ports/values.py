"""What passes through the ports: arrivals, rows in hand, and what is called back."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeVar

from intake.desk.effects import Mail, Outgoing
from intake.desk.message import Envelope, Message
from intake.desk.ticket import Ticket
from intake.desk.tokens import Token

T = TypeVar("T")

Rule = tuple[int, int]
"""The most posts within so many seconds."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an IMAP message lay: what makes a UID one message (RFC 9051 section 2.3.1.1)."""

    folder: str
    uidvalidity: int
    uid: int


@dataclass(frozen=True, slots=True)
class Large:
    """Raw bytes too many to hold: `chunks` reads them piece by piece, the same ones each time.

    Good until the call that it is given to returns.
    """

    sha256: str
    size: int
    chunks: Callable[[], Iterator[bytes]] = field(repr=False, compare=False)

    def __len__(self) -> int:
        return self.size


@dataclass(frozen=True, slots=True)
class Arrival:
    """Raw bytes as they came, with what the channel knows of their way here."""

    raw: bytes | Large = field(repr=False)
    envelope: Envelope
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class ApiCall:
    """A program's request: the id of its API key, its idempotency key, and a hash of what it says."""

    api_key: int
    name: str
    content: str


@dataclass(frozen=True, slots=True)
class Admission:
    """Under which limits a post of the web is taken: `rules` are the most posts within so many seconds,
    by what is counted. A program's request, its `call`, is taken once."""

    rules: Mapping[str, Sequence[Rule]]
    call: ApiCall | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """A ledger row for an arrival; `known` when the very same bytes were there before."""

    ledger_id: int
    known: bool


@dataclass(frozen=True, slots=True)
class Pending:
    """A ledger row waiting to be processed. `attempts` counts tries that were begun; `reason` is why it
    was put off before, "" where it was not; `owner` is who took it up."""

    ledger_id: int
    raw: bytes = field(repr=False)
    envelope: Envelope
    attempts: int
    received_at: datetime | None = None
    reason: str = ""
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """Ledger rows that were taken up, in the order in which they are to be decided on.

    `waits` is how many were left for they share something with what others have in hand; `others` says
    that a row which failed before could be tried again.
    """

    rows: tuple[Pending, ...] = ()
    waits: int = 0
    others: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A message that is about to be decided on with others, what its facts are gathered by, and who
    took it up."""

    ledger_id: int
    message: Message
    envelope: Envelope
    token: Token | None
    received_at: datetime | None = None
    owner: str = ""


class Part(Protocol):
    """Decides on one message of several (its ledger id), in a part of the transaction that can fail alone."""

    def __call__(self, ledger_id: int, decide: Callable[[], T]) -> T:
        """Return what `decide` returns. It may be called twice; what the first call wrote is then undone."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What applying a decision wrote."""

    ticket_id: int | None
    outbox_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Claimed:
    """An outbox row this worker alone may send until `lease_until`."""

    outbox_id: int
    owner: str
    attempts: int
    mail: Outgoing
    ticket_id: int | None
    created_at: datetime
    # How many tries before this one ended without anybody knowing how.
    doubtful: int = 0


@dataclass(frozen=True, slots=True)
class OwedPage:
    """A call of the webhook that this process alone makes until its lease is over. `key` never changes."""

    id: int
    key: str
    ticket: int
    details: Mapping[str, str]
    attempts: int
    created_at: datetime


Post = Callable[[OwedPage], None]
"""Call the webhook. Raises Temporary or Permanent; what they say names no address and no secret."""

Compose = Callable[[Mail, Ticket], Outgoing | None]
"""Make the finished mail; None when its template has nothing to say."""

Receive = Callable[[Sequence[Arrival]], Sequence[Received]]
"""service.receive with the store and clock bound: returns only when all is durable."""
