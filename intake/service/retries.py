"""What is tried again and again: how long it rests in between, and when a person is told.

Nothing is tried for ever in silence. What fails rests for longer and longer, up to an
hour, so that it holds up nothing else; a person is told at the third failure and each
day from then on. What fails because the database takes nothing is no fault of what was
tried: that goes up to whoever asked.
"""

import logging
import sys
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from intake.desk.text.said import said
from intake.ports import Temporary
from intake.runtime.backoff import Backoff

log = logging.getLogger("intake.service.retries")

# Between tries of what failed, in seconds.
BACKOFF = Backoff((60, 300, 900, 3600))
# The same where an admin has to act: soon after they did, it goes on.
NOTICED = Backoff((60, 300, 900))
# A person is told when something has failed so often in a row.
TOLD_AFTER = 3


class Tells(Protocol):
    """Tells people of troubles; see intake/service/troubles.py."""

    def met(
        self, key: str, text: str, now: datetime, times: int = 1, after: timedelta = timedelta(0)
    ) -> Sequence[int]:
        """Say that something went wrong once more; returns ids of mails that tell of it."""

    def once(self, key: str, text: str, now: datetime) -> Sequence[int]:
        """Tell of something that is to come, once for each `key`; returns ids of mails that tell of it."""

    def over(self, key: str) -> None:
        """Say that it goes well again."""

    def present(self, now: datetime) -> set[str]:
        """Return the keys of what goes wrong at present."""


class Quiet:
    """Tells nobody: for what has no desk around it."""

    def met(
        self, key: str, text: str, now: datetime, times: int = 1, after: timedelta = timedelta(0)
    ) -> Sequence[int]:
        """Do nothing."""
        return ()

    def once(self, key: str, text: str, now: datetime) -> Sequence[int]:
        """Do nothing."""
        return ()

    def over(self, key: str) -> None:
        """Do nothing."""

    def present(self, now: datetime) -> set[str]:
        """Return nothing."""
        return set()


class Failures:
    """What failed lately in this process, by key: how often, and until when it rests. `left` is what a
    process before this one met and nobody has seen going well since; None: not asked yet."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.known: dict[str, tuple[int, datetime]] = {}
        self.left: set[str] | None = None


class Retries:
    """Tries again and tells a person. Safe in several threads."""

    def __init__(
        self, tells: Tells, probe: Callable[[datetime], None], failures: Failures | None = None
    ) -> None:
        """`probe` raises Temporary when the database takes nothing; `failures` is what is remembered."""
        self._tells, self._probe = tells, probe
        self._failures = failures or Failures()

    def attempt(self, key: str, task: str, work: Callable[[], object], now: datetime) -> bool:
        """Do `work`, unless `key` rests; return whether it was done.

        `task` is its name for people ("the digest of agent 5"). Raises Temporary when the
        database takes nothing; whatever else goes wrong is told and tried again later.
        """
        if self.rests(key, now):
            return False
        try:
            work()
        except Exception as err:
            if isinstance(err, Temporary):
                self._probe(now)
            self.failed(key, task, err, now)
            return False
        self.well(key, now)
        return True

    def rests(self, key: str, now: datetime) -> bool:
        """Whether `key` failed so lately that it is to be left alone."""
        with self._failures.lock:
            _, until = self._failures.known.get(key, (0, now))
        # A rest that is longer than any began while the clock was ahead.
        return now < until <= now + BACKOFF.longest

    def count(self, key: str) -> int:
        """Return how often in a row `key` failed in this process."""
        with self._failures.lock:
            return self._failures.known.get(key, (0, None))[0]

    def failed(self, key: str, task: str, err: Exception, now: datetime) -> timedelta:
        """Note a failure and return how long `key` rests. Never raises."""
        with self._failures.lock:
            count = self._failures.known.get(key, (0, now))[0] + 1
            pause = BACKOFF.rest(count)
            if isinstance(err, Temporary) and count < TOLD_AFTER:
                # A connection that was lost is there again at once.
                pause = timedelta(0)
            self._failures.known[key] = (count, now + pause)
        log.error(
            "failed: %s", task, extra={"attempt": count, "again": int(pause.total_seconds())}, exc_info=err
        )
        # What an exception says may quote what somebody wrote; its kind and the log do.
        kind = str(err) if isinstance(err, Temporary) else type(err).__name__
        text = said(
            "{task} failed ({why}); see the log. It is retried at least every hour.", task=task, why=kind
        )
        try:
            self._tells.met(key, text, now, times=TOLD_AFTER)
        except Exception:
            log.exception("a trouble could not be written down", extra={"trouble": key})
        return pause

    def noticed(self, trouble: str, kind: str, text: str, now: datetime) -> Sequence[int]:
        """Tell a person at once of what time alone does not cure; returns ids of mails that tell of it.

        This `kind` of the trouble rests then, for a quarter of an hour at most. Of several kinds at once, the
        first by name is told. `text` is for a person, with what to do.
        """
        key = f"{trouble}: {kind}"
        elsewhere = any(
            other.startswith(f"{trouble}: ") and other < key for other in self._tells.present(now)
        )
        with self._failures.lock:
            count = self._failures.known.get(key, (0, now))[0] + 1
            self._failures.known[key] = (count, now + NOTICED.rest(count))
        return self._tells.met(key, text, now, times=sys.maxsize if elsewhere else 1)

    def rest_of(self, key: str, now: datetime) -> timedelta:
        """Return how long `key` is still to be left alone: zero where it may be tried."""
        with self._failures.lock:
            _, until = self._failures.known.get(key, (0, now))
        return until - now if self.rests(key, now) else timedelta(0)

    def well(self, key: str, now: datetime) -> None:
        """Note that it went well. Never raises."""
        try:
            with self._failures.lock:
                if self._failures.left is None:
                    self._failures.left = self._tells.present(now)
                known = self._failures.known.pop(key, None) is not None or key in self._failures.left
                self._failures.left.discard(key)
            if known:
                self._tells.over(key)
        except Exception:
            log.warning("that a trouble is over could not be written down", extra={"trouble": key})
