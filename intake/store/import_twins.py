"""What is imported and here already: by its name in an earlier run, or as mail that a mailbox brought."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import peewee

from intake.ports.imports import NewEntry, Standing
from intake.store import same_words
from intake.store.blobs import digest
from intake.store.connection import ROWS_AT_ONCE, Connection
from intake.store.receiving import Receiving
from intake.store.schema.fields import clean
from intake.store.schema.imports import Imported
from intake.store.schema.tables import Message, Ticket
from intake.store.statement import SetStatement

# A ticket, an entry in it and its message.
Place = tuple[int, int, int | None]

_SAME_BYTES = SetStatement(
    "SELECT v.sha256, m.id, m.ticket, e.id FROM v JOIN message m ON m.sha256 = v.sha256 "
    "LEFT JOIN entry e ON e.message = m.id AND e.ticket = m.ticket",
    sha256=Message.sha256,
)
_SAME_MAIL = SetStatement(
    "SELECT v.fingerprint, v.message_id, m.id, m.ticket, e.id FROM v "
    "JOIN message m ON m.fingerprint = v.fingerprint AND m.message_id = v.message_id AND m.state = 'done' "
    "JOIN entry e ON e.message = m.id AND e.ticket = m.ticket",
    fingerprint=Message.fingerprint,
    message_id=Message.message_id,
)
_OUTDATED = SetStatement(
    "SELECT v.ref FROM v JOIN imported i ON i.source = v.source AND i.ref = v.ref "
    "JOIN ticket t ON t.id = i.ticket_no WHERE i.kind = 'ticket' AND NOT i.found "
    "AND t.updated_at = i.touched AND t.updated_at <= v.updated_at AND t.status <> v.status",
    source=Imported.source,
    ref=Imported.ref,
    status=Ticket.status,
    updated_at=Ticket.updated_at,
)


class Known(NamedTuple):
    """What was imported: its row, its ticket here (0: none), its entry, and how many files it lacks."""

    row: int
    ticket: int
    entry: int | None
    missing: int


def known_of(db: Connection, source: str, refs: Iterable[str]) -> dict[str, Known]:
    """Return those of these names of a source that were imported."""
    known: dict[str, Known] = {}
    columns = (Imported.id, Imported.ticket_no, Imported.entry_no, Imported.missing)
    for some in peewee.chunked(refs, ROWS_AT_ONCE):
        names = {Imported.ref.db_value(ref): ref for ref in some}
        query = Imported.select(Imported.ref, *columns)
        query = query.where((Imported.source == source) & Imported.ref.in_(list(names)))
        known |= {names[ref]: Known(*values) for ref, *values in db.rows(query.tuples())}
    return known


def outdated_of(db: Connection, source: str, there: Mapping[str, Standing]) -> set[str]:
    """Return the tickets of a source, by their names there, that have another status here than there, that
    nobody has worked with since they were imported, and that were not imported as they were later."""
    asked = [
        {"source": source, "ref": ref, "status": status.value, "updated_at": updated_at}
        for ref, (status, updated_at) in there.items()
    ]
    names = {Imported.ref.db_value(ref): ref for ref in there}
    return {names[ref] for (ref,) in db.each(_OUTDATED, asked)}


def there_of(db: Connection, tickets: Iterable[int]) -> set[int]:
    """Return those of these tickets that are there still."""
    there: set[int] = set()
    for some in peewee.chunked(sorted({*tickets} - {0}), ROWS_AT_ONCE):
        there |= {no for (no,) in db.rows(Ticket.select(Ticket.id).where(Ticket.id.in_(list(some))).tuples())}
    return there


class Twins:
    """Which of these entries the desk has as mail or stand there twice, and which were erased here."""

    def __init__(self, db: Connection, receiving: Receiving, entries: Sequence[NewEntry]) -> None:
        self._found: dict[str, Place] = {}
        self.erased: set[str] = set()
        # Of what is written together: the first of each mail, and those that are that mail once more.
        self._copies: dict[str, str] = {}
        raws: dict[str, list[str]] = defaultdict(list)
        for entry in entries:
            if entry.raw is not None:
                raws[digest(entry.raw)].append(entry.ref)
        for name in receiving.graves(raws).values():
            self.erased |= {*raws[name]}
        for name, message, ticket, item in db.each(_SAME_BYTES, [{"sha256": name} for name in raws]):
            # What waits still, or is in quarantine, has no ticket: the desk has it all the same.
            for ref in raws[name]:
                self._found.setdefault(ref, (ticket or 0, item or 0, message))
        self._by_fingerprint(db, entries)
        self._by_words(db, entries)
        self._among(entries)

    def _by_fingerprint(self, db: Connection, entries: Sequence[NewEntry]) -> None:
        asked: dict[str, list[NewEntry]] = defaultdict(list)
        for entry in entries:
            if entry.message is not None and entry.message_id:
                asked[entry.message.fingerprint].append(entry)
        rows = [
            {"fingerprint": name, "message_id": message_id}
            for name, some in asked.items()
            for message_id in {entry.message_id for entry in some}
        ]
        for name, message_id, message, ticket, item in db.each(_SAME_MAIL, rows):
            for entry in asked[name]:
                if clean(entry.message_id) == message_id:
                    self._found.setdefault(entry.ref, (ticket, item, message))

    def _by_words(self, db: Connection, entries: Sequence[NewEntry]) -> None:
        asked: dict[same_words.Key, list[NewEntry]] = defaultdict(list)
        for entry in entries:
            if entry.message is None and entry.message_id and entry.author.mailbox:
                asked[_key(entry)].append(entry)
        for key, kept in same_words.alike(db, asked):
            for entry in asked[key]:
                said = same_words.words(entry.text, entry.full_text)
                for there in kept:
                    if same_words.holds(there.words, there.files, said, len(entry.files)):
                        place = (there.ticket, there.entry, there.message)
                        self._found.setdefault(entry.ref, place)

    def _among(self, entries: Sequence[NewEntry]) -> None:
        """Find what stands twice among what is written together, as it would be found afterwards."""
        first: dict[object, str] = {}
        spoken: dict[same_words.Key, list[NewEntry]] = defaultdict(list)
        for entry in entries:
            if entry.ref in self._found or entry.ref in self.erased:
                continue
            names: list[object] = [] if entry.raw is None else [digest(entry.raw)]
            if entry.message is not None and entry.message_id:
                names.append((entry.message.fingerprint, entry.message_id))
            twin = next((first[name] for name in names if name in first), "")
            if not twin and entry.message is None and entry.message_id and entry.author.mailbox:
                before = spoken[_key(entry)]
                twin = next((other.ref for other in before if _holds(other, entry)), "")
                if not twin and len(before) < same_words.MOST_ALIKE:
                    before.append(entry)
            if twin:
                self._copies[entry.ref] = twin
            first |= {name: entry.ref for name in names if name not in first}

    def written(self, entry: NewEntry, place: Place) -> None:
        """Note where an entry is written, for those that are the same mail."""
        self._found.setdefault(entry.ref, place)

    def of(self, entry: NewEntry) -> Place | None:
        """Return where the desk has this entry, None where it has it not."""
        return self._found.get(self._copies.get(entry.ref, entry.ref))

    def leave(self, entries: Sequence[NewEntry]) -> bool:
        """Whether any of a ticket's entries are still to be written; also of a ticket that has none."""
        there = self._found.keys() | self.erased | self._copies.keys()
        return not entries or any(entry.ref not in there for entry in entries)

    def related(self, entries: Sequence[NewEntry]) -> int | None:
        """Return the ticket here that has some of these entries, None for none."""
        there = (place[0] for place in map(self.of, entries) if place is not None)
        return next((number for number in there if number), None)


def _key(entry: NewEntry) -> same_words.Key:
    return same_words.key(entry.message_id, entry.author.key)


def _holds(kept: NewEntry, entry: NewEntry) -> bool:
    there, said = (same_words.words(item.text, item.full_text) for item in (kept, entry))
    return same_words.holds(there, len(kept.files), said, len(entry.files))
