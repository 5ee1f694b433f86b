"""Links that work once, in memory."""

from dataclasses import replace
from datetime import datetime

from intake.testing.memory.rows import StoredDownload
from intake.testing.memory.state import MemoryPart


class MemoryDownloads(MemoryPart):
    """Counting what links were used for."""

    def usable(self, hashed: str, most: int) -> bool:
        """Whether a download by this link may be begun."""
        row = self._now.downloads.get(hashed)
        return row is None or (row.done_at is None and row.begun < most)

    def begin(self, hashed: str, most: int, expires: datetime, now: datetime) -> bool:
        """Count a download that begins. False where one was complete, or enough were begun."""
        with self._memory.transaction() as state:
            for other in [name for name, row in state.downloads.items() if row.expires_at < now]:
                del state.downloads[other]
            if not self.usable(hashed, most):
                return False
            row = state.downloads.get(hashed) or StoredDownload(expires)
            state.downloads[hashed] = replace(row, begun=row.begun + 1)
            return True

    def end(self, hashed: str, now: datetime) -> None:
        """Write down that a download came to its end: the link is used up."""
        with self._memory.transaction() as state:
            if hashed in state.downloads:
                state.downloads[hashed] = replace(state.downloads[hashed], done_at=now)
