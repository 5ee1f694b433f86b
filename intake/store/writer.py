"""Turns at writing to one SQLite database: first come, first served among the threads of this process.

SQLite lets one write at a time, and has the others sleep for longer and longer between their tries; who
comes later may well be served first. Threads that queue here never meet there.
"""

import os
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from weakref import WeakValueDictionary

from intake.ports import Unreachable
from intake.runtime import pace
from intake.store.failures import LOCKED


class Writer:
    """The right to write to one database file, for one thread at a time."""

    def __init__(self) -> None:
        self.begin_anew()

    def begin_anew(self) -> None:
        """Nobody writes and nobody waits, as in a process that was just forked."""
        self._lock = threading.Lock()
        self._taken = False
        # Each that waits has a closed gate here, which whoever leaves opens.
        self._gates: deque[threading.Lock] = deque()

    @contextmanager
    def turn(self, seconds: float) -> Iterator[None]:
        """Write within. Raises Unreachable when it is still another's turn after so many seconds."""
        self._take(seconds)
        try:
            yield
        finally:
            self._leave()

    def _take(self, seconds: float) -> None:
        with self._lock:
            if not self._taken:
                self._taken = True
                return
            gate = threading.Lock()
            gate.acquire()
            self._gates.append(gate)
        began = time.monotonic()
        try:
            opened = gate.acquire(timeout=seconds)
        except BaseException:
            self._give_up(gate)
            raise
        waited(began)
        if not opened and not self._withdrawn(gate):
            raise Unreachable(LOCKED)

    def _withdrawn(self, gate: threading.Lock) -> bool:
        """Stop waiting; return whether the turn had come at the last moment."""
        with self._lock:
            if gate in self._gates:
                self._gates.remove(gate)
                return False
            return True

    def _give_up(self, gate: threading.Lock) -> None:
        if self._withdrawn(gate):
            self._leave()

    def _leave(self) -> None:
        with self._lock:
            if self._gates:
                # Handed over, so that nobody who comes this moment is before those who wait.
                self._gates.popleft().release()
            else:
                self._taken = False


def waited(since: float) -> None:
    """Count a wait for one's turn that began at `since`, by the monotonic clock."""
    pace.add("writer_waits")
    pace.add("writer_wait_seconds", time.monotonic() - since)


_lock = threading.Lock()
_writers: WeakValueDictionary[str, Writer] = WeakValueDictionary()


def writer_of(path: str) -> Writer:
    """Return the turns at the database in this file, the same for everybody in the process."""
    name = os.path.realpath(path)
    with _lock:
        writer = _writers.get(name)
        if writer is None:
            writer = _writers[name] = Writer()
        return writer


def _after_fork() -> None:
    """The threads that held or waited are not in the child."""
    global _lock
    _lock = threading.Lock()
    for writer in list(_writers.values()):
        writer.begin_anew()


os.register_at_fork(after_in_child=_after_fork)
