"""The worker: Huey's consumer threads and the sweep, in one process, until told to stop."""

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from huey import RedisHuey
from huey.consumer import Consumer

from intake.queue.app import POLL_SECONDS, make_huey
from intake.queue.schedule import pages, previews, sweep
from intake.queue.tasks import Senders, register
from intake.service import LEASE
from intake.steady import Steady

if TYPE_CHECKING:
    from intake.app import Desk

log = logging.getLogger("intake.queue.worker")

# Between looks at whether every thread still lives.
HEALTH_SECONDS = 5.0
# A worker told to stop ends its mail within this; systemd and Docker allow more before they kill.
SHUTDOWN_SECONDS = 15.0
# Redis blocks by itself; this is how long a worker waits before asking a dead one again.
REDIS_RETRY_SECONDS = 5.0


class _Consumer(Consumer):  # type: ignore[misc]
    def _set_signal_handlers(self) -> None:
        """Leave signals to the caller. Huey's own SIGTERM would cut off the mail being sent."""


def run(desk: "Desk", stop: threading.Event) -> None:
    """Deliver until `stop` is set, then end what is being sent and return. Works in any thread.

    Losing the queue while it runs loses nothing. Raises UserError when the queue
    cannot be used at all.
    """
    # It says two lines a job, and the service one a mail already.
    logging.getLogger("huey").setLevel(logging.WARNING)
    huey = make_huey(desk.settings)
    senders = Senders(desk, stop)
    desk.service.wake = register(huey, senders).wake
    desk.service.steady = Steady(LEASE)
    huey.on_shutdown(name="close")(senders.close)
    consumer = _Consumer(
        huey,
        workers=desk.settings.queue.workers,
        worker_type="thread",
        periodic=False,
        # Nothing is ever scheduled in Huey; its scheduler would only lock the file for nothing.
        scheduler_interval=60,
        initial_delay=POLL_SECONDS,
        max_delay=REDIS_RETRY_SECONDS if isinstance(huey, RedisHuey) else POLL_SECONDS,
        shutdown_timeout=SHUTDOWN_SECONDS,
    )
    sweeper = _thread(lambda: sweep(desk, senders, stop))
    others = [
        _thread(lambda: pages(desk, stop), "pages"),
        _thread(lambda: previews(desk, stop), "previews"),
    ]
    consumer.start()
    log.info("worker started", extra={"workers": consumer.workers})
    while not stop.wait(HEALTH_SECONDS):
        consumer.check_worker_health()
        if not sweeper.is_alive():
            log.error("the sweep died and is started again")
            sweeper = _thread(lambda: sweep(desk, senders, stop))
    consumer.stop(graceful=True)
    for thread in (*others, sweeper):
        thread.join(SHUTDOWN_SECONDS)
    log.info("worker stopped")


def _thread(work: Callable[[], None], name: str = "sweep") -> threading.Thread:
    thread = threading.Thread(target=work, name=name, daemon=True)
    thread.start()
    return thread
