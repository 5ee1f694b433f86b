"""Writing what is imported: tickets with their histories, as they were, in a few statements for many.

No effects and no passes: nobody is owed a mail, nothing is promised, no event is told. What is written is
named in `imported`, in the same transaction: a run that was cut off goes on, and a second adds nothing.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import peewee

from intake.desk.ceilings import ceiling_key
from intake.desk.effects import Outcome
from intake.desk.message import Attachment
from intake.desk.record.leaf import ENTRY, TICKET
from intake.desk.ticket import EntryKind
from intake.ports import Temporary
from intake.ports.imports import IMPORT, Known, NewEntry, NewTicket, Standing, Written
from intake.store import locks
from intake.store.base import StorePart
from intake.store.blobs import Blobs, digest
from intake.store.connection import Connection
from intake.store.import_further import SURVEYS, go_on, might_be_asked, survey
from intake.store.import_twins import Known as Before
from intake.store.import_twins import Twins, known_of, outdated_of, there_of
from intake.store.rate_counts import text_hash
from intake.store.receiving import MESSAGES, Receiving
from intake.store.schema.fields import LONGEST_KEY
from intake.store.schema.imports import Imported
from intake.store.schema.links import Participant
from intake.store.schema.search import TicketTag
from intake.store.schema.tables import Attachment as File
from intake.store.schema.tables import Entry, MessageRef, Sighting, Ticket
from intake.store.search import add_words
from intake.store.statement import Insertion

_TICKETS = Insertion(Ticket, numbered=True, recorded=TICKET)
_ENTRIES = Insertion(Entry, numbered=True, recorded=ENTRY)
_TAGS = Insertion(TicketTag, unless_there=[TicketTag.tag, TicketTag.ticket])
_PEOPLE = Insertion(Participant, unless_there=[Participant.ticket, Participant.key])
_SIGHTINGS, _FILES, _REFS, _IMPORTED = (Insertion(table) for table in (Sighting, File, MessageRef, Imported))
_PUBLIC = (EntryKind.CUSTOMER, EntryKind.REPLY)


@dataclass(slots=True)
class _Rows:
    """What is to be written, table by table."""

    tickets: list[dict[str, Any]] = field(default_factory=list)
    entries: list[tuple[NewEntry, dict[str, Any]]] = field(default_factory=list)
    imported: list[dict[str, Any]] = field(default_factory=list)
    words: dict[int, list[str]] = field(default_factory=dict)
    opened: set[int] = field(default_factory=set)
    mailboxes: dict[int, str] = field(default_factory=dict)
    # Tickets of an earlier run that go on: as they are there now.
    further: list[tuple[int, NewTicket]] = field(default_factory=list)
    found: int = 0


class SqlImports(StorePart):
    """Writing tickets of another desk. Only a database keeps them: the store in memory has no imports."""

    def __init__(self, db: Connection, blobs: Blobs, receiving: Receiving) -> None:
        super().__init__(db, blobs)
        self._receiving = receiving

    def add(self, run: int, source: str, tickets: Sequence[NewTicket], now: datetime) -> Written:
        """Write those of these tickets, and of their entries, that are not there yet, in one transaction.

        Raises Temporary where nothing was written.
        """
        entries = [entry for ticket in tickets for entry in ticket.entries]
        contents = {digest(entry.raw): entry.raw for entry in entries if entry.raw is not None}
        contents |= {digest(file.content): file.content for entry in entries for file in entry.files}
        # Slow, and nobody waits for the database meanwhile.
        self.blobs.write_large(contents)
        with self.transaction():
            if self.db.postgres:
                self.db.sql("SELECT pg_advisory_xact_lock(%s)", locks.IMPORTS)
            refs = [*(ticket.ref for ticket in tickets), *(entry.ref for entry in entries)]
            known = known_of(self.db, source, refs)
            there = there_of(self.db, (known[ticket.ref].ticket for ticket in tickets if ticket.ref in known))
            # What an erased ticket has more is not written.
            here = [
                ticket for ticket in tickets if ticket.ref not in known or known[ticket.ref].ticket in there
            ]
            fresh = [entry for ticket in here for entry in ticket.entries if entry.ref not in known]
            twins = Twins(self.db, self._receiving, fresh)
            rows = self._planned(run, source, tickets, known, there, twins, now)
            self._write(rows, contents, now)
            files = self._mend(known, entries)
        new = sum(bool(row["entry_no"]) and not row["found"] for row in rows.imported)
        return Written(len(rows.opened), new, rows.found, files)

    def known(self, source: str, refs: Sequence[str]) -> Known:
        """Return which of these names of a source were imported, each with how many files it lacks."""
        return {ref: there.missing for ref, there in known_of(self.db, source, refs).items()}

    def outdated(self, source: str, there: Mapping[str, Standing]) -> set[str]:
        """Return the tickets of a source that have another, older status here, and that nobody has worked
        with."""
        return outdated_of(self.db, source, there)

    def _mend(self, known: Mapping[str, Before], entries: Sequence[NewEntry]) -> int:
        """Add the files that an earlier run could not have; return how many."""
        added = 0
        for entry in entries:
            there = known.get(entry.ref)
            if there is None or not there.missing or not there.entry:
                continue
            files = File.select(File.sha256, File.name).where(File.entry == there.entry)
            has = {*self.db.rows(files.tuples())}
            more = [row for row in _file_rows(entry, there.entry) if (row["sha256"], row["name"]) not in has]
            if not more or self.db.first(Entry.select(Entry.id).where(Entry.id == there.entry)) is None:
                continue
            self.blobs.put_rows({digest(file.content): file.content for file in entry.files})
            self.db.insert(_FILES, more)
            lacks = Imported.update(files=entry.listed, missing=entry.missing)
            self.db.run(lacks.where(Imported.id == there.row))
            add_words(self.db, {there.ticket: [row["name"] for row in more]}, ())
            added += len(more)
        return added

    def _planned(
        self,
        run: int,
        source: str,
        tickets: Sequence[NewTicket],
        known: Mapping[str, Before],
        there: Collection[int],
        twins: Twins,
        now: datetime,
    ) -> _Rows:
        rows = _Rows()
        left = [
            replace(ticket, entries=tuple(entry for entry in ticket.entries if entry.ref not in known))
            for ticket in tickets
        ]
        news = [ticket for ticket in left if ticket.ref not in known and twins.leave(ticket.entries)]
        numbers = iter(self._reserved(Ticket, len(news)))
        opened = {ticket.ref: next(numbers) for ticket in news}
        ids = iter(self._reserved(Entry, sum(len(ticket.entries) for ticket in left)))
        for ticket in left:
            named = {"source": source, "run": run, "at": now}
            number = opened.get(ticket.ref)
            if number is not None:
                rows.tickets.append(_ticket_row(ticket, number, twins.related(ticket.entries)))
                rows.opened.add(number)
                asker = ticket.requester
                rows.words[number] = [ticket.subject, asker.name, asker.mailbox]
            if ticket.ref not in known:
                rows.imported.append({**named, **_ticket_imported(ticket, number, twins)})
            elif known[ticket.ref].ticket in there:
                number = known[ticket.ref].ticket
                rows.further.append((number, ticket))
            if number is not None:
                rows.mailboxes[number] = ticket.mailbox
            for entry in ticket.entries:
                self._entry(rows, named, entry, number, twins, ids)
        return rows

    def _entry(
        self,
        rows: _Rows,
        named: Mapping[str, Any],
        entry: NewEntry,
        number: int | None,
        twins: Twins,
        ids: Iterator[int],
    ) -> None:
        row = {**named, "ref": entry.ref, "kind": entry.kind_there, "year": entry.year}
        row |= {"number": "", "files": entry.listed, "missing": entry.missing, "found": False}
        twin = twins.of(entry)
        if twin is not None or number is None or entry.ref in twins.erased:
            place, item, ledger = twin or (number or 0, 0, None)
            rows.found += twin is not None
            row |= {"ticket_no": place, "entry_no": item, "message_no": ledger, "found": twin is not None}
            rows.imported.append(row)
            return
        entry_id = next(ids)
        twins.written(entry, (number, entry_id, None))
        rows.entries.append((entry, _entry_row(entry, entry_id, number)))
        rows.imported.append({**row, "ticket_no": number, "entry_no": entry_id, "message_no": None})
        if entry.kind is not EntryKind.EVENT:
            texts = rows.words.setdefault(number, [])
            texts += [entry.text, *(file.name for file in entry.files)]

    def _write(self, rows: _Rows, contents: Mapping[str, bytes], now: datetime) -> None:
        db = self.db
        names = {digest(entry.raw) for entry, _ in rows.entries if entry.raw is not None}
        names |= {digest(file.content) for entry, _ in rows.entries for file in entry.files}
        self.blobs.put_rows({name: contents[name] for name in names})
        db.insert(_TICKETS, rows.tickets)
        messages = self._messages(rows, now)
        for entry, row in rows.entries:
            row["message"] = messages.get(digest(entry.raw)) if entry.raw is not None else None
        by_entry = {row["id"]: row["message"] for _, row in rows.entries}
        for row in rows.imported:
            row["message_no"] = by_entry.get(row["entry_no"], row["message_no"])
        db.insert(_ENTRIES, [row for _, row in rows.entries])
        db.insert(_FILES, [file for entry, row in rows.entries for file in _file_rows(entry, row["id"])])
        db.insert(_REFS, [ref for entry, row in rows.entries for ref in _refs(entry, row["ticket"])])
        db.insert(_TAGS, sorted(_tags(rows.tickets), key=lambda row: (row["tag"], row["ticket"])))
        db.insert(_PEOPLE, [person for row in rows.tickets for person in row["people"]])
        db.insert(SURVEYS, [survey(row, now) for row in rows.tickets if might_be_asked(row, now)])
        db.insert(_IMPORTED, rows.imported)
        add_words(db, rows.words, rows.opened)
        for number, ticket in rows.further:
            fresh = {row["id"] for _, row in rows.entries if row["ticket"] == number}
            go_on(db, number, ticket, fresh, now)

    def _messages(self, rows: _Rows, now: datetime) -> dict[str, int]:
        """Write the ledger's rows of these entries; return them by their digests."""
        first = {
            row["ticket"]: row["id"] for _, row in reversed(rows.entries) if row["ticket"] in rows.opened
        }
        made: dict[str, dict[str, Any]] = {}
        for entry, row in rows.entries:
            if entry.raw is not None:
                opens = first.get(row["ticket"]) == row["id"]
                made[digest(entry.raw)] = _message_row(entry, row, opens, rows.mailboxes[row["ticket"]])
        ids: dict[str, int] = dict(self.db.insert(MESSAGES, list(made.values())))
        if len(ids) < len(made):
            # Another process received the same bytes a moment ago: the next try finds them.
            raise Temporary("the same mail was received while it was imported")
        seen = [(ids[name], row["mailbox"]) for name, row in made.items()]
        self.db.insert(
            _SIGHTINGS,
            [{"message": no, "mailbox": box, "folder": IMPORT, "seen_at": now} for no, box in seen],
        )
        return ids

    def _reserved(self, table: type[peewee.Model], count: int) -> list[int]:
        """Return the numbers of so many rows to come."""
        name = table._meta.table_name
        if not count:
            return []
        if self.db.postgres:
            text = (
                f"SELECT nextval(pg_get_serial_sequence('{name}', 'id')) FROM generate_series(1, {count:d})"
            )
            return sorted(number for (number,) in self.db.many(text))
        row = self.db.sql("SELECT seq FROM sqlite_sequence WHERE name = ?", name)
        last = row[0] if row else 0
        return list(range(last + 1, last + 1 + count))


