"""What an agent who asks for a ticket gets of its conversation: the newest entries, or all of them. Pure."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace

from intake.desk.evidence import Evidence
from intake.desk.kept_files import MIB, KeptFile
from intake.desk.lookup import Line
from intake.desk.page import CUT, MOST_NEWEST, Talk, newest
from intake.desk.sensitive.excusing import NOTHING, excerpt_but
from intake.desk.text import folded
from intake.desk.ticket import EntryKind, Ticket

# So much of an entry is shown, and of all of them: Gmail cuts a mail of more than 102 KB of HTML off.
MOST_TEXT, MOST_SHOWN_IN_ALL = 4000, 40_000
# Where all is asked for: of an entry with what was folded, of all of these, of all others, and how many.
MOST_WHOLE, MOST_IN_ALL, MOST_SHORT, MOST_ENTRIES = 50_000, 200_000, 100_000, 500
# So many pictures stand in it, and so many bytes of them; and what mail programs show by themselves.
MOST_PICTURES, MOST_PICTURED = 10, 5 * MIB
# What agents write, who answer our notifications.
_AGENTS = (EntryKind.NOTE, EntryKind.REPLY, EntryKind.DRAFT)
SHOWABLE = frozenset(("image/png", "image/jpeg", "image/gif"))


def shown(lines: Sequence[Line], excused: Collection[str] = NOTHING) -> Talk:
    """Return the newest entries of a history, without what is folded in them: quotes and signatures.

    `excused` is no secret in their ticket.
    """
    kept: list[Line] = []
    room = MOST_SHOWN_IN_ALL
    for line in reversed(newest(lines)):
        short = _short(line, MOST_TEXT if kept else MOST_NEWEST, excused)
        if kept and len(short.text) > room:
            break
        room -= len(short.text)
        kept.append(short)
    return _talk(lines, kept)


def whole(lines: Sequence[Line], excused: Collection[str] = NOTHING) -> Talk:
    """Return all entries with all that is folded in them, as far as a mail has room; the newest come first
    to it, and what has no room for its quotes stands there without them. `excused` as in `shown`."""
    kept: list[Line] = []
    room, more = MOST_IN_ALL, MOST_SHORT
    for line in reversed(lines[-MOST_ENTRIES:]):
        text = excerpt_but(line.full_text or line.text, MOST_WHOLE, CUT, excused)
        full = replace(line, text=text, full_text="")
        if len(full.text) <= room:
            room -= len(full.text)
            kept.append(full)
            continue
        short = _short(line, MOST_TEXT, excused)
        if len(short.text) > more:
            break
        more -= len(short.text)
        kept.append(short)
    return replace(_talk(lines, kept), whole=True)


def _short(line: Line, most: int, excused: Collection[str]) -> Line:
    count = folded.agents_lines if line.kind in _AGENTS else folded.lines
    left = count(line.text, line.full_text)
    return replace(line, text=excerpt_but(line.text, most, CUT, excused), full_text="", folded=left)


def _talk(lines: Sequence[Line], kept: Sequence[Line]) -> Talk:
    words = sum(line.kind is not EntryKind.EVENT for line in lines)
    return Talk(tuple(reversed(kept)), words - sum(line.kind is not EntryKind.EVENT for line in kept))


def pictures(lines: Sequence[Line], ticket: Ticket) -> tuple[KeptFile, ...]:
    """Return the pictures that stand in what the ticket's own people wrote, the newest first.

    A client sends what its quote shows along: so it is never one of a note, or of somebody else's. Of two
    with one name it cannot be told which stands where, and neither is shown.
    """
    own = {ticket.requester.key, *(participant.lower() for participant in ticket.participants)}
    names = Counter(str(name) for line in lines for name in line.files)
    brought: list[KeptFile] = []
    room = MOST_PICTURED
    for line in reversed(lines):
        theirs = line.kind is EntryKind.CUSTOMER and line.author.lower() in own
        if ticket.spam or not theirs or line.evidence == Evidence.REFUTED:
            continue
        for file in line.files:
            if not isinstance(file, KeptFile) or names[str(file)] > 1 or file.size > room:
                continue
            if file.media_type.lower() in SHOWABLE and f"[image: {file}]" in line.text:
                room -= file.size
                brought.append(file)
    return tuple(brought[:MOST_PICTURES])
