"""`intake audit …`: who did what, when, and by what authority; and whether the record of it still holds."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import click

from intake import terminal
from intake.commands.audit_record import checkpoint, key, verify
from intake.commands.common import Invocation, as_json, limited, needs_desk
from intake.commands.reads import reads
from intake.terminal import Column

COLUMNS = (
    Column("When (UTC)"),
    Column("Who", gives_way=True),
    Column("What", gives_way=True),
    Column("By", gives_way=True, spare=True),
    Column("Ticket", right=True),
    Column("Message", right=True, spare=True),
)
_OPTIONS = (
    click.option("--ticket", type=int, metavar="N", help="Only this ticket."),
    click.option("--who", default="", metavar="NAME", help="Only this person, as named in the list."),
    click.option(
        "--since",
        type=click.DateTime(["%Y-%m-%d"]),
        metavar="DAY",
        help="Only from this day on (UTC).",
    ),
    limited,
    as_json,
)


def _narrowed(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@needs_desk
@click.group(invoke_without_command=True)
@_narrowed
@click.pass_context
def audit(
    context: click.Context, ticket: int | None, who: str, since: datetime | None, limit: int, json_: bool
) -> None:
    """List what agents and admins did; check the record of it.

    Without a command it lists, as `intake audit list` does.
    """
    if context.invoked_subcommand is None:
        _show(context.obj, ticket, who, since, limit, json_)


@audit.command("list")
@_narrowed
@click.pass_obj
def list_(
    ctx: Invocation, ticket: int | None, who: str, since: datetime | None, limit: int, json_: bool
) -> None:
    """List what agents and admins did, newest first."""
    _show(ctx, ticket, who, since, limit, json_)


audit.add_command(reads)
audit.add_command(verify)
audit.add_command(checkpoint)
audit.add_command(key)


def _show(
    ctx: Invocation, ticket: int | None, who: str, since: datetime | None, limit: int, json_: bool
) -> None:
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
