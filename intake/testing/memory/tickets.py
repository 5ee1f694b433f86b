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
    SPAM_DAYS,
    SPAM_LIST,
    TEAM,
    Line,
    LookupRequest,
    LookupResult,
    TicketLine,
)
from intake.desk.text.words import asked
from intake.desk.ticket import Agent, EntryKind, Status, Ticket, urgency
from intake.desk.undo import Relayed
from intake.store.answers_given import UNKNOWN
from intake.store.listing import ALL
from intake.store.lookups import MOST, line_of
from intake.store.schema.tables import THREAD
from intake.store.search import cut
from intake.testing.memory.blocking import MemoryBlocks
from intake.testing.memory.files import MemoryFiles, kept_file
from intake.testing.memory.people import MemoryAgents
from intake.testing.memory.rows import StoredEntry, StoredMail
from intake.testing.memory.state import Memory, MemoryPart
from intake.views import EntryRow, FileRow, TicketFilter, TicketRow

_ANSWERS = (EntryKind.REPLY, EntryKind.NOTE)


class MemoryTickets(MemoryFiles):
    """Single tickets and what hangs on them."""

    def __init__(self, memory: Memory, agents: MemoryAgents) -> None:
        super().__init__(memory)
        self._agents = agents

    def get(self, number: int) -> Ticket | None:
        """Return a ticket's snapshot, or None when there is no such number."""
        state, row = self._now, self._now.tickets.get(number)
        if row is None:
            return None
        people = {key: address for (ticket, key), address in state.participants.items() if ticket == number}
        refs = [ref for ref in state.refs if ref.ticket == number and ref.public]
        ids = (ref.message_id for ref in refs if ref.direction != THREAD)
        threads = [ref.message_id for ref in refs if ref.direction == THREAD]
        promises = (
            owed.target for owed in state.promises if owed.ticket == number and owed.target.state.open
        )
        return replace(
            row.ticket,
            assignee=self._agents.by_id().get(row.assignee) if row.assignee else None,
            participants=tuple(people[key] for key in sorted(people)),
            message_ids=tuple(dict.fromkeys(ids)),
            thread_index=threads[-1] if threads else "",
            promises=tuple(promises),
        )

    def match(self, number: int | None) -> TicketMatch | None:
        """Return a ticket with its assignee, those who answered in it and its team, as far as enabled."""
        named = self.get(number) if number is not None else None
        if named is None:
            return None
        ticket, agents = self.end(named), self._agents.by_id()
        answered = {
            entry.agent for entry in self._of(ticket.id)
            if entry.agent is not None and entry.kind in _ANSWERS
        }  # fmt: skip
        first = [ticket.assignee.id] if ticket.assignee else []
        involved = (agents[agent_id] for agent_id in dict.fromkeys((*first, *sorted(answered))))
        team = tuple(self._agents.enabled(ticket.team))
        merged = named if named.id != ticket.id else None
        return TicketMatch(ticket, tuple(agent for agent in involved if agent.enabled), team, merged)

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
            mail.entry
            for mail in self._now.outbox
            if mail.ticket == ticket and mail.state == "due" and not mail.attempts
            and mail.not_before > mail.created_at
        }  # fmt: skip
        return [
            EntryRow(
                entry.id,
                entry.kind,
                entry.author,
                entry.author_name,
                entry.text,
                entry.full_text,
                entry.created_at,
                entry.message,
                self._files(entry.id),
                entry.id in held,
                entry.kind is EntryKind.DRAFT and not entry.settled,
            )
            for entry in self._of(ticket)
        ]

    def _of(self, ticket: int) -> list[StoredEntry]:
        return [entry for entry in self._now.entries if entry.ticket == ticket]

    def _files(self, entry: int) -> tuple[FileRow, ...]:
        made = {name for name, file in self._now.previews.items() if file.content}
        return tuple(
            FileRow(file.name, file.media_type, file.size, file.sha256, file.inline, file.sha256 in made)
            for file in self._now.files
            if file.entry == entry
        )

    def links(self, ticket: int) -> list[int]:
        """Return the tickets that were linked with this one."""
        return sorted(other for number, other in self._now.links if number == ticket)

    def merged(self, ticket: int) -> list[int]:
        """Return the tickets that were merged into this one, not those merged into them."""
        return [row.id for row in self._now.tickets if row.ticket.merged_into == ticket]

    def drafts_waiting(self, since: datetime) -> dict[int, int]:
        """Return how many unconfirmed drafts made since then (aware), by ticket, the oldest first."""
        counts: dict[int, int] = {}
        for entry in self._now.entries:
            if entry.kind is EntryKind.DRAFT and entry.created_at > since and not entry.settled:
                counts[entry.ticket] = counts.get(entry.ticket, 0) + 1
        return counts

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
        answers = [entry for entry in self._of(ticket) if entry.kind is EntryKind.REPLY]
        answers = [entry for entry in answers if agent is None or entry.agent == agent]
        if not answers:
            return None
        newest = answers[-1]
        mails = [mail for mail in self._now.outbox if mail.ticket == ticket and mail.entry == newest.id]
        if not mails or any(_left(mail) for mail in mails):
            return None
        return Relayed(newest.id, tuple(mail.id for mail in mails), newest.agent, newest.text)

    def overtaken(self, ticket: int, agent: Agent, ids: Sequence[str], now: datetime) -> Collision | None:
        """Return the newest answer of another agent since the mail to `agent` that they reply to."""
        key = agent.address.lower()
        theirs = [mail for mail in self._now.outbox if mail.ticket == ticket and mail.key == key]
        named = [mail for mail in theirs if mail.outgoing.message_id in ids] or theirs
        since = named[-1].created_at if named else now - UNKNOWN
        for item in self._now.entries.newest():
            other = (
                item.ticket == ticket and item.kind is EntryKind.REPLY and item.agent not in (None, agent.id)
            )
            if other and item.agent is not None and item.created_at > since:
                return Collision(self._agents.by_id()[item.agent], item.created_at, item.text)
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
        numbers = (row.id for row in self._now.tickets.newest() if hits is None or row.id in hits)
        tickets = (self._tickets.get(number) for number in numbers)
        return [_shown(ticket) for ticket in tickets if ticket is not None and _fits(ticket, wanted)][:limit]

    def search(self, text: str, limit: int = 50) -> list[int]:
        """Return the newest tickets that hold all that is asked for (`words.asked`)."""
        phrases = asked(text)
        if not phrases:
            return []
        numbers = []
        for row in self._now.tickets.newest():
            said = f" {cut(self._texts(row.id))} "
            if all(f" {' '.join(phrase)}{'' if begins else ' '}" in said for phrase, begins in phrases):
                numbers.append(row.id)
        return numbers[:limit]

    def _texts(self, number: int) -> Iterable[str]:
        ticket = self._tickets.get(number)
        if ticket is not None:
            yield from (ticket.subject, ticket.requester.name, ticket.requester.mailbox)
        for entry in self._tickets.entries(number):
            if entry.kind is not EntryKind.EVENT:
                yield from (entry.text, *(file.name for file in entry.files))


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
            **MemoryBlocks(self._memory).looked(wanted, ticket),
        )

    def _lines(self, ticket: int) -> list[Line]:
        return [
            Line(
                entry.id, entry.kind, entry.author, entry.author_name, entry.text, entry.created_at,
                tuple(kept_file(file) for file in entry.files), entry.full_text,
            )
            for entry in self._tickets.entries(ticket)
        ]  # fmt: skip

    def tickets_for(self, name: str, agent: Agent | None, now: datetime) -> tuple[TicketLine, ...]:
        """Return a list by its name (`intake.desk.lookup`): what is due first comes first."""
        if name.startswith(SEARCH):
            text = name.removeprefix(SEARCH)
            digits = text.strip().lstrip("#")
            named = [int(digits)] if digits.isdecimal() and len(digits) < 10 else []
            numbers = [*named, *self._listing.search(text, MOST)]
            matches = (self._tickets.get(number) for number in numbers)
            return tuple(line_of(ticket) for ticket in matches if ticket is not None)[:MOST]
        if name == SPAM_LIST:
            return tuple(line_of(ticket) for ticket in self._spam(agent, now - SPAM_DAYS))[:MOST]
        theirs = _LISTS.get(name, _next)
        tickets = [
            ticket
            for row in self._now.tickets
            if (ticket := self._tickets.get(row.id)) is not None
            and ticket.status is not Status.CLOSED
            and ticket.merged_into is None
            and theirs(ticket, agent, now)
        ]
        never = datetime.max.replace(tzinfo=UTC)

        def order(ticket: Ticket) -> tuple[bool, bool, int, datetime, datetime, int]:
            others = agent is not None and (ticket.assignee is None or ticket.assignee.id != agent.id)
            sleeps = ticket.snoozed_until is not None and ticket.snoozed_until > now
            due = min(ticket.dues, default=never)
            return (
                others, sleeps, -urgency(ticket.priority), due,
                ticket.waiting_since or ticket.updated_at, ticket.id,
            )  # fmt: skip

        return tuple(line_of(ticket) for ticket in sorted(tickets, key=order)[:MOST])

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


