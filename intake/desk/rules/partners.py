"""What comes back from somebody outside whom an agent asked: a note, and never the customer's.

It stands before every rule that would take an answer, an automatic mail or a delivery report for the
customer's. A valid token of the question brings a mail here; only the address that was asked is not marked.
"""

from collections.abc import Sequence
from dataclasses import replace

from intake.desk import budgets, partners, tokens
from intake.desk.delivery_effects import MarkDelivery
from intake.desk.effects import AddEntry, Amend, Effect, Finish, MailKind, Outcome
from intake.desk.facts import AskedPartner, TicketMatch
from intake.desk.mails import alerts
from intake.desk.message import Bounce, BounceKind
from intake.desk.rule_context import (
    MARKED,
    MOST_PROPOSED,
    REFUTED,
    UNPROVEN,
    RuleContext,
    is_participant,
    own_address,
)
from intake.desk.rules.floods import digest
from intake.desk.rules.outside import outside
from intake.desk.rules.own_mail import own_mail
from intake.desk.rules.partners_agents import ask_where, from_agent, in_both, kept_inside
from intake.desk.text.said import joined, said
from intake.desk.ticket import DESK, Agent, EntryKind
from intake.desk.tokens import Purpose

RULE = "partner_reply"
# A person may write "Done." several times a day; after so many the same words are a machine's.
MOST_ALIKE = 10
# So many answers in a ticket are told of one by one in an hour, whoever writes them.
MOST_TOLD = 20


def partner_reply(case: RuleContext) -> list[Effect] | None:
    """The answer of somebody outside, whom an agent asked, is an internal note.

    Their automatic answers are kept quietly; if the question does not arrive, its agent is notified.
    """
    bounce, asked = case.message.bounce, case.facts.partner
    if bounce is not None:
        return _report(case, bounce, asked)
    if asked is None:
        return None
    if asked.among:
        return _guessed(case, asked)
    if own_address(case.sender.key, case.policy):
        ours = own_mail(case)
        if ours is not None:
            return ours
    if _by_machine(case):
        why = case.message.automatic or "its envelope sender is empty"
        kept = _entry(case, asked.match.ticket.id, EntryKind.AUTOMATIC, case.message.new_text)
        return [kept, Finish(Outcome.AUTOMATIC, asked.match.ticket.id, RULE, why)]
    return from_agent(case, asked) or _answer(case, asked)


def _guessed(case: RuleContext, asked: AskedPartner) -> list[Effect] | None:
    """Return the effects of an agent's email to somebody who was asked, which names no ticket; None where it
    is written to others first.

    Where our server vouches for the agent, and it can be one open ticket alone, it is a note there, as in
    their conversation. Else its agent is asked, and a yes keeps it in the newest of these tickets.
    """
    message, agent, ticket = case.message, case.facts.agent, asked.match.ticket
    first = next((place.key for place in outside(case)), "")
    if agent is None or first != asked.address.lower() or case.facts.refuted or _by_machine(case):
        return None
    if message.forward is not None or message.via is not None or not message.one_author or message.suppress:
        return None
    if case.facts.verified and len(asked.among) == 1 and ticket.closed_at is None and not case.facts.acted:
        return from_agent(case, asked) or _answer(case, asked)
    return ask_where(case, asked, agent)


def _answer(case: RuleContext, asked: AskedPartner) -> list[Effect]:
    ticket, message = asked.match.ticket, case.message
    words = message.new_text if message.new_text.strip() else message.text
    effects = [*_noted(case, asked, words), *_notices(case, asked, _instead(case, asked), words)]
    effects += kept_inside(case, asked, _copied(case, asked, ())[1])
    for also in asked.also:
        effects += _noted_there(case, asked, also, words)
    reason = f"{asked.address} was asked and has answered"
    if _instead(case, asked):
        reason = f"{asked.address} was asked, and somebody else has answered"
    return [*effects, Finish(Outcome.APPENDED, ticket.id, RULE, reason)]


