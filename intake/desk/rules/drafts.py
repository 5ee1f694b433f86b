"""Drafts of agents, and the one-word reply that sends one.

An agent's email that could not be verified waits as a draft. They are asked at their registered
address, and only the owner of that mailbox can answer: the address to reply to is the proof.
See docs/decisions/0009-agent-authority.md.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from intake.desk import budgets, waiting
from intake.desk.commands import execute, from_mail
from intake.desk.draft_effects import CONFIRM, ConfirmDraft
from intake.desk.effects import AddEntry, Effect, Finish, Mail, MailKind, Outcome, Record
from intake.desk.facts import Draft, TicketMatch
from intake.desk.mails import alerts
from intake.desk.message import Attachment, Message
from intake.desk.rule_context import RuleContext, entry
from intake.desk.rules import doubts
from intake.desk.rules.answers_to_us import again, asking, discarded, ended, over
from intake.desk.rules.drafting import drafted
from intake.desk.rules.outside import outside
from intake.desk.rules.second_answers import first_answer, not_carried_out, second_answer, sent_by
from intake.desk.rules.second_person import second_person
from intake.desk.rules.undoing import stopping, undone
from intake.desk.rules.yes_and_no import answers_us, confirms, discards, to_a_question
from intake.desk.telling_effects import Telling
from intake.desk.text.said import joined, said
from intake.desk.ticket import DESK, Agent, EntryKind
from intake.desk.tokens import Purpose, Token

# The rule of an email to the command address, and so of the draft of a first email to somebody.
COMMANDED = "command_mail"


def confirmed(case: RuleContext, obey: Callable[[RuleContext], list[Effect] | None]) -> list[Effect] | None:
    """A confirmed draft is processed as if it had been verified when it came; `obey` is the rule for that."""
    facts = case.facts
    token, match, draft = facts.token, facts.by_token, facts.draft
    if token is None or token.purpose is not Purpose.CONFIRM or match is None or facts.refuted:
        return None
    if "" in (case.envelope.sender, case.message.return_path):
        why = "the answer to our question had an empty envelope sender, as auto-replies do"
        return [entry(case, match.ticket.id, EntryKind.AUTOMATIC), ended(match, Outcome.AUTOMATIC, why)]
    if draft is None or draft.agent is None:
        return None
    second = second_person(case, draft)
    if second is None and not _his(case, draft):
        return None
    by = second or draft.agent
    if draft.waiting and discards(case.message.new_text):
        return discarded(case, match, draft, by)
    other = (first_answer if second is None else second_answer)(case, match, draft, by)
    if other is not None:
        return other
    case = stopping(case, draft) if second is None else case
    below = undone(case, draft, draft.agent)
    if below == "":
        return discarded(case, match, draft, by)
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
        ended(match, Outcome.AUTOMATIC, problem),
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
    if _sent(effects) and not asked.reply and doubts.Doubt.ASIDE in doubts.answered(draft):
        # Their first text was for colleagues, or looked so: for whom this one is they say once more.
        from intake.desk.commands.asides import second_text

        why, rule = second_text(), doubts.rule([doubts.Question(doubts.Doubt.ASIDE, "")])
        effects = drafted(reply, match, agent, why, confirm=True, rule=rule, mistake=False)
    if not (_replaces(effects, draft, token) or outside(case)):
        return effects
    reason = f"draft replaced by another reply of {agent.name or agent.address}"
    return [
        ConfirmDraft(match.ticket.id, draft.entry),
        AddEntry(match.ticket.id, EntryKind.EVENT, DESK, reason),
        *effects,
    ]


def _sent(effects: Sequence[Effect]) -> bool:
    return any(isinstance(effect, Mail) and effect.kind is MailKind.RELAY for effect in effects)


def _replaces(effects: Sequence[Effect], draft: Draft, token: Token) -> bool:
    """Whether what became of a reply ends the draft that it answers: it was sent, or is what its agent means
    now, kept itself with a question of its own; or words for colleagues became theirs."""
    if _sent(effects):
        return True
    if any(isinstance(effect, Mail) and effect.event == CONFIRM and not effect.draft for effect in effects):
        return True
    noted = any(isinstance(effect, AddEntry) and effect.kind is EntryKind.NOTE for effect in effects)
    return noted and bool(token.note or doubts.answered(draft) & doubts.INSIDE)


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
        if doubts.news_alone(end.rule):
            return _meanwhile(case, match, draft, by, effects, end)
        # It cannot be carried out even so, and its agent is notified why; the draft stays.
        # Another yes would lead here again.
        kept = [replace(effect, event="") for effect in effects if isinstance(effect, Mail)]
        return [
            *kept,
            *not_carried_out(case, match, draft, by, end.why_kept),
            ended(match, Outcome.COMMAND, "the draft could not be carried out"),
        ]
    text = f"draft confirmed by {by.name or by.address}"
    return [
        ConfirmDraft(match.ticket.id, draft.entry),
        AddEntry(match.ticket.id, EntryKind.EVENT, DESK, text),
        *(
            _relinked(effect, draft.message.attachments)
            for effect in effects
            if not isinstance(effect, Finish)
        ),
        *sent_by(case, match, draft, by),
        ended(match, Outcome.COMMAND, text),
    ]


def _meanwhile(
    case: RuleContext,
    match: TicketMatch,
    draft: Draft,
    agent: Agent,
    effects: Sequence[Effect],
    end: Finish,
) -> list[Effect]:
    """Return the effects of a yes where a colleague has answered, the customer has written or somebody has
    closed the ticket since its agent was asked about the draft: they are told, and asked again."""
    others = [effect for effect in effects if not isinstance(effect, Mail | AddEntry | Finish)]
    text = joined([waiting.still(draft.entry), end.why_kept])
    asks = asking(alerts(match.ticket.id, (agent,), text, case.key), draft)
    prompt = budgets.those(Telling.PROMPT, asks)
    return [
        *prompt,
        *others,
        ended(match, Outcome.COMMAND, "something had happened since the draft was asked about"),
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
