"""Whether a sentence asks its reader for a secret: a word for one near a verb of handing over, unwarned.

Clause by clause, in the desk's twelve languages (`ask_words`). It is a reason to ask whether the mail is
meant so, never to refuse it: "enter it in the app" and a joke look alike.
"""

import re

from intake.desk.guard.ask_words import AGAIN, CALMING, HARD, NEVER, NOUNS, OWN_PLACE, SOFT
from intake.desk.guard.code_words import APART
from intake.desk.guard.folding import plain

# A longer text is cut: beyond this nobody reads, and nothing asks.
MOST = 50_000
# At most this much of a sentence is shown to who must confirm it.
SHOWN = 160
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


def asked(text: str) -> str:
    """Return the sentence of a text that asks for a secret; "" where none does. Linear."""
    folded = APART.sub(r"\1 ", plain(text[:MOST]))
    if not NOUNS.search(folded.replace("\n", " ")):
        return ""
    for block in _BLANK_LINE.split(folded):
        for sentence in _END.split(" ".join(block.split())):
            if sentence and _asks(sentence[: 4 * _LONG]):
                return " ".join(sentence.split())[:SHOWN]
    return ""


def _asks(sentence: str) -> bool:
    if not NOUNS.search(sentence):
        return False
    clauses = [clause[:_LONG] for clause in _CLAUSE.split(CALMING.sub(" ", sentence))]
    warns = [NEVER.search(clause) is not None for clause in clauses]
    for at, clause in enumerate(clauses):
        if warns[at] or not NOUNS.search(clause):
            continue
        if HARD.search(clause) or (SOFT.search(clause) and not OWN_PLACE.search(sentence)):
            return True
        beside = [near for near in (at - 1, at + 1, at + 2) if 0 <= near < len(clauses) and not warns[near]]
        if any(_follows(clauses[near], near < at) for near in beside):
            return True
    return False


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
    return bool(SOFT.search(clause) and AGAIN.search(clause) and not OWN_PLACE.search(clause))
