"""Previews of pictures, and the pictures that still want one (intake/runtime/previews.py makes them).

What is wanted is written down in the commit that writes down the picture, so that no
crash forgets it; an attempt is counted in a commit of its own before it begins, so
that a picture that kills whoever looks at it is not looked at for ever.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import peewee
from peewee import fn

from intake.store.base import StorePart
from intake.store.connection import Connection
from intake.store.schema.previews import Preview
from intake.store.statement import SetStatement

# While one process makes a preview the others leave the picture alone, for longer than it can take.
ATTEMPT = timedelta(minutes=1)
# A machine with much to do may be too slow once; a picture that is too slow three times stays so.
MAX_ATTEMPTS = 3
# Between attempts.
AGAIN = timedelta(minutes=10)
# One that waits for longer was put off while the clock was ahead.
LONGEST_WAIT = timedelta(hours=1)


class SqlPreviews(StorePart):
    """Keeping previews, and counting the attempts at them."""

    def get(self, sha256: str) -> bytes | None:
        """Return the preview of a picture by the picture's sha256, None when there is none."""
        row = self.db.first(Preview.select(Preview.content).where(Preview.sha256 == sha256).tuples())
        return (bytes(row[0]) or None) if row else None

    def wanted(self, now: datetime, limit: int) -> list[str]:
        """Return the pictures that want a preview now, those that have waited longest first."""
        query = Preview.select(Preview.sha256).where(_due(now)).order_by(Preview.next_at).limit(limit)
        return [name for (name,) in self.db.rows(query.tuples())]

    def begin(self, sha256: str, now: datetime) -> bool:
        """Count an attempt, durably. False when another process was quicker, or there were enough."""
        with self.transaction():
            due = (Preview.sha256 == sha256) & _due(now)
            self.db.run(Preview.update(next_at=None).where(due & (Preview.attempts >= MAX_ATTEMPTS)))
            begun = Preview.update(attempts=Preview.attempts + 1, next_at=now + ATTEMPT)
            return bool(self.db.run(begun.where(due)) == 1)

    def end(self, sha256: str, content: bytes, now: datetime, again: bool) -> None:
        """Keep what was made, b"" for nothing; `again`: it is worth another attempt, if any is left."""
        with self.transaction():
            which = Preview.sha256 == sha256
            if again and not content:
                later = Preview.update(next_at=now + AGAIN).where(which & (Preview.attempts < MAX_ATTEMPTS))
                if self.db.run(later) == 1:
                    return
            self.db.run(Preview.update(content=content, next_at=None).where(which))


def having_one(names: Iterable[str]) -> peewee.Query:
    """Return a query for those of the pictures that have a preview."""
    return Preview.select(Preview.sha256).where(
        Preview.sha256.in_(list(names)) & (fn.LENGTH(Preview.content) > 0)
    )


def remember(db: Connection, made: dict[str, bytes], wanted: Iterable[str], now: datetime) -> None:
    """Within a transaction: keep previews, and write down which pictures want one still."""
    for name, content in made.items():
        db.writes.insert(Preview, sha256=name, content=content, next_at=None)
        db.writes.at_last_for_each(_MADE, sha256=name, content=content)
    for name in wanted:
        if name not in made:
            db.writes.insert(Preview, sha256=name, content=b"", next_at=now)


# Of a picture that was there before, without one.
_MADE = SetStatement(
    "UPDATE preview SET content = v.content, next_at = NULL FROM v "
    "WHERE preview.sha256 = v.sha256 AND LENGTH(preview.content) = 0",
    sha256=Preview.sha256,
    content=Preview.content,
)


def _due(now: datetime) -> peewee.Expression:
    return (Preview.next_at <= now) | (Preview.next_at > now + LONGEST_WAIT)
