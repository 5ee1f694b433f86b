"""The service levels and calendars of the settings, as the values that the rules read."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from intake.config import public_holidays
from intake.config.converters import as_zone
from intake.config.cross_checks import ALWAYS, WEEKDAYS
from intake.desk.business_time import Calendar, no_holidays, office
from intake.desk.sla_policies import Action, EscalationRule, Group, Length, ServiceLevel, shipped
from intake.desk.sla_target import Target


def calendars_of(settings: Any) -> dict[str, Calendar]:
    """Return the calendars by name; "weekdays" is there whether the config has it or not."""
    own = settings.desk.timezone
    found = {name: _calendar(name, one, own) for name, one in settings.calendars.items()}
    return {WEEKDAYS: Calendar(WEEKDAYS, own), **found}


def survey_hours(settings: Any, calendars: Mapping[str, Calendar]) -> Calendar:
    """Return the hours that the delay of surveys is counted in."""
    return calendars.get("office") or office(settings.desk.timezone)


def levels_of(settings: Any, calendars: Mapping[str, Calendar]) -> tuple[ServiceLevel, ...]:
    """Return the policies in the order of the file, or the shipped ones where there are none."""
    if not settings.slas:
        return shipped(calendars[WEEKDAYS])
    groups = {name: _group(name, one) for name, one in settings.groups.items()}
    return tuple(_level(name, one, calendars, groups) for name, one in settings.slas.items())


def _calendar(name: str, section: Any, own: Any) -> Calendar:
    places = section.holidays
    return Calendar(
        name,
        as_zone(section.timezone) if section.timezone else own,
        section.hours,
        public_holidays.year_of(places, section.make_up_days) if places else no_holidays,
        frozenset(section.days_off),
        section.working_days,
    )


def _group(name: str, section: Any) -> Group:
    return Group(name, frozenset(one.lower() for one in section.addresses), frozenset(section.domains))


def _level(
    name: str, section: Any, calendars: Mapping[str, Calendar], groups: Mapping[str, Group]
) -> ServiceLevel:
    targets = {target: _length(section.values[target.value]) for target in Target}
    ladder = _steps(section.ladder)
    return ServiceLevel(
        name,
        {target: length for target, length in targets.items() if length is not None},
        None if section.calendar == ALWAYS else calendars[section.calendar],
        section.priority,
        section.category,
        section.team,
        section.language,
        tuple(groups[one] for one in section.group),
        ladder,
        _steps(section.resolution_ladder) if section.resolution_ladder is not None else ladder,
        section.extension,
    )


def _length(value: tuple[int, timedelta] | None) -> Length | None:
    return Length(*value) if value else None


def _steps(ladder: tuple[tuple[int, str, str], ...]) -> tuple[EscalationRule, ...]:
    return tuple(EscalationRule(percent, Action(action), argument) for percent, action, argument in ladder)
