"""`intake incident …`: start an incident in a ticket, work it off, end it."""

from typing import TYPE_CHECKING, Any

import click

from intake import terminal
from intake.commands.common import Invocation, acting_as, as_json, limited, needs_desk, not_found, now
from intake.commands.errors import Number
from intake.commands.ticket.from_table import obey, read, the_ticket
from intake.terminal import Column

if TYPE_CHECKING:
    from intake.desk.incident.kinds import Incident

COLUMNS = (
    Column("Ticket", right=True),
    Column("Kind"),
    Column("State"),
    Column("Steps left", gives_way=True),
    Column("Next report"),
    Column("Started", right=True),
)
STEP_COLUMNS = (Column("Step"), Column("State"), Column("By"), Column("At"), Column("Reason", gives_way=True))
KINDS = ("stolen", "phishing", "leak", "fraud")


@needs_desk
@click.group()
def incident() -> None:
    """Manage incidents: thefts, phishing, leaks, fraud."""


@incident.command()
@click.argument("number", type=Number())
@click.argument("kind", type=click.Choice(KINDS))
@acting_as
@click.pass_obj
def start(ctx: Invocation, number: int, kind: str, as_: str) -> None:
    """Start an incident in a ticket and send its requester the first email."""
    _command(ctx, number, "incident", kind, as_)
    terminal.say(f"Incident ({kind}) started in ticket #{number}.")


@incident.command()
@click.argument("number", type=Number())
@click.argument("step")
@click.argument("state", type=click.Choice(["done", "no", "open"]), default="done")
@click.argument("reason", nargs=-1)
@acting_as
@click.pass_obj
def step(ctx: Invocation, number: int, step: str, state: str, reason: tuple[str, ...], as_: str) -> None:
    """Set the state of a step of a ticket's incident."""
    _command(ctx, number, "step", " ".join((step, state, *reason)), as_)
    terminal.say(f"Step {step} in ticket #{number} is set to {state}.")


@incident.command()
@click.argument("number", type=Number())
@acting_as
@click.pass_obj
def end(ctx: Invocation, number: int, as_: str) -> None:
    """End a ticket's incident. The ticket stays as it is."""
    _command(ctx, number, "incident", "end", as_)
    terminal.say(f"Incident in ticket #{number} ended.")


@incident.command("list")
@click.option("--all", "ended", is_flag=True, help="Also those that ended.")
@limited
@as_json
@click.pass_obj
def list_(ctx: Invocation, ended: bool, limit: int, json_: bool) -> None:
    """List incidents, the newest first."""
    rows = ctx.desk().store.incidents.list_incidents(ended, limit)
    if json_:
        terminal.say_json([_values(ctx, row) for row in rows])
    elif not rows:
        terminal.say("There is no incident.")
    else:
        terminal.table(COLUMNS, [_cells(ctx, row) for row in rows])


@incident.command()
@click.argument("number", type=Number())
@as_json
@click.pass_obj
def show(ctx: Invocation, number: int, json_: bool) -> None:
    """Show the newest incident of a ticket, with its steps."""
    the_ticket(ctx, number)
    known = ctx.desk().store.incidents.of_ticket(number)
    if known is None:
        not_found(f"Ticket #{number} has no incident.", "`intake incident start` starts one.")
    values = _values(ctx, known)
    if json_:
        terminal.say_json(values)
        return
    for name in ("ticket", "kind", "state", "by", "opened_at", "closed_at", "next_report_at"):
        value = values[name]
        terminal.say(f"{name.replace('_', ' ')}: {'' if value is None else value}")
    rows = [
        (each.name, each.state.value, each.by, f"{each.at:%Y-%m-%d %H:%M} UTC" if each.at else "", each.note)
        for each in known.steps
    ]
    terminal.table(STEP_COLUMNS, rows)


def _command(ctx: Invocation, number: int, name: str, argument: str, as_: str) -> None:
    """Have a command of the table obeyed in a ticket, as in an email."""
    from intake.desk.commands.grammar import ParsedCommand
    from intake.desk.commands.table import NAMES

    obey(ctx, number, ParsedCommand((read(NAMES[name], argument),)), as_)


def _values(ctx: Invocation, known: "Incident") -> dict[str, Any]:
    return {
        "ticket": known.ticket,
        "kind": known.kind.value,
        "state": "open" if known.open else "ended",
        "by": known.by,
        "opened_at": known.opened_at,
        "closed_at": known.closed_at,
        "next_report_at": _next_report(ctx, known),
        "steps": [
            {"name": each.name, "state": each.state.value, "by": each.by, "at": each.at, "note": each.note}
            for each in known.steps
        ],
    }


def _next_report(ctx: Invocation, known: "Incident") -> Any:
    from intake.desk.sla_target import Target

    ticket = ctx.desk().store.tickets.get(known.ticket) if known.open else None
    promises = ticket.promises if ticket else ()
    return next((promise.due for promise in promises if promise.target is Target.REPORT), None)


def _cells(ctx: Invocation, known: "Incident") -> tuple[str, ...]:
    due = _next_report(ctx, known)
    left = [each.name for each in known.steps if each.state.value == "open"]
    return (
        f"#{known.ticket}",
        known.kind.value,
        "open" if known.open else "ended",
        ", ".join(left) or "none",
        f"{due:%Y-%m-%d %H:%M} UTC" if due else "",
        terminal.ago(known.opened_at, now()),
    )
