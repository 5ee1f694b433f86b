"""Workers decide as well where any number of processes may: at once when asked, and with each sweep."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from config_files import config_text, to_port
from queue_.queue_bench import WorkerProcess, close_all, queue_of

from intake.app import BATCH, SWEEP_SECONDS, Desk, Processor, build
from intake.config.settings import load
from intake.desk.message import Envelope
from intake.ports import Arrival
from intake.queue.tasks import register
from intake.testing import SinkServer, wait_until


@pytest.fixture
def desk(tmp_path: Path, sink: SinkServer, postgres_url: str, redis_url: str) -> Iterator[Desk]:
    """A desk on PostgreSQL and Redis, of which no process but the worker decides."""
    path = tmp_path / "intake.ini"
    text = config_text(
        store=f"url = {postgres_url.replace('%', '%%')}", queue=f"url = {redis_url}", smtp=to_port(sink.port)
    )
    path.write_text(text, encoding="utf-8")
    desk = build(load(path))
    desk.store.agents.add("anna@staff.example", "Anna", (), datetime.now(UTC))
    yield desk
    close_all()
    desk.store.close()


def receive(desk: Desk, number: int) -> None:
    who = f"p{number}@customer.example"
    raw = f"From: {who}\r\nSubject: help {number}\r\nMessage-ID: <{number}@x.example>\r\n\r\nPlease.\r\n"
    desk.service.receive([Arrival(raw.encode(), Envelope("ingest", "support", who))])


def left(desk: Desk) -> int:
    return len(desk.store.ledger.list_messages(state="waiting"))


def test_a_worker_decides_at_once_when_it_is_asked_and_otherwise_with_its_sweep(
    tmp_path: Path, desk: Desk
) -> None:
    tasks = register(queue_of(desk))
    worker = WorkerProcess(tmp_path / "intake.ini")
    try:
        receive(desk, 0)
        wait_until(lambda: not left(desk), SWEEP_SECONDS + 15, "its first look, or its sweep")
        took = []
        for number in (1, 2, 3):
            receive(desk, number)
            begun = time.monotonic()
            tasks.summon()
            wait_until(lambda: not left(desk), SWEEP_SECONDS + 15, "it is asked")
            took.append(time.monotonic() - begun)
        assert min(took) < SWEEP_SECONDS / 2
        receive(desk, 4)
        wait_until(lambda: not left(desk), SWEEP_SECONDS + 15, "the bell is lost, and it looks by itself")
    finally:
        worker.kill()
    assert 5 == len(desk.store.listing.list_tickets())


def test_workers_write_their_pace_down_as_they_end_and_a_restart_adds_to_it(
    tmp_path: Path, desk: Desk
) -> None:
    workers = [WorkerProcess(tmp_path / "intake.ini") for _ in range(2)]
    try:
        wait_until(lambda: 2 == len(desk.store.upkeep.pace(datetime.now(UTC)).lately), 30, "both began")
        for number in range(4):
            receive(desk, number)
        wait_until(lambda: not left(desk), SWEEP_SECONDS + 15, "their sweeps")
        for worker in workers:
            worker.stop()
        ended = desk.store.upkeep.pace(datetime.now(UTC))
        assert (4, {}) == (ended.sums["decided"], ended.lately)
        killed = WorkerProcess(tmp_path / "intake.ini")
        wait_until(lambda: 1 == len(desk.store.upkeep.pace(datetime.now(UTC)).lately), 30, "it began")
        killed.kill()
        workers = [WorkerProcess(tmp_path / "intake.ini")]
        receive(desk, 4)
        wait_until(lambda: not left(desk), SWEEP_SECONDS + 15, "its first look, or its sweep")
        wait_until(
            lambda: 1 == len(desk.store.upkeep.pace(datetime.now(UTC)).lately), 30, "the dead are gone"
        )
        workers[0].stop()
    finally:
        for worker in workers:
            worker.kill()
    sums = desk.store.upkeep.pace(datetime.now(UTC)).sums
    assert (5, 5) == (sums["decided"], sums["batch_sizes"])
    assert sums["decide_seconds"] > 0 < sums["commits"]


class Backlog:
    """A service with so much to decide on."""

    def __init__(self, count: int, shared: bool) -> None:
        self.count, self.proofs = count, ()
        self.store = SimpleNamespace(ledger=SimpleNamespace(shared=shared))
        self.stop = threading.Event()

    def recover(self) -> None:
        pass

    def process_pending(self, limit: int) -> int:
        taken = min(limit, self.count)
        self.count -= taken
        if not taken:
            self.stop.set()
        return taken

    def tell_pace(self, last: bool = False) -> None:
        pass

    def went(self, task: str, err: Exception | None) -> None:
        assert err is None


@pytest.mark.parametrize(
    ("count", "shared", "rung"), [(3, True, 0), (BATCH, True, 1), (2 * BATCH + 1, True, 2), (BATCH, False, 0)]
)
def test_who_finds_a_full_batch_rings_for_another(count: int, shared: bool, rung: int) -> None:
    rings: list[int] = []
    service: Any = Backlog(count, shared)

    def ring() -> None:
        rings.append(1)
        raise OSError("the queue is away")

    Processor(service, ring=ring).run(service.stop)
    assert rung == len(rings)
    assert 0 == service.count, "whether or not the queue can be reached"
