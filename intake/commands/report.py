"""`intake report`: figures on the terminal, as a page, as a table or by email."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from intake import terminal
from intake.commands.common import Invocation, as_json, needs_desk, now
from intake.commands.who import login
from intake.config.converters import address_problem
from intake.desk.report import DIMENSIONS, Report
from intake.desk.text.counting import counted
from intake.ports import UserError
from intake.terminal import Cell, Column

if TYPE_CHECKING:
    from intake.app import Desk

_BLOCKS = " ▁▂▃▄▅▆▇█"
SHORT = (
    Column("Tickets", right=True),
    Column("Answered", right=True),
    Column("Resolved", right=True),
    Column("Response", right=True),
    Column("90th pct.", right=True),
    Column("Resolution", right=True),
    Column("90th pct.", right=True),
    Column("SLA met", right=True),
    Column("Surveys", right=True),
    Column("Score", right=True),
)
NOTHING = (
    "No ticket was opened or resolved on these days. Without --until a report ends with yesterday; "
    "`intake report --since DAY` continues to today."
)
_day = click.DateTime(["%Y-%m-%d"])


@needs_desk
@click.command(
    epilog="Example: intake report --since 2026-10-01 --until 2026-10-31 --by category --html october.html"
)
@click.option("--since", type=_day, metavar="DAY", help="First day (YYYY-MM-DD). Default: 30 days ago.")
@click.option("--until", type=_day, metavar="DAY", help="Last day. Default: yesterday.")
@click.option(
    "--by",
    multiple=True,
    type=click.Choice(DIMENSIONS),
    help="Group the terminal's tables by these. Default: team, agent, category.",
)
@click.option(
    "--html",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write an HTML page with charts to this file.",
)
@click.option(
    "--csv",
    "csv_",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    help="Write a CSV table to this file.",
)
@click.option("--mail", multiple=True, metavar="ADDRESS", help="Email the page to this address.")
@as_json
@click.pass_obj
def report(
    ctx: Invocation,
    since: datetime | None,
    until: datetime | None,
    by: tuple[str, ...],
    html: Path | None,
    csv_: Path | None,
    mail: tuple[str, ...],
    json_: bool,
) -> None:
    """Report on volume, response times and satisfaction.

    Shows tickets, response and resolution times, SLA targets, surveys and trending topics.

    Counts the tickets opened on these days, in the desk's time zone; spam and merged ones are left out.
    """
    from intake.reports.gather import gather

    _check(mail)
    desk = ctx.desk()
    first, end = span(since, until, desk)
    with terminal.progress("Counting tickets") as callback:
        made = gather(desk, first, end, callback)
    if html is not None:
        from intake.reports.page import page

        _write(html, page(made, desk.settings.desk.templates))
    if csv_ is not None:
        from intake.reports.words import as_csv

        _write(csv_, as_csv(made), terminal.say_csv)
    if mail:
        _send(desk, made, mail)
        ctx.record(login(), f"sent the report to {', '.join(mail)}")
    if json_:
        terminal.say_json(made)
    elif html is None and csv_ is None and not mail:
        show(made, by or ("team", "agent", "category"))


def span(since: datetime | None, until: datetime | None, desk: "Desk") -> tuple[datetime, datetime]:
    """Return the start and the end (exclusive) of whole days in the desk's zone."""
    zone = desk.settings.desk.timezone
    today = now().astimezone(zone).date()
    last: date = until.date() if until else (max(since.date(), today) if since else today - timedelta(days=1))
    first: date = since.date() if since else last - timedelta(days=29)
    if first > last:
        raise UserError(f"{first} is after {last}: give the earlier day to --since.")
    # As far as a clock goes, and a day less: the end is the beginning of the day after, in any zone.
    if not date(1, 1, 3) <= first <= last <= date(9999, 12, 29):
        raise UserError(f"{first} to {last} is out of range. Give days such as {today}.")
    midnight = time(tzinfo=zone)
    return datetime.combine(first, midnight), datetime.combine(last + timedelta(days=1), midnight)


def show(made: Report, by: tuple[str, ...]) -> None:
    """Print a report."""
    from intake.reports.words import HEADS, cells, name
    from intake.reports.words import span as days

    terminal.passage(f"{made.desk}: tickets opened {days(made)} ({made.zone})", "")
    if not any(opened or resolved for _, opened, resolved in made.days):
        terminal.say(NOTHING)
        return
    terminal.pairs(
        [(head[:1].upper() + head[1:], cell) for head, cell in zip(HEADS, cells(made.total), strict=True)]
    )
    terminal.say()
    opened, resolved = [count for _, count, _ in made.days], [count for _, _, count in made.days]
    axis = under(made.days[0][0], made.days[-1][0], len(made.days))
    terminal.pairs([("Opened", spark(opened)), ("Resolved", spark(resolved)), ("Days", axis)])
    for dimension in by:
        terminal.say()
        rows: list[tuple[Cell, ...]] = [
            (name(dimension, value), *cells(numbers)) for value, numbers in made.by[dimension]
        ]
        terminal.table((Column(dimension.capitalize(), gives_way=True), *SHORT), rows)
    terminal.say()
    if not made.rising:
        terminal.say("No topic came up much more often than in the week before.")
        return
    rose = (
        Column("Trending topics", gives_way=True),
        Column("Week", right=True),
        Column("Before", right=True),
    )
    examples = [", ".join(f"#{number}" for number in rise.tickets) for rise in made.rising]
    terminal.table(
        (*rose, Column("Examples")),
        [
            (rise.what, str(rise.now), str(rise.before), shown)
            for rise, shown in zip(made.rising, examples, strict=True)
        ],
    )


def spark(counts: list[int], room: int = 60) -> str:
    """Return counts as a line of blocks; neighbours are added up where there are more than `room`."""
    step = -(-len(counts) // room) if counts else 1
    sums = [sum(counts[start : start + step]) for start in range(0, len(counts), step)]
    most = max(sums, default=0)
    return "".join(_BLOCKS[-(-count * 8 // most) if most else 0] for count in sums) + f"  (at most {most})"


def under(first: date, last: date, days: int, room: int = 60) -> str:
    """Return the axis under a line of `spark` for this many days: its first and last date."""
    width = -(-days // -(-days // room))
    ends = f"{first}", f"{last}"
    return f"{ends[0]}{ends[1]:>{width - len(ends[0])}}" if width > 22 else " to ".join(dict.fromkeys(ends))


def _check(mail: tuple[str, ...]) -> None:
    for address in mail:
        problem = address_problem(address)
        if problem:
            raise click.UsageError(f"--mail: {problem}")


def _send(desk: "Desk", made: Report, mail: tuple[str, ...]) -> None:
    from intake.reports.letter import send

    ids = send(desk, made, mail, f"asked:{desk.service.clock():%Y-%m-%dT%H:%M:%S.%f}")
    terminal.warn(f"{counted(len(ids), 'email')} will be sent with the page attached.")


def _write(path: Path, text: str, say: Callable[[str], None] = terminal.say) -> None:
    if str(path) == "-":
        say(text)
        return
    try:
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as err:
        raise UserError(f"{path} cannot be written: {err.strerror}. Name another file.") from err
    terminal.warn(f"Written: {path}")
