"""The two jobs of the queue, and what calls them. They carry row ids, never mail."""

import logging
import math
import threading
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from huey import Huey

from intake.ports import Claimed, Session, Temporary

if TYPE_CHECKING:
    from intake.app import Desk

log = logging.getLogger("intake.queue")

# One job's rows are sent one after the other by one worker: few enough to share the work out, also that of
# a single batch, and as many as make one job worth its while.
CHUNK, FEWEST, SHARES = 20, 5, 4
# A queue that hangs takes seconds to fail: mail in a row must not wait for it one by one.
QUIET_SECONDS = 10.0


class Senders:
    """One SMTP session a thread, kept between mails."""

    def __init__(self, desk: "Desk", stop: threading.Event) -> None:
        self._desk, self._stop, self._local = desk, stop, threading.local()

    def deliver(self, ids: Sequence[int]) -> int:
        """Send these outbox rows in their order, until told to stop; return how many were ours to send.

        A row that fails leaves the others alone; what is not sent stays due.
        """
        settled = 0
        claimed: Claimed | None = None
        for outbox_id, following in pairwise([*ids, None]):
            if outbox_id is None or (self._stop.is_set() and claimed is None):
                break
            # What is claimed is sent, even when told to stop: nobody else could before its lease is over.
            after = None if self._stop.is_set() else following
            mine, claimed = claimed, None
            try:
                done = self._desk.service.deliver(outbox_id, self._session(), mine, after)
                settled += done.result != "not due"
                claimed = done.following
            except Temporary as err:
                log.warning(
                    "a delivery could not be recorded", extra={"outbox": outbox_id, "reason": str(err)}
                )
            except Exception:
                log.exception("a delivery failed in a way nobody foresaw", extra={"outbox": outbox_id})
        return settled

    def close(self) -> None:
        """Close what this thread holds: its session and its connection to the database."""
        session: Session | None = getattr(self._local, "session", None)
        if session is not None:
            session.close()
            self._local.session = None
        self._desk.store.close()

    def _session(self) -> Session | None:
        """Return this thread's session; None when none can be made, which is told as the mail's trouble."""
        if getattr(self._local, "session", None) is None:
            try:
                self._local.session = self._desk.session()
            except Exception:
                log.exception("no session with the mail server can be made")
                return None
        session: Session = self._local.session
        return session


class Tasks:
    """The jobs, as the rest of the program calls them."""

    def __init__(self, deliver: Callable[[list[int]], Any], process: Callable[[list[int]], Any]) -> None:
        self._deliver, self._process = deliver, process
        self._quiet_until = 0.0

    def wake(self, ids: Sequence[int]) -> None:
        """Have these outbox rows delivered soon. Raises what the queue raises when it is not there;
        for a moment after that it is not asked again, and the sweep sends."""
        self._ask(self._deliver, _chunks(ids))

    def summon(self) -> None:
        """Have a worker decide soon on what was received. Raises as `wake` does; then a sweep decides."""
        self._ask(self._process, [[]])

    def _ask(self, job: Callable[[list[int]], Any], calls: Sequence[list[int]]) -> None:
        if time.monotonic() < self._quiet_until:
            return
        try:
            for call in calls:
                job(call)
        except Exception:
            self._quiet_until = time.monotonic() + QUIET_SECONDS
            raise


def register(huey: Huey, senders: Senders | None = None, decide: Callable[[], None] = lambda: None) -> Tasks:
    """Register the jobs with `huey`. Without `senders` they can be asked for, not run; `decide` is what a
    worker does that is asked to decide on what was received, and must return at once."""

    def deliver(ids: list[int]) -> None:
        _able(senders).deliver(ids)

    def process(ids: list[int]) -> None:
        # Which rows are next stands in the database.
        decide()

    return Tasks(huey.task(name="deliver")(deliver), huey.task(name="process")(process))


def _able(senders: Senders | None) -> Senders:
    if senders is None:
        raise RuntimeError("this process asks for jobs and must not run them")
    return senders


def _chunks(ids: Sequence[int]) -> list[list[int]]:
    size = min(CHUNK, max(FEWEST, math.ceil(len(ids) / SHARES)))
    return [list(ids[start : start + size]) for start in range(0, len(ids), size)]
