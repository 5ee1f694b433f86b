"""Dates as mailers write them beside the one right way, brought to where the standard library reads them."""

import re

# The months of mailers that speak their owner's language, by how their names begin.
_MONTHS = {
    "mai": "May", "dez": "Dec", "okt": "Oct", "mär": "Mar", "mrz": "Mar", "maer": "Mar",
    "janv": "Jan", "fév": "Feb", "fev": "Feb", "avr": "Apr", "juin": "Jun", "juil": "Jul", "aoû": "Aug",
    "aou": "Aug", "déc": "Dec", "ene": "Jan", "abr": "Apr", "ago": "Aug", "dic": "Dec", "set": "Sep",
    "out": "Oct", "gen": "Jan", "mag": "May", "giu": "Jun", "lug": "Jul", "ott": "Oct", "mei": "May",
    "mrt": "Mar", "maj": "May", "sty": "Jan", "lut": "Feb", "kwi": "Apr", "cze": "Jun", "lip": "Jul",
    "sie": "Aug", "wrz": "Sep", "paź": "Oct", "lis": "Nov", "gru": "Dec", "oca": "Jan", "şub": "Feb",
    "nis": "Apr", "haz": "Jun", "tem": "Jul", "ağu": "Aug", "eyl": "Sep", "eki": "Oct", "kas": "Nov",
    "ara": "Dec", "янв": "Jan", "фев": "Feb", "мар": "Mar", "апр": "Apr", "май": "May", "мая": "May",
    "июн": "Jun", "июл": "Jul", "авг": "Aug", "сен": "Sep", "окт": "Oct", "ноя": "Nov", "дек": "Dec",
    "十二月": "Dec", "十一月": "Nov", "十月": "Oct", "九月": "Sep", "八月": "Aug", "七月": "Jul",
    "六月": "Jun",
    "五月": "May", "四月": "Apr", "三月": "Mar", "二月": "Feb", "一月": "Jan",
}  # fmt: skip
_SCRIPTED = re.compile(
    r"([12]\d{3})[-/.](\d\d?)[-/.](\d\d?)[T ]{1,3}(\d\d?):(\d\d)(?::(\d\d))?(?:[.,]\d{1,9})?"
    r"\s{0,3}([+-]\d\d:?\d\d)?(?![\d:])"
)
_WEEKDAY = re.compile(r"[^\d,]{1,20},\s{0,5}")
_WORD = re.compile(r"(?<=[\s-])[^\W\d_]{2,12}\.?(?=[\s-]{1,5}\d)")
_DAY = re.compile(r"^(\d{1,2}),(?=\s)")
_HALF = re.compile(r"(?<!\d)(\d{1,2})(:\d\d(?::\d\d)?)\s?([ap])\.?m\b\.?", re.IGNORECASE)
_LEAP = re.compile(r"(:\d\d):60(?!\d)")
_FRACTION = re.compile(r"(:\d\d:\d\d)[.,]\d{1,9}")
_ZONE = re.compile(r"(?:\b(?:GMT|UTC|UT)\s?)?([+-])(\d{1,2}):?(\d\d)?(?!\d)(?=[\s(]|$)")


def usual(text: str) -> str:
    """Return a Date value in the form of RFC 5322: an English month, an hour of 24, a zone of four digits.

    Fractions of a second and the name of the weekday go, a leap second is the one before it, and
    what scripts write (2024/03/05 10:15 +0100 CET) gets the form of ISO 8601. Anything else stays.
    """
    scripted = _SCRIPTED.match(text[:200].lstrip(" \"'<"))
    if scripted:
        year, month, day, hour, minute, second, zone = scripted.groups()
        second = min(int(second or 0), 59)
        return f"{year}-{month:0>2}-{day:0>2} {hour:0>2}:{minute}:{second:02}{zone or ''}"
    text = _WEEKDAY.sub("", text[:200].strip(" \"'<>;"), count=1)
    text = _LEAP.sub(r"\1:59", text)
    text = _HALF.sub(_hour, _DAY.sub(r"\1", text))
    return _ZONE.sub(_zone, _FRACTION.sub(r"\1", _WORD.sub(_month, text)))


def _month(match: re.Match[str]) -> str:
    word = match[0].lower()
    return next((month for begin, month in _MONTHS.items() if word.startswith(begin)), match[0])


def _hour(match: re.Match[str]) -> str:
    hour = int(match[1])
    if hour <= 12:
        hour = hour % 12 + (12 if match[3] in "pP" else 0)
    return f"{hour:02}{match[2]}"


def _zone(match: re.Match[str]) -> str:
    if not match[0][0].isalpha() and not match[3]:
        return match[0]
    return f"{match[1]}{int(match[2]):02}{match[3] or '00'}"
