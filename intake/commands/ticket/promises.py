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
    terminal.table(columns, [_row(row, zone, now) for row in rows])
    terminal.say()


def _row(promise: "PromiseRow", zone: tzinfo, now: datetime) -> tuple[Cell, ...]:
    state = STATES.get(promise.state.value, promise.state.value)
    if state == "running" and promise.due and promise.due < now:
        state = "overdue"
    until = terminal.clock(promise.due, zone) if promise.due else "-"
    return (
        promise.target.value.replace("_", " "),
        until,
        (state, _STYLES.get(state, "dim")),
        _remark(promise, state, zone),
    )


def _remark(row: "PromiseRow", state: str, zone: tzinfo) -> str:
    said = {
        "met": f"done {terminal.clock(row.ended_at, zone)}" if row.ended_at else "",
        "breached": f"done late, {terminal.clock(row.ended_at, zone)}" if row.ended_at else "",
        "paused": f"waiting for an answer; {_length(row.left_minutes)} of {_length(row.total_minutes)} left",
        "dropped": "ended before it was due",
    }.get(state, "")
    notice = f"new time announced: {terminal.clock(row.told, zone)}" if row.told else ""
    return "; ".join(part for part in (said, notice) if part)


def _length(minutes: int) -> str:
    hours, rest = divmod(max(minutes, 0), 60)
    return f"{hours} h {rest} min" if hours and rest else f"{hours} h" if hours else f"{rest} min"
