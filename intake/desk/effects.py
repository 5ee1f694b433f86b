"""What a decision asks for. A decision is a list of these, applied in order in one transaction.

`ticket` is a number, or None for the ticket that an OpenTicket earlier in the same list opened.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from intake.desk.agent_effects import MarkSummary, SetAway, SetLanguage
from intake.desk.block_effects import Block, Unblock
from intake.desk.canned_texts import DropCanned, SaveCanned
from intake.desk.changes import Changes
from intake.desk.delivery_effects import MarkAddress, MarkDelivery, MarkSent, NotifyAgain
from intake.desk.draft_effects import ConfirmDraft, Withdraw
from intake.desk.evidence import Evidence
from intake.desk.factor import MissCode, UseCode
from intake.desk.find_effects import ClearFind, KeepFinds
from intake.desk.incident.changes import IncidentChange
from intake.desk.kept_files import KeptFile
from intake.desk.knowledge.effects import Cite, DraftArticle
from intake.desk.listing import ListTable, TextTable
from intake.desk.merge_effects import LinkTickets, SplitOff
from intake.desk.message import Address, Attachment
from intake.desk.page import Talk, TicketPage
from intake.desk.people_effects import ColleagueNews, MarkColleagues, Unwatch, Watch
from intake.desk.persons import AddPersonNote, DropPersonNote
from intake.desk.sla_effects import Escalate, Page, SetPromises, SettleEscalation
from intake.desk.survey_effects import AskSurvey, RecordScore
from intake.desk.telling_effects import MarkReminded, MarkTold, Telling
from intake.desk.ticket import Agent, EntryKind, Status, Ticket, Withheld
from intake.desk.withheld_files import HeldBack

# What a STATUS mail can tell; each is the name of its template, and the desk's config says which go out.
STATUS_EVENTS = ("assigned", "waiting", "closing", "delayed", "resolved", "reopened", "thanks")


class Outcome(StrEnum):
    """What became of a message; every ledger row ends in exactly one."""

    TICKETED = "ticketed"
    APPENDED = "appended"
    DUPLICATE = "duplicate"
    AUTOMATIC = "automatic"
    COMMAND = "command"
    QUARANTINED = "quarantined"
    ERASED = "erased"


class MailKind(StrEnum):
    """A mail we owe; also the name of its template, but for STATUS, whose event names it.

    ACKNOWLEDGEMENT, WARNING, STATUS and SURVEY are automatic: at most once after an ambiguous end,
    counted against the budgets. RELAY, PARTNER, NOTICE, ALERT and ANSWER are sent again instead. PARTNER
    asks somebody outside the ticket; no customer learns of it. WARNING tells who exposed a secret of theirs
    that they did.
    """

    ACKNOWLEDGEMENT = "acknowledgement"
    WARNING = "warning"
    STATUS = "status"
    SURVEY = "survey"
    RELAY = "relay"
    PARTNER = "partner"
    NOTICE = "notice"
    ALERT = "alert"
    ANSWER = "answer"

    @property
    def at_most_once(self) -> bool:
        """Whether an ambiguous end must never lead to a second automatic sending."""
        return self in (MailKind.ACKNOWLEDGEMENT, MailKind.WARNING, MailKind.STATUS, MailKind.SURVEY)

    @property
    def budgeted(self) -> bool:
        """Whether it counts against the desk's ceiling.

        An alert answers nobody, but a forger of agents' mail could ask for any number of them. It is
        counted here and not held back by it: alerts have a ceiling of their own (`brakes.may_alert`).
        """
        return self.at_most_once or self is MailKind.ALERT

    @property
    def to_agent(self) -> bool:
        """Whether it goes to an agent, and may hold what customers must not see."""
        return self in (MailKind.NOTICE, MailKind.ALERT, MailKind.ANSWER)

    @property
    def automatic(self) -> bool:
        """Whether no person wrote it (RFC 3834): it says so and goes out from the null sender."""
        return not self.by_agent

    @property
    def by_agent(self) -> bool:
        """Whether it carries an agent's own words to somebody outside."""
        return self in (MailKind.RELAY, MailKind.PARTNER)


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """Open a ticket. Its number is what `ticket=None` means in later effects."""

    subject: str
    requester: Address
    language: str
    mailbox: str
    team: str
    channel: str
    status: Status = Status.NEW
    related: int | None = None
    # Whose flood it takes: an address, or a domain with @ in front; "" for an ordinary ticket.
    flood: str = ""
    priority: str = "normal"
    category: str = ""
    tags: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict, hash=False)
    # Kept as spam, by the word of the mail server; what nobody got of it is `withheld`.
    withheld: Withheld = Withheld.NOTHING
    # How many minutes the requester's clock is ahead of UTC, where their email told.
    utc_offset: int | None = None
    # Its requester gets no automatic mail, see `Ticket.quiet`.
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class AddEntry:
    """Add to a ticket's history. `from_message`: link the message and keep its attachments here.

    `full_text` is the text with its quotes, one step away; `text` is what is shown. `unproven` says that
    anybody may have written it in its author's name.
    """

    ticket: int | None
    kind: EntryKind
    author: Address
    text: str
    full_text: str = ""
    agent: int | None = None
    from_message: bool = False
    attachments: tuple[Attachment, ...] = ()
    unproven: bool = False
    settled: bool = False  # of a draft: nothing of it waits to be sent
    # Of a conversation with somebody outside the ticket: who answers its message leads nowhere by that.
    apart: bool = False
    # How far a customer's entry is proven to be its author's.
    evidence: Evidence = field(default=Evidence.UNKNOWN, compare=False)


