"""When promises begin, stand still, go on and end. A pure pass over what was decided.

Whatever answers, closes or reopens a ticket, or changes what its policy is chosen by, does
so by effects; `with_promises` reads them and adds what follows for the ticket's clocks.
So no rule and no command has to think of promises, and none can forget them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from intake.desk.business_time import after, between
from intake.desk.effects import AddEntry, Amend, Assign, Effect, Finish, Mail, MailKind, OpenTicket, SetStatus
from intake.desk.incident import reports
from intake.desk.incident.changes import EndIncident, StartIncident
from intake.desk.merge_effects import SplitOff
from intake.desk.opening import opened
from intake.desk.policy import Policy
from intake.desk.sla_effects import SetPromises
from intake.desk.sla_policies import ServiceLevel, level_for
from intake.desk.sla_target import PromiseState, SlaTarget, Target
from intake.desk.ticket import EntryKind, Status, Ticket

RESPONSES = (Target.FIRST_RESPONSE, Target.NEXT_RESPONSE)
_NOTHING = timedelta(0)


def start(target: Target, level: ServiceLevel, now: datetime) -> SlaTarget | None:
    """Return the promise of `level` that begins now, None when it promises nothing."""
    total = level.total(target)
    if total is None:
        return None
    promise = SlaTarget(target, level.name, total, now, now, total, after(now, total, level.calendar))
    return replace(promise, next_at=next_step(promise, level))


def reached_at(promise: SlaTarget, percent: int, level: ServiceLevel) -> datetime:
    """Return when so much of a running promise's time has passed."""
    still = promise.total * (100 - percent) / 100
    return after(promise.counted_from, promise.left - still, level.calendar)


def next_step(promise: SlaTarget, level: ServiceLevel | None) -> datetime | None:
    """Return when the next step of the ladder is due, None when there is none or the clock stands still."""
    if level is None or promise.state is not PromiseState.RUNNING:
        return None
    steps = level.steps(promise.target)
    percent = next((step.percent for step in steps if step.percent > promise.reached), None)
    return None if percent is None else reached_at(promise, percent, level)


def pause(promise: SlaTarget, level: ServiceLevel | None, now: datetime) -> SlaTarget:
    """Return the promise with its clock stopped; what is left of its time is kept.

    Where the policy is gone from the config its calendar is too, and the clock was the wall's.
    """
    if promise.state is not PromiseState.RUNNING:
        return promise
    spent = between(promise.counted_from, now, level.calendar if level else None)
    left = promise.left - spent
    return replace(promise, state=PromiseState.PAUSED, counted_from=now, left=left, due=None, next_at=None)


def resume(promise: SlaTarget, level: ServiceLevel | None, now: datetime) -> SlaTarget:
    """Return a paused promise with its clock going again."""
    if promise.state is not PromiseState.PAUSED:
        return promise
    due = after(now, promise.left, level.calendar if level else None)
    going = replace(promise, state=PromiseState.RUNNING, counted_from=now, due=due)
    return replace(going, next_at=next_step(going, level))


def end(promise: SlaTarget, now: datetime, fulfilled: bool) -> SlaTarget:
    """Return the promise as it ended: kept or broken, or dropped where its time was not over either."""
    over = promise.left < _NOTHING if promise.due is None else now > promise.due
    unbroken = PromiseState.KEPT if fulfilled else PromiseState.DROPPED
    state = PromiseState.BROKEN if over else unbroken
    return replace(promise, state=state, ended_at=now, next_at=None)


def retarget(promise: SlaTarget, level: ServiceLevel, now: datetime) -> SlaTarget | None:
    """Return what takes a promise's place when its ticket comes under another policy.

    More time counts from where the old one began. Less time counts from now, so that
    nothing is broken by being made urgent, and the old promise stands where it ends
    sooner. None when the new policy promises nothing.
    """
    total = level.total(promise.target)
    if total is None:
        return None
    left = max(total - (promise.total - promise.left), _NOTHING)
    fresh = replace(
        promise, id=None, policy=level.name, total=total, left=left, reached=0, told=None, next_at=None
    )
    if promise.due is None:
        return fresh
    due = after(promise.counted_from, left, level.calendar)
    if due < promise.due:
        from_now = after(now, total, level.calendar)
        if from_now >= promise.due:
            return promise
        fresh, due = replace(fresh, counted_from=now, left=total), from_now
    fresh = replace(fresh, due=due)
    return replace(fresh, next_at=next_step(fresh, level))


