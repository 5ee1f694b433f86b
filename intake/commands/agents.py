"""`intake agent …`: add, list and change agents."""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

import click

from intake import terminal
from intake.commands.agent_factor import factor
from intake.commands.common import Invocation, as_json, needs_no_desk, not_found, now
from intake.commands.who import login
from intake.config.converters import BadValue, as_zone
from intake.config.service_level_keys import as_week
from intake.desk.people import Notify
from intake.terminal import Column

COLUMNS = (
    Column("Id", right=True),
    Column("Name", gives_way=True),
    Column("Address", gives_way=True),
    Column("Teams", gives_way=True),
    Column("Language"),
    Column("Editor"),
    Column("Enabled"),
)
_language = click.option(
    "--language",
    metavar="CODE",
    help="Language of the emails to them, for example zh-Hans; desk: the desk's.",
)


@needs_no_desk
@click.group()
def agent() -> None:
    """Add, list and change agents."""


agent.add_command(factor)


@agent.command()
@click.argument("address")
@click.option("--name", default="", help="Display name on replies. Default: the part before the @.")
@click.option("--team", "teams", multiple=True, help="A team of the config; may be given several times.")
@click.option("--every-team", is_flag=True, help="Belongs to every team, as a new agent does without --team.")
@_language
@click.pass_obj
def add(
    ctx: Invocation, address: str, name: str, teams: tuple[str, ...], every_team: bool, language: str | None
) -> None:
    """Add an agent, or change and re-enable one.

    An existing agent keeps name, teams and language unless you give new ones.
    """
    from intake.config.converters import address_problem
    from intake.desk.rule_context import own_address

    problem = address_problem(address)
    if problem:
        raise click.UsageError(f"{terminal.line(problem)}.")
    known = ctx.settings().teams
    for team in teams:
        if team not in known:
            not_found(f"There is no team {team}.", f"Add a section [team {team}] to the config first.")
    if teams and every_team:
        raise click.UsageError("Give either --team or --every-team, not both.")
    if own_address(address.lower(), ctx.desk().policy):
        raise click.UsageError(
            f"{terminal.line(address)} is an address of this desk: its notifications would come back to it. "
            "Give the agent's own address."
        )
    there = ctx.desk().store.agents.by_address(address)
    name = terminal.line(name) or (there.name if there else address.partition("@")[0])
    if there and not every_team:
        teams = teams or there.teams
    wanted = _known(ctx, language)
    ctx.desk().store.agents.add(address, name, teams, now())
    if wanted is not None:
        ctx.desk().store.agents.change(address, language=wanted)
    ctx.record(login(), f"{'changed' if there else 'added'} agent {address}")
    terminal.say(f"{name} <{address}> answers for {', '.join(teams) or 'every team'}.")
    if ctx.desk().policy.command_address:
        _send(ctx, address)
        terminal.say("An email with all commands, and the address to send them to, is on its way.")


@agent.command("list")
@as_json
@click.pass_obj
def list_(ctx: Invocation, json_: bool) -> None:
    """List agents."""
    rows = ctx.desk().store.agents.list_agents()
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
                    row.language or ("desk", "dim"),
                    "yes" if row.editor else ("no", "dim"),
                    "yes" if row.enabled else ("no", "dim"),
                )
                for row in rows
            ],
        )


