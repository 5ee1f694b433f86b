"""The whole text of a mail told apart: what is new, and why each other line is folded."""

import re
from collections.abc import Sequence
from itertools import groupby

from intake.desk.message import Piece, PieceKind
from intake.mail.formats.html_lines import ATTRIBUTION, CUT
from intake.mail.quotes.headers import MAX_LINE, label

# A quote's author stands in its first lines, or nowhere.
MAX_SEARCHED = 12
# A program's own words: a device's line, and rules or marks that part nothing of the author's. And a
# signature that its HTML tells.
_FOLDED = dict.fromkeys("sdg", PieceKind.PROGRAM) | {"n": PieceKind.SIGNATURE}
_QUOTED = dict.fromkeys("qaohx", PieceKind.QUOTE)

# Gmail puts marks of the writing direction around it in Hebrew and Arabic.
_OUTSIDE = r"\s<>\[\]\"'(),:;@|\u200e\u200f\u202a-\u202e\u2066-\u2069"
_ADDRESS = re.compile(rf"[^{_OUTSIDE}]{{1,64}}@[^{_OUTSIDE}]{{1,250}}")


def tell(lines: Sequence[str], kinds: str, keep: Sequence[bool], quoted: int) -> list[Piece]:
    """Return the pieces that `lines` are made of, in order; joined by line ends they are the whole text.

    `kinds` are the letters of the lines (lines.py). `keep` tells which are the author's and ends where
    a signature begins, which ends where, at `quoted`, a mail is quoted whole.
    """
    folded = _FOLDED | _QUOTED
    own = [PieceKind.NEW if kept else folded.get(kind) for kind, kept in zip(kinds, keep, strict=False)]
    below = [_QUOTED.get(kind, PieceKind.SIGNATURE) for kind in kinds[len(own) : quoted]]
    why = own[:quoted] + below + [PieceKind.QUOTE] * (len(kinds) - quoted)
    _settle(why, kinds)
    pieces: list[Piece] = []
    at = 0
    for reason, group in groupby(why):
        end = at + len(list(group))
        kept = lines[at:end]
        author = _author(kept, kinds[at:end]) if reason is PieceKind.QUOTE else ""
        if "x" in kinds:
            kept = [line for line in kept if CUT not in line]
        pieces.append(Piece(reason or PieceKind.NEW, "\n".join(kept).replace(ATTRIBUTION, ""), author))
        at = end
    return pieces


def _settle(why: list[PieceKind | None], kinds: str) -> None:
    """Let empty lines go with what stands above them, and a rule with the quote that it leads to."""
    for at in range(1, len(why)):
        if why[at] is None:
            why[at] = why[at - 1]
    for at in range(len(why) - 2, -1, -1):
        if why[at] is PieceKind.PROGRAM and kinds[at] in "de" and why[at + 1] is PieceKind.QUOTE:
            why[at] = PieceKind.QUOTE


def _author(lines: Sequence[str], kinds: str) -> str:
    """Return the address of whoever wrote what a piece quotes, as far as its first lines name it."""
    other = ""
    for line, kind in list(zip(lines, kinds, strict=True))[:MAX_SEARCHED]:
        if "@" not in line:
            continue
        named = label(line) if kind in "aoh" else ("other", "")
        if named is not None and named[0] != "from":
            continue
        address = _ADDRESS.search(line[:MAX_LINE].replace("mailto:", ""))
        if address is None:
            continue
        if kind == "a" or named is not None:
            return address.group().lower()
        # Foxmail has the address of whoever answers over its header.
        other = other or address.group().lower()
    return other
