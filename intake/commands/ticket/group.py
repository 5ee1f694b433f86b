"""`intake ticket …`: read tickets and act on them."""

import uuid
from collections.abc import Sequence
from dataclasses import asdict
from datetime import tzinfo
from typing import TYPE_CHECKING

import click

from intake import terminal
from intake.commands.common import Invocation, acting_as, as_json, needs_desk, not_found, now, text_of
from intake.commands.ticket.confirm import confirm, waiting
from intake.commands.ticket.files import files
from intake.commands.ticket.find import new, next_, search, todo
from intake.commands.ticket.from_table import AUTHORITY, Tickets, obey, outgoing, the_ticket
from intake.commands.ticket.listing import STYLES, list_
from intake.commands.ticket.promises import promised, viewers_zone
from intake.commands.ticket.tell import language, wait
from intake.desk.commands.grammar import Asked, Command
from intake.desk.effects import Record
from intake.desk.text.counting import counted

if TYPE_CHECKING:
    from intake.desk.effects import Effect
    from intake.views import EntryRow

ENTRY_STYLES = {"customer": "bold", "reply": "bold green", "note": "yellow", "draft": "magenta"}


@needs_desk
@click.group(cls=Tickets)
def ticket() -> None:
    """List, show and work on tickets."""


ticket.add_command(list_)
ticket.add_command(files)


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
        store = given.desk().store
        more = {
            "links": store.links(number),
            "merged": store.merged(number),
            "promised": [terminal.plain(one) for one in store.promises(number)],
        }
        terminal.say_json({**asdict(found), **more, "entries": history, "surveys": answers})
        return
    zone = viewers_zone(given.settings().desk.timezone)
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
            ("Category", found.category),
            ("Tags", ", ".join(found.tags)),
            ("Fields", "; ".join(f"{name}: {value}" for name, value in found.fields.items())),
            ("Language", found.language),
            ("Came by", f"{found.channel}, mailbox {found.mailbox}"),
            ("Times in", str(zone)),
            ("Opened", terminal.clock(found.created_at, zone)),
            ("Closed", terminal.clock(found.closed_at, zone)),
            ("Snoozed", f"until {terminal.clock(found.snoozed_until, zone)}" if found.snoozed_until else ""),
            ("Spam", "yes" if found.spam else ""),
            ("Merged into", f"#{found.merged_into}" if found.merged_into else ""),
            ("Merged here", ", ".join(f"#{one}" for one in given.desk().store.merged(number))),
            ("Linked with", ", ".join(f"#{one}" for one in given.desk().store.links(number))),
            ("Related", f"#{found.related}" if found.related else ""),
            ("Survey", f"{surveys[0].score} of 5" if surveys else ""),
            ("Drafts that wait", waiting(number, [one.id for one in entries if one.waiting])),
        ]
    )
    terminal.say()
    promised(given.desk().store.promises(number), zone, now())
    for entry in entries:
        _show_entry(entry, full, zone)


def _show_entry(entry: "EntryRow", full: bool, zone: tzinfo) -> None:
    kind = entry.kind.value
    heading = f"{terminal.clock(entry.created_at, zone)}, {kind}: {_person(entry.author_name, entry.author)}"
    if entry.message:
        heading += f" (message {entry.message})"
    if entry.waiting:
        heading += f" (draft {entry.id}, waits to be let out)"
    text = (entry.full_text or entry.text) if full else entry.text
    files = [f"[file] {one.name}  {one.media_type}, {_size(one.size)}" for one in entry.files]
    terminal.passage(heading, "\n".join([text, *files]), ENTRY_STYLES.get(kind, "dim"))


def _person(name: str, address: str) -> str:
    return f"{name} <{address}>" if name and address else address or name


def _size(size: int) -> str:
    return counted(size, "byte") if size < 1024 else f"{size / 1024:.0f} KB"


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

    agent, written = given.agent(as_), outgoing(text_of(text, file))
    asked = Asked((Command("close"),) if close_ else (), written)
    policy, key = given.desk().policy, uuid.uuid4().hex
    obey(given, number, asked, as_, lambda at: lifecycle.reply(at, agent, written, key, policy), "reply")
    terminal.say(f"Answer to #{number} is on its way.")


