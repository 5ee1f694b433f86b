"""`intake policy …` and `intake calendar …`: SLA policies and business hours."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import click

from intake import terminal
from intake.commands.common import Invocation, as_json, needs_no_desk, not_found, now
from intake.commands.ticket.promises import STATES
from intake.desk.business_time import DAYS
from intake.desk.sla_target import OF_POLICIES, Target
from intake.terminal import Column

if TYPE_CHECKING:
    from intake.desk.business_time import Calendar
    from intake.desk.policy import Policy
    from intake.desk.sla_policies import ServiceLevel

POLICIES = (
    Column("Policy"),
    Column("For", gives_way=True),
    Column("First response", right=True),
    Column("Next response", right=True),
    Column("Resolution", right=True, spare=True),
    Column("Calendar", spare=True),
)
CALENDARS = (
    Column("Calendar"),
    Column("Zone"),
    Column("Week", gives_way=True),
    Column("Days off this year", right=True),
)
SPECIAL = (Column("Day"), Column("Hours"), Column("Why", gives_way=True))
PROMISES = (
    Column("SLA target"),
    Column("Policy"),
    Column("State"),
    Column("Started (UTC)"),
    Column("Due (UTC)"),
    Column("Next rule (UTC)", spare=True),
)


@needs_no_desk
@click.group()
def policy() -> None:
    """Show SLA policies."""


@policy.command("list", epilog="Example: intake policy list")
@as_json
@click.pass_obj
def list_policies(ctx: Invocation, json_: bool) -> None:
    """List SLA policies in the order they are evaluated."""
    levels = _policy(ctx).levels
    if json_:
        terminal.say_json([_plain(level) for level in levels])
        return
    rows = [
        (level.name, _for(level), *(_length(level, name) for name in _TARGETS), _calendar_of(level))
        for level in levels
    ]
    terminal.table(POLICIES, rows)


@policy.command("show", epilog="Example: intake policy show urgent")
@click.argument("name")
@as_json
@click.pass_obj
def show_policy(ctx: Invocation, name: str, json_: bool) -> None:
    """Show an SLA policy with its escalation rules."""
    level = next((candidate for candidate in _policy(ctx).levels if candidate.name == name), None)
    if level is None:
        not_found(f"There is no policy {name}.", "`intake policy list` shows them.")
    if json_:
        terminal.say_json(_plain(level))
        return
    _show_level(level)


@policy.command("test", epilog="Example: intake policy test 12")
@click.argument("ticket", type=int)
@as_json
@click.pass_obj
def test_policy(ctx: Invocation, ticket: int, json_: bool) -> None:
    """Test which SLA policy applies to a ticket.

    Shows why, and the SLA targets of the ticket so far.
    """
    desk = ctx.desk()
    case = desk.store.tickets.get(ticket)
    if case is None:
        not_found(f"There is no ticket #{ticket}.", "`intake ticket list --status all` shows what there is.")
    tried = [(level.name, level.mismatch(case)) for level in desk.policy.levels]
    chosen = next((name for name, mismatch in tried if not mismatch), None)
    promises = desk.store.promises.of_ticket(ticket)
    if json_:
        terminal.say_json(
            {
                "ticket": ticket,
                "policy": chosen,
                "tried": [{"policy": name, "differs_in": mismatch} for name, mismatch in tried],
                "promises": [terminal.plain(promise) for promise in promises],
            }
        )
        return
    for name, mismatch in tried:
        terminal.say(f"{name}: {'is for another ' + mismatch if mismatch else 'matches'}")
        if not mismatch:
            break
    if chosen is None:
        terminal.say("No SLA policy matches: no deadlines.")
    if promises:
        terminal.say()
        terminal.table(
            PROMISES,
            [
                (
                    promise.target.value.replace("_", " "),
                    promise.policy,
                    STATES.get(promise.state.value, promise.state.value),
                    terminal.clock(promise.started_at),
                    terminal.clock(promise.due) if promise.due else "-",
                    terminal.clock(promise.next_at) if promise.next_at else "-",
                )
                for promise in promises
            ],
        )


@needs_no_desk
@click.group()
def calendar() -> None:
    """Show business hours."""


@calendar.command("list", epilog="Example: intake calendar list")
@as_json
@click.pass_obj
def list_calendars(ctx: Invocation, json_: bool) -> None:
    """List calendars."""
    year, calendars = now().year, _policy(ctx).calendars
    if json_:
        terminal.say_json([_plain_calendar(hours) for hours in calendars.values()])
        return
    terminal.table(
        CALENDARS,
        [
            (
                name,
                str(hours.zone),
                _week(hours),
                str(sum(not hours.spans(day) for day, _ in _special(hours, year))),
            )
            for name, hours in calendars.items()
        ],
    )


@calendar.command("show", epilog="Example: intake calendar show berlin --year 2027")
@click.argument("name")
@click.option("--year", type=click.IntRange(1970, 2200), default=None, help="Default: this year.")
@as_json
@click.pass_obj
def show_calendar(ctx: Invocation, name: str, year: int | None, json_: bool) -> None:
    """Show a calendar's week and the exceptions of a year.

    Those are the days that are not like their weekday.
    """
    schedule = _policy(ctx).calendars.get(name)
    if schedule is None:
        not_found(f"There is no calendar {name}.", "`intake calendar list` shows them.")
    year = year or now().year
    days = _special(schedule, year)
    if json_:
        special = [
            {"day": day.isoformat(), "hours": _spans(schedule.spans(day)), "why": why} for day, why in days
        ]
        terminal.say_json({**_plain_calendar(schedule), "year": year, "days": special})
        return
    terminal.pairs([("Calendar", name), ("Zone", str(schedule.zone)), ("Week", _week(schedule))])
    terminal.say()
    if not days:
        terminal.say(f"No exceptions in {year}.")
        return
    terminal.table(
        SPECIAL,
        [(f"{DAYS[day.weekday()]} {day}", _spans(schedule.spans(day)) or "-", why) for day, why in days],
    )


_TARGETS = tuple(target.value for target in OF_POLICIES)


def _policy(ctx: Invocation) -> "Policy":
    """Return the rules without opening the database: what is promised stands in the config."""
    from intake.config.to_policy import policy_of

    return policy_of(ctx.settings())


def _special(schedule: "Calendar", year: int) -> list[tuple[date, str]]:
    first = date(year, 1, 1)
    days = [first + timedelta(days=number) for number in range((date(year + 1, 1, 1) - first).days)]
    return [(day, why) for day in days if (why := schedule.why(day))]


def _spans(spans: tuple[tuple[int, int], ...]) -> str:
    return " ".join(f"{a // 60}:{a % 60:02}-{b // 60}:{b % 60:02}" for a, b in spans)


def _week(schedule: "Calendar") -> str:
    """Return the week, days of the same hours together: "Mon-Fri 9:00-17:00, Sat 10:00-14:00"."""
    pieces: list[str] = []
    day = 0
    while day < 7:
        last = day
        while last < 6 and schedule.week[last + 1] == schedule.week[day]:
            last += 1
        if schedule.week[day]:
            name = DAYS[day] if last == day else f"{DAYS[day]}-{DAYS[last]}"
            pieces.append(f"{name} {_spans(schedule.week[day])}")
        day = last + 1
    return ", ".join(pieces)


def _plain_calendar(schedule: "Calendar") -> dict[str, Any]:
    week = {DAYS[day].lower(): _spans(spans) for day, spans in enumerate(schedule.week)}
    return {"name": schedule.name, "zone": str(schedule.zone), "week": week}


def _length(level: "ServiceLevel", target: str) -> str:

    length = level.targets.get(Target(target))
    if length is None:
        return "-"
    minutes = round(length.rest.total_seconds() / 60)
    parts = ((length.days, "d"), (minutes // 60, "h"), (minutes % 60, "m"))
    return " ".join(f"{number}{unit}" for number, unit in parts if number)


def _for(level: "ServiceLevel") -> str:
    groups = tuple(group.name for group in level.groups)
    named = (
        ("priority", level.priorities),
        ("category", level.categories),
        ("team", level.teams),
        ("language", level.languages),
        ("group", groups),
    )
    return "; ".join(f"{name} {', '.join(values)}" for name, values in named if values) or "any"


def _calendar_of(level: "ServiceLevel") -> str:
    return level.calendar.name if level.calendar else "always"


def _plain(level: "ServiceLevel") -> dict[str, Any]:

    return {
        "name": level.name,
        "priority": level.priorities,
        "category": level.categories,
        "team": level.teams,
        "language": level.languages,
        "group": [group.name for group in level.groups],
        **{name: None if _length(level, name) == "-" else _length(level, name) for name in _TARGETS},
        "calendar": _calendar_of(level),
        "ladder": [str(step) for step in level.ladder],
        "resolution_ladder": [str(step) for step in level.steps(Target.RESOLUTION)],
        "extension": level.extension,
    }


def _steps(level: "ServiceLevel", target: str) -> str:
    """Return a target's escalation rules, in their order."""

    return ", ".join(str(step) for step in level.steps(Target(target))) or "nothing"


def _show_level(level: "ServiceLevel") -> None:
    terminal.pairs(
        [
            ("Policy", level.name),
            ("For", _for(level)),
            *((name.replace("_", " ").capitalize(), _length(level, name)) for name in _TARGETS),
            ("Calendar", _calendar_of(level)),
            ("Escalation rules", _steps(level, "first_response")),
            ("For resolution", _steps(level, "resolution") if _length(level, "resolution") != "-" else ""),
            ("Extension", f"{level.extension}% after the deadline"),
        ]
    )
