"""What readers said of help articles."""

from collections.abc import Mapping
from datetime import datetime

from intake.desk.knowledge.verdicts import Reason, Tally, tallied
from intake.store.base import StorePart
from intake.store.schema.knowledge import Verdict


class SqlVerdicts(StorePart):
    """Recording verdicts and counting them."""

    def record(self, slug: str, language: str, revision: int, reason: Reason | None, now: datetime) -> None:
        """Write down a verdict on the revision of an article that was read; without a `reason` it helped."""
        values = {"slug": slug, "language": language, "revision": revision, "at": now}
        self.db.run(Verdict.insert(**values, reason=reason.value if reason else ""))

    def tallies(self, since: datetime) -> Mapping[str, Tally]:
        """Return what was said of each slug since `since`."""
        query = Verdict.select(Verdict.slug, Verdict.reason, Verdict.at).where(Verdict.at >= since)
        return tallied(self.db.rows(query.tuples()))
