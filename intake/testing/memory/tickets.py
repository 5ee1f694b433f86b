"""Tickets and lists of them, in memory."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from intake.desk.effects import MailKind
from intake.desk.facts import ASKED_LATELY, MOST_WRITTEN_TO, AskedPartner, Collision, Draft, TicketMatch
from intake.desk.guard.policy import seen_in, unmarked
from intake.desk.message import Address, Message
from intake.desk.text.words import asked
from intake.desk.ticket import Agent, EntryKind, Status, Ticket
from intake.desk.tokens import Purpose, Token
from intake.desk.undo import Relayed
from intake.desk.unsent import WaitingDraft
from intake.store.answers_given import UNKNOWN
from intake.store.listing import ALL
from intake.store.partners import Question, question_of, questions_of, with_others
from intake.store.schema.tables import THREAD
from intake.store.search import cut
from intake.testing.memory.drafts import before, replaced, unsent, waiting_long
from intake.testing.memory.files import MemoryFiles
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
        state, agents, row = self._now, self._agents.by_id(), self._now.tickets.get(number)
        if row is None:
            return None
        people = {key: address for (there, key), address in state.participants.items() if there == number}
        refs = [ref for ref in state.refs if ref.ticket == number and ref.public]
        ids = (ref.message_id for ref in refs if ref.direction != THREAD)
        threads = [ref.message_id for ref in refs if ref.direction == THREAD]
        promises = (
            owed.target for owed in state.promises if owed.ticket == number and owed.target.state.open
        )
        return replace(
            row.ticket,
            assignee=agents.get(row.assignee) if row.assignee else None,
            watchers=tuple(agents[agent] for ticket, agent in sorted(state.watchers) if ticket == number),
            participants=tuple(people[key] for key in sorted(people)),
            message_ids=tuple(dict.fromkeys(ids)),
            thread_index=threads[-1] if threads else "",
            promises=tuple(promises),
        )

    def match(self, number: int | None) -> TicketMatch | None:
        """Return a ticket, its assignee or those who answered, its watchers and its team, if enabled."""
        named = self.get(number) if number is not None else None
        if named is None:
            return None
        ticket, agents = self.end(named), self._agents.by_id()
        answered = {
            entry.agent for entry in self._of(ticket.id)
            if entry.agent is not None and entry.kind in _ANSWERS
        }  # fmt: skip
        mine = ticket.assignee if ticket.assignee and ticket.assignee.enabled else None
        first = [mine.id] if mine else []
        watching = {agent.id for agent in ticket.watchers}

        def enabled(ids: set[int]) -> tuple[Agent, ...]:
            there = (agents[agent_id] for agent_id in dict.fromkeys([*first, *sorted(ids)]))
            return tuple(agent for agent in there if agent.enabled)

        team, all_ = tuple(self._agents.enabled(ticket.team)), watching | answered
        merged = named if named.id != ticket.id else None
        return TicketMatch(ticket, enabled(watching if mine else all_), team, merged, enabled(all_))

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
                entry.evidence,
            )
            for entry in self._of(ticket)
        ]

    def _of(self, ticket: int) -> list[StoredEntry]:
        return [entry for entry in self._now.entries if entry.ticket == ticket]

    def _files(self, entry: int) -> tuple[FileRow, ...]:
        made = {name for name, file in self._now.previews.items() if file.content}
        withheld = {name for name, row in self._now.readings.items() if row.reading.state.withheld}
        return tuple(
            FileRow(
                file.name,
                file.media_type,
                file.size,
                file.sha256,
                file.inline,
                file.sha256 in made,
                file.sha256 in withheld,
            )
            for file in self._now.files
            if file.entry == entry
        )

    def links(self, ticket: int) -> list[int]:
        """Return the tickets that were linked with this one."""
        return sorted(other for number, other in self._now.links if number == ticket)

    def merged(self, ticket: int) -> list[int]:
        """Return the tickets that were merged into this one, not those merged into them."""
        return [row.id for row in self._now.tickets if row.ticket.merged_into == ticket]

    def with_merged(self, ticket: int) -> list[int]:
        """Return a ticket and the tickets that were merged into it, however many times over, sorted."""
        there, new = {ticket}, [ticket]
        while new:
            new = [number for into in new for number in self.merged(into) if number not in there]
            there.update(new)
        return sorted(there)

    def unsent(self, agent: int | None, now: datetime) -> list[WaitingDraft]:
        """Return the drafts that wait, of one agent or all, the oldest first."""
        return unsent(self._now, agent, now)

    def draft(self, entry: int) -> Draft | None:
        """Return a draft that may be confirmed, or was; without its message."""
        row = self._now.entries.get(entry)
        if row is None or row.kind is not EntryKind.DRAFT:
            return None
        agent = self._agents.by_id().get(row.agent) if row.agent is not None else None
        first = before(self._now, row) or row
        message = self._now.messages.get(first.message)
        known = agent if agent and agent.enabled else None
        rule, guard = unmarked(message.rule if message else "")
        waiting = not (row.settled or replaced(self._now, row))
        seen = seen_in(message.rule if message else "")
        return Draft(entry, known, row.author, waiting, rule=rule, guard=guard, seen=seen)

    def asking(self, ticket: int, entry: int) -> Agent | None:
        """Return the agent who asked somebody outside a ticket by this entry."""
        row = self._now.entries.get(entry)
        return self._agents.by_id().get(row.agent) if row and row.ticket == ticket and row.agent else None

    def partner(
        self, token: Token | None, message: Message, now: datetime, by_agent: bool
    ) -> AskedPartner | None:
        """Return the question to somebody outside that a token answers; or, without a token, `by_agent`, one
        to whom an email is written."""
        if token is None and by_agent:
            return self._written_to(message, now)
        if token is None or token.purpose is not Purpose.PARTNER:
            return None
        return with_others(map(self._question, questions_of(token)), question_of(token))

    def _question(self, question: Question) -> AskedPartner | None:
        ticket, entry = question
        asked = (row for row in self._now.outbox if row.kind == MailKind.PARTNER.value)
        mine = (row for row in asked if (row.ticket, row.entry) == question)
        row, match = next(mine, None), self.match(ticket)
        if row is None or match is None or self._now.entries.get(entry) is None:
            return None
        return AskedPartner(match, entry, row.outgoing.rcpt, self.asking(ticket, entry))

    def _written_to(self, message: Message, now: datetime) -> AskedPartner | None:
        """Return the newest question to who stands in To or Cc of an agent's email."""
        places = [place.key for place in (*message.to, *message.cc) if place.key][:MOST_WRITTEN_TO]
        matches: list[AskedPartner] = []
        for row in reversed(list(self._now.outbox)):
            theirs = row.kind == MailKind.PARTNER.value and row.outgoing.rcpt.lower() in places
            match = self.match(row.ticket) if theirs and row.ticket and row.entry else None
            closed = match.ticket.closed_at if match else None
            if match and row.entry and row.ticket and (closed is None or closed > now - ASKED_LATELY):
                agent = self.asking(row.ticket, row.entry)
                matches.append(AskedPartner(match, row.entry, row.outgoing.rcpt, agent))
        among = tuple(dict.fromkeys(each.match.ticket.id for each in matches))
        return replace(matches[0], among=among) if matches and not message.automatic else None

    def question_to(self, ticket: int, address: Address) -> int | None:
        """Return the entry of the newest question that went from a ticket to an address outside it."""
        asked = [
            row for row in self._now.outbox if row.kind == MailKind.PARTNER.value and row.ticket == ticket
        ]
        mine = [row.entry for row in asked if row.entry and row.outgoing.rcpt.lower() == address.key]
        return mine[-1] if mine else None

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

    def waiting_long(self, now: datetime) -> list[tuple[int, Relayed]]:
        """Return the answers that wait for hours because nobody could confirm them, with their tickets."""
        return waiting_long(self._now, now)

    def overtaken(self, ticket: int, agent: Agent, ids: Sequence[str], now: datetime) -> Collision | None:
        """Return the newest answer of another agent since the mail to `agent` that they reply to."""
        key = agent.address.lower()
        merged = {row.ticket.id for row in self._now.tickets if row.ticket.merged_into == ticket}
        got = [mail for mail in self._now.outbox if mail.ticket in {ticket, *merged} and mail.key == key]
        theirs = [mail for mail in got if mail.ticket == ticket]
        named = [mail for mail in got if mail.outgoing.message_id in ids] or theirs
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


def _left(mail: StoredMail) -> bool:
    return mail.state != "due" or mail.doubtful > 0
