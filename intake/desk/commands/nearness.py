"""How near a written word is to the names of commands: what may be meant by it. Pure.

A slip is a letter wrong, missing, too many, or two swapped (Damerau, "A technique for computer detection and
correction of spelling errors", 1964). A slip away from a private command is never taken for a public word.
"""

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from intake.desk.commands.grammar import CommandSpec

# What stands below these, or behind them, is for agents only.
PRIVATE = frozenset(("note", "draft", "ask"))
# So many are suggested at most: more is no suggestion.
MOST = 3
# A word of fewer letters with two slips in it is another word.
MIN_FOR_TWO = 6
# A word of so many letters is meant where it begins what was written: #closeit, #note2.
MIN_WHOLE = 4
# How much of two words must be the same where more than two slips part them.
_ALIKE = 0.7
# What is written without spaces between words: one sign is half of a word.
_UNSPACED = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uac00-\ud7a3]")


def suggested(name: str, names: Mapping[str, CommandSpec]) -> tuple[str, ...]:
    """Return what `name` may be a misspelling of, the likeliest first and each command once; () for nothing.

    `names` are the kinds by name and alias, folded. Of equal ones the private come first, then those of the
    same letters, those that begin or end alike, those in the script that was written, and the command's own
    name.
    """
    name = unicodedata.normalize("NFC", name).casefold()
    ranks: dict[str, tuple[object, ...]] = {}
    for word, kind in names.items():
        far = _distance(name, word)
        if far is not None:
            alike = (sorted(name) != sorted(word), name[:1] != word[:1], name[-1:] != word[-1:])
            script = _script(name, word)
            ranks[word] = (far, kind.name not in PRIVATE, *alike, script, word != kind.name, len(word), word)
    likeliest: dict[str, str] = {}
    for word in sorted(ranks, key=lambda word: ranks[word]):
        likeliest.setdefault(names[word].name, word)
    near = nearest(name, list(names)) if not likeliest else ""
    return (near,) if near else tuple(likeliest.values())[:MOST]


def _distance(name: str, word: str) -> int | None:
    """Return how far a word is from what was written, None for too far: slips first, then what is cut off."""
    signs = unspaced(word)
    most = 2 if min(len(name), len(word)) >= MIN_FOR_TWO and not signs else 1
    far = slips(name, word, most)
    # Of a word of one sign nothing is left when that is wrong.
    if far is not None and (len(word) > 1 or word in name):
        return far
    if word.startswith(name) and len(name) > (0 if signs else 1):
        return 3
    return 4 if name.startswith(word) and len(word) >= MIN_WHOLE else None


def _script(name: str, word: str) -> int:
    """Return how well a word in Chinese characters suits what was written: 0 for the same script, 1 for both.

    A character that GB 2312 lacks is Traditional, one that Big5 lacks is Simplified. Where what was written
    tells nothing, it is taken for Simplified.
    """
    if name.isascii() or word.isascii():
        return 1
    hant = not _encodes(name, "gb2312")
    simplified, traditional = _encodes(word, "gb2312"), _encodes(word, "big5")
    if simplified and traditional:
        return 1
    return 0 if traditional == hant else 2


def _encodes(text: str, charset: str) -> bool:
    try:
        text.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


def nearest(name: str, words: Sequence[str]) -> str:
    """Return the one of `words` that `name` is most likely a misspelling of, "" when none is near."""
    name = unicodedata.normalize("NFC", name).casefold()
    near = [word for word in words if slips(name, word, 1) is not None and len(word) > 1]
    matches = near or difflib.get_close_matches(name, words, 1, _ALIKE)
    return matches[0] if matches else _one_sign_off(name, words)


def _one_sign_off(name: str, words: Iterable[str]) -> str:
    """Return the one of `words`, in signs each of which is a word's half, that differs in one: 关比 is 关闭.

    What stands behind it may follow without a space.
    """
    near = [
        word
        for word in words
        if 1 < len(word) <= len(name)
        and unspaced(word)
        and sum(a != b for a, b in zip(word, name, strict=False)) == 1
    ]
    # The longer, the more of it is right; people rarely miss the first sign.
    return max(near, key=lambda word: (len(word), word[0] == name[0]), default="")


def unspaced(word: str) -> bool:
    """Whether a word is written in signs of which each is a syllable or more."""
    return _UNSPACED.match(word) is not None


def slips(name: str, word: str, most: int) -> int | None:
    """Return how many slips part two words: a letter wrong, missing, too many, or two swapped; None where
    these are more than `most`."""
    # A slip brings in one letter at most, and loses one at most.
    if abs(len(name) - len(word)) > most or len(set(name).difference(word)) > most:
        return None
    before: list[int] = []
    row = list(range(len(word) + 1))
    for at, char in enumerate(name, 1):
        older, before, row = before, row, [at]
        for place, other in enumerate(word, 1):
            cost = min(before[place] + 1, row[-1] + 1, before[place - 1] + (char != other))
            swapped = at > 1 and place > 1 and char == word[place - 2] and name[at - 2] == other
            row.append(min(cost, older[place - 2] + 1) if swapped else cost)
        if min(row) > most and min(before) > most:
            return None
    return row[-1] if row[-1] <= most else None
