"""What readers said of help articles."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime

from peewee import fn

from intake.desk.knowledge.verdicts import Reason, Tally
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
        query = Verdict.select(Verdict.slug, Verdict.reason, fn.COUNT(Verdict.id))
        query = query.where(Verdict.at >= since).group_by(Verdict.slug, Verdict.reason).order_by(Verdict.slug)
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        for slug, reason, count in self.db.rows(query.tuples()):
            counts[slug][reason] += count
        return {slug: tally(reasons) for slug, reasons in counts.items()}


def tally(counts: Mapping[str, int]) -> Tally:
    """Return counts by reason ("" for: it helped) as one value; reasons of another intake are left out."""
    reasons = {reason: counts[reason.value] for reason in Reason if counts.get(reason.value)}
    return Tally(counts.get("", 0), Counter(reasons))
