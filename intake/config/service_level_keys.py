"""The sections [calendar NAME], [group NAME] and [sla NAME], and how their keys are read.

Each converter raises BadValue, with a cure. What is named in them (calendars, groups) is put in its
place by `intake.config.to_service_levels`.
"""

# `key` and its like make a field, as `dataclasses.field` does.
# ruff: noqa: RUF009

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo

from intake.config.converters import BadValue, as_day, as_flag, as_number, as_optional_zone, as_text, as_words
from intake.config.keys import key
from intake.desk.sla_policies import LADDER, Action, EscalationRule, Length
from intake.desk.ticket import PRIORITIES

Span = tuple[int, int]

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# What a ladder of the config can have: reports have one of their own.
ACTIONS = tuple(action.value for action in Action if action is not Action.REPORT)
# Beyond it a percentage is a slip of the pen.
MOST_PERCENT = 1000
LONGEST = timedelta(days=3650)

_TIME = r"(\d{1,2})(?::(\d{2}))?"
_SPAN = re.compile(rf"{_TIME}\s*-\s*{_TIME}")
_DAYS = re.compile(r"([a-z]{3})(?:\s*-\s*([a-z]{3}))?\b")
_LENGTH = re.compile(r"(\d+)\s*([dhm])")
_STEP = re.compile(r"(\d+)\s*%\s*([a-z]+)(?:\s+(\S.*))?")
_PLACE = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")
_HOURS_CURE = "Write it like mon-fri 9:00-17:30, or mon-thu 9:00-12:30 13:30-18:00, fri 9:00-15:00"


def as_week(value: str) -> tuple[tuple[Span, ...], ...]:
    """Read "mon-fri 9:00-17:30, sat 10-14": the spans of each day, Monday first, in minutes from midnight."""
    week: list[tuple[Span, ...]] = [() for _ in DAYS]
    for item in as_words(value.lower()):
        days = _DAYS.match(item)
        if not days:
            raise BadValue(f"{item!r} does not start with a day", _HOURS_CURE)
        spans = as_spans(item[days.end() :])
        for day in _days(days[1], days[2] or days[1]):
            week[day] = tuple(sorted((*week[day], *spans)))
            if any(span[1] > other[0] for span, other in zip(week[day], week[day][1:], strict=False)):
                raise BadValue(f"the hours of {DAYS[day]} overlap", _HOURS_CURE)
    if not any(week):
        raise BadValue("it contains no hours", _HOURS_CURE)
    return tuple(week)


def _days(first: str, last: str) -> list[int]:
    for weekday in (first, last):
        if weekday not in DAYS:
            raise BadValue(f"{weekday!r} is not a valid day", f"Write one of: {', '.join(DAYS)}")
    begin, end = DAYS.index(first), DAYS.index(last)
    return [day % 7 for day in range(begin, end + 1 if end >= begin else end + 8)]


def as_spans(value: str) -> tuple[Span, ...]:
    """Read "9:00-12:30 13:30-18:00" as minutes from midnight."""
    spans: list[Span] = []
    rest = value.strip()
    while rest:
        match = _SPAN.match(rest)
        if not match:
            raise BadValue(f"{rest!r} is not valid: hours expected", _HOURS_CURE)
        begin = int(match[1]) * 60 + int(match[2] or 0)
        end = int(match[3]) * 60 + int(match[4] or 0)
        if max(int(match[2] or 0), int(match[4] or 0)) > 59 or end > 24 * 60:
            raise BadValue(f"{match[0]!r} is not a valid time of day", _HOURS_CURE)
        if end <= begin:
            raise BadValue(
                f"{match[0]!r} ends before it starts",
                "Write hours over midnight as two: until 24:00, and from 0:00 on the day after",
            )
        spans.append((begin, end))
        rest = rest[match.end() :].strip()
    if not spans:
        raise BadValue("it contains no hours", _HOURS_CURE)
    return tuple(spans)


def as_length(value: str) -> Length | None:
    """Read "4h", "2d", "1d 4h" or "90m" as days and the rest; None for an empty value."""
    if not value:
        return None
    rest, days, time = value.lower().strip(), 0, timedelta(0)
    while rest:
        match = _LENGTH.match(rest)
        if not match:
            raise BadValue(f"{value!r} is not a valid duration", "Write it like 4h, 2d, 1d 4h or 90m")
        number = int(match[1])
        if number > LONGEST.days * 24 * 60:
            raise BadValue(f"{value!r} is too long", "Write at most 3650d")
        if match[2] == "d":
            days += number
        else:
            time += timedelta(hours=number) if match[2] == "h" else timedelta(minutes=number)
        rest = rest[match.end() :].strip()
    if not timedelta(0) < timedelta(days=days) + time <= LONGEST:
        raise BadValue(
            f"{value!r} is out of range", "Write a duration from 1m to 3650d, or leave the key out"
        )
    return Length(days, time)


