"""Whether a text asks its reader for a secret: a word for one near a verb of handing over, unwarned.

Clause by clause, in the desk's twelve languages (`ask_words`); a warning covers its own clause, and what was
named once is handed over by a pronoun too (`again_words`). It is a reason to ask whether the mail is meant
so, never to refuse it: "enter it in the app" and a joke look alike.
"""

import re

from intake.desk.guard.again_words import BUT_US, CONDITION, ELSE, INFORM, IT_OVER, SHOWING, TO_US
from intake.desk.guard.ask_words import (
    AGAIN,
    CALMING,
    HARD,
    NEVER,
    NOUNS,
    OPENED,
    OTHER_PLACE,
    OWN_PLACE,
    SOFT,
    WRITING,
)
from intake.desk.guard.code_words import APART
from intake.desk.guard.folding import plain
from intake.desk.guard.form_asks import form, listed
from intake.desk.guard.spelled import rejoined

# A longer text is cut: beyond this nobody reads, and nothing asks.
MOST = 50_000
# At most this much of a sentence is shown to who must confirm it.
SHOWN = 160
# So many sentences later "it" is still what was named.
REMEMBERED = 2
# A clause is no longer than this: where signs are missing, what stands far apart does not belong together.
_LONG = 400
# A clause of so few letters holds a verb and its politeness.
_NOTHING_ELSE = 8
_BLANK_LINE = re.compile(r"\n[ \t>]*\n|\n(?=[ \t]*(?:[-*•·–]|\d{1,2}[.)])[ \t])")
_END = re.compile(r"[.!?](?=\s|$)|[。！？]|\n\n")
_CLAUSE = re.compile(
    r"[,;:，；：、…()（）–—]|\s-\s|\bbut\b|\bbecause\b|\baber\b|\bmais\b|\bpero\b|\bmas\b|"
    r"\bно\b|\bama\b|\bnhưng\b|但是?"
)
# Between signs it would part a verb from its object.
_ORDINALS = re.compile(r"(?<=\dst|\dnd|\drd|\dth),")
_POLITE = re.compile(
    r"[,，]?\s*\b(?:please|bitte|s['’]il (?:vous|te) plaît|por favor|пожалуйста|lütfen)\b\s*[,，]?"
)


def asked(text: str) -> str:
    """Return the sentence of a text that asks for a secret; "" where none does. Linear."""
    folded = APART.sub(r"\1 ", rejoined(plain(text[:MOST])))
    if not NOUNS.search(folded.replace("\n", " ")):
        return ""
    since = REMEMBERED + 1
    for block in _BLANK_LINE.split(folded):
        for sentence in _END.split(" ".join(block.split())):
            if not sentence.strip():
                continue
            since = 0 if NOUNS.search(sentence) else since + 1
            if _asks(sentence[: 4 * _LONG], since):
                return " ".join(sentence.split())[:SHOWN]
    return form(folded)[:SHOWN]


def _asks(sentence: str, since: int) -> bool:
    """Whether a sentence asks for the secret that it names, or that was named `since` sentences before."""
    if since > REMEMBERED:
        return False
    parts = _CLAUSE.split(CALMING.sub(" ", _POLITE.sub(" ", _ORDINALS.sub(" ", sentence))))
    clauses = [clause[:_LONG] for clause in parts]
    warns = [NEVER.search(clause) is not None for clause in clauses]
    if since == 0 and (BUT_US.search(sentence) or listed(clauses) or _named(sentence, clauses, warns)):
        return True
    return _again(clauses, warns, since)


def _named(sentence: str, clauses: list[str], warns: list[bool]) -> bool:
    for at, clause in enumerate(clauses):
        if warns[at] or not NOUNS.search(clause):
            continue
        own = _own(sentence)
        if HARD.search(WRITING.sub(" ", clause) if own else clause) or (SOFT.search(clause) and not own):
            return True
        if at and SHOWING.match(clause) and HARD.search(clauses[at - 1]) and not warns[at - 1]:
            return True
        beside = [near for near in (at - 1, at + 1, at + 2) if 0 <= near < len(clauses) and not warns[near]]
        if CONDITION.search(clause):
            beside = [near for near in beside if not INFORM.search(clauses[near])]
        if any(_follows(clauses[near], near < at) for near in beside):
            return True
    return False


def _own(sentence: str) -> bool:
    """Whether a secret is typed there where that is what it is for."""
    place = OWN_PLACE.search(sentence) or OPENED.search(sentence)
    return place is not None and not OTHER_PLACE.search(sentence)


def _again(clauses: list[str], warns: list[bool], since: int) -> bool:
    """Whether a clause hands over what was named before it, by a warning too."""
    named, unless = since > 0, False
    for clause, warned in zip(clauses, warns, strict=True):
        # The nearer one is meant.
        if named and ELSE.search(clause):
            return False
        unless = unless or CONDITION.search(clause) is not None
        if named and not warned and not _own(clause) and _hands(clause, unless):
            return True
        named = named or bool(NOUNS.search(clause))
    return False


def _hands(clause: str, unless: bool) -> bool:
    """Whether a clause hands over what was named; to inform is not that after "if it is lost"."""
    if IT_OVER.search(clause):
        return True
    return TO_US.search(clause) is not None and not (unless and INFORM.search(clause))


def _follows(clause: str, before: bool) -> bool:
    """Whether a clause beside one with a secret is about it: it ends in front of it, or names it again, or is
    nothing but the verb."""
    if HARD.search(clause):
        short = len(clause.strip()) <= _NOTHING_ELSE
        return (
            bool(AGAIN.search(clause))
            or (before and bool(HARD.search(clause[-12:])))
            or (short and not before)
        )
    return bool(SOFT.search(clause) and AGAIN.search(clause) and not _own(clause))
