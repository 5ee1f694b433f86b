"""Tickets that wait for their requesters, in memory."""

from datetime import datetime, timedelta

from intake.desk.lifecycle import WAITING
from intake.desk.message import Message
from intake.desk.owed import MOST_READ, Inner, owed
from intake.desk.silence import KEYS, Forecast, Note, Waiting, reminder_key
from intake.desk.ticket import EntryKind, Status, Ticket
from intake.store.promise_rows import UNSETTLED
from intake.testing.memory.facts import MemoryRates
from intake.testing.memory.people import MemoryAddresses
from intake.testing.memory.rows import StoredEntry
from intake.testing.memory.state import Memory, MemoryPart
from intake.testing.memory.tickets import MemoryTickets


class MemorySilence(MemoryPart):
    """What the clock asks of tickets of which nothing is heard."""

    def __init__(
        self, memory: Memory, tickets: MemoryTickets, addresses: MemoryAddresses, rates: MemoryRates
    ) -> None:
        super().__init__(memory)
        self._tickets, self._addresses, self._rates = tickets, addresses, rates

    def lost(self, now: datetime) -> timedelta:
        """Look at the clock; return how much time it has lost in all, by leaps and while the desk was off."""
        with self._memory.transaction() as state:
            state.silence_clock = state.silence_clock.at(now)
            return state.silence_clock.lost

    def due(self, now: datetime, latest: datetime, limit: int) -> list[int]:
        """Return tickets that wait for their requesters and are to be looked at."""
        waits, notes = self._waits(), self._now.silence
        times = sorted((notes[number].look_at, number) for number in waits if number in notes)
        noted = [number for at, number in times if at <= now or at > latest]
        return [*noted, *(number for number in waits if number not in notes)][:limit]

    def _waits(self) -> list[int]:
        tickets = [row.ticket for row in self._now.tickets]
        return [
            ticket.id
            for ticket in tickets
            if ticket.status is Status.PENDING and ticket.merged_into is None and not ticket.spam
        ]

    def waiting(self, number: int, now: datetime) -> Waiting | None:
        """Return a ticket with all that decides whether it is closed; None where there is none."""
        ticket, state = self._tickets.get(number), self._now
        row = state.tickets.get(number)
        if ticket is None or row is None:
            return None
        last = self._last(number)
        nobody = Message("", 0, "", sender=ticket.requester)
        counted = self._rates.count(nobody, number, number, now)
        since = last.created_at if last else now
        key = reminder_key(number, last.id if last else 0)
        sent = [mail.sent_at for mail in state.outbox if (mail.dedupe, mail.state) == (key, "sent")]
        ours = [mail for mail in state.outbox if mail.ticket == number and mail.key == ticket.requester.key]
        hour = [mail for mail in state.outbox if mail.created_at > now - timedelta(hours=1)]
        return Waiting(
            ticket,
            last.id if last else 0,
            since,
            last is not None and last.kind is EntryKind.CUSTOMER,
            counted.for_requester(self._addresses.failed(ticket.requester, now), now),
            state.silence.get(number),
            lost_then=state.silence_clock.lost_then(since),
            draft=self._draft(number),
            owed=owed(last.id if last else 0, self._inner(number)),
            newer=self._newer(ticket, since),
            escalated=any(row.ticket == number and row.state in UNSETTLED for row in state.escalations),
            undelivered=any(
                mail.created_at >= since
                and (mail.state not in ("sent", "cancelled") or mail.delivery == "failed")
                for mail in ours
            ),
            sent_at=sent[0] if sent else None,
            lately=sum(mail.dedupe.startswith(KEYS) for mail in hour),
            flood=bool(row.flood),
        )

    def _last(self, number: int) -> StoredEntry | None:
        entries = (entry for entry in self._now.entries.newest() if entry.ticket == number)
        return next((entry for entry in entries if _says(entry)), None)

    def _draft(self, number: int) -> bool:
        entries = [entry for entry in self._now.entries if entry.ticket == number]
        answer = max((entry.id for entry in entries if entry.kind is EntryKind.REPLY), default=0)
        return any(
            entry.kind is EntryKind.DRAFT and not entry.settled and entry.id > answer for entry in entries
        )

    def _inner(self, number: int) -> list[Inner]:
        return [
            Inner(
                entry.id,
                entry.author,
                entry.text[:MOST_READ],
                entry.agent is not None,
                entry.message is not None,
                entry.kind is EntryKind.EVENT,
            )
            for entry in self._now.entries
            if entry.ticket == number and entry.kind in (EntryKind.NOTE, EntryKind.EVENT)
        ]

    def _newer(self, ticket: Ticket, since: datetime) -> int:
        tickets = [row.ticket for row in self._now.tickets]
        return next(
            (
                other.id
                for other in tickets
                if (other.related, other.requester.key) == (ticket.id, ticket.requester.key)
                and other.status in (Status.NEW, Status.OPEN)
                and not other.spam
                and other.created_at >= since
            ),
            0,
        )

    def remember(self, number: int, note: Note | None) -> None:
        """Remember this of a ticket; None: nothing any more."""
        with self._memory.transaction() as state:
            if note is None:
                state.silence.pop(number, None)
            else:
                state.silence[number] = note

    def forecast(self, before: datetime) -> Forecast:
        """Return how many tickets wait, and of how many the last word is ours and was said before then."""
        waits = self._waits()
        words: dict[int, int] = {}
        for number in waits:
            last, ticket = self._last(number), self._tickets.get(number)
            awake = ticket is not None and ticket.snoozed_until is None and not ticket.quiet
            if awake and last and last.kind is not EntryKind.CUSTOMER and last.created_at < before:
                words[number] = last.id
        notes = self._now.silence
        reminded = sum(
            number in notes and notes[number].reminded_at is not None and notes[number].word == word
            for number, word in words.items()
        )
        return Forecast(len(waits), len(words) - reminded, reminded)

    def closes_at(self, number: int) -> tuple[int, datetime] | None:
        """Return when a ticket is closed, as its requester was told, and the word that this is about."""
        note = self._now.silence.get(number)
        return (note.word, note.closes_at) if note is not None and note.closes_at is not None else None


def _says(entry: StoredEntry) -> bool:
    event = entry.kind is EntryKind.EVENT and entry.text.startswith(WAITING)
    return event or entry.kind in (EntryKind.CUSTOMER, EntryKind.REPLY)
