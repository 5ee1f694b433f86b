"""Forgetting somebody, or what is old: rows, files and every trace of them in the database file.

A tombstone stays for each message: a keyed hash of its bytes, which says nothing to who has
not the key, so that reading the mailbox again does not bring it back.
"""

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import peewee

from intake.store.base import Part
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
    Sighting,
    Ticket,
    Tombstone,
)
from intake.store.service_models import Escalation, Page, Promise


@dataclass(frozen=True, slots=True)
class Erased:
    """How many of each were removed."""

    tickets: int
    messages: int
    mails: int


def tombstone(key: bytes, sha256: str) -> str:
    """Return what stays of a message: HMAC-SHA256 under the desk's oldest key, in hex."""
    return hmac.new(key, b"intake-erased-v1 " + sha256.encode(), hashlib.sha256).hexdigest()


class Erasing(Part):
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
            names = self._digests(gone, entries)
            self._tombstones(gone, key, now)
            self._forget_ids(gone)
            self._delete(Attachment, Attachment.entry, entries)
            self._delete(Entry, Entry.id, entries)
            self._delete(Sighting, Sighting.message, gone)
            self._delete(Outbox, Outbox.id, mails)
            self._delete(MessageRef, MessageRef.ticket, tickets)
            self._delete(Participant, Participant.ticket, tickets)
            self._delete(Message, Message.id, gone)
            for table in (Page, Escalation, Promise):
                self._delete(table, table.ticket, tickets)
            self._delete(Ticket, Ticket.id, tickets)
            left = self._unnamed(names)
            self._delete(Blob, Blob.sha256, left)
            what = f"erased {len(tickets)} tickets, {len(gone)} messages and {len(mails)} mails"
            self.db.run(Audit.insert(at=now, who=who, what=what))
        self.blobs.remove(left)
        return Erased(len(tickets), len(gone), len(mails))

    def scrub(self) -> None:
        """Take what was removed out of the database file as well: its free pages and its log."""
        if self.db.postgres:
            # Not within a transaction; it locks each table for as long as it is written anew.
            for table in TABLES:
                self.db.sql(f'VACUUM FULL "{table._meta.table_name}"')
            return
        self.db.sql("VACUUM")
        self.db.sql("PRAGMA wal_checkpoint(TRUNCATE)")

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

    def _some(self, model: Any, column: Any, values: Iterable[int]) -> list[int]:
        found: list[int] = []
        for some in peewee.chunked(values, ROWS_AT_ONCE):
            found += self._ids(model.select(model.id).where(column.in_(list(some))))
        return found

    def _delete(self, model: Any, column: Any, values: Iterable[object]) -> None:
        for some in peewee.chunked(values, ROWS_AT_ONCE):
            self.db.run(model.delete().where(column.in_(list(some))))

    def _ids(self, query: Any) -> list[int]:
        return [number for (number,) in self.db.rows(query.tuples())]


def _header(raw: bytes) -> bytes:
    ends = [place for place in (raw.find(b"\r\n\r\n"), raw.find(b"\n\n")) if place >= 0]
    return raw[: min(ends, default=len(raw))].lower()
