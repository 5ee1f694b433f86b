"""Seed phrases in a frame: "first word is …", "Row 1 says …", a chat's stamps, a gloss for each word. Pure.

What is written again and again around the words is left out, and then a stranger may stand before each of
them. So much leave needs more proof: rarer words than a run without, or a list with numbers.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache

from intake.desk.sensitive.checksums import FEWEST_DIFFERENT, LENGTHS, Tries, certain
from intake.desk.sensitive.folding import folded
from intake.desk.sensitive.lists.english import WORDS
from intake.desk.sensitive.phrase_words import FEWEST, Phrase, Token, passed_over
from intake.desk.sensitive.rarity import RARITY

# A word of no list that comes again is one of the frame; one of the list may be of the phrase.
_AGAIN, _OF_THE_LIST_AGAIN, _NEAR = 3, 4, 30
_COUNTING = frozenset(
    {"one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"}
    | {"thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty", "first"}
    | {"second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh"}
    | {"twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth"}
    | {"nineteenth", "twentieth"}
)
_FEWEST_COUNTING = 6
# In nats (rarity.py): where the text names a phrase, or the words are in a list with numbers, or add up;
# else; and with words that are mistyped.
_RARE, _RARE_UNNAMED, _RARE_MISTYPED = 1.5, 2.5, 3.0
# So many rare words, among so many of any kind, are the fewest of a phrase.
_FEWEST_RARE, _WITHIN = 6, 80
_RARE_WORDS = frozenset(word for word, rarity in zip(WORDS, RARITY, strict=True) if rarity >= 2)
# Of a word that two letters of are the wrong way round, or one is missing, changed or too many.
_MOST_MISTYPED = 3
_NAMES_ONE = re.compile(
    r"助记词|助記詞|註記詞|mnemonic|(?:seed|recovery|secret|backup|wallet) (?:phrase|words?)"
    r"|(?:12|18|24|twelve) words|"
    r"ニーモニック|リカバリ|니모닉|복구 ?구문|seed-?phrase|phrase (?:de recuperation|secrete|mnemonique)|"
    r"frase (?:semilla|de recupera|seme|di recupero)|wiederherstellung|сид|мнемонич|seed"
)
_LATIN = re.compile("[a-z]{3,}")
_NUMBER = re.compile(r"(?<!\d)(\d{1,2})[^\w\n]{0,4}(?=[a-z])")


def may_be_framed(words: Sequence[str]) -> bool:
    """Whether rare words of a text stand as near to each other as those of a phrase: quick, for each text."""
    places = [place for place, word in enumerate(words) if word in _RARE_WORDS]
    return any(
        last - first <= _WITHIN for first, last in zip(places, places[_FEWEST_RARE - 1 :], strict=False)
    )


def hinted(text: str) -> bool:
    """Whether a text that was read off a picture, so that many a letter is wrong, names a phrase and has rare
    words of the list beside each other."""
    plain = folded(text)[0]
    return _NAMES_ONE.search(plain) is not None and may_be_framed(_LATIN.findall(plain))


def framed(
    plain: str,
    tokens: Sequence[Token],
    numbers: Mapping[str, int],
    tries: Tries,
    proved: Sequence[Phrase] = (),
) -> Iterator[Phrase]:
    """Yield phrases of English words (`numbers`) that stand in a frame, or of which a few are mistyped.

    No word of those that are `proved` is one of another.
    """
    tokens = _without(tokens, proved)
    yield from _in_a_list(plain, tokens, numbers, tries)
    inside = _of_the_frame(tokens, numbers)
    rare = _RARE if _NAMES_ONE.search(plain) else _RARE_UNNAMED
    run: list[Token] = []
    stranger = False
    for place, token in enumerate(tokens):
        if place in inside or passed_over(plain, token) or not token.word.isascii():
            continue
        if token.word in numbers or (run and _is_mistyped(token.word)):
            run.append(token)
            stranger = False
        elif stranger:
            yield from _phrase(run, numbers, tries, rare)
            run, stranger = [], False
        else:
            stranger = bool(run)
    yield from _phrase(run, numbers, tries, rare)


def _without(tokens: Sequence[Token], proved: Sequence[Phrase]) -> Sequence[Token]:
    """Return tokens with two that are no words in the place of each phrase."""
    ends = sorted((phrase.start, phrase.end) for phrase in proved)
    left: list[Token] = []
    first = 0
    for token in tokens:
        while first < len(ends) and ends[first][1] <= token.start:
            first += 1
        if first == len(ends) or token.end <= ends[first][0]:
            left.append(token)
        elif not left or left[-1].word != "":
            left += [Token(token.start, token.start, "")] * 2
    return left


def _of_the_frame(tokens: Sequence[Token], numbers: Mapping[str, int]) -> set[int]:
    """Return the places of the words that are written again and again near each other, or that number."""
    places: dict[str, list[int]] = defaultdict(list)
    for place, token in enumerate(tokens):
        places[token.word].append(place)
    inside: set[int] = set()
    for word, there in places.items():
        again = _OF_THE_LIST_AGAIN if word in numbers else _AGAIN
        if len(there) < again or not word:
            continue
        for first, last in zip(there, there[again - 1 :], strict=False):
            if last - first <= _NEAR:
                inside.update(there[bisect_left(there, first) : bisect_left(there, last) + 1])
    counting = [place for word in _COUNTING & places.keys() for place in places[word]]
    if len({tokens[place].word for place in counting}) >= _FEWEST_COUNTING:
        inside.update(counting)
    return inside


def _phrase(run: Sequence[Token], numbers: Mapping[str, int], tries: Tries, rare: float) -> Iterator[Phrase]:
    """Yield the part of a run that is rare: each window of twelve words that is, and what lies between."""
    if len(run) < FEWEST:
        return
    values = [numbers.get(token.word) for token in run]
    width = min(len(run), LENGTHS[-1])
    starts = [
        start
        for start in range(len(run) - width + 1)
        if _is_rare(values[start : start + width], rare)
        or (
            _is_rare(values[start : start + width], _RARE)
            and tries.whole([value for value in values[start : start + width] if value is not None])
        )
    ]
    if starts:
        # Of a run that is hardly longer than a phrase nothing stays.
        short = len(run) <= LENGTHS[0] + 2
        first, last = (0, len(run) - 1) if short else (starts[0], starts[-1] + width - 1)
        words = [value for value in values[first : last + 1] if value is not None]
        proved = certain(words, True, tries) is not None
        yield Phrase(run[first].start, run[last].end, last - first + 1, proved)


def _is_rare(values: Sequence[int | None], rare: float) -> bool:
    """Whether words are too rare for a sentence; None is a word that was mistyped."""
    known = [value for value in values if value is not None]
    rare = rare if len(known) == len(values) else _RARE_MISTYPED
    return (
        len(known) >= len(values) - _MOST_MISTYPED
        and len(set(known)) >= FEWEST_DIFFERENT
        and sum(RARITY[value] for value in known) >= rare * len(known)
    )


def _in_a_list(
    plain: str, tokens: Sequence[Token], numbers: Mapping[str, int], tries: Tries
) -> Iterator[Phrase]:
    """Yield phrases whose words are the first behind the numbers 1, 2, 3 …, whatever follows each."""
    numbered = {match.end(): int(match[1]) for match in _NUMBER.finditer(plain)}
    run: list[Token] = []
    before = 0
    for token in tokens if len(numbered) >= FEWEST else ():
        number = numbered.get(token.start)
        if number is None:
            continue
        if number != before + 1:
            yield from _phrase(run, numbers, tries, _RARE)
            run = []
        before = number
        run.append(token)
    yield from _phrase(run, numbers, tries, _RARE)


def _shorter(word: str) -> Iterator[str]:
    """Yield a word without each of its letters."""
    return (word[:place] + word[place + 1 :] for place in range(len(word)))


@cache
def _all_shorter() -> frozenset[str]:
    return frozenset(shorter for word in WORDS for shorter in (word, *_shorter(word)))


@lru_cache(8_192)
def _is_mistyped(word: str) -> bool:
    """Whether a word of the list was meant: a letter is too many, missing, wrong or in the wrong place."""
    meant = _all_shorter()
    return 5 <= len(word) <= 9 and (word in meant or any(shorter in meant for shorter in _shorter(word)))
