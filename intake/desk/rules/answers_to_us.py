"""Emails of agents that answer the desk: a yes or a no that nothing proves, or that no question of ours asked
for. They are kept, nobody wants them sent, and no later yes sends them. Pure.
"""

from collections.abc import Sequence
from dataclasses import replace

from intake.desk import budgets, tokens, waiting
from intake.desk.coded import coded
from intake.desk.commands import execute, from_mail, merged
from intake.desk.commands.grammar import ParsedCommand
from intake.desk.draft_effects import SECOND, ConfirmDraft, question
from intake.desk.effects import AddEntry, Effect, Finish, Mail, Outcome
from intake.desk.facts import Draft, TicketMatch
from intake.desk.guard.policy import Need
from intake.desk.lookup import LookupRequest
from intake.desk.mails import STAYS_INSIDE, alerts
from intake.desk.message import MOST_THREAD_IDS, Message
from intake.desk.rule_context import RuleContext, entry
from intake.desk.rules import doubts
from intake.desk.rules.second_person import another, nobody_else
from intake.desk.rules.yes_and_no import bare, confirms, discards, to_a_question, yes_or_no
from intake.desk.sensitive.scan import excerpt
from intake.desk.text.said import joined, said
from intake.desk.ticket import DESK, Agent, EntryKind
from intake.desk.tokens import Purpose, Token

# The rule of what answers the question about a draft.
CONFIRMED = "confirmed_draft"
# At most this much of a draft is shown to the agent who is to confirm it.
MAX_SHOWN = 4000


def asked_again(case: RuleContext, match: TicketMatch, why: str) -> list[Effect] | None:
    """Return the effects of a yes or a no to a draft that is not proven to be its agent's: the agent is asked
    about that draft again, with the reason; so is a second person. None for any other email.

    It is kept, and is no draft: nobody wants it sent.
    """
    draft, text, who = case.facts.draft, case.message.new_text, case.facts.agent
    if draft is None or draft.agent is None or not by_a_person(case):
        return None
    if draft.guard is Need.TWO and who is not None and another(who, draft.agent, draft.author.lower()):
        # What a second person says is nothing for the customer, proven or not.
        return again(case, match, draft, who, why)
    if not (confirms(text) or discards(text) or _meant_for_us(text)):
        return None
    return again(case, match, draft, draft.agent, why)


def again(case: RuleContext, match: TicketMatch, draft: Draft, agent: Agent, why: str) -> list[Effect]:
    """Return the effects of asking an agent about a draft again; what they wrote is kept, and no draft."""
    ticket, asks = merged.home(match).id, draft.waiting and draft.message is not None
    lead = waiting.still(draft.entry) if asks else over()
    mails = alerts(ticket, (agent,), joined([lead, why]), case.key)
    asked = asking(mails, draft, alone=nobody_else(case, draft)) if asks else mails
    return _kept_unsent(case, ticket, agent, asked, why)


def asking(mails: Sequence[Effect], draft: Draft, alone: bool = False) -> list[Effect]:
    """Return alerts as questions about a draft: a yes to one sends it, if it is worth that; `alone`: nobody
    else could be asked. A second person reads whose draft it is."""
    guard = Need.NOTHING if alone else draft.guard
    asked: list[Effect] = []
    for mail in showing(mails, draft):
        event = question(guard, mail.agent == draft.agent)
        text = by_another(draft.agent, mail.text) if event == SECOND and draft.agent else mail.text
        asked.append(coded(replace(mail, event=event, draft=draft.entry, text=text), draft.guard))
    return asked


def by_another(agent: Agent, why: str) -> str:
    """Return what a second person reads first of a draft of an agent's, and why they are asked."""
    by = agent.name or agent.address
    return said("{by} wants to send this, and a second person must confirm it. {why}", by=by, why=why)


def showing(mails: Sequence[Effect], draft: Draft) -> list[Mail]:
    """Return alerts with a draft's words."""
    text = draft.message.new_text if draft.message else ""
    shown = excerpt(text.strip(), MAX_SHOWN) or said("(no text)")
    return [replace(mail, quoted=shown) for mail in mails if isinstance(mail, Mail)]


def _kept_unsent(
    case: RuleContext, ticket: int, agent: Agent, mails: Sequence[Effect], why: str
) -> list[Effect]:
    """Return the effects of keeping an email of an agent's to the desk, which nobody wants sent."""
    return [
        replace(entry(case, ticket, EntryKind.DRAFT, agent), settled=True),
        *budgets.those(budgets.telling(case.facts, case.policy, own=False), mails),
        Finish(Outcome.APPENDED, ticket, doubts.UNPROVEN, why, why_kept=why),
    ]


def for_us(case: RuleContext, asked: ParsedCommand) -> bool:
    """Whether a reply to an alert only says yes or no: no customer asked that."""
    token = case.facts.token
    about = token is not None and token.about and case.facts.draft is None
    # What is a note only because the alert says so is a yes to it all the same.
    written = asked.note and execute.read(case.message.new_text).note
    return about and not written and yes_or_no(asked.text)


def wanted(message: Message, token: Token | None, answer: Message) -> LookupRequest | None:
    """Return what must be looked up before deciding on this email; None if it is not an agent's.

    Beside what its commands want these are its agent's drafts, where it only says yes or no; and of a yes to
    a draft, its `answer`, what the customer wrote last and when the draft was asked about.
    """
    request = from_mail.wanted(message, token)
    if request is None or token is None or token.purpose is Purpose.COMMAND:
        return request
    if token.purpose is Purpose.CONFIRM:
        asked = frozenset(answer.thread_ids[:MOST_THREAD_IDS]) if confirms(answer.new_text) else frozenset()
        return request | LookupRequest(last=bool(asked), written=asked)
    return request | LookupRequest(drafts=bare(execute.read(message.new_text).text))


