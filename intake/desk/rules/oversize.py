"""The rule for an email that is too large to be taken in: only its header came. Pure.

It stands before every rule that would act on what an email says, for of this one nobody has read it.
"""

from dataclasses import replace

from intake.desk import budgets
from intake.desk.auto_answers import may_answer, may_quote
from intake.desk.effects import AddEntry, Effect, Finish, Mail, MailKind, Outcome
from intake.desk.facts import TicketMatch
from intake.desk.mails import OVERSIZE, alerts
from intake.desk.rule_context import RuleContext, is_participant, language
from intake.desk.rules.kept import blocked
from intake.desk.text.said import joined, said
from intake.desk.ticket import DESK, NO_TICKET, Agent, EntryKind, no_ticket
from intake.desk.tokens import masked

RULE = "oversize"


def oversize(case: RuleContext) -> list[Effect] | None:
    """What is too large is quarantined with its header; agents are notified, and its sender is told why.

    Of a machine's nobody is notified. Its sender hears of it as of an acknowledgement: never where that
    would not go, and never more often. An agent hears that nothing of theirs was sent.
    """
    size = case.envelope.oversize
    if not size:
        return None
    kept = blocked(case)
    if kept is not None:
        return kept
    most = case.policy.max_message_mb
    reason = f"too large: {_mb(size)} MB, more than [desk] max_message_mb ({most}); it was left where it is"
    if case.message.automatic:
        return [Finish(Outcome.QUARANTINED, None, RULE, f"{reason}; {case.message.automatic}")]
    agent = case.facts.token_agent or case.facts.agent
    match = _ticket(case)
    if agent is not None:
        effects = _to_agent(case, agent, match, size)
        return [*effects, Finish(Outcome.QUARANTINED, None, RULE, f"{reason}; its agent was notified")]
    why_not = may_answer(case)
    effects = [] if why_not else [_answer(case, match)]
    effects += _to_agents(case, match, size, answered=not why_not)
    end = "its sender was told" if not why_not else f"its sender was not told: {why_not}"
    return [*effects, Finish(Outcome.QUARANTINED, None, RULE, f"{reason}; {end}")]


def _ticket(case: RuleContext) -> TicketMatch | None:
    """Return the ticket it belongs to; that of a question, where somebody outside answers one."""
    if case.facts.partner is not None:
        return case.facts.partner.match
    hit = case.found()
    return hit[0] if hit else None


def _answer(case: RuleContext, match: TicketMatch | None) -> Mail:
    """Return what its sender gets: in their ticket where they are in it, else as a mail of no ticket."""
    mail = Mail(
        MailKind.ACKNOWLEDGEMENT,
        NO_TICKET,
        case.sender,
        f"{OVERSIZE}:{case.key}",
        event=OVERSIZE,
        text=str(case.policy.max_message_mb),
        quote_subject=may_quote(case),
    )
    if match is not None and not case.apart and is_participant(case.sender, match.ticket):
        return replace(mail, ticket=match.ticket.id)
    message = case.message
    reads = language(case, message.language, case.facts.reads)
    nothing = no_ticket(case.facts.now, case.mailbox.name, reads, case.envelope.channel)
    ids = (message.message_id,) if message.message_id else ()
    return replace(mail, instead=replace(nothing, subject=message.subject, message_ids=ids))


def _to_agents(case: RuleContext, match: TicketMatch | None, size: int, answered: bool) -> list[Effect]:
    text = said(
        "An email from {address} is too large to be taken in: it has {size} MB, and {most} MB are the limit. "
        "Only its header was read. Its subject is: {subject}",
        address=case.sender.mailbox,
        size=_mb(size),
        most=case.policy.max_message_mb,
        subject=masked(case.message.subject),
    )
    stays = said(
        "The email itself is still in the mailbox {mailbox} ({place}), on the mail server.",
        mailbox=case.mailbox.name,
        place=case.mailbox.address,
    )
    asked = said("Its sender was asked to send it again with smaller files, or with links to them.")
    untold = said("Its sender was not told.")
    words = joined([text, joined([stays, asked if answered else untold])], "\n\n")
    if match is None:
        mails = alerts(NO_TICKET, case.facts.team, words, case.key, OVERSIZE)
        return budgets.within(budgets.room_for_strangers(case.facts, case.policy), mails)
    event = f"An email of {_mb(size)} MB from {case.sender.mailbox} was too large and was not taken in"
    mails = alerts(match.ticket.id, case.tell(match), words, case.key)
    return [
        AddEntry(match.ticket.id, EntryKind.EVENT, DESK, event),
        *budgets.within(budgets.room_for_strangers(case.facts, case.policy), mails),
    ]


def _to_agent(case: RuleContext, agent: Agent, match: TicketMatch | None, size: int) -> list[Effect]:
    text = said(
        "Your email is too large to be taken in: it has {size} MB, and {most} MB are the limit. Nothing of "
        "it was sent or written down. Send it again with smaller files, or with links to them.",
        size=_mb(size),
        most=case.policy.max_message_mb,
    )
    number = match.ticket.id if match else NO_TICKET
    mails = alerts(number, (agent,), text, case.key, "" if match else OVERSIZE)
    return budgets.within(budgets.room_for_strangers(case.facts, case.policy), mails)


def _mb(size: int) -> str:
    return f"{size / 2**20:.1f}"
