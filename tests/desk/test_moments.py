"""Until when a ticket is snoozed: what people write, and the clock it is read by."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from each_case import each

from intake.desk.commands.time_expressions import until

BERLIN, SHANGHAI = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Shanghai")
# A Wednesday; 15:30 in Shanghai.
NOW = datetime(2026, 11, 25, 7, 30, tzinfo=UTC)

READ = {
    "30m": "2026-11-25 16:00",
    "4h": "2026-11-25 19:30",
    "2d": "2026-11-27 15:30",
    "2 days": "2026-11-27 15:30",
    "1w": "2026-12-02 15:30",
    "tomorrow": "2026-11-26 09:00",
    "Tomorrow 14:00": "2026-11-26 14:00",
    "tomorrow at 2pm": "2026-11-26 14:00",
    "monday": "2026-11-30 09:00",
    "monday 9:00": "2026-11-30 09:00",
    "Mon 9am": "2026-11-30 09:00",
    "next friday": "2026-11-27 09:00",
    "wednesday": "2026-12-02 09:00",
    "until friday 17:30": "2026-11-27 17:30",
    "17:30": "2026-11-25 17:30",
    "9:00": "2026-11-26 09:00",
    "today 18:00": "2026-11-25 18:00",
    "2026-12-24": "2026-12-24 09:00",
    "2026-12-24 8:15": "2026-12-24 08:15",
    "2天": "2026-11-27 15:30",
    "2 天后": "2026-11-27 15:30",
    "3小时": "2026-11-25 18:30",
    "30分钟": "2026-11-25 16:00",
    "1周": "2026-12-02 15:30",
    "明天": "2026-11-26 09:00",
    "明天 14:00": "2026-11-26 14:00",
    "明天下午3点": "2026-11-26 15:00",
    "明天下午3点半": "2026-11-26 15:30",
    "后天": "2026-11-27 09:00",
    "周一": "2026-11-30 09:00",
    "星期一 9:00": "2026-11-30 09:00",
    "周五下午2点": "2026-11-27 14:00",
    "下周五": "2026-12-04 09:00",
    "２天": "2026-11-27 15:30",
    "晚上8点": "2026-11-25 20:00",
    "12月": None,
    "yesterday": None,
    "0d": None,
    "9": None,
    "25:00": None,
    "monday 9:75": None,
    "today 9:00": None,
    "2026-11-24": None,
    "2026-02-30": None,
    "400d": None,
    "2099-01-01": None,
    "99999w": None,
    "": None,
    "soon": None,
}


@each(("text", "expected"), READ.items())
def test_a_moment_is_read_in_the_zone(text: str, expected: str | None) -> None:
    found = until(text, NOW, SHANGHAI)

    assert expected == (found.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M") if found else None)
    assert found is None or found.tzinfo is UTC


def test_days_keep_the_time_of_day_when_the_clock_is_changed() -> None:
    # In the night to Sunday, 2026-10-25, summer time ends in Berlin.
    saturday = datetime(2026, 10, 24, 8, 0, tzinfo=UTC)

    assert datetime(2026, 10, 26, 9, 0, tzinfo=UTC) == until("2d", saturday, BERLIN)
    assert saturday + timedelta(hours=48) == until("48h", saturday, BERLIN)


def test_a_time_is_that_of_the_zone_and_not_of_utc() -> None:
    assert datetime(2026, 11, 30, 1, 0, tzinfo=UTC) == until("monday 9:00", NOW, SHANGHAI)
    assert datetime(2026, 11, 30, 8, 0, tzinfo=UTC) == until("monday 9:00", NOW, BERLIN)
