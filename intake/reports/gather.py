"""Making a report: what is read, counted and compared."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from intake.desk.report import Report, Tally
from intake.desk.trends import rising
from intake.store.reporting import Reporting
from intake.terminal import shown_line

if TYPE_CHECKING:
    from intake.app import Desk

WEEK = timedelta(days=7)


def gather(
    desk: "Desk",
    since: datetime,
    until: datetime,
    progress: Callable[[int, int], None] = lambda done, whole: None,
) -> Report:
    """Return the report on the tickets opened from `since` to before `until` (aware).

    `progress` is told, as it goes, how many tickets were looked at and how many there are.
    """
    reading = Reporting(desk.database.db, desk.database.blobs)
    tally = Tally(desk.settings.desk.timezone)
    first, last = reading.numbers(since, until)
    last_moment = until.timestamp()
    for number, columns in reading.chunks(since, until, desk.service.clock()):
        tally.add(columns)
        ends = zip(columns.opened, columns.resolved, strict=True)
        closed = [opened + took for opened, took in ends if took is not None]
        tally.close([at for at in closed if at < last_moment])
        progress(number - first + 1, last - first + 1)
    # Of those opened before; each of the others was read above.
    tally.close(reading.closings(since, until, first or 2**31))
    hot = rising(reading.subjects(until - WEEK, until), reading.subjects(until - 2 * WEEK, until - WEEK))
    return harmless(tally.report(desk.settings.desk.name, since, until, hot))


def harmless(report: Report) -> Report:
    """Return the report with its words as they may be shown: on a terminal, on a page, in a table, by mail.

    What a ticket is about came from strangers, who may fill in a form as they like.
    """
    return replace(
        report,
        by={
            name: [(shown_line(value), numbers) for value, numbers in rows]
            for name, rows in report.by.items()
        },
        rising=tuple(replace(trend, what=shown_line(trend.what)) for trend in report.rising),
    )
