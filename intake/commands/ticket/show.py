"""`intake ticket show`: a ticket and its history."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import tzinfo
from typing import TYPE_CHECKING

import click

from intake import terminal
from intake.channels.registry import title_of
from intake.commands.common import Invocation, as_json, now
from intake.commands.reads import count_reading
from intake.commands.ticket.confirm import waiting
from intake.commands.ticket.from_table import the_ticket
from intake.commands.ticket.listing import STYLES
from intake.commands.ticket.promises import promised, viewers_zone
from intake.desk.evidence import in_words
from intake.desk.reading import Reading
from intake.desk.sensitive.together import hidden_across
from intake.desk.text import folded
from intake.desk.text.counting import counted

if TYPE_CHECKING:
    from intake.desk.ticket import Ticket
    from intake.views import EntryRow

ENTRY_STYLES = {"customer": "bold", "reply": "bold green", "note": "yellow", "draft": "magenta"}


@click.command()
@click.argument("number", type=int)
@click.option("--full", is_flag=True, help="Include quotes and signatures.")
@as_json
@click.pass_obj
def show(ctx: Invocation, number: int, full: bool, json_: bool) -> None:
    """Show a ticket and its history."""
    ticket = the_ticket(ctx, number)
    count_reading(ctx, Reading.SHOW, number)
    with terminal.excusing(ticket.excused):
        _show(ctx, ticket, full, json_)


def _show(ctx: Invocation, ticket: "Ticket", full: bool, json_: bool) -> None:
    number = ticket.id
    ticket, entries = _together(ticket, ctx.desk().store.tickets.entries(number))
    surveys = [survey for survey in ctx.desk().store.surveys.list_surveys(number) if survey.score is not None]
    if json_:
        history = [terminal.plain(entry) for entry in entries]
        answers = [terminal.plain(survey) for survey in surveys]
        store = ctx.desk().store
        more = {
            "links": store.tickets.links(number),
            "merged": store.tickets.merged(number),
            "promised": [terminal.plain(promise) for promise in store.promises.of_ticket(number)],
        }
        terminal.say_json(
            {**_values(ticket), "status": ticket.state, **more, "entries": history, "surveys": answers}
        )
        return
    zone = viewers_zone(ctx.settings().desk.timezone)
    terminal.passage(f"#{ticket.id} {ticket.subject or '(no subject)'}", "")
    assignee = f"{ticket.assignee.name} <{ticket.assignee.address}>" if ticket.assignee else "unassigned"
    terminal.pairs(
        [
            ("Status", (ticket.state, STYLES[ticket.state])),
            ("Requester", _person(ticket.requester.name, ticket.requester.mailbox)),
            (
                "Participants",
                ", ".join(address for address in ticket.participants if address != ticket.requester.mailbox),
            ),
            ("Team", ticket.team),
            ("Assignee", assignee),
            ("Watched by", ", ".join(f"{agent.name} <{agent.address}>" for agent in ticket.watchers)),
            ("Priority", ticket.priority),
            ("Category", ticket.category),
            ("Tags", ", ".join(ticket.tags)),
            ("Fields", "; ".join(f"{name}: {value}" for name, value in ticket.fields.items())),
            ("Language", ticket.language),
            ("Channel", f"{title_of(ticket.channel)}, mailbox {ticket.mailbox}"),
            ("Times in", str(zone)),
            ("Opened", terminal.clock(ticket.created_at, zone)),
            ("Closed", terminal.clock(ticket.closed_at, zone)),
            (
                "Snoozed",
                f"until {terminal.clock(ticket.snoozed_until, zone)}" if ticket.snoozed_until else "",
            ),
            ("Merged into", f"#{ticket.merged_into}" if ticket.merged_into else ""),
            ("Merged here", ", ".join(f"#{other}" for other in ctx.desk().store.tickets.merged(number))),
            ("Linked with", ", ".join(f"#{other}" for other in ctx.desk().store.tickets.links(number))),
            ("Related", f"#{ticket.related}" if ticket.related else ""),
            ("Survey", f"{surveys[0].score} of 5" if surveys else ""),
            ("Pending drafts", waiting(number, [entry.id for entry in entries if entry.waiting])),
        ]
    )
    terminal.say()
    promised(ctx.desk().store.promises.of_ticket(number), zone, now())
    for entry in entries:
        _show_entry(entry, full, zone)


def _together(ticket: "Ticket", entries: "Sequence[EntryRow]") -> tuple["Ticket", list["EntryRow"]]:
    """Return a ticket and its entries without what only all of them tell together."""
    subject, *texts = hidden_across([ticket.subject, *(entry.text for entry in entries)])
    whole = hidden_across([entry.full_text for entry in entries])
    shown = [
        replace(entry, text=text, full_text=full)
        for entry, text, full in zip(entries, texts, whole, strict=True)
    ]
    return replace(ticket, subject=subject), shown


def _values(ticket: "Ticket") -> dict[str, object]:
    """Return a ticket's own values, but for the fingerprints of what is no secret in it."""
    return {name: value for name, value in asdict(ticket).items() if name != "excused"}


def _show_entry(entry: "EntryRow", full: bool, zone: tzinfo) -> None:
    kind = entry.kind.value
    heading = f"{terminal.clock(entry.created_at, zone)}, {kind}: {_person(entry.author_name, entry.author)}"
    if entry.message:
        heading += f" (message {entry.message})"
    if entry.evidence:
        heading += f" ({in_words(entry.evidence)})"
    if entry.waiting:
        heading += f" (draft {entry.id}, awaiting confirmation)"
    text = (entry.full_text or entry.text) if full else entry.text
    left = 0 if full else folded.lines(entry.text, entry.full_text)
    more = [f"[{folded.more(left)}: --full]"] if left else []
    files = [f"[file] {file.name}  {file.media_type}, {_size(file.size)}" for file in entry.files]
    terminal.passage(heading, "\n".join([text, *more, *files]), ENTRY_STYLES.get(kind, "dim"))


def _person(name: str, address: str) -> str:
    return f"{name} <{address}>" if name and address else address or name or "unknown"


def _size(size: int) -> str:
    return counted(size, "byte") if size < 1024 else f"{size / 1024:.0f} KB"
