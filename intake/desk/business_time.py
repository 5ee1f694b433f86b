"""Business time: which minutes count, and how far along them a moment is. Pure; zones are values.

A minute counts when the wall clock of the calendar's zone shows a time within one of that
day's spans. So a span over the hour that a change to summer time leaves out is an hour
shorter, and one over the hour that comes twice in autumn is an hour longer.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache

# Minutes from midnight by the wall clock: the first that counts, and the first that does not any more.
Span = tuple[int, int]
Week = tuple[tuple[Span, ...], ...]

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
DAY = 24 * 60
MINUTE, ONE_DAY = timedelta(minutes=1), timedelta(days=1)
WHOLE_DAY: tuple[Span, ...] = ((0, DAY),)
# A calendar that has no hour of work in so many days has none at all.
LONGEST_CLOSED = 1000


@dataclass(frozen=True, slots=True)
class YearOfDays:
    """The public holidays of a year with their names, and the days off that are worked on instead."""

    holidays: Mapping[date, str] = field(default_factory=dict)
    workdays: frozenset[date] = frozenset()


def no_holidays(year: int) -> YearOfDays:
    """Return a year without holidays."""
    return YearOfDays()


@dataclass(frozen=True, slots=True, eq=False)
class Calendar:
    """When people work: `week` holds the spans of each day, Monday first.

    `days_off` and `extra` (with their own spans; () for the usual ones) go before what
    `holidays` says of a year, and that before the week. Raises ValueError for a week in
    which nobody ever works.
    """

    name: str = ""
    zone: tzinfo = UTC
    week: Week = (WHOLE_DAY,) * 5 + ((),) * 2
    # A function has no place in what is printed.
    holidays: Callable[[int], YearOfDays] = field(default=no_holidays, repr=False)
    days_off: frozenset[date] = frozenset()
    extra: Mapping[date, tuple[Span, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not any(end > begin for spans in self.week for begin, end in spans):
            raise ValueError("there are no business hours")

    @property
    def longest_day(self) -> timedelta:
        """How long the longest day of a week is: what "a day" means in a target."""
        return MINUTE * max(sum(end - begin for begin, end in spans) for spans in self.week)

    def spans(self, day: date) -> tuple[Span, ...]:
        """Return the spans of a day by the wall clock, in order; () when nobody works."""
        if day in self.extra:
            return self.extra[day] or self._usual(day)
        if day in self.days_off:
            return ()
        year = self.holidays(day.year)
        if day in year.workdays:
            return self._usual(day)
        return () if day in year.holidays else self.week[day.weekday()]

    def why(self, day: date) -> str:
        """Return what makes a day another one than its weekday, in words; "" when nothing does."""
        if day in self.extra:
            return "extra working day"
        if day in self.days_off:
            return "day off"
        year = self.holidays(day.year)
        return "worked on instead of another day" if day in year.workdays else year.holidays.get(day, "")

    def _usual(self, day: date) -> tuple[Span, ...]:
        """A Saturday that is worked on has its own hours, or those of the first day that has any."""
        return self.week[day.weekday()] or next(spans for spans in self.week if spans)


def office(zone: tzinfo = UTC) -> Calendar:
    """Return a calendar of Monday to Friday, 9 to 17."""
    return Calendar("office", zone, (((9 * 60, 17 * 60),),) * 5 + ((),) * 2)


def after(start: datetime, amount: timedelta, calendar: Calendar | None) -> datetime:
    """Return the moment (UTC) at which `amount` of business time has passed since `start` (aware).

    None is round the clock. No time at all is over at once; what ends with a day's last
    minute is over then, and not the next morning.
    """
    start = start.astimezone(UTC)
    if amount <= timedelta(0):
        return start
    if calendar is None:
        return start + amount
    day = start.astimezone(calendar.zone).date()
    closed = 0
    while closed < LONGEST_CLOSED:
        intervals = _intervals(calendar, day)
        closed = 0 if intervals else closed + 1
        for opens, closes in intervals:
            begins = max(opens, start)
            if begins + amount <= closes:
                return begins + amount
            amount -= max(closes - begins, timedelta(0))
        day += ONE_DAY
    raise ValueError(f"there are no business hours in {LONGEST_CLOSED} days")


def between(start: datetime, end: datetime, calendar: Calendar | None) -> timedelta:
    """Return how much business time passes from `start` to `end` (both aware); none when it ends before."""
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    if end <= start:
        return timedelta(0)
    if calendar is None:
        return end - start
    total, day = timedelta(0), start.astimezone(calendar.zone).date()
    last = end.astimezone(calendar.zone).date()
    while day <= last:
        for opens, closes in _intervals(calendar, day):
            total += max(min(closes, end) - max(opens, start), timedelta(0))
        day += ONE_DAY
    return total


@lru_cache(maxsize=16_384)
def _intervals(calendar: Calendar, day: date) -> tuple[tuple[datetime, datetime], ...]:
    """Return a day's spans as moments (UTC), in order, cut where the clock is changed."""
    spans = calendar.spans(day)
    if not spans:
        return ()
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    intervals: list[tuple[datetime, datetime]] = []
    for since, until, offset in _offsets(midnight - ONE_DAY, midnight + 2 * ONE_DAY, calendar.zone):
        for begin, end in spans:
            opens = max(midnight + begin * MINUTE - offset, since)
            closes = min(midnight + end * MINUTE - offset, until)
            if opens < closes:
                intervals.append((opens, closes))
    return tuple(sorted(intervals))


def _offsets(since: datetime, until: datetime, zone: tzinfo) -> list[tuple[datetime, datetime, timedelta]]:
    """Return the pieces of a time in which the zone's distance from UTC stays the same: one, or two."""
    first, last = _offset(since, zone), _offset(until, zone)
    if first == last:
        return [(since, until, first)]
    low, high = since, until
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) // 2
        if _offset(middle, zone) == first:
            low = middle
        else:
            high = middle
    change = high.replace(microsecond=0)
    return [(since, change, first), (change, until, last)]


def _offset(moment: datetime, zone: tzinfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta(0)
