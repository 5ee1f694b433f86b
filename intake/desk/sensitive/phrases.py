"""Finding seed phrases as people write them: numbered, in tables, with remarks, one word wrong.

A run of words of one list is a candidate; that it is a phrase is told by its checksum (BIP-39), or by
how rarely its words stand in ordinary text. A checksum alone is no proof: one in sixteen runs has it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from intake.desk.sensitive.checksums import FEWEST_DIFFERENT, LENGTHS, Tries, certain, rarest
from intake.desk.sensitive.folding import LOOK_ALIKES, folded
from intake.desk.sensitive.framed import framed, may_be_framed
from intake.desk.sensitive.glued import glued
from intake.desk.sensitive.lists import (
    chinese_simplified,
    chinese_traditional,
    czech,
    english,
    french,
    italian,
    japanese,
    korean,
    portuguese,
    spanish,
)
from intake.desk.sensitive.other_list import OtherList, hash_of
from intake.desk.sensitive.phrase_words import FEWEST, LABELS, SMALL, Phrase, Token, passed_over
from intake.desk.sensitive.rarity import RARITY

_MOST_STRANGERS = 2
# In nats (rarity.py), without a checksum.
_RARE_ENOUGH = 1.5
# Words beside a phrase, of a greeting, say.
_COMMON = 2.0

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
# Chinese is written without spaces, so a character is a word; Latin letters, Greek and Cyrillic may be mixed.
_TOKEN = re.compile(rf"[a-z\u0370-\u03ff\u0400-\u052f]+|[{_HAN}]|[\u3040-\u30ff]+|[\uac00-\ud7a3]+|[^\W\d_]")
_NUMBERED = re.compile(
    r"第\s{0,2}(?:\d{1,2}|[一二三四五六七八九十廿]{1,3})\s{0,2}[个個号號]?[单單]?[词詞字]?"
)
# Between the items of a list in HTML stand two of these.
_MARKUP = re.compile(r"</?[a-z][^<>]{0,300}>")
_VALUE = re.compile(r"\bvalue\s{0,3}=\s{0,3}([^<>]{1,200}?)(?:[\"'/]?\s{0,3}/?>|[\"']\s)")
_RUN = re.compile(rf"w(?:-?w){{{FEWEST - 1}}}")
_GREEK_OR_CYRILLIC = re.compile(r"[\u0370-\u052f]")
_STANDS_ALONE = re.compile(rf"(?<![{_HAN}])[{_HAN}](?![{_HAN}])")
# Not the dot of a number in a list.
_ENDS_A_SENTENCE = re.compile(r"(?<!\d)[.:;!?。：；！？]|\n")
_STOPS = re.compile(r"[。；！？]")


_ENGLISH: Mapping[str, int] = {word: number for number, word in enumerate(english.WORDS)}
# What a phrase is called stands before it.
_NAMES_OF_IT = frozenset(_ENGLISH[word] for word in ("phrase", "seed", "secret", "word"))
_PLAIN = _ENGLISH["this"]
_OTHERS = tuple(
    OtherList(language.LIST) for language in (czech, french, italian, portuguese, spanish, japanese, korean)
)
_CHINESE = tuple(OtherList(language.LIST) for language in (chinese_simplified, chinese_traditional))
_SAYS_PHRASE = re.compile(r"助记词|助記詞|註記詞|mnemonic|seed phrase|recovery phrase")
_NEAR = 30
_IS_HAN = re.compile(rf"[{_HAN}]")
# A phrase of 24, and what stands beside it.
_MOST_CHARACTERS = 28
_HAN_RUN = re.compile(rf"[{_HAN}]{{12,24}}")


def find_phrases(text: str) -> Iterator[Phrase]:
    """Yield the seed phrases in `text`, in no order; they may overlap. Linear in its length."""
    plain, places = folded(text)
    if "第" in plain:
        plain = _NUMBERED.sub(lambda match: "0" * len(match[0]), plain)
    if "</" in plain or "<input" in plain:
        plain = _MARKUP.sub(_blank, plain)
    tries = Tries()
    yield from _in_place(glued(plain, _ENGLISH, tries), places)
    words = _TOKEN.findall(plain)
    if len(words) < FEWEST:
        return
    if _GREEK_OR_CYRILLIC.search(plain):
        words = [word if word.isascii() else word.translate(LOOK_ALIKES) for word in words]
    different = set(words)
    lists = [_ENGLISH] if _may_hold(words, _ENGLISH) else []
    hashes = [hash_of(word) for word in different]
    for other in _OTHERS:
        if other.may_have(hashes, FEWEST_DIFFERENT) and _may_hold(words, other.numbers):
            lists.append(other.numbers)
    chinese = len(_STANDS_ALONE.findall(plain)) >= FEWEST or _SAYS_PHRASE.search(plain) is not None
    in_a_frame = may_be_framed(words)
    if not lists and not chinese and not in_a_frame:
        return
    tokens = [
        Token(match.start(), match.end(), word)
        for match, word in zip(_TOKEN.finditer(plain), words, strict=True)
    ]
    proved: list[Phrase] = []
    for numbers in lists:
        phrases = list(_of_list(plain, tokens, numbers, tries))
        proved += [phrase for phrase in phrases if phrase.certain]
        yield from _in_place(phrases, places)
    if in_a_frame:
        yield from _in_place(framed(plain, tokens, _ENGLISH, tries, proved), places)
    for other in _CHINESE if chinese else ():
        yield from _in_place(_chinese(plain, tokens, other.numbers, tries), places)


def _blank(tag: re.Match[str]) -> str:
    """Return blanks for a tag of HTML, but for what was typed into a field, and one whose link holds as many
    words as a phrase."""
    if len(_TOKEN.findall(tag[0])) >= FEWEST:
        return tag[0]
    typed = _VALUE.search(tag[0])
    if typed is None:
        return " " * len(tag[0])
    start, end = typed.span(1)
    return " " * start + tag[0][start:end] + " " * (len(tag[0]) - end)


def _may_hold(words: Sequence[str], numbers: Mapping[str, int]) -> bool:
    """Whether words of a list stand as near to each other as those of a phrase do: quick, for each text."""
    looks = "".join(
        "w" if word in numbers else "" if len(word) == 1 or word in SMALL else "-" for word in words
    )
    return _RUN.search(looks) is not None


def _in_place(phrases: Iterable[Phrase], places: Sequence[int]) -> Iterator[Phrase]:
    for phrase in phrases:
        yield Phrase(places[phrase.start], places[phrase.end - 1] + 1, phrase.words, phrase.certain)


def _of_list(
    plain: str, tokens: Sequence[Token], numbers: Mapping[str, int], tries: Tries
) -> Iterator[Phrase]:
    for run in _runs(plain, tokens, numbers):
        words = [token for token in run if token.word in numbers]
        values = [numbers[token.word] for token in words]
        # Documents show phrases of eleven times the same word and another.
        few = len(set(values)) < FEWEST_DIFFERENT and numbers is not _ENGLISH and not tries.whole(values)
        if len(values) < FEWEST or few:
            continue
        parts = certain(values, numbers is _ENGLISH, tries)
        if parts:
            first, last = (
                _trimmed(plain, words, values, parts) if numbers is _ENGLISH else (0, len(words) - 1)
            )
            yield Phrase(words[first].start, words[last].end, last - first + 1, certain=True)
        elif _likely(values, len(run), numbers is _ENGLISH, tries):
            yield Phrase(words[0].start, words[-1].end, len(words), certain=False)


def _runs(plain: str, tokens: Sequence[Token], numbers: Mapping[str, int]) -> Iterator[Sequence[Token]]:
    """Yield the longest runs of a list's words, with few strangers and never two of them in a row."""
    part: list[Token] = []
    strangers: list[int] = []

    def windows() -> Iterator[Sequence[Token]]:
        edges = [-1, *strangers, len(part)]
        wide = _MOST_STRANGERS + 1
        for place in range(max(1, len(edges) - wide)):
            window = part[edges[place] + 1 : edges[min(place + wide, len(edges) - 1)]]
            if len(window) >= FEWEST:
                yield window

    for token in tokens:
        if token.word in numbers and not (token.word in LABELS and passed_over(plain, token)):
            part.append(token)
        elif passed_over(plain, token):
            continue
        elif part and strangers and strangers[-1] == len(part) - 1:
            part.pop()
            strangers.pop()
            yield from windows()
            part, strangers = [], []
        elif part:
            strangers.append(len(part))
            part.append(token)
    if strangers and strangers[-1] == len(part) - 1:
        part.pop()
        strangers.pop()
    yield from windows()


