"""The bell of a queue in a file: who adds a job rings, and who waits for one looks at once.

A pipe with a name, beside the queue's file: it reaches every process of this machine that uses the
file, and is no promise. Nobody may hear it, and it may be gone or not to be made; then the
job is found by the next look at the queue.
"""

import os
import select
import stat
import threading
import time
from contextlib import suppress
from pathlib import Path

from intake.folders import private_pipe

# One byte a job, and one is taken by whoever wakes: two jobs wake two workers.
_RING = b"\0"
_FLAGS = os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC


def ring(path: str) -> None:
    """Wake one who waits at this bell; nothing happens where nobody does. Never raises."""
    # Refused where there is no pipe, nobody has it open, or more was rung than they need.
    with suppress(OSError):
        descriptor = os.open(path, os.O_WRONLY | _FLAGS)
        try:
            if stat.S_ISFIFO(os.fstat(descriptor).st_mode):
                os.write(descriptor, _RING)
        finally:
            os.close(descriptor)


class Bell:
    """One process's end of the bell at `path`, for all its threads; made where it is missing."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._descriptor: int | None = None
        self._lock = threading.Lock()

    def wait(self, seconds: float) -> bool:
        """Return True once it is rung, False when it is not for `seconds`.

        Raises OSError at once where there is no bell, and none can be made.
        """
        with self._lock:
            descriptor = self._here()
        asked = select.poll()
        asked.register(descriptor, select.POLLIN)
        end = time.monotonic() + seconds
        while asked.poll(max(0.0, end - time.monotonic()) * 1000):
            # Each ring is for one: where another thread was quicker, this one waits on.
            with suppress(BlockingIOError):
                os.read(descriptor, len(_RING))
                return True
        return False

    def close(self) -> None:
        """Give it up; the pipe stays for whoever comes next."""
        with self._lock:
            self._forget()

    def _here(self) -> int:
        """Return the pipe that stands at the path now: who rings one that was deleted is not heard."""
        if self._descriptor is not None and not _same(self._descriptor, self._path):
            self._forget()
        if self._descriptor is None:
            self._descriptor = private_pipe(Path(self._path))
        return self._descriptor

    def _forget(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _same(descriptor: int, path: str) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(path, follow_symlinks=False))
    except FileNotFoundError:
        return False
