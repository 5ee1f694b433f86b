"""Business time: which minutes count on which day, in which zone; against an oracle that walks minutes."""

import random
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from each_case import each
from minutes import Minutes, opening

from intake.config import public_holidays
from intake.desk.business_time import Calendar, Week, YearOfDays, after, between, office

FIVE = (((9 * 60, 17 * 60),),) * 5 + ((),) * 2
WEEKEND = ((),) * 5 + (((10 * 60, 12 * 60),),) * 2
SPLIT = (((9 * 60, 12 * 60), (13 * 60, 18 * 60)),) * 5 + ((),) * 2
NIGHT = (((0, 6 * 60), (22 * 60, 24 * 60)),) * 7
OFF = frozenset({date(2026, 11, 24)})
EXTRA = {date(2026, 11, 28): ((10 * 60, 12 * 60),), date(2026, 11, 29): ()}


def calendar(zone: str = "UTC", week: Week = FIVE, **more: Any) -> Calendar:
    return Calendar("one", ZoneInfo(zone), week, **more)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


DESK, BERLIN, SHANGHAI = calendar(), calendar("Europe/Berlin"), calendar("Asia/Shanghai")
CLOSED = calendar(days_off=OFF, extra=EXTRA)
GERMAN = calendar("Europe/Berlin", holidays=public_holidays.year_of(("DE-BE",)))
CHINESE = calendar("Asia/Shanghai", holidays=public_holidays.year_of(("CN",)))
NO_MAKE_UP = calendar("Asia/Shanghai", holidays=public_holidays.year_of(("CN",), make_up=False))
BERLIN_NIGHT = calendar("Europe/Berlin", NIGHT)

# 2026-11-23 is a Monday.
CASES = {
    "within a day": (DESK, "2026-11-23 09:00", 2, "2026-11-23 11:00"),
    "to the very end of a day": (DESK, "2026-11-23 09:00", 8, "2026-11-23 17:00"),
    "three days of eight hours": (DESK, "2026-11-23 09:00", 24, "2026-11-25 17:00"),
    "over the night": (DESK, "2026-11-23 16:00", 2, "2026-11-24 10:00"),
    "over the weekend": (DESK, "2026-11-27 16:00", 2, "2026-11-30 10:00"),
    "begun on a Sunday": (DESK, "2026-11-22 12:00", 1, "2026-11-23 10:00"),
    "begun before the day": (DESK, "2026-11-23 03:00", 1, "2026-11-23 10:00"),
    "begun after the day": (DESK, "2026-11-23 20:00", 1, "2026-11-24 10:00"),
    "begun at the very end": (DESK, "2026-11-23 17:00", 1, "2026-11-24 10:00"),
    "no time at all": (DESK, "2026-11-22 03:00", 0, "2026-11-22 03:00"),
    "round the clock": (None, "2026-11-22 03:00", 30, "2026-11-23 09:00"),
    "whole weekdays over a weekend": (Calendar(), "2026-11-27 15:00", 24, "2026-11-30 15:00"),
    "winter in Berlin": (BERLIN, "2026-11-23 08:00", 1, "2026-11-23 09:00"),
    "Friday to Monday over the change to summer": (BERLIN, "2026-03-27 15:00", 2, "2026-03-30 08:00"),
    "Friday to Monday over the change to winter": (BERLIN, "2026-10-23 14:00", 2, "2026-10-26 09:00"),
    "Monday in Shanghai is Sunday here": (SHANGHAI, "2026-11-22 23:00", 1, "2026-11-23 02:00"),
    "other days": (calendar(week=WEEKEND), "2026-11-23 10:00", 3, "2026-11-29 11:00"),
    "over the noon break": (calendar(week=SPLIT), "2026-11-23 11:00", 2, "2026-11-23 14:00"),
    "over a day off": (CLOSED, "2026-11-23 16:00", 2, "2026-11-25 10:00"),
    "on an extra Saturday with hours of its own": (CLOSED, "2026-11-27 16:00", 2, "2026-11-28 11:00"),
    "on an extra Sunday with the usual hours": (CLOSED, "2026-11-28 11:00", 2, "2026-11-29 10:00"),
    "the night that has an hour less": (BERLIN_NIGHT, "2026-03-28 21:00", 7, "2026-03-29 04:00"),
    "and is over sooner": (BERLIN_NIGHT, "2026-03-28 21:00", 8, "2026-03-29 21:00"),
    "the night that has an hour more": (BERLIN_NIGHT, "2026-10-24 20:00", 9, "2026-10-25 05:00"),
    "over Good Friday and Easter Monday": (GERMAN, "2026-04-02 14:00", 2, "2026-04-07 08:00"),
    "over a holiday of Berlin alone": (calendar("UTC", holidays=public_holidays.year_of(("DE-BE",))),
                                       "2027-03-05 16:00", 2, "2027-03-09 10:00"),
    "over the Chinese new year": (CHINESE, "2026-02-14 08:00", 2, "2026-02-24 02:00"),
    "on a Saturday that is worked on": (CHINESE, "2026-02-13 08:00", 2, "2026-02-14 02:00"),
    "unless such days are left out": (NO_MAKE_UP, "2026-02-13 08:00", 2, "2026-02-24 02:00"),
}  # fmt: skip


