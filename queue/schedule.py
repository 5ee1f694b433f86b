"""The sweep: our own clock, because Huey's may lose what it holds and skips what it missed.

It does what time alone causes, and sends what is due and was announced by nobody. A
desk whose job queue is gone still sends everything, a few seconds later.
"""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from intake.app import forget, tell_mistakes
from intake.desk.text.said import said
from intake.origin.keys import keep_keys
from intake.ports import Temporary
from intake.queue.tasks import Senders
from intake.queue.watching import Watch
from intake.reports.readers import tell_readers
from intake.runtime.clamd import scanning_of
from intake.runtime.deferred_previews import make_wanted
from intake.runtime.deferred_readings import look_into_waiting
from intake.sealed.keeper import keep_sealed
from intake.service.looking import TASK, tell_scanner
from intake.service.promises import call_webhook

if TYPE_CHECKING:
    from intake.app import Desk

log = logging.getLogger("intake.queue.schedule")

# After a start there may be much to catch up with, and others starting at the same moment.
FIRST_SECONDS = 2.0
FIRST_ROUNDS = 5
THEN_SECONDS = 5.0
# How often these threads write down that they live, for `intake status` and /metrics.
SIGN_SECONDS = 60.0
# What was received is processed by who received it; only what is left this long is done here too.
LEFT = timedelta(seconds=10)
# At a start, and each hour then: another key is used after a start only.
KEY_ROUNDS = 720


def sweep(desk: "Desk", senders: Senders, stop: threading.Event) -> None:
    """Sweep until `stop` is set: at once, every 2 seconds at first, then every 5."""
    rounds, watch = 0, Watch(desk)
    try:
        while not stop.is_set():
            again = sweep_once(desk, senders)
            desk.service.tell_pace()
            for task, job in (
                (said("Erasing what is too old"), lambda: _forget(desk)),
                (said("Sealing secrets"), lambda: keep_sealed(desk)),
                (said("The report by mail"), lambda: _report(desk)),
                (said("Looking after mailboxes"), watch.look),
                (said("Telling of mistakes in templates"), lambda: tell_mistakes(desk)),
                (said("Looking at who reads much"), lambda: tell_readers(desk)),
            ):
                _by_itself(desk, task, job)
            if rounds % KEY_ROUNDS == 0:
                _by_itself(desk, said("Remembering the DKIM key"), lambda: keep_keys(desk))
            rounds += 1
            if not again:
                stop.wait(FIRST_SECONDS if rounds <= FIRST_ROUNDS else THEN_SECONDS)
        with suppress(Temporary):
            # Else each mail whose end is not recorded would wait until its lease is over.
            desk.service.settle_ends()
        desk.service.tell_pace(last=True)
    finally:
        senders.close()


def _by_itself(desk: "Desk", task: str, job: Callable[[], object]) -> None:
    """Do one job of the sweep; when it fails, a person is told in the end, and the next one is done."""
    try:
        desk.service.attempt(task, job)
    except Temporary as err:
        log.warning("%s must wait", task, extra={"reason": str(err)})


def pages(desk: "Desk", stop: threading.Event) -> None:
    """Call the webhook for what is owed until `stop` is set; nothing where there is no webhook.

    In a thread of its own: a server that does not answer must not keep mail waiting.
    """
    post = desk.pager()
    if post is not None:

        def call() -> object:
            return call_webhook(desk.store, post, desk.service.clock, desk.service.tells)

        _beside("pages", said("Paging by webhook"), call, THEN_SECONDS, desk, stop)


def previews(desk: "Desk", stop: threading.Event) -> None:
    """Make the previews that are wanted until `stop` is set.

    In a thread of its own: a picture that was made to be slow must not keep mail waiting.
    """

    def make() -> object:
        return make_wanted(desk.store, desk.service.clock, stopped=stop.is_set)

    _beside("previews", said("Making previews"), make, FIRST_SECONDS, desk, stop)


def files(desk: "Desk", stop: threading.Event) -> None:
    """Look into the files that wait for it until `stop` is set, and send on what agents wait for.

    In a thread of its own, as previews are.
    """

    scanning = scanning_of(desk.settings.scan)

    def look() -> None:
        service = desk.service
        look_into_waiting(desk.store, service.clock, stopped=stop.is_set, scanning=scanning)
        service.follow_files()
        if scanning is not None:
            service.wake(tell_scanner(desk.store, service.tells, scanning.missed, service.clock()))

    _beside("files", TASK, look, FIRST_SECONDS, desk, stop)


def logins(desk: "Desk", stop: threading.Event) -> None:
    """Keep what is logged in to with tokens fresh until `stop` is set, and tell of what ends.

    In a thread of its own: a provider that does not answer must not keep mail waiting.
    """
    from intake.oauth.telling import Keeper

    service = desk.service
    keeper = Keeper(
        desk.settings, desk.accounts, desk.store, service.tells, service.clock, desk.pager(), service.wake
    )
    _beside("logins", "Keeping logins fresh", keeper.look, SIGN_SECONDS, desk, stop)


def record(desk: "Desk", stop: threading.Event) -> None:
    """Keep the record that shows tampering until `stop` is set.

    In a thread of its own: what is recorded must not wait for mail that is slow to leave.
    """
    from intake.recording.keeper import Keeper

    _beside("record", said("Keeping the record"), Keeper(desk).look, FIRST_SECONDS, desk, stop)


def _beside(
    name: str, task: str, work: Callable[[], object], seconds: float, desk: "Desk", stop: threading.Event
) -> None:
    """Do `work` every so many seconds until `stop` is set; `task` is its name in the log.

    A round that ended well is written down as the job `name`, once a minute.
    """
    signed = float("-inf")

    def once() -> None:
        nonlocal signed
        work()
        if time.monotonic() - signed >= SIGN_SECONDS:
            desk.store.upkeep.record_job(name, desk.service.clock())
            signed = time.monotonic()

    try:
        while not stop.is_set():
            # What is wanted stands in the database, and the next round reads it.
            _by_itself(desk, task, once)
            stop.wait(seconds)
    finally:
        desk.store.close()


def _forget(desk: "Desk") -> None:
    """Erase what is too old, once a day, where the config says so; finish what an erasure could not."""
    retains = bool(desk.settings.desk.retention_days)
    job, wait = ("retention", timedelta(days=1)) if retains else ("erasure", timedelta(hours=1))
    now, last = desk.service.clock(), desk.store.upkeep.job_runs().get(job)
    # A last time that is to come was written down while the clock was ahead.
    if last is None or last > now or now - last >= wait:
        forget(desk, now)
        desk.database.reads.forget(now)


def _report(desk: "Desk") -> None:
    """Send the report by mail, where the config says so and its hour has come."""
    if not desk.settings.report.mail:
        return
    from intake.reports.letter import send_due

    send_due(desk, desk.service.clock())


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
