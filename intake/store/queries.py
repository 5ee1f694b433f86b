"""What the command line and the pages are shown. Newest first, never without a limit."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from peewee import fn

from intake.desk.effects import Outcome
from intake.desk.ticket import EntryKind, Status
from intake.store import drafts, withdrawal
from intake.store.base import StorePart
from intake.store.previews import having_one
from intake.store.schema.tables import Attachment, Entry, Message, Outbox, Sighting, Ticket
from intake.views import EntryRow, FileRow, MessageRow, OutboxRow

_OUTBOX_SHOWN = (
    Outbox.id,
    Outbox.kind,
    Outbox.ticket,
    Outbox.rcpt,
    Outbox.message_id,
    Outbox.state,
    Outbox.attempts,
    Outbox.created_at,
    Outbox.not_before,
    Outbox.sent_at,
    Outbox.error,
)


class Queries(StorePart):
    """Lists and single rows, as views."""

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
        found = self.db.rows(query.objects())
        pictures = {one.sha256 for one in found if one.media_type.startswith("image/")}
        previews = {name for (name,) in self.db.rows(having_one(pictures).tuples())} if pictures else set()
        for one in found:
            files[one.entry].append(
                FileRow(
                    one.name, one.media_type, one.size, one.sha256, bool(one.inline), one.sha256 in previews
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
            )
            for row in rows
        ]

    def list_messages(
        self, outcome: str | None = None, state: str | None = None, limit: int = 50
    ) -> list[MessageRow]:
        """Return ledger rows."""
        query = Message.select().order_by(Message.id.desc()).limit(limit)
        if outcome is not None:
            query = query.where(Message.outcome == outcome)
        if state is not None:
            query = query.where(Message.state == state)
        return self._messages(self.db.rows(query))

    def message(self, message_id: int) -> MessageRow | None:
        """Return one ledger row, or None."""
        found = self._messages(self.db.rows(Message.select().where(Message.id == message_id)))
        return found[0] if found else None

    def draft_raw(self, entry: int) -> bytes | None:
        """Return the mail that became a draft (an entry), as it came; None when it is gone, or was none."""
        ledger = drafts.ledger(self.db, entry)
        return self.raw(ledger) if ledger is not None else None

    def raw(self, message_id: int) -> bytes | None:
        """Return a message's bytes as they came, or None when there is no such row."""
        row = self.db.first(Message.select(Message.sha256).where(Message.id == message_id).tuples())
        return self.blobs.get(row[0]) if row else None

    def _messages(self, rows: Sequence[Message]) -> list[MessageRow]:
        seen: dict[int, list[str]] = defaultdict(list)
        query = Sighting.select().where(Sighting.message.in_([row.id for row in rows])).order_by(Sighting.id)
        for one in self.db.rows(query) if rows else ():
            place = f"{one.mailbox}/{one.folder} {one.uidvalidity}:{one.uid}" if one.folder else one.mailbox
            seen[one.message].append(place)
        return [
            MessageRow(
                id=row.id,
                sha256=row.sha256,
                size=row.size,
                channel=row.channel,
                mailbox=row.mailbox,
                received_at=row.received_at,
                sender=row.sender,
                subject=row.subject,
                message_id=row.message_id,
                state=row.state,
                outcome=Outcome(row.outcome) if row.outcome else None,
                ticket=row.ticket,
                rule=row.rule,
                reason=row.reason,
                attempts=row.attempts,
                defects=row.defects,
                duplicate_of=row.duplicate_of,
                sightings=tuple(seen[row.id]),
            )
            for row in rows
        ]

    def list_outbox(
        self,
        state: str | None = None,
        ticket: int | None = None,
        limit: int = 50,
        message: int | None = None,
    ) -> list[OutboxRow]:
        """Return mails owed and sent; with `message` those that were decided on for that message."""
        query = Outbox.select(*_OUTBOX_SHOWN).order_by(Outbox.id.desc()).limit(limit)
        if state is not None:
            query = query.where(Outbox.state == state)
        if ticket is not None:
            query = query.where(Outbox.ticket == ticket)
        if message is not None:
            query = query.where(Outbox.ledger == message)
        return [OutboxRow(*row) for row in self.db.rows(query.tuples())]

    def tried_in_vain(self, before: datetime) -> tuple[int, OutboxRow | None]:
        """Return how many mails owed since before `before` were tried and did not go, and the last."""
        failing = (Outbox.state == "due") & (Outbox.attempts > 0) & (Outbox.due_since < before)
        rows = self.db.rows(Outbox.select(fn.COUNT(Outbox.id)).where(failing).tuples())
        query = Outbox.select(*_OUTBOX_SHOWN).where(failing & (Outbox.error != ""))
        last = self.db.first(query.order_by(Outbox.not_before.desc()).tuples())
        return rows[0][0], OutboxRow(*last) if last else None

    def outbox(self, outbox_id: int) -> OutboxRow | None:
        """Return one mail owed or sent, or None."""
        row = self.db.first(Outbox.select(*_OUTBOX_SHOWN).where(Outbox.id == outbox_id).tuples())
        return OutboxRow(*row) if row else None

    def outbox_raw(self, outbox_id: int) -> bytes | None:
        """Return the bytes of a mail owed or sent, or None when there is no such row."""
        row = self.db.first(Outbox.select(Outbox.mime).where(Outbox.id == outbox_id).tuples())
        return row[0] if row else None

    def drafts_waiting(self, since: datetime) -> dict[int, int]:
        """Return how many unconfirmed drafts made since then (aware), by ticket, the oldest first."""
        new = (Entry.kind == EntryKind.DRAFT.value) & (Entry.created_at > since)
        query = Entry.select(Entry.ticket, fn.COUNT(Entry.id)).where(new & (Entry.settled == False))  # noqa: E712
        return dict(self.db.rows(query.group_by(Entry.ticket).order_by(fn.MIN(Entry.id)).tuples()))

    def counts(self) -> dict[str, int]:
        """Return how much is waiting, quarantined, due, unknown and failed, and the open tickets."""

        def counted(column: Any, *values: str) -> dict[str, int]:
            model = column.model
            query = model.select(column, fn.COUNT(model.id)).where(column.in_(values)).group_by(column)
            return {**dict.fromkeys(values, 0), **dict(self.db.rows(query.tuples()))}

        tickets = counted(Ticket.status, *(one.value for one in Status if one is not Status.CLOSED))
        return {
            **counted(Message.state, "waiting", "quarantined"),
            **counted(Outbox.state, "due", "unknown", "failed"),
            "open tickets": sum(tickets.values()),
        }
