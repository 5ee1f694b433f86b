"""`intake ticket …`: read tickets and act on them."""

import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from intake import terminal
from intake.commands.common import Invocation, acting_as, needs_desk, not_found, now, text_of
from intake.commands.ticket.ask import ask
from intake.commands.ticket.attach import attach, attached
from intake.commands.ticket.confirm import confirm, drafts
from intake.commands.ticket.files import files
from intake.commands.ticket.find import new, next_, search, todo
from intake.commands.ticket.from_table import Tickets, obey, outgoing, the_ticket
from intake.commands.ticket.listing import list_
from intake.commands.ticket.show import show
from intake.commands.ticket.tell import language, wait
from intake.commands.who import by_hand
from intake.desk.commands.grammar import Command, ParsedCommand
from intake.desk.effects import Record

if TYPE_CHECKING:
    from intake.desk.effects import Effect
    from intake.desk.ticket import Ticket


@needs_desk
@click.group(cls=Tickets)
def ticket() -> None:
    """List, show and work on tickets."""


ticket.add_command(list_)
ticket.add_command(files)
ticket.add_command(show)


@ticket.command()
@click.argument("number", type=int)
@click.argument("file", required=False)
@click.option("--text", help="Text of the reply, instead of FILE or standard input.")
@click.option("--close", "close_", is_flag=True, help="Also close the ticket.")
@attach
@acting_as
@click.pass_obj
def reply(
    ctx: Invocation,
    number: int,
    file: str | None,
    text: str | None,
    close_: bool,
    files: tuple[Path, ...],
    as_: str,
) -> None:
    """Reply to the requester. The text comes from --text, FILE or standard input."""
    from intake.desk import lifecycle

    with_it = attached(files)
    agent, written = ctx.agent(as_), outgoing(text_of(text, file))
    asked = ParsedCommand((Command("close"),) if close_ else (), written)
    policy, key = ctx.desk().policy, uuid.uuid4().hex

    def post(at: "Ticket") -> Sequence["Effect"]:
        return lifecycle.reply(at, agent, written, key, policy, with_it)

    obey(ctx, number, asked, as_, post, "reply")
    terminal.say(f"Reply to #{number} is on its way.")


@ticket.command()
@click.argument("number", type=int)
@acting_as
@click.pass_obj
def undo(ctx: Invocation, number: int, as_: str) -> None:
    """Withdraw the newest reply before it is sent.

    It becomes a draft.
    """
    from intake.desk import undo as undoing

    who, ticket_ = ctx.actor(as_), the_ticket(ctx, number)
    effects = undoing.undo(ticket_, ctx.desk().store.tickets.relayed(number), who)
    if not effects:
        not_found(undoing.TOO_LATE, f"`intake ticket show {number}` shows what was written.")
    record = Record(who, by_hand(), "#undo", number, ctx.agent(as_).id if as_ else None)
    _act(ctx, [*effects, record], f"The reply to #{number} was withdrawn and is kept as a draft.")


@ticket.command()
@click.argument("number", type=int)
@click.argument("file", required=False)
@click.option("--text", help="Text of the note, instead of FILE or standard input.")
@attach
@click.option(
    "--tell",
    "tell",
    multiple=True,
    metavar="NAME",
    help="Ask an agent or a team; may be given several times.",
)
@acting_as
@click.pass_obj
def note(
    ctx: Invocation,
    number: int,
    file: str | None,
    text: str | None,
    files: tuple[Path, ...],
    tell: tuple[str, ...],
    as_: str,
) -> None:
    """Add an internal note. It is emailed to those who work on the ticket.

    Who is named, by --tell or as @NAME in its first lines, is asked: their reply is a note, too.

    The text comes from --text, FILE or standard input.
    """
    from intake.desk import lifecycle, naming

    agent = ctx.agent(as_) if as_ else None
    who, ticket_ = ctx.actor(as_), the_ticket(ctx, number)
    record = Record(who, by_hand(), "note", number, agent.id if agent else None)
    written, store = text_of(text, file), ctx.desk().store
    match = store.tickets.match(number)
    words = "\n".join([" ".join(f"@{name.removeprefix('@')}" for name in tell), written])
    agents, near = store.agents.enabled(), match.team if match else ()
    whom = naming.named(words, agents, tuple(ctx.settings().teams), near)
    working = match.involved if match else ()
    key = f"cli:{uuid.uuid4().hex}"
    noted = lifecycle.note(ticket_, written, who, key, agent, attached(files), working, whom)
    _act(ctx, [*noted, record], f"Note added to #{number}.")
    if whom.unknown or whom.several:
        terminal.warn(lifecycle.misnamed(whom))