@dataclass(frozen=True, slots=True)
class SetStatus:
    """Move a ticket to a status. `waits`: without a word of theirs the requester waits for an answer."""

    ticket: int | None
    status: Status
    waits: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Amend:
    """Change properties of a ticket that follow no rules of their own."""

    ticket: int | None
    changes: Changes = field(hash=False)


@dataclass(frozen=True, slots=True)
class AddParticipant:
    """Add a participant to a ticket: they get its emails from now on and may reply."""

    ticket: int | None
    address: Address


@dataclass(frozen=True, slots=True)
class RemoveParticipant:
    """Let somebody out of a ticket again."""

    ticket: int | None
    address: Address


@dataclass(frozen=True, slots=True)
class Record:
    """An entry in the audit: who did what, and by what authority ("command line", "reply token …").

    The message being processed and its time are added by themselves. `agent` is the id of `who`, if they
    are one.
    """

    who: str
    authority: str
    what: str
    ticket: int | None = None
    agent: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Assign:
    """Give a ticket to an agent (None: to nobody) and, unless empty, to a team."""

    ticket: int | None
    agent: Agent | None
    team: str = ""


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail owed to one recipient; `dedupe` makes owing it twice harmless.

    `agent` is who it speaks to (NOTICE, ALERT, ANSWER) or whose words it carries (RELAY,
    PARTNER).
    `text` is the author's words (RELAY, NOTICE), what happened (ALERT) or what was asked for (ANSWER); what
    the desk itself says to an agent is a `Said`, and goes out in their language.
    An ALERT with the event "command", and an ANSWER, may belong to no ticket at all.
    An ACKNOWLEDGEMENT with the event "oversize" says that a mail is larger than `text` MB.
    `event` names what a STATUS tells: one of STATUS_EVENTS, or "closed" for "resolved"; an
    ALERT with the event "brake" tells the admin that automatic mail is stopped, with one of page.WHOLE
    that the ticket changed. `due`
    (aware) is when we mean to answer: the promise of an ACKNOWLEDGEMENT and a NOTICE, the
    new one of a STATUS "delayed"; or when the ticket of a STATUS "closing" is closed.
    `quote_subject` allows the requester's own subject in it: only where the sender
    was verified or a person answered, for else we would carry a forger's words.
    """

    kind: MailKind
    ticket: int | None
    to: Address
    dedupe: str
    agent: Agent | None = None
    author: Address | None = None
    text: str = ""
    event: str = ""
    # Of a mail with NO_TICKET: what stands for the ticket, with its mailbox and language.
    instead: Ticket | None = field(default=None, repr=False)
    attachments: tuple[Attachment, ...] = ()
    quote_subject: bool = True
    # The sender of what a NOTICE carries is not known to the ticket.
    stranger: bool = False
    # Why what a NOTICE carries may be another's words than the sender's (case.REFUTED, case.UNPROVEN).
    doubt: str = ""
    # To whom else its author sent what a NOTICE carries: only an agent lets them in.
    proposed: tuple[str, ...] = ()
    # Of what a NOTICE carries: the From that named its author, where the author asks for answers, and
    # whether replies go there, too.
    via: Address | None = None
    reply_to: tuple[str, ...] = ()
    reply_added: bool = False
    due: datetime | None = None
    # An ALERT with one of the events `draft_effects.ABOUT_A_DRAFT`: the draft (entry) that an answer to it
    # is about; the store fills in the one that was added before it.
    draft: int = 0
    # Of a PARTNER: the entry of the question, by which its answer is known; the store fills in the one that
    # was added before it.
    question: int = 0
    # Of a NOTICE of an answer to one: the address that was asked.
    partner: str = ""
    # Somebody in the ticket wrote it or was in copy: it is a note that is no secret to them.
    known_outside: bool = False
    # The HTML of the agent's mail that a RELAY answers with, as it came: it goes out only as
    # far as it says what `text` says.
    html: str = field(default="", repr=False)
    # What somebody wrote, below `text`, where that is ours: the draft that is to be confirmed.
    quoted: str = ""
    # It must not leave for so many seconds: until then `Withdraw` can take it back.
    hold: int = 0
    # Of a NOTICE: a colleague asks its agent by name, and what they reply is an internal note.
    asked: bool = False
    coded: bool = False  # of a question about a draft: only a code of a second factor answers it
    # What the desk says to its agent above all else.
    above: str = ""
    # Files of what it carries that do not go with it: named, and kept in the ticket.
    left_out: tuple[str, ...] = ()
    # Files of the ticket that go with it: the store fetches their bytes when the mail is written.
    enclosed: tuple[KeptFile, ...] = ()
    # Files that do not go with a mail to an agent, or not now, and those that nobody could look into: the
    # store fills both in.
    withheld: tuple[HeldBack, ...] = ()
    closed: tuple[str, ...] = ()
    # A mail to an agent that was refused for its size, as it left: it is made anew without its files.
    again: bytes = field(default=b"", repr=False)
    # All that the author of a NOTICE wrote, quotes and signature too: it tells how much `text` leaves out.
    whole: str = field(default="", repr=False)
    # What stands around the news in a mail to an agent: the store fills it in where it is None.
    page: TicketPage | None = field(default=None, repr=False, compare=False)
    # Of an ANSWER that is a ticket's page: what it brings of the conversation.
    talk: Talk | None = field(default=None, repr=False)
    # Who did what the event of an ALERT names, "" where nobody did: time passed, or a rule of the desk.
    by: str = ""
    # The store attaches the files that customers sent in the ticket and this agent did not get, the newest
    # first; what is too much of it stands in `left_out`.
    with_files: bool = False
    # Of an ALERT: whether it may wait, to be told together with others of its agent.
    telling: Telling = Telling.AT_ONCE
    # The list, of tickets or of canned responses, below the text of an ANSWER.
    table: ListTable | TextTable | None = None


@dataclass(frozen=True, slots=True)
class Redact:
    """Take secrets out of a ticket for good: out of its texts, its files of text, the raw bytes of its
    messages and the mails made of them. `literals` are texts that count as one; an event tells how many."""

    ticket: int
    by: str
    literals: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class TripBreaker:
    """Stop automatic mail: the desk has reached its ceiling."""


@dataclass(frozen=True, slots=True)
class RevokeLinks:
    """Make every link to the ticket's progress page void."""

    ticket: int


