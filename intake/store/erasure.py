"""Forgetting somebody, or what is old: rows, files and every trace of them in the database file.

A tombstone stays for each message: a keyed hash of its bytes, which says nothing to who has
not the key, so that reading the mailbox again does not bring it back.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import peewee

from intake.store.blobs import ROWS_AT_ONCE
from intake.store.fields import Key
from intake.store.models import (
    TABLES,
    AddressState,
    Attachment,
    Audit,
    Blob,
    Entry,
    Message,
    MessageRef,
    Outbox,
    Participant,
    PersonLanguage,
    Ticket,
    Tombstone,
)
from intake.store.models_links import TicketLink
from intake.store.pictures import Preview
from intake.store.search import Searching


@dataclass(frozen=True, slots=True)
class Erased:
    """How many of each were removed."""

    tickets: int
    messages: int
    mails: int


def tombstone(key: bytes, sha256: str) -> str:
    """Return what stays of a message: HMAC-SHA256 under the desk's oldest key, in hex."""
    return hmac.new(key, b"intake-erased-v1 " + sha256.encode(), hashlib.sha256).hexdigest()


class Erasing(Searching):
    """Removing tickets and messages for good."""

    def tickets_of(self, address: str) -> list[int]:
        """Return the tickets whose requester that address is."""
        query = Ticket.select(Ticket.id, Ticket.requester)
        key = address.strip().lower()
        return [number for number, who in self.db.rows(query.tuples()) if who.lower() == key]

    def tickets_closed_before(self, moment: datetime) -> list[int]:
        """Return tickets closed before `moment`."""
        query = Ticket.select(Ticket.id).where((Ticket.status == "closed") & (Ticket.closed_at < moment))
        return [number for (number,) in self.db.rows(query.tuples())]

    def messages_before(self, moment: datetime) -> list[int]:
        """Return messages received before `moment` that are settled and stand in no ticket."""
        query = Message.select(Message.id).where(
            (Message.received_at < moment) & (Message.state != "waiting") & Message.ticket.is_null()
        )
        return [number for (number,) in self.db.rows(query.tuples())]

    def erase(
        self,
        tickets: Sequence[int],
        address: str,
        messages: Iterable[int],
        key: bytes,
        who: str,
        now: datetime,
    ) -> Erased:
        """Remove tickets with all that hangs on them, further messages, and what was said by or sent to
        `address` ("": nobody's) elsewhere. `key` makes the tombstones. Files go after the commit."""
        name = Key().db_value(address.strip().lower())
        if not self.db.postgres:
            # What is deleted from here on is overwritten with zeros.
            self.db.sql("PRAGMA secure_delete = on")
        with self.transaction():
            gone = set(messages)
            gone.update(self._some(Message, Message.ticket, tickets))
            mails = set(self._some(Outbox, Outbox.ticket, tickets))
            entries = set(self._some(Entry, Entry.ticket, tickets))
            if address:
                gone.update(self._ids(Message.select(Message.id).where(Message.sender_key == name)))
                gone.update(self._unread_of(name))
                mails.update(self._ids(Outbox.select(Outbox.id).where(Outbox.rcpt_key == name)))
                authors = Entry.select(Entry.id).where(peewee.fn.LOWER(Entry.author) == name)
                entries.update(self._ids(authors))
                self.db.run(Participant.delete().where(Participant.key == name))
                self.db.run(AddressState.delete().where(AddressState.key == name))
                self.db.run(PersonLanguage.delete().where(PersonLanguage.key == name))
            entries.update(self._some(Entry, Entry.message, gone))
            mails.update(self._some(Outbox, Outbox.ticket, tickets))
            left_over = set(self._tickets_of_entries(entries)) - set(tickets)
            names = self._digests(gone, entries)
            self._tombstones(gone, key, now)
            self._forget_ids(gone)
            # The index of words takes out what its table still holds.
            self.forget_words(tickets)
            self._delete(TicketLink, TicketLink.other, tickets)
            self._delete_all({Ticket: tickets, Message: gone, Entry: entries, Outbox: mails})
            for number in sorted(left_over):
                self.reindex(number)
            if address:
                self._unname(address.strip())
            left = self._unnamed(names)
            self._delete(Blob, Blob.sha256, left)
            self._delete(Preview, Preview.sha256, left)
            what = f"erased {len(tickets)} tickets, {len(gone)} messages and {len(mails)} mails"
            self.db.run(Audit.insert(at=now, who=who, what=what))
        self.merge_words()
        self.blobs.remove(left)
        return Erased(len(tickets), len(gone), len(mails))

    def scrub(self) -> None:
        """Take what was removed out of the database file as well: its free pages and its log."""
        if self.db.postgres:
            # Not within a transaction; it locks each table for as long as it is written anew.
            for table in TABLES:
                self.db.sql(f'VACUUM (FULL, ANALYZE) "{table._meta.table_name}"')
            self._forget_samples()
            return
        searched = peewee.RawQuery(
            "SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%fts5%'"
        )
        for (name,) in self.db.rows(searched.tuples()):
            # A search index keeps the words of rows that are gone until its pieces are merged.
            self.db.sql(f'INSERT INTO "{name}"("{name}") VALUES (\'optimize\')')
        self.db.sql("VACUUM")
        self.db.sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def _forget_samples(self) -> None:
        """Take what the planner had sampled of PostgreSQL's tables out of its file: ANALYZE leaves old rows.

        Who does not own the database may not: the server then warns, and autovacuum does it in time.
        """
        self.db.sql("VACUUM (FULL) pg_catalog.pg_statistic")

    def _unread_of(self, name: str) -> list[int]:
        """Return messages without a known sender whose envelope or header names the address."""
        query = Message.select(Message.id, Message.sha256, Message.mail_from).where(
            (Message.sender_key == "") & (Message.state != "waiting")
        )
        wanted = name.encode()
        return [
            number
            for number, sha256, sender in self.db.rows(query.tuples())
            if (sender or "").lower() == name or wanted in _header(self.blobs.get(sha256) or b"")
        ]

    def _digests(self, messages: Iterable[int], entries: Iterable[int]) -> set[str]:
        found: set[str] = set()
        for model, column, ids in ((Message, Message.id, messages), (Attachment, Attachment.entry, entries)):
            for some in peewee.chunked(ids, ROWS_AT_ONCE):
                query = model.select(model.sha256).where(column.in_(list(some)))
                found.update(name for (name,) in self.db.rows(query.tuples()))
        return found

    def _unnamed(self, names: set[str]) -> list[str]:
        """Return those digests that no message and no attachment names any more."""
        for model in (Message, Attachment):
            for some in peewee.chunked(sorted(names), ROWS_AT_ONCE):
                query = model.select(model.sha256).where(model.sha256.in_(list(some)))
                names = names - {name for (name,) in self.db.rows(query.tuples())}
        return sorted(names)

    def _tombstones(self, messages: Iterable[int], key: bytes, now: datetime) -> None:
        for some in peewee.chunked(messages, ROWS_AT_ONCE):
            query = Message.select(Message.sha256).where(Message.id.in_(list(some)))
            rows = [
                {"digest": tombstone(key, name), "erased_at": now} for (name,) in self.db.rows(query.tuples())
            ]
            self.db.run(Tombstone.insert_many(rows).on_conflict_ignore().as_rowcount())

    def _forget_ids(self, messages: Iterable[int]) -> None:
        """Forget the Message-IDs of these messages, in whatever ticket they stand."""
        for some in peewee.chunked(messages, ROWS_AT_ONCE):
            query = Message.select(Message.message_id).where(Message.id.in_(list(some)))
            ids = [one for (one,) in self.db.rows(query.tuples()) if one]
            self.db.run(
                MessageRef.delete().where(MessageRef.message_id.in_(ids) & (MessageRef.direction == "in"))
            )

    def _delete_all(self, gone: Mapping[type[peewee.Model], Iterable[int]]) -> None:
        """Delete these rows and, in every table there is, what stands under one of them."""
        above = {model._meta.table_name: tuple(ids) for model, ids in gone.items()}
        # A table comes after those it refers to.
        for model in reversed(TABLES):
            columns: Any = model._meta.fields
            if model in gone:
                self._delete(model, columns["id"], above[model._meta.table_name])
                continue
            for name, ids in above.items():
                if name in columns:
                    self._delete(model, columns[name], ids)

    def _unname(self, address: str) -> None:
        """Take an address out of what was written down about others."""
        for column in (Audit.who, Audit.what):
            named = Audit.select(Audit.id, column).where(peewee.fn.LOWER(column).contains(address.lower()))
            for number, text in self.db.rows(named.tuples()):
                bare = re.sub(re.escape(address), "[erased]", text, flags=re.IGNORECASE)
                self.db.run(Audit.update({column: bare}).where(Audit.id == number))

    def _some(self, model: Any, column: Any, values: Iterable[int]) -> list[int]:
        found: list[int] = []
        for some in peewee.chunked(values, ROWS_AT_ONCE):
            found += self._ids(model.select(model.id).where(column.in_(list(some))))
        return found

    def _tickets_of_entries(self, entries: Iterable[int]) -> Iterator[int]:
        for some in peewee.chunked(entries, ROWS_AT_ONCE):
            query = Entry.select(Entry.ticket).where(Entry.id.in_(list(some))).distinct()
            yield from (number for (number,) in self.db.rows(query.tuples()))

    def _delete(self, model: Any, column: Any, values: Iterable[object]) -> None:
        for some in peewee.chunked(values, ROWS_AT_ONCE):
            self.db.run(model.delete().where(column.in_(list(some))))

    def _ids(self, query: Any) -> list[int]:
        return [number for (number,) in self.db.rows(query.tuples())]


def _header(raw: bytes) -> bytes:
    ends = [place for place in (raw.find(b"\r\n\r\n"), raw.find(b"\n\n")) if place >= 0]
    return raw[: min(ends, default=len(raw))].lower()
