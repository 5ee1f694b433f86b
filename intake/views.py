"""Rows for lists and single views: what the store shows to the command line and the pages.

Times are aware, UTC. Nothing here is safe for a terminal or a page by itself.
"""

from dataclasses import dataclass, field
from datetime import datetime

from intake.desk.business_time import Calendar
from intake.desk.effects import Outcome
from intake.desk.sla_target import PromiseState, Target
from intake.desk.ticket import EntryKind

# What a message in the ledger can be, and a mail in the outbox.
MESSAGE_STATES = ("waiting", "done", "quarantined", "dropped")
MAIL_STATES = ("due", "sending", "sent", "failed", "unknown", "cancelled")


@dataclass(frozen=True, slots=True)
class TicketRow:
    """One line of `intake ticket list`."""

    id: int
    subject: str
    # One of `intake.desk.ticket.STATES`.
    status: str
    requester: str
    team: str
    assignee: str
    language: str
    priority: str
    created_at: datetime
    updated_at: datetime
    related: int | None = None
    category: str = ""
    tags: tuple[str, ...] = ()
    # The nearest of its promised times.
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class TicketFilter:
    """Which tickets to list; what is empty or None does not matter.

    `assignee` is an agent's address, "" for tickets of nobody; `requester` an address;
    `since` and `until` bound when it was opened, `until` excluded; `overdue` is the moment by
    which something was promised and is not kept; `search` are words as `asked` of
    `intake.desk.text.words` reads them.
    """

    statuses: tuple[str, ...] = ()
    team: str | None = None
    assignee: str | None = None
    tag: str = ""
    priority: str = ""
    category: str | None = None
    requester: str = ""
    since: datetime | None = None
    until: datetime | None = None
    overdue: datetime | None = None
    search: str = ""
    # Only spam, or none of it.
    spam: bool | None = None


@dataclass(frozen=True, slots=True)
class FileRow:
    """An attachment of an entry; its bytes are `store.tickets.file(sha256)`.

    `preview` says whether `store.previews.get(sha256)` is a smaller picture of it
    for those who cannot see it. `withheld`: a secret or malware was found in it.
    """

    name: str
    media_type: str
    size: int
    sha256: str
    inline: bool
    preview: bool = False
    withheld: bool = False


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One item of a ticket's history."""

    id: int
    kind: EntryKind
    author: str
    author_name: str
    text: str
    full_text: str
    created_at: datetime
    message: int | None
    files: tuple[FileRow, ...] = ()
    # An answer that has not left yet and can be withdrawn.
    held: bool = False
    # A draft that nobody has confirmed yet.
    waiting: bool = False
    # Of a customer's: how far it is proven to be its author's (`intake.desk.evidence`).
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One ledger row. `state` is waiting, done, quarantined or dropped.

    `sightings` are "mailbox/folder uidvalidity:uid" of every place it was seen. `oversize` is the size in
    bytes of a mail of which only the header was read, 0 for others; `size` is then the header's.
    """

    id: int
    sha256: str
    size: int
    channel: str
    mailbox: str
    received_at: datetime
    sender: str
    subject: str
    message_id: str
    state: str
    outcome: Outcome | None
    ticket: int | None
    rule: str
    reason: str
    attempts: int
    defects: tuple[str, ...] = ()
    duplicate_of: int | None = None
    sightings: tuple[str, ...] = ()
    oversize: int = 0


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One mail owed. `state` is due, sending, sent, failed, unknown or cancelled."""

    id: int
    kind: str
    ticket: int | None
    rcpt: str
    message_id: str
    state: str
    attempts: int
    created_at: datetime
    not_before: datetime
    sent_at: datetime | None
    error: str


@dataclass(frozen=True, slots=True)
class SurveyRow:
    """What was asked about one closing of a ticket; `skipped` says why nobody was. No score: no answer."""

    ticket: int
    closing: int
    asked_at: datetime
    skipped: str
    score: int | None
    comment: str
    consent: bool
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """One promise of a ticket. `next_at` is when the next step of its ladder is due; the minutes are
    business time: how much was promised, and how much of it was left when its clock was last set."""

    id: int
    ticket: int
    target: Target
    policy: str
    state: PromiseState
    started_at: datetime
    due: datetime | None
    next_at: datetime | None
    ended_at: datetime | None
    told: datetime | None
    total_minutes: int
    left_minutes: int


@dataclass(frozen=True, slots=True)
class EscalationRow:
    """One escalation. `state` is open, acked, resolved, cancelled or done; `promise` None: by hand."""

    id: int
    ticket: int
    promise: int | None
    target: Target | None
    step: str
    state: str
    due_at: datetime
    fired_at: datetime
    reason: str
    to_team: str
    by: str
    settled_by: str
    settled_at: datetime | None
    remark: str


