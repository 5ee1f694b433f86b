"""`intake escalation …` and `intake escalate`: SLA escalations, and escalating by hand."""

import uuid
from typing import TYPE_CHECKING

import click

from intake import terminal
from intake.commands.common import Invocation, acting_as, as_json, limited, needs_desk, not_found, now
from intake.commands.who import by_hand
from intake.terminal import Cell, Column

if TYPE_CHECKING:
    from intake.desk.effects import Effect
    from intake.views import EscalationRow

STYLES = {"open": "bold red", "acked": "yellow"}
COLUMNS = (
    Column("No.", right=True),
    Column("Ticket", right=True),
    Column("Rule", gives_way=True),
    Column("SLA target"),
    Column("State"),
    Column("What was done", gives_way=True, spare=True),
    Column("Since", right=True, spare=True),
)


@needs_desk
@click.group()
def escalation() -> None:
    """Manage SLA escalations."""


@escalation.command("list", epilog="Example: intake escalation list --ticket 12")
@click.option("--ticket", type=int, default=None, help="Only this ticket.")
@limited
@as_json
@click.pass_obj
def list_(ctx: Invocation, ticket: int | None, limit: int, json_: bool) -> None:
    """List open escalations, newest first."""
    rows = ctx.desk().store.promises.list_escalations(ticket, limit=limit)
    _show(rows, json_, "No open escalations.")


@escalation.command(epilog="Example: intake escalation history 12")
@click.argument("ticket", type=int, required=False)
@limited
@as_json
@click.pass_obj
def history(ctx: Invocation, ticket: int | None, limit: int, json_: bool) -> None:
    """List all escalations, newest first.

    Only those of TICKET, or of the whole desk.
    """
    rows = ctx.desk().store.promises.list_escalations(ticket, states=(), limit=limit)
    _show(rows, json_, "No escalations.")


def _show(rows: "list[EscalationRow]", json_: bool, nothing: str) -> None:
    moment = now()
    if json_:
        terminal.say_json(rows)
    elif not rows:
        terminal.say(nothing)
    else:
        terminal.table(COLUMNS, [_line(row, terminal.ago(row.fired_at, moment)) for row in rows])


def _line(row: "EscalationRow", since: str) -> tuple[Cell, ...]:
    promise = row.target.value.replace("_", " ") if row.target else f"by {row.by}"
    state: Cell = (row.state, STYLES[row.state]) if row.state in STYLES else row.state
    return str(row.id), f"#{row.ticket}", row.step, promise, state, row.reason, since


@escalation.command(epilog="Example: intake escalation show 7")
@click.argument("number", type=int)
@as_json
@click.pass_obj
def show(ctx: Invocation, number: int, json_: bool) -> None:
    """Show an escalation and its SLA target."""
    row = _escalation(ctx, number)
    promises = [
        candidate
        for candidate in ctx.desk().store.promises.of_ticket(row.ticket)
        if candidate.id == row.promise
    ]
    promise = promises[0] if promises else None
    if json_:
        terminal.say_json({**terminal.plain(row), "about": terminal.plain(promise) if promise else None})
        return
    terminal.pairs(
        [
            ("Escalation", str(row.id)),
            ("Ticket", f"#{row.ticket}"),
            ("Rule", row.step),
            ("State", row.state),
            ("SLA target", row.target.value.replace("_", " ") if row.target else ""),
            ("Reply promised by", _clock(promise.due) if promise else ""),
            ("New time announced", _clock(promise.told) if promise else ""),
            ("Due", _clock(row.due_at)),
            ("Done", _clock(row.fired_at)),
            ("By", row.by),
            ("To team", row.to_team),
            ("What was done", row.reason),
            ("Acknowledged or resolved by", row.settled_by),
            ("Acknowledged or resolved at", _clock(row.settled_at)),
            ("Note", row.remark),
        ]
    )


def _clock(moment: object) -> str:
    from datetime import datetime

    return f"{terminal.clock(moment)} UTC" if isinstance(moment, datetime) else ""


@escalation.command(epilog="Example: intake escalation ack 7 --as anna@example.com")
@click.argument("numbers", type=int, nargs=-1, required=True)
@acting_as
@click.pass_obj
def ack(ctx: Invocation, numbers: tuple[int, ...], as_: str) -> None:
    """Acknowledge escalations."""
    for number in numbers:
        _settle(ctx, number, "acked", as_, "", f"Escalation {number} is acknowledged.")


