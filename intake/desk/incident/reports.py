"""Reports to the victim of an incident, as SLA targets with their ladder. Pure.

Somebody who lost money must never wait in silence: every answer of an agent says when the next word comes,
and where none came by then, a short mail of our own says that we are still working, twice in a row at
most.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from intake.desk.sla_policies import Action, EscalationRule, Length, ServiceLevel, level_named
from intake.desk.sla_target import PromiseState, SlaTarget, Target

# Every twelve hours for three days, then once a day: docs/incidents.md.
SOON, LATER = timedelta(hours=12), timedelta(hours=24)
SOON_UNTIL = timedelta(days=3)
# So many mails of our own in a row stand for a person's word.
MOST_MISSED = 2
_NAME = "incident reports"


def _level(missed: int) -> ServiceLevel:
    name = f"{_NAME}, {missed} missed" if missed else _NAME
    last = Action.REPORT if missed < MOST_MISSED else Action.PAGE
    steps = ((75, Action.REMIND), (100, Action.LEAD), (100, last))
    # Each step is done once for a promise: those after a miss are others.
    again = f"after {missed} missed" if missed else ""
    ladder = tuple(EscalationRule(percent, action, again) for percent, action in steps)
    return ServiceLevel(name, {Target.REPORT: Length(rest=SOON)}, ladder=ladder)


# By how many reports in a row were missed.
LEVELS: tuple[ServiceLevel, ...] = tuple(_level(missed) for missed in range(MOST_MISSED + 1))


def level_of(levels: Sequence[ServiceLevel], promise: SlaTarget) -> ServiceLevel | None:
    """Return the policy that a promise was made under: one of the config's, or of reports."""
    return level_named(LEVELS if promise.target is Target.REPORT else levels, promise.policy)


def every(opened_at: datetime, now: datetime) -> timedelta:
    """Return after how much time the next report is due, in an incident that was opened then."""
    return SOON if now - opened_at < SOON_UNTIL else LATER


def first(now: datetime) -> SlaTarget:
    """Return the promise of the first report of an incident that is opened now (aware).

    `started_at` stays the incident's beginning in all that follow.
    """
    return _promised(now, now, LEVELS[0])


def after_word(promise: SlaTarget, now: datetime) -> SlaTarget:
    """Return the promise of the next report, now that a person wrote one."""
    return _promised(promise.started_at, now, LEVELS[0])


def after_miss(promise: SlaTarget, now: datetime) -> SlaTarget:
    """Return the same promise with more time, now that our own mail stood for a person's word: it is no more
    kept by that, and its escalations stay open."""
    level = LEVELS[min(missed(promise) + 1, MOST_MISSED)]
    return replace(_promised(promise.started_at, now, level), id=promise.id)


def missed(promise: SlaTarget) -> int:
    """Return how often in a row a mail of our own stood for the report that is promised."""
    return next((number for number, level in enumerate(LEVELS) if level.name == promise.policy), 0)


def ended(promise: SlaTarget, now: datetime) -> SlaTarget:
    """Return the promise as it ended with a person's report: kept, or broken where it came too late."""
    late = missed(promise) or promise.due is None or now > promise.due
    state = PromiseState.BROKEN if late else PromiseState.KEPT
    return replace(promise, state=state, ended_at=now, next_at=None)


def _promised(opened_at: datetime, now: datetime, level: ServiceLevel) -> SlaTarget:
    total = every(opened_at, now)
    promise = SlaTarget(Target.REPORT, level.name, total, opened_at, now, total, now + total)
    percent = min(step.percent for step in level.ladder)
    return replace(promise, next_at=now + total * percent / 100)
