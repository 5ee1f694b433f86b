"""Answers that have not left yet: finding the newest one, and taking it back whole."""

from collections.abc import Mapping
from datetime import datetime

from intake.desk.draft_effects import Withdraw
from intake.desk.effects import MailKind
from intake.desk.ticket import EntryKind, Ticket
from intake.desk.undo import LONG, Relayed
from intake.ports import Temporary
from intake.store import drafts
from intake.store.connection import Connection
from intake.store.schema import tables
from intake.store.schema.knowledge import Citation
from intake.store.schema.tables import Entry, MessageRef, Outbox

# What an answer changes of a ticket, beside its history; times are None for "not".
TIMES = (
    "closed_at",
    "first_response_at",
    "waiting_since",
    "first_response_due",
    "next_response_due",
    "resolution_due",
)


def snapshot(ticket: Ticket) -> dict[str, str]:
    """Return what `withdraw` needs to put a ticket back to where it is now."""
    times = {name: getattr(ticket, name) for name in TIMES}
    return {
        "status": ticket.status.value,
        "assignee": str(ticket.assignee.id) if ticket.assignee else "",
        **{name: at.isoformat() if at else "" for name, at in times.items()},
    }


def relayed(db: Connection, ticket: int, agent: int | None = None) -> Relayed | None:
    """Return the newest answer in a ticket (of one agent, if named) of which nothing has left, else None."""
    answers = Entry.select(Entry.id, Entry.agent, Entry.text).where(
        (Entry.ticket == ticket) & (Entry.kind == EntryKind.REPLY.value)
    )
    if agent is not None:
        answers = answers.where(Entry.agent == agent)
    newest = db.first(answers.order_by(Entry.id.desc()).limit(1).tuples())
    if newest is None:
        return None
    mails = _mails(db, ticket, newest[0])
    return Relayed(newest[0], mails, newest[1], newest[2]) if mails else None


def waiting_long(db: Connection, now: datetime) -> list[tuple[int, Relayed]]:
    """Return the answers that wait for hours because nobody could confirm them, with their tickets; none of
    which any mail has left."""
    held = (Outbox.state == "due") & (Outbox.not_before > now) & (Outbox.kind == MailKind.RELAY.value)
    query = Outbox.select(Outbox.ticket, Outbox.entry, Outbox.created_at, Outbox.not_before)
    rows = db.rows(query.where(held & (Outbox.attempts == 0) & Outbox.entry.is_null(False)).tuples())
    long = dict.fromkeys((ticket, entry) for ticket, entry, at, until in rows if until - at >= LONG)
    made = ((ticket, _whole(db, ticket, entry)) for ticket, entry in long)
    return [(ticket, reply) for ticket, reply in made if reply is not None]


def _whole(db: Connection, ticket: int, entry: int) -> Relayed | None:
    row = db.first(Entry.select(Entry.agent, Entry.text).where(Entry.id == entry).tuples())
    mails = _mails(db, ticket, entry)
    return Relayed(entry, mails, row[0], row[1]) if row and mails else None


def _mails(db: Connection, ticket: int, entry: int) -> tuple[int, ...]:
    """Return the mails of an answer, where none of them has left."""
    mails = db.rows(
        Outbox.select(Outbox.id, Outbox.state, Outbox.doubtful)
        .where((Outbox.ticket == ticket) & (Outbox.entry == entry))
        .order_by(Outbox.id)
        .tuples()
    )
    left = any(state != "due" or doubtful for _, state, doubtful in mails)
    return () if left else tuple(outbox_id for outbox_id, *_ in mails)


def waiting(db: Connection, ticket: int) -> list[int]:
    """Return the answers (entry ids) in a ticket that wait before they leave, as long as none has tried."""
    held = (Outbox.state == "due") & (Outbox.attempts == 0) & (Outbox.not_before > Outbox.created_at)
    query = Outbox.select(Outbox.entry).where((Outbox.ticket == ticket) & held & Outbox.entry.is_null(False))
    return [entry_id for (entry_id,) in db.rows(query.distinct().tuples())]


def withdraw(db: Connection, effect: Withdraw) -> None:
    """Cancel an answer's mails, make its entry a draft and put its ticket back.

    Raises Temporary when one of the mails has left, or is leaving, since it was decided:
    nobody can be sure then what to take back, so it is decided on again.
    """
    mails = list(effect.mails)
    due = Outbox.id.in_(mails) & (Outbox.state == "due") & (Outbox.doubtful == 0)
    if db.run(Outbox.update(state="cancelled", error="withdrawn").where(due)) != len(mails):
        raise Temporary("an answer left while it was being withdrawn")
    message_ids = [
        message_id
        for (message_id,) in db.rows(Outbox.select(Outbox.message_id).where(Outbox.id.in_(mails)).tuples())
    ]
    # A later mail must not say that it answers one that nobody has seen.
    db.run(
        MessageRef.delete().where(
            (MessageRef.ticket == effect.ticket) & MessageRef.message_id.in_(message_ids)
        )
    )
    columns = (Entry.before, Entry.agent, Entry.created_at)
    row = db.first(Entry.select(*columns).where(Entry.id == effect.entry).tuples())
    drafts.replaced(db, effect.ticket, row[1] if row else None, effect.entry)
    # No customer got what was cited in it; it was written down in the same moment.
    if row:
        theirs = (Citation.ticket == effect.ticket) & (Citation.agent == row[1])
        db.run(Citation.delete().where(theirs & (Citation.at == row[2])))
    db.run(Entry.update(kind=EntryKind.DRAFT.value).where(Entry.id == effect.entry))
    if row and row[0] and effect.restore:
        _restore(db, effect.ticket, row[0], row[1])


def _restore(db: Connection, ticket: int, before: Mapping[str, str], agent: int | None) -> None:
    times = {name: datetime.fromisoformat(before[name]) if before[name] else None for name in TIMES}
    which = tables.Ticket.id == ticket
    db.run(tables.Ticket.update(status=before["status"], **times).where(which))
    # Where somebody else has been given the ticket meanwhile, it stays theirs.
    mine = which & (tables.Ticket.assignee == agent)
    db.run(tables.Ticket.update(assignee=int(before["assignee"] or 0) or None).where(mine))
