"""`intake ticket confirm`: send an agent's draft without an email of theirs."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from intake import terminal
from intake.commands.common import Invocation, acting_as, as_json, not_found, now
from intake.commands.permits import NEEDS_CODE, actor, factors_of
from intake.commands.ticket.from_table import the_ticket
from intake.commands.who import by_hand
from intake.desk.sensitive.scan import excerpt
from intake.ports import UserError
from intake.terminal import Cell, Column

if TYPE_CHECKING:
    from intake.desk.unsent import WaitingDraft
    from intake.views import EntryRow


# At most this much of a draft is shown in the list.
MOST_WORDS = 60
COLUMNS = (
    Column("Draft", right=True),
    Column("Ticket"),
    Column("Agent", gives_way=True),
    Column("Since (UTC)", spare=True),
    Column("State"),
    Column("Begins", gives_way=True),
)


@click.command("confirm")
@click.argument("number", type=int)
@click.argument("draft", type=int, required=False)
@click.option(
    "--anyway",
    is_flag=True,
    help="Send it although it may hold words not for the customer, or a colleague has replied.",
)
@click.option("--code", default="", help="Six digits of the second factor of --as AGENT.")
@acting_as
@click.pass_obj
def confirm(ctx: Invocation, number: int, draft: int | None, anyway: bool, code: str, as_: str) -> None:
    """Send a draft of an agent.

    A draft is a reply that could not be verified as the agent's, or was withdrawn. It goes to
    the requester in the agent's name, and its commands are carried out. DRAFT is its
    number, as `intake ticket show` prints it; leave it out if there is only one. A draft that answered
    a colleague becomes an internal note, and the requester gets nothing. A draft with a
    command in the wrong place, with words for colleagues, or written to someone else may contain
    something private: it needs --anyway. So does one after which a colleague has replied. Once an
    agent has a second factor, --anyway needs a --code.
    """
    from intake.service.confirming import Confirmation

    ticket, by = the_ticket(ctx, number), ctx.actor(as_)
    # As by mail (`second_factor`): else who has the shell is every second person that they name.
    if not actor(ctx, as_, code).proven and anyway and factors_of(ctx.desk()).rows.holders():
        raise UserError(NEEDS_CODE)
    entry = _the_draft(ctx, number, draft)
    written = entry.text if entry.message is None else None
    asked = Confirmation(ticket.id, entry.id, by, by_hand(), anyway, written)
    done = ctx.desk().service.confirm(asked)
    became = "kept as an internal note of" if done.noted else "sent in the name of"
    terminal.say(f"Draft {entry.id} in #{number} is {became} {done.agent.name}.")


@click.command("drafts")
@click.option("--agent", "whose", default="", metavar="ADDRESS", help="Only the drafts of this agent.")
@as_json
@click.pass_obj
def drafts(ctx: Invocation, whose: str, json_: bool) -> None:
    """List the drafts that wait, with the command that sends each.

    Of the last 30 days. A draft is a reply that was kept on purpose, withdrawn, or could not be
    verified as the agent's.
    """
    agent = ctx.agent(whose) if whose else None
    rows = ctx.desk().store.tickets.unsent(agent.id if agent else None, now())
    names = {row.id: row.name or row.address for row in ctx.desk().store.agents.enabled()}
    if json_:
        terminal.say_json([{**asdict(row), "agent": names.get(row.agent, "")} for row in rows])
        return
    if not rows:
        terminal.say("No drafts waiting.")
        return
    terminal.table(COLUMNS, [_row(row, names.get(row.agent, "")) for row in rows])
    terminal.say("`intake ticket confirm NUMBER DRAFT` sends one.")


def _row(draft: "WaitingDraft", agent: str) -> tuple[Cell, ...]:
    state: Cell = ("ticket closed", "dim") if draft.closed else ("answered since", "dim")
    words = excerpt(" ".join(draft.text.split()), MOST_WORDS)
    return (
        str(draft.entry),
        f"#{draft.ticket}",
        agent,
        terminal.clock(draft.at),
        ("waits", "bold yellow") if draft.pending else state,
        terminal.line(words or "(no text)"),
    )


def waiting(number: int, drafts: Sequence[int]) -> str:
    """Return the line about a ticket's drafts: their numbers and how to send one; "" for none."""
    numbers = ", ".join(str(draft) for draft in drafts)
    return f"{numbers} (`intake ticket confirm {number} {drafts[0]}` sends one)" if drafts else ""


def _the_draft(ctx: Invocation, number: int, draft: int | None) -> "EntryRow":
    waiting = [entry for entry in ctx.desk().store.tickets.entries(number) if entry.waiting]
    if draft is not None:
        waiting = [entry for entry in waiting if entry.id == draft]
    if not waiting:
        which = "no pending draft" if draft is None else f"no pending draft {draft}"
        not_found(f"#{number} has {which}.", f"See `intake ticket show {number}`.")
    if len(waiting) > 1:
        numbers = ", ".join(str(entry.id) for entry in waiting)
        raise UserError(f"#{number} has several pending drafts: {numbers}. Give the number of one.")
    return waiting[0]
