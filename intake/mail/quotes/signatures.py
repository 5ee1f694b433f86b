"""Signatures that stand in the HTML as such, with no mark of their own in the text."""

import re
from collections.abc import Iterator, Sequence

from intake.desk.text.words import WRITTEN_WORD
from intake.mail.formats.html_lines import CUT, SIGNATURE

# What is longer is no signature, whatever the client called it: people write inside it.
MAX_LINES = 25
MAX_SIGNATURES = 4

_ASKS = re.compile(r"[^\W\d][?？]\s{0,4}$|^\s{0,4}\*{0,2}P\.? ?S\.?\s?[:：.,-]", re.IGNORECASE)
# How a sentence ends: nobody's name does.
_SENTENCE = re.compile(r"(?:\S+\s+){3}\S.*[.!…]\W{0,3}$|[。！]\s{0,4}$")


def wrapped(marked: str) -> list[list[str]]:
    """Return the words of each signature that a text of marked_html marks; none of a quoted mail's.

    One that asks something, that has a postscript or that begins with a sentence is its author's
    text: clients put the cursor there, too.
    """
    signatures: list[list[str]] = []
    for lines in _runs(marked):
        said = [line for line in lines if line.strip()]
        if (
            said
            and len(said) <= MAX_LINES
            and not _SENTENCE.search(said[0][:1000])
            and not any(_ASKS.search(line[-200:]) for line in said)
        ):
            signatures.append(WRITTEN_WORD.findall(" ".join(said)))
    return [words for words in signatures if words][-MAX_SIGNATURES:]


def _runs(marked: str) -> Iterator[list[str]]:
    run: list[str] = []
    for line in marked.partition(CUT)[0].split("\n"):
        if line.startswith(SIGNATURE) and not line.startswith(f"{SIGNATURE}>"):
            run.append(line[1:])
        elif line.strip() and run:
            yield run
            run = []
    if run:
        yield run


def mark(lines: Sequence[str], kinds: str, signatures: Sequence[Sequence[str]]) -> str:
    """Return the letters of the lines (lines.py) with an n for each that is one of these signatures'.

    There have to be words of their author's besides. Linear in the lines.
    """
    marked = list(kinds)
    for words in signatures:
        for start in range(len(lines) - 1, -1, -1):
            if marked[start] in "ts" and (end := _end(lines, marked, start, words)):
                marked[start:end] = "n" * (end - start)
                break
    return "".join(marked) if "t" in marked else kinds


def _end(lines: Sequence[str], kinds: Sequence[str], start: int, words: Sequence[str]) -> int:
    """Return where the lines end that have these words and no others, 0 when those from `start` on do not."""
    matched = 0
    for at in range(start, min(start + 2 * MAX_LINES, len(lines))):
        if kinds[at] not in "tesd":
            return 0
        here = WRITTEN_WORD.findall(lines[at][:1000])
        if here != words[matched : matched + len(here)]:
            return 0
        matched += len(here)
        if matched == len(words):
            return at + 1
    return 0