@dataclass(slots=True)
class _Turn:
    """One ticket in one decision: as it was, as it will be, and what happened in between."""

    before: Ticket | None
    after: Ticket
    customer: bool = False
    waits: bool = False
    answered: bool = False
    # Whether an incident was opened or closed, None: neither.
    incident: bool | None = None

    def see(self, effect: Effect) -> None:
        ticket = self.after
        match effect:
            case AddEntry(kind=EntryKind.CUSTOMER):
                self.customer = True
            case AddEntry(kind=EntryKind.REPLY):
                # What the requester wrote before it was answered by it.
                self.answered, self.customer = True, False
            case SetStatus():
                self.after = replace(ticket, status=effect.status)
                self.waits = effect.waits
            case Assign():
                self.after = replace(ticket, team=effect.team or ticket.team, assignee=effect.agent)
            case Amend():
                self.after = replace(ticket, **effect.changes)
            case StartIncident() | EndIncident():
                self.incident = isinstance(effect, StartIncident)
            case _:
                pass


def with_promises(
    effects: Sequence[Effect],
    tickets: Mapping[int, Ticket],
    policy: Policy,
    now: datetime,
    utc_offset: int | None = None,
) -> list[Effect]:
    """Return the effects of a decision and what follows from them for the promises made.

    `tickets` are those the effects speak of, as they were before. The acknowledgement of
    a new ticket and the notices to agents learn until when an answer is promised;
    `utc_offset` (minutes) is that of the requester of a new one. Of a ticket whose promises
    were decided on already, as the steps of a ladder do, nothing more is said.
    """
    settled = {effect.ticket for effect in effects if isinstance(effect, SetPromises)}
    turns: dict[int | None, _Turn] = {}
    for effect in effects:
        if isinstance(effect, OpenTicket):
            turns[None] = _Turn(None, opened(effect, 0, now))
        if isinstance(effect, SplitOff) and effect.ticket in tickets:
            # What is split off is the requester's newest mail: nobody has answered it there.
            turns[None] = _Turn(None, _split(effect, tickets[effect.ticket], now), customer=True)
        number: int | None = getattr(effect, "ticket", None)
        if number is not None and number in tickets and number not in turns and number not in settled:
            turns[number] = _Turn(tickets[number], tickets[number])
        if number in turns:
            turns[number].see(effect)
    clocks = {number: _Clocks(turn, policy, now) for number, turn in turns.items()}
    changes = {number: clock.changed(number) for number, clock in clocks.items()}
    due = {number: clock.answer_due for number, clock in clocks.items()}
    reported = {number: clock.report_due for number, clock in clocks.items()}
    body = [_told(effect, due, reported, utc_offset) for effect in effects if not isinstance(effect, Finish)]
    last = [effect for effect in effects if isinstance(effect, Finish)]
    return [*body, *(change for change in changes.values() if change), *last]


def concerned(effects: Sequence[Effect]) -> set[int]:
    """Return the tickets whose promises these effects may change."""
    kinds = (AddEntry, SetStatus, Assign, Amend, StartIncident, EndIncident)
    return {effect.ticket for effect in effects if isinstance(effect, kinds) and effect.ticket is not None}


_Dues = Mapping[int | None, datetime | None]


def _told(effect: Effect, due: _Dues, reported: _Dues, utc_offset: int | None) -> Effect:
    if isinstance(effect, OpenTicket) and effect.utc_offset != utc_offset:
        return replace(effect, utc_offset=utc_offset)
    if isinstance(effect, Mail) and (effect.kind in (MailKind.NOTICE, MailKind.ACKNOWLEDGEMENT)):
        return replace(effect, due=due.get(effect.ticket))
    if isinstance(effect, Mail) and effect.kind is MailKind.RELAY:
        return replace(effect, due=reported.get(effect.ticket))
    return effect


def _split(effect: SplitOff, old: Ticket, now: datetime) -> Ticket:
    """Return the ticket that a split opens, as far as promises look at it (store.merging.opening)."""
    return Ticket(
        id=0,
        subject=effect.subject,
        status=Status.NEW,
        requester=effect.requester,
        language=old.language,
        mailbox=old.mailbox,
        team=old.team,
        created_at=now,
        updated_at=now,
        priority=old.priority,
        category=old.category,
        tags=old.tags,
    )


def _ours(ticket: Ticket) -> bool:
    return ticket.status is not Status.CLOSED and not ticket.spam and ticket.merged_into is None


