"""The live articles as every process has them: read again when they changed, and asked for that seldom."""

import threading
from collections.abc import Callable

from intake.desk.knowledge.ranking import Library
from intake.ports.knowledge import Articles

# In seconds: what is withdrawn is out of every process after that, at the latest.
ASKED_EVERY = 2.0


class Shelf:
    """Hands out the library. Use from any thread; `clock` is a monotonic one, in seconds."""

    def __init__(self, articles: Articles, default_language: str, clock: Callable[[], float]) -> None:
        self._articles, self._language, self._clock = articles, default_language, clock
        self._lock = threading.Lock()
        self._library = Library((), default_language, revision=-1)
        self._asked: float | None = None

    def library(self) -> Library:
        """Return the live articles, at most ASKED_EVERY seconds old. Raises Temporary."""
        with self._lock:
            now = self._clock()
            if self._asked is not None and 0 <= now - self._asked < ASKED_EVERY:
                return self._library
            # Asked before the articles: what changes in between is read again next time.
            revision = self._articles.revision()
            if revision != self._library.revision:
                self._library = Library(self._articles.live(), self._language, revision)
            self._asked = now
            return self._library
