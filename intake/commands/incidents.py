"""`intake incident …`: start an incident in a ticket, work it off, end it."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from intake import terminal
from intake.commands.common import Invocation, acting_as, as_json, limited, needs_desk, not_found, now
from intake.commands.errors import Number
from intake.commands.permits import guarded_act, permitted, two_persons
from intake.commands.reads import count_reading
from intake.commands.ticket.from_table import act, obey, read, the_ticket
from intake.desk.reading import Reading
from intake.ports import UserError
from intake.terminal import Column

if TYPE_CHECKING:
    from intake.desk.acts import Plan
    from intake.desk.incident.kinds import Incident
    from intake.store.evidence import Evidence

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
    """Start an incident in a ticket and send the first email."""
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


@incident.command()
@click.argument("number", type=Number())
@click.option(
    "--to",
    "folder",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder that the zip is written to.",
)
@click.option("--for", "whom", required=True, metavar="AGENCY", help="Who gets it, and their reference.")
@acting_as
@guarded_act
@click.pass_obj
def export(
    ctx: Invocation,
    number: int,
    folder: Path,
    whom: str,
    as_: str,
    reason: str,
    code: str,
    break_glass: bool,
) -> None:
    """Export the evidence of a ticket with an incident, as a zip.

    A second person must agree first. It holds all mail as it came: hand it to nobody else.
    """
    from intake.commands.who import by_hand
    from intake.desk.effects import Record
    from intake.desk.record.checkpoint import verifier_key
    from intake.desk.sensitive.scan import hidden
    from intake.recording import bundle
    from intake.recording.keeper import checkpoints_of
    from intake.recording.key import file_of, record_key
    from intake.store.evidence import Evidence

    the_ticket(ctx, number)
    desk, known, moment = ctx.desk(), ctx.desk().store.incidents.of_ticket(number), now()
    if known is None:
        not_found(f"Ticket #{number} has no incident.", "`intake incident start` starts one.")
    key = record_key(file_of(desk.settings), make=True)
    agency = hidden(terminal.line(whom)).strip()
    if key is None or not agency:
        raise click.UsageError("An export needs to know for whom it is.")
    evidence = Evidence(desk.database.db, desk.database.blobs)
    permit = permitted(ctx, _handing_over(number, evidence, agency), reason, as_, code, break_glass)
    contents = bundle.contents_of(evidence, number)
    digest = hashlib.sha256(contents.sums).hexdigest()
    action = f"exported evidence of ticket #{number} (SHA-256 of its sums: {digest}) for {agency}"
    # Said before it lies there: a bundle of which the audit knows nothing must not exist.
    with desk.store.transaction():
        two_persons(desk).use(permit, now())
        act(ctx, [Record(ctx.actor(as_), by_hand(), action, number)])
    count_reading(ctx, Reading.EXPORT, number)
    cover = {
        "ticket": number,
        "kind": known.kind.value,
        "for": agency,
        "by": ctx.actor(as_),
        "exported_at": moment.isoformat(),
        "sums": digest,
        "key": verifier_key(checkpoints_of(desk).origin(), key.public),
    }
    path = folder / f"ticket-{number}-evidence-{moment:%Y%m%dT%H%M%SZ}.zip"
    try:
        bundle.write(path, contents, evidence.custody(evidence.tickets(number)), cover, key)
    except OSError as err:
        raise UserError(f"{path} was not written: {err.strerror}. Nothing of it is left.") from err
    terminal.say(f"Written: {path}")


def _handing_over(number: int, evidence: "Evidence", agency: str) -> "Plan":
    """Return the plan of an export: of which tickets, and who gets it.

    Mail that comes meanwhile is part of what was agreed to: a victim who keeps writing must not undo it.
    """
    from intake.desk.acts import Plan

    tickets = ", ".join(map(str, sorted(evidence.tickets(number))))
    return Plan("export", number, details={"for": agency, "tickets": tickets})


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
