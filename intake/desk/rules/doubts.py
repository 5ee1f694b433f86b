"""What makes an agent's email doubtful though it is theirs: each doubt is a question, and a yes answers only
those that were asked. Pure.

The questions of one email are asked in one mail, which says each. Which they were is written down in the
rule of the draft, so that a yes to one of them is none to another that came up since.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from intake.desk import partners
from intake.desk.commands import canned
from intake.desk.commands import execute as commands
from intake.desk.commands.grammar import ParsedCommand
from intake.desk.facts import Collision, Draft
from intake.desk.readers import readers
from intake.desk.rule_context import RuleContext
from intake.desk.rules.elsewhere import for_others, for_two_tickets
from intake.desk.rules.tickets_quoted import for_several
from intake.desk.sensitive.scan import excerpt
from intake.desk.text.said import joined, said
from intake.desk.ticket import Agent, Status, Ticket


class Doubt(StrEnum):
    """A reason to ask first. The values are kept in the ledger: never reuse one."""

    # A command in the wrong place.
    STRAY = "stray_command"
    # Words for colleagues, without a command.
    ASIDE = "words_for_colleagues"
    # Written to somebody else, with the desk in copy.
    OTHERS = "words_for_others"
    # Written to the addresses of several tickets, or above quotes of several.
    SEVERAL = "several_tickets"
    # A colleague answered after the mail that it replies to.
    OVERTAKEN = "answered_meanwhile"
    # Its draft was asked about before the customer wrote once more, or somebody closed the ticket.
    NEWS = "news_meanwhile"


# What a note in place of the email settles: its words need no customer any more.
INSIDE = frozenset((Doubt.STRAY, Doubt.ASIDE, Doubt.OTHERS))
# The rule of a draft whose agent was asked nothing but whether it was they; and of drafts that they keep on
# purpose.
UNPROVEN, KEPT = "unproven_agent", "kept_draft"
# The same of drafts that are internal notes once they are confirmed: they answered a colleague's question.
NOTES = {UNPROVEN: "unproven_note", KEPT: "kept_note"}
# What a later yes answers only of what happened before it was asked.
MEANWHILE = frozenset((Doubt.OVERTAKEN, Doubt.NEWS))
# How old rows say both, a doubt and that it is a note.
_OLD_NOTE = "stray_note"
_BETWEEN = "+"
# At most this much of a colleague's reply is shown to the agent who wrote the second one.
_SHOWN = 500


@dataclass(frozen=True, slots=True)
class Question:
    """A doubt, and the sentences that say it to the agent: why it was held, and what a yes does."""

    doubt: Doubt
    why: str


def questions(case: RuleContext, ticket: Ticket, agent: Agent | None, asked: ParsedCommand) -> list[Question]:
    """Return what is to be asked before this email of an agent's goes to a customer; [] for nothing.

    What the draft at hand was asked about is not asked again, but of what happened since.
    """
    stray = commands.misplaced(asked.stray) if asked.stray else ""
    meanwhile = overtaken(case.facts.overtaken) if answers(asked) else ""
    each = (
        Question(Doubt.SEVERAL, for_two_tickets(case) or for_several(case)),
        Question(Doubt.OTHERS, for_others(case, ticket, asked)),
        Question(Doubt.STRAY, stray),
        Question(Doubt.ASIDE, _aside(case, ticket, agent, asked)),
        Question(Doubt.OVERTAKEN, meanwhile),
        Question(Doubt.NEWS, news(case, ticket) if answers(asked) else ""),
    )
    # The mail that a yes replies to said of every answer before it.
    before = answered(case.facts.draft) - MEANWHILE
    return [question for question in each if question.why and question.doubt not in before]


def answers(asked: ParsedCommand) -> bool:
    """Whether a text of an email goes to the customer's side, one of the agent's or a prepared one."""
    if asked.note or canned.keeps(asked) or partners.of(asked):
        return False
    return bool(asked.text.strip()) or canned.sends(asked)


def overtaken(other: Collision | None) -> str:
    """Return the sentence that a colleague has answered already, "" where none has."""
    if other is None:
        return ""
    text = excerpt(" ".join(other.text.split()), _SHOWN)
    return said("{by} has already replied, at {at}: “{text}”", by=other.by.name, at=other.at, text=text)


def news(case: RuleContext, ticket: Ticket) -> str:
    """Return the sentences that the customer wrote, or somebody closed the ticket, since the mail was sent
    that this yes to a draft replies to; "" where nothing did."""
    asked, last = case.facts.looked.written, case.facts.looked.last
    if case.facts.draft is None or asked is None:
        return ""
    each = []
    if last is not None and last.at > asked:
        text = excerpt(" ".join(last.text.split()), _SHOWN) or said("(no text)")
        each.append(
            said(
                "{by} has written meanwhile, at {at}: “{text}”",
                by=last.author_name or last.author,
                at=last.at,
                text=text,
            )
        )
    if ticket.status is Status.CLOSED and ticket.closed_at is not None and ticket.closed_at > asked:
        each.append(said("The ticket was closed meanwhile, at {at}.", at=ticket.closed_at))
    return joined(each, "\n\n")


def _aside(case: RuleContext, ticket: Ticket, agent: Agent | None, asked: ParsedCommand) -> str:
    """Return why a text may hold words for colleagues; "" where it does not, or goes to no customer."""
    if asked.note or asked.problem:
        return ""
    # Its patterns are loaded with the first answer: 1 MB in each process.
    from intake.desk.commands.asides import Circle, aside, why_held

    circle = Circle(case.facts.agents, tuple(case.policy.teams), agent, readers(ticket, case.policy))
    line = aside(asked.text, circle)
    return why_held(line) if line and line != asked.stray else ""


def in_words(questions: Sequence[Question]) -> str:
    """Return all questions of an email, one below the other."""
    return joined((question.why for question in questions), "\n\n")


def rule(questions: Iterable[Question], base: str = UNPROVEN) -> str:
    """Return the rule that says which questions a draft's agent was asked; `base` where there is none."""
    return _BETWEEN.join(question.doubt for question in questions) or base


def noted(rule: str) -> str:
    """Return the rule of a draft that is an internal note once it is confirmed."""
    if rule in NOTES:
        return NOTES[rule]
    return rule if is_note(rule) else f"{rule}{_BETWEEN}{NOTES[UNPROVEN]}"


def is_note(rule: str) -> bool:
    """Whether a draft that this rule kept is an internal note once it is confirmed."""
    return any(part in NOTES.values() or part == _OLD_NOTE for part in rule.split(_BETWEEN))


def answered(draft: Draft | None) -> frozenset[Doubt]:
    """Return which questions a yes to a draft answers: those that its agent was asked."""
    parts = draft.rule.split(_BETWEEN) if draft else []
    old = {Doubt.STRAY} if _OLD_NOTE in parts else frozenset[Doubt]()
    return frozenset(doubt for doubt in Doubt if doubt in parts) | old


def confirmed_by_admin(rule: str, anyway: bool) -> str:
    """Return the rule of a draft as an admin confirms it, whom no mail asked; `anyway` answers all.

    What is to be an internal note stays one.
    """
    bare = _BETWEEN.join(Doubt) if anyway else UNPROVEN
    return noted(bare) if is_note(rule) else bare


def news_alone(rule: str) -> bool:
    """Whether this rule kept an email for nothing but what happened since its draft was asked about."""
    return set(rule.split(_BETWEEN)) <= MEANWHILE


def asks(rule: str) -> bool:
    """Whether an email was kept by this rule because of a doubt."""
    return any(doubt in rule.split(_BETWEEN) for doubt in Doubt)
