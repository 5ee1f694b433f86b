"""What goes wrong again and again, until it goes well: rows of the table `meta`, one for each trouble.

They outlive the process that met them, so that a person is told once a day and not at
each restart, and `intake status` shows them in any process.
"""

import json
from datetime import datetime, timedelta

from intake.store.base import StorePart
from intake.store.schema.fields import Moment
from intake.store.schema.tables import Meta
from intake.views import TroubleRow

_PREFIX = "trouble:"
# A trouble that nobody met for so long is over: whoever met it has gone.
FORGOTTEN = timedelta(days=3)


class SqlTroubles(StorePart):
    """Writing them down, and whether the database takes anything down at all."""

    def probe(self, now: datetime) -> None:
        """Write something small. Raises Temporary when the database takes nothing: then what just
        failed was not the fault of what was tried."""
        with self.transaction():
            self._note("probe", str(Moment().db_value(now)))

    def met(self, key: str, text: str, now: datetime) -> TroubleRow:
        """Write down that `key` went wrong once more; return what is known of it.

        `text` is for people; it holds nothing that a user wrote.
        """
        with self.transaction():
            known = self._trouble(key)
            if known is not None and now - known.last >= FORGOTTEN:
                known = None
            row = TroubleRow(
                key,
                text,
                # Since a time that is to come: that was the clock's, which was ahead.
                min(known.since, now) if known else now,
                now,
                known.count + 1 if known else 1,
                known.told_at if known else None,
            )
            self._keep(row)
        return row

    def notified(self, key: str, now: datetime) -> None:
        """Write down that a person was told of it."""
        with self.transaction():
            known = self._trouble(key)
            if known is not None:
                self._keep(TroubleRow(key, known.what, known.since, known.last, known.count, now))

    def over(self, key: str) -> bool:
        """Forget it: it goes well again. False when there was none."""
        with self.transaction():
            return bool(self.db.run(Meta.delete().where(Meta.name == _PREFIX + key)) == 1)

    def current(self, now: datetime) -> list[TroubleRow]:
        """Return what goes wrong at present, the oldest first."""
        query = Meta.select(Meta.name, Meta.value).where(Meta.name.startswith(_PREFIX))
        troubles = [_row(name, value) for name, value in self.db.rows(query.tuples())]
        # One of a time that is yet to come was met while the clock was ahead.
        return sorted(
            (trouble for trouble in troubles if abs(now - trouble.last) < FORGOTTEN),
            key=lambda trouble: trouble.since,
        )

    def _trouble(self, key: str) -> TroubleRow | None:
        row = self.db.first(Meta.select(Meta.value).where(Meta.name == _PREFIX + key).tuples())
        return _row(_PREFIX + key, row[0]) if row else None

    def _keep(self, row: TroubleRow) -> None:
        told_at = row.told_at.isoformat() if row.told_at else ""
        kept = [row.what, row.since.isoformat(), row.last.isoformat(), row.count, told_at]
        self._note(_PREFIX + row.key, json.dumps(kept))

    def _note(self, name: str, value: str) -> None:
        query = Meta.insert(name=name, value=value)
        self.db.run(query.on_conflict(conflict_target=[Meta.name], update={Meta.value: value}).as_rowcount())


def _row(name: str, value: str) -> TroubleRow:
    text, since, last, count, moment = json.loads(value)
    return TroubleRow(
        name.removeprefix(_PREFIX),
        text,
        datetime.fromisoformat(since),
        datetime.fromisoformat(last),
        count,
        datetime.fromisoformat(moment) if moment else None,
    )