def _likely(values: Sequence[int], tokens: int, english_words: bool, tries: Tries) -> bool:
    if english_words and not tries.left and rarest(values) >= _RARE_ENOUGH:
        return True
    if english_words:
        enough = len(set(values)) >= FEWEST_DIFFERENT or len(values) in LENGTHS
        return enough and _rarity(values) >= _RARE_ENOUGH
    return tokens - len(values) <= 1


def _rarity(values: Sequence[int]) -> float:
    return sum(RARITY[value] for value in values) / len(values)


def _common(values: Sequence[int]) -> bool:
    """Whether words read like a sentence, as "please find my seed phrase: " does."""
    return _rarity([value for value in values if value not in _NAMES_OF_IT] or [_PLAIN]) < _COMMON


def _trimmed(
    plain: str, words: Sequence[Token], values: Sequence[int], parts: tuple[int, int, int]
) -> tuple[int, int]:
    """Return the first and last word to hide: the whole run but a sentence that it begins or ends with.

    As "please help" beside a phrase: common words, parted from it, and without them it still adds up.
    """
    earliest, latest, length = parts
    first, last = 0, len(words) - 1
    for number in range(latest):
        if _parted(plain, words, number):
            if not _common(values[first : number + 1]):
                break
            first = number + 1
    while first < latest and values[first] in _NAMES_OF_IT:
        first += 1
    earliest = earliest if earliest >= first else latest
    for number in range(last, earliest + length - 1, -1):
        if _parted(plain, words, number - 1):
            if not _common(values[number : last + 1]):
                break
            last = number - 1
    return first, last


