"""What this process counts of its own pace, for `intake status` and /metrics: sums since it started.

`writer_waits` and `writer_wait_seconds`: how often, and how long in all, a thread waited for its turn to
write to a SQLite database. `commits`: write transactions that were committed. `grouped`: claims, beginnings
and ends of mails that went into a commit together with others' (the first of each commit is not counted).
"""

import os
import threading
from collections import Counter

_lock = threading.Lock()
_sums: Counter[str] = Counter()


def add(name: str, amount: float = 1) -> None:
    """Add to a sum."""
    with _lock:
        _sums[name] += amount  # type: ignore[assignment]


def read() -> dict[str, float]:
    """Return the sums by their names; what was never counted is not among them."""
    with _lock:
        return dict(_sums)


def _begin_anew() -> None:
    """A forked child counts for itself; the lock may be held by a thread that it does not have."""
    global _lock
    _lock = threading.Lock()
    _sums.clear()


os.register_at_fork(after_in_child=_begin_anew)
