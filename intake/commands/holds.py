"""`intake hold …`: what must not be erased, whoever asks for it."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from intake import terminal
from intake.commands.common import Invocation, acting_as, as_json, needs_desk, not_found, now
from intake.commands.permits import guarded_act, permitted, two_persons
from intake.commands.ticket.from_table import act, the_ticket
from intake.commands.who import by_hand
from intake.terminal import Column

if TYPE_CHECKING:
    from intake.desk.effects import Effect
    from intake.desk.incident.kinds import Hold

COLUMNS = (
    Column("ID", right=True),
    Column("Of"),
    Column("Reason", gives_way=True),
    Column("For"),
    Column("By"),
    Column("Until"),
    Column("State"),
)


@needs_desk
@click.group()
def hold() -> None:
    """Keep tickets and people from being erased."""


@hold.command()
@click.argument("target", metavar="NUMBER|ADDRESS")
@click.option("--reason", required=True, help="Why it must stay.")
@click.option("--for", "authority", default="", metavar="AUTHORITY", help="Who asks for it, and a reference.")
@click.option(
    "--until", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY", help="End the hold on this day (UTC)."
)
@acting_as
@click.pass_obj
def add(ctx: Invocation, target: str, reason: str, authority: str, until: datetime | None, as_: str) -> None:
    """Hold a ticket, or all that is of a person's."""
    from intake.desk.addresses import as_kept
    from intake.desk.incident import holds
    from intake.desk.sensitive.scan import hidden

    who, why, authority = ctx.actor(as_), hidden(terminal.line(reason)).strip(), hidden(authority)
    moment = until.replace(tzinfo=UTC) if until else None
    if not why or (moment is not None and moment <= now()):
        raise click.UsageError("A hold needs a reason, and a day to come where it ends by itself.")
    digits = target.removeprefix("#")
    if digits.isdecimal():
        number = the_ticket(ctx, int(digits)).id
        _act(ctx, as_, holds.place(number, why, who, authority, moment), f"held ticket #{number}", number)
        terminal.say(f"Ticket #{number} is held.")
        return
    if "@" not in target.strip("@") or hidden(target) != target:
        raise click.UsageError("It takes the number of a ticket or an email address.")
    # Whom it is about does not stand in the audit, which outlives an erasure.
    _act(
        ctx, as_, holds.place_on(as_kept(target).lower(), why, who, authority, moment), "held a person", None
    )
    terminal.say("All that is theirs is held.")


@hold.command("list")
@click.option("--all", "ended", is_flag=True, help="Also those that ended.")
@as_json
@click.pass_obj
def list_(ctx: Invocation, ended: bool, json_: bool) -> None:
    """List holds, the newest first."""
    moment = now()
    rows = ctx.desk().store.incidents.holds(None if ended else moment)
    if json_:
        terminal.say_json([_values(row, moment) for row in rows])
    elif not rows:
        terminal.say("Nothing is held.")
    else:
        terminal.table(COLUMNS, [_cells(row, moment) for row in rows])


@hold.command()
@click.argument("number", metavar="ID", type=int)
@acting_as
@guarded_act
@click.pass_obj
def lift(ctx: Invocation, number: int, as_: str, reason: str, code: str, break_glass: bool) -> None:
    """End a hold, once a second person agreed.

    Erasures that waited for it are done within the hour, or the day with retention.
    """
    from intake.desk.acts import Plan
    from intake.desk.incident import holds
    from intake.desk.sensitive.scan import hidden

    known = next((row for row in ctx.desk().store.incidents.holds(now()) if row.id == number), None)
    if known is None:
        not_found(f"There is no hold {number}, or it ended.", "`intake hold list --all` shows them.")
    who, why = ctx.actor(as_), hidden(terminal.line(reason)).strip()
    if not why:
        raise click.UsageError("Say with --reason why it may go.")
    details = {"hold": str(number), "held for": known.reason}
    plan = Plan("lift", known.ticket or 0, known.address, details)
    permit = permitted(ctx, plan, why, as_, code, break_glass)
    with ctx.desk().store.transaction():
        two_persons(ctx.desk()).use(permit, now())
        _act(ctx, as_, holds.lift(known, who, why), f"lifted hold {number}", known.ticket)
    terminal.say(f"Hold {number} is lifted.")


def _act(ctx: Invocation, as_: str, effects: "list[Effect]", action: str, ticket: int | None) -> None:
    from intake.desk.effects import Record

    act(ctx, [*effects, Record(ctx.actor(as_), by_hand(), action, ticket)])


def _values(row: "Hold", moment: datetime) -> dict[str, Any]:
    return {
        "id": row.id,
        "ticket": row.ticket,
        "address": row.address,
        "reason": row.reason,
        "authority": row.authority,
        "by": row.by,
        "since": row.since,
        "until": row.until,
        "state": "held" if row.holds(moment) else "ended",
        "lifted_at": row.lifted_at,
        "lifted_by": row.lifted_by,
    }


def _cells(row: "Hold", moment: datetime) -> tuple[str, ...]:
    return (
        str(row.id),
        f"#{row.ticket}" if row.ticket else row.address,
        row.reason,
        row.authority,
        row.by,
        f"{row.until:%Y-%m-%d}" if row.until else "",
        "held" if row.holds(moment) else "ended",
    )
