"""Whose turn it is: which waiting messages one process may decide on while others decide on theirs. No SQL.

Two messages that share a key (intake/mail/order_keys.py) are decided in the order they came, and never at
the same time by two processes. One whose keys are not known waits for all before it, and all wait for it.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

# A row waits for minutes at most. One that waits for longer was written while the clock was ahead.
LONGEST_WAIT = timedelta(hours=1)
# So much is taken up at once, or one message: it is held in memory, and its hostile members
# (intake/runtime/parse_sandbox.py: up to 20 s each) must all be through while it is held.
BATCH_BYTES = 4 << 20
# An agent's mail that is put off for so short a time waits for its proof, and keeps its place among theirs.
SOON = timedelta(seconds=2)
# The first letter of the keys of what agents write in one ticket (order_keys.ACTING).
ACTING = "a"

Keys = frozenset[str] | None
"""What a message is ordered by; None where that is not known."""


def keys_of(text: str | None) -> Keys:
    """Return the keys that a row keeps as text."""
    return None if text is None else frozenset(text.split())


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that waits and that nobody holds."""

    id: int
    size: int
    attempts: int
    reason: str
    next_at: datetime
    keys: Keys

    @property
    def cut_off(self) -> bool:
        """Whether it was in hand when its process died, once: twice, and it may be what kills."""
        return self.attempts == 1 and not self.reason

    @property
    def retried(self) -> bool:
        """Whether it failed or killed before: such a message is overtaken."""
        return self.attempts > 0 and not self.cut_off


@dataclass(slots=True)
class Turn:
    """One process's turn at `now`: rows are offered in their order, and some are `chosen`.

    Up to `limit` that were never tried, or one that was cut off; with `again` one that failed before. Of
    rows put off until later than `ready` none. `only`: none but these, tried or not.
    """

    now: datetime
    ready: datetime
    limit: int
    again: bool = False
    only: Collection[int] | None = None
    chosen: list[Waiting] = field(default_factory=list)
    full: bool = False
    # How many were left out for a key, and whether one that failed before could be tried again.
    waits: int = 0
    others: bool = False
    _keys: set[str] = field(default_factory=set)
    _proving: set[str] = field(default_factory=set)
    _something: bool = False
    _everything: bool = False
    _size: int = 0

    def block(self, keys: Keys) -> None:
        """Have what shares one of these keys wait: another process decides on them, or they come before."""
        self._something = True
        if keys is None:
            self._everything = True
        else:
            self._keys |= keys

    def blocked(self, keys: Keys) -> bool:
        """Whether a message with these keys has to wait."""
        if self._everything:
            return True
        return self._something if keys is None else not self._keys.isdisjoint(keys)

    def offer(self, row: Waiting) -> None:
        """Choose the next row, or have what comes later wait for it, or pass it over."""
        ready = row.next_at <= self.ready or row.next_at > self.now + LONGEST_WAIT
        if not ready or not self._wanted(row):
            self._pass(row, ready)
        elif self.blocked(row.keys):
            self.waits += 1
            if not row.retried:
                self.block(row.keys)
        elif row.keys is not None and not self._proving.isdisjoint(row.keys):
            # Of the ticket's others nobody waits for a proof.
            self.waits += 1
            self._prove(row.keys)
        elif self.chosen and (row.cut_off and self.only is None):
            # It goes alone, for it may be what killed its process.
            self.block(row.keys)
        elif self.chosen and self._size + row.size > BATCH_BYTES:
            self.full = True
        else:
            self.chosen.append(row)
            self._size += row.size
            alone = self.only is None and row.attempts > 0
            self.full = alone or len(self.chosen) >= self.limit

    def _wanted(self, row: Waiting) -> bool:
        return row.id in self.only if self.only is not None else row.retried == self.again

    def _pass(self, row: Waiting, ready: bool) -> None:
        if row.retried:
            self.others |= ready
        elif ready or row.next_at <= self.now:
            self.block(row.keys)
        elif row.next_at <= self.now + SOON and row.keys:
            self._prove(row.keys)

    def _prove(self, keys: frozenset[str]) -> None:
        self._proving |= {key for key in keys if key.startswith(ACTING)}


def after_missing(rows: Iterable[tuple[int, Keys]], there: Collection[int]) -> set[int]:
    """Of rows in their order: return those that are not `there`, and those that come after one of these."""
    missing: set[int] = set()
    taken: set[str] = set()
    everything = False
    for number, keys in rows:
        after = everything or (bool(missing) if keys is None else not taken.isdisjoint(keys))
        if number not in there or after:
            missing.add(number)
            taken |= keys or frozenset()
            everything |= keys is None
    return missing
