"""An SLA target of a ticket, and how far its clock has run. A value: the arithmetic is in `sla_clocks`."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Target(StrEnum):
    """What is measured: the first response of a person, the next one, the resolution; or the next report to
    the victim of an incident, which no policy of the config promises (`intake.desk.incident.reports`)."""

    FIRST_RESPONSE = "first_response"
    NEXT_RESPONSE = "next_response"
    RESOLUTION = "resolution"
    REPORT = "report"


# Those that policies promise; the ticket has a column for the time of each.
OF_POLICIES = (Target.FIRST_RESPONSE, Target.NEXT_RESPONSE, Target.RESOLUTION)


class PromiseState(StrEnum):
    """The state of an SLA target. PAUSED: waiting for the requester. DROPPED: ended unmet and in time.

    KEPT is shown as met, BROKEN as breached; the stored words stay.
    """

    RUNNING = "running"
    PAUSED = "paused"
    KEPT = "kept"
    BROKEN = "broken"
    DROPPED = "dropped"

    @property
    def open(self) -> bool:
        """Whether it can still be met."""
        return self in (PromiseState.RUNNING, PromiseState.PAUSED)


@dataclass(frozen=True, slots=True)
class SlaTarget:
    """One SLA target. Times are aware, UTC; `total` and `left` are business time of the policy's calendar.

    At `counted_from`, when its clock was last set going, `left` of the `total` was left;
    while it is PAUSED the clock stands and there is no `due`. `reached` is the highest
    percentage whose escalation rules were carried out, `next_at` when the next ones are due.
    `told` is the later time announced to the requester, if any. `id` is None for a new one.
    """

    target: Target
    policy: str
    total: timedelta
    started_at: datetime
    counted_from: datetime
    left: timedelta
    due: datetime | None
    state: PromiseState = PromiseState.RUNNING
    reached: int = 0
    next_at: datetime | None = None
    ended_at: datetime | None = None
    told: datetime | None = None
    id: int | None = None
