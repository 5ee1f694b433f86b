"""Blocked senders, in memory."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from intake.desk.block_effects import Block, BlockedSender, Unblock
from intake.desk.blocking import BLOCKED, LATELY, covers
from intake.desk.lookup import LookupRequest
from intake.desk.ticket import EntryKind, Status
from intake.testing.memory.state import MemoryPart


class MemoryBlocks(MemoryPart):
    """Making, ending and listing blocks."""

    def add(self, block: Block, now: datetime) -> None:
        """Block a sender; of one that is blocked the first word stands."""
        with self._memory.transaction() as state:
            state.blocks.setdefault(block.key, BlockedSender(block.key, block.by, now, block.reason))

    def remove(self, ended: Unblock) -> None:
        """End a block, if there is one."""
        with self._memory.transaction() as state:
            state.blocks.pop(ended.key, None)

    def concerned(self, key: str) -> tuple[int, ...]:
        """Return the open tickets, no spam, of whose people a block of `key` would concern any."""
        state, numbers = self._now, []
        for row in state.tickets:
            ticket = row.ticket
            people = [
                ticket.requester.key,
                *(who for number, who in state.participants if number == ticket.id),
            ]
            live = ticket.status is not Status.CLOSED and ticket.merged_into is None and not ticket.spam
            if live and any(covers(key, who) for who in people):
                numbers.append(ticket.id)
        return tuple(numbers)

    def unproven(self, key: str, ticket: int | None, now: datetime) -> bool:
        """Whether anybody may have written what came in the name of those whom a block of `key` would
        concern: to a ticket, or anywhere of late."""
        return any(
            row.unproven and covers(key, row.author.lower())
            for row in self._now.entries
            if row.kind is EntryKind.CUSTOMER and (row.ticket == ticket or row.created_at > now - LATELY)
        )

    def looked(self, wanted: LookupRequest, ticket: int | None, now: datetime) -> dict[str, Any]:
        """Return what is wanted of blocks, as values of a LookupResult; "" is the requester of `ticket`."""
        row = self._now.tickets.get(ticket) if ticket else None
        requester = row.ticket.requester.key if row else ""
        whom = {key: key or requester for key in wanted.concerned}
        return {
            "blocks": self.listed() if wanted.blocks else (),
            "concerned": {key: self.concerned(who) for key, who in whom.items()},
            "unproven": frozenset(key for key, who in whom.items() if self.unproven(who, ticket, now)),
        }

    def listed(self) -> tuple[BlockedSender, ...]:
        """Return the blocks, the newest first, each with how many mails of it are in quarantine."""
        kept = [
            row.sender_key for row in self._now.messages if row.state == "quarantined" and row.rule == BLOCKED
        ]
        rows = sorted(self._now.blocks.values(), key=lambda row: row.key)
        return tuple(
            replace(row, held=sum(covers(row.key, sender) for sender in kept))
            for row in sorted(rows, key=lambda row: row.at, reverse=True)
        )
