"""`intake report` and the reports that go out by themselves."""

import csv
import io
import itertools
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from command_line import Run
from webpages import ARGUMENTS, CHROMIUM, OVERFLOW, axe

from intake.app import Desk, build
from intake.commands.report import spark, under
from intake.config.settings import load
from intake.desk.report import DIMENSIONS, Numbers
from intake.reports.gather import gather
from intake.reports.letter import JOB, latest, send_due
from intake.reports.page import bars, dates, page
from intake.reports.words import HEADS, cells, duration, share

TODAY = f"{datetime.now(UTC):%Y-%m-%d}"


@pytest.fixture
def desk(config: Path) -> Any:
    with config.open("a") as file:
        file.write("\n[report]\nmail = lead@desk.example, boss@desk.example\nevery = day\nhour = 7\n")
    made = build(load(config))
    yield made
    made.store.close()


def test_a_report_on_the_first_day_says_why_there_is_nothing_in_it(
    intake: Run, mail: Callable[..., Path]
) -> None:
    intake("ingest", str(mail()))
    said = " ".join(intake("report").output.split())
    assert "No ticket was opened or resolved on these days. Without --until" in said
    assert "No topic came up" not in said


def test_a_report_of_today_counts_what_came_today(intake: Run, mail: Callable[..., Path]) -> None:
    for n in range(3):
        intake("ingest", str(mail(subject=f"钱包被盗 {n}", name=f"m{n}")))
    shown = intake("report", "--since", TODAY).output
    assert re.search(r"Tickets +3\b", shown)
    assert "钱包被盗" in shown.partition("Trending topics")[2]
    assert "(no team)" in shown
    said = json.loads(intake("report", "--since", TODAY, "--json").output)
    assert (3, 3, sorted(DIMENSIONS)) == (
        said["total"]["tickets"],
        said["rising"][0]["now"],
        sorted(said["by"]),
    )
    rows = list(csv.DictReader(io.StringIO(intake("report", "--since", TODAY, "--csv", "-").output)))
    assert {"by": "all", "value": "", "tickets": "3"} == {
        key: rows[0][key] for key in ("by", "value", "tickets")
    }
    assert {*DIMENSIONS, "all", "day", "rising"} == {row["by"] for row in rows}


def test_a_strangers_words_are_no_formula_no_markup_and_no_escape(
    intake: Run, mail: Callable[..., Path], tmp_path: Path
) -> None:
    for n in range(3):
        intake("ingest", str(mail(subject="<script>alert</script> \x1b[31m", name=f"m{n}")))
    page = tmp_path / "report.html"
    intake("report", "--since", TODAY, "--html", str(page))
    text = page.read_text(encoding="utf-8")
    assert ("<script" in text, "\x1b" in text, "script" in text) == (False, False, True)
    assert "src=" not in text
    assert "http" not in text.replace("http-equiv", "")
    assert "\x1b" not in intake("report", "--since", TODAY).output


def test_days_the_wrong_way_round_and_bad_addresses_are_refused(intake: Run, tmp_path: Path) -> None:
    assert "is after" in intake("report", "--since", "2026-02-02", "--until", "2026-02-01", code=1).output
    for day in ("0001-01-01", "9999-12-31"):
        assert "out of range" in intake("report", "--since", day, "--until", day, code=1).output
    assert "not a valid email address" in intake("report", "--mail", "nobody", code=2).output
    assert "cannot be written" in intake("report", "--html", str(tmp_path / "no" / "x"), code=1).output


def test_a_report_by_mail_is_a_letter_with_the_page(intake: Run, config: Path) -> None:
    intake("report", "--mail", "lead@desk.example")
    desk = build(load(config))
    (row,) = desk.store.outbox.list_mails(limit=9)
    raw = desk.store.outbox.raw(row.id)
    desk.store.close()
    assert raw is not None
    made: Any = message_from_bytes(raw, policy=policy.default)
    assert ("lead@desk.example", "auto-generated") == (made["To"], made["Auto-Submitted"])
    (attached,) = made.iter_attachments()
    assert "report.html" == attached.get_filename()
    assert b"<!doctype html>" == attached.get_payload(decode=True)[:15]


BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("every", "now", "due", "since", "until"),
    [
        ("day", (2026, 7, 8, 6, 59), (2026, 7, 7, 7), (2026, 7, 6), (2026, 7, 7)),
        ("day", (2026, 7, 8, 7, 0), (2026, 7, 8, 7), (2026, 7, 7), (2026, 7, 8)),
        ("week", (2026, 7, 8, 7, 0), (2026, 7, 6, 7), (2026, 6, 29), (2026, 7, 6)),
        ("week", (2026, 7, 6, 6, 0), (2026, 6, 29, 7), (2026, 6, 22), (2026, 6, 29)),
        ("month", (2026, 3, 1, 7, 0), (2026, 3, 1, 7), (2026, 2, 1), (2026, 3, 1)),
        ("month", (2026, 3, 1, 6, 0), (2026, 2, 1, 7), (2026, 1, 1), (2026, 2, 1)),
        # The clocks went forward on Sunday: the week is an hour short, its ends are midnight all the same.
        ("week", (2026, 3, 30, 8, 0), (2026, 3, 30, 7), (2026, 3, 23), (2026, 3, 30)),
    ],
)
def test_when_a_report_is_due_and_what_it_is_about(
    every: str, now: Any, due: Any, since: Any, until: Any
) -> None:
    def local(parts: Any) -> datetime:
        return datetime(*parts, tzinfo=BERLIN)

    assert (local(due), local(since), local(until)) == latest(every, 7, BERLIN, local(now).astimezone(UTC))


