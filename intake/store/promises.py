"""Reading promises and escalations: what is due, what is shown; and the calls of the webhook."""

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from intake.desk.effects import MailKind
from intake.desk.facts import Facts
from intake.desk.message import Message
from intake.desk.policy import Policy
from intake.desk.sla_ladder import DuePromise, teams_of
from intake.desk.sla_target import SlaTarget, Target
from intake.desk.ticket import Ticket
from intake.ports import OwedPage
from intake.store import locks
from intake.store.address_state import AddressStates
from intake.store.agents import SqlAgents
from intake.store.base import StorePart
from intake.store.blobs import Blobs
from intake.store.connection import Connection
from intake.store.promise_rows import UNSETTLED, promise_of
from intake.store.rate_counts import RateCounts
from intake.store.schema import promises as service_models
from intake.store.schema.promises import Escalation, Page
from intake.store.schema.tables import Outbox
from intake.store.statement import Statement, hole
from intake.store.tickets import SqlTickets
from intake.views import EscalationRow, PromiseRow

_Row = service_models.Promise
# Within it a call of the webhook must end; see channels/webhook.py.
PAGE_LEASE = timedelta(minutes=2)
# What is due later than this was written while the clock was ahead.
LONGEST_PAUSE = timedelta(hours=2)


_ACKNOWLEDGED = Statement(
    lambda: (
        Outbox.select(Outbox.quoted)
        .where((Outbox.ticket == hole(Outbox.ticket)) & (Outbox.kind == MailKind.ACKNOWLEDGEMENT.value))
        .limit(1)
    )
)


@cache
def _due(limit: int) -> Statement:
    return Statement(
        lambda: (
            _Row.select(_Row.id, _Row.ticket)
            .where(_Row.next_at <= hole(_Row.next_at))
            .order_by(_Row.next_at, _Row.id)
            .limit(limit)
        )
    )


class SqlPromises(StorePart):
    """What the clock and the command line ask of promises."""

    def __init__(
        self,
        db: Connection,
        blobs: Blobs,
        agents: SqlAgents,
        tickets: SqlTickets,
        addresses: AddressStates,
        rates: RateCounts,
    ) -> None:
        super().__init__(db, blobs)
        self._agents, self._tickets = agents, tickets
        self._addresses, self._rates = addresses, rates

    def due(self, now: datetime, limit: int) -> list[tuple[int, int]]:
        """Return promises a step of whose ladder is due, each with its ticket, the longest due first.

        Reads the index of `next_at` and nothing else. Within a transaction on PostgreSQL
        this also makes other processes wait that ask.
        """
        if self.db.postgres and self.db.database.in_transaction():
            self.db.sql("SELECT pg_advisory_xact_lock(%s)", locks.PROMISES)
        return self.db.fetch(_due(limit), next_at=now)

    def due_promise(self, promise: int, ticket: int, policy: Policy, now: datetime) -> DuePromise | None:
        """Return a due promise with its ticket, which is kept from changing; None when it is due no more."""
        if self.db.postgres:
            self.db.sql("SELECT id FROM ticket WHERE id = %s FOR UPDATE", ticket)
        snapshot = self._tickets.get(ticket)
        mine = (
            next((candidate for candidate in snapshot.promises if candidate.id == promise), None)
            if snapshot
            else None
        )
        if snapshot is None or mine is None or mine.next_at is None or mine.next_at > now:
            return None
        teams = {team: self._agents.enabled(team) for team in teams_of(snapshot, mine, policy)}
        marks = self.db.fetch(_ACKNOWLEDGED, ticket=ticket)
        quoted = any(bool(mark) for (mark,) in marks)
        return DuePromise(snapshot, mine, self._standing(snapshot, now), bool(marks), teams, quoted=quoted)

    def _standing(self, ticket: Ticket, now: datetime) -> Facts:
        """Return the facts that ceilings on automatic mail to the requester are judged by."""
        nobody = Message("", 0, "", sender=ticket.requester)
        counted = self._rates.count(nobody, ticket.id, ticket.id, now)
        return counted.for_requester(self._addresses.failed(ticket.requester, now), now)

    def put_off(self, promise: int, until: datetime) -> None:
        """Look at a promise again later: a step of it could not be done."""
        with self.transaction():
            self.db.run(_Row.update(next_at=until).where(_Row.id == promise))

    def of_ticket(self, ticket: int) -> list[PromiseRow]:
        """Return all that was ever promised in a ticket, the oldest first."""
        query = _Row.select(*_Row._meta.sorted_fields).where(_Row.ticket == ticket).order_by(_Row.id)
        promises = [promise_of(row) for row in self.db.rows(query.tuples())]
        return [promise_row(promise.id or 0, ticket, promise) for promise in promises]

    def list_escalations(
        self, ticket: int | None = None, states: tuple[str, ...] = UNSETTLED, limit: int = 50
    ) -> list[EscalationRow]:
        """Return escalations in these states, newest first; () is any."""
        query = Escalation.select().order_by(Escalation.id.desc()).limit(limit)
        if ticket is not None:
            query = query.where(Escalation.ticket == ticket)
        if states:
            query = query.where(Escalation.state.in_(states))
        return [_view(row) for row in self.db.rows(query)]

    def escalation(self, number: int) -> EscalationRow | None:
        """Return one escalation, None when there is none of that number."""
        row = self.db.first(Escalation.select().where(Escalation.id == number))
        return _view(row) if row else None

    def due_page(self, now: datetime) -> OwedPage | None:
        """Take the call of the webhook that is due first, for as long as a lease lasts; None when none is."""
        due = (Page.state == "due") & ((Page.not_before <= now) | (Page.not_before > now + LONGEST_PAUSE))
        with self.transaction():
            row = self.db.first(Page.select().where(due).order_by(Page.not_before, Page.id))
            if row is None:
                return None
            taken = Page.update(not_before=now + PAGE_LEASE, attempts=Page.attempts + 1)
            mine = (Page.id == row.id) & (Page.state == "due") & (Page.attempts == row.attempts)
            if not self.db.run(taken.where(mine)):
                return None
        return OwedPage(row.id, row.key, row.ticket, row.details, row.attempts + 1, row.created_at)

    def page_sent(self, number: int, now: datetime) -> None:
        """Record that the other side took it."""
        self._page(number, state="sent", sent_at=now, error="")

    def page_failed(self, number: int, reason: str, until: datetime | None) -> None:
        """Record why it did not; it is due again at `until`, None: never."""
        if until is None:
            self._page(number, state="failed", error=reason)
        else:
            self._page(number, not_before=until, error=reason)

    def _page(self, number: int, **values: Any) -> None:
        with self.transaction():
            self.db.run(Page.update(**values).where((Page.id == number) & (Page.state == "due")))


def _view(row: Any) -> EscalationRow:
    return EscalationRow(
        row.id,
        row.ticket,
        row.promise,
        Target(row.target) if row.target else None,
        row.step,
        row.state,
        row.due_at,
        row.fired_at,
        row.reason,
        row.to_team,
        row.by,
        row.settled_by,
        row.settled_at,
        row.remark,
    )


def promise_row(number: int, ticket: int, promise: SlaTarget) -> PromiseRow:
    """Return what is shown of a promise; lengths in whole minutes."""
    return PromiseRow(
        number,
        ticket,
        promise.target,
        promise.policy,
        promise.state,
        promise.started_at,
        promise.due,
        promise.next_at,
        promise.ended_at,
        promise.told,
        round(promise.total.total_seconds() / 60),
        round(promise.left.total_seconds() / 60),
    )
