"""After the rules have decided: who of a team gets a new ticket, and which agents get an email at once.

The rules say whom news concerns. Shifts, absences, preferences and round robin are applied here, in
one place for every rule, so that no rule has to know about them.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeGuard

from intake.desk import colleagues, partners
from intake.desk.agent_effects import SetAway
from intake.desk.effects import AddEntry, Amend, Assign, Effect, Finish, Mail, MailKind, OpenTicket, Outcome
from intake.desk.facts import Facts, TicketMatch
from intake.desk.lifecycle import ASSIGNED
from intake.desk.mails import alerts
from intake.desk.page import HANDED_OVER
from intake.desk.people import Assignment, next_agent, on_duty, told_at_once, working
from intake.desk.policy import Policy
from intake.desk.rule_context import RuleContext, entry, is_participant
from intake.desk.text.said import joined, said
from intake.desk.ticket import DESK, URGENT, Agent, EntryKind, Status, Ticket
from intake.desk.tokens import Purpose

# An out-of-office reply rarely says until when in words that a program understands; each one renews it.
AWAY_FOR = timedelta(hours=24)
# What an automatic assignment says instead of an agent's name.
AUTOMATICALLY = {
    Assignment.IN_TURN: "automatically (round robin)",
    Assignment.LEAST_LOADED: "automatically (least loaded)",
}


def arrange(effects: Sequence[Effect], facts: Facts, policy: Policy) -> list[Effect]:
    """Return the effects with new tickets assigned and the notices cut to the agents who want them now."""
    notices = [effect for effect in effects if _is_news(effect)]
    opened = next((effect for effect in effects if isinstance(effect, OpenTicket)), None)
    assigned = any(isinstance(effect, Assign) and effect.ticket is None for effect in effects)
    assignment: list[Effect] = []
    recipients: dict[int | None, set[int]] = {}
    amended = [effect for effect in effects if isinstance(effect, Amend)]
    raised = {effect.ticket for effect in amended if effect.changes.get("priority") == URGENT}
    for number in dict.fromkeys(effect.ticket for effect in notices):
        asked = tuple(effect.agent for effect in notices if effect.ticket == number and effect.agent)
        if number in raised:
            # A message about theft: everybody the rules name is notified now, on duty or not.
            recipients[number] = _ids(asked)
            continue
        if number is None and opened is not None and not assigned:
            chosen = _handed(opened, asked, facts, policy)
            assignment = _given(chosen, policy.teams[opened.team].assign) if chosen else []
            recipients[number] = _ids(_of_new(opened, asked, chosen, facts))
            continue
        recipients[number] = _ids(_of_ticket(asked, _found(facts, number), facts.now))
    return _cut(effects, notices, recipients, facts, opened, assignment)


def _cut(
    effects: Sequence[Effect],
    notices: Sequence[Mail],
    recipients: dict[int | None, set[int]],
    facts: Facts,
    opened: OpenTicket | None,
    assignment: Sequence[Effect],
) -> list[Effect]:
    """Return the effects with the notices to the `recipients` in each ticket, and the `assignment`."""
    made: list[Effect] = []
    for effect in effects:
        if _is_news(effect) and effect.agent:
            if effect.agent.id in recipients[effect.ticket]:
                made.append(effect)
                recipients[effect.ticket].discard(effect.agent.id)
            continue
        if isinstance(effect, Finish):
            # Those whom the rules did not name, because nobody it concerns is there.
            made += _stand_ins(notices, recipients, facts)
        made.append(effect)
        if effect is opened:
            made += assignment
    return made


def _is_news(effect: Effect) -> TypeGuard[Mail]:
    """Whether it is news that preferences apply to; a copy they asked for and a note to them are not."""
    if not isinstance(effect, Mail) or effect.kind is not MailKind.NOTICE:
        return False
    return effect.agent is not None and effect.event not in ("copy", "note", partners.EVENT, colleagues.EVENT)


def _handed(opened: OpenTicket, asked: Sequence[Agent], facts: Facts, policy: Policy) -> Agent | None:
    team = policy.teams.get(opened.team)
    if team is None or opened.status is Status.CLOSED:
        return None
    return next_agent(asked, facts.loads, team.assign, facts.now)


def _given(agent: Agent, how: Assignment) -> list[Effect]:
    text = f"{ASSIGNED}{agent.name} {AUTOMATICALLY.get(how, 'automatically')}"
    return [Assign(None, agent), AddEntry(None, EntryKind.EVENT, DESK, text)]


def _of_new(
    opened: OpenTicket, asked: Sequence[Agent], chosen: Agent | None, facts: Facts
) -> tuple[Agent, ...]:
    """Return who learns of a new ticket: whoever it was given to, else all that are asked."""
    asked = (chosen,) if chosen else asked
    wanted = _told(asked, asked if chosen else (), facts.now, opened.priority == URGENT)
    # Who forwarded it answers by this notice.
    return (*wanted, facts.agent) if facts.agent is not None else wanted


def _of_ticket(asked: Sequence[Agent], match: TicketMatch | None, now: datetime) -> tuple[Agent, ...]:
    concerned = match.agents if match else ()
    urgent = match is not None and match.ticket.priority == URGENT
    if concerned and not any(on_duty(agent, now) for agent in concerned):
        # Nobody who knows it is there: their team is notified too, and may take it.
        team = working(match.team, now) if match else ()
        return tuple(dict.fromkeys((*asked, *_told(team, (), now, urgent))))
    return _told(asked, concerned, now, urgent)


def _told(
    asked: Sequence[Agent], concerned: Sequence[Agent], now: datetime, urgent: bool
) -> tuple[Agent, ...]:
    mine = {agent.id for agent in concerned}
    there = {agent.id for agent in working(asked, now)}
    wanted = tuple(agent for agent in asked if agent.id in mine or agent.id in there)
    return told_at_once(wanted, concerned, urgent)


def _stand_ins(notices: Sequence[Mail], recipients: dict[int | None, set[int]], facts: Facts) -> list[Effect]:
    made: list[Effect] = []
    for number, ids in recipients.items():
        match = _found(facts, number)
        like = next(notice for notice in notices if notice.ticket == number)
        for agent in match.team if match else ():
            if agent.id in ids:
                # The rule's key ends in its agent's number.
                key = f"{like.dedupe.rpartition(':')[0]}:{agent.id}"
                made.append(replace(like, to=agent.as_address, agent=agent, dedupe=key))
    return made


def _ids(agents: Sequence[Agent]) -> set[int]:
    return {agent.id for agent in agents}


def _found(facts: Facts, number: int | None) -> TicketMatch | None:
    ways = (
        facts.by_token,
        facts.by_sent_id,
        facts.by_stored_id,
        facts.by_number,
        facts.by_thread_index,
        facts.sent_ticket,
        facts.flood_address,
        facts.flood_domain,
    )
    return next((match for match in ways if match is not None and match.ticket.id == number), None)


def agent_away(case: RuleContext) -> list[Effect] | None:
    """An agent's out-of-office reply: kept, never forwarded; they count as away, and may lose the ticket.

    Only in answer to an email of ours to that agent, verified by what lets a reply of theirs act, or to that
    email's return address by the word of our own server: else a stranger, or a finder of their reply
    address, could send them away. No signature says that it came from a machine, so an email that was
    carried out does not count when it comes again with such a field put on top.
    """
    facts, agent = case.facts, case.facts.agent
    if not case.message.automatic or case.message.bounce is not None or agent is None or facts.acted:
        return None
    match, token = facts.by_token, facts.token
    if match is None or token is None or is_participant(case.sender, match.ticket):
        return None
    replied = token.purpose is Purpose.AGENT and facts.token_agent == agent and case.proven
    returned = token.purpose is Purpose.BOUNCE and token.person == agent.id and facts.verified
    if not (replied or returned):
        return None
    ticket = match.ticket
    effects: list[Effect] = [
        entry(case, ticket.id, EntryKind.AUTOMATIC),
        SetAway(agent.id, facts.now + AWAY_FOR),
    ]
    team = case.policy.teams.get(ticket.team)
    mine = ticket.assignee is not None and ticket.assignee.id == agent.id
    if team is not None and team.reassign_away and mine and ticket.status is not Status.CLOSED:
        others = tuple(member for member in match.team if member.id != agent.id)
        following = next_agent(others, facts.loads, team.assign, facts.now)
        event = f"{ASSIGNED}{following.name if following else 'nobody'}: {agent.name} is out of office"
        effects += [Assign(ticket.id, following), AddEntry(ticket.id, EntryKind.EVENT, DESK, event)]
        agents = (following,) if following else working(others, facts.now)
        text = _away(agent, ticket)
        effects += alerts(
            ticket.id, agents, text, f"assigned:{case.key}", HANDED_OVER, agent.name, following is not None
        )
    reason = f"{agent.name} is out of office"
    return [*effects, Finish(Outcome.AUTOMATIC, ticket.id, "agent_away", reason)]


def _away(agent: Agent, ticket: Ticket) -> str:
    return joined([said("{agent} is out of office.", agent=agent.name), ticket.subject])
