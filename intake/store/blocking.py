"""Blocked senders: who they are, and how much of theirs is kept."""

from collections.abc import Container, Sequence
from datetime import datetime

import peewee
from peewee import fn

from intake.desk.block_effects import Block, BlockedSender, Unblock
from intake.desk.blocking import BLOCKED, LATELY, claimed, covers
from intake.desk.message import Message as InboundMessage
from intake.desk.ticket import EntryKind, Status
from intake.store.base import StorePart
from intake.store.connection import Connection
from intake.store.schema import tables
from intake.store.schema.blocking import Blocked
from intake.store.schema.fields import clean
from intake.store.schema.links import Participant
from intake.store.schema.tables import Message
from intake.store.statement import SetStatement

# So many open tickets are looked through for whom a block would concern.
MOST_OPEN = 10_000
# So many are listed; a desk that blocks more by hand wants a filter before it.
MOST = 1000
_THEIRS = EntryKind.CUSTOMER.value
_KNOWN = SetStatement(
    "SELECT b.key FROM v CROSS JOIN blocked b WHERE b.key = v.key",
    key=Blocked.key,
)


def among(db: Connection, messages: Sequence[InboundMessage]) -> frozenset[str]:
    """Return the blocks that concern any of these messages."""
    names = sorted({clean(key) for message in messages for key in claimed(message)})
    if not names:
        return frozenset()
    with db.beside():
        return frozenset(key for (key,) in db.each(_KNOWN, [{"key": name} for name in names]))


def first_of(message: InboundMessage, blocked: Container[str]) -> str:
    """Return the first of `blocked` that concerns a message, "" for none."""
    return next((key for key in claimed(message) if clean(key) in blocked), "")


class SqlBlocks(StorePart):
    """Making, ending and listing blocks."""

    def add(self, block: Block, now: datetime) -> None:
        """Block a sender; of one that is blocked the first word stands."""
        # Who writes next is decided on as a blocked sender: nothing is gathered before this is written.
        self._alone()
        with self.transaction():
            query = Blocked.insert(
                key=clean(block.key), made_by=block.by, made_at=now, reason=block.reason
            ).on_conflict_ignore()
            self.db.run(query.as_rowcount())

    def remove(self, ended: Unblock) -> None:
        """End a block, if there is one."""
        self._alone()
        with self.transaction():
            self.db.run(Blocked.delete().where(Blocked.key == clean(ended.key)))

    def listed(self) -> tuple[BlockedSender, ...]:
        """Return the blocks, the newest first, each with how many mails of it are in quarantine."""
        mails = Message.select(Message.sender_key, fn.COUNT(Message.id)).where(
            (Message.state == "quarantined") & (Message.rule == BLOCKED)
        )
        kept = self.db.rows(mails.group_by(Message.sender_key).tuples())
        query = Blocked.select().order_by(Blocked.made_at.desc(), Blocked.key).limit(MOST)
        return tuple(
            BlockedSender(
                row.key,
                row.made_by,
                row.made_at,
                row.reason,
                sum(count for sender, count in kept if covers(row.key, sender)),
            )
            for row in self.db.rows(query)
        )

    def concerned(self, key: str) -> tuple[int, ...]:
        """Return the open tickets, no spam, of whose people a block of `key` would concern any."""
        model = tables.Ticket
        query = (
            model.select(model.id, model.requester, Participant.key)
            .join(Participant, peewee.JOIN.LEFT_OUTER, on=(Participant.ticket == model.id))
            .where((model.status != Status.CLOSED.value) & model.merged_into.is_null() & ~model.spam)
            .order_by(model.id)
            .limit(MOST_OPEN)
        )
        rows = self.db.rows(query.tuples())
        return tuple(
            dict.fromkeys(
                number
                for number, requester, participant in rows
                if covers(key, requester.lower()) or (participant and covers(key, participant))
            )
        )

    def unproven(self, key: str, ticket: int | None, now: datetime) -> bool:
        """Whether anybody may have written what came in the name of those whom a block of `key` would
        concern: to a ticket, or anywhere of late."""
        model = tables.Entry
        near = model.created_at > now - LATELY
        query = model.select(model.author).distinct().where(model.unproven & (model.kind == _THEIRS))
        query = query.where(near | (model.ticket == ticket) if ticket else near)
        return any(covers(key, author.lower()) for (author,) in self.db.rows(query.tuples()))

    def _alone(self) -> None:
        if self.db.batch is not None:
            self.db.alone()
