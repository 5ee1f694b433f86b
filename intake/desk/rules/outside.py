"""To whom else an email was written, beside the desk and its agents. Pure."""

from intake.desk.message import Address
from intake.desk.rule_context import RuleContext, own_address


def outside(case: RuleContext) -> list[Address]:
    """Return to whom an email was written, in their order and each once, beside its author, the desk, its
    agents and what leads here: an address of ours, or one by which it came."""
    message, policy = case.message, case.policy
    agents = {agent.address.lower() for agent in case.facts.agents}
    reached = {address.lower() for address in (*case.envelope.recipients, *message.delivered_to)}
    people: dict[str, Address] = {}
    for person in (*message.to, *message.cc):
        if person.mailbox:
            people.setdefault(person.key, person)
    ours = agents | reached | {case.sender.key}
    return [person for key, person in people.items() if key not in ours and not own_address(key, policy)]
