"""The only home of the library `holidays`: the public holidays of a country, and of a part of it.

It is loaded when a calendar that names a country is first asked for a day: 60 to 250 ms and
some 10 MB (measured, holidays 0.109 on CPython 3.11), which most commands need not spend.
"""

import threading
from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from intake.desk.business_time import YearOfDays

# Its objects collect what they are asked for as they go, which two threads must not do at once.
_LOCK = threading.Lock()


def problem(code: str) -> str:
    """Return what is wrong with a place like "DE" or "DE-BE" (ISO 3166), in words; "" when nothing is."""
    country, _, part = code.partition("-")
    try:
        with _LOCK:
            _days(country)
    except NotImplementedError:
        return f"the holidays of {country!r} are not known"
    try:
        with _LOCK:
            _days(code)
    except NotImplementedError:
        return f"{country} has no part {part!r} with holidays of its own"
    return ""


def year_of(codes: Sequence[str], make_up: bool = True) -> Callable[[int], YearOfDays]:
    """Return what tells the days of a year in all these places; each must have passed `problem`.

    With `make_up` a weekend day that is officially worked on, as in China around the
    long holidays, counts as a working day, where no other place has a holiday then.
    """
    places = tuple(codes)

    def year(number: int) -> YearOfDays:
        return _year(places, make_up, number)

    return year


@lru_cache(maxsize=512)
def _year(codes: tuple[str, ...], make_up: bool, year: int) -> YearOfDays:
    names: dict[date, str] = {}
    worked: set[date] = set()
    with _LOCK:
        for code in codes:
            days = _days(code, year)
            for day, name in days.items():
                names.setdefault(day, name)
            if make_up:
                worked |= {day for day in days.weekend_workdays if day.year == year}
    return YearOfDays(dict(sorted(names.items())), frozenset(worked - names.keys()))


def _days(code: str, year: int | None = None) -> Any:
    import holidays

    country, _, part = code.partition("-")
    return holidays.country_holidays(country, subdiv=part or None, years=year, expand=False, language="en_US")
