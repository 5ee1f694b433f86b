"""Forgetting somebody, or what is old: rows, files and every trace of them in the database file.

A tombstone stays for each message: a keyed hash of its bytes, which says nothing to who has
not the key, so that reading the mailbox again does not bring it back.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import peewee

from intake.desk.incident.holds import NOTHING_KEPT, Kept
from intake.desk.record.leaf import ERASED
from intake.desk.text.counting import counted
from intake.ports import Temporary
from intake.store import holds
from intake.store.acts import forgotten
from intake.store.audit import record_audit
from intake.store.blobs import tombstone
from intake.store.connection import ROWS_AT_ONCE
from intake.store.knowledge import forget as forget_articles
from intake.store.record.tables import RECORDED
from intake.store.schema.blocking import Blocked
from intake.store.schema.fields import Key
from intake.store.schema.links import Participant, TicketLink
from intake.store.schema.persons import PersonLanguage, PersonNote
from intake.store.schema.readings import HeldFile
from intake.store.schema.sealed import SealedCopy
from intake.store.schema.state import AddressState, Tombstone
from intake.store.schema.tables import (
    TABLES,
    THREAD,
    Attachment,
    Entry,
    Message,
    MessageRef,
    Meta,
    Outbox,
    Ticket,
)
from intake.store.upkeep.scrubbing import scrub_files
from intake.store.upkeep.traces import Tracing

log = logging.getLogger("intake.store")

# In `meta`: that `scrub` was not done since.
_UNSCRUBBED = "erased"


@dataclass(frozen=True, slots=True)
class Erased:
    """How many of each were removed."""

    tickets: int
    messages: int
    mails: int
    # What stays because it is held.
    kept: Kept = NOTHING_KEPT


class Erasing(Tracing):
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
        return [ledger_id for (ledger_id,) in self.db.rows(query.tuples())]

    def erase(
        self,
        tickets: Sequence[int],
        address: str,
        messages: Iterable[int],
        key: bytes,
        who: str,
        now: datetime,
        reason: str = "",
    ) -> Erased:
        """Remove tickets with all that hangs on them, further messages, and what was said by or sent to
        `address` ("": nobody's) elsewhere. `key` makes the tombstones; the audit keeps `reason`. Files go
        after the commit.

        Nothing goes that is held; of a person it is taken then when the hold ends (`erase_owed`).
        """
        address = address.strip().lower()
        name = Key().db_value(address)
        if not self.db.postgres:
            # What is deleted from here on is overwritten with zeros.
            self.db.sql("PRAGMA secure_delete = on")
        with self.transaction():
            tickets, messages, address, kept = self._unheld(tickets, messages, address, who, now)
            if not (tickets or messages or address):
                return Erased(0, 0, 0, kept)
            people = self.names_of(address, tickets) if address else []
            gone = set(messages)
            gone.update(self._some(Message, Message.ticket, tickets))
            gone -= self._others_elsewhere(gone, name, tickets)
            mails = set(self._some(Outbox, Outbox.ticket, tickets)) | forgotten(self.db, name, tickets)
            entries = set(self._some(Entry, Entry.ticket, tickets))
            involved: set[int] = set()
            questions = self.questions_to(name) if address else []
            involved.update(ticket for _, ticket, _ in questions)
            others: dict[int, str] = {}
            if address:
                gone.update(self._ids(Message.select(Message.id).where(Message.sender_key == name)))
                own, others = self.heads_naming(address, gone)
                gone |= own
                mails.update(self._ids(Outbox.select(Outbox.id).where(Outbox.rcpt_key == name)))
                authors = Entry.select(Entry.id).where(peewee.fn.LOWER(Entry.author) == name)
                entries.update(self._ids(authors))
                joined = Participant.select(Participant.ticket).where(Participant.key == name)
                involved.update(number for (number,) in self.db.rows(joined.tuples()))
                apart = Participant.ticket.not_in(list(self.kept))
                self.db.run(Participant.delete().where((Participant.key == name) & apart))
                self.db.run(AddressState.delete().where(AddressState.key == name))
                self.db.run(Blocked.delete().where(Blocked.key == name))
                self.db.run(PersonLanguage.delete().where(PersonLanguage.key == name))
                self.db.run(PersonNote.delete().where(PersonNote.key == name))
            # The same mail through another mailbox is the same words.
            gone.update(self._some(Message, Message.duplicate_of, gone))
            gone -= self.kept_messages
            entries.update(self._some(Entry, Entry.message, gone))
            entries = holds.free(self.db, Entry, entries, self.kept)
            left_over = set(self._tickets_of_entries(entries)) - set(tickets)
            involved |= left_over
            asking = [message for _, _, message in questions]
            commands = self.commands_naming(address, people, asking) if address else {}
            involved |= self.tickets_naming(address, commands) if address else set()
            involved -= self.kept
            caused = self._fingerprints(gone)
            mails |= self.told_of(address, tickets, involved, caused)
            names = self._digests(gone, entries)
            if address:
                mails |= self.shown_in(address, people, involved, entries)
                apart_from = gone | self.kept_messages
                others = {number: name for number, name in others.items() if number not in apart_from}
                mails |= self.copied_to(address, people, self._fingerprints(others))
                # As they came they are not to come back, as what is erased is not.
                rewritten = [
                    ledger_id
                    for ledger_id, was in others.items()
                    if self.rewrite_head(ledger_id, was, address)
                ]
                old = {others[ledger_id] for ledger_id in rewritten}
                old |= set(commands.values())
                names |= old
                self._tombstones(old, key, now)
                self._delete(SealedCopy, SealedCopy.message, others)
                self._delete(SealedCopy, SealedCopy.ticket, involved)
            mails = holds.free(self.db, Outbox, mails, self.kept)
            self._tombstones(self._digests(gone, ()), key, now)
            self._forget_ids(gone)
            # The index of words takes out what its table still holds.
            self.forget_words(tickets)
            self._delete(TicketLink, TicketLink.other, tickets)
            forget_articles(self.db, tickets, address)
            self._delete_all({Ticket: tickets, Message: gone, Entry: entries, Outbox: mails})
            self.unmerge(set(tickets))
            if address:
                self.unname(address, people, [entry for entry, _, _ in questions])
            for number in sorted(left_over | {ticket for _, ticket, _ in questions} - set(tickets)):
                self.reindex(number)
            left = self._unnamed(names)
            self.blobs.owe_removal(self.blobs.large(left))
            self.blobs.forget(left)
            self._delete(HeldFile, HeldFile.ticket, tickets)
            self.db.run(Meta.insert(name=_UNSCRUBBED, value="").on_conflict_ignore().as_rowcount())
            removed = ", ".join((counted(len(tickets), "ticket"), counted(len(gone), "message")))
            action = f"erased {removed} and {counted(len(mails), 'email')}" + (
                f": {reason}" if reason else ""
            )
            self.changed.tell(self.db, record_audit(self.db, who, action, now, ""), ERASED)
        self.merge_words()
        try:
            self.remove_files()
        except Temporary as err:
            # The commit stands; `scrub` comes next, and says so.
            log.warning("erased files could not be removed yet: %s", err)
        return Erased(len(tickets), len(gone), len(mails), kept)

    def _unheld(
        self, tickets: Sequence[int], messages: Iterable[int], address: str, who: str, now: datetime
    ) -> tuple[list[int], list[int], str, Kept]:
        """Return what of all that is asked for is not held, and what is."""
        there = holds.held(self.db, now)
        self.kept = frozenset(there.tickets)
        self.kept_messages = frozenset(holds.messages_of(self.db, there) if there else ())
        free = [number for number in tickets if number not in there.tickets]
        wanted = set(messages)
        theirs = self._ids(Message.select(Message.id).where(Message.sender_key == Key().db_value(address)))
        left = (wanted | set(theirs if address else ())) & self.kept_messages
        reasons = {there.tickets[number] for number in tickets if number in there.tickets}
        reasons |= {there.people[address]} if address in there.people else set()
        kept = Kept(len(tickets) - len(free), len(left), tuple(sorted(reasons, key=lambda hold: hold.id)))
        if address and kept:
            holds.owe(self.db, address, who, now)
        if address in there.people:
            address = ""
        return free, sorted(wanted - self.kept_messages), address, kept

    def holds_any(self, tickets: Iterable[int], address: str, now: datetime) -> bool:
        """Whether a person (their address in lower case) or one of these tickets is held at `now` (aware)."""
        there = holds.held(self.db, now)
        return address in there.people or any(number in there.tickets for number in tickets)

    def erase_owed(self, key: bytes, now: datetime) -> int:
        """Erase people whose erasure waited for holds that ended; return how many."""
        done = 0
        for address, who in holds.owed(self.db):
            there = holds.held(self.db, now)
            tickets = self.tickets_of(address)
            if address in there.people or not there.tickets.keys().isdisjoint(tickets):
                continue
            self.erase(tickets, address, (), key, who, now)
            holds.forget(self.db, address)
            done += 1
        return done

    def remove_files(self) -> None:
        """Remove the files of what was erased, also by a process that was killed before it could."""
        self.blobs.remove_owed()

    def scrub(self) -> None:
        """Take what was removed out of the database file as well: its free pages and its log.

        Raises Temporary when something that reads the old rows does not end; `unfinished` says
        so until it is done.
        """
        self.remove_files()
        scrub_files(self.db)
        with self.transaction():
            self.db.run(Meta.delete().where(Meta.name == _UNSCRUBBED))

    def unfinished(self) -> bool:
        """Whether an erasure was killed before its `scrub`."""
        return self.db.first(Meta.select().where(Meta.name == _UNSCRUBBED)) is not None

    def _others_elsewhere(self, messages: Iterable[int], name: str, tickets: Sequence[int]) -> set[int]:
        """Return those of others that were split off: they stand in another ticket, whose they are now."""
        ledger_ids: set[int] = set()
        for some in peewee.chunked(messages, ROWS_AT_ONCE):
            query = (
                Entry.select(Entry.message, Entry.ticket)
                .join(Message, on=(Message.id == Entry.message))
                .where(
                    Entry.message.in_(list(some))
                    & (Message.sender_key != name)
                    & (peewee.fn.LOWER(Entry.author) != name)
                )
            )
            for message, ticket in self.db.rows(query.tuples()):
                if ticket not in tickets:
                    self.db.run(Message.update(ticket=ticket).where(Message.id == message))
                    self.changed.note(Message, message)
                    ledger_ids.add(message)
        return ledger_ids

    def _fingerprints(self, messages: Iterable[int]) -> set[str]:
        fingerprints: set[str] = set()
        for some in peewee.chunked(messages, ROWS_AT_ONCE):
            query = Message.select(Message.fingerprint).where(Message.id.in_(list(some)))
            fingerprints.update(fingerprint for (fingerprint,) in self.db.rows(query.tuples()) if fingerprint)
        return fingerprints

    def _digests(self, messages: Iterable[int], entries: Iterable[int]) -> set[str]:
        digests: set[str] = set()
        for model, column, ids in ((Message, Message.id, messages), (Attachment, Attachment.entry, entries)):
            for some in peewee.chunked(ids, ROWS_AT_ONCE):
                query = model.select(model.sha256).where(column.in_(list(some)))
                digests.update(name for (name,) in self.db.rows(query.tuples()))
        return digests

    def _unnamed(self, names: set[str]) -> list[str]:
        """Return those digests that no message and no attachment names any more."""
        for model in (Message, Attachment):
            for some in peewee.chunked(sorted(names), ROWS_AT_ONCE):
                query = model.select(model.sha256).where(model.sha256.in_(list(some)))
                names = names - {name for (name,) in self.db.rows(query.tuples())}
        return sorted(names)

    def _tombstones(self, names: Iterable[str], key: bytes, now: datetime) -> None:
        for some in peewee.chunked(names, ROWS_AT_ONCE):
            rows = [{"digest": tombstone(key, name), "erased_at": now} for name in some]
            self.db.run(Tombstone.insert_many(rows).on_conflict_ignore().as_rowcount())

    def _forget_ids(self, messages: Iterable[int]) -> None:
        """Forget the Message-IDs of these messages, in whatever ticket they stand."""
        for some in peewee.chunked(messages, ROWS_AT_ONCE):
            query = Message.select(Message.message_id).where(Message.id.in_(list(some)))
            ids = [message_id for (message_id,) in self.db.rows(query.tuples()) if message_id]
            self.db.run(
                MessageRef.delete().where(MessageRef.message_id.in_(ids) & (MessageRef.direction == "in"))
            )
            # Which of them a conversation came with is not known: its ticket forgets all.
            tickets = Entry.select(Entry.ticket).where(Entry.message.in_(list(some)))
            self.db.run(
                MessageRef.delete().where(MessageRef.ticket.in_(tickets) & (MessageRef.direction == THREAD))
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

    def _some(self, model: Any, column: Any, values: Iterable[int]) -> list[int]:
        ids: list[int] = []
        for some in peewee.chunked(values, ROWS_AT_ONCE):
            ids += self._ids(model.select(model.id).where(column.in_(list(some))))
        return ids

    def _tickets_of_entries(self, entries: Iterable[int]) -> Iterator[int]:
        for some in peewee.chunked(entries, ROWS_AT_ONCE):
            query = Entry.select(Entry.ticket).where(Entry.id.in_(list(some))).distinct()
            yield from (number for (number,) in self.db.rows(query.tuples()))

    def _delete(self, model: Any, column: Any, values: Iterable[object]) -> None:
        for some in peewee.chunked(values, ROWS_AT_ONCE):
            query = model.delete().where(column.in_(list(some)))
            if model not in RECORDED:
                self.db.run(query)
                continue
            self.changed.gone(model, self._ids(query.returning(model.id)))

    def _ids(self, query: Any) -> list[int]:
        return [number for (number,) in self.db.rows(query.tuples())]
