"""What is held, and the erasures that wait for it. Within the running transaction of whoever asks."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import fn

from intake.desk.incident.changes import LiftHold, PlaceHold
from intake.desk.incident.kinds import Hold
from intake.store.connection import Connection
from intake.store.schema.fields import clean
from intake.store.schema.incidents import Hold as Row
from intake.store.schema.incidents import OwedErasure
from intake.store.schema.tables import Entry, Message, Ticket


@dataclass(frozen=True, slots=True)
class Held:
    """All that is held at a moment: the tickets, by the holds on them, and people by their addresses."""

    tickets: dict[int, Hold]
    people: dict[str, Hold]

    def __bool__(self) -> bool:
        return bool(self.tickets or self.people)


def place(db: Connection, effect: PlaceHold, now: datetime) -> None:
    """Write a hold."""
    key = clean(effect.address.lower())
    values = {"reason": effect.reason, "authority": effect.authority, "by": effect.by, "until": effect.until}
    db.run(Row.insert(ticket=effect.ticket or None, key=key, since=now, **values))


def lift(db: Connection, effect: LiftHold, now: datetime) -> None:
    """End a hold; one that ended stays as it is."""
    mine = (Row.id == effect.number) & Row.lifted_at.is_null()
    db.run(Row.update(lifted_at=now, lifted_by=effect.by).where(mine))


def listed(db: Connection, now: datetime | None = None) -> list[Hold]:
    """Return all holds, the newest first; with `now` (aware) those that hold then."""
    query = Row.select().order_by(Row.id.desc())
    if now is not None:
        query = query.where(Row.lifted_at.is_null() & (Row.until.is_null() | (Row.until > now)))
    return [_hold(row) for row in db.rows(query)]


def held(db: Connection, now: datetime) -> Held:
    """Return what is held: a person's are the tickets that they opened or wrote in. With a ticket also those
    that were merged into it, and the one that it went into."""
    holds = listed(db, now)
    tickets = {hold.ticket: hold for hold in holds if hold.ticket is not None}
    people = {hold.address: hold for hold in holds if hold.address}
    for address, hold in people.items():
        own = Ticket.select(Ticket.id).where(fn.LOWER(Ticket.requester) == fn.LOWER(address))
        wrote = Entry.select(Entry.ticket).where(fn.LOWER(Entry.author) == fn.LOWER(address)).distinct()
        numbers = {number for query in (own, wrote) for (number,) in db.rows(query.tuples())}
        tickets |= {number: hold for number in numbers if number not in tickets}
    new = dict(tickets)
    while new:
        asked = list(new)
        columns = Ticket.select(Ticket.id, Ticket.merged_into)
        either = Ticket.merged_into.in_(asked) | (Ticket.id.in_(asked) & Ticket.merged_into.is_null(False))
        pairs = db.rows(columns.where(either).tuples())
        beside = {number: new.get(into) or new.get(number) for number, into in pairs}
        beside |= {into: new.get(number) or new.get(into) for number, into in pairs}
        new = {number: hold for number, hold in beside.items() if number not in tickets and hold}
        tickets |= new
    return Held(tickets, people)


def hold_of(db: Connection, ticket: int, now: datetime) -> Hold | None:
    """Return the hold on a ticket, None where it is not held."""
    return held(db, now).tickets.get(ticket) if listed(db, now) else None


def owe(db: Connection, key: str, who: str, now: datetime) -> None:
    """Write down that somebody is to be erased when nothing of theirs is held any more."""
    insertion = OwedErasure.insert(key=clean(key), who=who, asked_at=now)
    db.run(insertion.on_conflict_ignore().as_rowcount())


def owed(db: Connection) -> list[tuple[str, str]]:
    """Return who is to be erased, each address with who asked for it."""
    query = OwedErasure.select(OwedErasure.key, OwedErasure.who).order_by(OwedErasure.asked_at)
    return [(key, who) for key, who in db.rows(query.tuples())]


def forget(db: Connection, key: str) -> None:
    """Forget that somebody is to be erased: they were."""
    db.run(OwedErasure.delete().where(OwedErasure.key == clean(key)))


def free(db: Connection, model: Any, ids: Collection[int], kept: Collection[int]) -> set[int]:
    """Return those of these rows that are of no ticket in `kept`."""
    if not kept:
        return set(ids)
    query = model.select(model.id).where(model.ticket.in_(list(kept)))
    return set(ids) - {number for (number,) in db.rows(query.tuples())}


def messages_of(db: Connection, kept: Held) -> set[int]:
    """Return the messages that are held: those of held tickets, of held people, and others of the same bytes.

    One that was split off into a held ticket stands there from now on.
    """
    tickets, people = list(kept.tickets), list(kept.people)
    split = Entry.select(Entry.message, Entry.ticket).where(
        Entry.ticket.in_(tickets) & Entry.message.is_null(False)
    )
    there = {message: ticket for message, ticket in db.rows(split.tuples())}
    for message, ticket in there.items():
        elsewhere = Message.ticket.is_null() | Message.ticket.not_in(tickets)
        db.run(Message.update(ticket=ticket).where((Message.id == message) & elsewhere))
    mine = Message.ticket.in_(tickets) | Message.sender_key.in_(people)
    ids = {*there, *(number for (number,) in db.rows(Message.select(Message.id).where(mine).tuples()))}
    twins = Message.select(Message.id).where(Message.duplicate_of.in_(list(ids)))
    first = Message.select(Message.duplicate_of).where(
        Message.id.in_(list(ids)) & Message.duplicate_of.is_null(False)
    )
    return ids | {number for query in (twins, first) for (number,) in db.rows(query.tuples())}


def _hold(row: Any) -> Hold:
    return Hold(
        row.id,
        row.ticket,
        row.key,
        row.reason,
        row.authority,
        row.by,
        row.since,
        row.until,
        row.lifted_at,
        row.lifted_by,
    )
