"""What is answered about a draft that another person than its agent must confirm. Pure."""

from intake.desk import budgets, waiting
from intake.desk.commands import execute, merged
from intake.desk.effects import Effect, Outcome
from intake.desk.facts import Draft, TicketMatch
from intake.desk.guard.policy import Need
from intake.desk.mails import alerts
from intake.desk.rule_context import RuleContext, entry
from intake.desk.rules.answers_to_us import MAX_SHOWN, asking, discarded, ended, over, showing
from intake.desk.rules.second_person import nobody_else
from intake.desk.rules.undoing import alone
from intake.desk.rules.yes_and_no import confirms, to_a_question
from intake.desk.sensitive.scan import excerpt
from intake.desk.telling_effects import Telling
from intake.desk.text.said import joined, said
from intake.desk.ticket import Agent, EntryKind


def first_answer(case: RuleContext, match: TicketMatch, draft: Draft, agent: Agent) -> list[Effect] | None:
    """Return the effects of its agent's yes to a draft that another must confirm; None for all else."""
    two = draft.waiting and draft.guard is Need.TWO and not nobody_else(case, draft)
    if not two or not confirms(case.message.new_text):
        return None
    refusal = said("This draft needs the yes of another agent, not yours.")
    mails = asking(alerts(match.ticket.id, (agent,), refusal, case.key), draft)
    return [*mails, ended(match, Outcome.AUTOMATIC, refusal)]


def second_answer(case: RuleContext, match: TicketMatch, draft: Draft, by: Agent) -> list[Effect] | None:
    """Return the effects of what a second person answers; None where it is a yes."""
    text, ticket = case.message.new_text, match.ticket
    if draft.waiting and alone(case.message):
        return discarded(case, match, draft, by)
    # A ticket that was merged is looked up where its mail goes now.
    spam = ticket.spam or (match.named is not None and match.named.spam)
    if draft.waiting and spam and confirms(text):
        why = said("Ticket #{number} is marked as spam, so nothing was sent.", number=ticket.id)
        mails = asking(alerts(ticket.id, (by,), joined([why, waiting.still(draft.entry)]), case.key), draft)
        return [*mails, ended(match, Outcome.COMMAND, why)]
    if confirms(text) or (draft.waiting and to_a_question(execute.read(text).text)):
        return None
    return _objected(case, match, draft, by)


def sent_by(case: RuleContext, match: TicketMatch, draft: Draft, by: Agent) -> list[Effect]:
    """Return the mail that tells an agent that another person's yes sends their draft; none for their own."""
    if draft.agent is None or by.id == draft.agent.id:
        return []
    mails = told_sent(match.ticket.id, draft, draft.agent, by.name or by.address, case.key)
    return list(showing(mails, draft))


def told_sent(ticket: int, draft: Draft, agent: Agent, by: str, key: str) -> list[Effect]:
    """Return the mail that tells a draft's agent who (a name) sends it. `key` is of this sending alone."""
    text = said(
        "{by} confirmed your draft {draft} for ticket #{ticket}, and it is being sent.",
        by=by,
        draft=draft.entry,
        ticket=ticket,
    )
    return alerts(ticket, (agent,), text, key)


def not_carried_out(case: RuleContext, match: TicketMatch, draft: Draft, by: Agent, why: str) -> list[Effect]:
    """Return the mail that tells a second person why their yes sent nothing; its agent is told apart."""
    if draft.agent is None or by.id == draft.agent.id:
        return []
    return list(alerts(match.ticket.id, (by,), joined([said("The draft was not sent."), why]), case.key))


def _objected(case: RuleContext, match: TicketMatch, draft: Draft, by: Agent) -> list[Effect]:
    """Return the effects of words of a second person that are neither a yes nor a no: they are a note, of
    which the draft's agent is told. No later yes sends them."""
    ticket, name = merged.home(match).id, by.name or by.address
    asked = execute.read(case.message.new_text)
    text = (asked.text or case.message.new_text).strip()
    news = said(
        "{by} was asked to confirm your draft {draft} and wrote instead: “{text}”",
        by=name,
        draft=draft.entry,
        text=excerpt(" ".join(text.split()), MAX_SHOWN),
    )
    state = waiting.still(draft.entry) if draft.waiting else over()
    mails = alerts(ticket, (draft.agent,) if draft.agent else (), joined([news, state]), case.key)
    return [
        entry(case, ticket, EntryKind.NOTE, by, text),
        *budgets.those(Telling.PROMPT, asking(mails, draft) if draft.waiting else mails),
        ended(match, Outcome.APPENDED, f"{name} wrote about a draft instead of a yes"),
    ]