@ticket.command()
@click.argument("number", type=int)
@click.argument("agent", default="")
@click.option("--team", default="", help="Also assign it to this team.")
@click.option("--nobody", is_flag=True, help="Unassign it.")
@acting_as
@click.pass_obj
def assign(ctx: Invocation, number: int, agent: str, team: str, nobody: bool, as_: str) -> None:
    """Assign a ticket to an agent or a team.

    AGENT is an email address. Spam that is assigned is spam no more.
    """
    from intake.desk import lifecycle
    from intake.desk.lookup import LookupRequest

    if nobody == bool(agent or team):
        raise click.UsageError("Give an AGENT, a --team or --nobody.")
    who, ticket_ = ctx.actor(as_), the_ticket(ctx, number)
    if team and team not in ctx.settings().teams:
        not_found(f"There is no team {team}.", f"Add a section [team {team}] to the config.")
    target = ctx.agent(agent) if agent else None
    notify = target is not None and target.address.lower() != as_.lower()
    members = ctx.desk().store.agents.enabled(team) if team and target is None else []
    last = ctx.desk().store.lookups.look_up(LookupRequest(last=True), None, number, now()).last
    effects = lifecycle.assign(ticket_, target, team, who, uuid.uuid4().hex, notify, members, last)
    whom = (target.name if target else "") or team or "nobody"
    record = Record(who, by_hand(), f"#assign {whom}", number, ctx.agent(as_).id if as_ else None)
    _act(ctx, [*effects, record], f"#{number} is assigned to {agent or team or 'nobody'}.")


@ticket.command()
@click.argument("numbers", type=int, nargs=-1, required=True)
@acting_as
@click.pass_obj
def close(ctx: Invocation, numbers: tuple[int, ...], as_: str) -> None:
    """Close tickets and notify each requester."""
    for number in numbers:
        if the_ticket(ctx, number).status.value == "closed":
            terminal.say(f"#{number} was already closed.")
            continue
        obey(ctx, number, ParsedCommand((Command("close"),)), as_)
        terminal.say(f"#{number} is closed.")


@ticket.command()
@click.argument("numbers", type=int, nargs=-1, required=True)
@acting_as
@click.pass_obj
def reopen(ctx: Invocation, numbers: tuple[int, ...], as_: str) -> None:
    """Reopen closed tickets and notify each requester.

    A merged ticket is unmerged; the sender of spam is not notified.
    """
    for number in numbers:
        if the_ticket(ctx, number).status.value != "closed":
            terminal.say(f"#{number} was not closed.")
            continue
        obey(ctx, number, ParsedCommand((Command("reopen"),)), as_)
        terminal.say(f"#{number} is open again.")


@ticket.command("revoke-link")
@click.argument("numbers", type=int, nargs=-1, required=True)
@acting_as
@click.pass_obj
def revoke_link(ctx: Invocation, numbers: tuple[int, ...], as_: str) -> None:
    """Revoke all links to a ticket's progress page.

    Later emails carry a new link.
    """
    from intake.desk import lifecycle

    who = ctx.actor(as_)
    for number in numbers:
        effects = lifecycle.revoke_links(the_ticket(ctx, number), who)
        effects.append(Record(who, by_hand(), "revoke-link", number))
        _act(ctx, effects, f"#{number}: all links were revoked.")


ticket.add_command(ask)
ticket.add_command(confirm)
ticket.add_command(drafts)
ticket.add_command(language)
ticket.add_command(wait)


def _act(ctx: Invocation, effects: Sequence["Effect"], done: str) -> None:
    if effects:
        ctx.desk().service.act(effects)
    terminal.say(done)


for _command in (search, todo, next_, new):
    ticket.add_command(_command)
