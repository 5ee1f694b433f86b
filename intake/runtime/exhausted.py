"""When a process gets no more memory or threads, it ends, and is started anew by who watches over it.

What it has in hand is in the database, so ending loses nothing; going on does: memory in
pieces too small for the next mail stays so, and every mail is refused until somebody comes.
"""

import errno
import logging
import sqlite3
import threading
from collections.abc import Iterator

# Ends for want of memory: sysexits.h calls it a failure that may pass (EX_TEMPFAIL).
EXIT_CODE = 75
SENTENCE = (
    "There is not enough memory, or there are too many threads: raise the limit (ulimit -v, MemoryMax, the "
    "container's) to at least 1 GB, or end something else on this machine."
)
_noted = threading.Event()


def exhausted(err: BaseException | None) -> bool:
    """Whether an exception, or what led to it, says that there is no memory or no thread to be had."""
    return any(_says_so(link) for link in _chain(err))


def note(err: BaseException | None) -> bool:
    """Remember it, so that the main thread ends the process. Returns whether it was so."""
    if not exhausted(err):
        return False
    _noted.set()
    return True


def noted() -> bool:
    """Whether this process is to end."""
    return _noted.is_set()


def forget() -> None:
    """Begin anew: for tests, which share a process."""
    _noted.clear()


class Listening(logging.Handler):
    """Notes what any part of the program, or a library, logs an exception of."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)

    def emit(self, record: logging.LogRecord) -> None:
        """Look at the exception, print nothing."""
        if record.exc_info:
            note(record.exc_info[1])


def _says_so(err: BaseException) -> bool:
    if isinstance(err, MemoryError):
        return True
    if isinstance(err, RuntimeError):
        return "can't start new thread" in str(err)
    if isinstance(err, sqlite3.Error):
        return getattr(err, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_NOMEM
    if isinstance(err, ImportError):
        return "cannot allocate memory" in str(err).lower() or "failed to map" in str(err).lower()
    return isinstance(err, OSError) and err.errno == errno.ENOMEM


def _chain(err: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    todo = [err]
    while todo:
        error = todo.pop()
        if error is None or id(error) in seen:
            continue
        seen.add(id(error))
        yield error
        todo += [error.__cause__, error.__context__]
