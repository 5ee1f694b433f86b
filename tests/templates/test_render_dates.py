"""Moments, days, counts and plurals as the readers of each language write them, in the desk's zone."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from each_case import each
from factories import KEY, NOW, a_policy, a_ticket, some_settings

from intake.desk.effects import Mail, MailKind
from intake.desk.text.language import LANGUAGES
from intake.rendering import dates as render_dates
from intake.rendering.composer import Composer
from intake.rendering.contrast import ink
from intake.rendering.templates import Renderer

DUE = datetime(2026, 11, 30, 16, 5, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
MOMENTS = {
    "en": "Monday, November 30, 5:05 PM (UTC+1)",
    "zh-Hans": "11月30日（周一）17:05（UTC+1）",
    "zh-Hant": "11月30日（週一）17:05（UTC+1）",
    "ja": "11月30日（月）17:05（UTC+1）",
    "ko": "11월 30일(월) 17:05(UTC+1)",
    "es": "lunes 30 de noviembre, 17:05 h (UTC+1)",
    "pt": "segunda-feira, 30 de novembro, às 17h05 (UTC+1)",
    "fr": "lundi 30 novembre à 17\u00a0h\u00a005 (UTC+1)",
    "de": "Montag, 30. November, 17:05 Uhr (UTC+1)",
    "ru": "17:05 30 ноября (понедельник, UTC+1)",
    "tr": "30 Kasım Pazartesi, saat 17:05 (UTC+1)",
    "vi": "17:05 thứ Hai, ngày 30/11 (UTC+1)",
}
DATED = {
    "en": "Monday, November 30, 2026, 5:05 PM (UTC+1)",
    "zh-Hans": "2026年11月30日（周一）17:05（UTC+1）",
    "zh-Hant": "2026年11月30日（週一）17:05（UTC+1）",
    "ja": "2026年11月30日（月）17:05（UTC+1）",
    "ko": "2026년 11월 30일(월) 17:05(UTC+1)",
    "es": "lunes 30 de noviembre de 2026, 17:05 h (UTC+1)",
    "pt": "segunda-feira, 30 de novembro de 2026, às 17h05 (UTC+1)",
    "fr": "lundi 30 novembre 2026 à 17\u00a0h\u00a005 (UTC+1)",
    "de": "Montag, 30. November 2026, 17:05 Uhr (UTC+1)",
    "ru": "17:05 30 ноября 2026 г. (понедельник, UTC+1)",
    "tr": "30 Kasım 2026 Pazartesi, saat 17:05 (UTC+1)",
    "vi": "17:05 thứ Hai, ngày 30/11/2026 (UTC+1)",
}
# Read by an editor in each language: the moment is a part of the sentence, not of a list.
SENTENCES = {
    "en": "We aim to reply by Monday, November 30, 5:05 PM (UTC+1).",
    "zh-Hans": "我们预计在11月30日（周一）17:05（UTC+1）前回复您。",
    "zh-Hant": "我們預計在11月30日（週一）17:05（UTC+1）前回覆您。",
    "ja": "11月30日（月）17:05（UTC+1）までにご回答する予定です。",
    "ko": "11월 30일(월) 17:05(UTC+1)까지 답변을 드릴 예정입니다.",
    "es": "Esperamos responderle antes del lunes 30 de noviembre, 17:05 h (UTC+1).",
    "pt": "Esperamos responder até segunda-feira, 30 de novembro, às 17h05 (UTC+1).",
    "fr": "Nous prévoyons de vous répondre avant le lundi 30 novembre à 17\u00a0h\u00a005 (UTC+1).",
    "de": "Wir antworten Ihnen voraussichtlich bis Montag, 30. November, 17:05 Uhr (UTC+1).",
    "ru": "Мы рассчитываем ответить до 17:05 30 ноября (понедельник, UTC+1).",
    "tr": "Size en geç 30 Kasım Pazartesi, saat 17:05 (UTC+1) itibarıyla yanıt vermeyi hedefliyoruz.",
    "vi": "Chúng tôi dự kiến trả lời bạn trước 17:05 thứ Hai, ngày 30/11 (UTC+1).",
}
FIRST_OF_MAY = {
    "en": "May 1",
    "zh-Hans": "5月1日",
    "zh-Hant": "5月1日",
    "ja": "5月1日",
    "ko": "5월 1일",
    "es": "1 de mayo",
    "pt": "1º de maio",
    "fr": "1er mai",
    "de": "1. Mai",
    "ru": "1 мая",
    "tr": "1 Mayıs",
    "vi": "1 tháng 5",
}


@pytest.mark.parametrize(("language", "expected"), MOMENTS.items())
def test_a_moment_is_written_as_its_readers_do(language: str, expected: str) -> None:
    assert expected == render_dates.moment(DUE, language, BERLIN)


@pytest.mark.parametrize(("language", "expected"), SENTENCES.items())
def test_a_promise_is_a_whole_sentence_in_every_language(language: str, expected: str) -> None:
    mail = Mail(MailKind.STATUS, 12, a_ticket().requester, "k", event="reopened", due=DUE)
    assert expected in composed(mail, language).split("\n")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_library_decides_what_stands_in_a_sentence(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(name: str) -> None:
        raise AssertionError(f"{name} was looked up: a new version of the library would change this mail")

    monkeypatch.setattr(render_dates, "_locale", asked)
    assert MOMENTS[language] == render_dates.moment(DUE, language, BERLIN)
    assert FIRST_OF_MAY[language] == render_dates.day(datetime(2027, 5, 1, 9, tzinfo=UTC), language, BERLIN)
    assert "12" in render_dates.number(12000, language)


def test_a_language_of_an_admins_own_is_written_as_babel_knows_it() -> None:
    assert "30" in render_dates.moment(DUE, "nl", BERLIN)
    assert render_dates.moment(DUE, "nl", BERLIN).endswith("17:05 (UTC+1)")
    assert "30 november" == render_dates.day(DUE, "nl", BERLIN)
    assert "12.000" == render_dates.number(12000, "nl")


@each("hour", range(24))
def test_the_hours_of_the_day_are_those_of_the_clock(hour: int) -> None:
    at = datetime(2026, 11, 30, hour, 7, tzinfo=UTC)
    half = "AM" if hour < 12 else "PM"
    assert f"{hour % 12 or 12}:07 {half} (UTC)" in render_dates.moment(at, "en", UTC)
    assert f"{hour:02}:07 Uhr (UTC)" in render_dates.moment(at, "de", UTC)
    assert f"{'à' if hour < 2 else 'às'} {hour:02}h07 (UTC)" in render_dates.moment(at, "pt", UTC)


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("UTC", "16:05 Uhr (UTC)"),
        ("Asia/Shanghai", "00:05 Uhr (UTC+8)"),
        ("Asia/Kathmandu", "21:50 Uhr (UTC+5:45)"),
        ("America/St_Johns", "12:35 Uhr (UTC-3:30)"),
    ],
)
def test_a_moment_is_told_in_a_zone_and_how_far_it_is_from_utc(zone: str, expected: str) -> None:
    assert render_dates.moment(DUE, "de", ZoneInfo(zone)).endswith(expected)


@pytest.mark.parametrize(
    ("due", "zone", "expected"),
    [
        (datetime(2026, 11, 23, 23, tzinfo=UTC), "Europe/Berlin", "Monday, November 23, 11:59 PM (UTC+1)"),
        (
            datetime(2026, 11, 23, 23, 0, 1, tzinfo=UTC),
            "Europe/Berlin",
            "Tuesday, November 24, 12:00 AM (UTC+1)",
        ),
        (datetime(2026, 11, 23, 23, tzinfo=UTC), "UTC", "Monday, November 23, 11:00 PM (UTC)"),
        (datetime(2026, 4, 1, tzinfo=UTC), "UTC", "Tuesday, March 31, 11:59 PM (UTC)"),
    ],
)
def test_midnight_is_told_as_the_end_of_the_day_before(due: datetime, zone: str, expected: str) -> None:
    assert expected == render_dates.moment(due, "en", ZoneInfo(zone))


def test_a_day_is_that_of_the_zone() -> None:
    late = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    assert "24 ноября" == render_dates.day(late, "ru", BERLIN)
    assert "23. November" == render_dates.day(late, "de", ZoneInfo("UTC"))


def test_counts_have_the_marks_of_their_language() -> None:
    shown = {language: render_dates.number(12000, language) for language in ("en", "de", "fr")}
    assert {"en": "12,000", "de": "12.000", "fr": "12\u202f000"} == shown
    assert ["1000", "10.000"] == [render_dates.number(count, "es") for count in (1000, 10000)]


@pytest.mark.parametrize(
    ("language", "count", "form"),
    [
        ("en", 1, "one"),
        ("en", 2, "other"),
        ("fr", 0, "one"),
        ("ru", 1, "one"),
        ("ru", 3, "few"),
        ("ru", 5, "many"),
        ("ru", 21, "one"),
        ("ru", 12, "many"),
        ("ja", 1, "other"),
    ],
)
def test_the_plural_fits_the_count(language: str, count: int, form: str) -> None:
    forms = {one: one for one in ("one", "few", "many", "other")}
    assert (form if language != "ja" else "other") == render_dates.plural(count, language, forms)


def test_a_language_babel_does_not_know_is_written_as_english() -> None:
    assert MOMENTS["en"] == render_dates.moment(DUE, "x-own", BERLIN)


def composed(mail: Mail, language: str = "de", **ticket: Any) -> str:
    settings = some_settings(name="Desk", timezone=BERLIN)
    letter = Composer(settings, a_policy(), (KEY,)).letter(
        mail, a_ticket(**ticket), NOW, language, html=False
    )
    return letter.text


def test_an_acknowledgement_tells_the_promise_of_its_ticket() -> None:
    mail = Mail(MailKind.ACKNOWLEDGEMENT, 12, a_ticket().requester, "k")
    assert MOMENTS["de"] in composed(mail, first_response_due=DUE)
    assert "(UTC" not in composed(mail)


def test_a_delay_tells_the_new_promise_if_there_is_one() -> None:
    mail = Mail(MailKind.STATUS, 12, a_ticket().requester, "k", event="delayed", due=DUE + timedelta(hours=1))
    assert "voraussichtlich bis Montag, 30. November, 18:05 Uhr (UTC+1)" in composed(mail)
    bare = Mail(MailKind.STATUS, 12, a_ticket().requester, "k", event="delayed")
    assert "so schnell wir können" in composed(bare)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("count", [1, 2, 5])
def test_files_left_out_are_counted_in_every_language(language: str, count: int, tmp_path: Path) -> None:
    values = {"text": "x", "text_html": "", "signature": "", "subject": "", "number": 1, "desk": "Desk"}
    files = [f"film-{n}.mp4" for n in range(count)]
    text = Renderer().mail("relay", language, html=False, left_out=files, name="", **values).text
    assert all(one in text for one in files)


@pytest.mark.parametrize(
    ("colour", "expected"),
    [("#1a5fb4", "#ffffff"), ("#000000", "#ffffff"), ("#ffffff", "#000000"), ("#f6d32d", "#000000")],
)
def test_letters_on_a_button_can_be_read(colour: str, expected: str) -> None:
    assert expected == ink(colour)


@pytest.mark.parametrize("language", [*DATED, "nl"])
def test_a_moment_of_another_year_has_its_year_and_one_of_this_year_has_none(language: str) -> None:
    told = {
        year: render_dates.moment(DUE, language, BERLIN, datetime(year, 6, 1, tzinfo=UTC))
        for year in (2025, 2026, 2027)
    }
    assert told[2025] == told[2027] == DATED.get(language, told[2027])
    assert "2026" in told[2027]
    assert told[2026] == render_dates.moment(DUE, language, BERLIN) == MOMENTS.get(language, told[2026])


def test_the_year_is_that_of_the_readers_clock() -> None:
    evening = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    assert "2026" in render_dates.moment(evening, "en", UTC, evening + timedelta(hours=1))
    assert "2027" not in render_dates.moment(evening, "en", BERLIN, evening + timedelta(hours=1))