@ticket.command()
@click.argument("number", type=int)
@acting_as
@click.pass_obj
def undo(given: Invocation, number: int, as_: str) -> None:
    """Withdraw the newest answer before it leaves.

    It is kept as a draft.
    """
    from intake.desk import lifecycle

    who, found = given.actor(as_), the_ticket(given, number)
    effects = lifecycle.undo(found, given.desk().store.relayed(number), who)
    if not effects:
        not_found(lifecycle.TOO_LATE, f"`intake ticket show {number}` shows what was written.")
    record = Record(who, AUTHORITY, "#undo", number)
    _act(given, [*effects, record], f"The answer to #{number} was withdrawn and is kept as a draft.")


@ticket.command()
@click.argument("number", type=int)
@click.argument("file", required=False)
@click.option("--text", help="The note itself, instead of FILE or standard input.")
@acting_as
@click.pass_obj
def note(given: Invocation, number: int, file: str | None, text: str | None, as_: str) -> None:
    """Add a private note, which the agent who has the ticket gets by mail, and nobody else.

    Text from --text, FILE or standard input.
    """
    from intake.desk import lifecycle

    agent = given.agent(as_) if as_ else None
    who, found = given.actor(as_), the_ticket(given, number)
    record = Record(who, AUTHORITY, "note", number)
    noted = lifecycle.note(found, text_of(text, file), who, f"cli:{uuid.uuid4().hex}", agent)
    _act(given, [*noted, record], f"Noted in #{number}.")


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
    told = target is not None and target.address.lower() != as_.lower()
    members = given.desk().store.agents(team) if team and target is None else []
    effects = lifecycle.assign(found, target, team, who, uuid.uuid4().hex, told, members)
    whom = (target.name if target else "") or team or "nobody"
    record = Record(who, AUTHORITY, f"#assign {whom}", number)
    _act(given, [*effects, record], f"#{number} is assigned to {agent or team or 'nobody'}.")


@ticket.command()
@click.argument("numbers", type=int, nargs=-1, required=True)
@acting_as
@click.pass_obj
def close(given: Invocation, numbers: tuple[int, ...], as_: str) -> None:
    """Close tickets; each requester is told."""
    for number in numbers:
        if the_ticket(given, number).status.value == "closed":
            terminal.say(f"#{number} was closed already.")
            continue
        obey(given, number, Asked((Command("close"),)), as_)
        terminal.say(f"#{number} is closed.")


@ticket.command()
@click.argument("numbers", type=int, nargs=-1, required=True)
@acting_as
@click.pass_obj
def reopen(given: Invocation, numbers: tuple[int, ...], as_: str) -> None:
    """Reopen closed tickets; each requester is told. One that was merged is its own again."""
    for number in numbers:
        if the_ticket(given, number).status.value != "closed":
            terminal.say(f"#{number} was not closed.")
            continue
        obey(given, number, Asked((Command("reopen"),)), as_)
        terminal.say(f"#{number} is open again.")


@ticket.command("revoke-link")
@click.argument("numbers", type=int, nargs=-1, required=True)
@acting_as
@click.pass_obj
def revoke_link(given: Invocation, numbers: tuple[int, ...], as_: str) -> None:
    """Make all links to a ticket's progress page void.

    Later mails carry a new one.
    """
    from intake.desk import lifecycle

    who = given.actor(as_)
    for number in numbers:
        effects = lifecycle.revoke_links(the_ticket(given, number), who)
        effects.append(Record(who, AUTHORITY, "revoke-link", number))
        _act(given, effects, f"#{number}: no link to its page that was sent so far opens it any longer.")


ticket.add_command(confirm)
ticket.add_command(language)
ticket.add_command(wait)


def _act(given: Invocation, effects: Sequence["Effect"], done: str) -> None:
    if effects:
        given.desk().service.act(effects)
    terminal.say(done)


for _command in (search, todo, next_, new):
    ticket.add_command(_command)