def _noted(case: RuleContext, asked: AskedPartner, words: str) -> list[Effect]:
    """Return the effects of keeping an answer as a note in the ticket that it is about."""
    ticket, other = asked.match.ticket, _instead(case, asked)
    effects: list[Effect] = []
    if other and case.facts.agent is None:
        text = f"{other} wrote in the place of {asked.address}, who was asked"
        effects.append(AddEntry(ticket.id, EntryKind.EVENT, DESK, text))
    effects.append(_entry(case, ticket.id, EntryKind.NOTE, words))
    if ticket.snoozed_until is not None:
        effects.append(Amend(ticket.id, {"snoozed_until": None}))
    return effects


def _noted_there(case: RuleContext, asked: AskedPartner, also: AskedPartner, words: str) -> list[Effect]:
    """Return the effects of an answer to the question of another ticket as well: a note there, too."""
    key = f"{case.message.fingerprint}:{also.match.ticket.id}"
    there = replace(case, message=replace(case.message, fingerprint=key))
    # Each of them names the others.
    others = (replace(asked, also=()), *(each for each in asked.also if each.entry != also.entry))
    also = replace(also, also=others)
    return [*_noted(there, also, words), *_notices(there, also, _instead(there, also), words)]


def _notices(case: RuleContext, asked: AskedPartner, other: str, words: str) -> list[Effect]:
    """Return what tells those who work on the ticket; of a flood, one mail at a time says that it is one."""
    ticket, readers = asked.match.ticket.id, _readers(case, asked)
    if case.facts.partner_notices_hour >= MOST_TOLD * max(1, len(readers)):
        text = said(
            "So many emails answer the question to {address} that you will not be notified of each; all are "
            "notes in the ticket.",
            address=asked.address,
        )
        due = budgets.digest_is_due(case.facts, case.policy)
        return [partners.inside(effect) for effect in alerts(ticket, readers if due else (), text, case.key)]
    if budgets.flood_of_answers(case.facts, case.policy) or case.facts.same_text > MOST_ALIKE:
        text = said(
            "{address} writes so often that you will not be notified of each email.", address=asked.address
        )
        return [partners.inside(effect) for effect in digest(case, asked.match, ticket, text)]
    doubt = "" if _theirs(case, asked) or case.facts.verified else UNPROVEN
    doubt = REFUTED if case.facts.refuted else MARKED if case.spam else doubt
    readers = [reader for reader in readers if reader.address.lower() != case.sender.key]
    copied, have_it = _copied(case, asked, readers)
    part = is_participant(case.sender, asked.match.ticket)
    known = part or (case.facts.agent is not None and case.facts.verified)
    made = partners.told(
        ticket, readers, asked.address, case.sender, words, case.key,
        _above(case, asked, other, have_it), doubt, bool(other) and not known, case.message,
    )  # fmt: skip
    return [replace(mail, proposed=copied, known_outside=part or bool(have_it)) for mail in made]


def _above(case: RuleContext, asked: AskedPartner, other: str, have_it: tuple[str, ...]) -> str:
    """Return what agents are told first: who wrote in the place of who was asked, and who has it already."""
    ticket, sender = asked.match.ticket, case.sender
    lines: list[str] = []
    if other:
        lines.append(
            said(
                "This came from {sender}, not from {address}, who was asked.",
                sender=other,
                address=asked.address,
            )
        )
    if sender.key and sender.key == ticket.requester.key:
        lines.append(said("{sender} is the customer of this ticket.", sender=sender.mailbox))
    elif is_participant(sender, ticket):
        lines.append(said("{sender} takes part in this ticket.", sender=sender.mailbox))
    both = [each.match.ticket.id for each in asked.also]
    if both:
        lines.append(in_both(asked, case.facts.agent))
    others = [number for number in _other_tickets(case, asked) if number not in both]
    if others:
        lines.append(
            said(
                "It was also sent to the conversation of {numbers}. It is a note in ticket #{number} alone: "
                "copy there what belongs there.",
                numbers=", ".join(f"#{other}" for other in others),
                number=ticket.id,
            )
        )
    if have_it:
        lines.append(
            said(
                "It also went to people in this ticket, who have it already: {names}.",
                names=", ".join(have_it),
            )
        )
    if ticket.closed_at:
        lines.append(said("The ticket is closed and stays so: #reopen opens it."))
    return joined(lines)


