"""Answers within a quote of our own mail: in red, between its lines, behind its questions.

Nothing marks them, so the quote is compared with what we sent and have: what differs is its author's.
Words are compared, for programs break lines anew, change marks and leave pictures out.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from intake.mail.quotes.known_words import Known, links_of, words_of
from intake.mail.quotes.lines import classify

# So many lines of a quote are compared; what stands below stays a quote.
MAX_LINES = 400
MAX_LINE = 1000
# A line of so many words is known wherever it stands. A shorter one, which may be an answer in the same
# words, is where it stands beside what it stood beside; or it is a whole line, of more than two words, that
# begins a quote or stands below an answer.
_SURE = 8
_BESIDE = 4
_A_LINE = 3

_MARKS = re.compile(r"^[\s>＞|]{0,40}")
_ITEM = re.compile(r"^(?:\d{1,3}|[a-z])$")
# Not words of the one who wrote the line: introductions, headers, rules, a device's line.
_NOT_WRITTEN = "aohxds"
# What stands before the first word and behind the last one.
_END = ("|",)


@dataclass(frozen=True, slots=True)
class Part:
    """Lines of a quote that stand together: the author's own (`new`), or what they quote."""

    new: bool
    text: str


class _Own(Enum):
    """How a line is the author's own: written into one of ours, or a line by itself."""

    INTO = 1
    ALONE = 2


def parts(quote: str, there: Known) -> list[Part]:
    """Return the parts that `quote` is made of, in its order; all of it one where nothing differs.

    An answer that stands alone has the line it stands below before it, as a quote.
    """
    every = quote.split("\n")
    lines = [_MARKS.sub("", line[:MAX_LINE]) for line in every[:MAX_LINES]]
    own = _own(lines, classify(lines), there)
    if not any(own):
        return [Part(False, quote)]
    found: list[Part] = []
    above = ""
    for at, line in enumerate(every):
        how = own[at] if at < len(own) else None
        new = how is not None
        if how is _Own.ALONE and above and not (found and found[-1].new):
            found.append(Part(True, f"> {above}"))
        if found and found[-1].new == new:
            found[-1] = Part(new, f"{found[-1].text}\n{line}")
        else:
            found.append(Part(new, line))
        if not new and line.strip():
            above = lines[at] if at < len(lines) else ""
    return found


def _own(lines: Sequence[str], kinds: str, there: Known) -> list[_Own | None]:
    """Return for each line of a quote how it is the author's own, None where it is not.

    That can be said only within what is known: from its first line that is ours, or was written into, to
    the next introduction or signature. What nobody here knows is another's mail.
    """
    words = [() if kind in _NOT_WRITTEN else words_of(line) for line, kind in zip(lines, kinds, strict=True)]
    said = [at for at, some in enumerate(words) if some]
    own: list[_Own | None] = [None] * len(lines)
    within = signed = ours = False
    above: Sequence[str] = _END
    for at, kind in enumerate(kinds):
        if kind in "aoh":
            within, signed, ours, above = False, False, False, _END
            continue
        signed = signed or kind == "g"
        some = words[at]
        if some:
            following = bisect_left(said, at + 1)
            below = words[said[following]][:_BESIDE] if following < len(said) else _END
            into = there.holds((*above, some[0])) or (len(some) > _A_LINE and there.most(some))
            ours = _is_ours(some, above, () if ours else below, there)
            within = within or ours or there.touches(some)
            if ours:
                above = some[-_BESIDE:]
            elif within and not signed:
                own[at] = _Own.INTO if into else _Own.ALONE
        if within and not signed and own[at] is None and not all(map(there.link, links_of(lines[at]))):
            own[at] = _Own.INTO if some else _Own.ALONE
    return _joined(own, lines)


def _is_ours(words: Sequence[str], above: Sequence[str], below: Sequence[str], there: Known) -> bool:
    """Whether a line stands in what is known, behind the words `above` it or, if given, before those `below`.

    Below a line of ours that is followed by the same words, they are an answer.
    """
    bare = words[1:] if len(words) > 1 and _ITEM.match(words[0]) else words
    for some in (words,) if bare is words else (words, bare):
        if there.holds((*above, *some)) or (below and there.holds((*some, *below))):
            return True
        if there.holds(some) if len(some) >= _SURE else below and len(some) >= _A_LINE and there.line(some):
            return True
    return False


def _joined(own: list[_Own | None], lines: Sequence[str]) -> list[_Own | None]:
    """Let empty lines between two of the author's be theirs."""
    last = None
    for at, line in enumerate(lines):
        if own[at]:
            if last is not None:
                own[last + 1 : at] = [_Own.INTO] * (at - last - 1)
            last = at
        elif line.strip():
            last = None
    return own