def as_ladder(value: str) -> tuple[EscalationRule, ...]:
    """Read "50% remind, 75% lead, 100% priority high" as the steps of a ladder."""
    steps: list[EscalationRule] = []
    for item in as_words(value):
        match = _STEP.fullmatch(item)
        if not match or match[2] not in ACTIONS:
            raise BadValue(
                f"{item!r} is not a valid escalation rule",
                f"Write a percentage and one of: {', '.join(ACTIONS)}",
            )
        step = EscalationRule(int(match[1]), Action(match[2]), (match[3] or "").strip())
        _check(item, step)
        if step in steps:
            raise BadValue(f"{item!r} appears twice", "Keep one of them")
        steps.append(step)
    return tuple(steps)


def as_optional_ladder(value: str) -> tuple[EscalationRule, ...] | None:
    """Read a ladder; None where none is given."""
    return as_ladder(value) if value else None


def _check(item: str, step: EscalationRule) -> None:
    if not 1 <= step.percent <= MOST_PERCENT:
        raise BadValue(f"{item!r} is out of range", f"Write a percentage from 1 to {MOST_PERCENT}")
    if step.action is Action.LATE and step.percent >= 100:
        raise BadValue(
            f"{item!r} would notify the customer after the SLA target is breached", "Write less than 100%"
        )
    if step.action is Action.PRIORITY and step.argument not in PRIORITIES:
        raise BadValue(f"{item!r} does not name a priority", f"Write one of: {', '.join(PRIORITIES)}")
    if step.action is Action.TEAM and not step.argument:
        raise BadValue(f"{item!r} does not name a team", "Write team and the name of a [team …] section")
    if step.action not in (Action.PRIORITY, Action.TEAM) and step.argument:
        raise BadValue(f"{item!r}: {step.action} takes no argument", f"Write {step.percent}% {step.action}")


def as_dates(value: str) -> tuple[date, ...]:
    """Read days like 2026-12-24, divided by commas or lines."""
    return tuple(as_day(word) for word in as_words(value))


def as_extra_days(value: str) -> Mapping[date, tuple[Span, ...]]:
    """Read days, each alone or with hours of its own: "2026-12-19 9:00-13:00"."""
    dates: dict[date, tuple[Span, ...]] = {}
    for item in as_words(value):
        day, _, hours = item.partition(" ")
        dates[as_day(day)] = as_spans(hours) if hours.strip() else ()
    return dates


def as_places(value: str) -> tuple[str, ...]:
    """Read countries, and parts of them, as ISO 3166 has them: DE, DE-BE, US-CA, CN."""
    places = as_words(value.upper())
    for place in places:
        if not _PLACE.fullmatch(place):
            raise BadValue(f"{place!r} is not a valid country", "Write a code such as DE, DE-BE, US-CA or CN")
    return places


def as_domains(value: str) -> tuple[str, ...]:
    """Read domains, with or without an @ in front, in lower case."""
    domains = tuple(domain.removeprefix("@") for domain in as_words(value.lower()))
    for domain in domains:
        if "." not in domain or "@" in domain or " " in domain:
            raise BadValue(f"{domain!r} is not a valid domain", "Write it like example.com")
    return domains


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarSettings:
    """Business hours: `timezone` None is the desk's; `hours` are the spans of each day, Monday first."""

    timezone: tzinfo | None = key(as_optional_zone, "")
    hours: tuple[tuple[Span, ...], ...] = key(as_week, "mon-fri 9:00-17:00")
    holidays: tuple[str, ...] = key(as_places, "")
    make_up_days: bool = key(as_flag, "yes")
    days_off: tuple[date, ...] = key(as_dates, "")
    working_days: Mapping[date, tuple[Span, ...]] = key(as_extra_days, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSettings:
    """Requesters that a service level is for."""

    addresses: tuple[str, ...] = key(as_words, "")
    domains: tuple[str, ...] = key(as_domains, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaSettings:
    """A service level: what it is for, what it promises (None: nothing), and its ladders."""

    priority: tuple[str, ...] = key(as_words, "")
    category: tuple[str, ...] = key(as_words, "")
    team: tuple[str, ...] = key(as_words, "")
    language: tuple[str, ...] = key(as_words, "")
    group: tuple[str, ...] = key(as_words, "")
    first_response: Length | None = key(as_length, "")
    next_response: Length | None = key(as_length, "")
    resolution: Length | None = key(as_length, "")
    calendar: str = key(as_text, "always")
    ladder: tuple[EscalationRule, ...] = key(as_ladder, ", ".join(str(step) for step in LADDER))
    resolution_ladder: tuple[EscalationRule, ...] | None = key(as_optional_ladder, "")
    extension: int = key(as_number(1, 1000), "50")
