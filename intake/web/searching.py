"""How often one network may search: counted in this process alone, for a GET must not write anything."""

from collections import deque
from threading import Lock

PER_MINUTE = 60
# Of a question so much is searched; nobody asks in more characters and reads three titles.
MOST_CHARACTERS = 300
# Networks that are remembered. Beyond, those that asked longest ago are forgotten.
MOST_SOURCES = 20_000
_WINDOW = 60.0


class Searches:
    """Counts the searches of each network in the last minute. Times are seconds of a clock that never goes
    back."""

    def __init__(self, most: int = PER_MINUTE) -> None:
        self._most, self._lock = most, Lock()
        self._times: dict[str, deque[float]] = {}

    def wait(self, source: str, now: float) -> int:
        """Count a search of `source` and return 0, or return how many whole seconds it has to wait."""
        with self._lock:
            # Put behind the others, so that who is forgotten first stands first.
            times = self._times.pop(source, deque[float]())
            self._times[source] = times
            while times and times[0] <= now - _WINDOW:
                times.popleft()
            if len(times) >= self._most:
                return int(times[0] + _WINDOW - now) + 1
            times.append(now)
            if len(self._times) > MOST_SOURCES:
                del self._times[next(iter(self._times))]
            return 0
