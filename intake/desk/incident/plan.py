"""What starts an incident, moves its steps and ends it: one plan each, applied as one. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from intake.desk.changes import Changes
from intake.desk.effects import AddEntry, Amend, Assign, Effect, Mail
from intake.desk.incident import letters
from intake.desk.incident.changes import EndIncident, MarkStep, StartIncident
from intake.desk.incident.holds import place
from intake.desk.incident.kinds import STEPS, Incident, IncidentKind, IncidentStep, StepState
from intake.desk.lifecycle import reopen
from intake.desk.mails import alerts
from intake.desk.policy import Policy
from intake.desk.sla_effects import Page
from intake.desk.text.said import said
from intake.desk.ticket import DESK, URGENT, Agent, EntryKind, Status, Ticket
from intake.desk.triage.engine import SECURITY


def start(
    ticket: Ticket,
    kind: IncidentKind,
    by: str,
    key: str,
    policy: Policy,
    agents: Iterable[Agent],
    now: datetime,
) -> list[Effect]:
    """Return the effects of opening an incident in a ticket that has none.

    The ticket becomes urgent and the security team's, whose `agents` are told at once, and so is the webhook;
    its requester is told what to do now and when they hear of us next. `key` begins the keys of the mails.
    """
    effects: list[Effect] = []
    if ticket.status is Status.CLOSED:
        opened = reopen(ticket, by, key, waits=True)
        effects += [effect for effect in opened if not isinstance(effect, Mail)]
    changes: Changes = {}
    if ticket.priority != URGENT:
        changes["priority"] = URGENT
    if ticket.category != SECURITY:
        changes["category"] = SECURITY
    if SECURITY not in ticket.tags:
        changes["tags"] = (*ticket.tags, SECURITY)
    effects += [Amend(ticket.id, changes)] if changes else []
    team = policy.triage.security_team
    if team and team != ticket.team and ticket.assignee is None:
        effects.append(Assign(ticket.id, None, team))
    steps = policy.incidents.steps.get(kind, STEPS[kind])
    text = f"incident ({kind.value}) started, by {by}"
    sentence = said(
        "An incident ({kind}) was started in ticket #{number} by {by}.",
        kind=kind.value,
        number=ticket.id,
        by=by,
    )
    details = {"event": "incident", "ticket": str(ticket.id), "kind": kind.value, "team": team or ticket.team}
    return [
        *effects,
        StartIncident(ticket.id, kind, by, steps),
        *place(ticket.id, f"incident ({kind.value})", by),
        AddEntry(ticket.id, EntryKind.EVENT, DESK, text),
        letters.first(ticket, key, now),
        *alerts(ticket.id, agents, sentence, f"incident:{ticket.id}:{key}"),
        *([Page(ticket.id, f"incident:{ticket.id}:{key}", details)] if policy.webhook else ()),
    ]


def step(incident: Incident, name: str, state: StepState, by: str, note: str = "") -> list[Effect]:
    """Return the effects of setting the state of a step; `note` is why it is not done."""
    text = {
        StepState.DONE: f"step {name} is done, by {by}",
        StepState.NO: f"step {name} is not needed: {note}, by {by}",
        StepState.OPEN: f"step {name} is to be done, by {by}",
    }
    return [
        MarkStep(incident.ticket, name, state, by, note),
        AddEntry(incident.ticket, EntryKind.EVENT, DESK, text[state]),
    ]


def end(incident: Incident, by: str) -> list[Effect]:
    """Return the effects of closing an incident; its ticket goes on as any other."""
    return [
        EndIncident(incident.ticket, by),
        AddEntry(incident.ticket, EntryKind.EVENT, DESK, f"incident ended, by {by}"),
    ]


def step_called(incident: Incident, name: str) -> str:
    """Return the step of an incident that is meant by a name in any case, "" for none."""
    wanted = name.strip().casefold()
    return next((each.name for each in incident.steps if each.name.casefold() == wanted), "")


def incident_after(known: Incident | None, effects: Sequence[Effect], now: datetime) -> Incident | None:
    """Return a ticket's incident after these effects, as far as the commands below them look at it."""
    for effect in effects:
        match effect:
            case StartIncident():
                steps = tuple(map(IncidentStep, effect.steps))
                known = Incident(0, effect.ticket, effect.kind, effect.by, now, steps=steps)
            case EndIncident() if known is not None:
                known = replace(known, closed_at=now)
            case _:
                pass
    return known
