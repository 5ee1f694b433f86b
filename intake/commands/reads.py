"""`intake audit reads`: who read how much; and counting what is read at the keyboard."""

from datetime import datetime

import click

from intake import terminal
from intake.commands.common import Invocation, as_json, limited, now
from intake.commands.who import first_login
from intake.desk.reading import Reading
from intake.ports import Temporary
from intake.terminal import Column

COLUMNS = (
    Column("Day (UTC)"),
    Column("Who", gives_way=True),
    Column("Kind"),
    Column("Ticket", right=True),
    Column("Times", right=True),
)


def count_reading(ctx: Invocation, kind: Reading, ticket: int | None = None) -> None:
    """Count that who sits at the keyboard read something. What cannot be counted is read all the same."""
    try:
        ctx.desk().database.reads.count(first_login(), kind, ticket or 0, now())
    except Temporary as err:
        terminal.warn(f"This reading was not counted: {err}")


@click.command()
@click.option("--who", default="", metavar="NAME", help="Only this person, as named in the list.")
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY", help="Only from this day on (UTC)."
)
@limited
@as_json
@click.pass_obj
def reads(ctx: Invocation, who: str, since: datetime | None, limit: int, json_: bool) -> None:
    """List who read what and how often, newest day first."""
    rows = ctx.desk().database.reads.rows(who, since.date() if since else None, limit)
    if json_:
        terminal.say_json(rows)
    elif not rows:
        terminal.say("Nothing was read.")
    else:
        terminal.table(
            COLUMNS,
            [
                (
                    row.day,
                    terminal.line(row.who),
                    row.kind,
                    f"#{row.ticket}" if row.ticket else "",
                    str(row.n),
                )
                for row in rows
            ],
        )
