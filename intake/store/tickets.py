"""Tickets as the rules see them, and who is to be told of news in one."""

from collections import namedtuple
from collections.abc import Iterable
from typing import Any

from intake.desk.facts import TicketMatch
from intake.desk.message import Address
from intake.desk.ticket import Agent, EntryKind, Status, Ticket
from intake.store.agents import Agents
from intake.store.promise_rows import open_promises
from intake.store.schema import tables
from intake.store.schema.links import Participant
from intake.store.schema.tables import Entry, MessageRef
from intake.store.statement import Statement, hole

# By these an agent has made a ticket his own concern.
_ANSWERS = (EntryKind.REPLY.value, EntryKind.NOTE.value)
_COLUMNS = tables.Ticket._meta.sorted_fields
_Row = namedtuple("_Row", [one.name for one in _COLUMNS])  # type: ignore[misc]
_TICKET = Statement(lambda: tables.Ticket.select(*_COLUMNS).where(tables.Ticket.id == hole(tables.Ticket.id)))
_PARTICIPANTS = Statement(
    lambda: (
        Participant.select(Participant.address)
        .where(Participant.ticket == hole(Participant.ticket))
        .order_by(Participant.key)
    )
)
_PUBLIC_IDS = Statement(
    lambda: (
        MessageRef.select(MessageRef.message_id)
        .where((MessageRef.ticket == hole(MessageRef.ticket)) & (MessageRef.public == True))  # noqa: E712
        .order_by(MessageRef.id)
    )
)
_ANSWERED = Statement(
    lambda: (
        Entry.select(Entry.agent)
        .where((Entry.ticket == hole(Entry.ticket)) & Entry.agent.is_null(False) & Entry.kind.in_(_ANSWERS))
        .distinct()
    )
)


class Tickets(Agents):
    """Reading tickets."""

    def ticket(self, number: int) -> Ticket | None:
        """Return a ticket's snapshot, or None when there is no such number."""
        found = self.db.fetch(_TICKET, id=number)
        if not found:
            return None
        row: Any = _Row(*found[0])
        participants = self.db.fetch(_PARTICIPANTS, ticket=number)
        ids = self.db.fetch(_PUBLIC_IDS, ticket=number)
        return Ticket(
            id=row.id,
            subject=row.subject,
            status=Status(row.status),
            requester=Address(row.requester, row.requester_name),
            language=row.language,
            mailbox=row.mailbox,
            team=row.team,
            created_at=row.created_at,
            updated_at=row.updated_at,
            closed_at=row.closed_at,
            priority=row.priority,
            assignee=self.all_agents().get(row.assignee) if row.assignee else None,
            related=row.related,
            participants=tuple(one for (one,) in participants),
            message_ids=tuple(dict.fromkeys(one for (one,) in ids)),
            channel=row.channel,
            link=row.link,
            category=row.category,
            tags=row.tags,
            fields=row.fields,
            spam=bool(row.spam),
            survey_off=bool(row.survey_off),
            snoozed_until=row.snoozed_until,
            merged_into=row.merged_into,
            first_response_due=row.first_response_due,
            next_response_due=row.next_response_due,
            resolution_due=row.resolution_due,
            first_response_at=row.first_response_at,
            waiting_since=row.waiting_since,
            promises=open_promises(self.db, number),
            utc_offset=row.utc_offset,
        )

    def end(self, ticket: Ticket) -> Ticket:
        """Return the ticket that gets this one's mail: itself, or the last of those it was merged into.

        Should they ever lead in a circle, the one before it closes.
        """
        seen = {ticket.id}
        while ticket.merged_into is not None and ticket.merged_into not in seen:
            seen.add(ticket.merged_into)
            other = self.ticket(ticket.merged_into)
            if other is None:
                break
            ticket = other
        return ticket

    def found(self, number: int | None) -> TicketMatch | None:
        """Return a ticket with its assignee, those who answered in it and its team, as far as enabled.

        Of one that was merged, the ticket that it went into.
        """
        named = self.ticket(number) if number is not None else None
        if named is None:
            return None
        ticket = self.end(named)
        ids = [one for (one,) in self.db.fetch(_ANSWERED, ticket=ticket.id)]
        first = [ticket.assignee.id] if ticket.assignee else []
        agents, team = self._enabled((*first, *sorted(ids))), tuple(self.agents(ticket.team))
        return TicketMatch(ticket, agents, team, named if named.id != ticket.id else None)

    def _enabled(self, ids: Iterable[int]) -> tuple[Agent, ...]:
        agents = self.all_agents()
        return tuple(agents[one] for one in dict.fromkeys(ids) if agents[one].enabled)
