"""Drafts: agents' words that nothing proved to be theirs, and what becomes of them."""

from collections.abc import Mapping

from intake.desk.facts import Draft
from intake.desk.ticket import Agent, EntryKind
from intake.ports import Temporary
from intake.store.connection import Connection
from intake.store.schema.tables import Entry, Message


def draft(db: Connection, entry: int, agents: Mapping[int, Agent]) -> Draft | None:
    """Return an entry that is a draft, None when it is none."""
    query = (
        Entry.select(Entry.agent, Entry.author, Entry.settled, Message.rule)
        .left_outer_join(Message, on=(Entry.message == Message.id))
        .where((Entry.id == entry) & (Entry.kind == EntryKind.DRAFT.value))
    )
    row = db.first(query.tuples())
    if row is None:
        return None
    agent = agents.get(row[0]) if row[0] is not None else None
    known = agent if agent and agent.enabled else None
    return Draft(entry, known, row[1], waiting=not row[2], rule=row[3] or "")


def ledger(db: Connection, entry: int) -> int | None:
    """Return the ledger id of the mail that became an entry, None when none did."""
    row = db.first(Entry.select(Entry.message).where(Entry.id == entry).tuples())
    return row[0] if row else None


def settle(db: Connection, entry: int) -> None:
    """Mark a draft as confirmed. Raises Temporary when somebody was quicker: it is decided on again."""
    query = Entry.update(settled=True).where((Entry.id == entry) & (Entry.settled == False))  # noqa: E712
    if db.run(query) != 1:
        raise Temporary("a draft was confirmed twice at once")
