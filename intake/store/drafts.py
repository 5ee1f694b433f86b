"""Drafts: agents' words that nothing proved to be theirs, and what becomes of them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from peewee import fn

from intake.desk.facts import Draft
from intake.desk.guard.policy import Need, seen_in, unmarked
from intake.desk.telling_effects import MarkReminded
from intake.desk.ticket import Agent, EntryKind, Status
from intake.desk.unsent import LISTED_FOR, WaitingDraft
from intake.ports import Temporary
from intake.store.connection import Connection
from intake.store.schema.tables import Entry, Message, Ticket
from intake.store.schema.tellings import DraftReminder

# A draft that was sent and taken back is looked for among so many of its agent in the ticket.
_LOOKED_AT = 20


def draft(db: Connection, entry: int, agents: Mapping[int, Agent]) -> Draft | None:
    """Return an entry that is a draft, None when it is none. One that a yes has sent before, and that was
    taken back, answers the same questions as that first one."""
    query = (
        Entry.select(Entry.agent, Entry.author, Entry.settled, Message.rule, _own_reply(), Entry.message)
        .left_outer_join(Message, on=(Entry.message == Message.id))
        .where((Entry.id == entry) & (Entry.kind == EntryKind.DRAFT.value))
    )
    row = db.first(query.tuples())
    if row is None:
        return None
    agent = agents.get(row[0]) if row[0] is not None else None
    known = agent if agent and agent.enabled else None
    kept = row[3] if row[5] is not None else _rule_before(db, entry)
    rule, guard = unmarked(kept or "")
    waiting = not (row[2] or _replaced(guard, entry, row[4]))
    return Draft(entry, known, row[1], waiting=waiting, rule=rule, guard=guard, seen=seen_in(kept or ""))


def _before(db: Connection, entry: int) -> tuple[int, str] | None:
    """Return of the draft that a yes sent as this entry, which was taken back, the ledger id of its mail and
    the rule that kept it; None for none, or where a second person's yes sent it: that counts once."""
    taken = db.first(Entry.select(Entry.ticket, Entry.agent, Entry.text).where(Entry.id == entry).tuples())
    if taken is None or taken[1] is None or not taken[2].strip():
        return None
    earlier = (Entry.ticket == taken[0]) & (Entry.agent == taken[1]) & (Entry.id < entry)
    query = (
        Entry.select(Entry.message, Message.rule, Entry.text)
        .join(Message, on=(Entry.message == Message.id))
        .where(earlier & (Entry.kind == EntryKind.DRAFT.value) & (Entry.settled == True))  # noqa: E712
        .order_by(Entry.id.desc())
        .limit(_LOOKED_AT)
    )
    alike = ((mail, rule) for mail, rule, text in db.rows(query.tuples()) if taken[2].strip() in text)
    mail, rule = next(alike, (None, ""))
    return (mail, rule) if mail is not None and unmarked(rule)[1] is not Need.TWO else None


def _rule_before(db: Connection, entry: int) -> str:
    before = _before(db, entry)
    return before[1] if before is not None else ""


def _own_reply() -> Any:
    """Return the question for the newest reply of a draft's agent in its ticket."""
    later = Entry.alias()
    mine = (later.ticket == Entry.ticket) & (later.agent == Entry.agent)
    return later.select(fn.MAX(later.id)).where(mine & (later.kind == EntryKind.REPLY.value))


def _replaced(guard: Need, entry: int, newest: int | None) -> bool:
    """Whether an agent's newest reply took the place of a draft that waits for another person's yes."""
    return guard is Need.TWO and newest is not None and newest > entry


def unsent(db: Connection, agent: int | None, now: datetime) -> list[WaitingDraft]:
    """Return the drafts that wait, of one agent or all, the oldest first. Those of old times are left out."""
    later = Entry.alias()
    since = later.select(fn.MAX(later.id)).where(
        (later.ticket == Entry.ticket) & (later.kind == EntryKind.REPLY.value)
    )
    waits = (Entry.kind == EntryKind.DRAFT.value) & (Entry.settled == False)  # noqa: E712
    waits &= Entry.agent.is_null(False) & (Entry.created_at > now - LISTED_FOR)
    query = (
        Entry.select(
            Entry.id, Entry.agent, Entry.ticket, Ticket.subject, Entry.created_at, Entry.text, Ticket.status,
            since, DraftReminder.times, DraftReminder.last_at, Message.rule, _own_reply(),
        )
        .join(Ticket, on=(Entry.ticket == Ticket.id))
        .left_outer_join(DraftReminder, on=(DraftReminder.entry == Entry.id))
        .left_outer_join(Message, on=(Entry.message == Message.id))
        .where(waits if agent is None else waits & (Entry.agent == agent))
        .order_by(Entry.id)
    )  # fmt: skip
    return [
        WaitingDraft(
            entry,
            whose,
            ticket,
            subject,
            at,
            text,
            status == Status.CLOSED.value,
            bool(newest and newest > entry),
            times or 0,
            reminded,
            guard,
        )
        for entry, whose, ticket, subject, at, text, status, newest, times, reminded, rule, own in db.rows(
            query.tuples()
        )
        for guard in (unmarked(rule or "")[1],)
        if not _replaced(guard, entry, own)
    ]


def replaced(db: Connection, ticket: int, agent: int | None, entry: int) -> None:
    """Mark the drafts as waiting no more whose place an agent's reply (an entry) took, before it is
    taken back: that is no wish to have them sent."""
    query = (
        Entry.select(Entry.id, Message.rule)
        .join(Message, on=(Entry.message == Message.id))
        .where((Entry.ticket == ticket) & (Entry.kind == EntryKind.DRAFT.value) & (Entry.agent == agent))
        .where((Entry.id < entry) & (Entry.settled == False))  # noqa: E712
    )
    over = [number for number, rule in db.rows(query.tuples()) if unmarked(rule or "")[1] is Need.TWO]
    if over:
        db.run(Entry.update(settled=True).where(Entry.id.in_(over)))


def remind(db: Connection, effect: MarkReminded, now: datetime) -> None:
    """Write down that their agent is reminded of these drafts."""
    for entry in effect.drafts:
        again = DraftReminder.insert(entry=entry, times=1, last_at=now).on_conflict(
            conflict_target=[DraftReminder.entry],
            update={DraftReminder.times: DraftReminder.times + 1, DraftReminder.last_at: now},
        )
        db.run(again.as_rowcount())


def ledger(db: Connection, entry: int) -> int | None:
    """Return the ledger id of the mail that became an entry, or the draft that was sent as it and taken back;
    None when none did."""
    row = db.first(Entry.select(Entry.message).where(Entry.id == entry).tuples())
    if row is None or row[0] is not None:
        return row[0] if row else None
    before = _before(db, entry)
    return before[0] if before is not None else None


def settle(db: Connection, entry: int) -> None:
    """Mark a draft as waiting no more. Raises Temporary when somebody was quicker: it is decided on again."""
    query = Entry.update(settled=True).where((Entry.id == entry) & (Entry.settled == False))  # noqa: E712
    if db.run(query) != 1:
        raise Temporary("a draft was confirmed twice at once")
