"""Seed phrases of English words without a blank between, or with one between all letters. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence

from intake.desk.sensitive.checksums import FEWEST_DIFFERENT, LENGTHS, Tries
from intake.desk.sensitive.phrase_words import FEWEST, Phrase

SHORTEST, LONGEST = 3, 8
# What has fewer different letters is a line, or a file of nothing: 2 MB of one letter took 2 s.
FEWEST_LETTERS = 6
# As short as eleven words can be. Letters apart stand at most five characters from each other: `a, b, c`.
_TOGETHER = re.compile(rf"[a-z]{{{FEWEST * SHORTEST},}}")
_APART = re.compile(
    rf"(?<![^\W\d_])(?:[a-z](?:[^\w\s]|\s){{1,5}}+){{{FEWEST * SHORTEST - 1},}}[a-z](?![^\W\d_])"
)


def glued(plain: str, numbers: Mapping[str, int], tries: Tries) -> Iterator[Phrase]:
    """Yield the phrases of `numbers`, a list's words, in folded text. Linear in its length."""
    for match in _TOGETHER.finditer(plain):
        yield from _chains(match[0], range(match.start(), match.end()), numbers, tries)
    for match in _APART.finditer(plain):
        places = [match.start() + place for place, letter in enumerate(match[0]) if letter.isalpha()]
        yield from _chains("".join(plain[place] for place in places), places, numbers, tries)


def _chains(
    letters: str, places: Sequence[int], numbers: Mapping[str, int], tries: Tries
) -> Iterator[Phrase]:
    """Yield where words of the list follow each other letter by letter, as many as can."""
    if len(set(letters)) < FEWEST_LETTERS:
        return
    # Of the most words that end behind each letter: how many, and how long the last of them is.
    most, last = [0] * (len(letters) + 1), [0] * (len(letters) + 1)
    for end in range(SHORTEST, len(letters) + 1):
        for length in range(SHORTEST, min(LONGEST, end) + 1):
            if letters[end - length : end] in numbers and most[end - length] >= most[end]:
                most[end], last[end] = most[end - length] + 1, length
    end = len(letters)
    while end > 0:
        if most[end] < FEWEST:
            end -= 1
            continue
        at, values = end, list[int]()
        while last[at]:
            values.append(numbers[letters[at - last[at] : at]])
            at -= last[at]
        if len(set(values)) >= FEWEST_DIFFERENT:
            values.reverse()
            proved = any(tries.whole(values[len(values) - length :]) for length in LENGTHS)
            yield Phrase(places[at], places[end - 1] + 1, len(values), proved)
        end = at
