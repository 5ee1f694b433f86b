"""The service levels and calendars of the settings, as the values that the rules read."""

from collections.abc import Mapping
from datetime import tzinfo

from intake.config import public_holidays
from intake.config.cross_checks import ALWAYS, WEEKDAYS
from intake.config.sections import Settings
from intake.config.service_level_keys import CalendarSettings, GroupSettings, SlaSettings
from intake.desk.business_time import Calendar, no_holidays, office
from intake.desk.sla_policies import Group, ServiceLevel, shipped
from intake.desk.sla_target import Target


def calendars_of(settings: Settings) -> dict[str, Calendar]:
    """Return the calendars by name; "weekdays" is there whether the config has it or not."""
    own = settings.desk.timezone
    table = {name: _calendar(name, section, own) for name, section in settings.calendars.items()}
    return {WEEKDAYS: Calendar(WEEKDAYS, own), **table}


def survey_hours(settings: Settings, calendars: Mapping[str, Calendar]) -> Calendar:
    """Return the hours that the delay of surveys is counted in."""
    return calendars.get("office") or office(settings.desk.timezone)


def levels_of(settings: Settings, calendars: Mapping[str, Calendar]) -> tuple[ServiceLevel, ...]:
    """Return the policies in the order of the file, or the shipped ones where there are none."""
    if not settings.slas:
        return shipped(calendars[WEEKDAYS])
    groups = {name: _group(name, section) for name, section in settings.groups.items()}
    return tuple(_level(name, section, calendars, groups) for name, section in settings.slas.items())


def _calendar(name: str, section: CalendarSettings, own: tzinfo) -> Calendar:
    places = section.holidays
    return Calendar(
        name,
        section.timezone or own,
        section.hours,
        public_holidays.year_of(places, section.make_up_days) if places else no_holidays,
        frozenset(section.days_off),
        section.working_days,
    )


def _group(name: str, section: GroupSettings) -> Group:
    return Group(
        name, frozenset(address.lower() for address in section.addresses), frozenset(section.domains)
    )


def _level(
    name: str, section: SlaSettings, calendars: Mapping[str, Calendar], groups: Mapping[str, Group]
) -> ServiceLevel:
    promised = {
        Target.FIRST_RESPONSE: section.first_response,
        Target.NEXT_RESPONSE: section.next_response,
        Target.RESOLUTION: section.resolution,
    }
    return ServiceLevel(
        name,
        {target: length for target, length in promised.items() if length is not None},
        None if section.calendar == ALWAYS else calendars[section.calendar],
        section.priority,
        section.category,
        section.team,
        section.language,
        tuple(groups[member] for member in section.group),
        section.ladder,
        section.ladder if section.resolution_ladder is None else section.resolution_ladder,
        section.extension,
    )
