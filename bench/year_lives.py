"""The simulated year's desk, the lives of its tickets, and the oracle's word on what must happen to them.

The oracle (tests/minutes.py) walks minutes and knows nothing of how intake reckons.
"""

import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / "tests")]

from minutes import Minutes, firings, opening  # noqa: E402

CONFIG = """
[desk]
name = Desk
address = support@desk.example
data = data
automatic_per_hour = 100000
automatic_per_address_hour = 10000
automatic_per_address_day = 10000
automatic_per_domain_hour = 100000
alerts_per_hour = 10000
[store]
url = {url}
[smtp]
host = 127.0.0.1
[mailbox support]
type = ingest
[team berlin]
[team newyork]
lead = lead@staff.example
[sla urgent]
priority = urgent
first_response = 4h
next_response = 4h
ladder = 50% remind, 75% lead, 90% late, 100% priority high, 150% page
[sla berlin]
team = berlin
first_response = 1d
next_response = 4h
resolution = 5d
calendar = berlin
ladder = 50% remind, 75% lead, 90% late, 100% priority high, 150% page
[sla newyork]
team = newyork
first_response = 8h
next_response = 2h
resolution = 30h
calendar = newyork
ladder = 50% remind, 75% lead, 90% late, 100% priority high, 150% page
[calendar berlin]
timezone = Europe/Berlin
hours = mon-thu 8:30-12:30 13:15-18:00, fri 8:30-14:00, sat 10-13
holidays = DE-BE
days_off = 2026-12-24, 2026-12-31
working_days = 2026-10-03
[calendar newyork]
timezone = America/New_York
hours = mon-fri 9:00-17:30, sun 0:00-4:00
holidays = US
[page]
on_call = oncall@staff.example
"""
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = 365
# Time enough for what was opened last to run out.
MORE_DAYS = 30
# Written down from the calendars of the two countries, not out of the library that intake asks.
BERLIN_CLOSED = {
    "2026-01-01", "2026-03-08", "2026-04-03", "2026-04-06", "2026-05-01", "2026-05-14", "2026-05-25",
    "2026-12-24", "2026-12-25", "2026-12-26", "2026-12-31", "2027-01-01",
}  # fmt: skip
NEW_YORK_CLOSED = {
    "2026-01-01", "2026-01-19", "2026-02-16", "2026-05-25", "2026-06-19", "2026-07-03", "2026-07-04",
    "2026-09-07", "2026-10-12", "2026-11-11", "2026-11-26", "2026-12-25", "2027-01-01", "2027-01-18",
}  # fmt: skip
LONG_DAY = [("08:30", "12:30"), ("13:15", "18:00")]
BERLIN = {**dict.fromkeys(range(4), LONG_DAY), 4: [("08:30", "14:00")], 5: [("10:00", "13:00")]}
NEW_YORK = {**{day: [("09:00", "17:30")] for day in range(5)}, 6: [("00:00", "04:00")]}
HOUR = 3600.0
# Seconds of work promised, by policy and target. A day in Berlin is eight hours and three quarters.
TOTALS = {
    ("urgent", "first_response"): 4 * HOUR,
    ("urgent", "next_response"): 4 * HOUR,
    ("berlin", "first_response"): 8.75 * HOUR,
    ("berlin", "next_response"): 4 * HOUR,
    ("berlin", "resolution"): 5 * 8.75 * HOUR,
    ("newyork", "first_response"): 8 * HOUR,
    ("newyork", "next_response"): 2 * HOUR,
    ("newyork", "resolution"): 30 * HOUR,
}
PERCENTS = {"response": (50, 75, 90, 100, 150), "resolution": (50, 75, 100, 150)}


@dataclass(slots=True)
class Life:
    """What happens to one ticket, thought out beforehand: moments of open, ask, answer and close."""

    policy: str
    events: list[tuple[datetime, str]] = field(default_factory=list)
    number: int = 0


def lives(count: int, chance: random.Random, days: int = DAYS) -> Iterator[Life]:
    """Think out so many tickets."""
    for _ in range(count):
        life = Life(chance.choice(("urgent", "berlin", "berlin", "newyork", "newyork")))
        moment = BEGIN + timedelta(seconds=chance.randrange(days * 86_400))
        life.events.append((moment, "open"))
        for event in chance.choice(
            ((), ("answer",), ("answer", "close"), ("answer", "ask"), ("answer", "ask", "answer"), ("close",),
             ("ask", "answer"), ("answer", "ask", "ask", "answer", "close"), ("answer", "close", "ask"),
             ("answer",), ("answer", "close"), ("answer", "close"), ("answer", "ask", "answer", "close"))
        ):  # fmt: skip
            moment += timedelta(seconds=1 + int(chance.expovariate(1 / (5 * HOUR))))
            life.events.append((moment, event))
        yield life


def expected(life: Life, walked: dict[str, Minutes], end: datetime) -> set[tuple[str, str, datetime]]:
    """Return (target, step, minute) of all that must happen to a ticket, from its life alone."""
    clocks: list[tuple[str, list[tuple[datetime, datetime]]]] = []
    response: tuple[str, datetime] | None = None
    solution: list[tuple[datetime, datetime]] | None = None
    running: datetime | None = None
    answered = False
    for moment, event in life.events:
        if event in ("open", "ask"):
            if response is None:
                response = ("next_response" if answered else "first_response", moment)
            if solution is None:
                solution = []
            running = running or moment
        else:
            if response is not None:
                clocks.append((response[0], [(response[1], moment)]))
                response = None
            if solution is not None and running is not None:
                solution.append((running, moment))
            running = None
            answered = answered or event == "answer"
            if event == "close" and solution is not None:
                clocks.append(("resolution", solution))
                solution = None
    if response is not None:
        clocks.append((response[0], [(response[1], end)]))
    if solution is not None:
        clocks.append(("resolution", [*solution, *([(running, end)] if running else [])]))
    rows = set()
    for target, intervals in clocks:
        total = TOTALS.get((life.policy, target))
        if total is not None:
            percents = PERCENTS["resolution" if target == "resolution" else "response"]
            for percent, minute in firings(walked[life.policy], intervals, total, percents).items():
                rows.add((target, f"{percent}%", minute))
    return rows


def walk(days: int) -> dict[str, Minutes]:
    """Walk each calendar's minutes, and more of them than there are looks at what is due."""
    days += MORE_DAYS + 60
    return {
        "urgent": Minutes(BEGIN, days, "UTC", lambda day, clock: True),
        "berlin": Minutes(BEGIN, days, "Europe/Berlin", opening(BERLIN, BERLIN_CLOSED, {})),
        "newyork": Minutes(BEGIN, days, "America/New_York", opening(NEW_YORK, NEW_YORK_CLOSED, {})),
    }
