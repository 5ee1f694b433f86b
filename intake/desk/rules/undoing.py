"""`#undo` in reply to the question about a draft: it means the draft, where no reply can be taken back."""

from dataclasses import replace

from intake.desk.commands import execute
from intake.desk.commands.grammar import tidy
from intake.desk.facts import Draft
from intake.desk.message import Message
from intake.desk.rule_context import RuleContext
from intake.desk.rules.yes_and_no import answers_us, confirms, discards
from intake.desk.ticket import Agent

NAME = "undo"


def undone(case: RuleContext, draft: Draft, agent: Agent) -> str | None:
    """Return what an email says below an `#undo` that means the draft, "" where that is all; None where there
    is none.

    It discards the draft as a no does; a better text below it takes the draft's place.
    """
    relayed = case.facts.relayed
    if not draft.waiting or (relayed is not None and relayed.agent == agent.id):
        return None
    text = case.message.new_text
    asked = execute.read(text)
    spelled = next((command.written for command in asked.commands if command.name == NAME), "")
    if not spelled or asked.problem:
        return None
    if alone(case.message):
        return ""
    lines = text.splitlines(keepends=True)
    at = next((at for at, line in enumerate(lines) if _names(line, spelled)), None)
    if at is None:
        return None
    below = "".join((*lines[:at], *lines[at + 1 :]))
    # Both at once is no answer: nothing is sent of it.
    if confirms(below):
        return None
    # A name below it is no better text.
    return "" if discards(below) or answers_us(below) else below


def stopping(case: RuleContext, draft: Draft) -> RuleContext:
    """Return an agent's no to a draft that a yes has sent, while nothing of it has left, as an `#undo`; any
    other case as it is."""
    relayed, mine = case.facts.relayed, draft.agent.id if draft.agent else 0
    if draft.waiting or draft.message is None or relayed is None or relayed.agent != mine:
        return case
    # The newest reply may be another than this draft: that their no does not mean.
    same = relayed.entry > draft.entry and relayed.text.strip() in draft.message.new_text
    if not same or not discards(case.message.new_text):
        return case
    return replace(case, message=replace(case.message, new_text=f"#{NAME}", pieces=()))


def alone(message: Message) -> bool:
    """Whether an email says `#undo` and nothing else."""
    asked = execute.read(message.new_text)
    more = asked.text.strip() or asked.note or asked.problem or message.attachments
    return not more and [command.name for command in asked.commands] == [NAME]


def _names(line: str, spelled: str) -> bool:
    words = tidy(line).casefold().split()
    return bool(words) and words[0].lstrip("#＃") == spelled.casefold()
