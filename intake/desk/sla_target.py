"""What was promised in a ticket, and how far its clock has run. A value: the arithmetic is in `sla`."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Target(StrEnum):
    """What is promised: the first answer of a person, the next one, or that the ticket is settled."""

    FIRST_RESPONSE = "first_response"
    NEXT_RESPONSE = "next_response"
    RESOLUTION = "resolution"


class PromiseState(StrEnum):
    """How a promise stands. PAUSED: we wait for the requester. DROPPED: it ended unfulfilled and in time."""

    RUNNING = "running"
    PAUSED = "paused"
    KEPT = "kept"
    BROKEN = "broken"
    DROPPED = "dropped"

    @property
    def open(self) -> bool:
        """Whether it is still to be kept."""
        return self in (PromiseState.RUNNING, PromiseState.PAUSED)


@dataclass(frozen=True, slots=True)
class SlaTarget:
    """One promise. Times are aware, UTC; `total` and `left` are business time of the policy's calendar.

    At `counted_from`, when its clock was last set going, `left` of the `total` was left;
    while it is PAUSED the clock stands and there is no `due`. `reached` is the highest
    percentage whose steps of the ladder were done, `next_at` when the next ones are due.
    `told` is the later time the requester was told, where he was. `id` is None for a new one.
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
