"""What becomes of a file when secrets are taken out of its ticket. Pure."""

from collections.abc import Sequence
from enum import Enum

from intake.desk.sensitive.reading import FileState, Reading

# Files whose content is a text that can be looked through and written anew.
TEXTS = ("text/", "message/rfc822")
MOST_NAMED = 10


class Fate(Enum):
    """KEPT: nothing is known against it. REMOVED: a secret stands in it and cannot be taken out alone.
    CLOSED: nobody could look into it, so that it may hold one."""

    KEPT = "kept"
    REMOVED = "removed"
    CLOSED = "closed"


def fate(media_type: str, reading: Reading | None, literals: Sequence[str]) -> Fate:
    """Return what becomes of a file of which no text could be written anew, by what is known of it.

    Words that are named (`literals`) are sought in texts alone.
    """
    if reading is not None and reading.state is FileState.SECRET:
        return Fate.REMOVED
    if media_type.startswith(TEXTS):
        return Fate.KEPT
    clean = reading is not None and reading.state is FileState.CLEAN and not literals
    return Fate.KEPT if clean else Fate.CLOSED


def lines(said: str, by: str, closed: Sequence[str]) -> tuple[str, ...]:
    """Return what the history says of a redaction: what was taken out (`said`), by whom, and which files
    nobody could look into."""
    first = f"{said}, by {by}"
    if not closed:
        return (first,)
    more = ", …" if len(closed) > MOST_NAMED else ""
    names = ", ".join(closed[:MOST_NAMED])
    return (first, f"not redacted, because it could not be looked into: {names}{more}")
