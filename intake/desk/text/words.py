"""Text as words that can be compared: for search, and for the words of triage rules. Pure.

Chinese, Japanese and Korean, Thai, Lao, Khmer and Burmese are written without spaces
between words, or with endings grown onto them: their runs are cut into pairs of
neighbouring letters, so that any piece of two letters and more is found wherever a
dictionary would have cut (docs/decisions/0014). Everything else is cut at what is no letter or digit.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from intake.desk.text.simplified import simplified

# The longest names anybody searches for are hashes of 66 characters; longer is no word.
LONGEST_WORD = 80
# A mail's text is cut for the rules and for the index. Longer texts are seldom, and would fill the memory.
_MOST_KEPT = 4_000

# Han with its extensions and the iteration mark, kana, Hangul, Bopomofo, Thai and Lao, Burmese, Khmer.
_UNSPACED = (
    "\u3005\u3007\u3040-\u30ff\u3105-\u312f\u31f0-\u31ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
    "\U00020000-\U0003ffff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
)
_ANY_UNSPACED = re.compile(f"[{_UNSPACED}]")
_RUN = re.compile(f"([{_UNSPACED}]+)|([^{_UNSPACED}]+)")
# Vowel signs of the scripts of India and its neighbours are no letters to Python; their full stops stay out.
_WORD = re.compile("[\\w\u0900-\u0963\u0966-\u0eff\u1000-\u1049\u1050-\u109f\u1780-\u17d3]+")
_FIRST_UNSPACED = "\u0e00"
_PLAIN = re.compile("[a-z0-9]+")
# Letters and digits of any script in a row, as they are written.
WRITTEN_WORD = re.compile(r"[^\W_]+")
# Accents of Latin, Greek and Cyrillic, the vowel points of Hebrew and Arabic, and tatweel.
_MARKS = re.compile("[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670]+")
# Other forms of letters and digits: wide, half wide, circled, superscript, ligatures, mathematical.
_COMPATIBLE = re.compile(
    "[\u00aa\u00b2-\u00be\u0132-\u0140\u017f\u01c4-\u01cc\u1100-\u11ff\u2070-\u218b\u2460-\u24ff"
    "\u3130-\u318f\u3200-\u33ff\uf900-\ufdff\ufe70-\ufefc\uff10-\uff9f\U0001d400-\U0001d7ff]"
)
# Letters that an accent can stand on, or that are one with it: of others nothing need be taken.
_MARKED = re.compile("[\u00c0-\u06ff\u1e00-\u1fff\u3040-\u30ff]")
# Letters that no standard takes apart.
_ALONE = (("ı", "i"), ("đ", "d"), ("ł", "l"), ("ø", "o"))


def fold(text: str) -> str:
    """Return `text` in the form in which words are compared: case, width and accents make no difference, nor
    whether a Chinese letter is a traditional or a simplified one."""
    if text.isascii():
        return text.lower()
    if _COMPATIBLE.search(text):
        text = unicodedata.normalize("NFKC", text)
    text = simplified(text)
    if _MARKED.search(text) is None:
        return text.casefold()
    # Before the case: lower case of "İ" is two characters, of which one is a mark.
    text = _MARKS.sub("", unicodedata.normalize("NFD", text)).casefold()
    for letter, plain in _ALONE:
        text = text.replace(letter, plain)
    return unicodedata.normalize("NFC", text)


def words(text: str) -> list[str]:
    """Return the words of `text` in order, as an index keeps them.

    A run without spaces gives its pairs of letters; what letters there were follows at the
    end, each once, so that a single one is found as quickly as a word.
    """
    pieces, letters = _cut(text)
    return [*pieces, *letters]


def _cut(text: str) -> tuple[Sequence[str], Mapping[str, None]]:
    """Return words and pairs, the last letter of a run as a word, and the other letters of runs."""
    return _cut_once(text) if len(text) <= _MOST_KEPT else _cut_anew(text)


def _cut_anew(text: str) -> tuple[Sequence[str], Mapping[str, None]]:
    folded = fold(text)
    if folded.isascii():
        return [piece[:LONGEST_WORD] for piece in _PLAIN.findall(folded)], {}
    pieces: list[str] = []
    letters: dict[str, None] = {}
    for run, word in _runs(folded):
        if word:
            pieces.append(word[:LONGEST_WORD])
        else:
            pieces += [run[place : place + 2] for place in range(len(run))]
            letters |= dict.fromkeys(run[:-1])
    return pieces, letters


_cut_once = lru_cache(maxsize=128)(_cut_anew)


def _runs(folded: str) -> list[tuple[str, str]]:
    """Return each run without spaces, or each word, beside an empty text."""
    pieces = _WORD.findall(folded.replace("_", " "))
    if _ANY_UNSPACED.search(folded) is None:
        return [("", piece) for piece in pieces]
    return [pair for piece in pieces for pair in _RUN.findall(piece)]


def phrase(text: str) -> list[str]:
    """Return the words that stand one after the other where `text` is found.

    Unlike `words` it leaves out the last letter of a run, whose next neighbour is not known.
    """
    pieces: list[str] = []
    for run, word in _runs(fold(text)):
        if word:
            pieces.append(word[:LONGEST_WORD])
        elif len(run) == 1:
            pieces.append(run)
        else:
            pieces += [run[place : place + 2] for place in range(len(run) - 1)]
    return pieces


def asked(text: str) -> list[tuple[list[str], bool]]:
    """Return what somebody searches for: phrases, and whether the last word of each is only a beginning.

    White space separates phrases, quotes hold one together, and one with a * at its end is a
    beginning. What holds no letter is left out.
    """
    phrases: list[tuple[list[str], bool]] = []
    for quoted, plain in re.findall(r'"([^"]*)"|([^\s"]+)', text):
        wanted = phrase(quoted or plain)
        if wanted:
            phrases.append((wanted, plain.endswith("*")))
    return phrases


@dataclass(frozen=True, slots=True)
class FoldedText:
    """A text, cut into words once and looked into by many rules. `joined` has a blank around each word."""

    joined: str
    known: frozenset[str]


def text_of(*texts: str) -> FoldedText:
    """Return `texts` to be looked into. A phrase does not reach from one into the next."""
    cut = [_cut(text)[0] for text in texts if text]
    return FoldedText(f" {' | '.join(map(' '.join, cut))} ", frozenset(word for text in cut for word in text))


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words and phrases to look for: `by_first` by their first word, `beginnings` are those with a *.

    `foreign` are beginnings that hold more than ASCII: most texts hold none of them.
    """

    by_first: Mapping[str, tuple[tuple[str, str], ...]] = field(hash=False)
    beginnings: tuple[tuple[str, str], ...]
    foreign: tuple[tuple[str, str], ...]

    def find(self, text: FoldedText) -> str:
        """Return the first of these words that stands in `text`, as it was written; "" for none."""
        # Nothing is looked for in the text itself whose first word is not there.
        for first in sorted(self.by_first.keys() & text.known):
            for wanted, written in self.by_first[first]:
                if wanted in text.joined:
                    return written
        for some in (self.beginnings, () if text.joined.isascii() else self.foreign):
            for wanted, written in some:
                if wanted in text.joined:
                    return written
        return ""


def vocabulary(entries: Iterable[str]) -> Vocabulary:
    """Return words and phrases to look for. A * at the end of one stands for any ending."""
    by_first: dict[str, list[tuple[str, str]]] = {}
    beginnings: list[tuple[str, str]] = []
    for written in entries:
        for wanted, _ in asked(f'"{written.rstrip("*").replace(chr(34), " ")}"'):
            # Any letter of a run begins a pair, or is the last.
            single = len(wanted) == 1 and len(wanted[0]) == 1 and wanted[0] >= _FIRST_UNSPACED
            if single or written.endswith("*"):
                beginnings.append((f" {' '.join(wanted)}", written))
            else:
                by_first.setdefault(wanted[0], []).append((f" {' '.join(wanted)} ", written))
    return Vocabulary(
        {first: tuple(some) for first, some in by_first.items()},
        tuple(beginning for beginning in beginnings if beginning[0].isascii()),
        tuple(beginning for beginning in beginnings if not beginning[0].isascii()),
    )
