"""What agents and the clock ask of many tickets, in memory."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from intake.desk.canned_texts import ApprovedText, CannedText
from intake.desk.digest import News
from intake.desk.lookup import (
    DUE,
    FROM,
    MINE,
    MOST_LISTED,
    NEXT,
    OVERDUE,
    SEARCH,
    SNOOZED,
    SPAM_DAYS,
    SPAM_LIST,
    TEAM,
    THANKS,
    Line,
    LookupRequest,
    LookupResult,
    TicketLine,
)
from intake.desk.persons import Person
from intake.desk.sensitive.excusing import HiddenFind
from intake.desk.silence import CLOSED
from intake.desk.ticket import Agent, EntryKind, Status, Ticket
from intake.store.lookups import line_of, list_order
from intake.testing.memory import canned, knowledge, persons
from intake.testing.memory.blocking import MemoryBlocks
from intake.testing.memory.files import kept_file
from intake.testing.memory.finds import MemoryFinds
from intake.testing.memory.incidents import MemoryIncidents
from intake.testing.memory.people import MemoryAddresses, MemoryAgents
from intake.testing.memory.rows import StoredEntry
from intake.testing.memory.state import Memory, MemoryPart
from intake.testing.memory.tickets import MemoryListing, MemoryTickets

_DONE = (Status.PENDING, Status.CLOSED)


class MemoryLookups(MemoryPart):
    """What the commands of agents and the clock ask of many tickets."""

    def __init__(
        self,
        memory: Memory,
        agents: MemoryAgents,
        tickets: MemoryTickets,
        listing: MemoryListing,
        finds: MemoryFinds,
    ) -> None:
        super().__init__(memory)
        self._agents, self._tickets, self._listing, self._finds = agents, tickets, listing, finds

    def look_up(
        self, wanted: LookupRequest, agent: Agent | None, ticket: int | None, now: datetime
    ) -> LookupResult:
        """Return what is wanted for an agent (None: an admin), in a ticket (None: in none)."""
        lists = {
            name: self.tickets_for(self._whose(name, ticket), agent, now) for name in wanted.lists_in(ticket)
        }
        here = {ticket} if wanted.here and ticket else set()
        histories = {*wanted.histories, *(row.id for row in lists.get(NEXT, ())[:1]), *here}
        numbers = sorted(wanted.tickets | histories)
        tickets = {number: there for number in numbers if (there := self._tickets.get(number)) is not None}
        last = [line for line in self._lines(ticket) if line.kind is EntryKind.CUSTOMER] if ticket else []
        return LookupResult(
            agents=tuple(self._agents.enabled()),
            tickets=tickets,
            ends={number: self._tickets.end(there) for number, there in tickets.items()},
            histories={number: tuple(self._lines(number)) for number in sorted(histories & set(tickets))},
            lists=lists,
            last=last[-1] if wanted.last and last else None,
            **wanted.waiting(self._tickets.unsent(None, now) if wanted.drafts and agent else (), agent),
            persons={asked: self.person(address, now) for asked, address in self._asked(wanted, ticket)},
            canned=self.canned() if wanted.canned else (),
            written=self._written(wanted.written),
            **knowledge.looked(self._now, wanted.articles),
            finds=self._hidden(ticket) if wanted.finds and ticket else (),
            **MemoryIncidents(self._memory).looked(wanted, ticket, now),
            **MemoryBlocks(self._memory).looked(wanted, ticket, now),
        )

    def _written(self, ids: Collection[str]) -> datetime | None:
        return max(
            (mail.created_at for mail in self._now.outbox if mail.outgoing.message_id in ids), default=None
        )

    def _hidden(self, ticket: int) -> tuple[HiddenFind, ...]:
        return self._finds.hidden_in(self._tickets.with_merged(ticket))

    def _whose(self, name: str, ticket: int | None) -> str:
        """Return a list's name; that of a requester who is not named is the one of the ticket at hand."""
        at_hand = self._tickets.get(ticket) if ticket and name == FROM else None
        return f"{FROM}{at_hand.requester.mailbox}" if at_hand else name

    def _asked(self, wanted: LookupRequest, ticket: int | None) -> list[tuple[str, str]]:
        """Return the people asked for, each with their address."""
        at_hand = self._tickets.get(ticket) if ticket else None
        mine = at_hand.requester.mailbox if at_hand else ""
        return [(asked, address) for asked in sorted(wanted.persons) if (address := asked or mine)]

    def canned(self) -> tuple[CannedText, ...]:
        """Return the canned responses that the database has, by name and language."""
        return canned.current(self._now)

    def approved(self) -> tuple[ApprovedText, ...]:
        """Return the texts that may pass the guard, by name."""
        return canned.approved(self._now)

    def older_canned(self, name: str) -> tuple[CannedText, ...]:
        """Return what was replaced or deleted of a canned response, the newest first."""
        return canned.older(self._now, name)

    def person(self, address: str, now: datetime) -> Person:
        """Return what is known of the person of an address."""
        return persons.person(self._now, MemoryAddresses(self._memory), address, now)

    def _lines(self, ticket: int) -> list[Line]:
        """Return the history of a ticket with those of the tickets that were merged into it."""
        numbers = self._tickets.with_merged(ticket)
        return sorted(
            (line for each in numbers for line in self._own(each, ticket)), key=lambda line: line.id
        )

    def _own(self, ticket: int, shown: int) -> list[Line]:
        return [
            Line(
                entry.id, entry.kind, entry.author, entry.author_name, entry.text, entry.created_at,
                tuple(kept_file(file) for file in entry.files), entry.full_text,
                ticket=ticket if ticket != shown else 0,
            )
            for entry in self._tickets.entries(ticket)
        ]  # fmt: skip

    def tickets_for(self, name: str, agent: Agent | None, now: datetime) -> tuple[TicketLine, ...]:
        """Return a list by its name (`intake.desk.lookup`): what is due first comes first."""
        if name.startswith(SEARCH):
            text = name.removeprefix(SEARCH)
            digits = text.strip().lstrip("#")
            named = [int(digits)] if digits.isdecimal() and len(digits) < 10 else []
            numbers = dict.fromkeys([*named, *self._listing.search(text, MOST_LISTED)])
            matches = (self._tickets.get(number) for number in numbers)
            return tuple(line_of(ticket) for ticket in matches if ticket is not None)[:MOST_LISTED]
        if name.startswith(FROM):
            return tuple(map(line_of, self._from(name.removeprefix(FROM).lower())))[:MOST_LISTED]
        if name == SPAM_LIST:
            return tuple(line_of(ticket) for ticket in self._spam(agent, now - SPAM_DAYS))[:MOST_LISTED]
        theirs = _LISTS.get(name, _next)
        tickets = [
            ticket
            for row in self._now.tickets
            if (ticket := self._tickets.get(row.id)) is not None
            and ticket.status is not Status.CLOSED
            and ticket.merged_into is None
            and theirs(ticket, agent, now)
        ]

        def order(ticket: Ticket) -> Any:
            others = agent is not None and (ticket.assignee is None or ticket.assignee.id != agent.id)
            until = ticket.snoozed_until
            return list_order(
                name,
                others,
                until if until is not None and until > now else None,
                ticket.priority,
                min(ticket.dues, default=None),
                ticket.waiting_since or ticket.updated_at,
                ticket.id,
            )

        return tuple(line_of(ticket) for ticket in sorted(tickets, key=order)[:MOST_LISTED])

    def _from(self, key: str) -> list[Ticket]:
        """Return the tickets of a requester: open ones first, the newest of them before the others."""
        newest = (self._tickets.get(row.id) for row in self._now.tickets.newest())
        theirs = [ticket for ticket in newest if ticket and ticket.requester.mailbox.lower() == key]
        return sorted(theirs, key=lambda ticket: ticket.status is Status.CLOSED)

    def news(self, agent: Agent, since: datetime) -> list[News]:
        """Return the tickets, the agent's or nobody's in their teams, in which somebody wrote since."""
        lines = []
        for row in self._now.tickets:
            ticket = self._tickets.get(row.id)
            if (
                ticket is None
                or ticket.status is Status.CLOSED
                or not (_mine(ticket, agent) or _nobodys(ticket, agent))
            ):
                continue
            entries = self._tickets.entries(row.id)
            new = [e for e in entries if e.kind is EntryKind.CUSTOMER and e.created_at > since]
            if new:
                lines.append(News(line_of(ticket), len(new), new[-1].text))
        return lines

    def thanked(self, agent: Agent, since: datetime) -> list[int]:
        """Return the closed tickets, the agent's or nobody's in their teams, of those who only thanked."""
        kept = {row.id for row in self._now.messages if row.rule == THANKS}
        first_ids = []
        for row in self._now.tickets:
            ticket = self._tickets.get(row.id)
            if ticket is None or ticket.status is not Status.CLOSED:
                continue
            if _mine(ticket, agent) or _nobodys(ticket, agent):
                said = (e for e in self._now.entries if e.ticket == row.id and e.kind is EntryKind.CUSTOMER)
                first = min((e.id for e in said if e.message in kept and e.created_at > since), default=None)
                first_ids += [(first, row.id)] if first is not None else []
        return [number for _, number in sorted(first_ids)]

    def silent(self, agent: Agent, since: datetime) -> list[int]:
        """Return the tickets, the agent's or nobody's in their teams, that were closed after silence."""
        closed = (e for e in self._now.entries if e.kind is EntryKind.EVENT and e.text.startswith(CLOSED))
        numbers = dict.fromkeys(entry.ticket for entry in closed if entry.created_at > since)
        tickets = (self._tickets.get(number) for number in numbers)
        return [
            ticket.id
            for ticket in tickets
            if ticket and ticket.status is Status.CLOSED and (_mine(ticket, agent) or _nobodys(ticket, agent))
        ]

    def only_thanks(self, agent: Agent, since: datetime) -> list[News]:
        """Return an agent's answered or closed tickets in which somebody only thanked since."""
        kept = {row.id for row in self._now.messages if row.rule == THANKS}
        words: dict[int, list[StoredEntry]] = {}
        for entry in self._now.entries:
            ticket = self._tickets.get(entry.ticket)
            if ticket is None or ticket.status not in _DONE or not _mine(ticket, agent):
                continue
            if entry.kind is EntryKind.CUSTOMER and entry.message in kept and entry.created_at > since:
                words.setdefault(entry.ticket, []).append(entry)
        made = []
        for number, theirs in words.items():
            ticket = self._tickets.get(number)
            assert ticket is not None
            made.append(News(line_of(ticket), len(theirs), theirs[-1].text, theirs[0].created_at))
        return made

    def spam(self, agent: Agent | None, since: datetime) -> int:
        """Return how many tickets were taken for spam that came since, of all teams or an agent's."""
        return len(self._spam(agent, since))

    def _spam(self, agent: Agent | None, since: datetime) -> list[Ticket]:
        tickets = (self._tickets.get(row.id) for row in self._now.tickets.newest())
        return [
            ticket
            for ticket in tickets
            if ticket and ticket.spam and ticket.created_at > since and _of_teams(ticket, agent)
        ]

    def asleep(self, now: datetime, limit: int) -> list[int]:
        """Return tickets whose snooze is over, the earliest first."""
        over = ((row.ticket.snoozed_until, row.id) for row in self._now.tickets)
        return [number for _, number in sorted((at, id_) for at, id_ in over if at and at <= now)][:limit]


