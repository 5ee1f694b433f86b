"""A report in words and numbers: durations, shares, table rows, and the email it is attached to."""

import csv
import io
from collections.abc import Iterator
from datetime import timedelta

from intake.desk.report import DIMENSIONS, Numbers, Report

# The columns of every table, on the terminal and on the page.
HEADS = (
    "tickets",
    "answered",
    "resolved",
    "first response, median",
    "first response, 90th percentile",
    "resolution, median",
    "resolution, 90th percentile",
    "SLA met",
    "surveys answered",
    "score",
)
# The same columns in CSV, whose names programs read.
COLUMNS = (
    "tickets",
    "answered",
    "resolved",
    "first_response_median",
    "first_response_90_%",
    "resolution_median",
    "resolution_90_%",
    "promises_kept",
    "surveys_answered",
    "score",
)
# Shown instead of an empty name.
NOBODY = {"team": "(no team)", "agent": "(unassigned)", "category": "(none)"}


def duration(value: timedelta | None) -> str:
    """Return a duration in words: "45 s", "12 min", "3 h 20 min", "2 d 4 h"; "" for none."""
    if value is None:
        return ""
    seconds = int(value.total_seconds())
    if seconds < 60:
        return f"{seconds} s"
    minutes = seconds // 60
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes} min" if minutes and hours < 10 else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h" if hours and days < 10 else f"{days} d"


def share(value: float | None) -> str:
    """Return a share in per cent, never rounded up to all of it; "" for none."""
    return "" if value is None else f"{int(value * 1000) / 10:g} %"


def cells(numbers: Numbers) -> tuple[str, ...]:
    """Return the cells under HEADS."""
    return (
        str(numbers.tickets),
        str(numbers.answered),
        str(numbers.resolved),
        duration(numbers.answer_median),
        duration(numbers.answer_ninety),
        duration(numbers.resolve_median),
        duration(numbers.resolve_ninety),
        share(numbers.kept_share),
        share(numbers.response_share),
        f"{numbers.score:.1f}" if numbers.score is not None else "",
    )


def name(dimension: str, value: str) -> str:
    """Return what a group is called."""
    return value or NOBODY.get(dimension, "(none)")


def span(report: Report) -> str:
    """Return the report's days, both ends included."""
    first, last = report.days[0][0], report.days[-1][0]
    return f"{first}" if first == last else f"{first} to {last}"


def as_csv(report: Report) -> str:
    """Return the report as CSV (RFC 4180): a line for each group, durations in seconds, shares as numbers."""
    out = io.StringIO()
    lines = csv.writer(out)
    lines.writerow(["by", "value", *COLUMNS])
    lines.writerow(["all", "", *_plain(report.total)])
    for dimension in DIMENSIONS:
        for value, numbers in report.by[dimension]:
            lines.writerow([dimension, _inert(value), *_plain(numbers)])
    for day, opened, resolved in report.days:
        lines.writerow(["day", day.isoformat(), opened, "", resolved])
    for rise in report.rising:
        lines.writerow(["rising", _inert(rise.what), rise.now, "", "", rise.before])
    return out.getvalue()


def _plain(numbers: Numbers) -> Iterator[object]:
    yield from (numbers.tickets, numbers.answered, numbers.resolved)
    for value in (
        numbers.answer_median,
        numbers.answer_ninety,
        numbers.resolve_median,
        numbers.resolve_ninety,
    ):
        yield "" if value is None else int(value.total_seconds())
    for number in (numbers.kept_share, numbers.response_share, numbers.score):
        yield "" if number is None else round(number, 4)


def _inert(text: str) -> str:
    """Return text that no spreadsheet takes for a formula: subjects are strangers' words."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def as_letter(report: Report) -> str:
    """Return the text of the email that the page is attached to."""
    total = report.total
    lines = [f"{report.desk}, {span(report)}", ""]
    lines += [f"{head}: {cell}" for head, cell in zip(HEADS, cells(total), strict=True) if cell]
    if report.rising:
        lines += ["", "Trending topics, compared with the week before:"]
        lines += [f"- {trend.what}: {trend.now}, before {trend.before}" for trend in report.rising[:5]]
    return "\n".join([*lines, "", "The whole report is attached: open report.html in a browser.", ""])
