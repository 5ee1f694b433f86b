"""What the commands of agents ask for: lists, histories, other tickets."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from peewee import SQL, fn

from intake.desk.digest import News
from intake.desk.kept_files import KeptFile
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
from intake.desk.ticket import Agent, EntryKind, Status, Ticket, urgency
from intake.store.agents import SqlAgents
from intake.store.base import StorePart
from intake.store.blobs import Blobs
from intake.store.blocking import SqlBlocks
from intake.store.connection import Connection
from intake.store.kept_files import by_entry
from intake.store.schema import tables
from intake.store.schema.tables import Entry
from intake.store.search import SearchIndex
from intake.store.tickets import SqlTickets

# A list in a mail is read on a telephone.
MOST = 30
# So many open tickets are sorted for one list, in about 50 ms.
MOST_OPEN = 10_000


class SqlLookups(StorePart):
    """Answering what `intake.desk.lookup` can ask."""

    def __init__(
        self, db: Connection, blobs: Blobs, agents: SqlAgents, tickets: SqlTickets, index: SearchIndex
    ) -> None:
        super().__init__(db, blobs)
        self._agents, self._tickets, self._index = agents, tickets, index
        self._blocks = SqlBlocks(db, blobs)

    def look_up(
        self, wanted: LookupRequest, agent: Agent | None, ticket: int | None, now: datetime
    ) -> LookupResult:
        """Return what is wanted for an agent (None: an admin), in a ticket (None: in none)."""
        lists = {name: self.tickets_for(name, agent, now) for name in sorted(wanted.lists)}
        first = [row.id for row in lists.get(NEXT, [])[:1]]
        here = [ticket] if wanted.here and ticket else []
        histories = {*wanted.histories, *first, *here}
        tickets = {
            number: snapshot
            for number in sorted(wanted.tickets | histories)
            if (snapshot := self._tickets.get(number)) is not None
        }
        return LookupResult(
            agents=tuple(self._agents.enabled()),
            tickets=tickets,
            ends={number: self._tickets.end(snapshot) for number, snapshot in tickets.items()},
            histories={number: self._history(number) for number in sorted(histories & set(tickets))},
            lists=lists,
            last=self._last(ticket) if wanted.last and ticket else None,
            blocks=self._blocks.listed() if wanted.blocks else (),
            concerned={
                key: self._blocks.concerned(key or self._requester(ticket)) for key in wanted.concerned
            },
        )

    def tickets_for(self, name: str, agent: Agent | None, now: datetime) -> tuple[TicketLine, ...]:
        """Return a list by its name (`intake.desk.lookup`): what is due first comes first."""
        if name.startswith(SEARCH):
            words = name.removeprefix(SEARCH)
            digits = words.strip().lstrip("#")
            named = [int(digits)] if digits.isdecimal() and len(digits) < 10 else []
            return tuple(
                line_of(ticket) for ticket in self._all([*named, *self._index.search(words, MOST)])[:MOST]
            )
        if name == SPAM_LIST:
            query = self._spam(agent, now - SPAM_DAYS).order_by(tables.Ticket.id.desc()).limit(MOST)
            return tuple(
                line_of(ticket) for ticket in self._all([number for (number,) in self.db.rows(query)])
            )
        model = tables.Ticket
        awake = model.snoozed_until.is_null() | (model.snoozed_until <= now)
        where = (model.status != Status.CLOSED.value) & model.merged_into.is_null()
        mine = model.assignee == (agent.id if agent else 0)
        if name == MINE:
            where &= mine
        elif name == TEAM:
            where &= self._of_teams(agent)
        elif name == OVERDUE:
            where &= self._of_teams(agent) & self._late(now)
        else:
            waits = model.status.in_([Status.NEW.value, Status.OPEN.value])
            where &= awake & waits & (mine | (model.assignee.is_null() & self._of_teams(agent)))
        dues = (model.first_response_due, model.next_response_due, model.resolution_due)
        columns = (
            model.id,
            model.assignee,
            model.snoozed_until,
            model.priority,
            model.waiting_since,
            model.updated_at,
        )
        never = datetime.max.replace(tzinfo=UTC)

        def order(row: Any) -> Any:
            number, assignee, snoozed, priority, waiting, updated, *times = row
            others = agent is not None and assignee != agent.id
            sleeps = snoozed is not None and snoozed > now
            due = min((at for at in times if at), default=never)
            return others, sleeps, -urgency(priority), due, waiting or updated, number

        # Which is due first is a matter of many columns, so that open tickets are sorted here.
        rows = self.db.rows(
            model.select(*columns, *dues).where(where).order_by(model.id).limit(MOST_OPEN).tuples()
        )
        first = sorted(rows, key=order)[:MOST]
        return tuple(line_of(ticket) for ticket in self._all([number for number, *_ in first]))

    def news(self, agent: Agent, since: datetime) -> list[News]:
        """Return the tickets, the agent's or their teams' unassigned ones, with a new message since."""
        model = tables.Ticket
        theirs = (model.assignee == agent.id) | (model.assignee.is_null() & self._of_teams(agent))
        written = (
            Entry.select(Entry.ticket, fn.COUNT(Entry.id), fn.MAX(Entry.id))
            .join(model, on=(Entry.ticket == model.id))
            .where(
                (Entry.created_at > since)
                & (Entry.kind == EntryKind.CUSTOMER.value)
                & (model.status != Status.CLOSED.value)
                & theirs
            )
            .group_by(Entry.ticket)
        )
        counts = {ticket: (many, last) for ticket, many, last in self.db.rows(written.tuples())}
        texts = {
            number: text
            for number, text in self.db.rows(
                Entry.select(Entry.ticket, Entry.text)
                .where(Entry.id.in_([last for _, last in counts.values()]))
                .tuples()
            )
        }
        return [
            News(line_of(ticket), counts[ticket.id][0], texts.get(ticket.id, ""))
            for ticket in self._all(sorted(counts))
        ]

    def spam(self, agent: Agent | None, since: datetime) -> int:
        """Return how many tickets were taken for spam that came since, of all teams or an agent's."""
        return len(self.db.rows(self._spam(agent, since)))

    def _spam(self, agent: Agent | None, since: datetime) -> Any:
        model = tables.Ticket
        # As SQL, so that SQLite sees that its partial index holds them.
        where = SQL('"spam"') & (model.created_at > since) & self._of_teams(agent)
        return model.select(model.id).where(where).tuples()

    def _all(self, numbers: Sequence[int]) -> list[Ticket]:
        return [ticket for number in numbers if (ticket := self._tickets.get(number)) is not None]

    def _of_teams(self, agent: Agent | None) -> Any:
        if agent is None or not agent.teams:
            return tables.Ticket.id > 0
        return tables.Ticket.team.in_([*agent.teams, ""]) | (tables.Ticket.assignee == agent.id)

    def _late(self, now: datetime) -> Any:
        model = tables.Ticket
        return (
            (model.first_response_due < now) | (model.next_response_due < now) | (model.resolution_due < now)
        )

    def _requester(self, number: int | None) -> str:
        ticket = self._tickets.get(number) if number else None
        return ticket.requester.key if ticket else ""

    def _history(self, ticket: int) -> tuple[Line, ...]:
        return self._lines(Entry.ticket == ticket)

    def _last(self, ticket: int) -> Line | None:
        """Return the newest entry of the requester's side."""
        where = (Entry.ticket == ticket) & (Entry.kind == EntryKind.CUSTOMER.value)
        query = Entry.select(fn.MAX(Entry.id)).where(where)
        (newest,) = self.db.first(query.tuples())
        return self._lines(Entry.id == newest)[0] if newest else None

    def _lines(self, where: Any) -> tuple[Line, ...]:
        files: dict[int, list[KeptFile]] = defaultdict(list)
        for entry, file in by_entry(self.db, where):
            files[entry].append(file)
        rows = self.db.rows(Entry.select().where(where).order_by(Entry.id))
        return tuple(
            Line(
                row.id,
                EntryKind(row.kind),
                row.author,
                row.author_name,
                row.text,
                row.created_at,
                tuple(files[row.id]),
                row.full_text,
            )
            for row in rows
        )

    def asleep(self, now: datetime, limit: int) -> list[int]:
        """Return tickets whose snooze is over, the earliest first."""
        model = tables.Ticket
        query = (
            model.select(model.id).where(model.snoozed_until <= now).order_by(model.snoozed_until, model.id)
        )
        return [number for (number,) in self.db.rows(query.limit(limit).tuples())]


def line_of(ticket: Ticket) -> TicketLine:
    """Return a ticket as a line of a list."""
    return TicketLine(
        ticket.id,
        ticket.subject,
        ticket.state,
        ticket.requester.mailbox,
        ticket.assignee.name if ticket.assignee else "",
        ticket.priority,
        ticket.updated_at,
        min(ticket.dues, default=None),
        ticket.snoozed_until,
    )