def _shown(ticket: Ticket) -> TicketRow:
    return TicketRow(
        ticket.id,
        ticket.subject,
        ticket.state,
        ticket.requester.mailbox,
        ticket.team,
        ticket.assignee.address if ticket.assignee else "",
        ticket.language,
        ticket.priority,
        ticket.created_at,
        ticket.updated_at,
        ticket.related,
        ticket.category,
        ticket.tags,
        min(ticket.dues, default=None),
    )


def _fits(ticket: Ticket, wanted: TicketFilter) -> bool:
    assignee = ticket.assignee.address.lower() if ticket.assignee else ""
    late = wanted.overdue is not None and any(at < wanted.overdue for at in ticket.dues)
    return (
        ticket.status.value in (wanted.statuses or ALL)
        and (wanted.team is None or ticket.team == wanted.team)
        and (wanted.assignee is None or assignee == wanted.assignee.strip().lower())
        and (not wanted.tag or wanted.tag in ticket.tags)
        and (not wanted.priority or ticket.priority == wanted.priority)
        and (wanted.category is None or ticket.category == wanted.category)
        and (not wanted.requester or ticket.requester.mailbox.lower() == wanted.requester.lower())
        and (wanted.since is None or ticket.created_at >= wanted.since)
        and (wanted.until is None or ticket.created_at < wanted.until)
        and wanted.spam in (None, ticket.spam)
        and (wanted.overdue is None or (late and ticket.status is not Status.CLOSED))
    )


