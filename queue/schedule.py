"""The sweep: our own clock, because Huey's may lose what it holds and skips what it missed.

It does what time alone causes, and sends what is due and was announced by nobody. A
desk whose job queue is gone still sends everything, a few seconds later.
"""

import logging
import threading
from datetime import timedelta
from typing import TYPE_CHECKING

from intake.ports import Temporary
from intake.queue.tasks import Senders

if TYPE_CHECKING:
    from intake.app import Desk

log = logging.getLogger("intake.queue.schedule")

# After a start there may be much to catch up with, and others starting at the same moment.
FIRST_SECONDS = 2.0
FIRST_ROUNDS = 5
THEN_SECONDS = 5.0
# What was received is processed by who received it; only what is left this long is done here too.
LEFT = timedelta(seconds=10)


def sweep(desk: "Desk", senders: Senders, stop: threading.Event) -> None:
    """Sweep until `stop` is set: at once, every 2 seconds at first, then every 5."""
    rounds = 0
    try:
        while not stop.is_set():
            again = sweep_once(desk, senders)
            rounds += 1
            if not again:
                stop.wait(FIRST_SECONDS if rounds <= FIRST_ROUNDS else THEN_SECONDS)
    finally:
        senders.close()


def sweep_once(desk: "Desk", senders: Senders) -> bool:
    """Do one round; return whether the next one should follow at once, for there was work."""
    try:
        # A row we had is due later or never: rounds that find work come to an end.
        return senders.deliver(desk.service.tick(after=LEFT)) > 0
    except Temporary as err:
        log.warning("the sweep must wait", extra={"reason": str(err)})
    except Exception:
        # Nothing is lost by it: all that is due stands in the database, and the next round reads it.
        log.exception("the sweep failed")
    return False
