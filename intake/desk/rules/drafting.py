"""How an agent's email is kept as a draft, and its agent asked about it. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from intake.desk import budgets
from intake.desk.commands import execute, faq, merged
from intake.desk.commands.drafts import sending
from intake.desk.commands.grammar import ParsedCommand
from intake.desk.commands.privacy import stays_inside
from intake.desk.effects import Effect, Finish, Mail, Outcome
from intake.desk.facts import TicketMatch
from intake.desk.mails import STAYS_HERE, STAYS_INSIDE, alerts
from intake.desk.message import Message
from intake.desk.rule_context import RuleContext, entry
from intake.desk.rules import doubts
from intake.desk.rules.answers_to_us import MAX_SHOWN
from intake.desk.sensitive.scan import excerpt
from intake.desk.text.said import joined, said
from intake.desk.ticket import Agent, EntryKind


def drafted(
    case: RuleContext,
    match: TicketMatch,
    agent: Agent | None,
    why: str,
    confirm: bool = False,
    rule: str = doubts.UNPROVEN,
    mistake: bool = True,
    lead: str = "",
) -> list[Effect]:
    """Return the effects of keeping an email as a draft; `confirm`: one reply of the agent sends it.

    `rule` records what the agent was asked: a yes answers that, and nothing else. `mistake`: they wrote it
    wrong, and are told of many such in one mail; a reply that was right and is not sent is told of at once.
    `lead` says what became of one that its reader has already.
    """
    ticket = merged.home(match)
    barred = "" if _a_note(case) else _for_another(case, match)
    if barred:
        # No yes may send it.
        why, confirm = barred if why == barred else joined([why, barred]), False
    tell = (agent,) if agent else case.tell(match)
    kept = said("A reply to ticket #{number} was kept as a private draft and not sent.", number=ticket.id)
    # What was meant for colleagues is not for the customer on a second try either.
    inside = agent is not None and stays_inside(case.message.new_text)
    below = STAYS_HERE if barred else STAYS_INSIDE if inside else ""
    text = joined([lead or kept, why, *([below] if below else [])])
    notices = alerts(ticket.id, tell, text, case.key)
    if agent:
        # Their own words come back to them, so that they need not look for them to send them again.
        shown = excerpt(case.message.new_text.strip(), MAX_SHOWN) or said("(no text)")
        event = "confirm" if confirm else ""
        notices = [
            replace(mail, event=event, quoted=shown, asked=bool(below)) if isinstance(mail, Mail) else mail
            for mail in notices
        ]
    theirs = agent is not None and case.sender.key == agent.address.lower()
    token = case.facts.token
    own = theirs and case.proven and token is not None and not token.shown and not case.apart
    rule = doubts.noted(rule) if _a_note(case) else rule
    kept_entry = replace(
        entry(case, ticket.id, EntryKind.DRAFT, agent),
        settled=_empty(case.message, confirm),
        apart=case.apart,
    )
    return [
        kept_entry,
        *budgets.those(budgets.telling(case.facts, case.policy, own, mistake), notices),
        Finish(Outcome.APPENDED, ticket.id, rule, text, why_kept=why),
    ]


def kept(
    case: RuleContext,
    match: TicketMatch,
    agent: Agent,
    asked: ParsedCommand,
    doubtful: Sequence[doubts.Question],
) -> list[Effect]:
    """Return the effects of `#draft`: the email is kept as a draft, commands and all, and its agent asked.

    Asked for, it is no mistake, and counts among none. What is `doubtful` about it is asked at once: a yes
    could not send it else.
    """
    number = merged.home(match).id
    others = sending(asked)
    # What is put into the text has its line there.
    above = [str(command) for command in others.commands if not faq.place(command)]
    lines = [*above, *(["#note"] if asked.note else []), asked.text]
    words = "\n".join(line for line in lines if line.strip()).strip()
    if not words and not case.message.attachments:
        return drafted(case, match, agent, said("#draft keeps the text below it, and there was none."))
    head = said("Your draft for ticket #{number} is kept. Nothing was sent.", number=number)
    text = joined([head, *(question.why for question in doubtful)], "\n\n") if doubtful else head
    rule = doubts.rule(doubtful, doubts.KEPT)
    mails = [
        replace(mail, event="confirm", quoted=excerpt(words, MAX_SHOWN) or "(no text)")
        for mail in alerts(number, (agent,), text, case.key)
        if isinstance(mail, Mail)
    ]
    return [
        entry(case, number, EntryKind.DRAFT, agent, words),
        *mails,
        Finish(
            Outcome.APPENDED,
            number,
            doubts.noted(rule) if _a_note(case) else rule,
            text,
            why_kept=text,
        ),
    ]


def _for_another(case: RuleContext, match: TicketMatch) -> str:
    """Return why no yes may send an email: its words are for a customer whose ticket was merged into one of
    another's; "" where that is not so."""
    return merged.words_for_another(match, sending(execute.read(case.message.new_text)), case.message)


def _empty(message: Message, confirm: bool) -> bool:
    """Whether nothing of an email could be sent: it has no words for anybody, and no file.

    Nobody waits for it then. Commands that are understood wait for the yes that is asked for (`confirm`).
    """
    asked = execute.read(message.new_text)
    if asked.text.strip() or message.attachments:
        return False
    return not (confirm and (asked.commands or asked.note) and not asked.problem)


def _a_note(case: RuleContext) -> bool:
    """Whether an agent's email is for colleagues: by its commands, or as an answer to a question of theirs or
    to one about a draft that was."""
    token, draft = case.facts.token, case.facts.draft
    if stays_inside(case.message.new_text):
        return True
    return (token is not None and token.note) or (draft is not None and doubts.is_note(draft.rule))
