"""A store of dictionaries for the simulated year, so that the rules can be lived through alone."""

import heapq
import itertools
from collections import Counter
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import datetime

from intake.desk.effects import Amend, Assign, Effect, OpenTicket, SetStatus
from intake.desk.facts import Facts
from intake.desk.policy import Policy
from intake.desk.sla_effects import Escalate, SetPromises
from intake.desk.sla_ladder import DuePromise
from intake.desk.ticket import Agent, Ticket
from intake.ports import Applied


class Memory:
    """What a year needs of a store, without a database: tickets, promises, and what was done."""

    def __init__(self) -> None:
        self.tickets: dict[int, Ticket] = {}
        self.written: dict[tuple[int | None, str], Escalate] = {}
        self.rows: list[tuple[int, str, str, datetime, datetime]] = []
        self.next: list[tuple[datetime, int, int]] = []
        self.states: Counter[str] = Counter()
        self.ids = itertools.count(1)

    def probe(self, now: datetime) -> None:
        """It is always there."""

    def transaction(self) -> AbstractContextManager[None]:
        """Nothing is ever undone."""
        return nullcontext()

    savepoint = transaction

    @property
    def agents(self) -> "Memory":
        """Nobody is there to be handed a ticket."""
        return self

    def enabled(self) -> list[Agent]:
        """Return the agents: none."""
        return []

    @property
    def promises(self) -> "Memory":
        """What is due, and when."""
        return self

    def due(self, now: datetime, limit: int) -> list[tuple[int, int]]:
        """Return what is due and still as it was when it was put into the heap."""
        rows: list[tuple[int, int]] = []
        while self.next and self.next[0][0] <= now and len(rows) < limit:
            at, promise, number = heapq.heappop(self.next)
            if any(target.id == promise and target.next_at == at for target in self.tickets[number].promises):
                rows.append((promise, number))
        return rows

    def due_promise(self, promise: int, ticket: int, policy: Policy, now: datetime) -> DuePromise | None:
        """Return a due promise with its ticket."""
        snapshot = self.tickets[ticket]
        mine = next((target for target in snapshot.promises if target.id == promise), None)
        return DuePromise(snapshot, mine, Facts(now), True) if mine else None

    def put_off(self, promise: int, until: datetime) -> None:
        """Nothing is ever put off here: a failure is one of this benchmark."""
        raise AssertionError(promise)

    def apply(self, effects: Sequence[Effect], compose: object, now: datetime, *_: object) -> Applied:
        """Apply what a year's effects do; there are no messages."""
        number = 0
        for effect in effects:
            if isinstance(effect, OpenTicket):
                number = next(self.ids)
                self.tickets[number] = Ticket(
                    number, effect.subject, effect.status, effect.requester, effect.language, effect.mailbox,
                    effect.team, now, now, priority=effect.priority,
                )  # fmt: skip
            of = getattr(effect, "ticket", None) or number
            ticket = self.tickets[of]
            match effect:
                case SetStatus():
                    self.tickets[of] = replace(ticket, status=effect.status)
                case Assign():
                    self.tickets[of] = replace(ticket, assignee=effect.agent, team=effect.team or ticket.team)
                case Amend():
                    self.tickets[of] = replace(ticket, **effect.changes)
                case SetPromises():
                    self.promise(ticket, effect)
                case Escalate():
                    if (effect.promise, effect.step) in self.written:
                        raise AssertionError(f"{effect} was done before")
                    self.written[effect.promise, effect.step] = effect
                    self.rows.append((of, effect.target, effect.step.split()[0], now, effect.due_at))
        return Applied(number)

    def promise(self, ticket: Ticket, effect: SetPromises) -> None:
        """Keep promises, and when they are due next."""
        there = {target.id: target for target in ticket.promises}
        for target in effect.promises:
            kept = replace(target, id=target.id or next(self.ids))
            there.pop(kept.id, None)
            if kept.state.open:
                there[kept.id] = kept
                if kept.next_at is not None:
                    heapq.heappush(self.next, (kept.next_at, kept.id or 0, ticket.id))
            else:
                self.states[kept.state.value] += 1
        first, waiting = effect.first_response_at, effect.waiting_since
        self.tickets[ticket.id] = replace(
            ticket, promises=tuple(there.values()), first_response_at=first, waiting_since=waiting
        )
