"""What the effects of one decision do to tickets and their histories, in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from intake.desk.agent_effects import SetAway, SetLanguage
from intake.desk.effects import AddEntry, AddParticipant, Assign, OpenTicket
from intake.desk.merge_effects import SplitOff
from intake.desk.message import Attachment, Message
from intake.desk.opening import opened
from intake.desk.ticket import EntryKind, Ticket
from intake.ports import Compose
from intake.store.blobs import digest
from intake.store.schema.tables import THREAD
from intake.testing.memory import readings
from intake.testing.memory.people import MemoryAddresses, MemoryAgents
from intake.testing.memory.rows import MessageRef, StoredEntry, StoredFile, StoredTicket
from intake.testing.memory.state import Memory
from intake.testing.memory.tickets import MemoryTickets
from intake.testing.memory.upkeep import remember

# As `intake.store.schema.fields.LONGEST_KEY`: what is longer leads to no ticket.
_LONGEST_ID = 998


@dataclass(frozen=True, slots=True)
class Parts:
    """What applying needs of the other parts."""

    memory: Memory
    agents: MemoryAgents
    tickets: MemoryTickets
    addresses: MemoryAddresses
    tombstone_key: bytes = b""


class TicketChanges:
    """One decision being applied: its tickets and their histories."""

    def __init__(
        self, parts: Parts, compose: Compose, now: datetime, ledger_id: int | None, message: Message | None
    ) -> None:
        self.parts, self.compose, self.now = parts, compose, now
        self.ledger_id, self.message = ledger_id, message
        self.state = parts.memory.now
        self.opened: int | None = None
        self.touched: int | None = None
        self.outbox_ids: list[int] = []
        self.loaded: dict[int, Ticket] = {}
        self.answer: int | None = None
        self.newest: int | None = None
        # The finds of the message at hand that may be false alarms.
        self.doubtful: tuple[int, ...] = ()
        # The entry that the message at hand became.
        self.said: int | None = None

    def ticket(self, number: int | None) -> Ticket:
        """Return a ticket as the effects before have left it."""
        wanted = self.opened if number is None else number
        if wanted is None:
            raise LookupError("an effect speaks of a new ticket, and none was opened")
        row = self.parts.tickets.get(wanted)
        if row is None:
            raise LookupError(f"there is no ticket {wanted}")
        if wanted != self.opened:
            self.loaded.setdefault(wanted, row)
        self.touched = wanted
        return row

    def change(self, number: int | None, **columns: Any) -> Ticket:
        """Change a ticket; return it as it was."""
        ticket = self.ticket(number)
        row = self.state.tickets.get(ticket.id)
        if row is not None:
            changed = replace(row.ticket, updated_at=self.now, **columns)
            self.state.tickets.change(ticket.id, ticket=changed)
        return ticket

    def open(self, effect: OpenTicket) -> None:
        """Open a ticket."""
        row = self.state.tickets.add(
            lambda number: StoredTicket(number, opened(effect, number, self.now), flood=effect.flood)
        )
        self.opened = row.id

    def entry(self, effect: AddEntry) -> None:
        """Add an entry with its files."""
        ticket = self.ticket(effect.ticket)
        message = self.message if effect.from_message else None
        answer = effect.kind is EntryKind.REPLY
        row = self.state.entries.add(
            lambda number: StoredEntry(
                number,
                ticket.id,
                effect.kind,
                effect.author.mailbox,
                effect.author.name,
                effect.text,
                effect.full_text,
                effect.agent,
                self.ledger_id if effect.from_message else None,
                self.now,
                self.loaded.get(ticket.id, ticket) if answer else None,
                settled=effect.settled,
                unproven=effect.unproven,
                evidence=effect.evidence.value,
            )
        )
        self.answer, self.newest = row.id if answer else self.answer, row.id
        self.said = row.id if effect.from_message else self.said
        self.attach(row.id, (*effect.attachments, *(message.attachments if message else ())))
        self.change(ticket.id)
        if message and message.message_id and not effect.apart:
            self.refer(message.message_id, ticket.id, "in", effect.kind is EntryKind.CUSTOMER)
        if message and message.thread_index and effect.kind is EntryKind.CUSTOMER:
            self.refer(message.thread_index, ticket.id, THREAD, True)

    def attach(self, entry: int, files: Sequence[Attachment]) -> None:
        """Keep the files of an entry, each once."""
        named = {(digest(file.content), file.name): file for file in files}
        for (name, _), file in named.items():
            self.state.blobs.setdefault(name, file.content)
            kept = (file.name, file.media_type, len(file.content), name, file.content_id, file.inline)
            self.state.files.add(lambda number, kept=kept: StoredFile(number, entry, *kept))  # type: ignore[misc]
        made = {name: file.preview for (name, _), file in named.items() if file.preview}
        remember(
            self.state, made, [name for (name, _), file in named.items() if file.wants_preview], self.now
        )
        readings.remember(self.state, {name: file for (name, _), file in named.items()}, self.now)

    def refer(self, message_id: str, ticket: int, direction: str, public: bool) -> None:
        """Have answers to a Message-ID lead to a ticket."""
        if len(message_id) <= _LONGEST_ID:
            self.state.refs.add(lambda number: MessageRef(number, message_id, ticket, direction, public))

    def assign(self, effect: Assign) -> None:
        """Give a ticket to an agent."""
        ticket = self.ticket(effect.ticket)
        self.change(ticket.id, team=effect.team or ticket.team)
        self.state.tickets.change(ticket.id, assignee=effect.agent.id if effect.agent else None)
        if effect.agent is not None:
            self.state.agents.change(effect.agent.id, given_at=self.now)

    def set_away(self, effect: SetAway) -> None:
        """Note an absence, if it is longer than what is known."""
        row = self.state.agents.get(effect.agent)
        if row and (row.agent.away_until is None or row.agent.away_until < effect.until):
            self.state.agents.change(row.id, agent=replace(row.agent, away_until=effect.until))

    def set_language(self, effect: SetLanguage) -> None:
        """Note the language that an agent wants."""
        row = self.state.agents.get(effect.agent)
        if row:
            self.state.agents.change(row.id, agent=replace(row.agent, language=effect.language))

    def add_participant(self, effect: AddParticipant) -> None:
        """Let somebody into a ticket."""
        ticket, address = self.ticket(effect.ticket), effect.address
        if address.key not in {
            ticket.requester.key,
            *(participant.lower() for participant in ticket.participants),
        }:
            self.state.participants[ticket.id, address.key] = address.mailbox
            self.change(ticket.id)

    def split_off(self, effect: SplitOff) -> None:
        """Open a ticket for a copy of an entry; answers to its mail go there from now on."""
        state, old = self.state, self.parts.tickets.get(effect.ticket)
        entry = state.entries.get(effect.entry)
        if old is None or entry is None or entry.ticket != effect.ticket:
            raise LookupError(f"there is no entry {effect.entry} in ticket {effect.ticket}")
        self.open(
            OpenTicket(
                effect.subject, effect.requester, old.language, old.mailbox, old.team, old.channel,
                related=old.id, priority=old.priority, category=old.category, tags=old.tags,
            )
        )  # fmt: skip
        ticket = self.opened or 0
        bare = replace(entry, ticket=ticket, before=None, settled=False)
        copy = state.entries.add(lambda number: replace(bare, id=number))
        for file in state.files:
            if file.entry == entry.id:
                state.files.add(lambda number, file=file: replace(file, id=number, entry=copy.id))  # type: ignore[misc]
        message = state.messages.get(entry.message)
        for ref in state.refs:
            here = ref.ticket == effect.ticket and ref.direction == "in"
            if message is not None and here and ref.message_id == message.message_id:
                state.refs.change(ref.id, ticket=ticket)