@dataclass(frozen=True, slots=True)
class Finish:
    """Write the message's outcome into the ledger, with the rule and the reason in plain words.

    `why_kept` is why a mail became a draft, without what the reason says around it.
    """

    outcome: Outcome
    ticket: int | None = None
    rule: str = ""
    reason: str = ""
    duplicate_of: int | None = None
    why_kept: str = field(default="", compare=False)


Effect = (
    OpenTicket
    | AddEntry
    | SetStatus
    | Amend
    | SetPromises
    | Escalate
    | SettleEscalation
    | Page
    | AddParticipant
    | RemoveParticipant
    | Watch
    | Unwatch
    | ColleagueNews
    | MarkColleagues
    | SplitOff
    | LinkTickets
    | Redact
    | KeepFinds
    | UseCode
    | MissCode
    | ClearFind
    | IncidentChange
    | Record
    | Assign
    | SetAway
    | SaveCanned
    | DropCanned
    | Cite
    | DraftArticle
    | AddPersonNote
    | DropPersonNote
    | SetLanguage
    | MarkSummary
    | MarkTold
    | MarkReminded
    | Mail
    | NotifyAgain
    | Withdraw
    | ConfirmDraft
    | MarkDelivery
    | MarkAddress
    | MarkSent
    | TripBreaker
    | AskSurvey
    | RecordScore
    | RevokeLinks
    | Block
    | Unblock
    | Finish
)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A finished mail for one recipient: what an outbox row holds and never changes.

    `mail_from` is the envelope sender, "" for the null sender.
    """

    kind: MailKind
    mail_from: str
    rcpt: str
    message_id: str
    raw: bytes = field(repr=False)