def for_a_draft(
    case: RuleContext, match: TicketMatch, agent: Agent, asked: ParsedCommand, about: Sequence[Mail]
) -> list[Effect]:
    """Return the effects of a yes or a no, and no more, to an email that asks nothing, while a draft of its
    agent's waits in the ticket: they are asked about that draft. [] for any other email. `about` are the
    questions about drafts of others that wait there for a second person.

    Most such words are meant for the draft. To the customer goes a sentence, or what stands below `#reply`.
    """
    if case.facts.draft is not None or asked.note or asked.reply or not bare(asked.text):
        return []
    ticket = merged.home(match).id
    drafts = [draft for draft in case.facts.looked.drafts if draft.ticket == ticket]
    if not drafts:
        return _kept_unsent(case, ticket, agent, about, about[0].text) if about else []
    why = said(
        "You wrote only a yes or a no while a draft of yours waits in ticket #{ticket}, so nothing was sent "
        "or done. If it was for the customer, send it again in a full sentence.",
        ticket=ticket,
    )
    mails = [
        replace(mail, text=joined([why, mail.text], "\n\n")) if isinstance(mail, Mail) else mail
        for mail in waiting.listed(agent, drafts, case.key)
    ]
    return _kept_unsent(case, ticket, agent, mails, why)


def too_late(case: RuleContext) -> bool:
    """Whether an email is a yes or a no to a question about a draft that can be answered no longer: its
    address, or the mail that it answers, names one by its form, and nothing in it is valid for that."""
    message, text = case.message, case.message.new_text
    if case.facts.draft is not None or not (confirms(text) or discards(text) or _meant_for_us(text)):
        return False
    written = (*case.envelope.recipients, *(address.mailbox for address in (*message.to, *message.cc)))
    claims = (
        *map(tokens.claimed_in, written),
        *(tokens.claimed(tokens.carried(name)) for name in message.in_reply_to),
    )
    return any(claim is not None and claim[0] == Purpose.CONFIRM for claim in claims)


def answered_too_late(case: RuleContext, match: TicketMatch, agent: Agent) -> list[Effect]:
    """Return the effects of such a yes or no: it is no draft, and its agent is told how to be asked again."""
    ticket = merged.home(match).id
    why = said("The question that you answered is too old, so nothing was done, and nothing was sent.")
    how = said("#drafts lists your drafts that wait, and #draft with a number asks you about one again.")
    return _kept_unsent(case, ticket, agent, alerts(ticket, (agent,), joined([why, how]), case.key), why)


def _meant_for_us(text: str) -> bool:
    return to_a_question(execute.read(text).text)


def not_a_draft(case: RuleContext, match: TicketMatch, agent: Agent, more: str = "") -> list[Effect]:
    """Return the effects of a yes or a no to an alert that asks nothing: its agent is told that it does
    nothing. No later yes sends it. `more` is what else there is to say."""
    ticket = merged.home(match).id
    why = said("It is a yes or a no to an email of the desk, so it was not sent to the customer.")
    how = said(
        "That email asks nothing, so no command was carried out, either. To write to the customer, reply "
        "in a full sentence."
    )
    token = case.facts.token
    # What was meant for colleagues is not for the customer after a mistaken yes either.
    inside = token is not None and token.note
    says = [why, STAYS_INSIDE] if inside else [why, how]
    text = joined([*says, more] if more else says)
    mails = [
        replace(mail, asked=inside) if isinstance(mail, Mail) else mail
        for mail in alerts(ticket, (agent,), text, case.key)
    ]
    return _kept_unsent(case, ticket, agent, mails, why)


def discarded(case: RuleContext, match: TicketMatch, draft: Draft, by: Agent) -> list[Effect]:
    """Return the effects of a no: the draft stays in the history, and waits no more. Who said so is told, and
    its agent, if that was a second person."""
    ticket = match.ticket.id
    event = f"draft discarded by {by.name or by.address}"
    news: list[Effect] = [waiting.discarded(by, ticket, draft.entry, case.key)]
    if draft.agent is not None and draft.agent.id != by.id:
        text = said(
            "{by} did not confirm your draft {draft} for ticket #{ticket}. It is discarded, and nothing of "
            "it was sent.",
            by=by.name or by.address,
            draft=draft.entry,
            ticket=ticket,
        )
        news += showing(alerts(ticket, (draft.agent,), text, case.key), draft)
    return [
        ConfirmDraft(ticket, draft.entry),
        AddEntry(ticket, EntryKind.EVENT, DESK, event),
        *news,
        ended(match, Outcome.COMMAND, event),
    ]


def ended(match: TicketMatch, outcome: Outcome, why: str) -> Finish:
    """Return the end of a message that answers the question about a draft."""
    return Finish(outcome, match.ticket.id, CONFIRMED, why)


def over() -> str:
    return said("This draft was already confirmed, replaced or discarded, or is empty. Nothing was sent now.")


def by_a_person(case: RuleContext) -> bool:
    """Whether a person may have written this; an auto-reply must not be sent to a customer."""
    return "" not in (case.envelope.sender, case.message.return_path)
