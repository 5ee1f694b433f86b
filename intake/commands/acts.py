"""`intake act …`: acts that a second person must agree to."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from intake import terminal
from intake.commands.common import Invocation, acting_as, as_json, limited, needs_desk, not_found, now
from intake.commands.permits import actor, two_persons
from intake.commands.who import by_hand
from intake.terminal import Column

if TYPE_CHECKING:
    from intake.desk.acts import Request

COLUMNS = (
    Column("Act", right=True),
    Column("What"),
    Column("Ticket", right=True),
    Column("State"),
    Column("By", gives_way=True),
    Column("Reason", gives_way=True),
    Column("Until (UTC)"),
)
_code = click.option("--code", default="", help="Six digits of the second factor. Default: asked for.")


@needs_desk
@click.group()
def act() -> None:
    """List and approve acts that need a second person."""


@act.command("list")
@limited
@as_json
@click.pass_obj
def list_(ctx: Invocation, limit: int, json_: bool) -> None:
    """List acts that were asked for, the newest first."""
    rows, moment = ctx.desk().database.acts.rows(limit), now()
    if json_:
        terminal.say_json([_values(row, moment) for row in rows])
    elif not rows:
        terminal.say("No act was asked for.")
    else:
        terminal.table(COLUMNS, [_cells(row, moment) for row in rows])


@act.command()
@click.argument("number", type=int)
@as_json
@click.pass_obj
def show(ctx: Invocation, number: int, json_: bool) -> None:
    """Show the very plan of an act."""
    request = ctx.desk().database.acts.get(number)
    if request is None:
        not_found(f"There is no act {number}.", "`intake act list` shows them.")
    values = _values(request, now())
    if json_:
        terminal.say_json(values)
        return
    for name, value in values.items():
        terminal.say(f"{name}: {'' if value is None else value}")


@act.command()
@click.argument("number", type=int)
@acting_as
@_code
@click.pass_obj
def approve(ctx: Invocation, number: int, as_: str, code: str) -> None:
    """Approve an act as its second person.

    Takes another agent than who asked, and a code of their own. Who asked then runs their
    command again.
    """
    desk = ctx.desk()
    ctx.agent(as_)
    by = actor(ctx, as_, code or click.prompt("Code"))
    request = two_persons(desk).approve(number, by, now(), by_hand())
    terminal.say(f"Act {number} ({request.kind}) may be done: {request.by.name} runs the command again.")


@act.command()
@click.argument("number", type=int)
@acting_as
@click.pass_obj
def refuse(ctx: Invocation, number: int, as_: str) -> None:
    """Cancel an act that was asked for: another's, or your own."""
    desk = ctx.desk()
    request = two_persons(desk).refuse(number, actor(ctx, as_, ""), now(), by_hand())
    terminal.say(f"Act {number} ({request.kind}) is refused.")


@act.command()
@click.argument("number", type=int)
@acting_as
@click.option("--code", default="", help="Six digits of the second factor, where agents have one.")
@click.pass_obj
def acknowledge(ctx: Invocation, number: int, as_: str, code: str) -> None:
    """Acknowledge an act that was done with --break-glass.

    `intake check` fails until two people did.
    """
    desk = ctx.desk()
    by = actor(ctx, as_, code)
    if desk.database.factors.holders() and not by.proven:
        raise click.UsageError("Give --as AGENT and --code: agents of this desk have second factors.")
    request = two_persons(desk).acknowledge(number, by, now(), by_hand())
    left = "" if len(request.seen_by) > 1 else " One more person must see it."
    terminal.say(f"Act {number} ({request.kind}) is acknowledged.{left}")


def _values(row: "Request", moment: datetime) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "ticket": row.ticket or None,
        "state": row.state.value if row.open(moment) or row.settled else "over",
        "plan": row.plan,
        "digest": row.digest,
        "reason": row.reason,
        "by": row.by.name,
        "at": row.at,
        "ready_at": row.ready_at,
        "expires_at": row.expires_at,
        "settled_by": row.settled_by or None,
        "seen_by": list(row.seen_by),
    }


def _cells(row: "Request", moment: datetime) -> tuple[str, ...]:
    values = _values(row, moment)
    return (
        str(row.id),
        row.kind,
        f"#{row.ticket}" if row.ticket else "",
        str(values["state"]),
        terminal.line(row.by.name),
        terminal.line(row.reason),
        terminal.clock(row.expires_at),
    )
