"""The worker: Huey's consumer threads, the sweep and, where several may, deciding, in one process."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from huey import Huey, RedisHuey
from huey.consumer import Consumer, Worker

from intake.app import Processor, get_ready
from intake.queue.app import BELL_LESS_SECONDS, POLL_SECONDS, QueueFile, make_huey
from intake.queue.bell import Bell
from intake.queue.schedule import files, logins, pages, previews, record, sweep
from intake.queue.tasks import Senders, register

if TYPE_CHECKING:
    from intake.app import Desk

log = logging.getLogger("intake.queue.worker")

# Between looks at whether every thread still lives.
HEALTH_SECONDS = 5.0
# A thread that dies is started again. When that happens so often within so many seconds, something is
# wrong with the whole process: it ends, and the supervisor starts a new one.
DEATHS_MOST = 5
DEATHS_SECONDS = 600.0
# A worker told to stop ends its mail within this; systemd and Docker allow more before they kill.
SHUTDOWN_SECONDS = 15.0
# Redis blocks by itself; this is how long a worker waits before asking a dead one again.
REDIS_RETRY_SECONDS = 5.0


class _Worker(Worker):  # type: ignore[misc]
    """Huey's worker, which is told of a job in a file instead of finding it by and by."""

    bell: Bell | None = None

    def sleep(self) -> None:
        """Wait for the bell, and without one for a moment, before the queue is asked again."""
        if self.bell is None:
            super().sleep()
            return
        try:
            self.bell.wait(POLL_SECONDS)
        except OSError:
            self.stop_flag.wait(BELL_LESS_SECONDS)


class _Consumer(Consumer):  # type: ignore[misc]
    worker_class = _Worker

    def __init__(self, huey: Huey, bell: Bell | None, **options: Any) -> None:
        self._bell = bell
        super().__init__(huey, **options)

    def _create_worker(self) -> _Worker:
        worker: _Worker = super()._create_worker()
        worker.bell = self._bell
        return worker

    def _set_signal_handlers(self) -> None:
        """Leave signals to the caller. Huey's own SIGTERM would cut off the mail being sent."""


def run(desk: "Desk", stop: threading.Event) -> None:
    """Deliver until `stop` is set, then end what is being sent and return. Works in any thread.

    Where any number of processes decide on what was received, it does so too, at once when asked.
    The desk asks for jobs as any other process does, by what it was built with; here they are done.
    Losing the queue while it runs loses nothing. Raises UserError when the queue
    cannot be used at all.
    """
    # It says two lines a job, and the service one a mail already.
    logging.getLogger("huey").setLevel(logging.WARNING)
    huey = make_huey(desk.settings)
    senders = Senders(desk, stop)
    processor = Processor(desk.service, ring=lambda: tasks.summon())
    tasks = register(huey, senders, processor.nudge)
    huey.on_shutdown(name="close")(senders.close)
    # Redis blocks by itself until there is a job.
    bell = Bell(huey.storage.bell) if isinstance(huey.storage, QueueFile) else None
    consumer = _Consumer(
        huey,
        bell,
        workers=desk.settings.queue.workers,
        worker_type="thread",
        periodic=False,
        # Nothing is ever scheduled in Huey; its scheduler would only lock the file for nothing.
        scheduler_interval=60,
        initial_delay=POLL_SECONDS,
        max_delay=REDIS_RETRY_SECONDS if isinstance(huey, RedisHuey) else POLL_SECONDS,
        shutdown_timeout=SHUTDOWN_SECONDS,
    )
    work = {
        "sweep": lambda: sweep(desk, senders, stop),
        "previews": lambda: previews(desk, stop),
        "files": lambda: files(desk, stop),
        "record": lambda: record(desk, stop),
    }
    if desk.store.ledger.shared:
        work["deciding"] = lambda: _decide(desk, processor, stop)
    if desk.settings.oauth:
        work["logins"] = lambda: logins(desk, stop)
    if desk.settings.page.webhook:
        work["pages"] = lambda: pages(desk, stop)
    threads = Threads(work)
    try:
        threads.start()
        consumer.start()
        log.info("worker started", extra={"workers": consumer.workers})
        while not stop.wait(HEALTH_SECONDS):
            consumer.check_worker_health()
            threads.look()
    finally:
        # Whatever ends this, what is being sent is ended first.
        stop.set()
        # What decides waits for mail: it looks at `stop` once it is woken.
        processor.nudge()
        consumer.stop(graceful=True)
        threads.join(SHUTDOWN_SECONDS)
        if bell is not None:
            bell.close()
    log.info("worker stopped")


def _decide(desk: "Desk", processor: Processor, stop: threading.Event) -> None:
    """Decide on what was received until `stop` is set."""
    try:
        get_ready(desk)
        processor.run(stop)
    finally:
        desk.store.close()


class Threads:
    """What goes on beside the jobs, each in a thread that is started again when it dies."""

    def __init__(self, work: Mapping[str, Callable[[], None]]) -> None:
        """`work` by its name; each is to return only when it is told to stop."""
        self._work = work
        self._threads: dict[str, threading.Thread] = {}
        self._deaths: list[float] = []

    def start(self) -> None:
        """Start all of them. Raises RuntimeError when there is no room for a thread."""
        for name in self._work:
            self._begin(name)

    def look(self) -> None:
        """Start those again that died. Raises RuntimeError when it is better to begin with a new process."""
        now = time.monotonic()
        for name, thread in list(self._threads.items()):
            if thread.is_alive():
                continue
            self._deaths = [death for death in self._deaths if now - death < DEATHS_SECONDS] + [now]
            log.error("a part of the worker died and is started again", extra={"part": name})
            if len(self._deaths) > DEATHS_MOST:
                raise RuntimeError(f"parts of the worker died {len(self._deaths)} times, at last: {name}")
            self._begin(name)

    def join(self, seconds: float) -> None:
        """Wait for each to end, so long at most."""
        for thread in self._threads.values():
            thread.join(seconds)

    def _begin(self, name: str) -> None:
        thread = threading.Thread(target=self._work[name], name=name, daemon=True)
        thread.start()
        self._threads[name] = thread
