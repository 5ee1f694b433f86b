"""Files that were not looked into while their mail was processed: one at a time, when there is time.

As with previews (intake/runtime/deferred_previews.py): what waits stands in the store, so a crash forgets
none, and one that kills who looks into it is tried three times.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from intake.desk.sensitive.reading import Reading
from intake.desk.sensitive.verdict import Verdict, judged
from intake.ports import Store, Temporary
from intake.runtime.deferred_previews import NICE
from intake.runtime.file_reading import CPU_SECONDS, MEMORY, WALL_SECONDS, Asked, Read, in_child
from intake.runtime.scanning import Scanning

log = logging.getLogger("intake.runtime.deferred_readings")

# Looked up at once; what is beyond is found by the next look.
BATCH = 20


def unhurried(files: Sequence[Asked]) -> tuple[list[Reading | None], bool]:
    """Return what a child that gives way to others comes to; see `file_reading.in_child`."""
    return in_child(files, CPU_SECONDS, MEMORY, WALL_SECONDS, NICE)


def look_into_waiting(
    store: Store,
    clock: Callable[[], datetime],
    read: Read = unhurried,
    stopped: Callable[[], bool] = lambda: False,
    scanning: Scanning | None = None,
) -> int:
    """Look into the files that wait now, one after the other; return how many were looked into.

    Each has a child and a budget of its own. `clock` returns aware UTC; after `stopped` says yes none is
    begun. Raises Temporary when the store cannot be used. Safe to call in several processes.
    """
    done, away = 0, False
    for waiting in store.readings.waiting(clock(), BATCH):
        if stopped():
            break
        content = store.tickets.file(waiting.sha256)
        verdict, engine = Verdict(), ""
        if scanning is not None and content is not None:
            # Before an attempt is counted: while the scanner is away, none is. One that has just not answered
            # is not asked about each file.
            verdicts, engine = ({}, "") if away else scanning.verdicts([content])
            if not verdicts and scanning.hold:
                away = away or not engine
                store.readings.put_off(waiting.sha256, clock())
                continue
            verdict = verdicts.get(content, verdict)
        if not store.readings.begin(waiting.sha256, clock()):
            continue
        if content is None:
            store.readings.end(waiting.sha256, None, clock())
            continue
        if verdict.malware:
            store.readings.end(waiting.sha256, judged(None, verdict, engine), clock())
            done += 1
            continue
        try:
            (reading,), limit = read([Asked(waiting.name, waiting.media_type, content)])
        except OSError as err:
            raise Temporary(f"no file could be looked into: {err.strerror}") from err
        except Exception:
            # Nobody foresaw it. The attempts are counted, and the next file has its turn.
            log.exception("a file could not be looked into", extra={"digest": waiting.sha256})
            store.readings.end(waiting.sha256, None, clock())
            continue
        if reading is not None and engine:
            reading = judged(reading, verdict, engine)
        store.readings.end(waiting.sha256, reading, clock())
        done += reading is not None
        if limit:
            log.warning("a file met a limit", extra={"digest": waiting.sha256})
    return done
