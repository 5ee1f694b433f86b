"""Dates and counts as they stand in a sentence of each of our twelve languages. Pure; no library.

The words are ours, not the CLDR's: its short forms are made for lists ("до пн, 30 нояб."), and a new
version of it would change mails and pages overnight. Languages of an admin's own are written by Babel
(`render_dates`), whose patterns are as good as any for a language that nobody here can judge.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

# A space at which no line ends: French writes one on both sides of the h of an hour.
_NBSP = "\u00a0"
_NARROW = "\u202f"


@dataclass(frozen=True, slots=True)
class DateWords:
    """How one language writes a moment and a day.

    The patterns may name weekday, month (its name), m (its number), day, year, h (17), hh (05),
    h12 (5), minute (05), half (AM, PM), at (the word before an hour) and offset (UTC+1).
    Weekdays begin with Monday. `group` stands between thousands, `ungrouped` numbers below it have none.
    """

    moment: str
    # The same of another year.
    dated: str
    day: str
    weekdays: tuple[str, ...]
    months: tuple[str, ...] = ("",) * 12
    # What is put after the number of the first day of a month.
    first: str = ""
    at: Mapping[int, str] = field(default_factory=dict)
    group: str = ","
    ungrouped: int = 1000


def _split(text: str) -> tuple[str, ...]:
    return tuple(text.split(","))


# The patterns: an editor's for each language; one test holds each of them to a whole sentence.
WORDS: Mapping[str, DateWords] = {
    "en": DateWords(
        "{weekday}, {month} {day}, {h12}:{minute} {half} ({offset})",
        "{weekday}, {month} {day}, {year}, {h12}:{minute} {half} ({offset})",
        "{month} {day}",
        _split("Monday,Tuesday,Wednesday,Thursday,Friday,Saturday,Sunday"),
        _split("January,February,March,April,May,June,July,August,September,October,November,December"),
    ),
    "zh-Hans": DateWords(
        "{m}月{day}日（{weekday}）{hh}:{minute}（{offset}）",
        "{year}年{m}月{day}日（{weekday}）{hh}:{minute}（{offset}）",
        "{m}月{day}日",
        _split("周一,周二,周三,周四,周五,周六,周日"),
    ),
    "zh-Hant": DateWords(
        "{m}月{day}日（{weekday}）{hh}:{minute}（{offset}）",
        "{year}年{m}月{day}日（{weekday}）{hh}:{minute}（{offset}）",
        "{m}月{day}日",
        _split("週一,週二,週三,週四,週五,週六,週日"),
    ),
    "ja": DateWords(
        "{m}月{day}日（{weekday}）{h}:{minute}（{offset}）",
        "{year}年{m}月{day}日（{weekday}）{h}:{minute}（{offset}）",
        "{m}月{day}日",
        tuple("月火水木金土日"),
    ),
    "ko": DateWords(
        "{m}월 {day}일({weekday}) {hh}:{minute}({offset})",
        "{year}년 {m}월 {day}일({weekday}) {hh}:{minute}({offset})",
        "{m}월 {day}일",
        tuple("월화수목금토일"),
    ),
    "es": DateWords(
        "{weekday} {day} de {month}, {hh}:{minute} h ({offset})",
        "{weekday} {day} de {month} de {year}, {hh}:{minute} h ({offset})",
        "{day} de {month}",
        _split("lunes,martes,miércoles,jueves,viernes,sábado,domingo"),
        _split("enero,febrero,marzo,abril,mayo,junio,julio,agosto,septiembre,octubre,noviembre,diciembre"),
        group=".",
        ungrouped=10_000,
    ),
    "pt": DateWords(
        "{weekday}, {day} de {month}, {at} {hh}h{minute} ({offset})",
        "{weekday}, {day} de {month} de {year}, {at} {hh}h{minute} ({offset})",
        "{day} de {month}",
        _split("segunda-feira,terça-feira,quarta-feira,quinta-feira,sexta-feira,sábado,domingo"),
        _split("janeiro,fevereiro,março,abril,maio,junho,julho,agosto,setembro,outubro,novembro,dezembro"),
        first="º",
        # À zero hora, à uma hora; from two o'clock on hours are many.
        at={0: "à", 1: "à", 2: "às"},
        group=".",
    ),
    "fr": DateWords(
        f"{{weekday}} {{day}} {{month}} à {{h}}{_NBSP}h{_NBSP}{{minute}} ({{offset}})",
        f"{{weekday}} {{day}} {{month}} {{year}} à {{h}}{_NBSP}h{_NBSP}{{minute}} ({{offset}})",
        "{day} {month}",
        _split("lundi,mardi,mercredi,jeudi,vendredi,samedi,dimanche"),
        _split("janvier,février,mars,avril,mai,juin,juillet,août,septembre,octobre,novembre,décembre"),
        first="er",
        group=_NARROW,
    ),
    "de": DateWords(
        "{weekday}, {day}. {month}, {hh}:{minute} Uhr ({offset})",
        "{weekday}, {day}. {month} {year}, {hh}:{minute} Uhr ({offset})",
        "{day}. {month}",
        _split("Montag,Dienstag,Mittwoch,Donnerstag,Freitag,Samstag,Sonntag"),
        _split("Januar,Februar,März,April,Mai,Juni,Juli,August,September,Oktober,November,Dezember"),
        group=".",
    ),
    "ru": DateWords(
        "{hh}:{minute} {day} {month} ({weekday}, {offset})",
        "{hh}:{minute} {day} {month} {year} г. ({weekday}, {offset})",
        "{day} {month}",
        _split("понедельник,вторник,среда,четверг,пятница,суббота,воскресенье"),
        _split("января,февраля,марта,апреля,мая,июня,июля,августа,сентября,октября,ноября,декабря"),
        group=_NBSP,
    ),
    "tr": DateWords(
        "{day} {month} {weekday}, saat {hh}:{minute} ({offset})",
        "{day} {month} {year} {weekday}, saat {hh}:{minute} ({offset})",
        "{day} {month}",
        _split("Pazartesi,Salı,Çarşamba,Perşembe,Cuma,Cumartesi,Pazar"),
        _split("Ocak,Şubat,Mart,Nisan,Mayıs,Haziran,Temmuz,Ağustos,Eylül,Ekim,Kasım,Aralık"),
        group=".",
    ),
    "vi": DateWords(
        "{hh}:{minute} {weekday}, ngày {day}/{m} ({offset})",
        "{hh}:{minute} {weekday}, ngày {day}/{m}/{year} ({offset})",
        "{day} tháng {m}",
        _split("thứ Hai,thứ Ba,thứ Tư,thứ Năm,thứ Sáu,thứ Bảy,Chủ nhật"),
        group=".",
    ),
}


# The day of a moment in a column, without the year and with it: a day and a time of day follow in figures.
SHORT: Mapping[str, tuple[str, str]] = {
    "zh-Hans": ("{m}月{d}日", "{year}年{m}月{d}日"),
    "zh-Hant": ("{m}月{d}日", "{year}年{m}月{d}日"),
    "ja": ("{m}月{d}日", "{year}年{m}月{d}日"),
    "ko": ("{m}월 {d}일", "{year}년 {m}월 {d}일"),
    "es": ("{dd}/{mm}", "{dd}/{mm}/{year}"),
    "pt": ("{dd}/{mm}", "{dd}/{mm}/{year}"),
    "fr": ("{dd}/{mm}", "{dd}/{mm}/{year}"),
    "de": ("{dd}.{mm}.", "{dd}.{mm}.{year}"),
    "ru": ("{dd}.{mm}", "{dd}.{mm}.{year}"),
    "tr": ("{dd}.{mm}", "{dd}.{mm}.{year}"),
    "vi": ("{dd}/{mm}", "{dd}/{mm}/{year}"),
}


def short(local: datetime, patterns: tuple[str, str] | None, year: bool) -> str:
    """Return a local time in figures, by the patterns of SHORT; without any, as ISO 8601 has it."""
    if patterns is None:
        return f"{local:%Y-%m-%d %H:%M}"
    parts = {
        "m": local.month,
        "d": local.day,
        "mm": f"{local:%m}",
        "dd": f"{local:%d}",
        "year": f"{local.year:04}",
    }
    return f"{patterns[year].format(**parts)} {local:%H:%M}"


def moment(local: datetime, words: DateWords, offset: str, year: bool = False) -> str:
    """Return a local time as it stands in a sentence, with the year if asked; `offset` says how far it is
    from UTC ("UTC+1")."""
    pattern = words.dated if year else words.moment
    return pattern.format(**_parts(local, words), offset=offset)


def day(local: datetime, words: DateWords) -> str:
    """Return the day of a local time, without the year: "November 23", "1er mai"."""
    return words.day.format(**_parts(local, words))


def number(count: int, words: DateWords) -> str:
    """Return a count with the marks between its thousands: "12,000", "12.000"."""
    return str(count) if abs(count) < words.ungrouped else f"{count:,}".replace(",", words.group)


def _parts(local: datetime, words: DateWords) -> dict[str, object]:
    return {
        "weekday": words.weekdays[local.weekday()],
        "month": words.months[local.month - 1],
        "m": local.month,
        "year": f"{local.year:04}",
        "day": f"{local.day}{words.first if local.day == 1 else ''}",
        "h": local.hour,
        "hh": f"{local.hour:02}",
        "h12": local.hour % 12 or 12,
        "minute": f"{local.minute:02}",
        "half": "PM" if local.hour >= 12 else "AM",
        "at": words.at.get(min(local.hour, 2), ""),
    }
