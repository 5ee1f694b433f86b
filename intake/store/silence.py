"""Tickets that wait for their requesters: which to look at, what decides on them, what is remembered."""

from datetime import datetime, timedelta
from typing import Any

from peewee import fn

from intake.desk.effects import MailKind
from intake.desk.lifecycle import WAITING
from intake.desk.message import Message
from intake.desk.owed import MOST_READ, Inner, owed
from intake.desk.silence import KEYS, Forecast, Looks, Note, Waiting, reminder_key
from intake.desk.ticket import EntryKind, Status, Ticket
from intake.store import locks
from intake.store.address_state import AddressStates
from intake.store.base import StorePart
from intake.store.blobs import Blobs
from intake.store.connection import Connection
from intake.store.promise_rows import UNSETTLED
from intake.store.rate_counts import RateCounts
from intake.store.schema import tables
from intake.store.schema.fields import EPOCH, MICROSECOND
from intake.store.schema.imports import Imported
from intake.store.schema.promises import Escalation
from intake.store.schema.silence import Silence as Row
from intake.store.schema.tables import Entry, Meta, Outbox
from intake.store.tickets import SqlTickets

# When the clock was last looked at, how much it has lost, and its leaps (when:lost before), in microseconds.
_LOOKED, _LOST, _LEAPS = "silence_looked", "silence_lost", "silence_leaps"


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
            looks = self._looks().at(now)
            leaps = " ".join(
                f"{(at - EPOCH) // MICROSECOND}:{lost // MICROSECOND}" for at, lost in looks.leaps
            )
            looked, gone = (now - EPOCH) // MICROSECOND, looks.lost // MICROSECOND
            for name, text in ((_LOOKED, str(looked)), (_LOST, str(gone)), (_LEAPS, leaps)):
                insertion = Meta.insert(name=name, value=text)
                change = insertion.on_conflict(conflict_target=[Meta.name], update={Meta.value: text})
                self.db.run(change.as_rowcount())
        return looks.lost

    def _looks(self) -> Looks:
        """Return what is remembered of looks at the clock."""
        query = Meta.select(Meta.name, Meta.value).where(Meta.name.in_((_LOOKED, _LOST, _LEAPS)))
        known = dict(self.db.rows(query.tuples()))
        leaps = [pair.split(":") for pair in known.get(_LEAPS, "").split()]
        return Looks(
            EPOCH + int(known[_LOOKED]) * MICROSECOND if _LOOKED in known else None,
            int(known.get(_LOST, 0)) * MICROSECOND,
            tuple((EPOCH + int(at) * MICROSECOND, int(lost) * MICROSECOND) for at, lost in leaps),
        )

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
        since = max(since, self._imported_at(number) or since)
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
            lost_then=self._looks().lost_then(since),
            draft=self._draft(number),
            owed=owed(word, self._inner(number)),
            newer=self._newer(ticket, since),
            escalated=self._any(Escalation.select(Escalation.id).where(open_ones)),
            undelivered=self._undelivered(number, ticket.requester.key, since),
            sent_at=self._sent_at(reminder_key(number, word)),
            lately=self._lately(now),
            flood=self._any(model.select(model.id).where((model.id == number) & (model.flood != ""))),
        )

    def _imported_at(self, number: int) -> datetime | None:
        """Return when a ticket was imported, None where it was not: nobody here waited for it before."""
        mine = (Imported.ticket_no == number) & (Imported.kind == "ticket")
        row = self.db.first(Imported.select(Imported.at).where(mine).tuples())
        at: datetime | None = row[0] if row else None
        return at

    def _note(self, number: int) -> Note | None:
        row = self.db.first(Row.select().where(Row.ticket == number))
        if row is None:
            return None
        lost = timedelta(microseconds=row.lost_us)
        return Note(row.word, lost, row.look_at, row.reminded_at, row.closes_at)

    def _any(self, query: Any) -> bool:
        return self.db.first(query) is not None

    def _draft(self, number: int) -> bool:
        """Whether words wait in a ticket that were written after the last answer, however old they are."""
        later = Entry.alias()
        answer = later.select(fn.COALESCE(fn.MAX(later.id), 0)).where(
            (later.ticket == number) & (later.kind == EntryKind.REPLY.value)
        )
        waits = (Entry.kind == EntryKind.DRAFT.value) & (Entry.settled == False)  # noqa: E712
        return self._any(Entry.select(Entry.id).where((Entry.ticket == number) & waits & (Entry.id > answer)))

    def _inner(self, number: int) -> list[Inner]:
        """Return the notes and events of a ticket, oldest first."""
        start = fn.SUBSTR(Entry.text, 1, MOST_READ)
        columns = (Entry.id, Entry.author, start, Entry.agent, Entry.message, Entry.kind)
        kinds = Entry.kind.in_((EntryKind.NOTE.value, EntryKind.EVENT.value))
        query = Entry.select(*columns).where((Entry.ticket == number) & kinds).order_by(Entry.id)
        return [
            Inner(entry, author, text, agent is not None, message is not None, kind == EntryKind.EVENT.value)
            for entry, author, text, agent, message, kind in self.db.rows(query.tuples())
        ]

    def _newer(self, ticket: Ticket, since: datetime) -> int:
        """Return an open ticket of the requester's that is related to this one and no older than a moment."""
        model = tables.Ticket
        theirs = (model.related == ticket.id) & (fn.LOWER(model.requester) == ticket.requester.key)
        is_open = model.status.in_((Status.NEW.value, Status.OPEN.value)) & ~model.spam
        row = self.db.first(
            model.select(model.id).where(theirs & is_open & (model.created_at >= since)).tuples()
        )
        return int(row[0]) if row else 0

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
        mine = (Imported.ticket_no == ticket.id) & (Imported.kind == "ticket") & (Imported.at >= before)
        awake &= ~fn.EXISTS(Imported.select(Imported.id).where(mine))
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
