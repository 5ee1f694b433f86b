"""Tickets as the rules see them, and who is to be told of news in one."""

from collections.abc import Iterable

from intake.desk.facts import Found
from intake.desk.message import Address
from intake.desk.ticket import Agent, EntryKind, Status, Ticket
from intake.store import models
from intake.store.agents import Agents
from intake.store.models import Entry, MessageRef, Participant

# By these an agent has made a ticket his own concern.
_ANSWERS = (EntryKind.REPLY.value, EntryKind.NOTE.value)


class Tickets(Agents):
    """Reading tickets."""

    def ticket(self, number: int) -> Ticket | None:
        """Return a ticket's snapshot, or None when there is no such number."""
        row = self.db.first(models.Ticket.select().where(models.Ticket.id == number))
        if row is None:
            return None
        participants = (
            Participant.select(Participant.address)
            .where(Participant.ticket == number)
            .order_by(Participant.key)
        )
        ids = (
            MessageRef.select(MessageRef.message_id)
            .where((MessageRef.ticket == number) & (MessageRef.public == True))  # noqa: E712
            .order_by(MessageRef.id)
        )
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
            participants=tuple(one for (one,) in self.db.rows(participants.tuples())),
            message_ids=tuple(dict.fromkeys(one for (one,) in self.db.rows(ids.tuples()))),
            channel=row.channel,
            link=row.link,
        )

    def found(self, number: int | None) -> Found | None:
        """Return a ticket with its assignee and those who answered in it, as far as enabled."""
        ticket = self.ticket(number) if number is not None else None
        if ticket is None:
            return None
        query = (
            Entry.select(Entry.agent)
            .where((Entry.ticket == ticket.id) & Entry.agent.is_null(False) & Entry.kind.in_(_ANSWERS))
            .distinct()
        )
        ids = [one for (one,) in self.db.rows(query.tuples())]
        first = [ticket.assignee.id] if ticket.assignee else []
        return Found(ticket, self._enabled((*first, *sorted(ids))))

    def _enabled(self, ids: Iterable[int]) -> tuple[Agent, ...]:
        agents = self.all_agents()
        return tuple(agents[one] for one in dict.fromkeys(ids) if agents[one].enabled)
