"""Whether a message tells of a theft in ordinary words, without any of the words of theft. Pure.

What belongs to a telling stands near each other: "There is a transfer. I did not make it." is found, and what
stands at the two ends of a long mail is not put together.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from intake.desk.text.words import fold
from intake.desk.triage import theft_tellings

# Between two words of a telling, in letters: "my USDT, which I had bought last May, is gone".
_GAP = ".{0,40}?"
# Between two parts of it, in either order: a sentence and the next.
_REACH = 160
# Who was robbed says so at the top; what is longer is a log or a conversation.
MOST_READ = 4_000
# By so many of its first letters a word with any ending is looked for.
_STEM = 3
_APOSTROPHES = re.compile("['’ʼ`´]")
_NO_WORD = re.compile(r"[\W_]+")
# Chinese, Japanese and Korean are put apart from digits and Latin letters that touch them.
_EAST = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_SEAM = re.compile(f"(?<=[{_EAST}])(?=[^{_EAST} ])|(?<=[^{_EAST} ])(?=[{_EAST}])")
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
# Traditional characters of the tellings, and the simplified ones that they are read as.
_SIMPLIFIED = str.maketrans(theft_tellings.TRADITIONAL, theft_tellings.SIMPLIFIED)


@dataclass(frozen=True, slots=True)
class _Text:
    """A folded text with a blank before and behind each word, and the keys of its words."""

    joined: str
    keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Telling:
    """One line of a table: `parts` of words near each other, as a pattern each.

    `written` says it in short. Of each of its `groups` of words one must be there; whether one may be is
    known before anything is searched.
    """

    written: str
    groups: frozenset[str]
    parts: tuple[re.Pattern[str], ...]

    def stands_in(self, text: _Text) -> bool:
        """Whether all parts are there, near each other."""
        first, *others = ([hit.start() for hit in part.finditer(text.joined)] for part in self.parts)
        return any(all(_near(place, other) for other in others) for place in first)


@dataclass(frozen=True, slots=True)
class _Table:
    """The lines of a table, and which groups of words a key may belong to."""

    tellings: tuple[_Telling, ...]
    groups: Mapping[str, frozenset[str]] = field(hash=False)

    def find(self, text: _Text) -> str:
        """Return the first telling that stands in `text`, in short; "" for none."""
        there = set[str]().union(*(self.groups[key] for key in self.groups.keys() & text.keys))
        may_be = (telling for telling in self.tellings if telling.groups <= there)
        return next((telling.written for telling in may_be if telling.stands_in(text)), "")


def theft_told(subject: str, text: str) -> str:
    """Return the telling of theft that stands in a message, in short ("someone … took … my"); "" for none.

    Takes texts as they came. What could as well be a display that fails, or money on its way,
    counts only where nothing harmless is said beside it.
    """
    seen = _read(f"{subject[:MOST_READ]}\n{text[:MOST_READ]}")
    sure = _table(theft_tellings.SURE).find(seen)
    if sure:
        return sure
    likely = _table(theft_tellings.LIKELY).find(seen)
    return likely if likely and not _table(theft_tellings.HARMLESS).find(seen) else ""


def _near(place: int, others: Sequence[int]) -> bool:
    """Whether one of `others`, which are sorted, is within reach."""
    at = bisect_left(others, place - _REACH)
    return at < len(others) and others[at] <= place + _REACH


def _read(text: str) -> _Text:
    joined = f" {_folded(text)} "
    return _Text(joined, frozenset(key for word in set(joined.split()) for key in _keys_in(word)))


def _keys_in(word: str) -> Iterator[str]:
    """Yield what a word of a text, or a run without blanks, is found by."""
    if _UNSPACED.match(word):
        yield from word
        yield from (word[at : at + 2] for at in range(len(word) - 1))
        return
    yield word
    yield f"{word[:_STEM]}*"
    if not word.isascii():
        # Korean words may begin with one syllable that counts; no other beginning is as short.
        yield f"{word[:1]}*"
        yield f"{word[:2]}*"


def _key(word: str) -> str:
    """Return what a word of a telling is looked for by."""
    first = _folded(word).split()[0]
    if _UNSPACED.match(word):
        return first[:2]
    # Only of a single word with a * any ending counts: of "my own*" the first one is whole.
    return f"{first[:_STEM]}*" if word.endswith("*") and " " not in word else first


def _folded(text: str) -> str:
    plain = _NO_WORD.sub(" ", _APOSTROPHES.sub("", fold(text)))
    return plain.strip() if plain.isascii() else _SEAM.sub(" ", plain).translate(_SIMPLIFIED).strip()


@cache
def _table(lines: str) -> _Table:
    tellings = []
    groups: dict[str, set[str]] = {}
    for line in _lines(lines):
        parts = [part.split(" .. ") for part in line.split(" & ")]
        written = [group for part in parts for group in part]
        for group in written:
            for word in _words(group):
                groups.setdefault(_key(word), set()).add(group)
        tellings.append(
            _Telling(
                " … ".join(_words(group)[0].strip("*") for group in written),
                frozenset(written),
                tuple(re.compile(_GAP.join(map(_pattern, part))) for part in parts),
            )
        )
    return _Table(tuple(tellings), {key: frozenset(those) for key, those in groups.items()})


def _lines(table: str) -> list[str]:
    """Return the lines of a table; what is indented belongs to the line above."""
    return re.sub(r"\n +", " ", re.sub(r"\n +(?=\|)", "", table.strip())).splitlines()


def _words(group: str) -> list[str]:
    """Return the words that `|` parts, `{thing}` written out."""
    every = group.replace("{thing}", theft_tellings.THING.replace("\n", "")).split("|")
    return [word.strip() for word in every if word.strip()]


def _pattern(group: str) -> str:
    """Return a pattern for one of a group's words: whole, or a piece of what is written without blanks."""
    return f"(?:{'|'.join(_one(word) for word in _words(group))})"


def _one(word: str) -> str:
    if _UNSPACED.match(word):
        return re.escape(_folded(word))
    start = re.escape(f" {_folded(word)}")
    return start if word.endswith("*") else rf"{start}(?=\ )"