def _ticket_row(ticket: NewTicket, number: int, related: int | None) -> dict[str, Any]:
    people = {person.lower(): person for person in ticket.participants}
    people.pop(ticket.requester.key, None)
    return {
        "id": number,
        "subject": ticket.subject,
        "status": ticket.status.value,
        "requester": ticket.requester.mailbox,
        "requester_name": ticket.requester.name,
        "language": ticket.language,
        "mailbox": ticket.mailbox,
        "team": ticket.team,
        "channel": IMPORT,
        "priority": ticket.priority,
        "assignee": ticket.assignee,
        "related": related,
        "created_at": ticket.created_at,
        "updated_at": ticket.updated_at,
        "closed_at": ticket.closed_at,
        "category": ticket.category,
        "tags": ticket.tags,
        "fields": ticket.fields,
        "spam": ticket.spam,
        "first_response_at": ticket.first_response_at,
        "waiting_since": ticket.waiting_since,
        "people": [{"ticket": number, "key": key, "address": person} for key, person in people.items()],
    }


def _ticket_imported(ticket: NewTicket, number: int | None, twins: Twins) -> dict[str, Any]:
    """Return the row of a ticket; one whose mails are all in a ticket here is that ticket."""
    row = {"ref": ticket.ref, "kind": "ticket", "year": ticket.year, "number": ticket.number}
    there = number if number is not None else twins.related(ticket.entries) or 0
    row |= {"ticket_no": there, "entry_no": None, "message_no": None, "files": 0, "missing": 0}
    return {**row, "found": number is None and there > 0, "touched": ticket.updated_at}


