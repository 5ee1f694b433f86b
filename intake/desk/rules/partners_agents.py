"""What an agent writes into the conversation with a partner: a note, and its commands wait for a yes.

It came by the partner's token, which the partner has too, so nothing that it asks for is done at once.
"""

from collections.abc import Sequence

from intake.desk import budgets, tokens
from intake.desk.commands import execute as commands
from intake.desk.effects import AddEntry, Effect, Mail
from intake.desk.facts import AskedPartner
from intake.desk.mails import alerts
from intake.desk.partners import inside
from intake.desk.rule_context import RuleContext, own_address
from intake.desk.rules import doubts
from intake.desk.rules.drafting import drafted
from intake.desk.text.said import joined, said
from intake.desk.ticket import Agent, EntryKind
from intake.desk.tokens import Purpose


def from_agent(case: RuleContext, asked: AskedPartner) -> list[Effect] | None:
    """Return the effects of keeping an agent's commands as a draft, and of asking; None where there are none.

    What is confirmed is done as in reply to a partner's answer: the words are a note, unless `#reply` or
    `#ask` say otherwise.
    """
    agent = case.facts.agent
    if agent is None or case.facts.refuted:
        return None
    read = commands.read(case.message.new_text)
    if not (read.commands or read.note or read.reply or read.problem or read.stray):
        return None
    why = said(
        "It went to the conversation with {address}, and only replies to a notification count as yours. A "
        "yes carries it out, and keeps its words as an internal note.",
        address=asked.address,
    )
    if read.reply:
        why = said(
            "It went to the conversation with {address}, and only replies to a notification count as yours. "
            "A yes carries it out, and sends its words to the customer.",
            address=asked.address,
        )
    rule = doubts.Doubt.STRAY if read.stray else doubts.UNPROVEN
    both = joined([why, commands.misplaced(read.stray)] if read.stray else [why, read.problem])
    return drafted(case, asked.match, agent, both, confirm=not read.problem, rule=doubts.noted(rule))


def ask_where(case: RuleContext, asked: AskedPartner, agent: Agent) -> list[Effect]:
    """Return the effects of keeping an agent's email to a partner as a draft, and of asking whether it is a
    note of the ticket they were asked in."""
    why = said(
        "You wrote to {address}, who was asked in {numbers}, and your email does not say which ticket it "
        "belongs to. A yes keeps its words as an internal note in ticket #{number}; they are not sent again.",
        address=asked.address,
        numbers=", ".join(f"#{number}" for number in asked.among),
        number=asked.match.ticket.id,
    )
    rule = doubts.noted(doubts.UNPROVEN)
    return drafted(case, asked.match, agent, why, confirm=True, rule=rule, mistake=False)


def kept_inside(case: RuleContext, asked: AskedPartner, have_it: Sequence[str] = ()) -> list[Effect]:
    """Return what tells an agent that their words to a partner were kept as a note, and how to ask.

    `have_it` are people of the ticket who got them from the agent: that is no answer of the desk's yet.
    """
    agent, ticket = case.facts.agent, asked.match.ticket.id
    if agent is None or case.facts.refuted:
        return []
    text: str = said(
        "Your email into the conversation with {address} about ticket #{number} was kept as an internal "
        "note. This desk sent it to nobody else, neither to the customer nor to {address}; to write there, "
        "begin with #ask {address}.",
        address=asked.address,
        number=ticket,
    )
    if have_it:
        theirs = said(
            "It also went to people in this ticket, who have it already: {names}.", names=", ".join(have_it)
        )
        how = said(
            "It does not count as your reply to them. To reply, answer this email with #reply on the first "
            "line, and your text below it."
        )
        text = joined([text, theirs, how])
    text = joined([text, in_both(asked, agent)]) if asked.also else text
    when = budgets.telling(case.facts, case.policy, own=False)
    mails = [
        inside(effect) for effect in alerts(ticket, (agent,), text, case.key) if isinstance(effect, Mail)
    ]
    return budgets.those(when, mails)


def in_both(asked: AskedPartner, agent: Agent | None) -> str:
    """Return the sentence that an answer, or an `agent`'s email, is a note in other tickets as well; "" where
    it went into no other conversation."""
    numbers = ", ".join(f"#{also.match.ticket.id}" for also in asked.also)
    if not numbers:
        return ""
    if agent is not None:
        return said(
            "It also went into the conversation of {numbers}, and is a note there, too.", numbers=numbers
        )
    return said("It answers the question in {numbers} as well, and is a note there, too.", numbers=numbers)


def noted_beside(case: RuleContext, agent: Agent, ticket: int, effects: Sequence[Effect]) -> list[Effect]:
    """Return what tells an agent that their words were kept as a note because they also went to a partner's
    conversation; nothing where they wrote `#note`, or no words."""
    noted = any(isinstance(effect, AddEntry) and effect.kind is EntryKind.NOTE for effect in effects)
    if not noted or not _beside(case) or commands.read(case.message.new_text).note:
        return []
    text = said(
        "Your reply in ticket #{number} also went into a conversation with somebody outside, so its words "
        "were kept as an internal note. This desk sent it to nobody else; to write to the customer, begin "
        "with #reply, to the other, with #ask ADDRESS.",
        number=ticket,
    )
    return [inside(effect) for effect in alerts(ticket, (agent,), text, f"{case.key}:beside")]


def _beside(case: RuleContext) -> bool:
    """Whether an address of a partner's conversation stands in To or Cc, by its form."""
    written = (*case.message.to, *case.message.cc)
    ours = (address.key for address in written if own_address(address.key, case.policy))
    claims = (tokens.claimed_in(key) for key in ours)
    return any(claim is not None and claim[0] == Purpose.PARTNER for claim in claims)