@escalation.command(epilog='Example: intake escalation resolve 7 --reason "called the customer"')
@click.argument("numbers", type=int, nargs=-1, required=True)
@click.option("--reason", default="", help="What was done about it.")
@acting_as
@click.pass_obj
def resolve(ctx: Invocation, numbers: tuple[int, ...], reason: str, as_: str) -> None:
    """Resolve escalations."""
    for number in numbers:
        _settle(ctx, number, "resolved", as_, reason, f"Escalation {number} is resolved.")


def _settle(ctx: Invocation, number: int, state: str, as_: str, reason: str, done: str) -> None:
    from intake.desk.sla_ladder import settle

    row, who = _escalation(ctx, number), ctx.actor(as_)
    if row.state not in STYLES:
        terminal.say(f"Escalation {number} is {row.state} already.")
        return
    _act(ctx, who, row.ticket, settle(row.ticket, number, state, who, reason), done)


@escalation.command(epilog="Example: intake escalation assign 7 anna@example.com")
@click.argument("number", type=int)
@click.argument("agent", default="")
@click.option("--team", default="", help="Also assign it to this team.")
@acting_as
@click.pass_obj
def assign(ctx: Invocation, number: int, agent: str, team: str, as_: str) -> None:
    """Assign an escalated ticket to an agent or a team.

    You can give both. The escalation is acknowledged as well.
    """
    from intake.desk import lifecycle
    from intake.desk.lookup import LookupRequest
    from intake.desk.sla_ladder import settle

    if not (agent or team):
        raise click.UsageError("Give an AGENT or a --team.")
    row, who = _escalation(ctx, number), ctx.actor(as_)
    _known_team(ctx, team)
    whom = ctx.agent(agent) if agent else None
    ticket = ctx.desk().store.tickets.get(row.ticket)
    if ticket is None:
        not_found(f"There is no ticket #{row.ticket}.", "It was erased.")
    last = ctx.desk().store.lookups.look_up(LookupRequest(last=True), None, ticket.id, now()).last
    effects = lifecycle.assign(ticket, whom, team, who, uuid.uuid4().hex, last=last)
    if row.state == "open":
        effects += settle(row.ticket, number, "acked", who, "")
    _act(ctx, who, row.ticket, effects, f"#{row.ticket} is assigned to {agent or team}.")


@needs_desk
@click.command(epilog='Example: intake escalate 12 --to developers --reason "crashes on start"')
@click.argument("number", metavar="TICKET", type=int)
@click.option("--to", "team", required=True, metavar="TEAM", help="Team to escalate to.")
@click.option("--reason", required=True, help="Reason, shown to the team.")
@acting_as
@click.pass_obj
def escalate(ctx: Invocation, number: int, team: str, reason: str, as_: str) -> None:
    """Escalate a ticket to another team.

    The team and its lead are notified with the reason, and an escalation is opened.
    """
    from intake.desk import sla_ladder

    who = ctx.actor(as_)
    _known_team(ctx, team)
    desk = ctx.desk()
    ticket = desk.store.tickets.get(number)
    if ticket is None:
        not_found(f"There is no ticket #{number}.", "`intake ticket list --status all` shows them.")
    lead = desk.policy.teams[team].lead
    agents = desk.store.agents.enabled(team)
    try:
        words, key = terminal.line(reason), uuid.uuid4().hex
        effects = sla_ladder.escalate(
            ticket, team, words, who, agents, lead, key, now(), desk.store.agents.enabled()
        )
    except ValueError:
        not_found(f"Ticket #{number} is closed.", f"Reopen it first: intake ticket reopen {number}")
    _act(ctx, who, number, effects, f"#{number} is escalated to team {team}.")
    if not agents and not lead:
        terminal.warn(f"Nobody was notified: team {team} has neither agents nor a lead.")


def _act(ctx: Invocation, who: str, ticket: int, effects: "list[Effect]", done: str) -> None:
    from intake.desk.effects import Record

    ctx.desk().service.act([*effects, Record(who, by_hand(), done, ticket)])
    terminal.say(done)


def _known_team(ctx: Invocation, team: str) -> None:
    if team and team not in ctx.settings().teams:
        not_found(f"There is no team {team}.", f"Add a section [team {team}] to the config.")


def _escalation(ctx: Invocation, number: int) -> "EscalationRow":
    row = ctx.desk().store.promises.escalation(number)
    if row is None:
        not_found(f"There is no escalation {number}.", "`intake escalation history` shows all of them.")
    return row
