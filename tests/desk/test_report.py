"""Reports: what is counted, and how near to the truth a median of steps is."""

import random
from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from intake.desk.report import BROKEN, KEPT, NO_PROMISE, NOT_ASKED, SILENT, Columns, Numbers, Report, Tally
from intake.desk.trends import rising, words

BERLIN = ZoneInfo("Europe/Berlin")
# A Monday, in the summer time of Berlin.
MONDAY = datetime(2026, 7, 6, tzinfo=BERLIN)


def columns(*tickets: dict[str, Any]) -> Columns:
    usual = {
        "opened": MONDAY,
        "team": "",
        "agent": "",
        "category": "",
        "language": "en",
        "channel": "imap",
        "answered": None,
        "resolved": None,
        "promise": NO_PROMISE,
        "survey": NOT_ASKED,
    }
    rows = [{**usual, **one} for one in tickets]
    for row in rows:
        row["opened"] = int(row["opened"].timestamp())
    return Columns(*([row[name] for row in rows] for name in usual))


def report(*chunks: Columns, until: datetime = MONDAY + timedelta(days=7)) -> Report:
    tally = Tally(BERLIN)
    for chunk in chunks:
        tally.add(chunk)
    return tally.report("Help", MONDAY, until)


def test_nothing_opened_is_a_report_of_noughts() -> None:
    made = report(until=MONDAY + timedelta(days=1))
    assert Numbers() == made.total
    assert [(date(2026, 7, 6), 0, 0)] == made.days
    assert (None, None) == (made.total.kept_share, made.total.response_share)


def test_tickets_count_in_each_of_their_groups_over_all_chunks() -> None:
    made = report(
        columns(
            {"team": "a", "agent": "Anna", "language": "zh-Hans", "answered": 600, "promise": KEPT},
            {"team": "a", "category": "security", "promise": BROKEN, "survey": 2},
        ),
        columns({"team": "b", "answered": 600, "resolved": 90_000, "survey": SILENT}),
        columns(),
    )
    total = made.total
    assert (3, 2, 1) == (total.tickets, total.answered, total.resolved)
    assert (2, 1, 0.5) == (total.promised, total.kept, total.kept_share)
    assert (2, 1, 2.0, 0.5) == (total.asked, total.scored, total.score, total.response_share)
    assert [("a", 2), ("b", 1)] == [(name, one.tickets) for name, one in made.by["team"]]
    assert {"Anna": 1, "": 2} == {name: one.tickets for name, one in made.by["agent"]}
    assert {"zh-Hans": 1, "en": 2} == {name: one.tickets for name, one in made.by["language"]}
    assert [0, 1, 0, 0, 0] == made.scores


def test_days_weekdays_and_hours_are_those_of_the_desk() -> None:
    # 23:30 of Sunday in London is half past midnight of Monday in Berlin.
    late = datetime(2026, 7, 5, 22, 30, tzinfo=UTC)
    tally = Tally(BERLIN)
    tally.add(columns({"opened": late}, {"opened": datetime(2026, 7, 7, 21, 59, tzinfo=UTC)}))
    tally.close([int(datetime(2026, 7, 7, 22, 1, tzinfo=UTC).timestamp())])
    made = tally.report("Help", MONDAY, MONDAY + timedelta(days=3))
    assert [(6, 1, 0), (7, 1, 0), (8, 0, 1)] == [
        (day.day, opened, closed) for day, opened, closed in made.days
    ]
    assert [("Monday", 1), ("Tuesday", 1)] == [(name, one.tickets) for name, one in made.by["weekday"]]
    assert [("00:00", 1), ("23:00", 1)] == [(name, one.tickets) for name, one in made.by["hour"]]
    assert (1, 1, 2) == (made.week[0][0], made.week[1][23], sum(map(sum, made.week)))


@pytest.mark.parametrize("scale", [40, 600, 40_000, 2_000_000], ids=lambda scale: f"about-{scale}s")
def test_a_median_is_right_to_within_a_tenth(scale: int) -> None:
    dice = random.Random(scale)
    seconds = [int(dice.lognormvariate(0, 1) * scale) for _ in range(2001)]
    made = report(columns(*({"answered": one} for one in seconds)))
    assert made.total.answer_median is not None
    found = made.total.answer_median.total_seconds()
    # Below a minute there is one step only.
    assert found == pytest.approx(median(seconds), rel=0.1, abs=30)
    ninety = sorted(seconds)[int(2001 * 0.9)]
    assert made.total.answer_ninety is not None
    assert made.total.answer_ninety.total_seconds() == pytest.approx(ninety, rel=0.1, abs=30)


@pytest.mark.parametrize(
    ("subject", "counted"),
    [
        ("Re: My wallet is EMPTY!", {"wallet", "empty"}),
        ("钱包被盗", {"钱包", "包被", "被盗", "钱包被", "包被盗", "钱包被盗"}),
        ("USDT 转账 failed", {"usdt", "转账", "failed"}),
        ("12345 0x12 a of", set()),
        ("", set()),
    ],
)
def test_what_a_subject_is_counted_under(subject: str, counted: set[str]) -> None:
    assert counted == words(subject)


def week(*subjects: str, first: int = 1, category: str = "") -> list[tuple[int, str, str]]:
    return [(first + place, subject, category) for place, subject in enumerate(subjects)]


def test_what_rose_most_stands_first_and_is_said_once() -> None:
    before = week("Login broken", "Login broken again", "Invoice", "Invoice", "Invoice")
    now = week(*["Withdrawal stuck"] * 5, *["Login broken"] * 4, *["Invoice"] * 3, "Chain reorg", first=100)
    found = rising(now, before)
    # "stuck" rose just as "withdrawal" did, in the very same tickets: one of them tells it.
    assert [("withdrawal", 5, 0), ("broken", 4, 2)] == [(one.what, one.now, one.before) for one in found]
    assert (102, 103, 104) == found[0].tickets


def test_what_doubled_in_chinese_is_the_longest_piece_of_it() -> None:
    now = week(*["钱包被盗"] * 4, first=10)
    assert [("钱包被盗", 4, 0)] == [(one.what, one.now, one.before) for one in rising(now, [])]


def test_a_category_rises_as_words_do() -> None:
    now = week("a", "b", "c", first=10, category="security")
    assert [("category: security", 3)] == [(one.what, one.now) for one in rising(now, week("a"))]
