"""Business hours: when an hour counts as one of work. Pure; the zone is a value like any other."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

WEEKDAYS = frozenset(range(5))


@dataclass(frozen=True, slots=True)
class Hours:
    """The hours of a week in which people work: `days` counts from Monday = 0.

    `begins` and `ends` are wall-clock times in `zone`; `ends` must be the later one.
    """

    zone: tzinfo = UTC
    days: frozenset[int] = WEEKDAYS
    begins: time = time(9)
    ends: time = time(17)


def after(start: datetime, amount: timedelta, hours: Hours) -> datetime:
    """Return the moment (UTC) at which `amount` of business time has passed since `start` (aware).

    Each day's hours are taken from the wall clock of the zone, so that a day on
    which the clock is changed loses or gains nothing. No time at all is due at once.
    Raises ValueError for hours in which nobody ever works.
    """
    if not hours.days or hours.ends <= hours.begins:
        raise ValueError("there are no business hours")
    start = start.astimezone(UTC)
    if amount <= timedelta(0):
        return start
    day = start.astimezone(hours.zone).date()
    while True:
        if day.weekday() in hours.days:
            opens = datetime.combine(day, hours.begins, hours.zone).astimezone(UTC)
            closes = datetime.combine(day, hours.ends, hours.zone).astimezone(UTC)
            begins = max(opens, start)
            if begins + amount <= closes:
                return begins + amount
            amount -= max(closes - begins, timedelta(0))
        day += timedelta(days=1)
