"""Texts as words that articles are found by: width, case, accents and kinds of Chinese make no difference.

What has spaces is stemmed, in the text's language, and gives its pieces of four letters as well, which find
a word by another of its forms, or misspelt; what has none gives its pairs of letters and its letters. Pure.
"""

import re
import unicodedata
from functools import lru_cache

from intake.desk.knowledge.stems import stemmed
from intake.desk.text.simplified import simplified
from intake.desk.text.words import fold, words

_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
# Without them the words that matter weigh more. English alone: it is measured (docs/benchmarks.md).
_STOP_TEXT = """
    a an and any are as at be been but by can could did do does doing don't for from had has have her
    here how i i'd i'll i'm i've if in into is it it's its just me my no not of on or our out she
    should so some than that that's the their them then there these they this those to too up us was we
    were what when where which who why will with would you your hi hello please thanks thank
    """
_STOP = frozenset(_STOP_TEXT.split())
_PIECE = 4


def folded(text: str) -> str:
    """Return a text in the form in which its words are compared."""
    return fold(unicodedata.normalize("NFKC", text))


def terms(text: str, language: str, pieces: bool = True) -> list[str]:
    """Return the words of a text in `language` that articles are found by, in order; with `pieces` those of
    its words as well."""
    text = simplified(unicodedata.normalize("NFKC", text)).casefold().replace("\u2019", "'")
    out: list[str] = []
    for piece in _WORD.findall(text):
        whole, parts = _cut(piece, language)
        out += whole
        if pieces:
            out += parts
    return out


@lru_cache(maxsize=65_536)
def _cut(piece: str, language: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what a piece without spaces is found by: whole, and in parts whose beginning and end are marked
    as such, so that no word looks like one."""
    if piece in _STOP:
        return (), ()
    cut = words(piece)
    if len(cut) > 1 or not cut[0].isalpha() or len(cut[0]) == 1:
        return tuple(cut), ()
    marked = f"^{cut[0]}$"
    parts = (f"~{marked[at : at + _PIECE]}" for at in range(len(marked) - _PIECE + 1))
    return (fold(stemmed(piece, language)),), tuple(parts)
