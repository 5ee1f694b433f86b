"""Incidents: what decisions do to them within the running transaction, and reading them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypedDict

from intake.desk.incident.changes import (
    EndIncident,
    IncidentChange,
    LiftHold,
    MarkStep,
    PlaceHold,
    StartIncident,
)
from intake.desk.incident.kinds import Hold, Incident, IncidentKind, IncidentStep, StepState
from intake.desk.lookup import LookupRequest
from intake.ports import Temporary
from intake.store import holds
from intake.store.base import StorePart
from intake.store.connection import Connection
from intake.store.schema.incidents import Incident as Row
from intake.store.schema.incidents import IncidentStep as StepRow


def write(db: Connection, effect: IncidentChange, now: datetime) -> None:
    """Do what a decision asks for. Raises Temporary where somebody else was quicker: decide again then."""
    db.alone()
    match effect:
        case StartIncident():
            _start(db, effect, now)
        case MarkStep():
            mine = (StepRow.incident == _open(db, effect.ticket)) & (StepRow.name == effect.step)
            values = {"state": effect.state.value, "by": effect.by, "at": now, "note": effect.note}
            db.run(StepRow.update(**values).where(mine))
        case EndIncident():
            ended = {"open_in": None, "closed_at": now, "closed_by": effect.by}
            db.run(Row.update(**ended).where(Row.id == _open(db, effect.ticket)))
        case PlaceHold():
            holds.place(db, effect, now)
        case LiftHold():
            holds.lift(db, effect, now)
        case _:
            raise TypeError(f"{type(effect).__name__} is no change of an incident")


def _start(db: Connection, effect: StartIncident, now: datetime) -> None:
    values = {"ticket": effect.ticket, "kind": effect.kind.value, "by": effect.by, "opened_at": now}
    insertion = Row.insert(open_in=effect.ticket, **values).on_conflict_ignore().returning(Row.id)
    made = db.rows(insertion.tuples())
    if not made:
        raise Temporary("two incidents were started in a ticket at once")
    steps = [
        {"incident": made[0][0], "ticket": effect.ticket, "place": place, "name": name}
        for place, name in enumerate(dict.fromkeys(effect.steps))
    ]
    if steps:
        db.run(StepRow.insert_many(steps).as_rowcount())


def _open(db: Connection, ticket: int) -> int:
    row = db.first(Row.select(Row.id).where(Row.open_in == ticket).tuples())
    if row is None:
        raise Temporary("an incident ended while something was done in it")
    return int(row[0])


class Looked(TypedDict):
    """What `LookupResult` holds of incidents."""

    incident: Incident | None
    hold: Hold | None


class SqlIncidents(StorePart):
    """Incidents, as commands and pages show them."""

    def of_ticket(self, ticket: int) -> Incident | None:
        """Return the newest incident of a ticket, None where there never was one."""
        rows = self._read(Row.select().where(Row.ticket == ticket).order_by(Row.id.desc()).limit(1))
        return rows[0] if rows else None

    def list_incidents(self, ended: bool = False, limit: int = 50) -> list[Incident]:
        """Return incidents, the newest first: the open ones, or with `ended` all."""
        query = Row.select().order_by(Row.id.desc()).limit(limit)
        return self._read(query if ended else query.where(Row.open_in.is_null(False)))

    def holds(self, now: datetime | None = None) -> list[Hold]:
        """Return all holds, the newest first; with `now` (aware) those that hold then."""
        return holds.listed(self.db, now)

    def hold_of(self, ticket: int, now: datetime) -> Hold | None:
        """Return the hold on a ticket, None where it is not held."""
        return holds.hold_of(self.db, ticket, now)

    def looked(self, wanted: LookupRequest, ticket: int | None, now: datetime) -> Looked:
        """Return what commands want to know of incidents and holds, as `LookupResult` has it."""
        if not (wanted.incident and ticket):
            return {"incident": None, "hold": None}
        return {"incident": self.of_ticket(ticket), "hold": self.hold_of(ticket, now)}

    def _read(self, query: Any) -> list[Incident]:
        rows = self.db.rows(query)
        steps = self._steps([row.id for row in rows])
        return [
            Incident(
                row.id,
                row.ticket,
                IncidentKind(row.kind),
                row.by,
                row.opened_at,
                row.closed_at,
                tuple(steps.get(row.id, ())),
            )
            for row in rows
        ]

    def _steps(self, incidents: Sequence[int]) -> dict[int, list[IncidentStep]]:
        query = StepRow.select().where(StepRow.incident.in_(list(incidents))).order_by(StepRow.place)
        steps: dict[int, list[IncidentStep]] = {}
        for row in self.db.rows(query) if incidents else ():
            made = IncidentStep(row.name, StepState(row.state), row.by, row.at, row.note)
            steps.setdefault(row.incident, []).append(made)
        return steps
