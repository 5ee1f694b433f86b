"""Incidents in the database and in memory: one open one a ticket, its steps, and the reports with it."""

import pytest
from store_bench import Bench

from intake.desk.incident.changes import EndIncident, MarkStep, StartIncident
from intake.desk.incident.kinds import Incident, IncidentKind, IncidentStep, StepState
from intake.ports import Temporary

STOLEN = StartIncident(1, IncidentKind.STOLEN, "Anna", ("wallet", "police"))


def test_a_ticket_has_one_open_incident_and_each_of_its_steps_a_state(bench: Bench) -> None:
    incidents = bench.store.incidents
    bench.open()
    assert incidents.of_ticket(1) is None
    bench.apply(STOLEN)
    with pytest.raises(Temporary):
        bench.apply(STOLEN)
    bench.apply(
        MarkStep(1, "police", StepState.DONE, "Wei"), MarkStep(1, "wallet", StepState.NO, "Wei", "has one")
    )
    steps = (
        IncidentStep("wallet", StepState.NO, "Wei", bench.now, "has one"),
        IncidentStep("police", StepState.DONE, "Wei", bench.now),
    )
    made = Incident(1, 1, IncidentKind.STOLEN, "Anna", bench.now, None, steps)
    assert [made] == incidents.list_incidents()
    bench.apply(EndIncident(1, "Anna"))
    assert [] == incidents.list_incidents()
    with pytest.raises(Temporary):
        bench.apply(MarkStep(1, "police", StepState.OPEN, "Wei"))
    bench.apply(StartIncident(1, IncidentKind.LEAK, "Wei"))
    assert [IncidentKind.LEAK, IncidentKind.STOLEN] == [
        one.kind for one in incidents.list_incidents(ended=True)
    ]
    found = incidents.of_ticket(1)
    assert found is not None
    assert (IncidentKind.LEAK, True) == (found.kind, found.open)
