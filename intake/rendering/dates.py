"""Dates, counts and plurals as the readers of each language write them. The only home of Babel.

Our own twelve languages have their own words (`date_words`), so that a new Babel changes no mail.
Babel writes the dates and counts of languages that an admin adds, and says which plural fits a count
everywhere: those rules are grammar, which does not change with its versions as abbreviations do.
It is loaded when first needed: it takes about 40 ms and 2 MB, and each language's tables 10 ms and
1 MB more (measured, Babel 2.18 on CPython 3.11).
"""

from datetime import datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING

from intake.rendering import date_words

if TYPE_CHECKING:
    from babel import Locale


def _locale(language: str) -> "Locale | None":
    """Return what Babel knows of a language, None for one whose dates nobody has collected."""
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return None


def moment(when: datetime, language: str, zone: tzinfo, now: datetime | None = None) -> str:
    """Return an aware moment in `zone`, with its distance from UTC: "Monday, November 23, 5:05 PM (UTC+1)".

    Where it is of another year than `now` (aware), it has its year: what was imported may be old. It fits
    into the sentences of the shipped templates. A language that nobody knows is written as English. Midnight
    is told as the minute before it: of "Tuesday, 12:00 AM" half the readers think a day later.
    """
    local = _told(when.astimezone(zone))
    year = now is not None and now.astimezone(zone).year != local.year
    locale = None if language in date_words.WORDS else _locale(language)
    if locale is not None:
        return f"{_by_babel(local, locale, year)} ({offset(local)})"
    return date_words.moment(local, _words(language), offset(local), year)


def _told(local: datetime) -> datetime:
    return local - timedelta(minutes=1) if local.time() == time.min else local


def _words(language: str) -> date_words.DateWords:
    return date_words.WORDS.get(language, date_words.WORDS["en"])


def _by_babel(local: datetime, locale: "Locale", year: bool) -> str:
    from babel.dates import format_skeleton

    joined = str(locale.datetime_formats["long"])
    # Everybody reads 17:05; where the day has twelve hours Babel's "PM" is not always translated.
    clock = format_skeleton(
        "hm" if locale.language == "en" else "Hm", local, tzinfo=local.tzinfo, locale=locale
    )
    weekday = format_skeleton("yMMMEd" if year else "MMMEd", local, tzinfo=local.tzinfo, locale=locale)
    # CLDR puts a narrow space before PM, which some fonts lack.
    return joined.replace("{1}", weekday).replace("{0}", clock).replace("\u202f", " ")


def day(when: datetime, language: str, zone: tzinfo) -> str:
    """Return the day of an aware moment in `zone`, without the year: "November 23"."""
    locale = None if language in date_words.WORDS else _locale(language)
    if locale is None:
        return date_words.day(when.astimezone(zone), _words(language))
    from babel.dates import format_skeleton

    return format_skeleton("MMMMd", when, tzinfo=zone, locale=locale)


def short(when: datetime, language: str, zone: tzinfo, year: bool = False) -> str:
    """Return an aware moment in `zone` as it stands in a column: "02.01. 08:01", with the year if asked.

    In English, and in languages whose columns nobody knows, as 2026-01-02 08:01: that is nobody's other day.
    """
    return date_words.short(_told(when.astimezone(zone)), date_words.SHORT.get(language), year)


def offset(local: datetime) -> str:
    """Return how far a local time is from UTC: "UTC", "UTC+1", "UTC-3:30"."""
    minutes = int((local.utcoffset() or timedelta(0)).total_seconds()) // 60
    if not minutes:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '-'}{hours}" + (f":{rest:02}" if rest else "")


def number(count: int, language: str) -> str:
    """Return a count as it is written: "12,000", "12.000", "12 000"."""
    locale = None if language in date_words.WORDS else _locale(language)
    if locale is None:
        return date_words.number(count, _words(language))
    from babel.numbers import format_decimal

    return format_decimal(count, locale=locale)


def plural(count: int, language: str, forms: dict[str, str]) -> str:
    """Return the form of `forms` that fits `count`, by the rules of CLDR ("one", "few", "many", "other").

    `forms` must hold "other", and may lack any that the language does not use.
    """
    locale = _locale(language) or _locale("en")
    return forms.get(locale.plural_form(count), forms["other"]) if locale else forms["other"]