@agent.command("set")
@click.argument("address")
@click.option(
    "--shift", metavar="HOURS", help="Working hours, for example mon-fri 9:00-17:00; always: no shift."
)
@click.option(
    "--timezone", metavar="ZONE", help="Time zone of the agent and the shift, for example Asia/Shanghai."
)
@click.option(
    "--notify", type=click.Choice([choice.value for choice in Notify]), help="Immediate notifications."
)
@click.option("--digest", type=click.IntRange(5, 1440), metavar="MINUTES", help="Interval between digests.")
@click.option(
    "--away", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY", help="Away until the start of this day."
)
@click.option("--back", is_flag=True, help="No longer away.")
@click.option(
    "--colleagues/--no-colleagues",
    default=None,
    help="One line when a colleague takes, answers, closes or gives on a ticket they were notified of.",
)
@click.option(
    "--editor/--no-editor",
    default=None,
    help="May save and delete canned responses. Default: no.",
)
@_language
@click.pass_obj
def set_(
    ctx: Invocation,
    address: str,
    shift: str | None,
    timezone: str | None,
    notify: str | None,
    digest: int | None,
    away: datetime | None,
    back: bool,
    colleagues: bool | None,
    editor: bool | None,
    language: str | None,
) -> None:
    """Set an agent's working hours, notifications, language and role.

    Write a shift over midnight as two spans: mon-fri 22:00-24:00 0:00-6:00.
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
        given_now["away_until"] = away.replace(tzinfo=ctx.settings().desk.timezone)
    if back:
        given_now["away_until"] = None
    if colleagues is not None:
        given_now["colleagues"] = colleagues
    if editor is not None:
        given_now["editor"] = editor
    wanted = _known(ctx, language)
    if wanted is not None:
        given_now["language"] = wanted
    if not given_now:
        raise click.UsageError("Say what to set: see `intake agent set --help`.")
    if not ctx.desk().store.agents.change(address, **given_now):
        not_found(f"There is no agent {address}.", "`intake agent list` shows them.")
    ctx.record(login(), f"set {', '.join(sorted(given_now))} of agent {address}")
    terminal.say(f"Set for {address}: {', '.join(sorted(given_now))}.")


def _known(ctx: Invocation, language: str | None) -> str | None:
    """Return a language of the desk, "" for the desk's own, None where none is named."""
    from intake.desk.commands.ticket import language_called

    if language is None:
        return None
    if language.strip().lower() in ("", "desk"):
        return ""
    known = ctx.desk().policy.languages
    code = language_called(language, known)
    if not code:
        raise click.UsageError(f"No templates for {terminal.line(language)}. Available: {', '.join(known)}.")
    return code


def _read(convert: Callable[[str], Any], text: str) -> Any:
    try:
        return convert(text)
    except BadValue as err:
        raise click.UsageError(f"{terminal.line(err.args[0])}. {err.args[1]}.") from None


@agent.command()
@click.argument("address")
@click.pass_obj
def disable(ctx: Invocation, address: str) -> None:
    """Disable an agent at once; what they wrote stays."""
    if not ctx.desk().store.agents.disable(address):
        not_found(f"There is no agent {address}.", "`intake agent list` shows them.")
    ctx.record(login(), f"disabled agent {address}")
    terminal.say(f"{address} is disabled.")


@agent.command("address")
@click.argument("address")
@click.option("--send", is_flag=True, help="Email it to the agent instead, with all commands.")
@click.pass_obj
def address_(ctx: Invocation, address: str, send: bool) -> None:
    """Print an agent's command address.

    It is personal: nobody else may use it.

    It works for a year, and as long as the agent is enabled. Treat it like a password.
    """
    agent = ctx.agent(address)
    if not ctx.desk().policy.command_address:
        not_found(
            "The desk has no command address.", "Set `command_address` in [desk], and add it to a mailbox."
        )
    if ctx.desk().policy.replies.bare and not send:
        not_found(
            "With reply_address = bare agents have no addresses of their own.",
            "They write commands in reply to any email of the desk; --send sends them one.",
        )
    ctx.record(login(), f"{'sent' if send else 'showed'} the command address of {agent.address}")
    if send:
        _send(ctx, address)
        terminal.say(f"It is on its way to {agent.address}.")
    else:
        terminal.say(ctx.desk().command_address(agent.id))


def _send(ctx: Invocation, address: str) -> None:
    """Queue the answer to #help for an agent; it holds their command address."""
    from intake.desk.commands.grammar import CommandContext
    from intake.desk.commands.table import help_
    from intake.desk.ticket import no_ticket

    desk, moment = ctx.desk(), now()
    scene = CommandContext(
        no_ticket(moment), ctx.agent(address), login(), f"cli:{uuid.uuid4().hex}", moment, desk.policy
    )
    desk.service.act(help_(scene, ""))
