"""Emails of agents that answer the desk: a yes or a no that nothing proves, or that no question of ours asked
for. They are kept, nobody wants them sent, and no later yes sends them. Pure.
"""

from collections.abc import Sequence
from dataclasses import replace

from intake.desk import budgets, waiting
from intake.desk.commands import execute, from_mail, merged
from intake.desk.commands.grammar import ParsedCommand
from intake.desk.effects import Effect, Finish, Mail, Outcome
from intake.desk.facts import Draft, TicketMatch
from intake.desk.lookup import LookupRequest
from intake.desk.mails import alerts
from intake.desk.message import MOST_THREAD_IDS, Message
from intake.desk.rule_context import RuleContext, entry
from intake.desk.rules import doubts
from intake.desk.rules.yes_and_no import bare, confirms, discards, to_a_question, yes_or_no
from intake.desk.sensitive.scan import excerpt
from intake.desk.text.said import joined, said
from intake.desk.ticket import Agent, EntryKind
from intake.desk.tokens import Purpose, Token

# At most this much of a draft is shown to the agent who is to confirm it.
MAX_SHOWN = 4000


def asked_again(case: RuleContext, match: TicketMatch, why: str) -> list[Effect] | None:
    """Return the effects of a yes or a no to a draft that is not proven to be its agent's: the agent is asked
    about that draft again, with the reason. None for any other email.

    It is kept, and is no draft: nobody wants it sent.
    """
    draft, text = case.facts.draft, case.message.new_text
    if draft is None or draft.agent is None or not by_a_person(case):
        return None
    if not (confirms(text) or discards(text) or to_a_question(execute.read(text).text)):
        return None
    return again(case, match, draft, draft.agent, why)


def again(case: RuleContext, match: TicketMatch, draft: Draft, agent: Agent, why: str) -> list[Effect]:
    """Return the effects of asking an agent about a draft again; what they wrote is kept, and no draft."""
    ticket, asks = merged.home(match).id, draft.waiting and draft.message is not None
    lead = waiting.still(draft.entry) if asks else over()
    mails = alerts(ticket, (agent,), joined([lead, why]), case.key)
    return _kept_unsent(case, ticket, agent, asking(mails, draft) if asks else mails, why)


def asking(mails: Sequence[Effect], draft: Draft) -> list[Effect]:
    """Return alerts as questions about a draft: a yes to one sends it."""
    text = draft.message.new_text if draft.message else ""
    shown = excerpt(text.strip(), MAX_SHOWN) or said("(no text)")
    return [
        replace(mail, event="confirm", draft=draft.entry, quoted=shown)
        for mail in mails
        if isinstance(mail, Mail)
    ]


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


def for_a_draft(case: RuleContext, match: TicketMatch, agent: Agent, asked: ParsedCommand) -> list[Effect]:
    """Return the effects of a yes or a no, and no more, to an email that asks nothing, while a draft of its
    agent's waits in the ticket: they are asked about that draft. [] for any other email.

    Most such words are meant for the draft. To the customer goes a sentence, or what stands below `#reply`.
    """
    if case.facts.draft is not None or asked.note or asked.reply or not bare(asked.text):
        return []
    ticket = merged.home(match).id
    drafts = [draft for draft in case.facts.looked.drafts if draft.ticket == ticket]
    if not drafts:
        return []
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


def not_a_draft(case: RuleContext, match: TicketMatch, agent: Agent, more: str = "") -> list[Effect]:
    """Return the effects of a yes or a no to an alert that asks nothing: its agent is told that it does
    nothing. No later yes sends it. `more` is what else there is to say."""
    ticket = merged.home(match).id
    why = said("It is a yes or a no to an email of the desk, so it was not sent to the customer.")
    how = said(
        "That email asks nothing, so no command was carried out, either. To write to the customer, reply "
        "in a full sentence."
    )
    text = joined([why, how, more] if more else [why, how])
    return _kept_unsent(case, ticket, agent, alerts(ticket, (agent,), text, case.key), why)


def over() -> str:
    return said("This draft was already confirmed, replaced or discarded, or is empty. Nothing was sent now.")


def by_a_person(case: RuleContext) -> bool:
    """Whether a person may have written this; an auto-reply must not be sent to a customer."""
    return "" not in (case.envelope.sender, case.message.return_path)
