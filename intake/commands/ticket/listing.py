"""`intake ticket list`: tickets by filters, combined with AND."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

import click

from intake import terminal
from intake.commands.common import Invocation, as_json, limited, now
from intake.desk.addresses import as_kept
from intake.desk.ticket import NORMAL, PRIORITIES, SPAM, STATES, URGENT, Status
from intake.terminal import Cell, Column

if TYPE_CHECKING:
    from intake.views import TicketRow

STYLES = {"new": "bold red", "open": "yellow", "pending": "cyan", "closed": "dim", SPAM: "dim"}
COLUMNS = (
    Column("No.", right=True),
    Column("Status"),
    Column("Subject", gives_way=True),
    Column("Requester", gives_way=True),
    Column("Assignee", gives_way=True, spare=True),
    Column("About", gives_way=True, spare=True),
    Column("Due", right=True),
    Column("Changed", right=True, spare=True),
)


def moment(ctx: click.Context, param: click.Parameter, value: str | None) -> datetime | None:
    """Return the moment an option means: 2026-01-31, 2026-01-31T09:00 (UTC unless it says), 7d or 12h ago.

    Raises BadParameter for any other text.
    """
    if value is None:
        return None
    digits, unit = value[:-1], value[-1:]
    if unit in ("d", "h") and digits.isascii() and digits.isdigit() and len(digits) < 6:
        return now() - (timedelta(days=int(digits)) if unit == "d" else timedelta(hours=int(digits)))
    try:
        stamp = datetime.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(
            f"{value!r} is not a date or time: write 2026-01-31, 2026-01-31T09:00 (UTC), 7d or 12h."
        ) from None
    return stamp if stamp.tzinfo else stamp.replace(tzinfo=UTC)


def end(ctx: click.Context, param: click.Parameter, value: str | None) -> datetime | None:
    """Return the moment before which an option means; a day alone is meant to its end."""
    start = moment(ctx, param, value)
    whole = value is not None and len(value) == 10 and start is not None and start.time() == time()
    return start + timedelta(days=1) if whole and start else start


@click.command("list")
@click.option(
    "--status",
    type=click.Choice([*STATES, "all"]),
    default=None,
    help="Only this status. Default: all but closed and spam; with --search, all.",
)
@click.option("--spam", is_flag=True, help="Only spam: --status spam.")
@click.option("--overdue", is_flag=True, help="Only overdue tickets.")
@click.option("--team", default=None, help="Only this team.")
@click.option("--assignee", default=None, help="Only the agent with this address; '' for unassigned.")
@click.option("--tag", default="", help="Only this tag.")
@click.option("--priority", type=click.Choice(PRIORITIES), default=None, help="Only this priority.")
@click.option("--category", default=None, help="Only this category.")
@click.option("--requester", default="", metavar="ADDRESS", help="Only this requester.")
@click.option("--since", metavar="WHEN", callback=moment, help="Opened since a day, a time, or 7d, 12h ago.")
@click.option(
    "--until", metavar="WHEN", callback=end, help="Opened before a time, or up to and including a day."
)
@click.option("--search", default="", metavar="WORDS", help="Only tickets containing these words.")
@limited
@as_json
@click.pass_obj
def list_(
    ctx: Invocation,
    status: str | None,
    spam: bool,
    overdue: bool,
    team: str | None,
    assignee: str | None,
    tag: str,
    priority: str | None,
    category: str | None,
    requester: str,
    since: datetime | None,
    until: datetime | None,
    search: str,
    limit: int,
    json_: bool,
) -> None:
    """List tickets, newest first. Filters are combined (AND)."""
    from intake.views import TicketFilter

    if spam and status not in (None, SPAM):
        raise click.UsageError("--spam is a status of its own: leave --status out.")
    only_spam = spam or status == SPAM
    wanted = TicketFilter(
        () if only_spam else _wanted(status, bool(search)),
        team,
        assignee,
        tag,
        priority or "",
        category,
        as_kept(requester),
        since,
        until,
        now() if overdue else None,
        search,
        True if only_spam else False if status == Status.CLOSED else None,
    )
    show_rows(ctx.desk().store.listing.find_tickets(wanted, limit), json_)


def _wanted(status: str | None, searched: bool) -> tuple[str, ...]:
    if status is None and not searched:
        return tuple(state.value for state in Status if state is not Status.CLOSED)
    return () if status in (None, "all") else (status,)


def show_rows(rows: Sequence["TicketRow"], json_: bool) -> None:
    """Print tickets as a table or as JSON."""
    if json_:
        terminal.say_json(rows)
    elif not rows:
        terminal.say("No tickets.")
    else:
        terminal.table(COLUMNS, [_cells(row) for row in rows])


def _cells(row: "TicketRow") -> tuple[Cell, ...]:
    at = now()
    urgent = row.priority if row.priority != NORMAL else ""
    # A tag that is the name of the category says nothing new.
    about = " ".join(word for word in dict.fromkeys((urgent, row.category, *row.tags)) if word)
    due = terminal.ago(row.due, at)
    late = row.due is not None and row.due < at and row.status not in (Status.CLOSED, SPAM)
    return (
        str(row.id),
        (row.status, STYLES[row.status]),
        row.subject or "(no subject)",
        row.requester,
        row.assignee or (f"team {row.team}" if row.team else "-"),
        (about, "bold red" if urgent == URGENT else ""),
        (f"{due} overdue" if late else due, "bold red" if late else ""),
        terminal.ago(row.updated_at, at),
    )
