"""Drafts of agents, and the one reply that lets one out.

What an agent wrote and could not prove waits as a draft. He is asked at his registered
address, and only who reads that mailbox can answer: the address to answer to is the proof.
See docs/decisions/0009-agent-authority.md.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from intake.desk import budgets
from intake.desk.commands import from_mail
from intake.desk.commands.strays import MAX_LINE, meant
from intake.desk.commands.table import NAMES
from intake.desk.effects import AddEntry, ConfirmDraft, Effect, Finish, Mail, MailKind, Outcome, Record
from intake.desk.facts import Draft, TicketMatch
from intake.desk.mails import alerts
from intake.desk.message import Attachment, Message
from intake.desk.rule_context import RuleContext, entry
from intake.desk.sensitive.scan import excerpt
from intake.desk.ticket import DESK, Agent, EntryKind
from intake.desk.tokens import Purpose, Token

# The rule of a draft whose agent was asked about a command out of its place.
STRAY = "stray_command"
# So much of a draft is shown to the one who is to confirm it.
MAX_SHOWN = 4000
# Whole first lines: what an answering machine writes never begins with a line that is one of these.
_YES = frozenset(
    (
        "yes", "y", "ok", "okay", "confirm", "confirmed", "send", "send it", "yes please", "ja", "oui",
        "sí", "si", "sim", "да", "evet", "có", "是", "是的", "好", "好的", "确认", "確認", "发送", "發送",
        "同意", "はい", "네", "예",
    )
)  # fmt: skip
# First words of an answer to us, which is none for the customer.
_NO = frozenset(
    (
        "no", "nope", "not", "wrong", "nein", "nicht", "non", "não", "nao", "нет", "не", "hayır", "hayir",
        "không", "否", "不", "不是", "不要", "不用", "别", "いいえ", "違います", "아니요", "아니오",
    )
)  # fmt: skip
# What is shorter may be a word to us as well; an answer to a customer says more.
MIN_WORDS, MIN_LETTERS = 4, 12
_WORDS = re.compile(r"[^\W_]+")
_EDGES = re.compile(r"^[\s\W_]+|[\s\W_]+$")


def confirms(text: str) -> bool:
    """Whether what somebody wrote now is a yes: its first line is, whatever stands below, but a command.

    Who answers below the quote keeps that, and the line that introduces it. "yes" and `#note` below it
    are no yes: whoever writes so may mean the draft that is asked about, or may mean something else.
    """
    lines = (line.strip() for line in text.splitlines())
    first = next((one for one in lines if one and one[0] not in ">＞" and one[-1] not in ":："), "")
    if _EDGES.sub("", first[:100]).casefold() not in _YES:
        return False
    below = next((one for one in lines if one), "")
    return len(below) > MAX_LINE or not meant(below, NAMES)


def answers_us(text: str) -> bool:
    """Whether what somebody wrote to a question of ours may be meant for us: "no, that was not me"."""
    words = _WORDS.findall(text[:2000].casefold())
    if not words:
        return True
    letters = sum(map(len, words))
    short = letters < MIN_LETTERS if any(not one.isascii() for one in words) else len(words) < MIN_WORDS
    return short or words[0] in _YES or words[0] in _NO


def confirmed(case: RuleContext, obey: Callable[[RuleContext], list[Effect] | None]) -> list[Effect] | None:
    """What an agent confirms is done as if it had been proven when it came; `obey` is the rule for that."""
    facts = case.facts
    token, found, draft = facts.token, facts.by_token, facts.draft
    if token is None or token.purpose is not Purpose.CONFIRM or found is None or facts.refuted:
        return None
    if "" in (case.envelope.sender, case.message.return_path):
        why = "the answer to a question of ours came from the null sender, as machines write"
        return [entry(case, found.ticket.id, EntryKind.AUTOMATIC), _end(found, Outcome.AUTOMATIC, why)]
    if draft is None or draft.agent is None or not _his(case, draft):
        return None
    instead = _instead(case, found, draft, draft.agent, token.ticket, obey)
    if instead is not None:
        return instead
    problem = _problem(case, draft)
    if not problem:
        done = _done(case, found, draft, draft.agent, token.ticket, obey)
        if done:
            return done
        problem = "The mail it was can be read no longer. Please send it again."
    if draft.waiting and not confirms(case.message.new_text):
        return drafted(case, found, draft.agent, problem, confirm=True)
    return [
        *alerts(found.ticket.id, (draft.agent,), problem, case.key),
        _end(found, Outcome.AUTOMATIC, problem),
    ]


def drafted(
    case: RuleContext,
    found: TicketMatch,
    agent: Agent | None,
    why: str,
    confirm: bool = False,
    rule: str = "unproven_agent",
) -> list[Effect]:
    """Return the effects of keeping a mail as a draft; `confirm`: one reply of the agent lets it out.

    `rule` tells later what the agent was asked: a yes answers that, and nothing else.
    """
    ticket = found.ticket
    tell = (agent,) if agent else case.tell(found)
    what = f"A reply to ticket #{ticket.id} was kept as a private draft and not sent. {why}"
    told = alerts(ticket.id, tell, what, case.key)
    if agent:
        # His own words come back to him, so that he need not look for them to send them again.
        shown = excerpt(case.message.new_text.strip(), MAX_SHOWN) or "(no text)"
        event = "confirm" if confirm else ""
        told = [replace(one, event=event, quoted=shown) if isinstance(one, Mail) else one for one in told]
    # A forger must not be able to make us write to the agent for ever; their own mail is another thing.
    theirs = agent is not None and case.sender.key == agent.address.lower()
    own = theirs and case.proven and case.facts.token is not None
    room = budgets.room_for_own if own else budgets.room_for_strangers
    told = budgets.within(room(case.facts, case.policy), told)
    return [
        entry(case, ticket.id, EntryKind.DRAFT, agent),
        *told,
        Finish(Outcome.APPENDED, ticket.id, rule, what, why_kept=why),
    ]


def _his(case: RuleContext, draft: Draft) -> bool:
    """Whether the answer comes from the agent, or from the other address of his that wrote the draft."""
    own = draft.agent.address.lower() if draft.agent else ""
    return case.message.one_author and case.sender.key in (own, draft.author.lower())


def _problem(case: RuleContext, draft: Draft) -> str:
    if not draft.waiting:
        return "This draft was confirmed before; it is not sent twice."
    if not confirms(case.message.new_text):
        return (
            "To let the draft before it out, the first line of your reply must be the one word yes. What "
            "you write in its place must be a whole answer to the customer, and come from your own address."
        )
    return ""


def _instead(
    case: RuleContext,
    found: TicketMatch,
    draft: Draft,
    agent: Agent,
    ticket: int,
    obey: Callable[[RuleContext], list[Effect] | None],
) -> list[Effect] | None:
    """Return what comes of a reply that says no yes but something better, or a command; None: it is none.

    It goes to a secret address of the agent's, and here it must be authenticated like any answer of
    theirs. An answer takes the draft's place, which is let out no more.
    """
    text = case.message.new_text
    if confirms(text) or not case.proven or case.sender.key != agent.address.lower():
        return None
    token = Token(Purpose.AGENT, ticket, agent.id, case.facts.now)
    asked = from_mail.read(case.message, token)
    if not asked.commands and not asked.note and not asked.problem and answers_us(asked.text):
        return None
    reply = replace(case, facts=replace(case.facts, token=token, token_agent=agent, draft=None))
    effects = obey(reply)
    if effects is None or not draft.waiting:
        return effects
    if not any(isinstance(one, Mail) and one.kind is MailKind.RELAY for one in effects):
        return effects
    what = f"draft replaced by another answer of {agent.name or agent.address}"
    return [
        ConfirmDraft(found.ticket.id, draft.entry),
        AddEntry(found.ticket.id, EntryKind.EVENT, DESK, what),
        *effects,
    ]


def _done(
    case: RuleContext,
    found: TicketMatch,
    draft: Draft,
    agent: Agent,
    ticket: int,
    obey: Callable[[RuleContext], list[Effect] | None],
) -> list[Effect]:
    if draft.message is None:
        return []
    # As it would have been, had it proved itself. That it was kept has been told under another key.
    effects = obey(_as_proven(case, draft.message, agent, ticket, "his own confirmation")) or []
    if _kept(effects):
        # It cannot be obeyed even so, and its agent is told why; the draft stays the one there is.
        # To answer yes again would lead here again.
        kept = [replace(one, event="") for one in effects if isinstance(one, Mail)]
        return [*kept, _end(found, Outcome.COMMAND, "the draft could not be obeyed")]
    what = f"draft confirmed by {agent.name or agent.address}"
    return [
        ConfirmDraft(found.ticket.id, draft.entry),
        AddEntry(found.ticket.id, EntryKind.EVENT, DESK, what),
        *(_relinked(one, draft.message.attachments) for one in effects if not isinstance(one, Finish)),
        _end(found, Outcome.COMMAND, what),
    ]


def let_out(
    case: RuleContext,
    ticket: int,
    draft: Draft,
    by: str,
    authority: str,
    obey: Callable[[RuleContext], list[Effect] | None],
) -> tuple[list[Effect], str]:
    """Return the effects of letting a draft out at the command line, or none and why it cannot be.

    `by` says so, and needs no proof: who is at the command line may do all that the desk may.
    What is recorded is done by this authority. The draft has an agent and its mail.
    """
    agent, original = draft.agent, draft.message
    if agent is None or original is None:
        return [], "The mail it was can be read no longer."
    effects = obey(_as_proven(case, original, agent, ticket, authority)) or []
    if _kept(effects):
        return [], next((one.why_kept or one.reason for one in effects if isinstance(one, Finish)), "")
    made: list[Effect] = [
        ConfirmDraft(ticket, draft.entry),
        AddEntry(ticket, EntryKind.EVENT, DESK, f"draft of {agent.name or agent.address} let out by {by}"),
    ]
    for effect in effects:
        if isinstance(effect, Record):
            effect = replace(effect, authority=authority)
        if not isinstance(effect, Finish):
            made.append(_relinked(effect, original.attachments))
    return made, ""


def _as_proven(case: RuleContext, original: Message, agent: Agent, ticket: int, proof: str) -> RuleContext:
    """Return the case of a draft's mail, from its agent and to the address that only he has."""
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
        token=Token(Purpose.AGENT, ticket, agent.id, case.facts.now),
        token_agent=agent,
        proof=proof,
    )
    return replace(case, message=original, facts=facts, envelope=replace(case.envelope, sender=agent.address))


def _kept(effects: Sequence[Effect]) -> bool:
    return any(isinstance(one, AddEntry) and one.kind is EntryKind.DRAFT for one in effects)


def _relinked(effect: Effect, files: tuple[Attachment, ...]) -> Effect:
    """Return an effect whose entry holds the draft's files, not those of the mail that confirms it."""
    if isinstance(effect, AddEntry) and effect.from_message:
        return replace(effect, from_message=False, attachments=files)
    return effect


def _end(found: TicketMatch, outcome: Outcome, why: str) -> Finish:
    return Finish(outcome, found.ticket.id, "confirmed_draft", why)
