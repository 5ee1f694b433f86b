"""The words of a seed phrase as they stand in a text, and what only numbers or joins them. Pure."""

from dataclasses import dataclass
from typing import NamedTuple

# With eleven of twelve words the last is guessed in 128 tries.
FEWEST = 11
# Words that number the others: "word 1", "1st word", "第1个".
LABELS = frozenset(
    {"word", "words", "no", "nr", "num", "number", "wort", "mot", "palabra", "parola", "palavra", "slovo"}
    | {"st", "nd", "rd", "th", "단어"}
)
AND = frozenset({"and", "und", "et", "y", "e", "i"})
SMALL = LABELS | AND


@dataclass(frozen=True, slots=True)
class Phrase:
    """A seed phrase at text[start:end], of so many words; `certain` where the checksum says so."""

    start: int
    end: int
    words: int
    certain: bool


class Token(NamedTuple):
    """A word of a folded text, at [start:end]."""

    start: int
    end: int
    word: str


def passed_over(plain: str, token: Token) -> bool:
    """Whether a token only numbers or joins the words of a phrase."""
    if token.word in AND or (len(token.word) == 1 and token.word.isascii()):
        return True
    if token.word not in LABELS:
        return False
    before, after = plain[max(0, token.start - 3) : token.start], plain[token.end : token.end + 3]
    return any(character.isdigit() for character in before + after)
