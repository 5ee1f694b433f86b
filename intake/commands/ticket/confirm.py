"""`intake ticket confirm`: send an agent's draft without an email of theirs."""

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
@click.option("--anyway", is_flag=True, help="Send it although a line in it looks like a command.")
@acting_as
@click.pass_obj
def confirm(given: Invocation, number: int, draft: int | None, anyway: bool, as_: str) -> None:
    """Send a draft of an agent.

    A draft is a reply that could not be verified as the agent's, or was withdrawn. It goes to
    the requester in the agent's name, and its commands are carried out. DRAFT is its
    number, as `intake ticket show` prints it; leave it out if there is only one. A draft with a
    command in the wrong place may contain something private: it needs --anyway.
    """
    from intake.desk.effects import Record

    found, by = the_ticket(given, number), given.actor(as_)
    row = _the_draft(given, number, draft)
    kept = given.desk().store.draft(row.id)
    if kept is None or kept.agent is None:
        raise UserError(f"The author is no longer an agent (draft {row.id}). Use `intake ticket reply`.")
    if row.message is None:
        effects = _written(given, found, kept, row, by)
    else:
        effects = _obeyed(given, found, replace(kept, message=_original(given, row)), by, anyway)
    given.desk().service.act([*effects, Record(by, AUTHORITY, f"confirm {row.id}", number)])
    terminal.say(f"Draft {row.id} in #{number} is sent in the name of {kept.agent.name}.")


def waiting(number: int, drafts: Sequence[int]) -> str:
    """Return the line about a ticket's drafts: their numbers and how to send one; "" for none."""
    numbers = ", ".join(str(one) for one in drafts)
    return f"{numbers} (`intake ticket confirm {number} {drafts[0]}` sends one)" if drafts else ""


def _the_draft(given: Invocation, number: int, draft: int | None) -> "EntryRow":
    waiting = [one for one in given.desk().store.entries(number) if one.waiting]
    if draft is not None:
        waiting = [one for one in waiting if one.id == draft]
    if not waiting:
        which = "no pending draft" if draft is None else f"no pending draft {draft}"
        not_found(f"#{number} has {which}.", f"See `intake ticket show {number}`.")
    if len(waiting) > 1:
        numbers = ", ".join(str(one.id) for one in waiting)
        raise UserError(f"#{number} has several pending drafts: {numbers}. Give the number of one.")
    return waiting[0]


def _original(given: Invocation, row: "EntryRow") -> "Message":
    """Return the email that became a draft."""
    raw = given.desk().store.draft_raw(row.id)
    if raw is None:
        raise UserError(
            f"The original email of draft {row.id} is no longer available. Use `intake ticket reply`."
        )
    try:
        return given.desk().service.parse(raw)
    except Unreadable as err:
        raise UserError(f"The original email of draft {row.id} cannot be read: {err}.") from err


def _obeyed(given: Invocation, found: "Ticket", draft: "Draft", by: str, anyway: bool) -> "list[Effect]":
    """Return the effects of an agent's email, as if it had been verified."""
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
        raise UserError(f"{commands.misplaced(held)} To send it unchanged, including that line: --anyway.")
    wanted = from_mail.wanted(draft.message, token)
    with desk.store.transaction():
        facts = desk.store.facts(asking, envelope, token, found.team, moment)
        if wanted is not None:
            facts = replace(facts, looked=desk.store.look_up(wanted, agent, found.id, moment))
    # Only --anyway confirms a command in the wrong place.
    draft = replace(draft, rule=confirming.STRAY if anyway else "")
    case = RuleContext(asking, envelope, replace(facts, draft=draft), desk.policy)
    effects, problem = confirming.let_out(case, found.id, draft, by, AUTHORITY, agent_reply)
    if problem:
        raise UserError(problem)
    return effects


def _written(given: Invocation, found: "Ticket", draft: "Draft", row: "EntryRow", by: str) -> "list[Effect]":
    """Return the effects of sending a draft without an email: a withdrawn reply of the command line."""
    from intake.desk import lifecycle
    from intake.desk.effects import AddEntry, ConfirmDraft
    from intake.desk.rules.drafts import DESK
    from intake.desk.ticket import EntryKind

    agent, policy = draft.agent, given.desk().policy
    assert agent is not None
    sent = lifecycle.reply(found, agent, row.text, f"cli:{uuid.uuid4().hex}", policy)
    what = f"draft of {agent.name or agent.address} sent by {by}"
    return [
        ConfirmDraft(found.id, draft.entry),
        AddEntry(found.id, EntryKind.EVENT, DESK, what),
        *lifecycle.held(sent, policy.undo_seconds),
    ]