class _Clocks:
    """The promises of one ticket on their way through one decision."""

    def __init__(self, turn: _Turn, policy: Policy, now: datetime) -> None:
        self.turn, self.policy, self.now = turn, policy, now
        self.ticket, self.before = turn.after, turn.before
        self.level = level_for(policy.levels, turn.after)
        was = self.before.promises if self.before else ()
        self.open = {promise.target: promise for promise in was}
        self.over: list[SlaTarget] = []
        self.first = self.ticket.first_response_at
        self.waiting = self.ticket.waiting_since
        self.settled = ""

    def changed(self, number: int | None) -> SetPromises | None:
        """Return what changes, None when nothing does."""
        if _ours(self.ticket):
            self._go_on()
        else:
            self._close()
        was = set(self.before.promises) if self.before else set()
        changed = tuple(promise for promise in (*self.over, *self.open.values()) if promise not in was)
        columns = (self.first, self.waiting)
        if not (
            changed or self.settled or columns != (self.ticket.first_response_at, self.ticket.waiting_since)
        ):
            return None
        due = {promise.target: promise.due for promise in self.open.values() if promise.due is not None}
        return SetPromises(number, changed, due, self.first, self.waiting, self.settled)

    @property
    def answer_due(self) -> datetime | None:
        """Until when an answer is promised, None where none is or the clock stands still."""
        moments = (self.open[target].due for target in RESPONSES if target in self.open)
        return min((moment for moment in moments if moment is not None), default=None)

    @property
    def report_due(self) -> datetime | None:
        """When the victim of an incident hears of us next, None where no incident goes on."""
        promise = self.open.get(Target.REPORT)
        return promise.due if promise else None

    def _go_on(self) -> None:
        if self.turn.incident is False:
            self._end(Target.REPORT, fulfilled=False)
        elif self.turn.incident:
            self.open.setdefault(Target.REPORT, reports.first(self.now))
        if self.turn.answered:
            self._answered()
            self._reported()
        self._change_policy()
        again = self.before is None or not _ours(self.before)
        if again:
            self._begin(Target.RESOLUTION)
        # Thanks leave a ticket waiting for its customer: nothing is promised for them.
        if self.turn.customer and self.ticket.status is not Status.PENDING:
            self.waiting = self.waiting or self.now
            self._begin(Target.NEXT_RESPONSE if self.first else Target.FIRST_RESPONSE)
        elif again and self.first is None:
            if self.turn.waits:
                self.waiting = self.waiting or self.now
            self._begin(Target.FIRST_RESPONSE)
        elif again and not self.turn.answered and (self.turn.waits or Target.RESOLUTION not in self.open):
            # Opened again without a word of its requester's: one of the clocks runs, or nobody is reminded.
            self.waiting = self.waiting or self.now
            self._begin(Target.NEXT_RESPONSE)
        waits = self.ticket.status is Status.PENDING
        if waits:
            self.waiting = None
        for target, promise in self.open.items():
            if target is Target.REPORT:
                # Whoever waits for whom: the next word is promised.
                continue
            level = self._level(promise)
            self.open[target] = pause(promise, level, self.now) if waits else resume(promise, level, self.now)

    def _answered(self) -> None:
        self.first, self.waiting = self.first or self.now, None
        for target in RESPONSES:
            self._end(target, fulfilled=True)

    def _reported(self) -> None:
        """An answer is a report, too: it says when the next one comes."""
        promise = self.open.get(Target.REPORT)
        if promise is not None and promise.id is not None:
            self.over.append(reports.ended(promise, self.now))
            self.open[Target.REPORT] = reports.after_word(promise, self.now)

    def _close(self) -> None:
        if self.turn.answered:
            self._answered()
        self.waiting = None
        done = (
            self.ticket.status is Status.CLOSED and not self.ticket.spam and self.ticket.merged_into is None
        )
        if self.before is not None and _ours(self.before):
            self.settled = "resolved" if done else "cancelled"
        self._end(Target.RESOLUTION, fulfilled=done)
        self._end(Target.REPORT, fulfilled=self.turn.answered)
        for target in RESPONSES:
            self._end(target, fulfilled=False)

    def _begin(self, target: Target) -> None:
        if target in self.open or self.level is None:
            return
        promise = start(target, self.level, self.now)
        if promise is not None:
            self.open[target] = promise

    def _end(self, target: Target, fulfilled: bool) -> None:
        promise = self.open.pop(target, None)
        if promise is not None:
            self.over.append(end(promise, self.now, fulfilled))

    def _change_policy(self) -> None:
        """Put each promise under the policy that is now the ticket's, where the change is this decision's."""
        before = self.before
        old = level_for(self.policy.levels, before) if before else self.level
        if before is None or old is self.level or not _ours(before):
            return
        for target, promise in list(self.open.items()):
            if target is Target.REPORT:
                continue
            new = retarget(promise, self.level, self.now) if self.level else None
            if new == promise:
                continue
            self._end(target, fulfilled=False)
            if new is not None:
                self.open[target] = new
        self._begin(Target.RESOLUTION)
        if self.first is None:
            self._begin(Target.FIRST_RESPONSE)
        elif self.waiting is not None:
            self._begin(Target.NEXT_RESPONSE)

    def _level(self, promise: SlaTarget) -> ServiceLevel | None:
        return reports.level_of(self.policy.levels, promise)
