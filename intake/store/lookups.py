"""What the commands of agents ask for: lists, histories, other tickets."""

from collections import defaultdict
from datetime import datetime
from typing import Any, TypeVar

from peewee import SQL, fn

from intake.desk.canned_texts import ApprovedText, CannedText
from intake.desk.digest import News
from intake.desk.kept_files import KeptFile
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
    TODO,
    Line,
    LookupRequest,
    LookupResult,
    TicketLine,
)
from intake.desk.persons import Person
from intake.desk.silence import CLOSED
from intake.desk.ticket import Agent, EntryKind, Status, Ticket, urgency
from intake.store import canned, knowledge, persons
from intake.store.address_state import AddressStates
from intake.store.agents import SqlAgents
from intake.store.answers_given import written_at
from intake.store.base import StorePart
from intake.store.blobs import Blobs
from intake.store.blocking import SqlBlocks
from intake.store.connection import Connection
from intake.store.finds import SqlFinds
from intake.store.incidents import SqlIncidents
from intake.store.kept_files import by_entry
from intake.store.merged import with_merged
from intake.store.reads import count_asked
from intake.store.schema import tables
from intake.store.schema.tables import Entry
from intake.store.search import SearchIndex
from intake.store.tickets import SqlTickets

# So many open tickets are sorted for one list, in about 50 ms.
MOST_OPEN = 10_000
_OPEN = tuple(status.value for status in Status if status is not Status.CLOSED)
_WAITS = (Status.NEW.value, Status.OPEN.value)
_DONE = (Status.PENDING.value, Status.CLOSED.value)


