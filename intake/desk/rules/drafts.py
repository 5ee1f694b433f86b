"""Drafts of agents, and the one-word reply that sends one.

An agent's email that could not be verified waits as a draft. They are asked at their registered
address, and only the owner of that mailbox can answer: the address to reply to is the proof.
See docs/decisions/0009-agent-authority.md.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from intake.desk import budgets, waiting
from intake.desk.commands import execute, faq, from_mail, merged
from intake.desk.commands.drafts import sending
from intake.desk.commands.grammar import ParsedCommand
from intake.desk.commands.privacy import stays_inside
from intake.desk.draft_effects import ConfirmDraft
from intake.desk.effects import AddEntry, Effect, Finish, Mail, MailKind, Outcome, Record
from intake.desk.facts import Draft, TicketMatch
from intake.desk.guard.policy import Need
from intake.desk.mails import STAYS_HERE, STAYS_INSIDE, alerts
from intake.desk.message import Attachment, Message
from intake.desk.rule_context import RuleContext, entry
from intake.desk.rules import doubts
from intake.desk.rules.answers_to_us import MAX_SHOWN, again, asking, over
from intake.desk.rules.outside import outside
from intake.desk.rules.second_person import second_person
from intake.desk.rules.undoing import undone
from intake.desk.rules.yes_and_no import answers_us, confirms, discards, to_a_question
from intake.desk.sensitive.scan import excerpt
from intake.desk.telling_effects import Telling
from intake.desk.text.said import joined, said
from intake.desk.ticket import DESK, Agent, EntryKind
from intake.desk.tokens import Purpose, Token

# The rule of an email to the command address, and so of the draft of a first email to somebody.
COMMANDED = "command_mail"
# The rule of what answers the question about a draft.
CONFIRMED = "confirmed_draft"


def confirmed(case: RuleContext, obey: Callable[[RuleContext], list[Effect] | None]) -> list[Effect] | None:
    """A confirmed draft is processed as if it had been verified when it came; `obey` is the rule for that."""
    facts = case.facts
    token, match, draft = facts.token, facts.by_token, facts.draft
    if token is None or token.purpose is not Purpose.CONFIRM or match is None or facts.refuted:
        return None
    if "" in (case.envelope.sender, case.message.return_path):
        why = "the answer to our question had an empty envelope sender, as auto-replies do"
        return [entry(case, match.ticket.id, EntryKind.AUTOMATIC), _end(match, Outcome.AUTOMATIC, why)]
    if draft is None or draft.agent is None:
        return None
    second = second_person(case, draft)
    if second is None and not _his(case, draft):
        return None
    by = second or draft.agent
    if draft.waiting and discards(case.message.new_text):
        return _discarded(case, match, draft, by)
    if draft.guard is Need.TWO and second is None and confirms(case.message.new_text):
        refusal = said("This draft needs the yes of another agent, not yours.")
        mails = alerts(match.ticket.id, (draft.agent,), refusal, case.key)
        return [*mails, _end(match, Outcome.AUTOMATIC, refusal)]
    below = undone(case, draft, draft.agent)
    if below == "":
        return _discarded(case, match, draft, by)
    if below is not None:
        case = replace(case, message=replace(case.message, new_text=below, pieces=()))
    instead = _instead(case, match, draft, draft.agent, token.ticket, obey)
    if instead is not None:
        return instead
    problem, lost = _problem(case, draft), False
    if not problem:
        done = _done(case, match, draft, by, token.ticket, obey)
        if done:
            return done
        problem, lost = said("The original email is no longer available. Please send it again."), True
    if draft.waiting and not confirms(case.message.new_text):
        if to_a_question(execute.read(case.message.new_text).text):
            # "no" below a command is for no customer, on no later yes either.
            return again(case, match, draft, by, problem)
        return drafted(case, match, by, problem, confirm=True)
    mails = alerts(match.ticket.id, (by,), problem, case.key)
    return [
        *budgets.those(budgets.telling(case.facts, case.policy, own=True, mistake=not lost), mails),
        _end(match, Outcome.AUTOMATIC, problem),
    ]


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


def _discarded(case: RuleContext, match: TicketMatch, draft: Draft, agent: Agent) -> list[Effect]:
    """Return the effects of an agent's no: the draft stays in the history, and waits no more."""
    event = f"draft discarded by {agent.name or agent.address}"
    return [
        ConfirmDraft(match.ticket.id, draft.entry),
        AddEntry(match.ticket.id, EntryKind.EVENT, DESK, event),
        waiting.discarded(agent, match.ticket.id, draft.entry, case.key),
        _end(match, Outcome.COMMAND, event),
    ]


