"""Who is another person than the agent who wrote: their yes sends what nobody may send alone. Pure."""

from intake.desk.facts import Draft, Facts
from intake.desk.guard.policy import Need
from intake.desk.rule_context import RuleContext
from intake.desk.ticket import Agent


def another(agent: Agent, first: Agent, address: str = "") -> bool:
    """Whether an agent is another person than `first`, who may write from `address` (lower-cased) too.

    Two addresses under one name, or that differ behind a plus only, are one person's.
    """
    mine = {_bare(first.address), _bare(address)} - {""}
    names = {" ".join(each.name.casefold().split()) for each in (agent, first) if each.name}
    alike = len(names) == 1 and bool(agent.name and first.name)
    return agent.id != first.id and _bare(agent.address) not in mine and not alike


def others(facts: Facts, agent: Agent | None, address: str = "") -> list[Agent]:
    """Return who may be asked as the second person beside an agent, who may write from `address` too: nobody
    who is away, and once somebody has a second factor, only who can show one."""
    if agent is None:
        return []
    there = (other for other in facts.agents if other.away_until is None or facts.now >= other.away_until)
    able = [other for other in there if another(other, agent, address)]
    factors = any(each.factor for each in facts.agents)
    return [other for other in able if other.factor] if factors else able


def nobody_else(case: RuleContext, draft: Draft) -> bool:
    """Whether a draft that needs a second person has none by now: then its agent's yes has it wait a day."""
    return draft.guard is Need.TWO and not others(case.facts, draft.agent, draft.author.lower())


def _bare(address: str) -> str:
    local, _, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0].replace('.', '')}@{domain}" if domain else ""


def second_person(case: RuleContext, draft: Draft) -> Agent | None:
    """Return the second person who answers the question about a draft, proven to be that; None for nobody."""
    who, first = case.facts.agent, draft.agent
    if draft.guard is not Need.TWO or who is None or first is None:
        return None
    sure = case.proven and case.message.one_author and case.sender.key == who.address.lower()
    # Once somebody has a second factor, the second person must show one.
    able = who.factor or not any(each.factor for each in case.facts.agents)
    return who if sure and able and another(who, first, draft.author.lower()) else None
