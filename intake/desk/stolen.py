"""What the button "my money moved without me" does to a ticket. Pure."""

from collections.abc import Iterable
from datetime import datetime

from intake.desk import lifecycle
from intake.desk.changes import Changes
from intake.desk.effects import AddEntry, Amend, Assign, Effect, Mail
from intake.desk.mails import alerts
from intake.desk.policy import Policy
from intake.desk.text.said import said
from intake.desk.ticket import DESK, URGENT, Agent, EntryKind, Ticket
from intake.desk.triage.engine import SECURITY


def pressed(ticket: Ticket, agents: Iterable[Agent], policy: Policy, now: datetime) -> list[Effect]:
    """Return the effects of the button: as those of words of theft in an answer (`rules.retriage.answered`).

    The ticket becomes urgent and one of security; one that nobody has goes to the security team, and a closed
    one is open again. `agents`, each once, are told once an hour. None for a desk without words of theft.
    """
    if policy.triage.security is None:
        return []
    changes: Changes = {}
    if ticket.priority != URGENT:
        changes["priority"] = URGENT
    if ticket.category != SECURITY:
        changes["category"] = SECURITY
    if SECURITY not in ticket.tags:
        changes["tags"] = (*ticket.tags, SECURITY)
    reopened = lifecycle.reopen(ticket, "the requester", "", waits=True)
    effects: list[Effect] = [effect for effect in reopened if not isinstance(effect, Mail)]
    if changes:
        effects.append(Amend(ticket.id, changes))
    text = "the requester pressed the button: money left without them"
    effects.append(AddEntry(ticket.id, EntryKind.EVENT, DESK, text))
    team = policy.triage.security_team
    if team and team != ticket.team and ticket.assignee is None:
        effects.append(Assign(ticket.id, None, team))
    sentence = said(
        "The requester of ticket #{number} says that money left their wallet without them.", number=ticket.id
    )
    return [*effects, *alerts(ticket.id, agents, sentence, f"stolen:{ticket.id}:{now:%Y%m%d%H}")]
