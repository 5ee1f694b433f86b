"""Who read how much on which day."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from peewee import fn

from intake.desk.lookup import SEARCH, LookupRequest
from intake.desk.reading import USUAL_DAYS, Reader, Reading
from intake.desk.ticket import Agent
from intake.store.base import StorePart
from intake.store.connection import Connection
from intake.store.schema.acts import ReadLog
from intake.views import ReadRow

_KEPT_DAYS = 365


def count(db: Connection, who: str, kind: Reading, about: int, now: datetime) -> None:
    """Count one reading, within the running transaction."""
    row = ReadLog.insert(day=f"{now:%Y-%m-%d}", who=who, kind=kind.value, about=about, n=1)
    where = [ReadLog.day, ReadLog.who, ReadLog.kind, ReadLog.about]
    db.run(row.on_conflict(conflict_target=where, update={ReadLog.n: ReadLog.n + 1}).as_rowcount())


def count_asked(
    db: Connection, wanted: LookupRequest, agent: Agent | None, here: Sequence[int], now: datetime
) -> None:
    """Count what an agent asks to be shown by mail: histories of tickets, and searches."""
    if agent is None:
        return
    for number in sorted({*wanted.histories, *here}):
        count(db, agent.address.lower(), Reading.SHOW, number, now)
    for _ in [name for name in wanted.lists | wanted.outside if name.startswith(SEARCH)]:
        count(db, agent.address.lower(), Reading.SEARCH, 0, now)


class SqlReads(StorePart):
    """The log of reading."""

    def count(self, who: str, kind: Reading, about: int, now: datetime) -> None:
        """Count one reading of somebody: of a ticket by its number, 0 for none."""
        with self.transaction():
            count(self.db, who, kind, about, now)

    def readers(self, now: datetime) -> list[Reader]:
        """Return how much each read today, and on the days before."""
        today, first = now.date(), now.date() - timedelta(days=USUAL_DAYS)
        days: dict[str, dict[date, int]] = defaultdict(dict)
        query = ReadLog.select(ReadLog.who, ReadLog.day, fn.SUM(ReadLog.n)).where(ReadLog.day >= f"{first}")
        for who, day, readings in self.db.rows(query.group_by(ReadLog.who, ReadLog.day).tuples()):
            days[who][date.fromisoformat(day)] = int(readings)
        return [
            Reader(who, today, of[today], tuple(of[day] for day in sorted(of) if day < today))
            for who, of in sorted(days.items())
            if today in of
        ]

    def forget(self, now: datetime) -> None:
        """Forget what is older than a year."""
        oldest = now.date() - timedelta(days=_KEPT_DAYS)
        with self.transaction():
            self.db.run(ReadLog.delete().where(ReadLog.day < f"{oldest}"))

    def rows(self, who: str = "", since: date | None = None, limit: int = 50) -> list[ReadRow]:
        """Return what was read, the newest day first: by somebody ("": by anybody), from a day on."""
        query = ReadLog.select().order_by(ReadLog.day.desc(), ReadLog.n.desc(), ReadLog.who, ReadLog.kind)
        if who:
            query = query.where(ReadLog.who == who)
        if since is not None:
            query = query.where(ReadLog.day >= f"{since}")
        return [
            ReadRow(row.day, row.who, row.kind, row.about or None, row.n)
            for row in self.db.rows(query.limit(limit))
        ]
