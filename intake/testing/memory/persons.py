"""What is known of a person, and notes about them, in memory."""

from datetime import datetime

from intake.desk.message import Address
from intake.desk.persons import MAX_NOTES, MOST_SCORES, AddPersonNote, DropPersonNote, Person
from intake.desk.ticket import Status
from intake.store.schema.fields import clean
from intake.testing.memory.people import MemoryAddresses
from intake.testing.memory.rows import StoredPersonNote
from intake.testing.memory.state import State


def person(state: State, addresses: MemoryAddresses, address: str, now: datetime) -> Person:
    """Return what is known of the person of an address; of a stranger, nothing but the address."""
    key = clean(address.lower())
    rows = [row for row in state.tickets.newest() if row.ticket.requester.mailbox.lower() == key]
    theirs = [row.ticket for row in rows]
    wrote = [row.received_at for row in state.messages if row.sender_key == key]
    numbers = {row.id for row in rows}
    answered = [row for row in state.surveys if row.ticket in numbers and row.score is not None]
    answered.sort(key=lambda row: (row.answered_at, row.id), reverse=True)
    set_language = state.languages.get(key, "")
    return Person(
        address,
        tuple(dict.fromkeys(ticket.requester.name for ticket in theirs if ticket.requester.name)),
        sum(not ticket.spam and ticket.status is not Status.CLOSED for ticket in theirs),
        sum(not ticket.spam and ticket.status is Status.CLOSED for ticket in theirs),
        sum(ticket.spam for ticket in theirs),
        tuple((row.ticket, row.score or 0) for row in answered[:MOST_SCORES]),
        set_language or next((ticket.language for ticket in theirs), ""),
        bool(set_language),
        next((ticket.utc_offset for ticket in theirs if ticket.utc_offset is not None), None),
        addresses.failed(Address(address), now),
        min(wrote, default=None),
        max(wrote, default=None),
        tuple(row.note for row in state.person_notes.newest() if row.key == key)[:MAX_NOTES],
    )


def write(state: State, effect: AddPersonNote | DropPersonNote, now: datetime) -> None:
    """Add or drop a note."""
    if isinstance(effect, AddPersonNote):
        add(state, effect, now)
    else:
        drop(state, effect)


def add(state: State, effect: AddPersonNote, now: datetime) -> None:
    """Write a note."""
    key = clean(effect.address.lower())
    state.person_notes.add(lambda number: StoredPersonNote(number, key, effect.by, effect.text, now))


def drop(state: State, effect: DropPersonNote) -> None:
    """Remove a note, if it is about that person."""
    row = state.person_notes.get(effect.note)
    if row is not None and row.key == clean(effect.address.lower()):
        state.person_notes.remove(row.id)
