"""Two agents who answer the same question: what the second one cannot have read."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from intake.desk.facts import Collision
from intake.desk.ticket import Agent, EntryKind
from intake.store.connection import Connection
from intake.store.schema.fields import clean
from intake.store.schema.tables import Entry, Outbox

# Where no mail of ours is known that they reply to, an answer within this time is too new to be known.
UNKNOWN = timedelta(hours=1)


def overtaken(
    db: Connection,
    ticket: int,
    agent: Agent,
    ids: Sequence[str],
    now: datetime,
    agents: Mapping[int, Agent],
) -> Collision | None:
    """Return the newest answer of another agent since the mail to `agent` that they reply to.

    `ids` are the Message-IDs their email names; where none is an email of ours to them, the last one that
    they got about this ticket counts. Times are aware.
    """
    query = (
        Outbox.select(Outbox.created_at)
        .where((Outbox.ticket == ticket) & (Outbox.rcpt_key == agent.address.lower()))
        .order_by(Outbox.id.desc())
    )
    mail = (
        db.first(query.where(Outbox.message_id.in_([clean(message_id) for message_id in ids])).tuples())
        if ids
        else None
    )
    mail = mail or db.first(query.tuples())
    since = mail[0] if mail else now - UNKNOWN
    newest = (
        Entry.select(Entry.agent, Entry.created_at, Entry.text)
        .where(
            (Entry.ticket == ticket)
            & (Entry.kind == EntryKind.REPLY.value)
            & (Entry.agent != agent.id)
            & (Entry.created_at > since)
        )
        .order_by(Entry.id.desc())
    )
    row = db.first(newest.tuples())
    return Collision(agents[row[0]], row[1], row[2]) if row else None