def _a_note(case: RuleContext) -> bool:
    """Whether an agent's email is for colleagues: by its commands, or as an answer to a question of theirs or
    to one about a draft that was."""
    token, draft = case.facts.token, case.facts.draft
    if stays_inside(case.message.new_text):
        return True
    return (token is not None and token.note) or (draft is not None and doubts.is_note(draft.rule))


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


def _his(case: RuleContext, draft: Draft) -> bool:
    """Whether the answer comes from the agent, or from their other address that wrote the draft."""
    own = draft.agent.address.lower() if draft.agent else ""
    return case.message.one_author and case.sender.key in (own, draft.author.lower())


def _problem(case: RuleContext, draft: Draft) -> str:
    if not draft.waiting:
        return over()
    if not confirms(case.message.new_text):
        return said(
            "To send the draft, reply with the one word yes on the first line. What you write instead must "
            "be a complete reply to the customer, and come from your own address."
        )
    return ""


def _instead(
    case: RuleContext,
    match: TicketMatch,
    draft: Draft,
    agent: Agent,
    ticket: int,
    obey: Callable[[RuleContext], list[Effect] | None],
) -> list[Effect] | None:
    """Return the effects of a reply that is a better text or a command instead of a yes; None: it is neither.

    It goes to a secret address of the agent's, and here it must be authenticated like any reply of
    theirs. A reply replaces the draft, which can then no longer be sent.
    """
    text = case.message.new_text
    if confirms(text) or not case.proven or case.sender.key != agent.address.lower():
        return None
    token = Token(Purpose.AGENT, ticket, agent.id, case.facts.now)
    asked = from_mail.read(case.message, token)
    token = replace(token, note=doubts.is_note(draft.rule))
    # A command beside it changes nothing: "no" is not for the customer.
    words = bool(asked.text.strip()) or not asked.commands
    if words and not asked.note and not asked.problem and answers_us(asked.text):
        return None
    reply = replace(case, facts=replace(case.facts, token=token, token_agent=agent, draft=None))
    effects = obey(reply)
    if effects is None or not draft.waiting:
        return effects
    sent = any(isinstance(effect, Mail) and effect.kind is MailKind.RELAY for effect in effects)
    noted = any(isinstance(effect, AddEntry) and effect.kind is EntryKind.NOTE for effect in effects)
    # Words for colleagues are theirs now; and whoever else got this reply has the address that a yes goes to.
    settled = noted and (token.note or doubts.answered(draft) & doubts.INSIDE)
    if not (sent or settled or outside(case)):
        return effects
    reason = f"draft replaced by another reply of {agent.name or agent.address}"
    return [
        ConfirmDraft(match.ticket.id, draft.entry),
        AddEntry(match.ticket.id, EntryKind.EVENT, DESK, reason),
        *effects,
    ]


def _done(
    case: RuleContext,
    match: TicketMatch,
    draft: Draft,
    by: Agent,
    ticket: int,
    obey: Callable[[RuleContext], list[Effect] | None],
) -> list[Effect]:
    agent = draft.agent
    if draft.message is None or agent is None:
        return []
    # As if it had been verified. The alert that it was kept has another key.
    effects = obey(as_proven(case, draft, draft.message, agent, ticket, "their own confirmation")) or []
    if _kept(effects):
        end = next(effect for effect in effects if isinstance(effect, Finish))
        if end.rule == doubts.Doubt.OVERTAKEN:
            return _answered_meanwhile(case, match, draft, agent, effects, end)
        # It cannot be carried out even so, and its agent is notified why; the draft stays.
        # Another yes would lead here again.
        kept = [replace(effect, event="") for effect in effects if isinstance(effect, Mail)]
        return [*kept, _end(match, Outcome.COMMAND, "the draft could not be carried out")]
    text = f"draft confirmed by {by.name or by.address}"
    return [
        ConfirmDraft(match.ticket.id, draft.entry),
        AddEntry(match.ticket.id, EntryKind.EVENT, DESK, text),
        *(
            _relinked(effect, draft.message.attachments)
            for effect in effects
            if not isinstance(effect, Finish)
        ),
        _end(match, Outcome.COMMAND, text),
    ]


