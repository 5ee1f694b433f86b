"""Tickets: as the rules see them, who is to be told of news in one, and their histories."""

from collections import defaultdict, namedtuple
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from intake.desk.facts import Collision, Draft, TicketMatch
from intake.desk.kept_files import KeptFile
from intake.desk.message import Address
from intake.desk.sla_target import SlaTarget
from intake.desk.ticket import Agent, EntryKind, Status, Ticket, Withheld
from intake.desk.undo import Relayed
from intake.desk.unsent import WaitingDraft
from intake.store import drafts, partners, withdrawal
from intake.store.agents import SqlAgents
from intake.store.answers_given import Answering, collisions
from intake.store.base import StorePart
from intake.store.blobs import Blobs
from intake.store.connection import Connection
from intake.store.kept_files import by_entry
from intake.store.merged import with_merged
from intake.store.previews import having_one
from intake.store.promise_rows import open_promises
from intake.store.readings import withheld_of
from intake.store.schema import tables
from intake.store.schema.links import TicketLink
from intake.store.schema.tables import THREAD, Attachment, Entry
from intake.store.statement import READ, SetStatement
from intake.views import EntryRow, FileRow

# By these an agent has made a ticket their own concern.
_ANSWERS = (EntryKind.REPLY.value, EntryKind.NOTE.value)
_COLUMNS = tables.Ticket._meta.sorted_fields
_Row = namedtuple("_Row", [column.name for column in _COLUMNS])  # type: ignore[misc]
_READ = [column.python_value if isinstance(column, READ) else None for column in _COLUMNS]
_NUMBER = {"ticket": tables.Ticket.id}
_NAMES = ", ".join(f't."{column.column_name}"' for column in _COLUMNS)
_TICKETS = f"SELECT {_NAMES} FROM v CROSS JOIN ticket t WHERE t.id = v.ticket ORDER BY t.id"
_TICKET = SetStatement(_TICKETS, **_NUMBER)
# Whoever decides on messages together keeps these tickets from others until that is written.
_TICKET_LOCKED = SetStatement(
    f"SELECT {_NAMES} FROM ticket t WHERE t.id IN (SELECT ticket FROM v) ORDER BY t.id FOR NO KEY UPDATE",
    **_NUMBER,
)
# Participants by their addresses, and behind them watchers by the agents' numbers.
_PEOPLE = SetStatement(
    "SELECT p.ticket, p.address, 0, p.key FROM v CROSS JOIN participant p WHERE p.ticket = v.ticket "
    "UNION ALL SELECT w.ticket, '', w.agent, '' FROM v CROSS JOIN watcher w WHERE w.ticket = v.ticket "
    "ORDER BY 4, 3",
    **_NUMBER,
)
_PUBLIC_IDS = SetStatement(
    "SELECT r.ticket, r.message_id, r.direction FROM v CROSS JOIN message_ref r "
    "WHERE r.ticket = v.ticket AND r.public ORDER BY r.id",
    **_NUMBER,
)
_ANSWERED = SetStatement(
    "SELECT DISTINCT e.ticket, e.agent FROM v CROSS JOIN entry e WHERE e.ticket = v.ticket "
    f"AND e.agent IS NOT NULL AND e.kind IN {_ANSWERS}",
    **_NUMBER,
)


