"""The report as one page that needs nothing else: where each bar of its charts stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from intake.desk.report import DIMENSIONS, WEEKDAYS, Report
from intake.rendering.templates import renderer
from intake.reports.words import HEADS, cells, name, span

# More days than fit as bars of a width that can be seen are drawn by weeks.
_MOST_BARS = 92
# Per cent of the page's width, so that letters keep their size on a phone; pixels of height.
_WIDTH, _HEIGHT = 100.0, 160.0
# However few the days are, a bar stays a bar and does not become the page.
_WIDEST = 8.0
# So many dates fit under the chart on a screen, and every other of them on a phone.
_DATES = 5
TITLES = {
    "team": "By team",
    "agent": "By agent",
    "category": "By category",
    "language": "By language",
    "channel": "By channel",
    "weekday": "By weekday",
    "hour": "By hour of the day",
}


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of the days' chart: its place, its height and that of the resolved beside it, and its label."""

    x: float
    width: float
    opened: float
    resolved: float
    label: str


@dataclass(frozen=True, slots=True)
class Date:
    """A date under the days' chart: where it stands, which side of it (start, middle, end), and its words.

    One that is not `always` there is left out where the page is narrow.
    """

    x: float
    anchor: str
    label: str
    always: bool


@dataclass(frozen=True, slots=True)
class Shade:
    """An hour of the week: how dark it is, from 0 to 1, its label, and how many wrote then."""

    strength: float
    label: str
    many: int


def page(report: Report, override: Path | None = None) -> str:
    """Return the report as HTML. `override` is the admin's own folder of templates."""
    shown = weeks(report.days)
    largest = {
        dimension: max((numbers.tickets for _, numbers in report.by[dimension]), default=0)
        for dimension in DIMENSIONS
    }
    return renderer(override).document(
        "report",
        report=report,
        span=span(report),
        heads=HEADS,
        total=list(zip(HEADS, cells(report.total), strict=True)),
        groups=[
            (
                TITLES[dimension],
                [
                    (name(dimension, value), numbers.tickets / max(largest[dimension], 1), cells(numbers))
                    for value, numbers in report.by[dimension]
                ],
            )
            for dimension in DIMENSIONS
        ],
        bars=bars(report.days),
        dates=dates(report.days),
        most=max((opened for _, opened, _ in shown), default=0),
        by_week=len(report.days) > _MOST_BARS,
        shades=shades(report.week),
        hours=list(range(24)),
        scores=score_bars(report.scores),
        height=_HEIGHT,
    )


def weeks(days: Sequence[tuple[date, int, int]]) -> list[tuple[date, int, int]]:
    """Return the days as they are, or by sevens where they are many."""
    if len(days) <= _MOST_BARS:
        return list(days)
    groups = [days[start : start + 7] for start in range(0, len(days), 7)]
    return [(group[0][0], sum(day[1] for day in group), sum(day[2] for day in group)) for group in groups]


def bars(days: Sequence[tuple[date, int, int]]) -> list[Bar]:
    """Return the bars of the days' chart."""
    shown = weeks(days)
    most = max((max(opened, resolved) for _, opened, resolved in shown), default=0) or 1
    step = _WIDTH / max(len(shown), 1)
    width = min(step * 0.8, _WIDEST)
    # A date stands under the middle of its bar, see `dates`.
    before = step * 0.4 - width / 2
    return [
        Bar(
            round(place * step + before, 3),
            round(width, 3),
            round(opened / most * _HEIGHT, 1),
            round(resolved / most * _HEIGHT, 1),
            f"{day}: {opened} opened, {resolved} resolved",
        )
        for place, (day, opened, resolved) in enumerate(shown)
    ]


def dates(days: Sequence[tuple[date, int, int]]) -> list[Date]:
    """Return the dates under the days' chart: the first, the last, and some between them."""
    shown = weeks(days)
    last, step = len(shown) - 1, _WIDTH / max(len(shown), 1)
    many = min(len(shown), _DATES)
    # Where all of them are there, each has room under the middle of its bar.
    crowded = len(shown) >= _DATES
    ticks = []
    for number in range(many):
        place = round(number * last / (many - 1)) if many > 1 else 0
        anchor = {0: "start", last: "end"}.get(place, "middle") if crowded else "middle"
        along = {"start": 0.0, "middle": 0.4, "end": 0.8}[anchor]
        ticks.append(
            Date(
                round((place + along) * step, 3), anchor, f"{shown[place][0]}", not crowded or number % 2 == 0
            )
        )
    return ticks


def shades(week: Sequence[Sequence[int]]) -> Mapping[str, list[Shade]]:
    """Return the hours of the week by weekday."""
    most = max((max(hours) for hours in week), default=0) or 1
    return {
        day: [
            Shade(round(many / most, 3), f"{day} {hour:02d}:00: {many}", many)
            for hour, many in enumerate(hours)
        ]
        for day, hours in zip(WEEKDAYS, week, strict=True)
    }


def score_bars(scores: Sequence[int]) -> list[tuple[int, int, float]]:
    """Return each score with how often it was given and its share of the most frequent."""
    most = max(scores, default=0) or 1
    return [(score, many, many / most) for score, many in enumerate(scores, 1)]
