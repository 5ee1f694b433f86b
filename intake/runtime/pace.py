"""What this process counts of its own pace, for `intake status` and /metrics: sums since it started.

- `decided`: messages that were decided on.
- `batches`, `batch_sizes`: sets of messages that were taken up to be decided on, and the messages in them.
- `decide_seconds`: how long threads were at taking up and deciding.
- `decide_writer_wait_seconds`: for how much of that they waited for their turn to write to a SQLite database.
- `key_waits`: messages that a look for some to decide on passed over, for one with the same key comes first.
- `writer_waits`, `writer_wait_seconds`: how often, and how long in all, any thread waited for such a turn.
- `commits`: write transactions that were committed.
- `grouped`: claims, beginnings and ends of mails, and posts of the form, that went into a commit together
  with others' (the first of each commit is not counted).
"""

import os
import threading
from collections import Counter

_lock = threading.Lock()
_sums: Counter[str] = Counter()
_own = threading.local()


def add(name: str, amount: float = 1) -> None:
    """Add to a sum."""
    own = _own.__dict__
    own[name] = own.get(name, 0) + amount
    with _lock:
        _sums[name] += amount  # type: ignore[assignment]


def read() -> dict[str, float]:
    """Return the sums by their names; what was never counted is not among them."""
    with _lock:
        return dict(_sums)


def own(name: str) -> float:
    """Return how much of a sum this thread counted."""
    amount: float = _own.__dict__.get(name, 0)
    return amount


def _begin_anew() -> None:
    """A forked child counts for itself; the lock may be held by a thread that it does not have."""
    global _lock
    _lock = threading.Lock()
    _sums.clear()


os.register_at_fork(after_in_child=_begin_anew)
