"""The tables. They hold no database: a query is always run by a Connection.

That keeps two stores in one process apart, and makes every query pass the one
place where errors are told apart.
"""

from collections.abc import Mapping
from datetime import datetime

import peewee
from peewee import AutoField, BigIntegerField, BooleanField, CompositeKey, IntegerField

from intake.store.schema.blocking import Blocked
from intake.store.schema.canned import CANNED_TABLES
from intake.store.schema.colleagues import COLLEAGUE_TABLES
from intake.store.schema.downloads import Download
from intake.store.schema.fields import Bytes, Key, Moment, Pairs, Strings, TextColumn
from intake.store.schema.knowledge import KNOWLEDGE_TABLES
from intake.store.schema.links import Participant, TicketLink
from intake.store.schema.logins import OAuthAccount
from intake.store.schema.persons import PersonLanguage, PersonNote
from intake.store.schema.promises import SERVICE_TABLES
from intake.store.schema.readings import READING_TABLES
from intake.store.schema.record import RECORD_TABLES
from intake.store.schema.search import SearchText, TicketTag, index_tickets
from intake.store.schema.state import STATE_TABLES
from intake.store.schema.tellings import TELLING_TABLES
from intake.store.schema.web import WEB_TABLES


def _ref(table: str) -> list[peewee.Node]:
    """A plain integer column that the database checks; following it is always an explicit query."""
    return [peewee.SQL(f'REFERENCES "{table}" ("id")')]


class Meta(peewee.Model):
    """What the database says of itself: `schema` is the version of its tables."""

    name: TextColumn[str] = TextColumn(primary_key=True)
    value: TextColumn[str] = TextColumn()

    class Meta:
        table_name = "meta"


class Blob(peewee.Model):
    """Bytes by their sha256. `content` is NULL where they lie in a file."""

    sha256: TextColumn[str] = TextColumn(primary_key=True)
    size = BigIntegerField()
    content: Bytes[bytes | None] = Bytes(null=True)

    class Meta:
        table_name = "blob"


class Agent(peewee.Model):
    """Someone who answers. `key` is the address in lower case.

    `shift` is a week of spans as JSON, "" for always; `given_at` is when a ticket was last given to them.
    """

    id = AutoField()
    name: TextColumn[str] = TextColumn()
    address: TextColumn[str] = TextColumn()
    key: Key[str] = Key(unique=True)
    enabled = BooleanField(default=True)
    created_at: Moment[datetime] = Moment()
    shift: TextColumn[str] = TextColumn(default="")
    timezone: TextColumn[str] = TextColumn(default="")
    language: TextColumn[str] = TextColumn(default="")  # of the mails to them, "" for the desk's
    away_until: Moment[datetime | None] = Moment(null=True)
    notify: TextColumn[str] = TextColumn(default="all")
    digest_minutes = IntegerField(default=30)
    digest_at: Moment[datetime | None] = Moment(null=True)
    given_at: Moment[datetime | None] = Moment(null=True)
    colleagues = BooleanField(default=True)
    editor = BooleanField(default=False)

    class Meta:
        table_name = "agent"


class AgentTeam(peewee.Model):
    """An agent's teams: section names of the config."""

    agent = IntegerField(constraints=_ref("agent"))
    team: Key[str] = Key()

    class Meta:
        table_name = "agent_team"
        primary_key = CompositeKey("agent", "team")


