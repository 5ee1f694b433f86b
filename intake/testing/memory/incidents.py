"""Incidents, in memory."""

from datetime import datetime

from intake.desk.incident.changes import EndIncident, IncidentChange, MarkStep, StartIncident
from intake.desk.incident.kinds import Incident, IncidentStep
from intake.ports import Temporary
from intake.testing.memory.state import MemoryPart, State


def write(state: State, effect: IncidentChange, now: datetime) -> None:
    """Do what a decision asks for. Raises Temporary where somebody else was quicker."""
    known = next((each for each in state.incidents if each.ticket == effect.ticket and each.open), None)
    if isinstance(effect, StartIncident):
        if known is not None:
            raise Temporary("two incidents were started in a ticket at once")
        steps = tuple(map(IncidentStep, dict.fromkeys(effect.steps)))
        state.incidents.add(
            lambda number: Incident(number, effect.ticket, effect.kind, effect.by, now, steps=steps)
        )
        return
    if known is None:
        raise Temporary("an incident ended while something was done in it")
    if isinstance(effect, EndIncident):
        state.incidents.change(known.id, closed_at=now)
    elif isinstance(effect, MarkStep):
        made = IncidentStep(effect.step, effect.state, effect.by, now, effect.note)
        steps = tuple(made if each.name == effect.step else each for each in known.steps)
        state.incidents.change(known.id, steps=steps)


class MemoryIncidents(MemoryPart):
    """Incidents, as commands and pages show them."""

    def of_ticket(self, ticket: int) -> Incident | None:
        """Return the newest incident of a ticket, None where there never was one."""
        return next((each for each in self._now.incidents.newest() if each.ticket == ticket), None)

    def list_incidents(self, ended: bool = False, limit: int = 50) -> list[Incident]:
        """Return incidents, the newest first: the open ones, or with `ended` all."""
        return [each for each in self._now.incidents.newest() if ended or each.open][:limit]
