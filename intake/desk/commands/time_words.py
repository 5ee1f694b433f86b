"""Words for times in the languages of our mails beside English and Chinese, as `#snooze` reads them. Pure."""

import re

from intake.desk.text.said import said

# What an agent is shown who wrote a time that is not understood; each of them is, in every language.
EXAMPLES = said("30m, 4h, 2d, 1w, tomorrow, monday, monday 9:00, 17:30 or 2026-12-24 9:00")

# Minutes, hours, days, weeks.
_UNITS = (
    ("分", "時間", "日", "週間"),
    ("분", "시간", "일", "주"),
    ("minutos", "horas", "días", "semanas"),
    ("minuto", "hora", "día", "semana"),
    ("minutos", "horas", "dias", "semanas"),
    ("min", "hora", "dia", "sem"),
    ("minutes", "heures", "jours", "semaines"),
    ("minute", "heure", "jour", "semaine"),
    ("min", "h", "j", "sem"),
    ("minuten", "stunden", "tage", "wochen"),
    ("minute", "stunde", "tag", "woche"),
    ("min", "std", "tagen", "wo"),
    ("минут", "часов", "дней", "недель"),
    ("минуты", "часа", "дня", "недели"),
    ("минута", "час", "день", "неделя"),
    ("минуту", "ч", "д", "неделю"),
    ("мин", "ч", "дн", "нед"),
    ("dakika", "saat", "gün", "hafta"),
    ("dk", "sa", "g", "hf"),
    ("phút", "giờ", "ngày", "tuần"),
)
UNITS = {word: unit for words in _UNITS for word, unit in zip(words, "mhdw", strict=True)}

# Days from today on.
NEAR = {
    **dict.fromkeys(("今日", "오늘", "hoy", "hoje", "aujourd'hui", "aujourd’hui", "heute"), 0),
    **dict.fromkeys(("сегодня", "bugün", "hôm nay"), 0),
    **dict.fromkeys(
        ("明日", "내일", "mañana", "amanhã", "demain", "morgen", "завтра", "yarın", "ngày mai"), 1
    ),
    **dict.fromkeys(("明後日", "모레", "pasado mañana", "depois de amanhã", "après-demain", "übermorgen"), 2),
    **dict.fromkeys(("послезавтра", "öbür gün", "ngày kia"), 2),
}
# From Monday on.
_WEEKS = (
    "月曜日,火曜日,水曜日,木曜日,金曜日,土曜日,日曜日",
    "月曜,火曜,水曜,木曜,金曜,土曜,日曜",
    "월요일,화요일,수요일,목요일,금요일,토요일,일요일",
    "lunes,martes,miércoles,jueves,viernes,sábado,domingo",
    "segunda-feira,terça-feira,quarta-feira,quinta-feira,sexta-feira,sábado,domingo",
    "segunda,terça,quarta,quinta,sexta,sábado,domingo",
    "lundi,mardi,mercredi,jeudi,vendredi,samedi,dimanche",
    "montag,dienstag,mittwoch,donnerstag,freitag,samstag,sonntag",
    "montag,dienstag,mittwoch,donnerstag,freitag,sonnabend,sonntag",
    "понедельник,вторник,среда,четверг,пятница,суббота,воскресенье",
    "понедельник,вторник,среду,четверг,пятницу,субботу,воскресенье",
    "pazartesi,salı,çarşamba,perşembe,cuma,cumartesi,pazar",
    "thứ hai,thứ ba,thứ tư,thứ năm,thứ sáu,thứ bảy,chủ nhật",
    "thứ-hai,thứ-ba,thứ-tư,thứ-năm,thứ-sáu,thứ-bảy,chủ-nhật",
)
WEEKDAYS = {day: place for week in _WEEKS for place, day in enumerate(week.split(","))}

# What may stand before a time of day, and before a day.
_BEFORE = r"(?:um|a las?|às?|à|в|saat|lúc)\s+(?=[0-9])"
_ON = r"(?:am|el|na|no|le|в|во)\s+"
_DAY = re.compile(
    rf"(?:{_ON})?({'|'.join(sorted(map(re.escape, (*NEAR, *WEEKDAYS)), key=len, reverse=True))})(?![^\W\d_])"
)
_AT = re.compile(_BEFORE)


def day(text: str) -> tuple[str, str]:
    """Return the word for a day that a text in lower case begins with, and what follows it; "" for none."""
    match = _DAY.match(text)
    return (match[1], text[match.end() :]) if match else ("", text)


def without_at(text: str) -> str:
    """Return a time of day without the word before it: "um 9:00" is 9:00."""
    return _AT.sub("", text, count=1) if _AT.match(text) else text
