"""Tickets, lists of them and what is asked of them, in memory."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from intake.desk.digest import News
from intake.desk.facts import Collision, Draft, TicketMatch
from intake.desk.lookup import (
    MINE,
    NEXT,
    OVERDUE,
    SEARCH,
    TEAM,
    Line,
    LookupRequest,
    LookupResult,
    TicketLine,
)
from intake.desk.text.words import asked
from intake.desk.ticket import Agent, EntryKind, Status, Ticket, urgency
from intake.desk.undo import Relayed
from intake.store.listing import ALL
from intake.store.lookups import MOST, line_of
from intake.store.overtaking import UNKNOWN
from intake.store.search import cut
from intake.testing.memory.people import MemoryAgents
from intake.testing.memory.rows import StoredEntry, StoredMail
from intake.testing.memory.state import Memory, MemoryPart
from intake.views import EntryRow, FileRow, TicketFilter, TicketRow

_ANSWERS = (EntryKind.REPLY, EntryKind.NOTE)


class MemoryTickets(MemoryPart):
    """Single tickets and what hangs on them."""

    def __init__(self, memory: Memory, agents: MemoryAgents) -> None:
        super().__init__(memory)
        self._agents = agents

    def get(self, number: int) -> Ticket | None:
        """Return a ticket's snapshot, or None when there is no such number."""
        state, row = self._now, self._now.tickets.get(number)
        if row is None:
            return None
        people = {key: one for (ticket, key), one in state.participants.items() if ticket == number}
        ids = (one.message_id for one in state.refs if one.ticket == number and one.public)
        promises = (one.target for one in state.promises if one.ticket == number and one.target.state.open)
        return replace(
            row.ticket,
            assignee=self._agents.by_id().get(row.assignee) if row.assignee else None,
            participants=tuple(people[key] for key in sorted(people)),
            message_ids=tuple(dict.fromkeys(ids)),
            promises=tuple(promises),
        )

    def match(self, number: int | None) -> TicketMatch | None:
        """Return a ticket with its assignee, those who answered in it and its team, as far as enabled."""
        named = self.get(number) if number is not None else None
        if named is None:
            return None
        ticket, agents = self.end(named), self._agents.by_id()
        answered = {
            one.agent
            for one in self._of(ticket.id)
            if one.agent is not None and one.kind in _ANSWERS
        }  # fmt: skip
        first = [ticket.assignee.id] if ticket.assignee else []
        involved = (agents[one] for one in dict.fromkeys((*first, *sorted(answered))))
        team = tuple(self._agents.enabled(ticket.team))
        merged = named if named.id != ticket.id else None
        return TicketMatch(ticket, tuple(one for one in involved if one.enabled), team, merged)

    def end(self, ticket: Ticket) -> Ticket:
        """Return the ticket that gets this one's mail."""
        seen = {ticket.id}
        while ticket.merged_into is not None and ticket.merged_into not in seen:
            seen.add(ticket.merged_into)
            other = self.get(ticket.merged_into)
            if other is None:
                break
            ticket = other
        return ticket

    def entries(self, ticket: int) -> list[EntryRow]:
        """Return a ticket's history, oldest first."""
        held = {
            one.entry
            for one in self._now.outbox
            if one.ticket == ticket and one.state == "due" and not one.attempts
            and one.not_before > one.created_at
        }  # fmt: skip
        return [
            EntryRow(
                one.id,
                one.kind,
                one.author,
                one.author_name,
                one.text,
                one.full_text,
                one.created_at,
                one.message,
                self._files(one.id),
                one.id in held,
                one.kind is EntryKind.DRAFT and not one.settled,
            )
            for one in self._of(ticket)
        ]

    def _of(self, ticket: int) -> list[StoredEntry]:
        return [one for one in self._now.entries if one.ticket == ticket]

    def _files(self, entry: int) -> tuple[FileRow, ...]:
        made = {name for name, one in self._now.previews.items() if one.content}
        return tuple(
            FileRow(one.name, one.media_type, one.size, one.sha256, one.inline, one.sha256 in made)
            for one in self._now.files
            if one.entry == entry
        )

    def file(self, sha256: str) -> bytes | None:
        """Return the bytes of a file by their sha256."""
        return self._now.blobs.get(sha256)

    def links(self, ticket: int) -> list[int]:
        """Return the tickets that were linked with this one."""
        return sorted(other for one, other in self._now.links if one == ticket)

    def merged(self, ticket: int) -> list[int]:
        """Return the tickets that were merged into this one, not those merged into them."""
        return [one.id for one in self._now.tickets if one.ticket.merged_into == ticket]

    def drafts_waiting(self, since: datetime) -> dict[int, int]:
        """Return how many unconfirmed drafts made since then (aware), by ticket, the oldest first."""
        found: dict[int, int] = {}
        for one in self._now.entries:
            if one.kind is EntryKind.DRAFT and one.created_at > since and not one.settled:
                found[one.ticket] = found.get(one.ticket, 0) + 1
        return found

    def draft(self, entry: int) -> Draft | None:
        """Return a draft that may be confirmed, or was; without its message."""
        row = self._now.entries.get(entry)
        if row is None or row.kind is not EntryKind.DRAFT:
            return None
        agent = self._agents.by_id().get(row.agent) if row.agent is not None else None
        message = self._now.messages.get(row.message)
        known = agent if agent and agent.enabled else None
        return Draft(entry, known, row.author, not row.settled, rule=message.rule if message else "")

    def relayed(self, ticket: int, agent: int | None = None) -> Relayed | None:
        """Return the newest answer in a ticket that can still be withdrawn (of one agent, if named)."""
        answers = [one for one in self._of(ticket) if one.kind is EntryKind.REPLY]
        answers = [one for one in answers if agent is None or one.agent == agent]
        if not answers:
            return None
        newest = answers[-1]
        mails = [one for one in self._now.outbox if one.ticket == ticket and one.entry == newest.id]
        if not mails or any(_left(one) for one in mails):
            return None
        return Relayed(newest.id, tuple(one.id for one in mails), newest.agent, newest.text)

    def overtaken(self, ticket: int, agent: Agent, ids: Sequence[str], now: datetime) -> Collision | None:
        """Return the newest answer of another agent since the mail to `agent` that they reply to."""
        key = agent.address.lower()
        theirs = [one for one in self._now.outbox if one.ticket == ticket and one.key == key]
        named = [one for one in theirs if one.outgoing.message_id in ids] or theirs
        since = named[-1].created_at if named else now - UNKNOWN
        for one in self._now.entries.newest():
            other = one.ticket == ticket and one.kind is EntryKind.REPLY and one.agent not in (None, agent.id)
            if other and one.agent is not None and one.created_at > since:
                return Collision(self._agents.by_id()[one.agent], one.created_at, one.text)
        return None


