"""What a decision does to incidents. See `effects`, whose list they belong to."""

from dataclasses import dataclass
from datetime import datetime

from intake.desk.incident.kinds import IncidentKind, StepState


@dataclass(frozen=True, slots=True)
class IncidentChange:
    """Something that changes the incident of a ticket."""

    ticket: int


@dataclass(frozen=True, slots=True)
class StartIncident(IncidentChange):
    """Open an incident with these steps; a ticket has one open incident at most, so a second is none."""

    kind: IncidentKind
    by: str
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MarkStep(IncidentChange):
    """Set the state of a step of the ticket's open incident; `note` is why it is not done."""

    step: str
    state: StepState
    by: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class EndIncident(IncidentChange):
    """Close the ticket's open incident."""

    by: str


@dataclass(frozen=True, slots=True)
class PlaceHold(IncidentChange):
    """Hold a ticket, or with `ticket` 0 all that is of the person of `address`."""

    reason: str = ""
    by: str = ""
    address: str = ""
    authority: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class LiftHold(IncidentChange):
    """End a hold, by its number."""

    number: int
    by: str