@each(("hours", "start", "amount", "end"), CASES.values(), ids=CASES)
def test_business_time_passes(hours: Calendar | None, start: str, amount: int, end: str) -> None:
    assert utc(end) == after(utc(start), timedelta(hours=amount), hours)


@each(("hours", "start", "amount", "end"), CASES.values(), ids=CASES)
def test_what_passed_between_is_what_was_added(
    hours: Calendar | None, start: str, amount: int, end: str
) -> None:
    assert timedelta(hours=amount) == between(utc(start), utc(end), hours)
    assert timedelta(0) == between(utc(end), utc(start), hours)


def test_the_zone_of_the_start_does_not_matter() -> None:
    start = utc("2026-11-23 10:00")
    there = start.astimezone(timezone(timedelta(hours=-8)))
    assert after(start, timedelta(hours=5), DESK) == after(there, timedelta(hours=5), DESK)


@pytest.mark.parametrize("week", [((),) * 7, (((540, 540),),) + ((),) * 6])
def test_hours_in_which_nobody_works_are_refused(week: Week) -> None:
    with pytest.raises(ValueError, match="no business hours"):
        calendar(week=week)


def test_a_calendar_that_is_never_open_ends_in_an_error() -> None:
    def always(year: int) -> YearOfDays:
        return YearOfDays({date.fromordinal(date(year, 1, 1).toordinal() + n): "x" for n in range(366)})

    with pytest.raises(ValueError, match="no business hours in 1000 days"):
        after(utc("2026-11-23 10:00"), timedelta(hours=1), calendar(holidays=always))


WHY = {
    "a plain day": (CHINESE, "2026-03-03", ""),
    "a holiday": (GERMAN, "2026-12-25", "Christmas Day"),
    "a Saturday worked on": (CHINESE, "2026-02-14", "worked on instead of another day"),
    "a day off": (CLOSED, "2026-11-24", "day off"),
    "an extra day": (CLOSED, "2026-11-28", "extra working day"),
}


@pytest.mark.parametrize(("hours", "day", "why"), WHY.values(), ids=WHY)
def test_a_day_says_what_is_special(hours: Calendar, day: str, why: str) -> None:
    assert why == hours.why(date.fromisoformat(day))


def test_a_place_that_nobody_knows_is_told() -> None:
    assert "the holidays of 'XX' are not known" == public_holidays.problem("XX")
    assert "DE has no part 'XX' with holidays of its own" == public_holidays.problem("DE-XX")
    assert ["", "", ""] == [public_holidays.problem(one) for one in ("DE", "DE-BE", "CN")]


def test_two_countries_share_a_calendar() -> None:
    both = public_holidays.year_of(("DE", "CN"))(2026)
    assert {"Christmas Day", "National Day"} <= set(both.holidays.values())
    # Worked on in China, and nobody's holiday in Germany.
    assert date(2026, 10, 10) in both.workdays


NIGHTS = {day: [("00:00", "06:00"), ("22:00", "24:00")] for day in range(7)}
ZONES = {
    "Berlin": ("Europe/Berlin", SPLIT, {d: [("09:00", "12:00"), ("13:00", "18:00")] for d in range(5)}),
    "New York": ("America/New_York", FIVE, {d: [("09:00", "17:00")] for d in range(5)}),
    "nights in Berlin": ("Europe/Berlin", NIGHT, NIGHTS),
    "half an hour of summer": ("Australia/Lord_Howe", NIGHT, NIGHTS),
    "a change at midnight": ("America/Santiago", NIGHT, NIGHTS),
    "three quarters of an hour": ("Asia/Kathmandu", FIVE, {d: [("09:00", "17:00")] for d in range(5)}),
}  # fmt: skip


# Between them lie both changes of the clock, north and south.
@pytest.mark.parametrize(
    ("begin", "days"), [("2026-03-01", 45), ("2026-09-01", 75)], ids=["spring", "autumn"]
)
@pytest.mark.parametrize(("zone", "week", "hours"), ZONES.values(), ids=ZONES)
def test_an_oracle_that_walks_minutes_agrees(
    zone: str,
    week: Week,
    hours: dict[int, list[tuple[str, str]]],
    begin: str,
    days: int,
) -> None:
    chance, first = random.Random(7), utc(begin)
    walked = Minutes(first, days, zone, opening(hours, set(), {}))
    reckoned = calendar(zone, week)
    compared = 0
    for _ in range(300):
        start = first + timedelta(seconds=chance.randrange(days * 80_000))
        amount = timedelta(seconds=chance.choice((1, 60, 3599, 3600, chance.randrange(1, 100_000))))
        end = after(start, amount, reckoned)
        if end < first + timedelta(days=days):
            assert walked.when(start, amount.total_seconds()) == end, (start, amount)
            assert amount == between(start, end, reckoned)
            compared += 1
    assert compared > 200


def test_the_office_is_open_from_monday_to_friday() -> None:
    assert FIVE == office(UTC).week
    assert timedelta(hours=8) == office(UTC).longest_day
