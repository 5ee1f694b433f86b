"""Promises, escalations and calls of the webhook, in memory."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from intake.desk.effects import MailKind
from intake.desk.facts import Facts
from intake.desk.message import Message
from intake.desk.policy import Policy
from intake.desk.sla_effects import Escalate, Page, SetPromises, SettleEscalation
from intake.desk.sla_ladder import DuePromise, teams_of
from intake.desk.sla_target import OF_POLICIES, PromiseState, Target
from intake.desk.ticket import Ticket
from intake.ports import OwedPage
from intake.store.promise_rows import UNSETTLED
from intake.store.promises import LONGEST_PAUSE, PAGE_LEASE, promise_row
from intake.testing.memory.facts import MemoryRates
from intake.testing.memory.people import MemoryAddresses, MemoryAgents
from intake.testing.memory.rows import StoredPage, StoredPromise
from intake.testing.memory.state import Memory, MemoryPart, State
from intake.testing.memory.tickets import MemoryTickets
from intake.views import EscalationRow, PromiseRow


class MemoryPromises(MemoryPart):
    """What the clock and the command line ask of promises."""

    def __init__(
        self,
        memory: Memory,
        agents: MemoryAgents,
        tickets: MemoryTickets,
        addresses: MemoryAddresses,
        rates: MemoryRates,
    ) -> None:
        super().__init__(memory)
        self._agents, self._tickets = agents, tickets
        self._addresses, self._rates = addresses, rates

    def due(self, now: datetime, limit: int) -> list[tuple[int, int]]:
        """Return promises a step of whose ladder is due, each with its ticket, the longest due first."""
        due = [
            (promise.target.next_at, promise.id, promise.ticket)
            for promise in self._now.promises
            if promise.target.next_at
        ]
        return [(number, ticket) for at, number, ticket in sorted(due) if at <= now][:limit]

    def due_promise(self, promise: int, ticket: int, policy: Policy, now: datetime) -> DuePromise | None:
        """Return a due promise with its ticket; None when it is due no more."""
        snapshot = self._tickets.get(ticket)
        mine = (
            next((promised for promised in snapshot.promises if promised.id == promise), None)
            if snapshot
            else None
        )
        if snapshot is None or mine is None or mine.next_at is None or mine.next_at > now:
            return None
        teams = {team: self._agents.enabled(team) for team in teams_of(snapshot, mine, policy)}
        mails = [mail for mail in self._now.outbox if mail.ticket == ticket]
        mails = [mail for mail in mails if mail.kind == MailKind.ACKNOWLEDGEMENT.value][:1]
        quoted = any(mail.quoted for mail in mails)
        return DuePromise(snapshot, mine, self._standing(snapshot, now), bool(mails), teams, quoted=quoted)

    def _standing(self, ticket: Ticket, now: datetime) -> Facts:
        """Return the facts that ceilings on automatic mail to the requester are judged by."""
        nobody = Message("", 0, "", sender=ticket.requester)
        counted = self._rates.count(nobody, ticket.id, ticket.id, now)
        return counted.for_requester(self._addresses.failed(ticket.requester, now), now)

    def put_off(self, promise: int, until: datetime) -> None:
        """Look at a promise again later: a step of it could not be done."""
        with self._memory.transaction() as state:
            row = state.promises.get(promise)
            if row is not None:
                state.promises.change(promise, target=replace(row.target, next_at=until))

    def of_ticket(self, ticket: int) -> list[PromiseRow]:
        """Return all that was ever promised in a ticket, the oldest first."""
        return [promise_row(row.id, ticket, row.target) for row in self._now.promises if row.ticket == ticket]

    def list_escalations(
        self, ticket: int | None = None, states: tuple[str, ...] = UNSETTLED, limit: int = 50
    ) -> list[EscalationRow]:
        """Return escalations in these states, newest first; () is any."""
        rows = (
            escalation
            for escalation in self._now.escalations.newest()
            if ticket is None or escalation.ticket == ticket
        )
        return [escalation for escalation in rows if not states or escalation.state in states][:limit]

    def escalation(self, number: int) -> EscalationRow | None:
        """Return one escalation, None when there is none of that number."""
        return self._now.escalations.get(number)

    def due_page(self, now: datetime) -> OwedPage | None:
        """Take the call of the webhook that is due first, for as long as a lease lasts; None when none is."""
        with self._memory.transaction() as state:
            due = [page for page in state.pages if page.state == "due"]
            due = [page for page in due if not now < page.not_before <= now + LONGEST_PAUSE]
            if not due:
                return None
            row = min(due, key=lambda page: (page.not_before, page.id))
            row = state.pages.change(row.id, not_before=now + PAGE_LEASE, attempts=row.attempts + 1)
        return OwedPage(row.id, row.key, row.ticket, row.details, row.attempts, row.created_at)

    def page_sent(self, number: int, now: datetime) -> None:
        """Record that the other side took it."""
        self._page(number, state="sent", error="")

    def page_failed(self, number: int, reason: str, until: datetime | None) -> None:
        """Record why it did not; it is due again at `until`, None: never."""
        over: dict[str, Any] = {"state": "failed"} if until is None else {"not_before": until}
        self._page(number, error=reason, **over)

    def _page(self, number: int, **values: Any) -> None:
        with self._memory.transaction() as state:
            row = state.pages.get(number)
            if row is not None and row.state == "due":
                state.pages.change(number, **values)


def write(state: State, effect: SetPromises, ticket: Ticket, now: datetime) -> None:
    """Write the promises of a ticket and settle its escalations."""
    row = state.tickets.get(ticket.id)
    if row is None:
        return
    dues = {f"{target.value}_due": effect.due.get(target) for target in OF_POLICIES}
    since = {"first_response_at": effect.first_response_at, "waiting_since": effect.waiting_since}
    changed = replace(row.ticket, **dues, **since)  # type: ignore[arg-type]
    state.tickets.change(ticket.id, ticket=changed)
    for promise in effect.promises:
        number = promise.id
        if number is None:
            number = state.promises.add(lambda new: StoredPromise(new, ticket.id, promise)).id  # noqa: B023
        if state.promises.get(number):
            state.promises.change(number, target=replace(promise, id=number))
        if not promise.state.open:
            nobody = promise.state is PromiseState.DROPPED or effect.settled == "cancelled"
            _settle(state, now, "cancelled" if nobody else "resolved", promise=number)
    if effect.settled:
        _settle(state, now, effect.settled, ticket=ticket.id)


def _settle(state: State, now: datetime, how: str, **of: int) -> None:
    for escalation in state.escalations:
        if escalation.state in UNSETTLED and all(
            getattr(escalation, name) == value for name, value in of.items()
        ):
            state.escalations.change(escalation.id, state=how, settled_by="intake", settled_at=now)


def escalate(state: State, effect: Escalate, now: datetime) -> None:
    """Write an escalation down. Raises ValueError for a step that was written down before."""
    done = {
        (escalation.promise, escalation.step)
        for escalation in state.escalations
        if escalation.promise is not None
    }
    if (effect.promise, effect.step) in done:
        raise ValueError(f"the step {effect.step!r} of promise {effect.promise} was done before")
    target = Target(effect.target) if effect.target else None
    state.escalations.add(
        lambda number: EscalationRow(
            number,
            effect.ticket,
            effect.promise,
            target,
            effect.step,
            effect.state,
            effect.due_at,
            now,
            effect.reason,
            effect.to_team,
            effect.by,
            "",
            None,
            "",
        )
    )


def settle(state: State, effect: SettleEscalation, now: datetime) -> None:
    """Move an escalation on; one that is settled already stays as it is."""
    row = state.escalations.get(effect.escalation)
    if row is not None and row.ticket == effect.ticket and row.state in UNSETTLED:
        said = {"settled_by": effect.by, "settled_at": now, "remark": effect.reason}
        state.escalations.change(row.id, state=effect.state, **said)


def owe_page(state: State, effect: Page, now: datetime) -> None:
    """Owe a call of the webhook; once for each key."""
    if not any(page.key == effect.key for page in state.pages):
        state.pages.add(
            lambda number: StoredPage(number, effect.key, effect.ticket, effect.details, now, now)
        )
