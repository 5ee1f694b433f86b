"""A word list that few texts have words of: what it costs until one has is 32 KB. Pure."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from zlib import crc32

from intake.desk.sensitive.folding import folded

_BITS = 1 << 18


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a list in the order of their numbers; of a Chinese one its characters."""
    parts = text.split()
    return tuple(parts) if len(parts) > 1_000 else tuple("".join(parts))


def hash_of(word: str) -> int:
    """Return the number of the bit that stands for a folded word."""
    return crc32(word.encode("utf-8", "surrogatepass")) & _BITS - 1


class OtherList:
    """The list of a language. All nine as dictionaries would be 5 MB in each process."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """The number of each word, folded."""
        return {folded(word)[0]: number for number, word in enumerate(words_of(self._text))}

    @cached_property
    def _bits(self) -> bytes:
        bits = bytearray(_BITS // 8)
        for word in words_of(self._text):
            place = hash_of(folded(word)[0])
            bits[place >> 3] |= 1 << (place & 7)
        return bytes(bits)

    def may_have(self, hashes: Sequence[int], least: int) -> bool:
        """Whether at least so many words of these hashes may be in the list; each other word passes in
        one of 130 cases."""
        bits = self._bits
        return sum(bits[place >> 3] >> (place & 7) & 1 for place in hashes) >= least
