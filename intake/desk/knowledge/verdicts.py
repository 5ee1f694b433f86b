"""Whether an article helped, as its readers say. Pure."""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

# Of a normal distribution: 95 in 100 lie within.
_Z = 1.96


class Reason(StrEnum):
    """Why an article did not help; what people are offered is made of these."""

    UNCLEAR = "unclear"
    WRONG = "wrong"
    DIFFERENT = "different"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Tally:
    """What was said of an article: how often it helped, and how often it did not for each reason."""

    helped: int = 0
    reasons: Mapping[Reason, int] = field(default_factory=Counter)

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