def test_the_first_report_waits_and_then_each_comes_once(desk: Desk) -> None:
    at = datetime(2026, 7, 8, 6, 0, tzinfo=UTC)
    desk.service = replace(desk.service, clock=lambda: at)
    assert 0 == send_due(desk, at)
    assert at == desk.store.upkeep.job_runs()[JOB]
    assert 0 == send_due(desk, at + timedelta(minutes=30))
    later = at + timedelta(days=1, hours=2)
    # Two processes at the same moment, or one that died before it could note it: still one mail each.
    assert 2 == send_due(desk, later)
    desk.store.upkeep.record_job(JOB, at)
    assert 0 == send_due(desk, later)
    assert ["boss@desk.example", "lead@desk.example"] == sorted(
        row.rcpt for row in desk.store.outbox.list_mails(limit=9)
    )
    # What was missed while the desk stood still is not made up for.
    assert 2 == send_due(desk, later + timedelta(days=30))


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, ""),
        (0, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (3600, "1 h"),
        (12_000, "3 h 20 min"),
        (50_000, "13 h"),
        (187_200, "2 d 4 h"),
        (172_800, "2 d"),
        (1_000_000, "11 d"),
    ],
)
def test_durations_are_said_as_people_say_them(seconds: int | None, said: str) -> None:
    assert said == duration(None if seconds is None else timedelta(seconds=seconds))


def test_shares_are_never_rounded_up_to_all() -> None:
    assert ["", "0 %", "50 %", "99.9 %", "100 %"] == [share(one) for one in (None, 0.0, 0.5, 0.99999, 1.0)]
    assert len(HEADS) == len(cells(Numbers()))


def test_a_spark_line_fits_and_shows_the_least_that_is_not_nothing() -> None:
    assert "▁ █" == spark([1, 0, 8]).partition("  ")[0]
    assert 60 >= len(spark([1] * 365).partition("  ")[0])


def test_dates_stand_under_the_ends_of_a_spark_line() -> None:
    first = date(2026, 1, 1)
    for days in (1, 5, 23, 30, 60, 61, 365):
        last = first + timedelta(days=days - 1)
        drawn, told = spark([1] * days).partition("  ")[0], under(first, last, days)
        assert told.startswith("2026-01-01")
        assert told.endswith(f"{last}")
        assert len(drawn) == len(told) or days <= 22
    assert "2026-01-01" == under(first, first, 1)


def test_dates_stand_under_the_bars_of_the_chart() -> None:
    first = date(2026, 1, 1)

    def told(many: int) -> list[Any]:
        return dates([(first + timedelta(days=n), 1, 2) for n in range(many)])

    assert [] == told(0)
    assert [(40.0, "middle", "2026-01-01", True)] == [
        (one.x, one.anchor, one.label, one.always) for one in told(1)
    ]
    assert ["2026-01-01", "2026-01-02", "2026-01-03"] == [one.label for one in told(3)]
    assert ["2026-01-01", "2026-01-08", "2026-01-15", "2026-01-23", "2026-01-30"] == [
        one.label for one in told(30)
    ]
    # The ends stay within the page, and a phone has room for three.
    month = told(30)
    assert (0.0, "start", "end") == (month[0].x, month[0].anchor, month[-1].anchor)
    assert [True, False, True, False, True] == [one.always for one in month]
    assert ["2026-01-01", "2026-12-31"] == [one.label for one in told(365)][::4]


@pytest.mark.parametrize("width", [320, 1200])
def test_the_page_tells_its_days_to_who_sees_and_who_hears_it(desk: Desk, tmp_path: Path, width: int) -> None:
    """The dates can be read on a phone, none of them over another."""
    from playwright.sync_api import sync_playwright

    path = tmp_path / "report.html"
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    path.write_text(page(gather(desk, begin, begin + timedelta(days=30))), encoding="utf-8")
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        shown = chromium.new_page(viewport={"width": width, "height": 700})
        shown.goto(path.as_uri())
        texts = shown.locator("svg text").all()
        boxes = [one.bounding_box() for one in texts if one.is_visible()]
        heard = shown.get_by_role("list", name="Opened and resolved, by day").get_by_role("listitem")
        assert 30 == heard.count()
        assert "2026-01-30: 0 opened, 0 resolved" == heard.last.get_attribute("aria-label")
        found = axe(shown)
        overflow = shown.evaluate(OVERFLOW)
        chromium.close()

    assert ([], 0) == (found, overflow)
    assert (3 if width == 320 else 5) == len(boxes)
    assert all(box is not None and box["height"] >= 12 for box in boxes)
    sides = [(box["x"], box["x"] + box["width"]) for box in boxes if box]
    assert all(left[1] + 4 < right[0] for left, right in itertools.pairwise(sides))
    assert 0 <= sides[0][0] <= sides[-1][1] <= width


@pytest.mark.parametrize("many", [1, 2, 4, 7, 31])
def test_bars_of_few_days_stay_bars(many: int) -> None:
    days = [(date(2026, 1, 1) + timedelta(days=n), 1, 2) for n in range(many)]
    made, shown = bars(days), dates(days)

    assert all(one.width <= 8 for one in made)
    assert all(one.x + one.width <= other.x for one, other in itertools.pairwise(made))
    if many < 5:
        assert [one.x for one in shown] == pytest.approx([one.x + one.width / 2 for one in made], abs=0.01)


def test_many_days_are_drawn_by_weeks() -> None:
    days = [(date(2026, 1, 1) + timedelta(days=n), 1, 2) for n in range(365)]
    made = bars(days)
    assert (53, 160.0, 80.0) == (len(made), made[0].resolved, made[0].opened)
    assert "2026-01-01: 7 opened, 14 resolved" == made[0].label
