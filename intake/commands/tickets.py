"""`intake ticket …`: read tickets and act on them."""

import uuid
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from intake import terminal
from intake.commands.common import Invocation, acting_as, as_json, limited, not_found, now, text_of
from intake.commands.telling import language, wait
from intake.terminal import Column

if TYPE_CHECKING:
    from intake.desk.effects import Effect
    from intake.desk.ticket import Ticket
    from intake.views import EntryRow

STATUSES = ("new", "open", "pending", "closed")
STYLES = {"new": "bold red", "open": "yellow", "pending": "cyan", "closed": "dim"}
ENTRY_STYLES = {"customer": "bold", "reply": "bold green", "note": "yellow", "draft": "magenta"}
COLUMNS = (
    Column("No.", right=True),
    Column("Status"),
    Column("Subject", gives_way=True),
    Column("Requester", gives_way=True),
    Column("Assignee", gives_way=True),
    Column("Changed", right=True),
)


@click.group()
def ticket() -> None:
    """List, show and work on tickets."""


@ticket.command("list")
@click.option(
    "--status", type=click.Choice([*STATUSES, "all"]), default=None, help="Default: all but closed."
)
@click.option("--team", default=None, help="Only this team's.")
@click.option("--assignee", default=None, help="Only those of the agent with this address.")
@limited
@as_json
@click.pass_obj
def list_(
    given: Invocation, status: str | None, team: str | None, assignee: str | None, limit: int, json_: bool
) -> None:
    """List tickets, the newest first."""
    rows = [
        row
        for one in _wanted(status)
        for row in given.desk().store.list_tickets(one, team=team, assignee=assignee, limit=limit)
    ]
    rows = sorted(rows, key=lambda row: row.id, reverse=True)[:limit]
    if json_:
        terminal.say_json(rows)
    elif not rows:
        terminal.say("No tickets.")
    else:
        terminal.table(
            COLUMNS,
            [
                (
                    str(row.id),
                    (row.status.value, STYLES[row.status.value]),
                    row.subject or "(no subject)",
                    row.requester,
                    row.assignee or (f"team {row.team}" if row.team else "-"),
                    terminal.ago(row.updated_at, now()),
                )
                for row in rows
            ],
        )


def _wanted(status: str | None) -> tuple[str | None, ...]:
    """Return the statuses to ask the store for; None asks for all."""
    if status is None:
        return tuple(one for one in STATUSES if one != "closed")
    return (None,) if status == "all" else (status,)


@ticket.command()
@click.argument("number", type=int)
@click.option("--full", is_flag=True, help="Show each text with its quotes and signature.")
@as_json
@click.pass_obj
def show(given: Invocation, number: int, full: bool, json_: bool) -> None:
    """Show a ticket and its history."""
    found = the_ticket(given, number)
    entries = given.desk().store.entries(number)
    surveys = [row for row in given.desk().store.list_surveys(number) if row.score is not None]
    if json_:
        history = [terminal.plain(one) for one in entries]
        answers = [terminal.plain(one) for one in surveys]
        terminal.say_json({**asdict(found), "entries": history, "surveys": answers})
        return
    terminal.passage(f"#{found.id} {found.subject or '(no subject)'}", "")
    assignee = f"{found.assignee.name} <{found.assignee.address}>" if found.assignee else "nobody"
    terminal.pairs(
        [
            ("Status", (found.status.value, STYLES[found.status.value])),
            ("Requester", _person(found.requester.name, found.requester.mailbox)),
            ("Participants", ", ".join(one for one in found.participants if one != found.requester.mailbox)),
            ("Team", found.team),
            ("Assignee", assignee),
            ("Priority", found.priority),
            ("Language", found.language),
            ("Came by", f"{found.channel}, mailbox {found.mailbox}"),
            ("Opened", f"{terminal.clock(found.created_at)} UTC"),
            ("Closed", f"{terminal.clock(found.closed_at)} UTC" if found.closed_at else ""),
            ("Related", f"#{found.related}" if found.related else ""),
            ("Survey", f"{surveys[0].score} of 5" if surveys else ""),
        ]
    )
    terminal.say()
    for entry in entries:
        _show_entry(entry, full)


def _show_entry(entry: "EntryRow", full: bool) -> None:
    kind = entry.kind.value
    heading = f"{terminal.clock(entry.created_at)}, {kind}: {_person(entry.author_name, entry.author)}"
    if entry.message:
        heading += f" (message {entry.message})"
    text = (entry.full_text or entry.text) if full else entry.text
    files = [f"[file] {one.name}  {one.media_type}, {_size(one.size)}" for one in entry.files]
    terminal.passage(heading, "\n".join([text, *files]), ENTRY_STYLES.get(kind, "dim"))


