"""What the desk knows of a person by their address, and the notes that agents write about them. Pure."""

from dataclasses import dataclass
from datetime import datetime

# A note is a sentence, not a file; so many are kept of a person.
MAX_NOTE, MAX_NOTES = 500, 50
# So many of a person's scores are shown, the newest first.
MOST_SCORES = 5


@dataclass(frozen=True, slots=True)
class PersonNote:
    """A note about a person: for agents, never for the person. `by` is who wrote it; `at` is aware, UTC."""

    id: int
    by: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Person:
    """A person, known by one address; moments are aware, UTC, None for never.

    `open`, `closed` and `spam` count tickets; `told` says that an agent set the `language`; `utc_offset` is
    of their clock, in minutes; `failed` is why mail to them could not be delivered, "" for no such thing.
    `scores` are (ticket, score) of their answered surveys, the newest first; `notes` too.
    """

    address: str
    names: tuple[str, ...] = ()
    open: int = 0
    closed: int = 0
    spam: int = 0
    scores: tuple[tuple[int, int], ...] = ()
    language: str = ""
    told: bool = False
    utc_offset: int | None = None
    failed: str = ""
    first_at: datetime | None = None
    last_at: datetime | None = None
    notes: tuple[PersonNote, ...] = ()


@dataclass(frozen=True, slots=True)
class AddPersonNote:
    """Write a note about the person of an address. `agent` is the id of its author, None at the keyboard."""

    address: str
    by: str
    text: str
    agent: int | None = None


@dataclass(frozen=True, slots=True)
class DropPersonNote:
    """Remove a note (by id) about the person of an address."""

    address: str
    note: int
