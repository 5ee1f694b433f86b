"""The little header that a client puts over a mail it quotes whole: "From:", "Sent:", in any language."""

import re
from collections.abc import Sequence

from intake.mail.quote_words import LABELS

# Only this much of a line is matched; the rest never changes what it is.
MAX_LINE = 1000
# A quoted mail's header has this many lines at most.
MAX_HEADER = 24
MAX_LABEL = 40

_TITLE = re.compile(r"^[\s>*]{0,8}[-_=—–\u2500]{2,60}\s{0,3}\w.{1,40}?[-_=—–\u2500]{2,60}\s{0,8}\*?$")


def mark(lines: Sequence[str], kinds: list[str]) -> None:
    """Give the lines of each little header over a mail quoted whole the letter h, its title an o.

    `kinds` are the letters of the lines (quote_lines.py) and are changed.
    """
    labels = [
        label(line) if kind == "t" and (":" in line or "：" in line) else None
        for line, kind in zip(lines, kinds, strict=True)
    ]
    if not any(labels):
        return
    at = 0
    while at < len(lines):
        if labels[at] is not None:
            end, found = _block(labels, kinds, at)
            if _is_header(found):
                kinds[at:end] = "h" * (end - at)
                if at and kinds[at - 1] == "t" and _TITLE.match(lines[at - 1][:100]):
                    # "--- Original ---", in whatever language.
                    kinds[at - 1] = "o"
                at = end
                continue
        at += 1


def _block(
    labels: Sequence[tuple[str, str] | None], kinds: Sequence[str], at: int
) -> tuple[int, list[tuple[str, str]]]:
    """Return where the block of labelled lines from `at` ends, and its (label kind, value) pairs."""
    found: list[tuple[str, str]] = []
    end, skipped = at, 0
    for index in range(at, min(at + MAX_HEADER, len(labels))):
        labelled = labels[index]
        if labelled is not None:
            found.append(labelled)
            end, skipped = index + 1, 0
        elif kinds[index] not in "te" or skipped:
            break
        else:
            # One line folded, or one left empty, between labels.
            skipped += 1
    return end, found


def label(line: str) -> tuple[str, str] | None:
    """Return what a line of a quoted mail's header names ("from", "date", "to", "subject" or
    "other") and its value; None for any other line."""
    short = line[:MAX_LINE]
    name, colon, value = short.partition(":")
    if "：" in name or not colon:
        name, colon, value = short.partition("：")
    if not colon or len(name) > MAX_LABEL:
        return None
    kind = LABELS.get(" ".join(name.strip("\t >*_\xa0").split()).lower())
    return (kind, value) if kind else None


def _is_header(found: Sequence[tuple[str, str]]) -> bool:
    if len(found) < 2 or found[0][0] not in ("from", "date", "subject", "to"):
        return False
    kinds = {kind for kind, _ in found}
    addressed = any("@" in value for _, value in found)
    if len(kinds) >= 3:
        # From, To and Date alone are also what someone writes who asks for a journey.
        return "from" in kinds and (addressed or "subject" in kinds or len(kinds) >= 4)
    return kinds >= {"from", "date"} and "@" in found[0][1]
