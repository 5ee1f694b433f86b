"""`intake ticket show`: a ticket and its history."""

from dataclasses import asdict
from datetime import tzinfo
from typing import TYPE_CHECKING

import click

from intake import terminal
from intake.channels.registry import title_of
from intake.commands.common import Invocation, as_json, now
from intake.commands.ticket.confirm import waiting
from intake.commands.ticket.from_table import the_ticket
from intake.commands.ticket.listing import STYLES
from intake.commands.ticket.promises import promised, viewers_zone
from intake.desk.text.counting import counted

if TYPE_CHECKING:
    from intake.views import EntryRow

ENTRY_STYLES = {"customer": "bold", "reply": "bold green", "note": "yellow", "draft": "magenta"}


@click.command()
@click.argument("number", type=int)
@click.option("--full", is_flag=True, help="Include quotes and signatures.")
@as_json
@click.pass_obj
def show(given: Invocation, number: int, full: bool, json_: bool) -> None:
    """Show a ticket and its history."""
    found = the_ticket(given, number)
    entries = given.desk().store.tickets.entries(number)
    surveys = [row for row in given.desk().store.surveys.list_surveys(number) if row.score is not None]
    if json_:
        history = [terminal.plain(one) for one in entries]
        answers = [terminal.plain(one) for one in surveys]
        store = given.desk().store
        more = {
            "links": store.tickets.links(number),
            "merged": store.tickets.merged(number),
            "promised": [terminal.plain(one) for one in store.promises.of_ticket(number)],
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
            ("Channel", f"{title_of(found.channel)}, mailbox {found.mailbox}"),
            ("Times in", str(zone)),
            ("Opened", terminal.clock(found.created_at, zone)),
            ("Closed", terminal.clock(found.closed_at, zone)),
            ("Snoozed", f"until {terminal.clock(found.snoozed_until, zone)}" if found.snoozed_until else ""),
            ("Spam", "yes" if found.spam else ""),
            ("Merged into", f"#{found.merged_into}" if found.merged_into else ""),
            ("Merged here", ", ".join(f"#{one}" for one in given.desk().store.tickets.merged(number))),
            ("Linked with", ", ".join(f"#{one}" for one in given.desk().store.tickets.links(number))),
            ("Related", f"#{found.related}" if found.related else ""),
            ("Survey", f"{surveys[0].score} of 5" if surveys else ""),
            ("Pending drafts", waiting(number, [one.id for one in entries if one.waiting])),
        ]
    )
    terminal.say()
    promised(given.desk().store.promises.of_ticket(number), zone, now())
    for entry in entries:
        _show_entry(entry, full, zone)


def _show_entry(entry: "EntryRow", full: bool, zone: tzinfo) -> None:
    kind = entry.kind.value
    heading = f"{terminal.clock(entry.created_at, zone)}, {kind}: {_person(entry.author_name, entry.author)}"
    if entry.message:
        heading += f" (message {entry.message})"
    if entry.waiting:
        heading += f" (draft {entry.id}, awaiting confirmation)"
    text = (entry.full_text or entry.text) if full else entry.text
    files = [f"[file] {one.name}  {one.media_type}, {_size(one.size)}" for one in entry.files]
    terminal.passage(heading, "\n".join([text, *files]), ENTRY_STYLES.get(kind, "dim"))


def _person(name: str, address: str) -> str:
    return f"{name} <{address}>" if name and address else address or name


def _size(size: int) -> str:
    return counted(size, "byte") if size < 1024 else f"{size / 1024:.0f} KB"