class MemoryListing(MemoryPart):
    """Lists of tickets, newest first; and searching them, word by word."""

    def __init__(self, memory: Memory, tickets: MemoryTickets) -> None:
        super().__init__(memory)
        self._tickets = tickets

    def list_tickets(
        self, status: str | None = None, team: str | None = None, assignee: str | None = None, limit: int = 50
    ) -> list[TicketRow]:
        """Return tickets; `assignee` is an agent's address, "" for tickets of nobody."""
        statuses = () if status is None else (status,)
        return self.find_tickets(TicketFilter(statuses, team, assignee), limit)

    def find_tickets(self, wanted: TicketFilter, limit: int = 50) -> list[TicketRow]:
        """Return the newest tickets that fit everything `wanted`."""
        hits = set(self.search(wanted.search, len(self._now.tickets))) if wanted.search else None
        numbers = (one.id for one in self._now.tickets.newest() if hits is None or one.id in hits)
        found = (self._tickets.get(one) for one in numbers)
        return [_shown(one) for one in found if one is not None and _fits(one, wanted)][:limit]

    def search(self, text: str, limit: int = 50) -> list[int]:
        """Return the newest tickets that hold all that is asked for (`words.asked`)."""
        phrases = asked(text)
        if not phrases:
            return []
        found = []
        for row in self._now.tickets.newest():
            said = f" {cut(self._texts(row.id))} "
            if all(f" {' '.join(phrase)}{'' if begins else ' '}" in said for phrase, begins in phrases):
                found.append(row.id)
        return found[:limit]

    def _texts(self, number: int) -> Iterable[str]:
        ticket = self._tickets.get(number)
        if ticket is not None:
            yield from (ticket.subject, ticket.requester.name, ticket.requester.mailbox)
        for one in self._tickets.entries(number):
            if one.kind is not EntryKind.EVENT:
                yield from (one.text, *(file.name for file in one.files))


