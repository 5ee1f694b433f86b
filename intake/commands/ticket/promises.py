"""The SLA targets of a ticket, as `intake ticket show` prints them: deadline and state."""

import os
from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from intake import terminal
from intake.terminal import Cell, Column

if TYPE_CHECKING:
    from intake.views import PromiseRow

# What a stored state is called for people; the stored words stay.
STATES = {"kept": "met", "broken": "breached"}
_STYLES = {
    "met": "green",
    "breached": "bold red",
    "overdue": "bold red",
    "running": "bold",
    "paused": "yellow",
}


def viewers_zone(desk: tzinfo) -> tzinfo:
    """Return the time zone of the terminal's user: $TZ, or else the desk's.

    A server's own zone says nothing about its users; $TZ was set on purpose.
    """
    try:
        return ZoneInfo(os.environ.get("TZ", "").removeprefix(":")) if os.environ.get("TZ") else desk
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return desk


def promised(rows: "Sequence[PromiseRow]", zone: tzinfo, now: datetime) -> None:
    """Print a ticket's SLA targets, oldest first, times in `zone`; nothing if there are none."""
    if not rows:
        return
    columns = (Column("SLA target"), Column("Due"), Column("State"), Column("", gives_way=True))
    terminal.table(columns, [_row(one, zone, now) for one in rows])
    terminal.say()


def _row(one: "PromiseRow", zone: tzinfo, now: datetime) -> tuple[Cell, ...]:
    state = STATES.get(one.state.value, one.state.value)
    if state == "running" and one.due and one.due < now:
        state = "overdue"
    until = terminal.clock(one.due, zone) if one.due else "-"
    return (
        one.target.value.replace("_", " "),
        until,
        (state, _STYLES.get(state, "dim")),
        _remark(one, state, zone),
    )


def _remark(one: "PromiseRow", state: str, zone: tzinfo) -> str:
    said = {
        "met": f"done {terminal.clock(one.ended_at, zone)}" if one.ended_at else "",
        "breached": f"done late, {terminal.clock(one.ended_at, zone)}" if one.ended_at else "",
        "paused": f"waiting for an answer; {_length(one.left_minutes)} of {_length(one.total_minutes)} left",
        "dropped": "ended before it was due",
    }.get(state, "")
    told = f"new time announced: {terminal.clock(one.told, zone)}" if one.told else ""
    return "; ".join(part for part in (said, told) if part)


def _length(minutes: int) -> str:
    hours, rest = divmod(max(minutes, 0), 60)
    return f"{hours} h {rest} min" if hours and rest else f"{hours} h" if hours else f"{rest} min"
