"""`intake ticket confirm`: letting out a draft that an agent's mail became, without a mail of his."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from intake import terminal
from intake.commands.common import Invocation, acting_as, not_found
from intake.commands.ticket.from_table import AUTHORITY, the_ticket
from intake.ports import UserError

if TYPE_CHECKING:
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
    from intake.service.confirming import Confirmation

    found, by = the_ticket(given, number), given.actor(as_)
    row = _the_draft(given, number, draft)
    written = row.text if row.message is None else None
    asked = Confirmation(found.id, row.id, by, AUTHORITY, anyway, written)
    agent = given.desk().service.confirm(asked)
    terminal.say(f"Draft {row.id} in #{number} is let out, in the name of {agent.name}.")


def waiting(number: int, drafts: Sequence[int]) -> str:
    """Return the line about a ticket's drafts: their numbers and how one is let out; "" for none."""
    numbers = ", ".join(str(one) for one in drafts)
    return f"{numbers} (`intake ticket confirm {number} {drafts[0]}` lets one out)" if drafts else ""


def _the_draft(given: Invocation, number: int, draft: int | None) -> "EntryRow":
    waiting = [one for one in given.desk().store.entries(number) if one.waiting]
    if draft is not None:
        waiting = [one for one in waiting if one.id == draft]
    if not waiting:
        which = "no draft" if draft is None else f"no draft {draft}"
        not_found(f"In #{number} there is {which} that waits.", f"`intake ticket show {number}` tells.")
    if len(waiting) > 1:
        numbers = ", ".join(str(one.id) for one in waiting)
        raise UserError(f"In #{number} several drafts wait: {numbers}. Name one.")
    return waiting[0]
