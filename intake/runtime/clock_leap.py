"""Whether the machine's clock may be believed about how long ago something was.

Leases are written in the time of day, for several machines share them. When an admin, NTP or a
sleeping laptop moves that clock, every lease seems over at once, also of a mail that is being
sent at this moment. A clock that cannot be set tells such a leap from time that has passed.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

# Drift that NTP mends without a leap is 500 ppm at most (RFC 5905, section 11.3): 3 ms in 5 s.
LEAP = timedelta(seconds=5)


class Steady:
    """Watches the time of day between two questions. For one thread."""

    def __init__(self, patience: timedelta, monotonic: Callable[[], float] = time.monotonic) -> None:
        """`patience`: how long after a leap no answer but False is given; `monotonic` in seconds."""
        self._patience, self._monotonic = patience.total_seconds(), monotonic
        self._origin: datetime | None = None
        self._leapt: float | None = None

    def __call__(self, now: datetime) -> bool:
        """Whether `now` (aware) follows what was asked before as real time did, and has for `patience`."""
        elapsed = self._monotonic()
        origin = now - timedelta(seconds=elapsed)
        if self._origin is not None and abs(origin - self._origin) > LEAP:
            self._leapt = elapsed
        self._origin = origin
        return self._leapt is None or elapsed - self._leapt > self._patience