def _person(name: str, address: str) -> str:
    return f"{name} <{address}>" if name and address else address or name


def _size(size: int) -> str:
    return f"{size} bytes" if size < 1024 else f"{size / 1024:.0f} KB"


@ticket.command()
@click.argument("number", type=int)
@click.argument("file", required=False)
@click.option("--text", help="The answer itself, instead of FILE or standard input.")
@click.option("--close", "close_", is_flag=True, help="Close the ticket as well.")
@acting_as
@click.pass_obj
def reply(given: Invocation, number: int, file: str | None, text: str | None, close_: bool, as_: str) -> None:
    """Answer the requester. The text comes from --text, FILE or standard input."""
    from intake.desk import lifecycle

    agent, found = given.agent(as_), the_ticket(given, number)
    key = uuid.uuid4().hex
    effects = lifecycle.reply(found, agent, text_of(text, file), key, given.desk().policy)
    if close_:
        effects += lifecycle.close(found, agent.name, key)
    _act(given, effects, f"Answer to #{number} is on its way.")


@ticket.command()
@click.argument("number", type=int)
@click.argument("file", required=False)
@click.option("--text", help="The note itself, instead of FILE or standard input.")
@acting_as
@click.pass_obj
def note(given: Invocation, number: int, file: str | None, text: str | None, as_: str) -> None:
    """Add a private note, which never leaves the desk. Text from --text, FILE or standard input."""
    from intake.desk import lifecycle

    who, found = given.actor(as_), the_ticket(given, number)
    _act(given, lifecycle.note(found, text_of(text, file), who), f"Noted in #{number}.")


@ticket.command()
@click.argument("number", type=int)
@click.argument("agent", default="")
@click.option("--team", default="", help="Give it to this team as well.")
@click.option("--nobody", is_flag=True, help="Take it from whoever has it.")
@acting_as
@click.pass_obj
def assign(given: Invocation, number: int, agent: str, team: str, nobody: bool, as_: str) -> None:
    """Give a ticket to an agent, a team or nobody.

    AGENT is an address.
    """
    from intake.desk import lifecycle

    if nobody == bool(agent or team):
        raise click.UsageError("Name an AGENT or a --team, or say --nobody.")
    who, found = given.actor(as_), the_ticket(given, number)
    if team and team not in given.settings().teams:
        not_found(f"There is no team {team}.", f"Add a section [team {team}] to the config.")
    target = given.agent(agent) if agent else None
    effects = lifecycle.assign(found, target, team, who, uuid.uuid4().hex)
    _act(given, effects, f"#{number} is assigned to {agent or team or 'nobody'}.")


@ticket.command()
@click.argument("numbers", type=int, nargs=-1, required=True)
@acting_as
@click.pass_obj
def close(given: Invocation, numbers: tuple[int, ...], as_: str) -> None:
    """Close tickets; each requester is told."""
    from intake.desk import lifecycle

    who = given.actor(as_)
    for number in numbers:
        effects = lifecycle.close(the_ticket(given, number), who, uuid.uuid4().hex)
        _act(given, effects, f"#{number} is closed." if effects else f"#{number} was closed already.")


@ticket.command()
@click.argument("numbers", type=int, nargs=-1, required=True)
@acting_as
@click.pass_obj
def reopen(given: Invocation, numbers: tuple[int, ...], as_: str) -> None:
    """Reopen closed tickets; each requester is told."""
    from intake.desk import lifecycle

    who = given.actor(as_)
    for number in numbers:
        effects = lifecycle.reopen(the_ticket(given, number), who, uuid.uuid4().hex)
        _act(given, effects, f"#{number} is open again." if effects else f"#{number} was not closed.")


@ticket.command("revoke-link")
@click.argument("numbers", type=int, nargs=-1, required=True)
@acting_as
@click.pass_obj
def revoke_link(given: Invocation, numbers: tuple[int, ...], as_: str) -> None:
    """Make all links to a ticket's progress page void; later mails carry a new one."""
    from intake.desk import lifecycle

    who = given.actor(as_)
    for number in numbers:
        effects = lifecycle.revoke_links(the_ticket(given, number), who)
        _act(given, effects, f"#{number}: no link to its page that was sent so far opens it any longer.")


ticket.add_command(language)
ticket.add_command(wait)


def the_ticket(given: Invocation, number: int) -> "Ticket":
    """Return a ticket; end with exit code 1 when there is none of that number."""
    found = given.desk().store.ticket(number)
    if found is None:
        not_found(f"There is no ticket #{number}.", "`intake ticket list --status all` shows what there is.")
    return found


def _act(given: Invocation, effects: Sequence["Effect"], done: str) -> None:
    if effects:
        given.desk().service.act(effects)
    terminal.say(done)
