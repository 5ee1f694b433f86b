"""`intake ticket confirm`: letting out a draft that an agent's mail became, without a mail of his."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from intake import terminal
from intake.commands.common import Invocation, acting_as, not_found
from intake.commands.ticket.from_table import AUTHORITY, the_ticket
from intake.ports import Unreadable, UserError

if TYPE_CHECKING:
    from intake.desk.effects import Effect
    from intake.desk.facts import Draft
    from intake.desk.message import Message
    from intake.desk.ticket import Ticket
    from intake.views import EntryRow


@click.command("confirm")
@click.argument("number", type=int)
@click.argument("draft", type=int, required=False)
@click.option("--anyway", is_flag=True, help="Let it out although a line of it looks like a command.")
@acting_as
@click.pass_obj
def confirm(given: Invocation, number: int, draft: int | None, anyway: bool, as_: str) -> None:
    """Let out a draft: an agent's answer that nothing proved to be his, or that was withdrawn.

    It goes to the requester in the agent's name, and the commands in it are obeyed. DRAFT is its
    number, which `intake ticket show` tells; it may be left out where only one waits. One in which a
    command stands out of its place may hold what is private: it needs --anyway.
    """
    from intake.desk.effects import Record

    found, by = the_ticket(given, number), given.actor(as_)
    row = _the_draft(given, number, draft)
    kept = given.desk().store.tickets.draft(row.id)
    if kept is None or kept.agent is None:
        raise UserError(f"Draft {row.id} is of nobody who is an agent now: `intake ticket reply` answers.")
    if row.message is None:
        effects = _written(given, found, kept, row, by)
    else:
        effects = _obeyed(given, found, replace(kept, message=_original(given, row)), by, anyway)
    given.desk().service.act([*effects, Record(by, AUTHORITY, f"confirm {row.id}", number)])
    terminal.say(f"Draft {row.id} in #{number} is let out, in the name of {kept.agent.name}.")


def waiting(number: int, drafts: Sequence[int]) -> str:
    """Return the line about a ticket's drafts: their numbers and how one is let out; "" for none."""
    numbers = ", ".join(str(one) for one in drafts)
    return f"{numbers} (`intake ticket confirm {number} {drafts[0]}` lets one out)" if drafts else ""


def _the_draft(given: Invocation, number: int, draft: int | None) -> "EntryRow":
    waiting = [one for one in given.desk().store.tickets.entries(number) if one.waiting]
    if draft is not None:
        waiting = [one for one in waiting if one.id == draft]
    if not waiting:
        which = "no draft" if draft is None else f"no draft {draft}"
        not_found(f"In #{number} there is {which} that waits.", f"`intake ticket show {number}` tells.")
    if len(waiting) > 1:
        numbers = ", ".join(str(one.id) for one in waiting)
        raise UserError(f"In #{number} several drafts wait: {numbers}. Name one.")
    return waiting[0]


def _original(given: Invocation, row: "EntryRow") -> "Message":
    """Return the mail that became a draft."""
    raw = given.desk().store.ledger.draft_raw(row.id)
    if raw is None:
        raise UserError(f"The mail behind draft {row.id} is kept no longer: `intake ticket reply` answers.")
    try:
        return given.desk().service.parse(raw)
    except Unreadable as err:
        raise UserError(f"The mail behind draft {row.id} cannot be read: {err}.") from err


def _obeyed(given: Invocation, found: "Ticket", draft: "Draft", by: str, anyway: bool) -> "list[Effect]":
    """Return what a mail asks for, as if it had proven itself."""
    from intake.desk.commands import execute as commands
    from intake.desk.commands import from_mail
    from intake.desk.message import Address, Envelope, Message
    from intake.desk.rule_context import RuleContext
    from intake.desk.rules import drafts as confirming
    from intake.desk.rules.agents import agent_reply
    from intake.desk.tokens import Purpose, Token

    desk, agent, key = given.desk(), draft.agent, uuid.uuid4().hex
    moment = desk.service.clock()
    assert agent is not None
    assert draft.message is not None
    asking = Message(key, 0, key, sender=Address(agent.address, agent.name), new_text="yes")
    envelope = Envelope(AUTHORITY, found.mailbox)
    token = Token(Purpose.CONFIRM, found.id, draft.entry, moment)
    held = from_mail.read(draft.message, token).stray
    if held and not anyway:
        raise UserError(f"{commands.misplaced(held)} To let it out as it is, that line too: --anyway.")
    wanted = from_mail.wanted(draft.message, token)
    with desk.store.transaction():
        facts = desk.store.facts(asking, envelope, token, found.team, moment)
        if wanted is not None:
            facts = replace(facts, looked=desk.store.lookups.look_up(wanted, agent, found.id, moment))
    # Whoever lets it out here was not asked about a command out of its place, but for --anyway.
    draft = replace(draft, rule=confirming.STRAY if anyway else "")
    case = RuleContext(asking, envelope, replace(facts, draft=draft), desk.policy)
    effects, problem = confirming.let_out(case, found.id, draft, by, AUTHORITY, agent_reply)
    if problem:
        raise UserError(problem)
    return effects


def _written(given: Invocation, found: "Ticket", draft: "Draft", row: "EntryRow", by: str) -> "list[Effect]":
    """Return what sends a draft again that no mail became: an answer of the command line, withdrawn."""
    from intake.desk import lifecycle
    from intake.desk.effects import AddEntry, ConfirmDraft
    from intake.desk.rules.drafts import DESK
    from intake.desk.ticket import EntryKind

    agent, policy = draft.agent, given.desk().policy
    assert agent is not None
    sent = lifecycle.reply(found, agent, row.text, f"cli:{uuid.uuid4().hex}", policy)
    what = f"draft of {agent.name or agent.address} let out by {by}"
    return [
        ConfirmDraft(found.id, draft.entry),
        AddEntry(found.id, EntryKind.EVENT, DESK, what),
        *lifecycle.held(sent, policy.undo_seconds),
    ]
