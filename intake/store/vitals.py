"""The desk's pulse for `status`, `watch` and `/metrics`, and the audit: cheap to read whatever the size."""

from datetime import datetime, timedelta
from typing import Any

from peewee import fn

from intake.desk.ticket import Status
from intake.store.base import Part
from intake.store.models import Audit, Message, Outbox, Ticket
from intake.views import AuditRow, Vitals

MESSAGES = ("waiting", "done", "quarantined", "dropped")
MAILS = ("due", "sending", "sent", "failed", "unknown", "cancelled")
# A promise that ends within this time is at risk.
AT_RISK = timedelta(hours=1)
# With these the clock of a promise runs.
_RUNNING = (Status.NEW.value, Status.OPEN.value)


class Pulse(Part):
    """Reading vitals and the audit."""

    def vitals(self, now: datetime) -> Vitals:
        """Return the pulse at `now` (aware)."""
        messages, mails = self._states(Message, MESSAGES), self._states(Outbox, MAILS)
        waiting = Message.select(Message.received_at).where(Message.state == "waiting").order_by(Message.id)
        running = Ticket.status.in_(_RUNNING)
        dues = (Ticket.first_response_due, Ticket.next_response_due, Ticket.resolution_due)
        late, soon = _any(dues, now), _any(dues, now + AT_RISK)
        late_count = self._count(Ticket.select().where(running & late))
        return Vitals(
            received=int(self._value(Message.select(fn.MAX(Message.id))) or 0),
            messages=messages,
            mails=mails,
            open_tickets=self._count(Ticket.select().where(Ticket.status != Status.CLOSED.value)),
            decide_age=self._age(waiting, now),
            send_age=self._age(
                Outbox.select(Outbox.not_before)
                .where((Outbox.state == "due") & (Outbox.not_before <= now))
                .order_by(Outbox.not_before),
                now,
            ),
            promises_at_risk=self._count(Ticket.select().where(running & soon)) - late_count,
            promises_late=late_count,
        )

    def list_audit(
        self, ticket: int | None = None, who: str = "", since: datetime | None = None, limit: int = 50
    ) -> list[AuditRow]:
        """Return what was done, newest first."""
        query = Audit.select().order_by(Audit.id.desc()).limit(limit)
        if ticket is not None:
            query = query.where(Audit.ticket == ticket)
        if who:
            query = query.where(Audit.who == who)
        if since is not None:
            query = query.where(Audit.at >= since)
        return [
            AuditRow(row.id, row.at, row.who, row.what, row.authority, row.ticket, row.message)
            for row in self.db.rows(query)
        ]

    def _states(self, model: Any, states: tuple[str, ...]) -> dict[str, int]:
        query = model.select(model.state, fn.COUNT(model.id)).group_by(model.state)
        return {**dict.fromkeys(states, 0), **dict(self.db.rows(query.tuples()))}

    def _count(self, query: Any) -> int:
        return int(self.db.rows(query.select(fn.COUNT(Ticket.id)).tuples())[0][0])

    def _value(self, query: Any) -> Any:
        return self.db.rows(query.tuples())[0][0]

    def _age(self, query: Any, now: datetime) -> int:
        row = self.db.first(query.tuples())
        return max(0, int((now - row[0]).total_seconds())) if row else 0


def _any(columns: tuple[Any, ...], before: datetime) -> Any:
    found = columns[0] < before
    for one in columns[1:]:
        found = found | (one < before)
    return found
