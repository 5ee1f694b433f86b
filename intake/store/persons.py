"""What the desk knows of a person by their address, each part found by an index; and notes about them."""

from datetime import datetime

from peewee import fn

from intake.desk.message import Address
from intake.desk.persons import (
    MAX_NOTES,
    MOST_SCORES,
    AddPersonNote,
    DropPersonNote,
    Person,
    PersonNote,
)
from intake.desk.ticket import Status
from intake.store.address_state import AddressStates
from intake.store.connection import Connection
from intake.store.schema import persons, tables
from intake.store.schema.fields import clean


def person(db: Connection, addresses: AddressStates, address: str, now: datetime) -> Person:
    """Return what is known of the person of an address; of a stranger, nothing but the address."""
    # It is asked of the database alone, which a set of messages does not wait for.
    db.alone()
    key, model = clean(address.lower()), tables.Ticket
    theirs = fn.LOWER(model.requester) == fn.LOWER(address)
    counts = dict.fromkeys((True, False, None), 0)
    for status, spam, many in db.rows(
        model.select(model.status, model.spam, fn.COUNT(model.id))
        .where(theirs)
        .group_by(model.status, model.spam)
        .tuples()
    ):
        counts[None if spam else status == Status.CLOSED.value] += many
    newest = list(
        db.rows(
            model.select(model.requester_name, model.language, model.utc_offset)
            .where(theirs)
            .order_by(model.id.desc())
            .limit(MAX_NOTES)
            .tuples()
        )
    )
    set_language = db.first(
        persons.PersonLanguage.select(persons.PersonLanguage.language)
        .where(persons.PersonLanguage.key == key)
        .tuples()
    )
    first, last = db.first(
        tables.Message.select(fn.MIN(tables.Message.received_at), fn.MAX(tables.Message.received_at))
        .where(tables.Message.sender_key == key)
        .tuples()
    )
    return Person(
        address,
        tuple(dict.fromkeys(name for name, _, _ in newest if name)),
        counts[False],
        counts[True],
        counts[None],
        _scores(db, address),
        set_language[0] if set_language else next((language for _, language, _ in newest), ""),
        set_language is not None,
        next((offset for _, _, offset in newest if offset is not None), None),
        addresses.failed(Address(address), now),
        first,
        last,
        notes(db, address),
    )


def _scores(db: Connection, address: str) -> tuple[tuple[int, int], ...]:
    query = (
        tables.Survey.select(tables.Survey.ticket, tables.Survey.score)
        .join(tables.Ticket, on=(tables.Survey.ticket == tables.Ticket.id))
        .where((fn.LOWER(tables.Ticket.requester) == fn.LOWER(address)) & tables.Survey.score.is_null(False))
        .order_by(tables.Survey.answered_at.desc(), tables.Survey.id.desc())
        .limit(MOST_SCORES)
    )
    return tuple(db.rows(query.tuples()))


def notes(db: Connection, address: str, most: int = MAX_NOTES) -> tuple[PersonNote, ...]:
    """Return the newest notes about the person of an address, the newest first."""
    model = persons.PersonNote
    query = model.select().where(model.key == clean(address.lower())).order_by(model.id.desc()).limit(most)
    return tuple(PersonNote(row.id, row.author, row.text, row.created_at) for row in db.rows(query))


def write(db: Connection, effect: AddPersonNote | DropPersonNote, now: datetime) -> None:
    """Add or drop a note."""
    if isinstance(effect, AddPersonNote):
        add(db, effect, now)
    else:
        drop(db, effect)


def add(db: Connection, effect: AddPersonNote, now: datetime) -> None:
    """Write a note."""
    db.alone()
    values = {"key": clean(effect.address.lower()), "agent": effect.agent, "author": effect.by}
    db.run(persons.PersonNote.insert(**values, text=effect.text, created_at=now))


def drop(db: Connection, effect: DropPersonNote) -> None:
    """Remove a note, if it is about that person."""
    db.alone()
    model = persons.PersonNote
    db.run(model.delete().where((model.id == effect.note) & (model.key == clean(effect.address.lower()))))
