"""Previews that were not made while their mail was processed: one at a time, when there is time.

Their tickets are there already; nothing waits for them. What wants one stands in the
store (intake/store/previews.py), so a crash forgets none.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from intake.ports import Store, Temporary
from intake.runtime.previews import CPU_SECONDS, MEMORY, WALL_SECONDS, in_child

log = logging.getLogger("intake.runtime.deferred_previews")

# Looked up at once; what is beyond is found by the next look.
BATCH = 20
# The mails being processed have the processor first.
NICE = 10

Make = Callable[[Sequence[bytes]], tuple[list[bytes], bool]]


def patiently(contents: Sequence[bytes]) -> tuple[list[bytes], bool]:
    """Return what a child that gives way to others makes of them; see `previews.in_child`."""
    return in_child(contents, CPU_SECONDS, MEMORY, WALL_SECONDS, NICE)


def make_wanted(
    store: Store,
    clock: Callable[[], datetime],
    make: Make = patiently,
    stopped: Callable[[], bool] = lambda: False,
) -> int:
    """Make the previews that are wanted now, one after the other; return how many were made.

    Each has a child and a budget of its own. `clock` returns aware UTC; after `stopped` says yes
    none is begun. Raises Temporary when the store cannot be used. Safe to call in several processes.
    """
    made = 0
    for sha256 in store.previews.wanted(clock(), BATCH):
        if stopped():
            break
        if not store.previews.begin(sha256, clock()):
            continue
        content = store.tickets.file(sha256)
        if content is None:
            store.previews.end(sha256, b"", clock(), again=True)
            continue
        try:
            (preview,), limit = make([content])
        except OSError as err:
            raise Temporary(f"no preview could be made: {err.strerror}") from err
        except Exception:
            # Nobody foresaw it. The attempts are counted, and the next picture has its turn.
            log.exception("a preview could not be made", extra={"digest": sha256})
            store.previews.end(sha256, b"", clock(), again=True)
            continue
        store.previews.end(sha256, preview, clock(), again=limit)
        made += bool(preview)
        if limit:
            log.warning("a picture met a limit", extra={"digest": sha256})
    return made
