"""What a decision asks for about promises and escalations. See `effects`, whose list they belong to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from intake.desk.sla_target import SlaTarget, Target


@dataclass(frozen=True, slots=True)
class SetPromises:
    """What is promised in a ticket from now on: new promises (without an id) and changed ones.

    `due` holds the promised times as they are then, `first_response_at` and `waiting_since`
    the ticket's columns of these names. The escalations of a promise that ended are settled:
    resolved where it was fulfilled, cancelled where not. With `settled`, "resolved" or
    "cancelled", so are those that somebody asked for.
    """

    ticket: int | None
    promises: tuple[SlaTarget, ...] = ()
    due: Mapping[Target, datetime] = field(default_factory=dict, hash=False)
    first_response_at: datetime | None = None
    waiting_since: datetime | None = None
    settled: str = ""


@dataclass(frozen=True, slots=True)
class Escalate:
    """Write down one escalation: a step of the ladder of `promise`, or what somebody asked for (None).

    `step` is the step's own words ("75% lead"), `due_at` when it was due. `state` is open,
    for somebody to see to, or done. A step that was written down before adds nothing.
    """

    ticket: int
    step: str
    due_at: datetime
    promise: int | None = None
    target: str = ""
    state: str = "open"
    reason: str = ""
    to_team: str = ""
    by: str = "intake"


@dataclass(frozen=True, slots=True)
class SettleEscalation:
    """Move one escalation to acked, resolved or cancelled."""

    ticket: int
    escalation: int
    state: str
    by: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Owe a call of the webhook: at least once, and `key` is what the other side knows a repetition by.

    `details` must not hold what people wrote: it goes to somebody else's server.
    """

    ticket: int
    key: str
    details: Mapping[str, str] = field(default_factory=dict, hash=False)