class Ticket(peewee.Model):
    """A ticket; its number is its id."""

    id = AutoField()
    subject: TextColumn[str] = TextColumn()
    status: TextColumn[str] = TextColumn(index=True)
    requester: TextColumn[str] = TextColumn()
    requester_name: TextColumn[str] = TextColumn()
    flood: Key[str] = Key(default="")
    language: TextColumn[str] = TextColumn()
    mailbox: TextColumn[str] = TextColumn()
    team: TextColumn[str] = TextColumn()
    channel: TextColumn[str] = TextColumn()
    priority: TextColumn[str] = TextColumn(default="normal")
    assignee = IntegerField(null=True, constraints=_ref("agent"))
    related = IntegerField(null=True, index=True)
    created_at: Moment[datetime] = Moment(index=True)
    updated_at: Moment[datetime] = Moment()
    closed_at: Moment[datetime | None] = Moment(null=True, index=True)
    link = IntegerField(default=1)
    category: TextColumn[str] = TextColumn(default="")
    tags: Strings[tuple[str, ...]] = Strings(default=())
    fields: Pairs[Mapping[str, str]] = Pairs(default={})
    excused: Strings[tuple[str, ...]] = Strings(default=())
    spam = BooleanField(default=False)
    withheld: TextColumn[str] = TextColumn(default="")
    survey_off = BooleanField(default=False)
    quiet = BooleanField(default=False)
    snoozed_until: Moment[datetime | None] = Moment(null=True)
    merged_into = IntegerField(null=True)
    first_response_due: Moment[datetime | None] = Moment(null=True)
    next_response_due: Moment[datetime | None] = Moment(null=True)
    resolution_due: Moment[datetime | None] = Moment(null=True)
    first_response_at: Moment[datetime | None] = Moment(null=True)
    waiting_since: Moment[datetime | None] = Moment(null=True)
    utc_offset = IntegerField(null=True)

    class Meta:
        table_name = "ticket"
        # Lists ask for one status at a time, so that each of these gives its tickets in order.
        indexes = (
            (("flood", "created_at"), False),
            (("team", "status"), False),
            (("assignee", "status"), False),
            (("category", "status"), False),
        )


index_tickets(Ticket)


class Message(peewee.Model):
    """The ledger: every message received and what became of it.

    `state` is waiting, done, quarantined or dropped. `held_until` keeps two
    processes from trying one row at once, `held_by` is the one that tries it (intake.runtime.lease_owner);
    `next_at` is when to try again. `order_keys` is what it is ordered by while it waits
    (intake.mail.order_keys), NULL where that is not known.
    """

    id = AutoField()
    sha256: TextColumn[str] = TextColumn(unique=True)
    size = BigIntegerField()
    fingerprint: Key[str] = Key(default="", index=True)
    channel: TextColumn[str] = TextColumn()
    mailbox: TextColumn[str] = TextColumn()
    mail_from: TextColumn[str | None] = TextColumn(null=True)
    recipients: Strings[tuple[str, ...]] = Strings()
    archive = BooleanField(default=False)
    released = BooleanField(default=False)  # a person put it back from where a block or a rule had kept it
    oversize = BigIntegerField(default=0)  # Bytes of a mail of which only the header was taken in.
    received_at: Moment[datetime] = Moment()
    state: TextColumn[str] = TextColumn(default="waiting")
    outcome: TextColumn[str | None] = TextColumn(null=True)
    ticket = IntegerField(null=True, index=True, constraints=_ref("ticket"))
    rule: TextColumn[str] = TextColumn(default="")
    reason: TextColumn[str] = TextColumn(default="")
    attempts = IntegerField(default=0)
    next_at: Moment[datetime] = Moment()
    held_until: Moment[datetime | None] = Moment(null=True)
    held_by: TextColumn[str] = TextColumn(default="")
    order_keys: TextColumn[str | None] = TextColumn(null=True)
    sender: TextColumn[str] = TextColumn(default="")
    sender_key: Key[str] = Key(default="")
    # Whose mailbox ceilings count it for (intake.desk.ceilings).
    sender_ceiling: Key[str] = Key(default="")
    sender_domain: Key[str] = Key(default="")
    text_hash: TextColumn[str] = TextColumn(default="")
    subject: TextColumn[str] = TextColumn(default="")
    message_id: TextColumn[str] = TextColumn(default="")
    defects: Strings[tuple[str, ...]] = Strings(default=())
    duplicate_of = IntegerField(null=True)

    class Meta:
        table_name = "message"
        indexes = (
            (("state", "next_at"), False),
            (("sender_key", "received_at"), False),
            (("sender_ceiling", "received_at"), False),
            (("sender_domain", "received_at"), False),
        )