class SqlLookups(StorePart):
    """Answering what `intake.desk.lookup` can ask."""

    def __init__(
        self,
        db: Connection,
        blobs: Blobs,
        agents: SqlAgents,
        tickets: SqlTickets,
        index: SearchIndex,
        finds: SqlFinds,
    ) -> None:
        super().__init__(db, blobs)
        self._agents, self._tickets, self._index, self._finds = agents, tickets, index, finds
        self._blocks = SqlBlocks(db, blobs)

    def look_up(
        self, wanted: LookupRequest, agent: Agent | None, ticket: int | None, now: datetime
    ) -> LookupResult:
        """Return what is wanted for an agent (None: an admin), in a ticket (None: in none)."""
        lists = {
            name: self.tickets_for(self._whose(name, ticket), agent, now) for name in wanted.lists_in(ticket)
        }
        first = [row.id for row in lists.get(NEXT, ())[:1]]
        here = [ticket] if wanted.here and ticket else []
        count_asked(self.db, wanted, agent, here, now)
        histories = {*wanted.histories, *first, *here}
        tickets = {
            number: snapshot
            for number in sorted(wanted.tickets | histories)
            if (snapshot := self._tickets.get(number)) is not None
        }
        whom = {key: key or self._requester(ticket) for key in wanted.concerned}
        return LookupResult(
            agents=tuple(self._agents.enabled()),
            tickets=tickets,
            ends={number: self._tickets.end(snapshot) for number, snapshot in tickets.items()},
            histories={number: self._history(number) for number in sorted(histories & set(tickets))},
            lists=lists,
            last=self._last(ticket) if wanted.last and ticket else None,
            **wanted.waiting(self._tickets.unsent(None, now) if wanted.drafts and agent else (), agent),
            persons={asked: self.person(address, now) for asked, address in self._asked(wanted, ticket)},
            canned=self.canned() if wanted.canned else (),
            blocks=self._blocks.listed() if wanted.blocks else (),
            concerned={key: self._blocks.concerned(who) for key, who in whom.items()},
            written=written_at(self.db, wanted.written) if wanted.written else None,
            finds=self._finds.hidden_in(with_merged(self.db, ticket)) if wanted.finds and ticket else (),
            **SqlIncidents(self.db, self.blobs).looked(wanted, ticket, now),
            **knowledge.looked(self.db, wanted.articles),
            unproven=frozenset(key for key, who in whom.items() if self._blocks.unproven(who, ticket, now)),
        )

    def _whose(self, name: str, ticket: int | None) -> str:
        """Return a list's name; that of a requester who is not named is the one of the ticket at hand."""
        at_hand = self._tickets.get(ticket) if ticket and name == FROM else None
        return f"{FROM}{at_hand.requester.mailbox}" if at_hand else name

    def _asked(self, wanted: LookupRequest, ticket: int | None) -> list[tuple[str, str]]:
        """Return the people asked for, each with their address."""
        at_hand = self._tickets.get(ticket) if ticket and "" in wanted.persons else None
        mine = at_hand.requester.mailbox if at_hand else ""
        return [(asked, address) for asked in sorted(wanted.persons) if (address := asked or mine)]

    def canned(self) -> tuple[CannedText, ...]:
        """Return the canned responses that the database has, by name and language."""
        return canned.current(self.db)

    def approved(self) -> tuple[ApprovedText, ...]:
        """Return the texts that may pass the guard, by name."""
        return canned.approved(self.db)

    def older_canned(self, name: str) -> tuple[CannedText, ...]:
        """Return what was replaced or deleted of a canned response, the newest first."""
        return canned.older(self.db, name)

    def person(self, address: str, now: datetime) -> Person:
        """Return what is known of the person of an address."""
        return persons.person(self.db, AddressStates(self.db, self.blobs), address, now)

    def tickets_for(self, name: str, agent: Agent | None, now: datetime) -> tuple[TicketLine, ...]:
        """Return a list by its name (`intake.desk.lookup`): what is due first comes first."""
        return tuple(line_of(ticket) for ticket in self._tickets.several(self._numbers(name, agent, now)))

    def _numbers(self, name: str, agent: Agent | None, now: datetime) -> list[int]:
        model = tables.Ticket
        if name.startswith(SEARCH):
            words = name.removeprefix(SEARCH)
            digits = words.strip().lstrip("#")
            named = [int(digits)] if digits.isdecimal() and len(digits) < 10 else []
            hits = [*named, *self._index.search(words, MOST_LISTED)]
            return list(dict.fromkeys(hits))[:MOST_LISTED]
        if name.startswith(FROM):
            theirs = fn.LOWER(model.requester) == fn.LOWER(name.removeprefix(FROM))
            order = (model.status == Status.CLOSED.value, model.id.desc())
            query = model.select(model.id).where(theirs).order_by(*order).limit(MOST_LISTED).tuples()
        elif name == SPAM_LIST:
            query = self._spam(agent, now - SPAM_DAYS).order_by(model.id.desc()).limit(MOST_LISTED)
        else:
            return self._open(name, agent, now)
        return [number for (number,) in self.db.rows(query)]

    def _open(self, name: str, agent: Agent | None, now: datetime) -> list[int]:
        """Return the first of the open tickets of a list, in its order."""
        model = tables.Ticket
        asleep = model.snoozed_until > now
        mine = model.assignee == (agent.id if agent else 0)
        dues = (model.first_response_due, model.next_response_due, model.resolution_due)
        wanted = {
            MINE: mine,
            TEAM: self._of_teams(agent),
            OVERDUE: self._of_teams(agent) & self._late(now),
            SNOOZED: self._of_teams(agent) & asleep,
            DUE: self._of_teams(agent) & ~(dues[0].is_null() & dues[1].is_null() & dues[2].is_null()),
        }
        waits = (model.snoozed_until.is_null() | ~asleep) & model.status.in_(_WAITS)
        where = wanted.get(name, waits & (mine | (model.assignee.is_null() & self._of_teams(agent))))
        # Moments as they are stored: to make them of 10,000 rows would take as long as all the rest.
        moments = (model.snoozed_until, model.waiting_since, model.updated_at, *dues)
        columns = (model.id, model.assignee, model.priority, *(column.cast("BIGINT") for column in moments))
        at = model.updated_at.db_value(now)

        def order(row: Any) -> Any:
            number, assignee, priority, snoozed, waiting, updated, *times = row
            others = agent is not None and assignee != agent.id
            return list_order(
                name,
                others,
                snoozed if snoozed is not None and snoozed > at else None,
                priority,
                min((due for due in times if due), default=None),
                waiting or updated,
                number,
            )

        # Which is due first is a matter of many columns, so that open tickets are sorted here. Without the
        # sum the order would have every ticket read that there is.
        rows = self.db.rows(
            model.select(*columns)
            .where(model.status.in_(_OPEN) & model.merged_into.is_null() & where)
            .order_by(model.id + 0)
            .limit(MOST_OPEN)
            .tuples()
        )
        return [number for number, *_ in sorted(rows, key=order)[:MOST_LISTED]]

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
            for ticket in self._tickets.several(sorted(counts))
        ]

    def thanked(self, agent: Agent, since: datetime) -> list[int]:
        """Return the closed tickets, the agent's or nobody's in their teams, in which somebody only thanked
        since (aware); the earliest first."""
        model = tables.Ticket
        theirs = (model.assignee == agent.id) | (model.assignee.is_null() & self._of_teams(agent))
        query = (
            Entry.select(Entry.ticket)
            .join(model, on=(Entry.ticket == model.id))
            .join(tables.Message, on=(Entry.message == tables.Message.id))
            .where(
                (Entry.created_at > since)
                & (Entry.kind == EntryKind.CUSTOMER.value)
                & (tables.Message.rule == THANKS)
                & (model.status == Status.CLOSED.value)
                & theirs
            )
            .order_by(Entry.id)
        )
        return list(dict.fromkeys(number for (number,) in self.db.rows(query.tuples())))

    def silent(self, agent: Agent, since: datetime) -> list[int]:
        """Return the tickets, the agent's or nobody's in their teams, that were closed since (aware) because
        nothing was heard; the earliest first."""
        model = tables.Ticket
        theirs = (model.assignee == agent.id) | (model.assignee.is_null() & self._of_teams(agent))
        closed = (Entry.kind == EntryKind.EVENT.value) & Entry.text.startswith(CLOSED)
        query = (
            Entry.select(Entry.ticket)
            .join(model, on=(Entry.ticket == model.id))
            .where((Entry.created_at > since) & closed & (model.status == Status.CLOSED.value) & theirs)
            .order_by(Entry.id)
        )
        return list(dict.fromkeys(number for (number,) in self.db.rows(query.tuples())))

    def only_thanks(self, agent: Agent, since: datetime) -> list[News]:
        """Return an agent's answered or closed tickets in which somebody only thanked since (aware); the
        earliest first, with the newest of such words."""
        model = tables.Ticket
        query = (
            Entry.select(Entry.ticket, Entry.created_at, Entry.text)
            .join(model, on=(Entry.ticket == model.id))
            .join(tables.Message, on=(Entry.message == tables.Message.id))
            .where(
                (model.assignee == agent.id)
                & model.status.in_(_DONE)
                & (Entry.created_at > since)
                & (Entry.kind == EntryKind.CUSTOMER.value)
                & (tables.Message.rule == THANKS)
            )
            .order_by(Entry.id)
        )
        words: dict[int, list[tuple[datetime, str]]] = defaultdict(list)
        for ticket, at, text in self.db.rows(query.tuples()):
            words[ticket].append((at, text))
        tickets = {ticket.id: ticket for ticket in self._tickets.several(list(words))}
        return [
            News(line_of(tickets[number]), len(theirs), theirs[-1][1], theirs[0][0])
            for number, theirs in words.items()
        ]

    def spam(self, agent: Agent | None, since: datetime) -> int:
        """Return how many tickets were taken for spam that came since, of all teams or an agent's."""
        return len(self.db.rows(self._spam(agent, since)))

    def _spam(self, agent: Agent | None, since: datetime) -> Any:
        model = tables.Ticket
        # As SQL, so that SQLite sees that its partial index holds them.
        where = SQL('"spam"') & (model.created_at > since)
        if agent is not None and agent.teams:
            # As values of no index: it took those of teams, and read every ticket that these ever had.
            team, assignee = fn.COALESCE(model.team, ""), fn.COALESCE(model.assignee, 0)
            where &= team.in_([*agent.teams, ""]) | (assignee == agent.id)
        return model.select(model.id).where(where).tuples()

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
        return self._lines(Entry.ticket.in_(with_merged(self.db, ticket)), ticket)

    def _last(self, ticket: int) -> Line | None:
        """Return the newest entry of the requester's side."""
        where = (Entry.ticket == ticket) & (Entry.kind == EntryKind.CUSTOMER.value)
        query = Entry.select(fn.MAX(Entry.id)).where(where)
        (newest,) = self.db.first(query.tuples())
        return self._lines(Entry.id == newest)[0] if newest else None

    def _lines(self, where: Any, ticket: int | None = None) -> tuple[Line, ...]:
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
                ticket=0 if ticket in (None, row.ticket) else row.ticket,
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


# An aware datetime, or what one is stored as.
_Moment = TypeVar("_Moment", datetime, int)


def list_order(
    name: str,
    others: bool,
    sleeps: _Moment | None,
    priority: str,
    due: _Moment | None,
    waits: _Moment,
    number: int,
) -> tuple[Any, ...]:
    """Return what a list is sorted by: its agent's own tickets first, or by what comes first.

    `others`: it is not the agent's; `sleeps` until then; `waits` since then. Moments are aware, or all
    of them microseconds.
    """
    when = (due is None, due or 0)
    if name == SNOOZED:
        return sleeps is None, sleeps or 0, number
    if name in (TODO, DUE):
        return sleeps is not None, when, -urgency(priority), waits, number
    return others, sleeps is not None, -urgency(priority), when, waits, number


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
        ticket.mailbox,
    )