@dataclass(frozen=True, slots=True)
class AgentRow:
    """One line of `intake agent list`."""

    id: int
    name: str
    address: str
    teams: tuple[str, ...]
    enabled: bool
    away_until: datetime | None = None
    notify: str = "all"
    shift: Calendar | None = field(default=None, repr=False)
    language: str = ""
    # Whether they may save and delete canned responses.
    editor: bool = False


@dataclass(frozen=True, slots=True)
class MailboxRow:
    """A mailbox's reader ("" for none) and how its last reading went; `last_error` is "" when well."""

    name: str
    owner: str
    lease_until: datetime | None
    last_success: datetime | None
    last_error: str
    last_error_at: datetime | None


@dataclass(frozen=True, slots=True)
class LoginRow:
    """What is kept of an account that logs in with tokens. `sealed` (the refresh token) and `access` are
    sealed, "" for none.

    `mark` is new with each writing. `bound` says for what it was obtained, `dies_at` when the refresh
    token ends by itself. `dead`: only a person can put it right; `error` says what, and how.
    """

    name: str
    mark: str = ""
    sealed: str = field(default="", repr=False)
    access: str = field(default="", repr=False)
    bound: str = ""
    expires_at: datetime | None = None
    refreshed_at: datetime | None = None
    obtained_at: datetime | None = None
    dies_at: datetime | None = None
    dead: bool = False
    error: str = ""
    tried_at: datetime | None = None
    failures: int = 0
    owner: str = ""


@dataclass(frozen=True, slots=True)
class TroubleRow:
    """What goes wrong at present: how often since when, and when a person was last told of it by mail."""

    key: str
    what: str
    since: datetime
    last: datetime
    count: int
    told_at: datetime | None


@dataclass(frozen=True, slots=True)
class ApiKeyRow:
    """A key of the API, without the key itself. `per_hour` is the most tickets it opens in an hour."""

    id: int
    name: str
    scopes: tuple[str, ...]
    per_hour: int
    created_at: datetime
    used_at: datetime | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ApiRequestRow:
    """A request of the API that came before: a hash of its content, and the message it became."""

    id: int
    content: str
    message: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class AuditRow:
    """Who did what, when, by what authority ("" for the command line), and which message asked for it."""

    id: int
    at: datetime
    who: str
    what: str
    authority: str
    ticket: int | None
    message: int | None


@dataclass(frozen=True, slots=True)
class SentMail:
    """A mail that left: whom it went to, its bytes as they were owed, and when."""

    rcpt: str
    raw: bytes = field(repr=False)
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class SealedRow:
    """Bytes as they came, sealed for `recipient`: of a message, or of an entry that no message brought.

    `sha256` is the digest of what came; `content` is an age file.
    """

    id: int
    of_message: bool
    sha256: str
    recipient: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class FindRow:
    """A secret that was found, never the secret itself: of what `kind` it is and in which `part` of a message
    (`sensitive.finds.Find`).

    `state` is hidden, or cleared where somebody found it a false alarm; `detector` is the version of what
    found it.
    """

    id: int
    ticket: int
    message: int | None
    entry: int | None
    part: str
    kind: str
    confidence: str
    words: int
    state: str
    found_at: datetime
    detector: int


@dataclass(frozen=True, slots=True)
class KeptText:
    """What somebody wrote in a ticket, to be looked through: an entry's text, who its author is called, and
    the names of its files."""

    ticket: int
    entry: int
    message: int | None
    subject: str = field(repr=False)
    text: str = field(repr=False)
    author_name: str = field(repr=False)
    files: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Vitals:
    """The desk's pulse. Ages are in seconds, 0 when nothing waits.

    `messages` and `mails` are counts by state. `decide_age` is how long the oldest message has
    been waiting to be decided on, `send_age` how long the oldest mail that may go now has been.
    `promises_at_risk` end within the next hour, `promises_late` are over and open. Of the messages in
    quarantine, `kept` counts those of blocked senders and of rules, by which of the two: they need nobody.
    """

    received: int
    messages: dict[str, int]
    kept: dict[str, int]
    mails: dict[str, int]
    open_tickets: int
    decide_age: int
    send_age: int
    promises_at_risk: int
    promises_late: int


@dataclass(frozen=True, slots=True)
class Pace:
    """What processes counted of their pace; the names of the sums are those of intake/runtime/pace.py.

    `sums` are those of all processes there ever were. `lately` holds for each that lives what it counted in
    the last minutes, and as `seconds` how long that was.
    """

    sums: dict[str, float]
    lately: dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class ReadRow:
    """How often somebody read something on a day (UTC): `kind` as `intake.desk.reading` has it."""

    day: str
    who: str
    kind: str
    ticket: int | None
    n: int
