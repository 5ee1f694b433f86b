"""`intake agent …`: the people who answer."""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

import click

from intake import terminal
from intake.commands.common import Invocation, as_json, login, needs_no_desk, not_found, now
from intake.config.converters import BadValue, as_zone
from intake.config.service_level_keys import as_week
from intake.desk.people import Notify
from intake.terminal import Column

COLUMNS = (
    Column("Id", right=True),
    Column("Name", gives_way=True),
    Column("Address", gives_way=True),
    Column("Teams", gives_way=True),
    Column("May act"),
)


@needs_no_desk
@click.group()
def agent() -> None:
    """Add, list and disable the people who answer."""


@agent.command()
@click.argument("address")
@click.option("--name", default="", help="The name that requesters read. Default: what stands before the @.")
@click.option("--team", "teams", multiple=True, help="A team of the config; may be given several times.")
@click.option(
    "--every-team", is_flag=True, help="Answers for every team, as a new agent does without --team."
)
@click.pass_obj
def add(given: Invocation, address: str, name: str, teams: tuple[str, ...], every_team: bool) -> None:
    """Add an agent, or change one, who may act again.

    Name and teams of one who is there stay as they are unless they are given.
    """
    from intake.config.converters import address_problem
    from intake.desk.rule_context import own_address

    problem = address_problem(address)
    if problem:
        raise click.UsageError(f"{terminal.line(problem)}.")
    known = given.settings().teams
    for team in teams:
        if team not in known:
            not_found(f"There is no team {team}.", f"Add a section [team {team}] to the config first.")
    if teams and every_team:
        raise click.UsageError("Give either --team or --every-team, not both.")
    if own_address(address.lower(), given.desk().policy):
        raise click.UsageError(
            f"{terminal.line(address)} is an address of this desk: its notifications would go to itself. "
            "Give the agent's own address."
        )
    there = given.desk().store.agent(address)
    name = terminal.line(name) or (there.name if there else address.partition("@")[0])
    if there and not every_team:
        teams = teams or there.teams
    given.desk().store.add_agent(address, name, teams, now())
    given.record(login(), f"{'changed' if there else 'added'} agent {address}")
    terminal.say(f"{name} <{address}> answers for {', '.join(teams) or 'every team'}.")
    if given.desk().policy.command_address:
        _send(given, address)
        terminal.say("A mail with all commands, and with the address to write them to, is on its way.")


@agent.command("list")
@as_json
@click.pass_obj
def list_(given: Invocation, json_: bool) -> None:
    """List agents."""
    rows = given.desk().store.list_agents()
    if json_:
        terminal.say_json(rows)
    elif not rows:
        terminal.say("No agents yet. Add one: intake agent add ADDRESS --name NAME")
    else:
        terminal.table(
            COLUMNS,
            [
                (
                    str(row.id),
                    row.name,
                    row.address,
                    ", ".join(row.teams) or "all",
                    "yes" if row.enabled else ("no", "dim"),
                )
                for row in rows
            ],
        )


@agent.command("set")
@click.argument("address")
@click.option("--shift", metavar="HOURS", help="When they work, as mon-fri 9:00-17:00; always: no shift.")
@click.option("--timezone", metavar="ZONE", help="The zone of the shift, as Asia/Shanghai.")
@click.option(
    "--notify", type=click.Choice([one.value for one in Notify]), help="What they are told of at once."
)
@click.option("--digest", type=click.IntRange(5, 1440), metavar="MINUTES", help="How often a digest comes.")
@click.option("--away", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY", help="Away until this day begins.")
@click.option("--back", is_flag=True, help="No longer away.")
@click.pass_obj
def set_(
    given: Invocation,
    address: str,
    shift: str | None,
    timezone: str | None,
    notify: str | None,
    digest: int | None,
    away: datetime | None,
    back: bool,
) -> None:
    """Set when an agent works, and what they are told of.

    A shift over midnight is two spans: mon-fri 22:00-24:00 0:00-6:00.
    """
    given_now: dict[str, object] = {}
    if shift is not None:
        given_now["shift"] = None if shift.strip().lower() in ("", "always") else _read(as_week, shift)
    if timezone is not None:
        _read(as_zone, timezone)
        given_now["timezone"] = timezone
    if notify is not None:
        given_now["notify"] = notify
    if digest is not None:
        given_now["digest_minutes"] = digest
    if away is not None:
        given_now["away_until"] = away.replace(tzinfo=given.settings().desk.timezone)
    if back:
        given_now["away_until"] = None
    if not given_now:
        raise click.UsageError("Say what to set: see `intake agent set --help`.")
    if not given.desk().store.change_agent(address, **given_now):
        not_found(f"There is no agent {address}.", "`intake agent list` shows them.")
    given.record(login(), f"set {', '.join(sorted(given_now))} of agent {address}")
    terminal.say(f"Set for {address}: {', '.join(sorted(given_now))}.")


def _read(convert: Callable[[str], Any], text: str) -> Any:
    try:
        return convert(text)
    except BadValue as err:
        raise click.UsageError(f"{terminal.line(err.args[0])}. {err.args[1]}.") from None


@agent.command()
@click.argument("address")
@click.pass_obj
def disable(given: Invocation, address: str) -> None:
    """Take an agent's right to act away at once; what they wrote stays."""
    if not given.desk().store.disable_agent(address):
        not_found(f"There is no agent {address}.", "`intake agent list` shows them.")
    given.record(login(), f"disabled agent {address}")
    terminal.say(f"{address} may no longer act.")


@agent.command("address")
@click.argument("address")
@click.option("--send", is_flag=True, help="Mail it to the agent instead, with all commands.")
@click.pass_obj
def address_(given: Invocation, address: str, send: bool) -> None:
    """Print the address to which an agent writes commands.

    It is the agent's own: nobody else may use it.

    It works for a year, and as long as the agent is enabled. Treat it like a password.
    """
    agent = given.agent(address)
    if not given.desk().policy.command_address:
        not_found(
            "The desk has no command address.", "Set `command_address` in [desk], and add it to a mailbox."
        )
    given.record(login(), f"{'sent' if send else 'showed'} the command address of {agent.address}")
    if send:
        _send(given, address)
        terminal.say(f"It is on its way to {agent.address}.")
    else:
        terminal.say(given.desk().command_address(agent.id))


def _send(given: Invocation, address: str) -> None:
    """Owe an agent the answer to #help, which holds his command address."""
    from intake.desk.commands.grammar import CommandContext
    from intake.desk.commands.table import help_
    from intake.desk.ticket import no_ticket

    desk, moment = given.desk(), now()
    scene = CommandContext(
        no_ticket(moment), given.agent(address), login(), f"cli:{uuid.uuid4().hex}", moment, desk.policy
    )
    desk.service.act(help_(scene, ""))
