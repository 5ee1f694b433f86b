"""What kinds of incidents there are, and which steps each is made of. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class IncidentKind(StrEnum):
    """What happened: coins are gone, somebody imitates us, data got out, or somebody was cheated."""

    STOLEN = "stolen"
    PHISHING = "phishing"
    LEAK = "leak"
    FRAUD = "fraud"


class StepState(StrEnum):
    """A step is to be done, was done, or will not be done, for a reason."""

    OPEN = "open"
    DONE = "done"
    NO = "no"


# The steps that the pages have words for in each language; an admin may name others.
STEPS: Mapping[IncidentKind, tuple[str, ...]] = {
    IncidentKind.STOLEN: ("wallet", "revoke", "trace", "exchanges", "police"),
    IncidentKind.PHISHING: ("site", "inform"),
    IncidentKind.LEAK: ("contain", "inform"),
    IncidentKind.FRAUD: ("trace", "exchanges", "police"),
}
MOST_STEPS = 20
# A step is named in one line of a mail, and its customer reads the name.
STEP_NAME = re.compile(r"[^\W_][\w-]{0,29}")


@dataclass(frozen=True, slots=True)
class IncidentPolicy:
    """The steps of each kind; the config's sections [incident KIND]."""

    steps: Mapping[IncidentKind, tuple[str, ...]] = field(default_factory=lambda: STEPS, hash=False)


@dataclass(frozen=True, slots=True)
class IncidentStep:
    """One step: who set its state and when (aware, UTC), and why where it is not done."""

    name: str
    state: StepState = StepState.OPEN
    by: str = ""
    at: datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Incident:
    """An incident of a ticket. `closed_at` is None while it is open; times are aware, UTC."""

    id: int
    ticket: int
    kind: IncidentKind
    by: str
    opened_at: datetime
    closed_at: datetime | None = None
    steps: tuple[IncidentStep, ...] = ()

    @property
    def open(self) -> bool:
        """Whether it goes on."""
        return self.closed_at is None


@dataclass(frozen=True, slots=True)
class Hold:
    """A hold on a ticket, or on all that is of a person's (`address`). Times are aware, UTC.

    `authority` is who asks for it ("Kripo Berlin, 12/26"), `until` when it ends by itself (None: never).
    """

    id: int
    ticket: int | None
    address: str
    reason: str
    authority: str
    by: str
    since: datetime
    until: datetime | None = None
    lifted_at: datetime | None = None
    lifted_by: str = ""

    def holds(self, now: datetime) -> bool:
        """Whether it still holds at a moment (aware)."""
        return self.lifted_at is None and (self.until is None or self.until > now)
