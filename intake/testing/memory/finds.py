"""Which secrets were found where, in memory."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from intake.desk.find_effects import KeepFinds
from intake.desk.sensitive.finds import DETECTOR
from intake.store.finds import same_secret
from intake.testing.memory.rows import StoredFind
from intake.testing.memory.state import MemoryPart, State
from intake.views import FindRow


def keep(
    state: State,
    effect: KeepFinds,
    ticket: int,
    message: int | None,
    entry: int | None,
    key: bytes,
    now: datetime,
) -> None:
    """Write finds of a message and the entry it became."""
    for find in effect.finds:
        where = (ticket, message, entry, find.part, find.kind, find.confidence, find.words)
        mark = same_secret(key, find.fingerprint)
        row = FindRow(state.finds.last + 1, *where, "hidden", now, DETECTOR)
        state.finds.add(lambda number, row=row, mark=mark: StoredFind(number, row, mark))  # type: ignore[misc]


class MemoryFinds(MemoryPart):
    """Finds, as `intake secret` shows them."""

    def list_finds(self, ticket: int | None = None, state: str = "", limit: int = 50) -> list[FindRow]:
        """Return finds, the newest first: of a ticket (None: of all), in a state ("": in any)."""
        rows = (kept.row for kept in self._now.finds.newest())
        wanted = [row for row in rows if ticket in (None, row.ticket) and state in ("", row.state)]
        return wanted[:limit]

    def get(self, number: int) -> FindRow | None:
        """Return a find, None where there is none of this number."""
        kept = self._now.finds.get(number)
        return kept.row if kept else None

    def elsewhere(self, number: int) -> Sequence[int]:
        """Return the other tickets in which the same secret was found."""
        mine = self._now.finds.get(number)
        if mine is None:
            return ()
        same = {kept.row.ticket for kept in self._now.finds if kept.hmac == mine.hmac}
        return sorted(same - {mine.row.ticket})

    def clear(self, number: int) -> bool:
        """Note that a find is a false alarm. False where there is none, or it was noted before."""
        with self._memory.transaction() as state:
            kept = state.finds.get(number)
            if kept is None or kept.row.state != "hidden":
                return False
            state.finds.change(number, row=replace(kept.row, state="cleared"))
            return True
