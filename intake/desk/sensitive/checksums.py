"""The checksum of seed phrases (BIP-39), and how many are computed for one text. Pure.

Each run of words can be cut into phrases in as many ways as it has words. A mail of nothing but such words,
made to keep a desk busy, gets no more of the machine than a long mail of others.
"""

import hashlib
from collections.abc import Sequence

from intake.desk.sensitive.rarity import RARITY

# How long a phrase is (BIP-39, "Generating the mnemonic").
LENGTHS = (24, 21, 18, 15, 12)
FEWEST_DIFFERENT = 8
# In nats (rarity.py): a checksum alone is no proof.
_RARE_AND_ADDS_UP = 0.8
# A longer run is no phrase of a document, which are eleven times the same word and another.
_SHORT = _MOST_IN_COLUMNS = 30
# For a text. Of the 1,968 open mails none takes more than 150; ten milliseconds.
MOST_TRIES = 4_000


class Tries:
    """The checksums that may still be computed for a text: `left` of them. Once there are none, nothing adds
    up, and what is rare enough is taken for a phrase without."""

    def __init__(self) -> None:
        self.left = MOST_TRIES

    def adds_up(self, values: Sequence[int]) -> bool:
        """Whether the checksum of so many words of a phrase is right."""
        if not self.left:
            return False
        self.left -= 1
        return adds_up(values)

    def whole(self, values: Sequence[int]) -> bool:
        """Whether these words are a phrase, no more and no less."""
        return len(values) in LENGTHS and self.adds_up(values)

    def in_columns(self, values: Sequence[int]) -> bool:
        """Whether words add up that were written in 2, 3 or 4 columns and are read by rows."""
        return any(
            len(values) % columns == 0
            and self.adds_up([value for column in range(columns) for value in values[column::columns]])
            for columns in (2, 3, 4)
        )


def certain(values: Sequence[int], english_words: bool, tries: Tries) -> tuple[int, int, int] | None:
    """Return where the first and the last of the longest parts that add up begin, and how long they are."""
    least = _RARE_AND_ADDS_UP if english_words else 0.0
    short = len(values) <= _SHORT
    total = _sums(values) if english_words else range(len(values) + 1)
    for fits in (tries.adds_up, tries.in_columns) if len(values) <= _MOST_IN_COLUMNS else (tries.adds_up,):
        for length in LENGTHS:
            starts = [
                start
                for start in range(len(values) - length + 1)
                if tries.left
                and total[start + length] - total[start] >= least * length
                and (short or len(set(values[start : start + length])) >= FEWEST_DIFFERENT)
                and fits(values[start : start + length])
            ]
            if starts:
                return starts[0], starts[-1], length
    return None


def rarest(values: Sequence[int]) -> float:
    """Return how rare the rarest twelve English words in a row are, on average; 0 where they are too much the
    same."""
    total, length = _sums(values), LENGTHS[-1]
    return max(
        (
            (total[start + length] - total[start]) / length
            for start in range(len(values) - length + 1)
            if len(set(values[start : start + length])) >= FEWEST_DIFFERENT
        ),
        default=0.0,
    )


def _sums(values: Sequence[int]) -> Sequence[float]:
    total = [0.0]
    for value in values:
        total.append(total[-1] + RARITY[value])
    return total


def adds_up(numbers: Sequence[int]) -> bool:
    """Whether the checksum of a phrase is right (BIP-39: a bit for every 32 of entropy)."""
    bits = 0
    for number in numbers:
        bits = bits << 11 | number
    check = len(numbers) // 3
    entropy = (bits >> check).to_bytes(len(numbers) * 4 // 3, "big")
    return bits & ((1 << check) - 1) == hashlib.sha256(entropy).digest()[0] >> (8 - check)
