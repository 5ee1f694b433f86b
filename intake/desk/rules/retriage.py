"""What triage does to existing tickets, and how the reason says it."""

from collections.abc import Sequence
from dataclasses import replace

from intake.desk.changes import Changes
from intake.desk.effects import AddEntry, Amend, Assign, Effect
from intake.desk.rule_context import RuleContext, is_participant
from intake.desk.ticket import DESK, Agent, EntryKind, Ticket
from intake.desk.triage.asking import urgent_word
from intake.desk.triage.engine import MAX_FIELDS, TriageResult, letter, raised


def told(reason: str, made: TriageResult) -> str:
    """Return the reason of a decision with what triage did, for `intake why`."""
    return f"{reason}; {made.reason}" if made.reason else reason


def answered(case: RuleContext, ticket: Ticket) -> tuple[TriageResult, list[Effect]]:
    """Return what a message changes in its ticket: it may become more urgent, never less.

    Fields that it had not are added, tags too when they are of security; its category stays,
    except for security. An unassigned ticket goes to the security team. The reason says
    only what was changed.
    """
    seen = letter(case.message, case.envelope, case.facts.verified)
    alarm = _alarm(case, ticket)
    seen = replace(seen, alarm=alarm or seen.alarm)
    if ticket.subject:
        # Of "Re: Stolen coins" only "Re:" is new; else no agent could lower the priority for good.
        seen = replace(seen, subject=seen.subject.replace(ticket.subject, ""))
    made = case.triaged(seen)
    changes: Changes = {}
    priority = raised(ticket.priority, made.priority)
    if priority != ticket.priority:
        changes["priority"] = priority
    new = {name: value for name, value in made.fields.items() if name not in ticket.fields}
    fields = {**ticket.fields, **new}
    if new and len(fields) <= MAX_FIELDS:
        changes["fields"] = fields
    team = ""
    if made.word:
        tags = tuple(tag for tag in made.tags if tag not in ticket.tags)
        if tags:
            changes["tags"] = (*ticket.tags, *tags)
        if ticket.category != made.category:
            changes["category"] = made.category
        wanted = case.policy.triage.security_team
        if wanted and wanted != ticket.team and ticket.assignee is None:
            team = wanted
    effects: list[Effect] = [Amend(ticket.id, changes)] if changes else []
    if "priority" in changes:
        text = f"priority {priority}, by triage ({', '.join(made.rules)})"
        effects.append(AddEntry(ticket.id, EntryKind.EVENT, DESK, text))
    if alarm:
        effects.append(AddEntry(ticket.id, EntryKind.EVENT, DESK, f"the requester's side wrote {alarm}"))
    if team:
        effects.append(Assign(ticket.id, None, team))
    said = replace(
        made,
        priority=changes.get("priority", "normal"),
        category=changes.get("category", ""),
        team=team,
        tags=changes.get("tags", ()),
    )
    return (said if effects else TriageResult(word=made.word)), effects


def _alarm(case: RuleContext, ticket: Ticket) -> str:
    """Return the word by which one of the ticket's own people asks for the security team; "" for none.

    Not from others, from a machine, or under a name that our server found forged.
    """
    if case.message.automatic or case.facts.refuted or case.spam or case.envelope.archive:
        return ""
    if case.policy.triage.security is None or not is_participant(case.sender, ticket):
        return ""
    return urgent_word(case.message.new_text)


def telling(case: RuleContext, agents: Sequence[Agent], made: TriageResult) -> tuple[Agent, ...]:
    """Return whom to notify of a message: those who would be, and the security team if it is concerned."""
    team = case.policy.triage.security_team
    if not (made.word and team):
        return tuple(agents)
    return tuple({agent.id: agent for agent in (*agents, *case.of_team(team))}.values())
