"""How many connections one visitor may hold, and how slow they may be: those who dawdle stop nobody.

Pure: times are seconds of any clock that never goes back.
"""

from collections import Counter
from collections.abc import Sequence

# Browsers open six. Everybody behind a proxy that the config does not name counts as one visitor.
PER_SOURCE = 100
# Who holds no more is no more in the way than anybody else.
FAIR = 8
# A header is some hundred bytes and comes at once.
HEADER_SECONDS = 20.0
# A body, and a page on its way out, may begin slowly, and must then go on like the slowest of lines.
GRACE_SECONDS = 30.0
SLOWEST = 500.0
# Younger than this nobody can be judged.
YOUNG_SECONDS = 1.0


class Pace:
    """One connection. `source` is whom it counts for, "" for nobody (a trusted proxy's own)."""

    __slots__ = ("_begun", "_bytes", "_opened", "_owed", "_owed_since", "source")

    def __init__(self, source: str, now: float) -> None:
        self.source, self._opened, self._begun, self._bytes = source, now, now, 0
        self._owed, self._owed_since = 0, now

    def received(self, count: int, begins: bool, now: float) -> None:
        """Note bytes of a request; `begins`: they are its first."""
        if begins:
            self._begun, self._bytes = now, 0
        self._bytes += count

    def overdue(self, receiving: bool, in_header: bool, owed: int, now: float) -> bool:
        """Whether it takes too long: `receiving` a request, its header not ended yet, or while
        `owed` bytes of our answer have not been taken."""
        if owed and (not self._owed or owed > self._owed):
            self._owed_since = now
            self._owed = owed
        elif not owed:
            self._owed = 0
        if self._owed and self._owed - owed < _least(now - self._owed_since):
            return True
        if not receiving:
            return False
        age = now - self._begun
        return age > HEADER_SECONDS if in_header else self._bytes < _least(age)

    def order(self, now: float) -> tuple[bool, float]:
        """Return what is lowest for who is to go first: by bytes a second, of the request it is at or
        the last one it was at; who has just been opened comes last, the oldest first."""
        if now - self._opened < YOUNG_SECONDS:
            return True, self._opened
        return False, self._bytes / (now - self._begun + 1.0)


def _least(seconds: float) -> float:
    return (seconds - GRACE_SECONDS) * SLOWEST


def in_the_way(paces: Sequence[Pace], busy: Sequence[bool], new: Pace, most: int, now: float) -> Pace | None:
    """Return the connection that must make room for `new`, which is one of them; None when there is room.

    It is the slowest of whoever holds the most, and where nobody holds many, the slowest of all.
    `busy` are those whose request is answered at the moment: they are left alone. A visitor who
    is alone therefore gets in, whatever others hold.
    """
    held = Counter(pace.source for pace in paces if pace.source)
    if new.source and held[new.source] > PER_SOURCE:
        sources = {new.source}
    elif len(paces) > most:
        highest = max(held.values(), default=0)
        sources = {source for source, count in held.items() if count == highest or highest <= FAIR}
        if highest <= FAIR:
            sources |= {""}
    else:
        return None
    of_them = [
        pace
        for pace, at_work in zip(paces, busy, strict=True)
        if pace.source in sources and not at_work and pace is not new
    ]
    # Who is young has had no time to be slow: of them the oldest goes, and only where all are young.
    return min(of_them, key=lambda pace: pace.order(now), default=new)
