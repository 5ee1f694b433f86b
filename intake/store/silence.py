"""Tickets that wait for their requesters: which to look at, what decides on them, what is remembered."""

from datetime import datetime, timedelta
from typing import Any

from peewee import fn

from intake.desk.effects import MailKind
from intake.desk.lifecycle import WAITING
from intake.desk.message import Message
from intake.desk.silence import KEYS, Forecast, Note, Waiting, lost_since, reminder_key
from intake.desk.ticket import EntryKind, Status
from intake.desk.unsent import LISTED_FOR
from intake.store import locks
from intake.store.address_state import AddressStates
from intake.store.base import StorePart
from intake.store.blobs import Blobs
from intake.store.connection import Connection
from intake.store.promise_rows import UNSETTLED
from intake.store.rate_counts import RateCounts
from intake.store.schema import tables
from intake.store.schema.fields import EPOCH, MICROSECOND
from intake.store.schema.promises import Escalation
from intake.store.schema.silence import Silence as Row
from intake.store.schema.tables import Entry, Meta, Outbox
from intake.store.tickets import SqlTickets

# When the clock was last looked at, and how much it has lost, both in microseconds.
_LOOKED, _LOST = "silence_looked", "silence_lost"


def _says(entry: Any) -> Any:
    """Return whether an entry is a word: of the requester's side, of ours, or that we wait for theirs."""
    asked = [entry.text.startswith(beginning) for beginning in WAITING]
    event = (entry.kind == EntryKind.EVENT.value) & (asked[0] | asked[1])
    return entry.kind.in_((EntryKind.CUSTOMER.value, EntryKind.REPLY.value)) | event


