"""Verdicts on articles, in memory."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from intake.desk.knowledge.verdicts import Reason, Tally
from intake.testing.memory.state import MemoryPart


class MemoryVerdicts(MemoryPart):
    """Recording verdicts and counting them."""

    def record(self, slug: str, language: str, revision: int, reason: Reason | None, now: datetime) -> None:
        """Write down a verdict on the revision of an article that was read; without a `reason` it helped."""
        with self._memory.transaction() as state:
            state.verdicts.append((slug, reason, now))

    def tallies(self, since: datetime) -> Mapping[str, Tally]:
        """Return what was said of each slug since `since`."""
        said: dict[str, list[Reason | None]] = {}
        for slug, reason, at in self._now.verdicts:
            if at >= since:
                said.setdefault(slug, []).append(reason)
        return {slug: _tally(reasons) for slug, reasons in sorted(said.items())}


def _tally(reasons: list[Reason | None]) -> Tally:
    return Tally(reasons.count(None), Counter(reason for reason in reasons if reason is not None))
