"""The rule for what an agent wrote to a customer from their own mailbox, where no ticket is found.

With the desk in Cc or Bcc it is an answer already given. A ticket is opened in the customer's name.
"""

from dataclasses import replace
from typing import Any

from intake.desk import budgets
from intake.desk.commands import execute as commands
from intake.desk.effects import AddEntry, Effect, Finish, Mail, OpenTicket, Outcome
from intake.desk.facts import LanguagePreference
from intake.desk.lifecycle import relay
from intake.desk.mails import alerts
from intake.desk.message import Address
from intake.desk.public_mail import is_public
from intake.desk.rule_context import RuleContext, entry, language, own_address
from intake.desk.rules.agents import by_a_person, inside, plain_answer
from intake.desk.rules.drafts import MAX_SHOWN
from intake.desk.sensitive.scan import excerpt
from intake.desk.text.language import detect
from intake.desk.text.said import said
from intake.desk.text.subject_prefixes import unprefixed
from intake.desk.ticket import DESK, Agent, EntryKind, Ticket, no_ticket


def answered_directly(case: RuleContext) -> list[Effect] | None:
    """An agent's email to one customer, with the desk in Cc or Bcc, opens a ticket in the customer's name.

    Nothing is sent to the customer, who has it. Where our mail server vouches for the agent, their words are
    their answer; else they are a draft that their yes makes one. As with forwards: where the mailbox names
    a server that vouches for senders, it must have vouched for the agent.
    """
    agent, customer = case.facts.agent, _customer(case)
    if agent is None or customer is None or case.found() is not None or case.threaded() is not None:
        return None
    if case.mailbox.trusted_authserv and not case.facts.verified:
        return None
    asked = commands.read(case.message.new_text)
    ticket = _draft_of(case, agent, customer, asked.text)
    sure = case.facts.verified and not case.facts.acted and plain_answer(asked)
    if not sure or inside(asked.text, case.message, case.facts.leak):
        return _kept(case, ticket, agent, customer)
    written = relay(case.key, ticket, agent, asked.text, case.message, case.policy, send=False)
    reason = f"{agent.name} wrote to {customer.mailbox} directly"
    return [
        _opening(ticket),
        AddEntry(None, EntryKind.EVENT, DESK, f"{reason}; it was not sent again"),
        *(_moved(effect, ticket) for effect in written),
        Finish(Outcome.TICKETED, None, "answered_directly", reason),
    ]


def _customer(case: RuleContext) -> Address | None:
    """Return the one customer to whom the email was written, beside the desk and its agents; else None.

    What is addressed to the desk is a request, and so is what came here by the address it was written to: an
    alias, or another address of our domains.
    """
    message, policy = case.message, case.policy
    if message.suppress or message.forward is not None or message.via is not None or not message.one_author:
        return None
    if case.envelope.archive or case.facts.refuted or not by_a_person(case) or len(message.to) != 1:
        return None
    customer = message.to[0]
    agents = {agent.address.lower() for agent in case.facts.agents}
    reached = {address.lower() for address in (*case.envelope.recipients, *message.delivered_to)}
    if not customer.mailbox or customer.key in agents | reached or own_address(customer.key, policy):
        return None
    copied = {address.key for address in message.cc}
    if any(key not in agents and not own_address(key, policy) for key in copied):
        return None
    in_copy = any(own_address(key, policy) for key in copied)
    return customer if in_copy or not _at_home(case, customer) else None


def _at_home(case: RuleContext, address: Address) -> bool:
    """Whether an address is in a domain of the desk's or of the agent's house: it may lead here."""
    ours = {own.rpartition("@")[2] for own in case.policy.own_addresses}
    house = set() if is_public(case.sender.domain) else {case.sender.domain}
    return address.domain in ours | house


def _draft_of(case: RuleContext, agent: Agent, customer: Address, text: str) -> Ticket:
    spoken = language(case, detect(text), LanguagePreference())
    empty = no_ticket(case.facts.now, case.mailbox.name, spoken, case.envelope.channel)
    subject = unprefixed(case.message.subject)
    return replace(empty, requester=customer, team=case.mailbox.team, subject=subject)


def _opening(ticket: Ticket) -> OpenTicket:
    return OpenTicket(
        ticket.subject, ticket.requester, ticket.language, ticket.mailbox, ticket.team, ticket.channel
    )


def _moved(effect: Any, ticket: Ticket) -> Any:
    return replace(effect, ticket=None) if getattr(effect, "ticket", None) == ticket.id else effect


def _kept(case: RuleContext, ticket: Ticket, agent: Agent, customer: Address) -> list[Effect]:
    """Return the effects of keeping the email as a draft in the customer's new ticket, and of asking."""
    text = said(
        "You wrote to {address} with this desk in copy. A yes records it as your reply in a new ticket; it "
        "is not sent again. Until then it is kept as a private draft.",
        address=customer.mailbox,
    )
    shown = excerpt(case.message.new_text.strip(), MAX_SHOWN) or said("(no text)")
    mails = [
        replace(mail, event="confirm", quoted=shown)
        for mail in alerts(None, (agent,), text, case.key)
        if isinstance(mail, Mail)
    ]
    return [
        _opening(ticket),
        entry(case, None, EntryKind.DRAFT, agent),
        *budgets.those(budgets.telling(case.facts, case.policy, own=False), mails),
        Finish(Outcome.TICKETED, None, "unproven_agent", text, why_kept=text),
    ]