def _entry_row(entry: NewEntry, number: int, ticket: int) -> dict[str, Any]:
    return {
        "id": number,
        "ticket": ticket,
        "kind": entry.kind.value,
        "author": entry.author.mailbox,
        "author_name": entry.author.name,
        "text": entry.text,
        "full_text": entry.full_text,
        "agent": entry.agent,
        "created_at": entry.at,
    }


def _message_row(entry: NewEntry, row: Mapping[str, Any], opens: bool, mailbox: str) -> dict[str, Any]:
    read, author = entry.message, entry.author
    sender = read.sender if read is not None and read.sender is not None else author
    return {
        "sha256": digest(entry.raw or b""),
        "size": len(entry.raw or b""),
        "fingerprint": read.fingerprint if read is not None else digest(entry.raw or b""),
        "channel": IMPORT,
        "mailbox": mailbox,
        "recipients": (),
        "archive": True,
        "received_at": entry.at,
        "next_at": entry.at,
        "state": "done",
        "outcome": (Outcome.TICKETED if opens else Outcome.APPENDED).value,
        "ticket": row["ticket"],
        "rule": IMPORT,
        "reason": f"imported: {entry.ref}".replace("\t", "/"),
        "sender": sender.mailbox,
        "sender_key": sender.key,
        "sender_ceiling": ceiling_key(sender.mailbox) if sender.mailbox else "",
        "sender_domain": sender.domain,
        "text_hash": text_hash(entry.text),
        "subject": read.subject if read is not None else "",
        "message_id": entry.message_id,
        "defects": read.defects if read is not None else (),
    }


def _file_rows(entry: NewEntry, number: int) -> list[dict[str, Any]]:
    named: dict[tuple[str, str], Attachment] = {(digest(f.content), f.name): f for f in entry.files}
    return [
        {
            "entry": number,
            "name": file.name,
            "media_type": file.media_type,
            "size": len(file.content),
            "sha256": name,
            "content_id": file.content_id,
            "inline": file.inline,
        }
        for (name, _), file in named.items()
    ]


def _refs(entry: NewEntry, ticket: int) -> list[dict[str, Any]]:
    """Return what leads replies to public entries here; a note's Message-ID is nobody's to name."""
    name = entry.message_id
    if not name or entry.kind not in _PUBLIC or len(name.encode("utf-8", "replace")) > LONGEST_KEY:
        return []
    return [{"message_id": name, "ticket": ticket, "direction": "in", "public": True}]


def _tags(tickets: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"tag": name, "ticket": row["id"]}
        for row in tickets
        for name in {TicketTag.tag.db_value(word) for word in row["tags"]}
    ]