def _parted(plain: str, words: Sequence[Token], number: int) -> bool:
    """Whether a sentence ends between a word and the next."""
    return _ENDS_A_SENTENCE.search(plain, words[number].end, words[number + 1].start) is not None


def _chinese(
    plain: str, tokens: Sequence[Token], numbers: Mapping[str, int], tries: Tries
) -> Iterator[Phrase]:
    """Yield phrases of Chinese characters that stand alone, or together right after the word for them.

    Nearly each character of ordinary Chinese is in the list: where each has a blank beside it, a
    few of them are a phrase if just these add up, or if the text names one.
    """
    named = _SAYS_PHRASE.search(plain) is not None
    run: list[Token] = []
    for number, token in enumerate(tokens):
        if token.word.isascii() and passed_over(plain, token):
            continue
        if run and _STOPS.search(plain, run[-1].end, token.start):
            yield from _of_characters(run, numbers, named, tries)
            run = []
        if (
            _IS_HAN.match(token.word)
            and (number == 0 or tokens[number - 1].end < token.start)
            and (number + 1 == len(tokens) or token.end < tokens[number + 1].start)
        ):
            run.append(token)
        elif run:
            yield from _of_characters(run, numbers, named, tries)
            run = []
    yield from _of_characters(run, numbers, named, tries)
    for said in _SAYS_PHRASE.finditer(plain):
        for match in _HAN_RUN.finditer(plain, said.end(), said.end() + _NEAR + LENGTHS[0]):
            values = [numbers[character] for character in match[0] if character in numbers]
            if len(values) == len(match[0]) and tries.whole(values):
                yield Phrase(match.start(), match.end(), len(values), certain=True)


def _of_characters(
    run: Sequence[Token], numbers: Mapping[str, int], named: bool, tries: Tries
) -> Iterator[Phrase]:
    values = [numbers[token.word] for token in run if token.word in numbers]
    if not FEWEST <= len(run) <= _MOST_CHARACTERS or len(set(values)) < FEWEST_DIFFERENT:
        return
    if len(run) - len(values) > 1:
        return
    proved = tries.whole(values) or (len(values) in LENGTHS and tries.in_columns(values))
    if proved or named:
        yield Phrase(run[0].start, run[-1].end, len(values), proved)
