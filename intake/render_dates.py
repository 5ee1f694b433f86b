"""The only home of Babel: dates, counts and plurals as the readers of each language write them.

Babel is loaded when a mail first names a date or a count: it takes about 40 ms and 2 MB,
and each language's tables 10 ms and 1 MB more (measured, Babel 2.18 on CPython 3.11).
"""

from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel import Locale


def _locale(language: str) -> "Locale":
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        # A language of an admin's own, for which nobody has collected how dates are written.
        return Locale("en")


def moment(when: datetime, language: str, zone: tzinfo) -> str:
    """Return an aware moment in `zone`, with its distance from UTC: "Mon, Nov 23, 5:05 PM (UTC+1)"."""
    from babel.dates import format_time

    locale, local = _locale(language), when.astimezone(zone)
    joined = str(locale.datetime_formats["long"])
    clock = format_time(local, "short", tzinfo=zone, locale=locale)
    # 5:05 PM must not be broken over two lines, which Babel does with a space no mail needs.
    text = joined.replace("{1}", _weekday(local, locale)).replace("{0}", clock).replace("\u202f", "\u00a0")
    return f"{text} ({offset(local)})"


def _weekday(local: datetime, locale: "Locale") -> str:
    from babel.dates import format_skeleton

    return format_skeleton("MMMEd", local, tzinfo=local.tzinfo, locale=locale)


def day(when: datetime, language: str, zone: tzinfo) -> str:
    """Return the day of an aware moment in `zone`, without the year: "November 23"."""
    from babel.dates import format_skeleton

    return format_skeleton("MMMMd", when, tzinfo=zone, locale=_locale(language))


def offset(local: datetime) -> str:
    """Return how far a local time is from UTC: "UTC", "UTC+1", "UTC-3:30"."""
    minutes = int((local.utcoffset() or timedelta(0)).total_seconds()) // 60
    if not minutes:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '-'}{hours}" + (f":{rest:02}" if rest else "")


def number(count: int, language: str) -> str:
    """Return a count as it is written: "12,000", "12.000", "12 000"."""
    from babel.numbers import format_decimal

    return format_decimal(count, locale=_locale(language))


def plural(count: int, language: str, forms: dict[str, str]) -> str:
    """Return the form of `forms` that fits `count`, by the rules of CLDR ("one", "few", "many", "other").

    `forms` must hold "other", and may lack any that the language does not use.
    """
    return forms.get(_locale(language).plural_form(count), forms["other"])
