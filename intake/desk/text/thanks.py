"""Whether a letter only thanks. Pure.

Precision comes first: a thank-you that is not seen costs a reopened ticket, a question that is taken
for one costs a customer. So nothing is searched for. The whole letter must be made of what
`intake.desk.text.thanks_words` knows, in one language (English besides): greeting, thanks, that it works,
closing, names. One word that is not known, a figure, a question mark or a face that does not smile, and it
is a letter like any other. Figures: docs/benchmarks.md.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence

from intake.desk.text import thanks_east, thanks_more, thanks_romance, thanks_west
from intake.desk.text.thanks_words import (
    ADDRESSEES,
    ASKS,
    HONORIFICS,
    IRONIC_BEGINNINGS,
    IRONIC_ENDS,
    NEVER,
    Words,
)

# Each is read with English besides, which people mix in. The two Chinese scripts are one list.
WORDS = (
    thanks_west.EN,
    thanks_west.DE,
    thanks_romance.ES,
    thanks_romance.PT,
    thanks_romance.FR,
    thanks_east.ZH,
    thanks_east.JA,
    thanks_east.KO,
    thanks_more.RU,
    thanks_more.TR,
    thanks_more.VI,
)

MOST_LETTERS, MOST_CLAUSES = 400, 16
# A name has at most so many words: below a closing, and behind thanks.
MOST_NAMES = 3

_SMILES = re.compile(r"(?<!\w)(?:[:;=]-?[)D]+|<3|\^_?\^)(?!\w)|\)+(?=\s|$)")
_SIGNS = re.compile("[🙏👍😊🙂😀😃😄😁😇❤♥💙💚💛💜🧡💕💖🎉👏🌹💐😘🤗🥰😍✅👌🤝💪🌸🌷⭐🌟✨☺🙌💯🫶🍀🥳🤩☀]")
# What an emoji is coloured and joined with.
_JOINTS = re.compile("[\U0001f3fb-\U0001f3ff\ufe0e\ufe0f\u200d]")
# Signs from here on are written without blanks between words.
_FIRST_JOINED = "\u3000"
_ENDS = re.compile(r"[.!¡,~:。、·\n\r–—]+|(?<!\w)-+|-+(?!\w)")
_LETTERS = re.compile(r"(?:[^\W\d_]|[\s'’\-]|\w\u0307)*", re.DOTALL)

# Where a clause stands while it is read: what may come next depends on what was.
_START, _DEGREE, _SUBJECT, _SAID, _HEAD, _FOR = range(6)
_WHOLE = (_SAID, _FOR)


def only_thanks(text: str, names: Collection[str] = ()) -> bool:
    """Return whether all that `text` says is thanks; besides, it may say that everything is well.

    `text` is what its author wrote now, without quotes and signature; `names` are those of the people
    in the conversation, as they are written. Irony is known by how it begins or ends ("Schönen Dank auch.");
    what is said in the very words of honest thanks ("Great, thanks.") is taken for these.
    """
    if len(text) > MOST_LETTERS:
        return False
    plain = _JOINTS.sub("", _SMILES.sub("\n", unicodedata.normalize("NFKC", text)))
    bare = _SIGNS.sub("\n", plain)
    clauses = [" ".join(clause.split()) for clause in _ENDS.split(bare)]
    clauses = [clause for clause in clauses if clause]
    if not clauses:
        return bool(_SIGNS.search(plain)) and not bare.strip()
    if len(clauses) > MOST_CLAUSES or "..." in bare or not all(map(_LETTERS.fullmatch, clauses)):
        return False
    if _ironic(clauses):
        return False
    known = frozenset(word.casefold() for name in names for word in re.findall(r"[^\W\d_]+", name))
    return any(_all_of(clauses, words, known) for words in WORDS)


def _ironic(clauses: Sequence[str]) -> bool:
    """Whether thanks begin or end as ironic ones do; in a language without blanks, also within a word."""
    joined = tuple(word for word in IRONIC_BEGINNINGS | set(IRONIC_ENDS) if word[0] > _FIRST_JOINED)
    for clause in (clause.casefold() for clause in clauses):
        words = clause.split()
        if {words[0], " ".join(words[:2])} & IRONIC_BEGINNINGS or clause.startswith(joined):
            return True
        if clause in IRONIC_ENDS or clause.endswith((*(f" {end}" for end in IRONIC_ENDS), *joined)):
            return True
    return False


def _all_of(clauses: Sequence[str], own: Words, names: frozenset[str]) -> bool:
    """Whether each clause is of the kinds that are known in a language, and one of them thanks."""
    thanks = False
    for clause in clauses:
        kinds = {_kind(clause, words, names) for words in (own, thanks_west.EN)}
        if kinds == {""}:
            return False
        thanks = thanks or "thanks" in kinds
    return thanks


def _kind(clause: str, words: Words, names: frozenset[str]) -> str:
    """Return what a clause is: thanks, well, closing, greeting, neutral, name, or "" for anything else."""
    pieces = tuple(clause) if words.joined else tuple(clause.split())
    if words.joined:
        pieces = tuple(piece for piece in pieces if not piece.isspace())
    if any(piece.casefold() in NEVER for piece in pieces) or pieces[0].casefold() in ASKS:
        return ""
    pieces, greeted = _greeting(pieces, words, names)
    if not pieces:
        return "greeting" if greeted else ""
    if _named(pieces, names, words):
        return "name"
    for rest in _without_names(pieces, words, names):
        read = _read(rest, words)
        if read:
            return read
        said = words.said(rest)
        if said in words.closings:
            return "closing"
        if said in words.neutral:
            return "neutral"
    return ""


def _greeting(pieces: tuple[str, ...], words: Words, names: frozenset[str]) -> tuple[tuple[str, ...], bool]:
    """Return a clause without the greeting that it begins with, and whether there was one."""
    for size in range(min(words.longest, len(pieces)), 0, -1):
        if words.said(pieces[:size]) in words.greetings:
            rest = pieces[size:]
            for many in range(min(MOST_NAMES, len(rest)), 0, -1):
                if _named(rest[:many], names, words):
                    return rest[many:], True
            return rest, True
    return pieces, False


def _without_names(pieces: tuple[str, ...], words: Words, names: frozenset[str]) -> Iterator[tuple[str, ...]]:
    """Yield a clause as it is, and without the names that it ends in."""
    yield pieces
    for many in range(1, min(MOST_NAMES if not words.joined else 12, len(pieces) - 1) + 1):
        tail = pieces[-many:]
        if _named(tail, names, words):
            yield pieces[:-many]


def _named(pieces: Sequence[str], names: frozenset[str], words: Words) -> bool:
    """Whether these are names of people in the conversation, or how everybody is called."""
    if not words.joined:
        return all(piece.casefold() in names or piece.casefold() in ADDRESSEES for piece in pieces)
    said = words.said(pieces)
    if said in ADDRESSEES:
        return True
    for title in ("", *HONORIFICS):
        name = said.removesuffix(title) if title else said
        if (name != said or not title) and name and _made_of(name, names):
            return True
    return False


def _made_of(text: str, names: frozenset[str]) -> bool:
    """Whether a text without spaces is one name after the other."""
    reached = {0}
    for at in range(len(text)):
        if at in reached:
            reached |= {at + len(name) for name in names if text.startswith(name, at)}
    return len(text) in reached


def _read(pieces: Sequence[str], words: Words) -> str:
    """Return "thanks" for a clause that thanks, "well" for one that only says that all is well, else "".

    It is read word by word. What stands before the thanks says how much, what stands before "works" what
    works; so "help, thanks" and "help thanks" are none.
    """
    reached: list[set[tuple[int, bool]]] = [{(_START, False)}, *(set[tuple[int, bool]]() for _ in pieces)]
    for at, places in enumerate(reached):
        for size in range(1, min(words.longest, len(pieces) - at) + 1) if places else ():
            said = words.said(pieces[at : at + size])
            for place, thanked in places:
                thanks = thanked or said in words.thanks
                reached[at + size] |= {(after, thanks) for after in _next(place, said, words)}
    whole = {thanked for place, thanked in reached[-1] if place in _WHOLE}
    return "thanks" if True in whole else "well" if whole else ""


def _next(place: int, said: str, words: Words) -> set[int]:
    """Return where a clause stands after `said`."""
    after = set[int]()
    if place == _HEAD:
        return {_FOR} if said in words.objects else after
    if place != _SUBJECT and said in words.degrees:
        after.add(_DEGREE)
    if place != _SUBJECT and said in words.thanks:
        after.add(_SAID)
    if place != _DEGREE and said in words.subjects:
        after.add(_SUBJECT)
    if place != _DEGREE and said in words.well:
        after.add(_SAID)
    if place in _WHOLE and said in words.more:
        after.add(_SAID)
    if place in _WHOLE and said in words.heads:
        # What is thanked for must follow.
        after.add(_HEAD)
    if place == _FOR and said in words.objects:
        after.add(_FOR)
    return after
