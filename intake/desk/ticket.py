"""A ticket as the rules see it: a snapshot, its statuses and the people in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from enum import StrEnum

from intake.desk.business_time import Calendar
from intake.desk.message import Address
from intake.desk.sla_target import SlaTarget


class Status(StrEnum):
    """Where a ticket stands. NEW: nobody answered yet. PENDING: we wait for the requester."""

    NEW = "new"
    OPEN = "open"
    PENDING = "pending"
    CLOSED = "closed"


# How a ticket of spam is shown: it is closed, nobody's work, and counted nowhere.
SPAM = "spam"
STATES = (*(status.value for status in Status), SPAM)


class Withheld(StrEnum):
    """What nobody got because the mail server took a ticket's first email for spam: it is owed once somebody
    brings the ticket back. NOTHING: a person marked it, or it is no spam."""

    NOTHING = ""
    NOTICES = "notices"
    ACKNOWLEDGEMENT = "acknowledgement"


class EntryKind(StrEnum):
    """What an entry in a ticket's history is. Only CUSTOMER and REPLY are public."""

    CUSTOMER = "customer"
    REPLY = "reply"
    NOTE = "note"
    DRAFT = "draft"
    AUTOMATIC = "automatic"
    EVENT = "event"


# Who writes the events in a ticket's history.
DESK = Address("", "desk")
URGENT = "urgent"
NORMAL = "normal"
# From what can wait to what cannot.
PRIORITIES = ("low", NORMAL, "high", URGENT)
# The number of no ticket at all: an answer to an agent's question may belong to none.
NO_TICKET = 0


@dataclass(frozen=True, slots=True)
class Agent:
    """Someone who answers tickets. `teams` are section names of the config.

    `shift` is when they work (None: always), `away_until` the end of an absence, `notify` what
    they are told of at once (see `people.Notify`), `digest_minutes` how often they
    read a digest of the rest, in which they were told of all up to `digest_at`.
    """

    id: int
    name: str
    address: str
    teams: tuple[str, ...] = ()
    enabled: bool = True
    shift: Calendar | None = None
    away_until: datetime | None = None
    notify: str = "all"
    digest_minutes: int = 30
    digest_at: datetime | None = None
    # The language of the mails to them, "" for the desk's.
    language: str = ""
    # Whether one line tells them of what colleagues do with tickets that they were told of.
    colleagues: bool = True
    # Whether they may save and delete canned responses.
    editor: bool = False
    # Whether they have a second factor, and a yes of theirs to the guard needs a code of it.
    factor: bool = False
    # The time zone they said is theirs, None where they said none.
    own_zone: tzinfo | None = None

    @property
    def zone(self) -> tzinfo | None:
        """Return the time zone they read times in: that of their shift, or their own; None: the desk's."""
        return self.shift.zone if self.shift is not None else self.own_zone

    @property
    def as_address(self) -> Address:
        """Where mail to them goes, and who is named as having written theirs."""
        return Address(self.address, self.name)


@dataclass(frozen=True, slots=True)
class Ticket:
    """A snapshot of one ticket. Times are aware, UTC.

    `category`, `tags` and `fields` are what triage and agents say of it; `spam`, `merged_into`
    and `survey_off` keep surveys away; `withheld` says of spam whether only the mail server took it for
    that; `snoozed_until` hides it until then. `…_due` are the
    promised times (None: nothing is promised, or the clock stands still), `first_response_at`
    is when a person first answered, and `waiting_since` since when the requester has been
    waiting for a person (None: it is not our turn). `promises` are those still to be kept,
    and `utc_offset` how many minutes the requester's own clock is ahead of UTC, if known.
    """

    id: int
    subject: str
    status: Status
    requester: Address
    language: str
    mailbox: str
    team: str
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None = None
    priority: str = "normal"
    assignee: Agent | None = None
    related: int | None = None
    participants: tuple[str, ...] = ()
    # Agents who get its notifications as the assignee does, enabled or not.
    watchers: tuple[Agent, ...] = ()
    # Message-IDs of the public entries, oldest first: what References is made of.
    message_ids: tuple[str, ...] = ()
    # Outlook's name of the conversation that it last came from (`intake.mail.thread_index`), "" for none.
    thread_index: str = ""
    channel: str = "imap"
    # The number that links to its progress page carry; raising it makes older ones void.
    link: int = 1
    category: str = ""
    tags: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict, hash=False)
    spam: bool = False
    withheld: Withheld = Withheld.NOTHING
    survey_off: bool = False
    # Automatic mail of ours to its requester's side is never made: a machine wrote, or a rule says so.
    quiet: bool = False
    snoozed_until: datetime | None = None
    merged_into: int | None = None
    first_response_due: datetime | None = None
    next_response_due: datetime | None = None
    resolution_due: datetime | None = None
    first_response_at: datetime | None = None
    waiting_since: datetime | None = None
    promises: tuple[SlaTarget, ...] = ()
    utc_offset: int | None = None
    # What looks like a secret and is none, in this ticket alone (`sensitive.excusing`).
    excused: tuple[str, ...] = field(default=(), repr=False)

    @property
    def state(self) -> str:
        """What the desk is shown as its status: one of STATES."""
        return SPAM if self.spam else self.status.value

    @property
    def dues(self) -> list[datetime]:
        """When the promises end that stand."""
        times = (self.first_response_due, self.next_response_due, self.resolution_due)
        return [at for at in times if at]


def urgency(priority: str) -> int:
    """Return where a priority stands, the most urgent highest; one that nobody knows counts as normal."""
    return PRIORITIES.index(priority if priority in PRIORITIES else NORMAL)


def no_ticket(at: datetime, mailbox: str = "", language: str = "en", channel: str = "imap") -> Ticket:
    """Return what stands for a ticket where there is none: for a mail that belongs to no ticket."""
    return Ticket(NO_TICKET, "", Status.OPEN, Address(""), language, mailbox, "", at, at, channel=channel)
