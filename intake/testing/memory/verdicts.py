"""Verdicts on articles, in memory."""

from collections.abc import Mapping
from datetime import datetime

from intake.desk.knowledge.verdicts import Reason, Tally, tallied
from intake.testing.memory.state import MemoryPart


class MemoryVerdicts(MemoryPart):
    """Recording verdicts and counting them."""

    def record(self, slug: str, language: str, revision: int, reason: Reason | None, now: datetime) -> None:
        """Write down a verdict on the revision of an article that was read; without a `reason` it helped."""
        with self._memory.transaction() as state:
            state.verdicts.append((slug, reason, now))

    def tallies(self, since: datetime) -> Mapping[str, Tally]:
        """Return what was said of each slug since `since`."""
        rows = [(slug, reason or "", at) for slug, reason, at in self._now.verdicts if at >= since]
        return tallied(rows)