def _mine(ticket: Ticket, agent: Agent | None, now: datetime | None = None) -> bool:
    return agent is not None and ticket.assignee is not None and ticket.assignee.id == agent.id


def _of_teams(ticket: Ticket, agent: Agent | None, now: datetime | None = None) -> bool:
    return agent is None or not agent.teams or ticket.team in (*agent.teams, "") or _mine(ticket, agent)


def _nobodys(ticket: Ticket, agent: Agent | None) -> bool:
    return ticket.assignee is None and _of_teams(ticket, agent)


def _late(ticket: Ticket, agent: Agent | None, now: datetime) -> bool:
    return _of_teams(ticket, agent) and any(at < now for at in ticket.dues)


def _asleep(ticket: Ticket, agent: Agent | None, now: datetime) -> bool:
    return _of_teams(ticket, agent) and ticket.snoozed_until is not None and ticket.snoozed_until > now


def _promised(ticket: Ticket, agent: Agent | None, now: datetime) -> bool:
    return _of_teams(ticket, agent) and bool(ticket.dues)


def _next(ticket: Ticket, agent: Agent | None, now: datetime) -> bool:
    awake = ticket.snoozed_until is None or ticket.snoozed_until <= now
    waits = ticket.status in (Status.NEW, Status.OPEN)
    return awake and waits and (_mine(ticket, agent) or _nobodys(ticket, agent))


_LISTS: dict[str, Callable[[Ticket, Agent | None, datetime], bool]] = {
    MINE: _mine,
    TEAM: _of_teams,
    OVERDUE: _late,
    SNOOZED: _asleep,
    DUE: _promised,
}
