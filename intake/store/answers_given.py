"""The answers that agents gave before what they write now, asked for many mails at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from peewee import Field

from intake.desk.facts import Collision
from intake.desk.ticket import Agent, EntryKind
from intake.desk.undo import Relayed
from intake.store.connection import Connection
from intake.store.schema.fields import Moment
from intake.store.schema.tables import Entry, Message, Outbox
from intake.store.statement import SetStatement

# Where no mail of ours is known that they reply to, an answer within this time is too new to be known.
UNKNOWN = timedelta(hours=1)
_REPLY = EntryKind.REPLY.value
_TO_AGENT: dict[str, Field] = {"digest": Message.sha256, "ticket": Outbox.ticket, "rcpt": Outbox.rcpt_key}
_OF_AGENT: dict[str, Field] = {"digest": Message.sha256, "ticket": Entry.ticket, "agent": Entry.agent}
_NAMED = SetStatement(
    "SELECT v.digest, o.id, o.created_at FROM v JOIN outbox o ON o.message_id = v.message_id "
    "WHERE o.rcpt_key = v.rcpt AND (o.ticket = v.ticket "
    "OR o.ticket IN (SELECT id FROM ticket WHERE merged_into = v.ticket)) ORDER BY o.id",
    message_id=Outbox.message_id,
    **_TO_AGENT,
)
_NEWEST = SetStatement(
    "SELECT v.digest, o.created_at FROM v JOIN outbox o ON o.id = "
    "(SELECT MAX(id) FROM outbox WHERE ticket = v.ticket AND rcpt_key = v.rcpt)",
    **_TO_AGENT,
)
_OTHERS = SetStatement(
    "SELECT v.digest, e.agent, e.created_at, e.text FROM v JOIN entry e ON e.id = (SELECT MAX(id) FROM entry "
    f"WHERE ticket = v.ticket AND kind = '{_REPLY}' AND agent <> v.agent AND created_at > v.since)",
    since=Entry.created_at,
    **_OF_AGENT,
)
_OWN = SetStatement(
    "SELECT v.digest, e.id, e.agent, e.text FROM v JOIN entry e ON e.id = (SELECT MAX(id) FROM entry "
    f"WHERE ticket = v.ticket AND kind = '{_REPLY}' AND agent = v.agent)",
    **_OF_AGENT,
)
_MAILS = SetStatement(
    "SELECT v.digest, o.id, o.state, o.doubtful FROM v JOIN outbox o "
    "ON o.ticket = v.ticket AND o.entry = v.entry ORDER BY o.id",
    digest=Message.sha256,
    ticket=Outbox.ticket,
    entry=Outbox.entry,
)


@dataclass(frozen=True, slots=True)
class Answering:
    """A mail of an agent's to a ticket, and the Message-IDs that it names."""

    digest: str
    ticket: int
    agent: Agent
    ids: Sequence[str]


def collisions(
    db: Connection, mails: Sequence[Answering], now: datetime, agents: Mapping[int, Agent]
) -> dict[str, Collision]:
    """Return, by digests, the newest answer of another agent since the mail that each replies to.

    Where none is an email of ours to its agent, the last one that they got about this ticket counts.
    """
    if not mails:
        return {}
    asked = [_row(mail) for mail in mails]
    named = [{**row, "message_id": name} for row, mail in zip(asked, mails, strict=True) for name in mail.ids]
    since = {digest: _moment(at) for digest, at in db.each(_NEWEST, asked)}
    since |= {digest: _moment(at) for digest, _, at in (db.each(_NAMED, named) if named else ())}
    unknown: datetime = now - UNKNOWN
    rows = [{**row, "since": since.get(row["digest"], unknown)} for row in asked]
    return {
        digest: Collision(agents[agent], _moment(at), text)
        for digest, agent, at, text in db.each(_OTHERS, rows)
    }


def relayed(db: Connection, mails: Sequence[Answering]) -> dict[str, Relayed]:
    """Return, by digests, the newest answer of each mail's agent in its ticket of which nothing has left."""
    if not mails:
        return {}
    tickets = {mail.digest: mail.ticket for mail in mails}
    answers = {digest: rest for digest, *rest in db.each(_OWN, [_row(mail) for mail in mails])}
    rows = [{"digest": digest, "ticket": tickets[digest], "entry": answers[digest][0]} for digest in answers]
    owed: dict[str, list[Any]] = {digest: [] for digest in answers}
    for digest, *mail in db.each(_MAILS, rows) if rows else ():
        owed[digest].append(mail)
    return {
        digest: Relayed(entry, tuple(number for number, *_ in owed[digest]), agent, text)
        for digest, (entry, agent, text) in answers.items()
        if owed[digest] and all(state == "due" and not doubtful for _, state, doubtful in owed[digest])
    }


def written_at(db: Connection, ids: Iterable[str]) -> datetime | None:
    """Return when the newest mail of ours was written that has one of these Message-IDs; None for none."""
    query = Outbox.select(Outbox.created_at).where(Outbox.message_id.in_(sorted(ids)))
    row = db.first(query.order_by(Outbox.id.desc()).limit(1).tuples())
    return row[0] if row else None


def _row(mail: Answering) -> dict[str, Any]:
    return {
        "digest": mail.digest,
        "ticket": mail.ticket,
        "rcpt": mail.agent.address.lower(),
        "agent": mail.agent.id,
    }


def _moment(number: int) -> datetime:
    moment: datetime = Moment[datetime]().python_value(number)
    return moment
