"""The rule for what an agent wrote to a customer from their own mailbox, where no ticket is found.

With the desk in Cc or Bcc it is an answer already given. A ticket is opened in the customer's name.
"""

from collections.abc import Sequence
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
from intake.desk.rule_context import MOST_PROPOSED, RuleContext, entry, language, own_address
from intake.desk.rules.agents import inside, plain_answer
from intake.desk.rules.answers_to_us import MAX_SHOWN, by_a_person
from intake.desk.rules.outside import outside
from intake.desk.sensitive.scan import excerpt
from intake.desk.text.language import detect
from intake.desk.text.said import said
from intake.desk.text.subject_prefixes import unprefixed
from intake.desk.ticket import DESK, Agent, EntryKind, Ticket, no_ticket


def answered_directly(case: RuleContext) -> list[Effect] | None:
    """An agent's email to customers, with the desk in Cc or Bcc, opens a ticket in the first one's name.

    Nothing is sent to the customers, who have it. Where our mail server vouches for the agent, their words
    are their answer; else they are a draft that their yes makes one. As with forwards: where the mailbox
    names a server that vouches for senders, it must have vouched for the agent. The others are not in the
    ticket until `#cc add`, as in any; the agent is told so.
    """
    agent, customers = case.facts.agent, _customers(case)
    if agent is None or not customers or case.found() is not None or case.threaded() is not None:
        return None
    if case.mailbox.trusted_authserv and not case.facts.verified:
        return None
    asked = commands.read(case.message.new_text)
    ticket = _draft_of(case, agent, customers[0], asked.text)
    sure = case.facts.verified and not case.facts.acted and plain_answer(asked)
    if not sure or inside(asked.text, case.message, case.facts.leak):
        return _kept(case, ticket, agent, customers)
    written = relay(case.key, ticket, agent, asked.text, case.message, case.policy, send=False)
    reason = f"{agent.name} wrote to {_listed(customers)} directly"
    return [
        _opening(ticket),
        AddEntry(None, EntryKind.EVENT, DESK, f"{reason}; it was not sent again"),
        *(_moved(effect, ticket) for effect in written),
        *_told_of_others(case, agent, customers),
        Finish(Outcome.TICKETED, None, "answered_directly", reason),
    ]


def beside_others(case: RuleContext) -> str:
    """Return why an agent's email that opens a ticket of their own is not acknowledged: people outside of the
    desk have it too, or it was written to colleagues with the desk in copy, so that its author is no customer
    of the desk's. "" for any other."""
    if case.facts.agent is None or not (outside(case) or _to_colleagues(case)):
        return ""
    return "an agent wrote it, and to others as well"


def not_counted(case: RuleContext) -> list[Effect]:
    """Return what says, in the ticket and to its agent, that an email to customers which nothing vouches for
    is a ticket of the agent's own and no answer; nothing for any other email."""
    agent, customers = case.facts.agent, _customers(case)
    if agent is None or not customers or case.facts.verified or not case.mailbox.trusted_authserv:
        return []
    text = said(
        "You wrote to {addresses} with this desk in copy, but we could not verify that it was you. So it "
        "opened a ticket of your own and does not count as your reply. Reply to the notification of their "
        "ticket instead, or ask your admin to check how your email is signed.",
        addresses=_listed(customers),
    )
    names = _listed(customers)
    event = f"{names} got it directly; not a reply of {agent.name}: the sender is unverified"
    when = budgets.telling(case.facts, case.policy, own=False)
    return [
        AddEntry(None, EntryKind.EVENT, DESK, event),
        *budgets.those(when, alerts(None, (agent,), text, case.key)),
    ]


def _to_colleagues(case: RuleContext) -> bool:
    """Whether an email was written to agents, and not to the desk."""
    to = {address.key for address in case.message.to}
    agents = {agent.address.lower() for agent in case.facts.agents} - {case.sender.key}
    return bool(to & agents) and not any(own_address(key, case.policy) for key in to)


def _customers(case: RuleContext) -> list[Address]:
    """Return the customers to whom the email was written, beside the desk and its agents; [] for none.

    What is addressed to the desk is a request, and so is what came here by the address it was written to: an
    alias, or another address of our domains.
    """
    message, policy = case.message, case.policy
    if message.suppress or message.forward is not None or message.via is not None or not message.one_author:
        return []
    if case.envelope.archive or case.facts.refuted or not by_a_person(case):
        return []
    reached = {address.lower() for address in (*case.envelope.recipients, *message.delivered_to)}
    if any(own_address(address.key, policy) or address.key in reached for address in message.to):
        return []
    customers = outside(case)
    in_copy = any(own_address(address.key, policy) for address in message.cc)
    return customers if in_copy or not any(_at_home(case, address) for address in customers) else []


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


def _listed(people: Sequence[Address]) -> str:
    """Return the addresses of people, of many the first: an email to hundreds is not a conversation."""
    shown = ", ".join(person.mailbox for person in people[:MOST_PROPOSED])
    return shown if len(people) <= MOST_PROPOSED else f"{shown} …"


def _told_of_others(case: RuleContext, agent: Agent, customers: Sequence[Address]) -> list[Effect]:
    """Return the email that tells an agent whose ticket holds their answer; none where they wrote to one."""
    if len(customers) < 2:
        return []
    text = said(
        "You wrote to {addresses} with this desk in copy. It counts as your reply in a new ticket of "
        "{address}, and nothing was sent again. {others}: not in the ticket until you add them with "
        "#cc add ADDRESS.",
        addresses=_listed(customers),
        address=customers[0].mailbox,
        others=_listed(customers[1:]),
    )
    when = budgets.telling(case.facts, case.policy, own=True, mistake=False)
    return budgets.those(when, alerts(None, (agent,), text, case.key))


def _asking(customers: Sequence[Address]) -> str:
    """Return the question whether an email to customers is to count as the agent's reply."""
    if len(customers) < 2:
        return said(
            "You wrote to {address} with this desk in copy. A yes records it as your reply in a new ticket; "
            "it is not sent again. Until then it is kept as a private draft.",
            address=customers[0].mailbox,
        )
    return said(
        "You wrote to {addresses} with this desk in copy. A yes records it as your reply in a new ticket of "
        "{address}; it is not sent again. Until then it is kept as a private draft. {others}: not in the "
        "ticket until you add them with #cc add ADDRESS.",
        addresses=_listed(customers),
        address=customers[0].mailbox,
        others=_listed(customers[1:]),
    )


def _kept(case: RuleContext, ticket: Ticket, agent: Agent, customers: Sequence[Address]) -> list[Effect]:
    """Return the effects of keeping the email as a draft in the customer's new ticket, and of asking."""
    text = _asking(customers)
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
