"""Writing down what this process counted of its pace (intake/runtime/pace.py), once a minute.

`intake status` and /metrics run in other processes, and read it there.
"""

import logging
import threading
import time
from collections import deque
from datetime import datetime

from intake.ports import Store, Temporary
from intake.runtime import lease_owner, pace

log = logging.getLogger("intake.service.pacing")

EVERY_SECONDS = 60.0
# How far back what is shown as the pace of today's minutes reaches.
LATELY_SECONDS = 300.0
# Between two looks for rows of processes that are gone, in times of writing.
SWEEP_ONE_IN = 60


class Pacing:
    """What was written down already. Safe for several threads."""

    def __init__(self) -> None:
        self._lock, self._name = threading.Lock(), lease_owner.name()
        self._written, self._next, self._times = pace.read(), float("-inf"), 0
        self._points = deque([(time.monotonic(), self._written)])

    def write(self, store: Store, now: datetime, last: bool = False) -> None:
        """Write it down where it is time; `last`: in any case, for this process ends.

        A database that cannot be used costs the figures: they go with the next writing. Had it taken
        them and its answer was lost, they are counted twice.
        """
        if not last and time.monotonic() < self._next:
            return
        with self._lock:
            at = time.monotonic()
            if not last and at < self._next:
                return
            self._next = at + EVERY_SECONDS
            try:
                self._write(store, now, at, last)
            except Temporary:
                log.debug("the pace could not be written down", exc_info=True)

    def _write(self, store: Store, now: datetime, at: float, last: bool) -> None:
        counted = pace.read()
        while len(self._points) > 1 and at - self._points[1][0] >= LATELY_SECONDS:
            self._points.popleft()
        since, before = self._points[0]
        lately = {"seconds": at - since, **_difference(counted, before)}
        store.upkeep.record_pace(self._name, _difference(counted, self._written), lately, now)
        self._written = counted
        self._points.append((at, counted))
        if last or self._times % SWEEP_ONE_IN == 0:
            store.upkeep.forget_pace(
                now, lambda process: (last and process == self._name) or lease_owner.gone(process)
            )
        self._times += 1


def _difference(counted: dict[str, float], before: dict[str, float]) -> dict[str, float]:
    return {name: amount - before.get(name, 0) for name, amount in counted.items()}