class SqlSilence(StorePart):
    """What the clock asks of tickets of which nothing is heard."""

    def __init__(
        self, db: Connection, blobs: Blobs, tickets: SqlTickets, addresses: AddressStates, rates: RateCounts
    ) -> None:
        super().__init__(db, blobs)
        self._tickets, self._addresses, self._rates = tickets, addresses, rates

    def lost(self, now: datetime) -> timedelta:
        """Look at the clock; return how much time it has lost in all, by leaps and while the desk was off."""
        with self.transaction():
            if self.db.postgres:
                self.db.sql("SELECT pg_advisory_xact_lock(%s)", locks.SILENCE)
            query = Meta.select(Meta.name, Meta.value).where(Meta.name.in_((_LOOKED, _LOST)))
            known = {name: int(value) for name, value in self.db.rows(query.tuples())}
            lost = timedelta(microseconds=known.get(_LOST, 0))
            if _LOOKED in known:
                lost += lost_since(EPOCH + timedelta(microseconds=known[_LOOKED]), now)
            for name, value in ((_LOOKED, now - EPOCH), (_LOST, lost)):
                text = str(value // MICROSECOND)
                insertion = Meta.insert(name=name, value=text)
                change = insertion.on_conflict(conflict_target=[Meta.name], update={Meta.value: text})
                self.db.run(change.as_rowcount())
        return lost

    def due(self, now: datetime, latest: datetime, limit: int) -> list[int]:
        """Return tickets that wait for their requesters and are to be looked at: those whose time has come,
        or is later than any (`latest`), the earliest first; then those nothing is remembered of."""
        ticket = tables.Ticket
        known = ticket.id == Row.ticket
        waits = (ticket.status == Status.PENDING.value) & ticket.merged_into.is_null() & ~ticket.spam
        noted = (
            Row.select(Row.ticket)
            .join(ticket, on=known)
            .where(waits & ((Row.look_at <= now) | (Row.look_at > latest)))
            .order_by(Row.look_at, Row.ticket)
            .limit(limit)
        )
        numbers = [number for (number,) in self.db.rows(noted.tuples())]
        if len(numbers) < limit:
            new = ticket.select(ticket.id).where(waits & ~fn.EXISTS(Row.select(Row.ticket).where(known)))
            rows = self.db.rows(new.order_by(ticket.id).limit(limit - len(numbers)).tuples())
            numbers += [number for (number,) in rows]
        return numbers

    def waiting(self, number: int, now: datetime) -> Waiting | None:
        """Return a ticket with all that decides whether it is closed; it is kept from changing until the
        transaction ends. None where there is no such ticket."""
        if self.db.postgres:
            self.db.sql("SELECT id FROM ticket WHERE id = %s FOR UPDATE", number)
        ticket = self._tickets.get(number)
        if ticket is None:
            return None
        columns = (Entry.id, Entry.created_at, Entry.kind)
        said = Entry.select(*columns).where((Entry.ticket == number) & _says(Entry))
        word, since, kind = self.db.first(said.order_by(Entry.id.desc()).tuples()) or (0, now, "")
        nobody = Message("", 0, "", sender=ticket.requester)
        counted = self._rates.count(nobody, number, number, now)
        model, open_ones = tables.Ticket, (Escalation.ticket == number) & Escalation.state.in_(UNSETTLED)
        return Waiting(
            ticket,
            word,
            since,
            kind == EntryKind.CUSTOMER.value,
            counted.for_requester(self._addresses.failed(ticket.requester, now), now),
            self._note(number),
            draft=self._draft(number, now),
            escalated=self._any(Escalation.select(Escalation.id).where(open_ones)),
            undelivered=self._undelivered(number, ticket.requester.key, since),
            sent_at=self._sent_at(reminder_key(number, word)),
            lately=self._lately(now),
            flood=self._any(model.select(model.id).where((model.id == number) & (model.flood != ""))),
        )

    def _note(self, number: int) -> Note | None:
        row = self.db.first(Row.select().where(Row.ticket == number))
        if row is None:
            return None
        lost = timedelta(microseconds=row.lost_us)
        return Note(row.word, lost, row.look_at, row.reminded_at, row.closes_at)

    def _any(self, query: Any) -> bool:
        return self.db.first(query) is not None

    def _draft(self, number: int, now: datetime) -> bool:
        """Whether words of an agent wait in a ticket that were written after the last answer."""
        later = Entry.alias()
        answer = later.select(fn.COALESCE(fn.MAX(later.id), 0)).where(
            (later.ticket == number) & (later.kind == EntryKind.REPLY.value)
        )
        waits = (Entry.kind == EntryKind.DRAFT.value) & (Entry.settled == False)  # noqa: E712
        waits &= Entry.agent.is_null(False) & (Entry.created_at > now - LISTED_FOR)
        return self._any(Entry.select(Entry.id).where((Entry.ticket == number) & waits & (Entry.id > answer)))

    def _undelivered(self, number: int, requester: str, since: datetime) -> bool:
        """Whether a mail of ours to the requester since then is still on its way, or did not arrive."""
        ours = (Outbox.ticket == number) & (Outbox.rcpt_key == requester) & (Outbox.created_at >= since)
        lost = Outbox.state.not_in(("sent", "cancelled")) | (Outbox.delivery == "failed")
        return self._any(Outbox.select(Outbox.id).where(ours & lost))

    def _sent_at(self, key: str) -> datetime | None:
        query = Outbox.select(Outbox.sent_at).where((Outbox.dedupe_key == key) & (Outbox.state == "sent"))
        row = self.db.first(query.tuples())
        sent: datetime | None = row[0] if row else None
        return sent

    def _lately(self, now: datetime) -> int:
        """Return how many mails of this kind were owed in the last hour."""
        ours = Outbox.dedupe_key.startswith(KEYS[0]) | Outbox.dedupe_key.startswith(KEYS[1])
        hour = (Outbox.kind == MailKind.STATUS.value) & (Outbox.created_at > now - timedelta(hours=1))
        return int(self.db.rows(Outbox.select(fn.COUNT(Outbox.id)).where(hour & ours).tuples())[0][0])

    def remember(self, number: int, note: Note | None) -> None:
        """Remember this of a ticket; None: nothing any more."""
        with self.transaction():
            if note is None:
                self.db.run(Row.delete().where(Row.ticket == number))
                return
            values = {
                Row.word: note.word,
                Row.lost_us: note.lost // MICROSECOND,
                Row.look_at: note.look_at,
                Row.reminded_at: note.reminded_at,
                Row.closes_at: note.closes_at,
            }
            insertion = Row.insert({Row.ticket: number, **values})
            self.db.run(insertion.on_conflict(conflict_target=[Row.ticket], update=values).as_rowcount())

    def forecast(self, before: datetime) -> Forecast:
        """Return how many tickets wait for their requesters, and of how many the last word is ours and was
        said before then (aware), as far as the tickets alone tell."""
        ticket, last, later = tables.Ticket, Entry.alias(), Entry.alias()
        waits = (ticket.status == Status.PENDING.value) & ticket.merged_into.is_null() & ~ticket.spam
        total = int(self.db.rows(ticket.select(fn.COUNT(ticket.id)).where(waits).tuples())[0][0])
        newest = later.select(fn.MAX(later.id)).where((later.ticket == ticket.id) & _says(later))
        ours = (last.kind != EntryKind.CUSTOMER.value) & (last.created_at < before)
        awake = waits & ticket.snoozed_until.is_null() & ~ticket.quiet
        old = ticket.select(ticket.id, last.id).join(last, on=(last.id == newest)).where(awake & ours)
        words = {number: word for number, word in self.db.rows(old.tuples())}
        noted = Row.select(Row.ticket, Row.word).where(Row.reminded_at.is_null(False))
        reminded = sum(words.get(number) == word for number, word in self.db.rows(noted.tuples()))
        return Forecast(total, len(words) - reminded, reminded)

    def closes_at(self, number: int) -> tuple[int, datetime] | None:
        """Return when a ticket is closed, as its requester was told, with the word (an entry) that this is
        about; None where they were not."""
        note = self._note(number)
        return (note.word, note.closes_at) if note is not None and note.closes_at is not None else None
