"""How long to wait between tries of what fails. Pure, so that every layer may ask it."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Backoff:
    """Pauses in seconds, one for each failure in a row; the last one repeats."""

    pauses: tuple[float, ...]

    @classmethod
    def growing(cls, first: float, factor: float, ceiling: float) -> "Backoff":
        """Return pauses that grow from `first` by `factor`, and stay at `ceiling` (seconds)."""
        pauses = [first]
        while pauses[-1] * factor < ceiling:
            pauses.append(pauses[-1] * factor)
        return cls((*pauses, ceiling))

    def seconds(self, failures: int) -> float:
        """Return the pause after so many failures in a row, the first being 1."""
        return self.pauses[min(failures, len(self.pauses)) - 1]

    def rest(self, failures: int, jitter: float = 1.0) -> timedelta:
        """Return the same as a length of time, times `jitter`: so that not all try again at once."""
        return timedelta(seconds=self.seconds(failures) * jitter)

    def used_up(self, failures: int) -> bool:
        """Whether every pause was had: of a clock that was set on, time alone proves nothing."""
        return failures > len(self.pauses)

    @property
    def longest(self) -> timedelta:
        """The pause that repeats."""
        return timedelta(seconds=self.pauses[-1])


# A peer that cannot be reached, or a port that is taken.
PEER = Backoff.growing(1.0, 2.0, 60.0)
# A process or a thread of ours that ended.
RESTART = Backoff((1.0, 2.0, 5.0, 15.0, 30.0))
# What ran for so many seconds had started well: its next end counts as the first.
SETTLED_SECONDS = 60.0
