"""The moment that is meant by "2d", "monday 9:00" or 明天下午3点. Pure: now and the zone are arguments."""

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from intake.desk.commands import time_words

# Longer than this nobody snoozes a ticket on purpose.
LONGEST = timedelta(days=366)
# What a day without a time means.
MORNING = time(9)

_UNITS = {
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
_UNIT_WORDS = {
    **time_words.UNITS,
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes", "分", "分钟", "分鐘"), "m"),
    **dict.fromkeys(("h", "hour", "hours", "小时", "小時", "个小时", "個小時", "时", "時"), "h"),
    **dict.fromkeys(("d", "day", "days", "天", "日"), "d"),
    **dict.fromkeys(("w", "week", "weeks", "周", "週", "星期", "个星期", "個星期"), "w"),
}
_AMOUNT = re.compile(r"([0-9]{1,5})\s*([^\W\d_]{1,8})(?:后|後)?")
_CLOCK = re.compile(
    r"(上午|早上|下午|晚上|中午)?\s*([0-9]{1,2})\s*(?::\s*([0-9]{2})|点\s*(半|[0-9]{1,2}(?=分))?分?|點\s*(半)?)?\s*(am|pm)?"
)
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY_NAMES = {
    **{name: place for place, name in enumerate(_DAYS)},
    **{name[:3]: place for place, name in enumerate(_DAYS)},
    **{"tues": 1, "wednes": 2, "thur": 3, "thurs": 3},
    **{
        f"{week}{day}": place
        for week in ("周", "週", "星期", "礼拜", "禮拜")
        for place, days in enumerate(["一", "二", "三", "四", "五", "六", "日天"])
        for day in days
    },
}
_NEAR = {"today": 0, "今天": 0, "tomorrow": 1, "明天": 1, "明日": 1, "后天": 2, "後天": 2}
_DATE = re.compile(r"([0-9]{4})[-/年]([0-9]{1,2})[-/月]([0-9]{1,2})日?")


def until(text: str, now: datetime, zone: tzinfo) -> datetime | None:
    """Return the moment (UTC) that `text` names, as a clock in `zone` shows it; None when it names none.

    `now` is aware. A time alone is its next coming, a weekday the next one after today; an
    amount of days or weeks keeps the time of day. None also for what is past or beyond LONGEST.
    """
    said = " ".join(unicodedata.normalize("NFKC", text).lower().split()).removeprefix("until ")
    here = now.astimezone(zone)
    moment = _amount(said, now, here) or _on_a_day(said, here)
    if moment is None:
        return None
    return moment.astimezone(UTC) if now < moment <= now + LONGEST else None


def _amount(said: str, now: datetime, here: datetime) -> datetime | None:
    match = _AMOUNT.fullmatch(said)
    unit = _UNIT_WORDS.get(match[2].removesuffix("后").removesuffix("後")) if match else None
    if match is None or unit is None:
        return None
    amount = int(match[1]) * _UNITS[unit]
    if amount > LONGEST:
        return None
    if unit in "mh":
        return now + amount
    # Days are those of the wall clock: a change of the clock in between moves nothing.
    wall = here.replace(tzinfo=None, fold=0) + amount
    return wall.replace(tzinfo=here.tzinfo)


def _on_a_day(said: str, here: datetime) -> datetime | None:
    today = here.date()
    day, rest = today, said
    named = True
    dated = _DATE.match(said)
    native, behind = time_words.day(said)
    word = re.match(r"(?:next |on |下个?)?([a-z]+|[^\W\d_a-z]{2,3}?(?=$|[\s0-9上早下晚中]))\.?", said)
    if dated:
        try:
            day = today.replace(year=int(dated[1]), month=int(dated[2]), day=int(dated[3]))
        except ValueError:
            return None
        rest = said[dated.end() :]
    elif native:
        ahead = time_words.NEAR.get(native, 0)
        if native in time_words.WEEKDAYS:
            ahead = _next(time_words.WEEKDAYS[native], today)
        day, rest = today + timedelta(days=ahead), behind
    elif word and word[1] in _NEAR:
        day, rest = today + timedelta(days=_NEAR[word[1]]), said[word.end() :]
    elif word and word[1] in _DAY_NAMES:
        ahead = _next(_DAY_NAMES[word[1]], today)
        if said.startswith("下"):
            # 下周一 is the one of next week, even where this week's is still to come.
            ahead = 7 - today.weekday() + _DAY_NAMES[word[1]]
        day, rest = today + timedelta(days=ahead), said[word.end() :]
    else:
        named = False
    rest = time_words.without_at(rest.strip(" ,，、")).removeprefix("at ").strip(" ,，")
    if not rest and named:
        at: time | None = MORNING
    else:
        at = _clock(rest, named)
    if at is None:
        return None
    moment = datetime.combine(day, at, here.tzinfo)
    return moment + timedelta(days=1) if not named and moment <= here else moment


def _next(weekday: int, today: date) -> int:
    """Return in how many days this weekday is next; today's own is that of next week."""
    return (weekday - today.weekday() - 1) % 7 + 1


def _clock(said: str, after_a_day: bool) -> time | None:
    match = _CLOCK.fullmatch(said)
    if match is None:
        return None
    half, hour_text, minute_text, chinese, traditional, meridiem = match.groups()
    if not after_a_day and not (minute_text or meridiem or "点" in said or "點" in said):
        # A number alone is no time of day.
        return None
    hour = int(hour_text)
    minute = 30 if "半" in (chinese, traditional) else int(minute_text or chinese or 0)
    late = half in ("下午", "晚上") or meridiem == "pm" or (half == "中午" and hour < 11)
    if meridiem and not 1 <= hour <= 12:
        return None
    if late and hour < 12:
        hour += 12
    elif meridiem == "am" and hour == 12:
        hour = 0
    return time(hour, minute) if hour < 24 and minute < 60 else None