def _answered_meanwhile(
    case: RuleContext,
    match: TicketMatch,
    draft: Draft,
    agent: Agent,
    effects: Sequence[Effect],
    end: Finish,
) -> list[Effect]:
    """Return the effects of a yes where a colleague has answered since its agent was asked about the draft:
    they are shown that answer, and asked again."""
    others = [effect for effect in effects if not isinstance(effect, Mail | AddEntry | Finish)]
    text = joined([waiting.still(draft.entry), end.why_kept])
    asks = asking(alerts(match.ticket.id, (agent,), text, case.key), draft)
    prompt = budgets.those(Telling.PROMPT, asks)
    return [
        *prompt,
        *others,
        _end(match, Outcome.COMMAND, "a colleague had answered since the draft was asked about"),
    ]


def let_out(
    case: RuleContext,
    ticket: int,
    draft: Draft,
    by: str,
    authority: str,
    obey: Callable[[RuleContext], list[Effect] | None],
) -> tuple[list[Effect], str, bool]:
    """Return the effects of sending a draft from the command line, or none and why it cannot be sent, and
    whether that is a doubt, which an admin may answer.

    `by` says so, and needs no proof: a user of the command line may do everything the desk may.
    What is recorded is done by this authority. The draft has an agent and its mail.
    """
    agent, original = draft.agent, draft.message
    if agent is None or original is None:
        return [], "The original email is no longer available.", False
    effects = obey(as_proven(case, draft, original, agent, ticket, authority)) or []
    if _kept(effects):
        end = next(effect for effect in effects if isinstance(effect, Finish))
        return [], end.why_kept or end.reason, doubts.asks(end.rule)
    made: list[Effect] = [
        ConfirmDraft(ticket, draft.entry),
        AddEntry(ticket, EntryKind.EVENT, DESK, f"draft of {agent.name or agent.address} sent by {by}"),
    ]
    for effect in effects:
        if isinstance(effect, Record):
            effect = replace(effect, authority=authority)
        if not isinstance(effect, Finish):
            made.append(_relinked(effect, original.attachments))
    return made, "", False


def as_proven(
    case: RuleContext, draft: Draft, original: Message, agent: Agent, ticket: int, proof: str
) -> RuleContext:
    """Return the context of a draft's email, as if from its agent, to the address that only they have."""
    original = replace(
        original,
        fingerprint=f"{original.fingerprint}:{case.message.fingerprint[:16]}",
        sender=agent.as_address,
        return_path=None,
        defects=(),
        forward=None,
    )
    facts = replace(
        case.facts,
        token=Token(Purpose.AGENT, ticket, agent.id, case.facts.now, note=doubts.is_note(draft.rule)),
        token_agent=agent,
        proof=proof,
    )
    return replace(case, message=original, facts=facts, envelope=replace(case.envelope, sender=agent.address))


def _kept(effects: Sequence[Effect]) -> bool:
    return any(isinstance(effect, AddEntry) and effect.kind is EntryKind.DRAFT for effect in effects)


def _relinked(effect: Effect, files: tuple[Attachment, ...]) -> Effect:
    """Return an effect whose entry holds the draft's files, not those of the email that confirms it."""
    if isinstance(effect, AddEntry) and effect.from_message:
        return replace(effect, from_message=False, attachments=files)
    return effect


def _end(match: TicketMatch, outcome: Outcome, why: str) -> Finish:
    return Finish(outcome, match.ticket.id, CONFIRMED, why)
