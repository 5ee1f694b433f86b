"""What is imported and here already: by its name in an earlier run, or as mail that a mailbox brought."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import peewee

from intake.ports.imports import NewEntry, Standing
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
    "SELECT v.fingerprint, m.id, m.ticket, e.id FROM v JOIN message m ON m.fingerprint = v.fingerprint "
    "AND m.message_id = v.message_id AND m.state = 'done' "
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
# What was imported as text has another fingerprint than the mail that it was: then the text tells.
_SAME_WORDS = SetStatement(
    "SELECT v.message_id, m.id, m.ticket, e.id, e.text FROM v JOIN message m ON m.sender_key = v.sender_key "
    "AND m.message_id = v.message_id AND m.state = 'done' "
    "JOIN entry e ON e.message = m.id AND e.ticket = m.ticket",
    message_id=Message.message_id,
    sender_key=Message.sender_key,
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


def folded(text: str) -> str:
    """Return a text without its blanks: desks wrap lines anew."""
    return "".join(text.split())


class Twins:
    """Which of these entries the desk has as mail, and which were erased here."""

    def __init__(self, db: Connection, receiving: Receiving, entries: Sequence[NewEntry]) -> None:
        self._found: dict[str, Place] = {}
        self.erased: set[str] = set()
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
        self._by_fingerprint(db, [entry for entry in entries if entry.message is not None])
        self._by_words(db, [entry for entry in entries if entry.message is None and entry.message_id])

    def _by_fingerprint(self, db: Connection, entries: Sequence[NewEntry]) -> None:
        asked = {e.message.fingerprint: e for e in entries if e.message and e.message.message_id}
        rows = [{"fingerprint": name, "message_id": e.message_id} for name, e in asked.items()]
        for name, message, ticket, entry in db.each(_SAME_MAIL, rows):
            self._found.setdefault(asked[name].ref, (ticket, entry, message))

    def _by_words(self, db: Connection, entries: Sequence[NewEntry]) -> None:
        asked = {clean(entry.message_id): entry for entry in entries if entry.author.mailbox}
        rows = [{"message_id": name, "sender_key": clean(e.author.key)} for name, e in asked.items()]
        for name, message, ticket, entry, text in db.each(_SAME_WORDS, rows):
            if folded(text) == folded(clean(asked[name].text)):
                self._found.setdefault(asked[name].ref, (ticket, entry, message))

    def of(self, entry: NewEntry) -> Place | None:
        """Return where the desk has this entry, None where it has it not."""
        return self._found.get(entry.ref)

    def leave(self, entries: Sequence[NewEntry]) -> bool:
        """Whether any of a ticket's entries are still to be written; also of a ticket that has none."""
        left = [entry for entry in entries if entry.ref not in self._found and entry.ref not in self.erased]
        return bool(left) or not entries

    def related(self, entries: Sequence[NewEntry]) -> int | None:
        """Return the ticket here that has some of these entries, None for none."""
        there = (self._found[entry.ref][0] for entry in entries if entry.ref in self._found)
        return next((number for number in there if number), None)