# Of those that wait there are few; what is decided on next must not be looked for among all.
Message.add_index(Message.id, where=peewee.SQL("state = 'waiting'"))
Message.add_index(Message.mailbox, where=peewee.SQL("oversize > 0"))
Message.add_index(Message.held_until, where=peewee.SQL("held_until IS NOT NULL AND state = 'waiting'"))


class Sighting(peewee.Model):
    """Where a message was seen. Without an IMAP origin the folder is "" and the numbers are NULL."""

    id = AutoField()
    message = IntegerField(index=True, constraints=_ref("message"))
    mailbox: TextColumn[str] = TextColumn()
    folder: TextColumn[str] = TextColumn(default="")
    uidvalidity = BigIntegerField(null=True)
    uid = BigIntegerField(null=True)
    seen_at: Moment[datetime] = Moment()

    class Meta:
        table_name = "sighting"
        indexes = ((("mailbox", "folder", "uidvalidity", "uid"), True),)


class Entry(peewee.Model):
    """One item of a ticket's history."""

    id = AutoField()
    ticket = IntegerField(index=True, constraints=_ref("ticket"))
    kind: TextColumn[str] = TextColumn()
    author: TextColumn[str] = TextColumn()
    author_name: TextColumn[str] = TextColumn()
    text: TextColumn[str] = TextColumn()
    full_text: TextColumn[str] = TextColumn()
    # Of an answer: the ticket as it was before it (store.withdrawal).
    before: Pairs[Mapping[str, str]] = Pairs(default={})
    evidence: TextColumn[str] = TextColumn(default="")  # how far a customer's is proven (desk.evidence)
    settled = BooleanField(default=False)  # a draft that waits no more: confirmed, discarded, or empty
    unproven = BooleanField(default=False)  # anybody may have written it in its author's name
    agent = IntegerField(null=True, constraints=_ref("agent"))
    message = IntegerField(null=True, index=True, constraints=_ref("message"))
    created_at: Moment[datetime] = Moment(index=True)

    class Meta:
        table_name = "entry"


class Attachment(peewee.Model):
    """A file of an entry; its bytes are a blob."""

    id = AutoField()
    entry = IntegerField(index=True, constraints=_ref("entry"))
    name: TextColumn[str] = TextColumn()
    media_type: TextColumn[str] = TextColumn()
    size = BigIntegerField()
    sha256: TextColumn[str] = TextColumn()
    content_id: TextColumn[str] = TextColumn()
    inline = BooleanField()

    class Meta:
        table_name = "attachment"


# The direction of a reference that is no Message-ID but a conversation of Outlook's.
THREAD = "thread"


class MessageRef(peewee.Model):
    """A Message-ID that leads to a ticket: one we gave out ("out"), or one that came in ("in").

    Or, as THREAD, a conversation of Outlook's (`mail.thread_index`). The requester may see `public` ones.
    """

    id = AutoField()
    message_id: Key[str] = Key(index=True)
    ticket = IntegerField(index=True, constraints=_ref("ticket"))
    direction: TextColumn[str] = TextColumn()
    public = BooleanField()

    class Meta:
        table_name = "message_ref"


