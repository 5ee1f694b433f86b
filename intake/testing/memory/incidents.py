"""Incidents, in memory."""

from datetime import datetime

from intake.desk.incident.changes import (
    EndIncident,
    IncidentChange,
    LiftHold,
    MarkStep,
    PlaceHold,
    StartIncident,
)
from intake.desk.incident.kinds import Hold, Incident, IncidentStep
from intake.desk.lookup import LookupRequest
from intake.ports import Temporary
from intake.store.incidents import Looked
from intake.testing.memory.state import MemoryPart, State


def write(state: State, effect: IncidentChange, now: datetime) -> None:
    """Do what a decision asks for. Raises Temporary where somebody else was quicker."""
    if isinstance(effect, PlaceHold):
        held, address = effect.ticket or None, effect.address.lower()
        words = (effect.reason, effect.authority, effect.by)
        state.holds.add(lambda number: Hold(number, held, address, *words, now, effect.until))
        return
    if isinstance(effect, LiftHold):
        hold = state.holds.get(effect.number)
        if hold is not None and hold.lifted_at is None:
            state.holds.change(hold.id, lifted_at=now, lifted_by=effect.by)
        return
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

    def holds(self, now: datetime | None = None) -> list[Hold]:
        """Return all holds, the newest first; with `now` (aware) those that hold then."""
        return [hold for hold in self._now.holds.newest() if now is None or hold.holds(now)]

    def hold_of(self, ticket: int, now: datetime) -> Hold | None:
        """Return the hold on a ticket, None where it is not held."""
        return hold_of(self._now, ticket, now)

    def looked(self, wanted: LookupRequest, ticket: int | None, now: datetime) -> Looked:
        """Return what commands want to know of incidents and holds, as `LookupResult` has it."""
        if not (wanted.incident and ticket):
            return {"incident": None, "hold": None}
        return {"incident": self.of_ticket(ticket), "hold": self.hold_of(ticket, now)}


def hold_of(state: State, ticket: int, now: datetime) -> Hold | None:
    """Return the hold on a ticket, or on one that it was merged with, or on its requester."""
    holds = [hold for hold in state.holds.newest() if hold.holds(now)]
    row, numbers = state.tickets.get(ticket), {ticket}
    if row is None or not holds:
        return None
    while True:
        merged = [(each.id, each.ticket.merged_into) for each in state.tickets if each.ticket.merged_into]
        more = {number for pair in merged if numbers & set(pair) for number in pair if number is not None}
        if more <= numbers:
            break
        numbers |= more
    rows = [state.tickets.get(number) for number in numbers]
    people = {each.ticket.requester.key for each in rows if each is not None}
    return next((hold for hold in holds if hold.ticket in numbers or hold.address in people - {""}), None)
