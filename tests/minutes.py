"""An oracle of business time that walks every minute and asks the wall clock.

It knows nothing of how intake reckons: no spans in UTC, no days that are added up. A minute
works or does not, and time is the count of those that do.
"""

from bisect import bisect_left
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)


class Minutes:
    """Every minute from `begin` on for `days` days; `works(day, clock)` says whether one counts."""

    def __init__(self, begin: datetime, days: int, zone: str, works: Callable[[date, time], bool]) -> None:
        self.begin, place = begin.astimezone(UTC), ZoneInfo(zone)
        self.flags = bytearray()
        self.before = [0]
        moment = self.begin
        for _ in range(days * 24 * 60):
            local = moment.astimezone(place)
            flag = works(local.date(), local.time())
            self.flags.append(flag)
            self.before.append(self.before[-1] + flag)
            moment += MINUTE

    def seconds_before(self, moment: datetime) -> float:
        """How many seconds of work there are before a moment."""
        place, within = divmod((moment - self.begin).total_seconds(), 60)
        return self.before[int(place)] * 60 + (within if self.flags[int(place)] else 0)

    def when(self, start: datetime, seconds: float) -> datetime:
        """The first moment at which so many seconds of work have passed since `start`."""
        if seconds <= 0:
            return start
        wanted = self.seconds_before(start) + seconds
        # The minute within which, or at whose end, the count is reached.
        minute = bisect_left(self.before, -(-wanted // 60)) - 1
        return self.begin + minute * MINUTE + timedelta(seconds=wanted - self.before[minute] * 60)


def opening(
    hours: dict[int, list[tuple[str, str]]], closed: set[str], extra: dict[str, int]
) -> Callable[[date, time], bool]:
    """Return the `works` of hours by weekday (Monday: 0), days off, and days with another's hours."""
    spans = {
        day: [(time.fromisoformat(a), time.fromisoformat(b) if b != "24:00" else None) for a, b in some]
        for day, some in hours.items()
    }

    def works(day: date, clock: time) -> bool:
        name = day.isoformat()
        if name in closed:
            return False
        weekday = extra.get(name, day.weekday())
        return any(a <= clock and (b is None or clock < b) for a, b in spans.get(weekday, []))

    return works


def ceiling(moment: datetime) -> datetime:
    """The whole minute at which, or after which first, a look every minute finds something due."""
    return moment + (-(moment - datetime(1970, 1, 1, tzinfo=UTC)) % MINUTE)


def firings(
    walked: Minutes, running: list[tuple[datetime, datetime]], total: float, percents: tuple[int, ...]
) -> dict[int, datetime]:
    """When each percentage of `total` seconds is found to be over, by a look at every whole minute.

    `running` are the times in which the promise's clock runs, each to its end without it.
    """
    found: dict[int, datetime] = {}
    for percent in percents:
        worked = 0.0
        for begin, end in running:
            missing = total * percent / 100 - worked
            seen = ceiling(walked.when(begin, missing))
            if seen < end:
                found[percent] = seen
                break
            worked += walked.seconds_before(end) - walked.seconds_before(begin)
    return found
