"""What is tried again and again: how long it rests in between, and when a person is told.

Nothing is tried for ever in silence. What fails rests for longer and longer, up to an
hour, so that it holds up nothing else; a person is told at the third failure and each
day from then on. What fails because the database takes nothing is no fault of what was
tried: that goes up to whoever asked.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from intake.ports import Temporary

log = logging.getLogger("intake.service.retries")

# Between tries of what failed; then the last one repeats.
PAUSES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
# A person is told when something has failed so often in a row.
TOLD_AFTER = 3


class Tells(Protocol):
    """Tells people of troubles; see intake/service/troubles.py."""

    def met(
        self, key: str, what: str, now: datetime, times: int = 1, after: timedelta = timedelta(0)
    ) -> Sequence[int]:
        """Say that something went wrong once more; returns ids of mails that tell of it."""

    def over(self, key: str) -> None:
        """Say that it goes well again."""

    def present(self, now: datetime) -> set[str]:
        """Return the keys of what goes wrong at present."""


class Quiet:
    """Tells nobody: for what has no desk around it."""

    def met(
        self, key: str, what: str, now: datetime, times: int = 1, after: timedelta = timedelta(0)
    ) -> Sequence[int]:
        """Do nothing."""
        return ()

    def over(self, key: str) -> None:
        """Do nothing."""

    def present(self, now: datetime) -> set[str]:
        """Return nothing."""
        return set()


class Retries:
    """What failed lately in this process, by key. Safe in several threads."""

    def __init__(self, tells: Tells, probe: Callable[[datetime], None]) -> None:
        """`probe` raises Temporary when the database takes nothing."""
        self._tells, self._probe = tells, probe
        self._failed: dict[str, tuple[int, datetime]] = {}
        # What a process before this one met and nobody has seen going well since; None: not asked yet.
        self._left: set[str] | None = None
        self._lock = threading.Lock()

    def attempt(self, key: str, what: str, work: Callable[[], object], now: datetime) -> bool:
        """Do `work`, unless `key` rests; return whether it was done.

        `what` is its name for people ("the digest of agent 5"). Raises Temporary when the
        database takes nothing; whatever else goes wrong is told and tried again later.
        """
        if self.rests(key, now):
            return False
        try:
            work()
        except Exception as err:
            if isinstance(err, Temporary):
                self._probe(now)
            self.failed(key, what, err, now)
            return False
        self.well(key, now)
        return True

    def rests(self, key: str, now: datetime) -> bool:
        """Whether `key` failed so lately that it is to be left alone."""
        with self._lock:
            _, until = self._failed.get(key, (0, now))
        # A rest that is longer than any began while the clock was ahead.
        return now < until <= now + PAUSES[-1]

    def count(self, key: str) -> int:
        """Return how often in a row `key` failed in this process."""
        with self._lock:
            return self._failed.get(key, (0, None))[0]

    def failed(self, key: str, what: str, err: Exception, now: datetime) -> timedelta:
        """Note a failure and return how long `key` rests. Never raises."""
        with self._lock:
            count = self._failed.get(key, (0, now))[0] + 1
            pause = PAUSES[min(count, len(PAUSES)) - 1]
            if isinstance(err, Temporary) and count < TOLD_AFTER:
                # A connection that was lost is there again at once.
                pause = timedelta(0)
            self._failed[key] = (count, now + pause)
        log.error(
            "failed: %s", what, extra={"attempt": count, "again": int(pause.total_seconds())}, exc_info=err
        )
        # What an exception says may quote what somebody wrote; its kind and the log do.
        kind = str(err) if isinstance(err, Temporary) else type(err).__name__
        told = f"{what} failed ({kind}); see the log. It is retried at least every hour."
        try:
            self._tells.met(key, told, now, times=TOLD_AFTER)
        except Exception:
            log.exception("a trouble could not be written down", extra={"trouble": key})
        return pause

    def well(self, key: str, now: datetime) -> None:
        """Note that it went well. Never raises."""
        try:
            with self._lock:
                if self._left is None:
                    self._left = self._tells.present(now)
                known = self._failed.pop(key, None) is not None or key in self._left
                self._left.discard(key)
            if known:
                self._tells.over(key)
        except Exception:
            log.warning("that a trouble is over could not be written down", extra={"trouble": key})