def _mine(ticket: Ticket, agent: Agent | None, now: datetime | None = None) -> bool:
    return agent is not None and ticket.assignee is not None and ticket.assignee.id == agent.id


def _of_teams(ticket: Ticket, agent: Agent | None, now: datetime | None = None) -> bool:
    return agent is None or not agent.teams or ticket.team in (*agent.teams, "") or _mine(ticket, agent)


def _nobodys(ticket: Ticket, agent: Agent | None) -> bool:
    return ticket.assignee is None and _of_teams(ticket, agent)


def _late(ticket: Ticket, agent: Agent | None, now: datetime) -> bool:
    return _of_teams(ticket, agent) and any(at < now for at in ticket.dues)


def _next(ticket: Ticket, agent: Agent | None, now: datetime) -> bool:
    awake = ticket.snoozed_until is None or ticket.snoozed_until <= now
    waits = ticket.status in (Status.NEW, Status.OPEN)
    return awake and waits and (_mine(ticket, agent) or _nobodys(ticket, agent))


_LISTS: dict[str, Callable[[Ticket, Agent | None, datetime], bool]] = {
    MINE: _mine,
    TEAM: _of_teams,
    OVERDUE: _late,
}


def _left(mail: StoredMail) -> bool:
    return mail.state != "due" or mail.doubtful > 0
