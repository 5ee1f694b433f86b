"""Links that work once: how often a download by one was begun, and whether one came to its end."""

from datetime import datetime

from intake.store.base import StorePart
from intake.store.schema.downloads import Download


class SqlDownloads(StorePart):
    """Counting what links were used for."""

    def usable(self, hashed: str, most: int) -> bool:
        """Whether a download by this link may be begun."""
        row = self.db.first(Download.select().where(Download.hash == hashed))
        return row is None or (row.done_at is None and row.begun < most)

    def begin(self, hashed: str, most: int, expires: datetime, now: datetime) -> bool:
        """Count a download that begins, durably. False where one was complete, or enough were begun."""
        with self.transaction():
            self.db.run(Download.delete().where(Download.expires_at < now))
            first = Download.insert(hash=hashed, begun=0, expires_at=expires)
            self.db.run(first.on_conflict_ignore().as_rowcount())
            left = Download.done_at.is_null() & (Download.begun < most)
            query = Download.update(begun=Download.begun + 1).where((Download.hash == hashed) & left)
            return bool(self.db.run(query) == 1)

    def end(self, hashed: str, now: datetime) -> None:
        """Write down that a download came to its end: the link is used up."""
        with self.transaction():
            self.db.run(Download.update(done_at=now).where(Download.hash == hashed))
