"""Which tickets there are: filters, each answered by an index, and full-text search."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from peewee import SQL, Expression, fn

from intake.desk.ticket import SPAM, Agent, Status
from intake.ports.imports import IMPORT
from intake.store.agents import SqlAgents
from intake.store.base import StorePart
from intake.store.blobs import Blobs
from intake.store.connection import Connection
from intake.store.schema.imports import Imported
from intake.store.schema.search import TicketTag
from intake.store.schema.tables import Ticket
from intake.store.search import SearchIndex
from intake.views import TicketFilter, TicketRow

ALL = tuple(status.value for status in Status)
# Numbers go with the time of opening, but for a clock that was set: less than this, it does not matter.
SLACK = timedelta(days=1)
_DUES = (Ticket.first_response_due, Ticket.next_response_due, Ticket.resolution_due)
_SHOWN = (
    Ticket.id,
    Ticket.subject,
    Ticket.status,
    Ticket.requester,
    Ticket.team,
    Ticket.assignee,
    Ticket.language,
    Ticket.priority,
    Ticket.created_at,
    Ticket.updated_at,
    Ticket.related,
    Ticket.category,
    Ticket.tags,
    Ticket.spam,
    *_DUES,
)


class SqlListing(StorePart):
    """Lists of tickets, newest first, never without a limit."""

    def __init__(self, db: Connection, blobs: Blobs, agents: SqlAgents, index: SearchIndex) -> None:
        super().__init__(db, blobs)
        self._agents, self._index = agents, index

    def list_tickets(
        self, status: str | None = None, team: str | None = None, assignee: str | None = None, limit: int = 50
    ) -> list[TicketRow]:
        """Return tickets; `assignee` is an agent's address, "" for tickets of nobody."""
        statuses = () if status is None else (status,)
        return self.find_tickets(TicketFilter(statuses, team, assignee), limit)

    def find_tickets(self, wanted: TicketFilter, limit: int = 50) -> list[TicketRow]:
        """Return the newest tickets that fit everything `wanted`.

        Beside other filters a search looks through its newest `search.MOST` hits.
        """
        statuses = wanted.statuses or ALL
        agents = self._agents.by_id()
        query = Ticket.select(*_SHOWN)
        if wanted.assignee is not None:
            key = wanted.assignee.strip().lower()
            agent = next((agent for agent in agents.values() if agent.address.lower() == key), None)
            if wanted.assignee and agent is None:
                return []
            query = query.where(Ticket.assignee == agent.id if agent else Ticket.assignee.is_null())
        if wanted.team is not None:
            query = query.where(Ticket.team == wanted.team)
        if wanted.category is not None:
            query = query.where(Ticket.category == wanted.category)
        if wanted.priority:
            query = query.where(Ticket.priority == wanted.priority)
            if wanted.priority != "normal":
                # So that SQLite sees that its partial index holds them.
                query = query.where(Ticket.priority != SQL("'normal'"))
        if wanted.spam is not None:
            # As SQL, so that SQLite sees that its partial index holds them.
            query = query.where(SQL('"spam"') if wanted.spam else SQL('NOT "spam"'))
        low, high = self._span(wanted.since, wanted.until)
        if wanted.since is not None:
            query = query.where((Ticket.created_at >= wanted.since) & (Ticket.id >= low))
        if wanted.until is not None:
            query = query.where((Ticket.created_at < wanted.until) & (Ticket.id <= high))
        narrow = self._narrowed(query, wanted, low, high)
        if narrow is not None:
            # As an expression the status takes no index, which would be the poorer choice.
            return self._rows(narrow.where(Ticket.status.concat("").in_(statuses)).limit(limit), agents)
        rows = [
            row
            for status in statuses
            for row in self._rows(
                query.where(Ticket.status == status).order_by(Ticket.id.desc()).limit(limit), agents
            )
        ]
        return sorted(rows, key=lambda row: row.id, reverse=True)[:limit]

    def search(self, text: str, limit: int = 50) -> list[int]:
        """Return the newest tickets that hold all that is asked for (`words.asked`)."""
        return self._index.search(text, limit)

    def _narrowed(self, query: Any, wanted: TicketFilter, low: int, high: int) -> Any:
        """Return the query with the filters that few tickets pass, None when there is none of them."""
        narrow = bool(wanted.spam)
        order: Any = Ticket.id
        if wanted.requester:
            query, narrow = query.where(fn.LOWER(Ticket.requester) == fn.LOWER(wanted.requester)), True
        if wanted.overdue is not None:
            first, second, third = (Ticket.select(Ticket.id).where(due < wanted.overdue) for due in _DUES)
            query, narrow = query.where(Ticket.id.in_(first | second | third)), True
            query = query.where(Ticket.status.concat("") != Status.CLOSED.value)
        if wanted.search:
            hits = self._index.hits(wanted.search, low, high)
            if hits is None:
                return query.where(SQL("1 = 0"))
            query, narrow = query.where(Expression(Ticket.id, "IN", hits)), True
        if wanted.tag:
            tagged = TicketTag.select(TicketTag.ticket).where(TicketTag.tag == wanted.tag)
            if not narrow:
                # Read in the order of the index, and only as far as the limit wants.
                query = query.from_(TicketTag, Ticket)
                query = query.where((TicketTag.tag == wanted.tag) & (TicketTag.ticket == Ticket.id))
                order = TicketTag.ticket
            else:
                query = query.where(Ticket.id.in_(tagged))
            narrow = True
        return query.order_by(order.desc()) if narrow else None

    def _span(self, since: datetime | None, until: datetime | None) -> tuple[int, int]:
        """Return numbers that no ticket opened between these times is below or above."""
        low, high = 0, 2**31 - 1
        # What was imported has a number of the day it came here.
        ids = Ticket.select(Ticket.id).where(Ticket.channel != IMPORT)
        if since is not None:
            before = ids.where(Ticket.created_at < since - SLACK).order_by(Ticket.created_at.desc())
            row = self.db.first(before.tuples())
            low = row[0] if row else low
        if until is not None:
            after = ids.where(Ticket.created_at >= until + SLACK).order_by(Ticket.created_at)
            row = self.db.first(after.tuples())
            last = self.db.rows(Imported.select(fn.MAX(Imported.ticket_no)).tuples())[0][0]
            high = max(row[0], last or 0) if row else high
        return low, high

    def _rows(self, query: Any, agents: Mapping[int, Agent]) -> list[TicketRow]:
        return [_row(row, agents[row[5]].address if row[5] else "") for row in self.db.rows(query.tuples())]


def _row(row: Sequence[Any], assignee: str) -> TicketRow:
    number, subject, status, requester, team, _, language, priority, created, updated, related = row[:11]
    dues = [due for due in row[14:] if due is not None]
    return TicketRow(
        number,
        subject,
        SPAM if row[13] else status,
        requester,
        team,
        assignee,
        language,
        priority,
        created,
        updated,
        related,
        category=row[11],
        tags=row[12],
        due=min(dues, default=None),
    )
