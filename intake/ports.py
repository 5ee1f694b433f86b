"""What the service needs of the outside, and the two kinds of failure it knows."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from intake.desk.digest import News
from intake.desk.effects import Effect, Mail, Outgoing
from intake.desk.facts import Draft, Facts, TicketMatch
from intake.desk.lookup import LookupRequest, LookupResult
from intake.desk.message import Envelope, Message
from intake.desk.people import Load
from intake.desk.policy import Policy
from intake.desk.sla_ladder import DuePromise
from intake.desk.surveys import Candidate
from intake.desk.ticket import Agent, Ticket
from intake.desk.tokens import Token


class Temporary(Exception):
    """Try again later: the same call may succeed."""


class Unreachable(Temporary):
    """The database did not answer, went away or is too busy: no fault of what it was asked for."""


class NotKept(Temporary):
    """One of what was handed over cannot be kept, for a reason that need not be the others'.

    Nothing was stored; hand them over one by one, and those that can be are.
    """


class NoRoom(Exception):
    """A post of the web for which there is no room now; `wait` says in how many seconds there is."""

    def __init__(self, wait: int) -> None:
        super().__init__(f"no room for {wait} s")
        self.wait = wait


class Underway(Temporary):
    """Somebody is being asked and has not answered yet; `wait(seconds)` waits for the answer."""

    def __init__(self, what: str, wait: Callable[[float], object]) -> None:
        super().__init__(what)
        self.wait = wait


class Permanent(Exception):
    """Do not try again: the answer will not change."""


class Ambiguous(Exception):
    """The peer may or may not have taken the mail: the end came after the final dot."""


class Unreadable(Exception):
    """The mail could not be read within its limits; the text says which, in plain words."""


class UserError(Exception):
    """Shown to a person without a traceback; says what to do next."""


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

    rules: Mapping[str, Sequence[tuple[int, int]]]
    call: ApiCall | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """A ledger row for an arrival; `known` when the very same bytes were there before."""

    ledger_id: int
    known: bool


@dataclass(frozen=True, slots=True)
class Pending:
    """A ledger row waiting to be processed. `attempts` counts tries that were begun; `reason` is why it
    was put off before, "" where it was not."""

    ledger_id: int
    raw: bytes = field(repr=False)
    envelope: Envelope
    attempts: int
    received_at: datetime | None = None
    reason: str = ""


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


class Store(Protocol):
    """The database. Every method opens its own connection where the thread has none.

    Anything that may pass (locked, full, gone) is raised as Temporary.
    """

    def receive(self, arrivals: Sequence[Arrival], now: datetime) -> list[Received]:
        """Commit raw bytes to the ledger, durably, in one transaction; one result per arrival."""

    def receive_post(
        self, arrival: Arrival, rules: Mapping[str, Sequence[tuple[int, int]]], now: datetime
    ) -> tuple[Received | None, int]:
        """Commit and count a post in one transaction; return it and 0, or None and the seconds to wait."""

    def receive_request(
        self,
        key: int,
        idempotency: str,
        content: str,
        arrival: Arrival,
        rules: Mapping[str, Sequence[tuple[int, int]]],
        now: datetime,
    ) -> tuple[Any, int]:
        """Commit and count a program's message, once; return the request (with its `message`) and 0, or
        None and the seconds to wait."""

    def known_uids(self, mailbox: str, folder: str, uidvalidity: int) -> set[int]:
        """Return the UIDs already received from a folder."""

    def pending(self, now: datetime, limit: int, again: bool = False) -> list[int]:
        """Return ids of ledger rows that wait and were never tried (`again`: were), oldest first."""

    def interrupted(self, now: datetime, before: int, limit: int) -> list[int]:
        """Return ids of rows below `before` that were in hand when their process died, oldest first."""

    def begin(self, ids: Iterable[int], now: datetime) -> list[Pending]:
        """Count an attempt on each row still waiting and return those rows, in one commit."""

    def refund(self, ids: Iterable[int]) -> None:
        """Take back the attempt `begin` counted: the trouble was not the message's."""

    def unhold(self) -> None:
        """Let go of all rows that some process holds for trying."""

    def transaction(self) -> AbstractContextManager[None]:
        """A write transaction (SQLite: IMMEDIATE)."""

    def savepoint(self) -> AbstractContextManager[None]:
        """Part of a transaction that can fail alone."""

    def lock_pending(self, ledger_id: int) -> bool:
        """In a transaction: take the row for deciding. False when another process finished it."""

    def facts(
        self,
        message: Message,
        envelope: Envelope,
        token: Token | None,
        team: str,
        now: datetime,
        verified: bool = False,
    ) -> Facts:
        """Gather what the rules need to know about `message`."""

    def draft(self, entry: int) -> Draft | None:
        """Return a draft that may be confirmed, or was; without its message."""

    def draft_raw(self, entry: int) -> bytes | None:
        """Return the mail that became a draft (an entry), as it came; None when it is gone, or was none."""

    def apply(
        self,
        effects: Sequence[Effect],
        compose: Compose,
        now: datetime,
        ledger_id: int | None = None,
        message: Message | None = None,
    ) -> Applied:
        """Apply a decision. Must run inside `transaction()`."""

    def postpone(self, ledger_id: int, reason: str, until: datetime) -> None:
        """Leave a row waiting until later, with what went wrong."""

    def quarantine(self, ledger_id: int, reason: str, now: datetime) -> None:
        """Set a row aside with the reason, in plain words."""

    def look_up(
        self, wanted: LookupRequest, agent: Agent | None, ticket: int | None, now: datetime
    ) -> LookupResult:
        """Return what the commands of an agent (None: an admin) in a ticket (None: in none) ask for."""

    def asleep(self, now: datetime, limit: int) -> list[int]:
        """Return tickets whose snooze is over."""

    def found(self, number: int | None) -> TicketMatch | None:
        """Return a ticket, or the one it was merged into, with who is to be told of news in it."""

    def ticket(self, number: int) -> Ticket | None:
        """Return a ticket's snapshot."""

    def agents(self, team: str = "") -> list[Agent]:
        """Return enabled agents, of one team if named."""

    def news(self, agent: Agent, since: datetime) -> list[News]:
        """Return the tickets, the agent's or nobody's in his teams, in which somebody wrote since."""

    def loads(self) -> Mapping[int, Load]:
        """Return what each agent has to do, by id."""

    def survey_candidates(self, now: datetime, before: datetime, limit: int) -> tuple[list[Candidate], int]:
        """Return tickets closed before `before` nobody was asked about, and how many automatic
        mails the desk owed in the last hour."""

    def due_promises(self, now: datetime, limit: int) -> list[tuple[int, int]]:
        """Return promises a step of whose ladder is due, each with its ticket, the longest due first."""

    def due_promise(self, promise: int, ticket: int, policy: Policy, now: datetime) -> DuePromise | None:
        """Return a due promise with its ticket, which is kept from changing; None when it is due no more."""

    def put_off(self, promise: int, until: datetime) -> None:
        """Look at a promise again later: a step of it could not be done."""

    def due_page(self, now: datetime) -> OwedPage | None:
        """Take the call of the webhook that is due first; None when none is."""

    def page_sent(self, number: int, now: datetime) -> None:
        """Record that the other side took it."""

    def page_failed(self, number: int, reason: str, until: datetime | None) -> None:
        """Record why it did not; it is due again at `until`, None: never."""

    def due(self, now: datetime, limit: int) -> list[int]:
        """Return ids of outbox rows to send now, urgent and old ones first."""

    def claim(self, outbox_id: int, owner: str, now: datetime, lease: timedelta) -> Claimed | None:
        """Take a row for sending by one conditional UPDATE; None when it is not to be had."""

    def data_started(self, claimed: Claimed, now: datetime) -> bool:
        """Commit, before DATA, that the mail may from now on have been taken. False: lease lost."""

    def sent(self, claimed: Claimed, now: datetime) -> bool:
        """Record the 250 after the final dot. False: lease lost."""

    def retry(self, claimed: Claimed, reason: str, until: datetime, doubtful: bool = False) -> bool:
        """Record a failure; the row is due again at `until`. `doubtful`: the mail may have been taken.
        False: lease lost."""

    def failed(
        self, claimed: Claimed, reason: str, compose: Compose, alerts: Sequence[Effect], now: datetime
    ) -> Sequence[int]:
        """Record a permanent failure, and in the same transaction what agents are told of it."""

    def unknown(self, claimed: Claimed, reason: str) -> bool:
        """Record an ambiguous end: nobody knows whether the mail was taken. False: lease lost."""

    def probe(self, now: datetime) -> None:
        """Write something small. Raises Temporary when the database takes nothing."""

    def expire_leases(
        self, now: datetime, gone: Callable[[str], bool] = lambda owner: False, timely: bool = True
    ) -> Sequence[int]:
        """Settle rows whose lease is over or whose owner is `gone`; return the ids due again.

        Not `timely`: the clock has leapt, and ends no lease of a mail that may be in DATA now.
        They are due again, or `unknown` when DATA had begun and the kind is at-most-once or
        it is not the first time.
        """


class Session(Protocol):
    """One SMTP connection, kept between mails."""

    def send(self, mail: Outgoing, before_data: Callable[[], bool]) -> str:
        """Send one mail; `before_data` is called between RCPT and DATA and may say no (False:
        nothing is sent, Temporary is raised). Returns the server's reply text.

        Raises Temporary, Permanent, or Ambiguous (the end came after DATA began).
        """

    def close(self) -> None:
        """Quit; never raises."""


class Channel(Protocol):
    """A way in that fetches: reads until `stop` is set, hands batches to `receive`."""

    def run(self, stop: Any) -> None:
        """Read until `stop` (a threading.Event) is set; reconnect by itself."""


Receive = Callable[[Sequence[Arrival]], Sequence[Received]]
"""service.receive with the store and clock bound: returns only when all is durable."""
