"""Checks across the sections of calendars and service levels."""

import zoneinfo
from collections.abc import Iterator, Mapping
from typing import Any

# What is wrong: section, key, what, cure.
Finding = tuple[str, str, str, str]

ALWAYS, WEEKDAYS = "always", "weekdays"


def service_problems(
    calendars: Mapping[str, Any],
    levels: Mapping[str, Any],
    groups: Mapping[str, Any],
    teams: Mapping[str, Any],
) -> Iterator[Finding]:
    """Yield what is wrong; each argument holds sections by name, which lack keys with a problem."""
    for name, calendar in calendars.items():
        if name == ALWAYS:
            cure = "Give the calendar another name"
            yield f"calendar {name}", "", f"{ALWAYS} means round the clock and has no hours", cure
        yield from _holidays(name, calendar.values.get("holidays", ()))
        zone = calendar.values.get("timezone")
        if zone and zone not in zoneinfo.available_timezones() and zone.upper() != "UTC":
            cure = "Write it like Europe/Berlin or Asia/Shanghai, or clear the key"
            yield f"calendar {name}", "timezone", f"{zone!r} is not a valid time zone", cure
    for name, level in levels.items():
        yield from _level(f"sla {name}", level.values, calendars, groups, teams)


def _holidays(name: str, places: tuple[str, ...]) -> Iterator[Finding]:
    if not places:
        return
    from intake.config.public_holidays import problem

    for place in places:
        what = problem(place)
        if what:
            cure = "Write a code of ISO 3166 such as DE, DE-BE, US-CA or CN, or name the days in days_off"
            yield f"calendar {name}", "holidays", what, cure


def _level(
    section: str,
    values: Mapping[str, Any],
    calendars: Mapping[str, Any],
    groups: Mapping[str, Any],
    teams: Mapping[str, Any],
) -> Iterator[Finding]:
    calendar = values.get("calendar", ALWAYS)
    if calendar not in (ALWAYS, WEEKDAYS, *calendars):
        cure = f"Add a section [calendar {calendar}], or write {ALWAYS} or {WEEKDAYS}"
        yield section, "calendar", f"there is no calendar {calendar!r}", cure
    for key, kind, known in (("group", "group", groups), ("team", "team", teams)):
        for one in values.get(key, ()):
            if one not in known:
                cure = f"Add a section [{kind} {one}] or clear the key"
                yield section, key, f"there is no {kind} {one!r}", cure
    for key in ("ladder", "resolution_ladder"):
        for percent, action, argument in values.get(key) or ():
            if action == "team" and argument not in teams:
                cure = f"Add a section [team {argument}] or remove the rule"
                yield section, key, f"there is no team {argument!r} for {percent}%", cure
            if action == "late" and key == "resolution_ladder":
                cure = "Remove the rule: customers are told when we reply, not when it is solved"
                yield section, key, f"{percent}% late has nobody to notify", cure
    if not any(values.get(one) for one in ("first_response", "next_response", "resolution")):
        cure = "Set first_response, next_response or resolution"
        yield section, "", "promises nothing", cure
