"""Business time: what an hour is worth on which day, in which zone."""

from datetime import UTC, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from intake.desk.hours import Hours, after

BERLIN = Hours(ZoneInfo("Europe/Berlin"))
WEEKEND = Hours(days=frozenset({5, 6}), begins=time(10), ends=time(12))
SHANGHAI = Hours(ZoneInfo("Asia/Shanghai"))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# 2026-11-23 is a Monday.
CASES = {
    "within a day": (Hours(), "2026-11-23 09:00", 2, "2026-11-23 11:00"),
    "to the very end of a day": (Hours(), "2026-11-23 09:00", 8, "2026-11-23 17:00"),
    "three days of eight hours": (Hours(), "2026-11-23 09:00", 24, "2026-11-25 17:00"),
    "over the night": (Hours(), "2026-11-23 16:00", 2, "2026-11-24 10:00"),
    "over the weekend": (Hours(), "2026-11-27 16:00", 2, "2026-11-30 10:00"),
    "begun on a Sunday": (Hours(), "2026-11-22 12:00", 1, "2026-11-23 10:00"),
    "begun before the day": (Hours(), "2026-11-23 03:00", 1, "2026-11-23 10:00"),
    "begun after the day": (Hours(), "2026-11-23 20:00", 1, "2026-11-24 10:00"),
    "begun at the very end": (Hours(), "2026-11-23 17:00", 1, "2026-11-24 10:00"),
    "no time at all": (Hours(), "2026-11-22 03:00", 0, "2026-11-22 03:00"),
    "winter in Berlin": (BERLIN, "2026-11-23 08:00", 1, "2026-11-23 09:00"),
    "Friday to Monday over the change to summer": (BERLIN, "2026-03-27 15:00", 2, "2026-03-30 08:00"),
    "Friday to Monday over the change to winter": (BERLIN, "2026-10-23 14:00", 2, "2026-10-26 09:00"),
    "Monday in Shanghai is Sunday here": (SHANGHAI, "2026-11-22 23:00", 1, "2026-11-23 02:00"),
    "other days": (WEEKEND, "2026-11-23 10:00", 3, "2026-11-29 11:00"),
}  # fmt: skip


@pytest.mark.parametrize(("hours", "start", "amount", "end"), CASES.values(), ids=CASES)
def test_business_time_passes(hours: Hours, start: str, amount: int, end: str) -> None:
    assert utc(end) == after(utc(start), timedelta(hours=amount), hours)


def test_the_zone_of_the_start_does_not_matter() -> None:
    start = utc("2026-11-23 10:00")
    there = start.astimezone(timezone(timedelta(hours=-8)))
    assert after(start, timedelta(hours=5), Hours()) == after(there, timedelta(hours=5), Hours())


@pytest.mark.parametrize("hours", [Hours(days=frozenset()), Hours(begins=time(9), ends=time(9))])
def test_hours_in_which_nobody_works_are_refused(hours: Hours) -> None:
    with pytest.raises(ValueError, match="no business hours"):
        after(utc("2026-11-23 10:00"), timedelta(hours=1), hours)
