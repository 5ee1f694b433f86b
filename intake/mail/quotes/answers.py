"""Answers within a quote of our own mail: in red, between its lines, behind its questions.

Nothing marks them, so the quote is compared with what we sent and have: what differs is its author's.
Words are compared, for programs break lines anew, change marks and leave pictures out.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from intake.desk.facts import Facts
from intake.desk.message import Message, Piece, PieceKind
from intake.desk.sensitive import leaks
from intake.mail.quotes.known_words import Known, known, links_of, words_of
from intake.mail.quotes.lines import classify

# So many lines and characters of a mail's quotes are compared; what stands below stays a quote.
MAX_LINES = 300
MAX_QUOTED = 24 * 1024
MAX_LINE = 1000
# A line of so many words is known wherever it stands. A shorter one, which may be an answer in the same
# words, is where it stands beside what it stood beside; or it is a whole line, of more than two words, that
# begins a quote or stands below an answer.
_SURE = 8
_BESIDE = 4
_A_LINE = 3

_MARKS = re.compile(r"^[\s>＞|]{0,40}")
_ITEM = re.compile(r"^(?:\d{1,3}|[a-z])$")
# A mail is none of those known when less than one of so many of its words stands in a line of theirs.
_KNOWN_SHARE = 4
# So many of its words tell.
_TELLING = 200
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


def heard(message: Message, facts: Facts) -> Message:
    """Return a message in which what its author wrote into quotes of ours is new, too. Pure.

    And in which quotes above the first that is known are marked as strange, whoever is said to have
    written them: people paste what a swindler sent them in our name, and tell on below it.
    """
    said = facts.correspondence
    if not (said.mails or said.texts):
        return message
    there = known(said.mails, said.texts)
    pieces: list[Piece] = []
    lines, room, above = MAX_LINES, MAX_QUOTED, True
    for piece in message.pieces:
        if piece.kind is not PieceKind.QUOTE or lines <= 0 or room <= 0:
            pieces.append(piece)
            continue
        foreign, quote = apart(piece.text, there, lines, room) if above else ("", piece.text)
        if foreign and leaks.held(piece.text.encode("utf-8", "replace")):
            # A notification to an agent holds notes above what is known, and it is none for others to read.
            foreign, quote = "", piece.text
        above = above and not quote.strip()
        if foreign:
            pieces.append(Piece(PieceKind.QUOTE, foreign, piece.author, strange=True))
        for part in parts(quote, there, lines, room) if quote or not foreign else ():
            if part.new:
                pieces.append(Piece(PieceKind.NEW, part.text))
            else:
                pieces.append(Piece(PieceKind.QUOTE, part.text, piece.author, False if foreign else None))
        lines -= piece.text.count("\n") + 1
        room -= len(piece.text)
    if pieces == list(message.pieces):
        return message
    new = [piece.text.strip("\n").rstrip() for piece in pieces if piece.kind is PieceKind.NEW]
    return replace(message, pieces=tuple(pieces), new_text="\n\n".join(filter(None, new)).strip())


def apart(quote: str, there: Known, most: int = MAX_LINES, room: int = MAX_QUOTED) -> tuple[str, str]:
    """Return what stands in `quote` above the first mail that is known, and all from there on.

    A mail is what stands below an introduction or a header, and is known by a quarter of its words. What
    is not compared counts as known.
    """
    every = quote.split("\n")
    if len(quote) > room:
        return "", quote
    lines = [_MARKS.sub("", line[:MAX_LINE]).rstrip() for line in every[:most]]
    kinds = classify(lines)
    start = said = ours = 0
    for at, kind in enumerate(kinds):
        if kind in "aoh" and said:
            if not _is_strange(said, ours, there):
                return "\n".join(every[:start]), "\n".join(every[start:])
            start, said, ours = at, 0, 0
        elif kind not in _NOT_WRITTEN and said < _TELLING:
            some = words_of(lines[at])
            said += len(some)
            if there.line(some) or (len(some) >= _A_LINE and there.most(some)):
                ours += len(some)
    if _is_strange(said, ours, there) and len(every) <= most:
        return quote, ""
    return "\n".join(every[:start]), "\n".join(every[start:])


def _is_strange(said: int, ours: int, there: Known) -> bool:
    return 0 < said and ours * _KNOWN_SHARE < said and not there.tired


def parts(quote: str, there: Known, most: int = MAX_LINES, room: int = MAX_QUOTED) -> list[Part]:
    """Return the parts that `quote` is made of, in its order; all of it one where nothing differs.

    An answer that stands alone has the line it stands below before it, as a quote. Of the quote `most`
    lines and `room` characters are compared.
    """
    every = quote.split("\n")
    compared = every[:most] if len(quote) <= room else quote[:room].split("\n")[:-1][:most]
    lines = [_MARKS.sub("", line[:MAX_LINE]).rstrip() for line in compared]
    own = _own(lines, classify(lines), there)
    if not any(own):
        return [Part(False, quote)]
    groups: list[tuple[bool, list[str]]] = []
    above = ""
    for at, line in enumerate(every):
        how = own[at] if at < len(own) else None
        new = how is not None
        if not groups or groups[-1][0] != new:
            groups.append((new, [f"> {above}"] if how is _Own.ALONE and above else []))
        groups[-1][1].append(line)
        if not new and line.strip():
            above = lines[at] if at < len(lines) else ""
    return [Part(new, "\n".join(some)) for new, some in groups]


def _own(lines: Sequence[str], kinds: str, there: Known) -> list[_Own | None]:
    """Return for each line of a quote how it is the author's own, None where it is not.

    That can be said only within what is known: from its first line that is ours, or was written into, to
    the next introduction or signature. What nobody here knows is another's mail.
    """
    links = list(map(links_of, lines))
    lines = _behind_links(lines, links, there)
    words = [() if kind in _NOT_WRITTEN else words_of(line) for line, kind in zip(lines, kinds, strict=True)]
    said = [at for at, some in enumerate(words) if some]
    own: list[_Own | None] = [None] * len(lines)
    within = signed = ours = False
    above: Sequence[str] = _END
    for at, kind in enumerate(kinds):
        if there.tired:
            break
        if kind in "aoh":
            within, signed, ours, above = False, False, False, _END
            continue
        signed = signed or kind == "g"
        some = words[at]
        if some:
            following = bisect_left(said, at + 1)
            below = words[said[following]][:_BESIDE] if following < len(said) else _END
            ours = _is_ours(some, above, () if ours else below, there)
            within = within or ours or there.touches(some)
            if ours:
                above = some[-_BESIDE:]
            elif within and not signed:
                into = there.holds((*above, some[0])) or (len(some) > _A_LINE and there.most(some))
                own[at] = _Own.INTO if into else _Own.ALONE
        if within and not signed and own[at] is None and not all(map(there.link, links[at])):
            own[at] = _Own.INTO if some else _Own.ALONE
    return _joined(own, lines)


def _behind_links(lines: Sequence[str], links: Sequence[Sequence[str]], there: Known) -> list[str]:
    """Return the lines without the rest of a link of ours that the lines above break off."""
    out: list[str] = []
    link = ""
    for line, named in zip(lines, links, strict=True):
        first, _, rest = line.partition(" ")
        if link and there.goes_on(link, first):
            link = "" if rest else link + first
            line = rest
        else:
            link = ""
        if named and line.endswith(named[-1]):
            link = named[-1]
        out.append(line)
    return out


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
