"""Senders whose mail is kept in quarantine."""

from datetime import datetime
from typing import Protocol

from intake.desk.block_effects import Block, BlockedSender, Unblock


class Blocks(Protocol):
    """Blocks of addresses and domains. Times are aware, UTC."""

    def add(self, block: Block, now: datetime) -> None:
        """Block a sender; of one that is blocked the first word stands."""

    def remove(self, ended: Unblock) -> None:
        """End a block, if there is one."""

    def concerned(self, key: str) -> tuple[int, ...]:
        """Return the open tickets, no spam, of whose people a block of `key` would concern any."""

    def unproven(self, key: str, ticket: int | None, now: datetime) -> bool:
        """Whether anybody may have written what came in the name of those whom a block of `key` would
        concern: to a ticket, or anywhere of late."""

    def listed(self) -> tuple[BlockedSender, ...]:
        """Return the blocks, the newest first, each with how many mails of it are in quarantine."""
