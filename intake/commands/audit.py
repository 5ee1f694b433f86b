"""`intake audit`: who did what, when, and by what authority."""

from datetime import UTC, datetime

import click

from intake import terminal
from intake.commands.common import Invocation, as_json, limited, needs_desk
from intake.terminal import Column

COLUMNS = (
    Column("When (UTC)"),
    Column("Who", gives_way=True),
    Column("What", gives_way=True),
    Column("By", gives_way=True, spare=True),
    Column("Ticket", right=True),
    Column("Message", right=True, spare=True),
)


@needs_desk
@click.command(epilog="Example: intake audit --ticket 123")
@click.option("--ticket", type=int, metavar="N", help="Only this ticket.")
@click.option("--who", default="", metavar="NAME", help="Only this person, as named in the list.")
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY", help="Only from this day on (UTC)."
)
@limited
@as_json
@click.pass_obj
def audit(
    ctx: Invocation, ticket: int | None, who: str, since: datetime | None, limit: int, json_: bool
) -> None:
    """List what agents and admins did, newest first."""
    moment = since.replace(tzinfo=UTC) if since else None
    rows = ctx.desk().store.upkeep.list_audit(ticket, who, moment, limit)
    if json_:
        terminal.say_json(rows)
    elif not rows:
        terminal.say("The audit log is empty.")
    else:
        terminal.table(
            COLUMNS,
            [
                (
                    terminal.clock(row.at),
                    row.who,
                    row.what,
                    row.authority,
                    f"#{row.ticket}" if row.ticket else "",
                    str(row.message or ""),
                )
                for row in rows
            ],
        )
