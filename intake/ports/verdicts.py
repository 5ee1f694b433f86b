"""What readers said of help articles."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from intake.desk.knowledge.verdicts import Reason, Tally


class Verdicts(Protocol):
    """Whether articles helped. Of who said so nothing is kept."""

    def record(self, slug: str, language: str, revision: int, reason: Reason | None, now: datetime) -> None:
        """Write down a verdict on the revision of an article that was read; without a `reason` it helped."""

    def tallies(self, since: datetime) -> Mapping[str, Tally]:
        """Return what was said of each slug since `since`."""