def _other_tickets(case: RuleContext, asked: AskedPartner) -> list[int]:
    """Return the tickets about which somebody was asked to whose addresses it went as well, by their form."""
    ticket, token = asked.match.ticket, case.facts.token
    written = (*case.message.to, *case.message.cc)
    ours = (address.key for address in written if own_address(address.key, case.policy))
    claims = (tokens.claimed_in(key) for key in ours)
    claimed = {claim[1] for claim in claims if claim is not None and claim[0] == Purpose.PARTNER}
    return sorted(claimed - {ticket.id, token.ticket if token else 0})


def _copied(
    case: RuleContext, asked: AskedPartner, readers: Sequence[Agent]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return to whom else it was sent, of those outside the ticket and of those in it."""
    ours = {asked.address.lower(), *(agent.address.lower() for agent in readers)}
    others = [address for address in outside(case) if address.key not in ours]
    inside = [address for address in others if is_participant(address, asked.match.ticket)]
    elsewhere = [address for address in others if address not in inside]
    return (
        tuple(address.mailbox for address in elsewhere)[:MOST_PROPOSED],
        tuple(address.mailbox for address in inside)[:MOST_PROPOSED],
    )


def _readers(case: RuleContext, asked: AskedPartner) -> list[Agent]:
    """Return who works on the ticket, and who asked."""
    asking = [asked.agent] if asked.agent is not None and asked.agent.enabled else []
    working = asked.match.agents or (() if asking else case.tell(asked.match))
    return list({agent.id: agent for agent in (*working, *asking)}.values())


def _theirs(case: RuleContext, asked: AskedPartner) -> bool:
    """Whether a mail is from the address that was asked, as far as its From says and nothing denies it."""
    return not _instead(case, asked) and case.message.one_author and not case.facts.refuted


def _instead(case: RuleContext, asked: AskedPartner) -> str:
    """Return who wrote in the place of who was asked, "" where From names the address that was asked.

    That somebody may have forged it is a doubt, and said as such.
    """
    sender = case.message.via or case.sender
    return "" if sender.key == asked.address.lower() else sender.mailbox or "nobody"


def _by_machine(case: RuleContext) -> bool:
    if case.message.automatic:
        return not case.let_in
    return "" in (case.envelope.sender, case.message.return_path)


def _report(case: RuleContext, bounce: Bounce, asked: AskedPartner | None) -> list[Effect] | None:
    """Return the effects of a report on a question, by its token or the id it names; None for another."""
    sent = case.facts.sent if case.facts.sent and case.facts.sent.kind == MailKind.PARTNER else None
    match = asked.match if asked else case.facts.sent_ticket if sent else None
    if match is None:
        return None
    recipient = sent.recipient if sent else asked.address if asked else ""
    ticket, failed = match.ticket.id, bounce.kind is BounceKind.FAILED
    text: str = said("Your question to {address} has not arrived.", address=recipient)
    if bounce.diagnostic:
        text = joined([text, said("The mail server answered: {answer}", answer=bounce.diagnostic)])
    effects: list[Effect] = [_entry(case, ticket, EntryKind.AUTOMATIC, case.message.new_text)]
    if sent is not None:
        effects.insert(0, MarkDelivery(sent.outbox_id, bounce.kind, bounce.diagnostic))
    if failed:
        event = said(
            "Mail to {address} could not be delivered: {reason}",
            address=recipient,
            reason=bounce.diagnostic or bounce.kind.value,
        )
        effects.insert(0, AddEntry(ticket, EntryKind.EVENT, DESK, event))
        # Who got our question can write any number of reports on it.
        key = f"asked:{sent.outbox_id}" if sent else f"asked:{ticket}:{asked.entry if asked else 0}"
        effects += partners.undelivered(ticket, _asking(case, match, asked), text, key)
    return [*effects, Finish(Outcome.AUTOMATIC, ticket, RULE, f"a delivery report on mail to {recipient}")]


def _asking(case: RuleContext, match: TicketMatch, asked: AskedPartner | None) -> tuple[Agent, ...]:
    if asked is not None and asked.agent is not None and asked.agent.enabled:
        return (asked.agent,)
    return case.tell(match)


def _entry(case: RuleContext, ticket: int, kind: EntryKind, text: str) -> AddEntry:
    return AddEntry(ticket, kind, case.sender, text, case.message.text, from_message=True, apart=True)
