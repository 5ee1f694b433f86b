"""Whether an article helped, as its readers say. Pure."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

# Of a normal distribution: 95 in 100 lie within.
_Z = 1.96
# So many equal verdicts on an article within this time are somebody's doing, and count for nothing.
JUMP, JUMP_TIME = 20, timedelta(hours=1)


class Reason(StrEnum):
    """Why an article did not help; what people are offered is made of these."""

    UNCLEAR = "unclear"
    WRONG = "wrong"
    DIFFERENT = "different"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Tally:
    """What was said of an article: how often it helped, and how often it did not for each reason.

    `aside` counts verdicts that came in a jump; they are in none of the others.
    """

    helped: int = 0
    reasons: Mapping[Reason, int] = field(default_factory=Counter)
    aside: int = 0

    @property
    def failed(self) -> int:
        """How often it did not help."""
        return sum(self.reasons.values())

    @property
    def interval(self) -> tuple[float, float]:
        """Return between which shares (0 to 1) of readers it helps, with a confidence of 95 %.

        Wilson, "Probable inference, the law of succession, and statistical inference" (1927): it is not
        misled by few answers. Without any, all is possible.
        """
        count = self.helped + self.failed
        if not count:
            return 0.0, 1.0
        share = self.helped / count
        middle = share + _Z * _Z / (2 * count)
        spread = _Z * math.sqrt(share * (1 - share) / count + _Z * _Z / (4 * count * count))
        whole = 1 + _Z * _Z / count
        return max(0.0, (middle - spread) / whole), min(1.0, (middle + spread) / whole)


def tallied(verdicts: Iterable[tuple[str, str, datetime]]) -> Mapping[str, Tally]:
    """Return verdicts, each a slug, a reason ("" for: it helped) and a time, counted by slug.

    Reasons that are none of ours, as of a newer intake, are left out.
    """
    times: dict[str, dict[str, list[datetime]]] = defaultdict(lambda: defaultdict(list))
    for slug, reason, at in verdicts:
        if reason == "" or reason in tuple(Reason):
            times[slug][reason].append(at)
    return {slug: _tally(said) for slug, said in sorted(times.items())}


def _tally(said: Mapping[str, Sequence[datetime]]) -> Tally:
    jumps = {reason: _in_jumps(sorted(times)) for reason, times in said.items()}
    counts = {reason: len(times) - jumps[reason] for reason, times in said.items()}
    reasons = Counter({Reason(reason): count for reason, count in counts.items() if reason and count})
    return Tally(counts.get("", 0), reasons, sum(jumps.values()))


def _in_jumps(times: Sequence[datetime]) -> int:
    """Return how many of these moments, in their order, lie in a jump."""
    inside: set[int] = set()
    first = 0
    for last, at in enumerate(times):
        while at - times[first] > JUMP_TIME:
            first += 1
        if last - first + 1 >= JUMP:
            inside.update(range(first, last + 1) if last - first + 1 == JUMP else (last,))
    return len(inside)
