"""Files are scanned for malware before a child looks into them, where `[scan] clamd` names a scanner.

While it is away files wait for it (`fail = hold`), or go on without (`fail = pass`).
"""

import logging
import math
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from intake.desk.sensitive.reading import UNSCANNED, Reading
from intake.desk.sensitive.verdict import Verdict, judged

log = logging.getLogger("intake.runtime.scanning")


class Scanner(Protocol):
    """What scans files. Both raise OSError when it is away."""

    def version(self) -> str:
        """Return engine and signatures in its own words."""

    def scan(self, content: bytes) -> Verdict:
        """Return what it says of a file."""


class Scanning:
    """Scans by one scanner. `hold`: what was not scanned waits."""

    def __init__(
        self,
        scanner: Scanner,
        hold: bool = True,
        pause: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """After it gave no answer nothing is asked for `pause` seconds."""
        self._scanner, self.hold = scanner, hold
        self._pause, self._clock, self._paused_until = pause, clock, -math.inf
        # Whether the last time some of what was asked for was not scanned.
        self.missed = False

    def verdicts(self, contents: Sequence[bytes]) -> tuple[dict[bytes, Verdict], str]:
        """Return the verdict on each file that could be scanned, and by which engine."""
        made: dict[bytes, Verdict] = {}
        engine = ""
        if self._clock() < self._paused_until:
            return made, engine
        self.missed = False
        try:
            engine = self._scanner.version()
            for content in contents:
                made[content] = self._scanner.scan(content)
        except OSError as err:
            log.warning("files could not be scanned for malware: %s", err)
            self._paused_until, self.missed = self._clock() + self._pause, True
        return made, engine

    def applied(
        self, readings: Mapping[bytes, Reading | None], verdicts: Mapping[bytes, Verdict], engine: str
    ) -> dict[bytes, Reading | None]:
        """Return readings of files with what the scanner says; what was not scanned waits where it must."""
        return {
            content: judged(reading, verdicts[content], engine)
            if content in verdicts
            else UNSCANNED
            if self.hold
            else reading
            for content, reading in readings.items()
        }