class MemoryLookups(MemoryPart):
    """What the commands of agents and the clock ask of many tickets."""

    def __init__(
        self, memory: Memory, agents: MemoryAgents, tickets: MemoryTickets, listing: MemoryListing
    ) -> None:
        super().__init__(memory)
        self._agents, self._tickets, self._listing = agents, tickets, listing

    def look_up(
        self, wanted: LookupRequest, agent: Agent | None, ticket: int | None, now: datetime
    ) -> LookupResult:
        """Return what is wanted for an agent (None: an admin), in a ticket (None: in none)."""
        lists = {name: self.tickets_for(name, agent, now) for name in sorted(wanted.lists)}
        histories = {*wanted.histories, *(row.id for row in lists.get(NEXT, ())[:1])}
        numbers = sorted(wanted.tickets | histories)
        tickets = {one: found for one in numbers if (found := self._tickets.get(one)) is not None}
        last = [one for one in self._lines(ticket) if one.kind is EntryKind.CUSTOMER] if ticket else []
        return LookupResult(
            agents=tuple(self._agents.enabled()),
            tickets=tickets,
            ends={number: self._tickets.end(one) for number, one in tickets.items()},
            histories={one: tuple(self._lines(one)) for one in sorted(histories & set(tickets))},
            lists=lists,
            last=last[-1] if wanted.last and last else None,
        )

    def _lines(self, ticket: int) -> list[Line]:
        return [
            Line(
                one.id, one.kind, one.author, one.author_name, one.text, one.created_at,
                tuple(file.name for file in one.files),
            )
            for one in self._tickets.entries(ticket)
        ]  # fmt: skip

    def tickets_for(self, name: str, agent: Agent | None, now: datetime) -> tuple[TicketLine, ...]:
        """Return a list by its name (`intake.desk.lookup`): what is due first comes first."""
        if name.startswith(SEARCH):
            text = name.removeprefix(SEARCH)
            number = text.strip().lstrip("#")
            named = [int(number)] if number.isdecimal() and len(number) < 10 else []
            numbers = [*named, *self._listing.search(text, MOST)]
            found = (self._tickets.get(one) for one in numbers)
            return tuple(line_of(one) for one in found if one is not None)[:MOST]
        theirs = _LISTS.get(name, _next)
        rows = [
            one
            for row in self._now.tickets
            if (one := self._tickets.get(row.id)) is not None
            and one.status is not Status.CLOSED
            and one.merged_into is None
            and theirs(one, agent, now)
        ]
        never = datetime.max.replace(tzinfo=UTC)

        def order(one: Ticket) -> tuple[bool, bool, int, datetime, datetime, int]:
            others = agent is not None and (one.assignee is None or one.assignee.id != agent.id)
            sleeps = one.snoozed_until is not None and one.snoozed_until > now
            due = min(_dues(one), default=never)
            return (
                others, sleeps, -urgency(one.priority), due, one.waiting_since or one.updated_at, one.id
            )  # fmt: skip

        return tuple(line_of(one) for one in sorted(rows, key=order)[:MOST])

    def news(self, agent: Agent, since: datetime) -> list[News]:
        """Return the tickets, the agent's or nobody's in their teams, in which somebody wrote since."""
        found = []
        for row in self._now.tickets:
            one = self._tickets.get(row.id)
            if one is None or one.status is Status.CLOSED or not (_mine(one, agent) or _nobodys(one, agent)):
                continue
            entries = self._tickets.entries(row.id)
            new = [e for e in entries if e.kind is EntryKind.CUSTOMER and e.created_at > since]
            if new:
                found.append(News(line_of(one), len(new), new[-1].text))
        return found

    def asleep(self, now: datetime, limit: int) -> list[int]:
        """Return tickets whose snooze is over, the earliest first."""
        over = ((one.ticket.snoozed_until, one.id) for one in self._now.tickets)
        return [number for _, number in sorted((at, one) for at, one in over if at and at <= now)][:limit]


def _dues(one: Ticket) -> list[datetime]:
    return [at for at in (one.first_response_due, one.next_response_due, one.resolution_due) if at]


def _shown(one: Ticket) -> TicketRow:
    return TicketRow(
        one.id,
        one.subject,
        one.status,
        one.requester.mailbox,
        one.team,
        one.assignee.address if one.assignee else "",
        one.language,
        one.priority,
        one.created_at,
        one.updated_at,
        one.related,
        one.category,
        one.tags,
        min(_dues(one), default=None),
    )


def _fits(one: Ticket, wanted: TicketFilter) -> bool:
    assignee = one.assignee.address.lower() if one.assignee else ""
    late = wanted.overdue is not None and any(at < wanted.overdue for at in _dues(one))
    return (
        one.status.value in (wanted.statuses or ALL)
        and (wanted.team is None or one.team == wanted.team)
        and (wanted.assignee is None or assignee == wanted.assignee.strip().lower())
        and (not wanted.tag or wanted.tag in one.tags)
        and (not wanted.priority or one.priority == wanted.priority)
        and (wanted.category is None or one.category == wanted.category)
        and (not wanted.requester or one.requester.mailbox.lower() == wanted.requester.lower())
        and (wanted.since is None or one.created_at >= wanted.since)
        and (wanted.until is None or one.created_at < wanted.until)
        and (wanted.overdue is None or (late and one.status is not Status.CLOSED))
    )


def _mine(one: Ticket, agent: Agent | None, now: datetime | None = None) -> bool:
    return agent is not None and one.assignee is not None and one.assignee.id == agent.id


def _of_teams(one: Ticket, agent: Agent | None, now: datetime | None = None) -> bool:
    return agent is None or not agent.teams or one.team in (*agent.teams, "") or _mine(one, agent)


def _nobodys(one: Ticket, agent: Agent | None) -> bool:
    return one.assignee is None and _of_teams(one, agent)


def _late(one: Ticket, agent: Agent | None, now: datetime) -> bool:
    return _of_teams(one, agent) and any(at < now for at in _dues(one))


def _next(one: Ticket, agent: Agent | None, now: datetime) -> bool:
    awake = one.snoozed_until is None or one.snoozed_until <= now
    waits = one.status in (Status.NEW, Status.OPEN)
    return awake and waits and (_mine(one, agent) or _nobodys(one, agent))


_LISTS: dict[str, Callable[[Ticket, Agent | None, datetime], bool]] = {
    MINE: _mine,
    TEAM: _of_teams,
    OVERDUE: _late,
}


def _left(mail: StoredMail) -> bool:
    return mail.state != "due" or mail.doubtful > 0
