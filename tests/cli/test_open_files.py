"""What is done again and again leaves nothing open: descriptors are counted over 200 rounds of each."""

import gc
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from intake import app
from intake.cli import HueyQueue
from intake.commands.common import Invocation
from intake.commands.status import show, warnings
from intake.commands.watch import frame
from intake.config import settings as configs
from intake.desk.message import Envelope
from intake.ports import Arrival, Temporary
from intake.queue.schedule import sweep_once
from intake.queue.tasks import Senders
from intake.web import make_app

ROUNDS = 200


@pytest.fixture
def given(config: Path) -> Iterator[Invocation]:
    given = Invocation(HueyQueue(), config)
    yield given
    given.queue.close()
    given.desk().store.close()


def watch(given: Invocation) -> Callable[[], object]:
    return lambda: frame(lambda: show(given), 40)


def status(given: Invocation) -> Callable[[], object]:
    desk = given.desk()
    return lambda: list(warnings(desk, desk.store.mailboxes.states(), desk.service.clock()))


def page(path: str) -> Callable[[Invocation], Callable[[], object]]:
    def made(given: Invocation) -> Callable[[], object]:
        client = make_app(given.desk(), patience=0).test_client()
        return lambda: client.get(path, headers={"Authorization": "Bearer " + "t" * 40}).data

    return made


def tick(given: Invocation) -> Callable[[], object]:
    return given.desk().service.tick


def sweep(given: Invocation) -> Callable[[], object]:
    desk = given.desk()
    senders = Senders(desk, threading.Event())
    return lambda: sweep_once(desk, senders)


def receiving(given: Invocation) -> Callable[[], object]:
    desk, numbers = given.desk(), iter(range(10**6))

    def once() -> None:
        raw = b"From: a%d@b.example\r\nSubject: x\r\n\r\nhello\r\n" % next(numbers)
        desk.service.receive([Arrival(raw, Envelope("ingest", "support"))])
        desk.service.process_pending()

    return once


def a_webhook_that_is_not_there(given: Invocation) -> Callable[[], object]:
    from intake.channels.webhook import webhook
    from intake.ports import OwedPage

    post = webhook("http://127.0.0.1:1/x")
    page = OwedPage(1, "key", 1, {}, 1, given.desk().service.clock())

    def once() -> None:
        with pytest.raises(Temporary):
            post(page)

    return once


def a_relay_that_is_not_there(given: Invocation) -> Callable[[], object]:
    session: Any = given.desk().session()

    def once() -> None:
        with pytest.raises(Temporary):
            session.check()

    return once


WORK = {
    "intake watch": watch,
    "intake status": status,
    "the queue's length": lambda given: lambda: given.queue.waiting(given.settings()),
    "/healthz": page("/healthz"),
    "/readyz": page("/readyz"),
    "/metrics": page("/metrics"),
    "the form": page("/"),
    "a tick": tick,
    "a sweep": sweep,
    "a mail": receiving,
    "a webhook that is not there": a_webhook_that_is_not_there,
    "a relay that is not there": a_relay_that_is_not_there,
}


@pytest.mark.parametrize("name", WORK)
def test_two_hundred_rounds_leave_nothing_open(name: str, given: Invocation) -> None:
    once = WORK[name](given)
    # The first rounds open what is kept: databases, and what is loaded when it is needed.
    for _ in range(3):
        once()
    gc.collect()
    gc.disable()
    try:
        before = len(os.listdir("/proc/self/fd"))
        for _ in range(ROUNDS):
            once()
        after = len(os.listdir("/proc/self/fd"))
    finally:
        gc.enable()
    assert after <= before


def test_a_desk_that_is_closed_leaves_nothing_open(config: Path) -> None:
    desk = app.build(configs.load(config))
    desk.store.close()
    gc.collect()
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(20):
        desk = app.build(configs.load(config))
        desk.store.upkeep.job_runs()
        desk.store.close()
    assert len(os.listdir("/proc/self/fd")) <= before