class Outbox(peewee.Model):
    """A mail owed to one recipient, finished: bytes, Message-ID and envelope never change.

    `state` is due, sending, sent, failed, unknown or cancelled. `entry` is the answer it
    carries or goes out with, `ledger` the message it was decided for. `due_since` is when
    the tries began that giving up is counted from, `doubtful` how many of them ended
    without anybody knowing how; `seen` says that it came back from where it was sent.
    """

    id = AutoField()
    dedupe_key: Key[str] = Key(unique=True)
    message_id: Key[str] = Key(unique=True)
    ticket = IntegerField(null=True, index=True, constraints=_ref("ticket"))
    entry = IntegerField(null=True)
    # No reference: a message may be erased before a mail that it caused.
    ledger = IntegerField(null=True, index=True)
    kind: TextColumn[str] = TextColumn()
    urgency = IntegerField()
    mail_from: TextColumn[str] = TextColumn()
    rcpt: TextColumn[str] = TextColumn()
    rcpt_key: Key[str] = Key()
    rcpt_ceiling: Key[str] = Key(default="")
    rcpt_domain: Key[str] = Key(default="")
    # Whether it carries the requester's own subject and name: then they are proven, or a person answered.
    quoted = BooleanField(default=False)
    mime: Bytes[bytes] = Bytes()
    state: TextColumn[str] = TextColumn(default="due")
    not_before: Moment[datetime] = Moment()
    attempts = IntegerField(default=0)
    lease_owner: TextColumn[str | None] = TextColumn(null=True)
    lease_until: Moment[datetime | None] = Moment(null=True)
    data_started: Moment[datetime | None] = Moment(null=True)
    error: TextColumn[str] = TextColumn(default="")
    delivery: TextColumn[str] = TextColumn(default="")
    doubtful = IntegerField(default=0)
    seen = BooleanField(default=False)
    created_at: Moment[datetime] = Moment()
    due_since: Moment[datetime] = Moment()
    sent_at: Moment[datetime | None] = Moment(null=True)

    class Meta:
        table_name = "outbox"
        indexes = (
            (("state", "not_before"), False),
            (("rcpt_key", "created_at"), False),
            (("rcpt_ceiling", "created_at"), False),
            (("rcpt_domain", "created_at"), False),
            (("kind", "created_at"), False),
        )


class Survey(peewee.Model):
    """What was asked about one closing of a ticket, or why it never will be; then what was answered.

    `closing` is the closing's second, as tokens carry it.
    """

    id = AutoField()
    ticket = IntegerField(constraints=_ref("ticket"))
    closing = BigIntegerField()
    closed_at: Moment[datetime] = Moment()
    asked_at: Moment[datetime] = Moment()
    skipped: TextColumn[str] = TextColumn(default="")
    score = IntegerField(null=True)
    comment: TextColumn[str] = TextColumn(default="")
    consent = BooleanField(default=False)
    answered_at: Moment[datetime | None] = Moment(null=True)

    class Meta:
        table_name = "survey"
        indexes = ((("ticket", "closed_at"), True),)


class Audit(peewee.Model):
    """Who did what, when, by what authority and, where a mail asked for it, by which."""

    id = AutoField()
    at: Moment[datetime] = Moment()
    who: TextColumn[str] = TextColumn()
    what: TextColumn[str] = TextColumn()
    authority: TextColumn[str] = TextColumn(default="")
    ticket = IntegerField(null=True, index=True)
    message = IntegerField(null=True)

    class Meta:
        table_name = "audit"


# In the order they must be made: a table comes after those it refers to.
TABLES: tuple[type[peewee.Model], ...] = (
    Meta,
    Blob,
    Agent,
    AgentTeam,
    Ticket,
    Message,
    Sighting,
    Entry,
    Attachment,
    *READING_TABLES,
    Participant,
    *COLLEAGUE_TABLES,
    TicketLink,
    MessageRef,
    Outbox,
    Survey,
    *STATE_TABLES,
    PersonLanguage,
    PersonNote,
    *CANNED_TABLES,
    *KNOWLEDGE_TABLES,
    Audit,
    *SERVICE_TABLES,
    *TELLING_TABLES,
    TicketTag,
    SearchText,
    *WEB_TABLES,
    Download,
    Blocked,
    OAuthAccount,
    *RECORD_TABLES,
)
