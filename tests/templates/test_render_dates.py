"""Moments, days, counts and plurals as the readers of each language write them, in the desk's zone."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from factories import DESK_ADDRESS, KEY, NOW, a_policy, a_ticket

from intake import render_dates
from intake.composer import Composer
from intake.config import Section
from intake.desk.effects import STATUS_EVENTS, Mail, MailKind
from intake.desk.language import LANGUAGES
from intake.render import Renderer, ink

DUE = datetime(2026, 11, 23, 16, 5, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
MOMENTS = {
    "en": "Mon, Nov 23, 5:05 PM (UTC+1)",
    "zh-Hans": "11月23日周一 17:05 (UTC+1)",
    "zh-Hant": "11月23日 週一 17:05 (UTC+1)",
    "ja": "11月23日(月) 17:05 (UTC+1)",
    "ko": "11월 23일 (월) 17:05 (UTC+1)",
    "es": "lun, 23 nov, 17:05 (UTC+1)",
    "pt": "seg., 23 de nov. 17:05 (UTC+1)",
    "fr": "lun. 23 nov., 17:05 (UTC+1)",
    "de": "Mo., 23. Nov., 17:05 (UTC+1)",
    "ru": "пн, 23 нояб., 17:05 (UTC+1)",
    "tr": "23 Kas Pzt 17:05 (UTC+1)",
    "vi": "17:05 Th 2, 23 thg 11 (UTC+1)",
}


@pytest.mark.parametrize(("language", "expected"), MOMENTS.items())
def test_a_moment_is_written_as_its_readers_do(language: str, expected: str) -> None:
    assert expected == render_dates.moment(DUE, language, BERLIN)


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("UTC", "16:05 (UTC)"),
        ("Asia/Shanghai", "00:05 (UTC+8)"),
        ("Asia/Kathmandu", "21:50 (UTC+5:45)"),
        ("America/St_Johns", "12:35 (UTC-3:30)"),
    ],
)
def test_a_moment_is_told_in_a_zone_and_how_far_it_is_from_utc(zone: str, expected: str) -> None:
    assert render_dates.moment(DUE, "de", ZoneInfo(zone)).endswith(expected)


@pytest.mark.parametrize(
    ("due", "zone", "expected"),
    [
        (datetime(2026, 11, 23, 23, tzinfo=UTC), "Europe/Berlin", "Mon, Nov 23, 11:59 PM (UTC+1)"),
        (datetime(2026, 11, 23, 23, 0, 1, tzinfo=UTC), "Europe/Berlin", "Tue, Nov 24, 12:00 AM (UTC+1)"),
        (datetime(2026, 11, 23, 23, tzinfo=UTC), "UTC", "Mon, Nov 23, 11:00 PM (UTC)"),
        (datetime(2026, 4, 1, tzinfo=UTC), "UTC", "Tue, Mar 31, 11:59 PM (UTC)"),
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


def composed(mail: Mail, **ticket: Any) -> str:
    desk = {
        "name": "Desk",
        "address": DESK_ADDRESS,
        "language": "en",
        "signature": "",
        "templates": None,
        "reply_days": 180,
        "timezone": BERLIN,
        "colour": "#1a5fb4",
        "status_mails": STATUS_EVENTS,
    }
    settings: Any = SimpleNamespace(desk=Section(desk))
    letter = Composer(settings, a_policy(), (KEY,)).letter(mail, a_ticket(**ticket), NOW, "de", html=False)
    return letter.text


def test_an_acknowledgement_tells_the_promise_of_its_ticket() -> None:
    mail = Mail(MailKind.ACKNOWLEDGEMENT, 12, a_ticket().requester, "k")
    assert MOMENTS["de"] in composed(mail, first_response_due=DUE)
    assert "(UTC" not in composed(mail)


def test_a_delay_tells_the_new_promise_if_there_is_one() -> None:
    mail = Mail(MailKind.STATUS, 12, a_ticket().requester, "k", event="delayed", due=DUE + timedelta(hours=1))
    assert "voraussichtlich bis Mo., 23. Nov., 18:05 (UTC+1)" in composed(mail)
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
