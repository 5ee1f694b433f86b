"""Who reads how much: kinds of reading, and when a day's is more than usual. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Reading(StrEnum):
    """What was read: a ticket, a raw mail, a list by words, files, or much at once."""

    SHOW = "show"
    RAW = "raw"
    SEARCH = "search"
    FILE = "file"
    EXPORT = "export"


# So many times the usual is much, from so many on, for who has read on so many days before.
TIMES, FROM, DAYS = 3, 30, 5
# So far back what is usual is looked for.
USUAL_DAYS = 30


@dataclass(frozen=True, slots=True)
class Reader:
    """How much somebody read on a day (UTC), and on which days before, in numbers of readings."""

    who: str
    day: date
    readings: int
    before: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadRow:
    """How often somebody read something on a day (UTC); `kind` is a `Reading`."""

    day: str
    who: str
    kind: str
    ticket: int | None
    n: int


def usual(before: Sequence[int]) -> int:
    """Return how much somebody reads on a day on which they read, 0 where that is not known yet."""
    if len(before) < DAYS:
        return 0
    # Loaded where somebody has read: with what it imports it takes 1 MB in each process.
    from statistics import median

    return int(median(before))


def much(reader: Reader, limit: int) -> bool:
    """Whether somebody read more than `limit` on a day (0: no limit), or several times their usual."""
    if 0 < limit < reader.readings:
        return True
    own = usual(reader.before)
    return own > 0 and reader.readings >= FROM and reader.readings > TIMES * own
