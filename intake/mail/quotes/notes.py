"""The header that Lotus Notes puts over the mail it quotes: a name, a moment, and labels without colons.

Bob Example/Company
03/05/2024 10:15 AM
Please respond to
bob@example.com

To
Ann Example
cc

Subject
Login
"""

import re
from collections.abc import Sequence

from intake.mail.quotes.vocabulary import LABELS

MAX_LINE = 300
# So many lines are looked at for the label of the recipient, and below that for the subject's.
MAX_APART = 10

_MOMENT = re.compile(
    r"^\s{0,8}\d{1,4}[./-]\d{1,2}[./-]\d{2,4},? \d{1,2}[:.]\d{2}(?::\d{2})?(?: ?[AaPp]\.?[Mm]\.?)?\s{0,4}$"
)
# A quick look for its beginning.
_BEGINS = re.compile(r"\n[ \t]{0,8}\d{1,4}[./-]\d{1,2}[./-]\d{2,4},? \d")
_FIRSTS = frozenset("0123456789 \t")
# Between a label and its value on one line stand a colon, a tabulator, a cell's bar or many blanks.
_LABEL = re.compile(r"^\s{0,16}(\S(?:[^:：\t|]{0,16}?\S)?)(?:\s?[:：\t|]|\s{2,60}|$)")
# Labels of Notes alone.
_OWN = {"thema": "subject", "per": "to", "ke": "other", "kopie": "other"}


def mark(lines: Sequence[str], kinds: list[str], text: str) -> None:
    """Give the lines of each such header the letter h (lines.py); `text` is theirs. Linear in it."""
    if not _BEGINS.search(text):
        return
    for at in [at for at, line in enumerate(lines) if 12 < len(line) < 48 and line[0] in _FIRSTS]:
        if at and kinds[at] == "t" and _MOMENT.match(lines[at]):
            start = _name(lines, kinds, at)
            if start is not None and (end := _end(lines, kinds, at)):
                kinds[start:end] = "h" * (end - start)


def _name(lines: Sequence[str], kinds: Sequence[str], at: int) -> int | None:
    """Return the line of the name over the moment at `at`, which stands below an empty one."""
    # The HTML has an empty line between the two.
    start = at - 2 if at > 1 and kinds[at - 1] == "e" else at - 1
    if start and kinds[start - 1] == "t" and ":" in lines[start]:
        # "Sent by: ..." below the name.
        start -= 1
    alone = kinds[start] == "t" and len(lines[start]) < MAX_LINE and (not start or kinds[start - 1] != "t")
    return start if alone else None


def _end(lines: Sequence[str], kinds: Sequence[str], at: int) -> int:
    """Return where the header ends whose moment stands at `at`, 0 when it is none."""
    to = _find(lines, kinds, at + 1, "to")
    subject = _find(lines, kinds, to + 1, "subject") if to else 0
    if not subject:
        return 0
    alone = lines[subject].strip(" \t:|").count(" ") < 1 and _LABEL.match(lines[subject][:40])
    end = subject + 1
    if alone and kinds[end : end + 1] == ["t"] and len(lines[end]) < MAX_LINE:
        # Its value stands below the label.
        end += 1
    return end


def _find(lines: Sequence[str], kinds: Sequence[str], start: int, wanted: str) -> int:
    for at in range(start, min(start + MAX_APART, len(lines))):
        if kinds[at] not in "te":
            return 0
        match = _LABEL.match(lines[at][:100])
        if match is None:
            continue
        word = match[1].lower()
        if (_OWN.get(word) or LABELS.get(word)) == wanted:
            return at
    return 0
