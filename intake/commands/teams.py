"""`intake team …`: teams, their agents and who is on duty."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from intake import terminal
from intake.commands.common import Invocation, as_json, needs_no_desk, not_found, now
from intake.desk.business_time import DAYS
from intake.desk.people import Assignment, Notify, on_duty
from intake.terminal import Cell, Column

if TYPE_CHECKING:
    from intake.desk.ticket import Agent

_SHADES = "·░▒▓█"
TEAMS = (
    Column("Team"),
    Column("Agents", right=True),
    Column("On duty", gives_way=True),
    Column("Assignment"),
)
MEMBERS = (
    Column("Agent", gives_way=True),
    Column("Now"),
    Column("Open", right=True),
    Column("Notifications"),
    Column("Away until (UTC)"),
)
HOW = {
    Assignment.NOBODY: "unassigned",
    Assignment.IN_TURN: "round robin",
    Assignment.LEAST_LOADED: "least loaded",
}
WISH = {Notify.ALL: "everything", Notify.MINE: "own tickets", Notify.DIGEST: "digest"}


@needs_no_desk
@click.group()
def team() -> None:
    """Show teams, their agents and who is on duty."""


@team.command("list")
@as_json
@click.pass_obj
def list_(ctx: Invocation, json_: bool) -> None:
    """List teams."""
    desk, moment = ctx.desk(), now()
    rows: list[dict[str, Any]] = [
        {
            "name": name,
            "lead": policy.lead,
            "assign": policy.assign,
            "agents": [agent.address for agent in desk.store.agents.enabled(name)],
            "on_duty": [agent.address for agent in desk.store.agents.enabled(name) if on_duty(agent, moment)],
        }
        for name, policy in desk.policy.teams.items()
    ]
    if json_:
        terminal.say_json(rows)
    elif not rows:
        terminal.say("No teams. Add a section [team NAME] to the config.")
    else:
        terminal.table(
            TEAMS,
            [
                (
                    str(row["name"]),
                    str(len(row["agents"])),
                    ", ".join(row["on_duty"]) or ("nobody", "bold red"),
                    HOW[Assignment(row["assign"])],
                )
                for row in rows
            ],
        )


@team.command()
@click.argument("name")
@as_json
@click.pass_obj
def show(ctx: Invocation, name: str, json_: bool) -> None:
    """Show a team's agents and when they work.

    For each hour of the coming week it prints how many of them work.
    """
    desk, moment = ctx.desk(), now()
    if name not in desk.policy.teams:
        not_found(f"There is no team {name}.", "`intake team list` shows them.")
    agents, loads, zone = (
        desk.store.agents.enabled(name),
        desk.store.agents.loads(),
        desk.settings.desk.timezone,
    )
    first = moment.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    week = coverage(agents, first)
    if json_:
        members = [
            {
                "address": agent.address,
                "on_duty": on_duty(agent, moment),
                "open": loads[agent.id].open,
                "notify": agent.notify,
                "away_until": agent.away_until,
            }
            for agent in agents
        ]
        terminal.say_json({"name": name, "agents": members, "from": first, "coverage": week})
        return
    terminal.table(
        MEMBERS,
        [
            (
                f"{agent.name} <{agent.address}>",
                ("on duty", "green") if on_duty(agent, moment) else ("off duty", "dim"),
                str(loads[agent.id].open),
                WISH[Notify(agent.notify)],
                terminal.clock(agent.away_until) if agent.away_until and agent.away_until > moment else "",
            )
            for agent in agents
        ],
    )
    terminal.say()
    terminal.table((Column(str(zone)), Column("0     6     12    18   ")), list(_drawn(week, first)))
    gaps = sum(hour == 0 for day in week for hour in day)
    if gaps:
        terminal.say(
            f"In {gaps} of the 168 hours nobody is on duty: then every agent who is not away is notified."
        )


def coverage(agents: Sequence["Agent"], first: datetime) -> list[list[int]]:
    """Return for seven days from `first` (aware, midnight) how many work in the middle of each hour."""
    half = timedelta(minutes=30)
    return [
        [
            sum(
                on_duty(agent, (first + timedelta(days=day)).replace(hour=hour).astimezone(UTC) + half)
                for agent in agents
            )
            for hour in range(24)
        ]
        for day in range(7)
    ]


def _drawn(week: Sequence[Sequence[int]], first: datetime) -> list[tuple[Cell, ...]]:
    return [
        (
            f"{DAYS[(first.weekday() + place) % 7]} {first + timedelta(days=place):%m-%d}",
            "".join(_SHADES[min(many, len(_SHADES) - 1)] for many in day),
        )
        for place, day in enumerate(week)
    ]