class SqlTickets(StorePart):
    """Reading tickets."""

    def __init__(self, db: Connection, blobs: Blobs, agents: SqlAgents) -> None:
        super().__init__(db, blobs)
        self._agents = agents

    def get(self, number: int) -> Ticket | None:
        """Return a ticket's snapshot, or None when there is no such number."""
        batch = self.db.batch
        if batch is None:
            return self._load([number]).get(number)
        self.have([number])
        ticket: Ticket | None = batch.tickets[number]
        return ticket

    def by_number(self, numbers: Sequence[int]) -> dict[int, Ticket]:
        """Return these tickets, as far as they are there, by a few statements."""
        return self._load(sorted(numbers))

    def several(self, numbers: Sequence[int]) -> list[Ticket]:
        """Return the snapshots of those tickets that there are, in the order of `numbers`."""
        if self.db.batch is None:
            loaded = self._load(sorted(set(numbers)))
            return [loaded[number] for number in numbers if number in loaded]
        self.have(numbers)
        return [ticket for number in numbers if (ticket := self.get(number)) is not None]

    def have(self, numbers: Iterable[int]) -> None:
        """Have these tickets at hand, and those they were merged into, as decisions of the set leave them."""
        batch = self.db.batch
        missing = set(numbers) - batch.tickets.keys()
        while missing:
            with self.db.beside():
                loaded = self._load(sorted(missing), lock=True)
                answered = self.db.each(_ANSWERED, [{"ticket": number} for number in sorted(missing)])
            batch.loaded.update(loaded)
            for number in missing:
                batch.tickets[number], batch.answered[number] = loaded.get(number), set()
            for number, agent in answered:
                batch.answered[number].add(agent)
            into = {ticket.merged_into for ticket in loaded.values() if ticket.merged_into is not None}
            missing = into - batch.tickets.keys()

    def _load(self, numbers: Sequence[int], lock: bool = False) -> dict[int, Ticket]:
        wanted = [{"ticket": number} for number in numbers]
        statement = _TICKET_LOCKED if lock and self.db.postgres else _TICKET
        rows = [_read(values) for values in self.db.each(statement, wanted)]
        if not rows:
            return {}
        there = [{"ticket": row.id} for row in rows]
        people: dict[int, list[str]] = defaultdict(list)
        watchers: dict[int, list[int]] = defaultdict(list)
        for number, address, agent, _ in self.db.each(_PEOPLE, there):
            if agent:
                watchers[number].append(agent)
            else:
                people[number].append(address)
        ids: dict[int, list[tuple[str, str]]] = defaultdict(list)
        for number, message_id, direction in self.db.each(_PUBLIC_IDS, there):
            ids[number].append((message_id, direction))
        promises = open_promises(self.db, [row.id for row in rows])
        return {
            row.id: self._ticket(row, people[row.id], ids[row.id], promises.get(row.id, ()), watchers[row.id])
            for row in rows
        }

    def _ticket(
        self,
        row: Any,
        participants: Sequence[str],
        ids: Sequence[tuple[str, str]],
        promises: tuple[SlaTarget, ...],
        watchers: Sequence[int],
    ) -> Ticket:
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
            assignee=self._agents.by_id().get(row.assignee) if row.assignee else None,
            related=row.related,
            participants=tuple(participants),
            watchers=tuple(self._agents.by_id()[agent] for agent in watchers),
            message_ids=tuple(dict.fromkeys(name for name, direction in ids if direction != THREAD)),
            thread_index=next((name for name, direction in reversed(ids) if direction == THREAD), ""),
            channel=row.channel,
            link=row.link,
            category=row.category,
            tags=row.tags,
            fields=row.fields,
            spam=bool(row.spam),
            withheld=Withheld(row.withheld),
            survey_off=bool(row.survey_off),
            quiet=bool(row.quiet),
            snoozed_until=row.snoozed_until,
            merged_into=row.merged_into,
            first_response_due=row.first_response_due,
            next_response_due=row.next_response_due,
            resolution_due=row.resolution_due,
            first_response_at=row.first_response_at,
            waiting_since=row.waiting_since,
            promises=promises,
            utc_offset=row.utc_offset,
            excused=row.excused,
        )

    def end(self, ticket: Ticket) -> Ticket:
        """Return the ticket that gets this one's mail: itself, or the last of those it was merged into.

        Should they ever lead in a circle, the one before it closes.
        """
        seen = {ticket.id}
        while ticket.merged_into is not None and ticket.merged_into not in seen:
            seen.add(ticket.merged_into)
            other = self.get(ticket.merged_into)
            if other is None:
                break
            ticket = other
        return ticket

    def match(self, number: int | None) -> TicketMatch | None:
        """Return a ticket with its assignee and its watchers, and its team, as far as enabled.

        Those who answered in it count where it is assigned to nobody who is enabled. Of one that was merged,
        the ticket that it went into.
        """
        named = self.get(number) if number is not None else None
        if named is None:
            return None
        ticket = self.end(named)
        mine = ticket.assignee if ticket.assignee and ticket.assignee.enabled else None
        answered, watching = self._answered(ticket.id), {agent.id for agent in ticket.watchers}
        first = [mine.id] if mine else []
        agents = self._enabled((*first, *sorted(watching if mine else watching | answered)))
        involved = self._enabled((*first, *sorted(watching | answered)))
        team = tuple(self._agents.enabled(ticket.team))
        return TicketMatch(ticket, agents, team, named if named.id != ticket.id else None, involved)

    def _answered(self, ticket: int) -> set[int]:
        """Return the agents who answered or wrote notes in a ticket."""
        batch = self.db.batch
        if batch is None:
            return {agent for _, agent in self.db.each(_ANSWERED, [{"ticket": ticket}])}
        new = {
            row["agent"]
            for row in self.db.writes_of(Entry)
            if row["ticket"] == ticket and row["agent"] is not None and row["kind"] in _ANSWERS
        }
        before: set[int] = batch.answered.get(ticket, set())
        return new | before

    def entries(self, ticket: int) -> list[EntryRow]:
        """Return a ticket's history, oldest first: it is read from top to bottom."""
        rows = self.db.rows(Entry.select().where(Entry.ticket == ticket).order_by(Entry.id))
        files: dict[int, list[FileRow]] = defaultdict(list)
        query = (
            Attachment.select(Attachment)
            .join(Entry, on=(Attachment.entry == Entry.id))
            .where(Entry.ticket == ticket)
            .order_by(Attachment.id)
        )
        held = set(withdrawal.waiting(self.db, ticket))
        attachments = self.db.rows(query.objects())
        pictures = {
            attachment.sha256 for attachment in attachments if attachment.media_type.startswith("image/")
        }
        previews = {name for (name,) in self.db.rows(having_one(pictures).tuples())} if pictures else set()
        withheld = withheld_of(self.db, {attachment.sha256 for attachment in attachments})
        for attachment in attachments:
            files[attachment.entry].append(
                FileRow(
                    attachment.name,
                    attachment.media_type,
                    attachment.size,
                    attachment.sha256,
                    bool(attachment.inline),
                    attachment.sha256 in previews,
                    attachment.sha256 in withheld,
                )
            )
        return [
            EntryRow(
                row.id,
                EntryKind(row.kind),
                row.author,
                row.author_name,
                row.text,
                row.full_text,
                row.created_at,
                row.message,
                tuple(files[row.id]),
                row.id in held,
                row.kind == EntryKind.DRAFT.value and not row.settled,
                row.evidence,
            )
            for row in rows
        ]

    def links(self, ticket: int) -> list[int]:
        """Return the tickets that were linked with this one."""
        query = TicketLink.select(TicketLink.other).where(TicketLink.ticket == ticket)
        return [number for (number,) in self.db.rows(query.order_by(TicketLink.other).tuples())]

    def merged(self, ticket: int) -> list[int]:
        """Return the tickets that were merged into this one, not those merged into them."""
        model = tables.Ticket
        query = model.select(model.id).where(model.merged_into == ticket).order_by(model.id)
        return [number for (number,) in self.db.rows(query.tuples())]

    def unsent(self, agent: int | None, now: datetime) -> list[WaitingDraft]:
        """Return the drafts that wait, of one agent or all, the oldest first."""
        return drafts.unsent(self.db, agent, now)

    def file(self, sha256: str) -> bytes | None:
        """Return the bytes of a file by their sha256."""
        return self.blobs.get(sha256)

    def chunks(self, sha256: str) -> Iterator[bytes] | None:
        """Return the bytes of a file piece by piece, None where there is no such file."""
        return self.blobs.chunks(sha256)

    def file_of(self, ticket: int, digest: str) -> KeptFile | None:
        """Return the file of a ticket, or of one that was merged into it, whose sha256 begins with `digest`;
        None where it has none."""
        numbers = with_merged(self.db, ticket)
        files = by_entry(self.db, Entry.ticket.in_(numbers) & Attachment.sha256.startswith(digest))
        return files[0][1] if files else None

    def draft(self, entry: int) -> Draft | None:
        """Return a draft that may be confirmed, or was; without its message."""
        return drafts.draft(self.db, entry, self._agents.by_id())

    def asking(self, ticket: int, entry: int) -> Agent | None:
        """Return the agent who asked somebody outside a ticket by this entry."""
        asked = partners.asked(self.db, [(ticket, entry)]).get((ticket, entry))
        return self._agents.by_id().get(asked[1]) if asked and asked[1] else None

    def question_to(self, ticket: int, address: Address) -> int | None:
        """Return the entry of the newest question that went from a ticket to an address outside it."""
        return partners.question_to(self.db, ticket, address)

    def relayed(self, ticket: int, agent: int | None = None) -> Relayed | None:
        """Return the newest answer in a ticket that can still be withdrawn (of one agent, if named)."""
        return withdrawal.relayed(self.db, ticket, agent)

    def waiting_long(self, now: datetime) -> list[tuple[int, Relayed]]:
        """Return the answers that wait for hours because nobody could confirm them, with their tickets."""
        return withdrawal.waiting_long(self.db, now)

    def overtaken(self, ticket: int, agent: Agent, ids: Sequence[str], now: datetime) -> Collision | None:
        """Return another agent's answer that `agent` cannot have seen when they wrote theirs."""
        mail = Answering("", ticket, agent, ids)
        return collisions(self.db, [mail], now, self._agents.by_id()).get(mail.digest)

    def _enabled(self, ids: Iterable[int]) -> tuple[Agent, ...]:
        agents = self._agents.by_id()
        return tuple(agents[agent_id] for agent_id in dict.fromkeys(ids) if agents[agent_id].enabled)


def _read(values: Sequence[Any]) -> Any:
    return _Row(*(value if read is None else read(value) for read, value in zip(_READ, values, strict=True)))
