"""News of colleagues, in memory."""

from collections.abc import Sequence
from datetime import datetime

from intake.desk.colleagues import REMEMBERED, Pending, Standing, Waiting
from intake.desk.effects import MailKind
from intake.desk.people_effects import ColleagueNews, MarkColleagues
from intake.store.colleagues import SHOWING
from intake.testing.memory.people import MemoryAgents
from intake.testing.memory.rows import StoredNews
from intake.testing.memory.state import Memory, MemoryPart, State
from intake.testing.memory.tickets import MemoryTickets


class MemoryColleagues(MemoryPart):
    """Reading what is to be told of colleagues."""

    def __init__(self, memory: Memory, agents: MemoryAgents, tickets: MemoryTickets) -> None:
        super().__init__(memory)
        self._agents, self._tickets = agents, tickets

    def due(self, now: datetime, limit: int) -> list[int]:
        """Return tickets with news that is to be looked at, those that wait longest first."""
        rows = sorted((row.next_at, row.id, row.news.ticket) for row in self._now.news if row.next_at <= now)
        return list(dict.fromkeys(number for _, _, number in rows[:limit]))

    def pending(self, numbers: Sequence[int], now: datetime) -> list[Pending]:
        """Return the news of these tickets, and how every enabled agent stands to it."""
        made = []
        for number in sorted(numbers):
            rows = [row for row in self._now.news if row.news.ticket == number]
            ticket = self._tickets.get(number)
            if rows and ticket is not None:
                waiting = tuple(Waiting(row.id, row.at, row.news) for row in rows)
                people = self._agents.enabled()
                standings = (
                    Standing(
                        agent,
                        self._shown(number, agent.address.lower(), now),
                        *self._now.marks.get((number, agent.id), (None, None)),
                    )
                    for agent in people
                )
                made.append(Pending(ticket, waiting, tuple(standings)))
        return made

    def _shown(self, ticket: int, key: str, now: datetime) -> datetime | None:
        """Return when a mail last showed an agent a ticket as work."""
        times = [
            mail.created_at
            for mail in self._now.outbox
            if mail.ticket == ticket and mail.key == key and mail.state != "cancelled"
            and mail.kind in (MailKind.NOTICE.value, MailKind.ALERT.value)
            and mail.dedupe.startswith(SHOWING) and mail.created_at > now - REMEMBERED
        ]  # fmt: skip
        return max(times, default=None)


def write(state: State, effect: ColleagueNews, now: datetime) -> None:
    """Write down what happened."""
    state.news.add(lambda number: StoredNews(number, now, effect, now))


def mark(state: State, effect: MarkColleagues) -> None:
    """Note what agents were told."""
    for number in effect.news:
        if state.news.get(number) is None:
            continue
        if effect.again is None:
            state.news.remove(number)
        else:
            state.news.change(number, next_at=effect.again)
    for marked in effect.marks:
        place = (effect.ticket, marked.agent)
        before = state.marks.get(place, (marked.known_at, None))[1]
        state.marks[place] = (marked.known_at, marked.told_at or before)
