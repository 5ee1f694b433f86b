"""`intake phishing …`: mails in our name that people passed on, and what they lead to."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from intake import terminal
from intake.commands.common import Invocation, as_json, limited, needs_desk, now
from intake.desk.phishing import CATEGORY, fanged
from intake.terminal import Column
from intake.views import TicketFilter

if TYPE_CHECKING:
    from intake.views import TicketRow

COLUMNS = (
    Column("Ticket", right=True),
    Column("Domain"),
    Column("URL", gives_way=True),
    Column("Sender", gives_way=True),
    Column("State"),
    Column("Reported", right=True),
)
NAMES = ("ticket", "domain", "url", "sender", "reported_at")
# More than so many are exported day by day (--since).
MOST = 10_000
_SINCE = click.option(
    "--since", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY", help="Only from this day on (UTC)."
)


@needs_desk
@click.group()
def phishing() -> None:
    """List and export phishing that people reported."""


@phishing.command("list")
@_SINCE
@limited
@as_json
@click.pass_obj
def list_(ctx: Invocation, since: datetime | None, limit: int, json_: bool) -> None:
    """List the reports, the newest first. Nothing in them can be clicked."""
    reports, moment = list(_reports(ctx, since, limit)), now()
    if json_:
        terminal.say_json([report for _, report in reports])
    elif not reports:
        terminal.say("No phishing was reported.")
    else:
        rows = [
            (
                f"#{row.id}",
                report["domain"],
                report["url"],
                report["sender"],
                row.status,
                terminal.ago(row.created_at, moment),
            )
            for row, report in reports
        ]
        terminal.table(COLUMNS, rows)


@phishing.command()
@_SINCE
@click.pass_obj
def export(ctx: Invocation, since: datetime | None) -> None:
    """Print the reports as CSV, with URLs and domains as they were.

    It is for a list of what to block.
    """
    made = io.StringIO()
    writer = csv.writer(made)
    writer.writerow(NAMES)
    for _, report in _reports(ctx, since, MOST):
        values = [report[name] for name in ("domain", "url", "sender")]
        writer.writerow(
            [report["ticket"], *(_cell(fanged(value)) for value in values), report["reported_at"]]
        )
    terminal.say_csv(made.getvalue())


def _reports(
    ctx: Invocation, since: datetime | None, limit: int
) -> "Iterator[tuple[TicketRow, dict[str, Any]]]":
    store = ctx.desk().store
    begun = since.replace(tzinfo=UTC) if since else None
    for row in store.listing.find_tickets(TicketFilter(category=CATEGORY, since=begun), limit):
        ticket = store.tickets.get(row.id)
        fields = ticket.fields if ticket else {}
        values = {name: fields.get(name, "") for name in ("domain", "url", "sender")}
        yield row, {"ticket": row.id, **values, "reported_at": row.created_at.isoformat()}


def _cell(value: str) -> str:
    """Return a value that no table takes for a formula (OWASP, CSV injection)."""
    return f"'{value}" if value[:1] in "=+-@\t\r" else value
