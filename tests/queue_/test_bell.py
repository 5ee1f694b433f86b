"""The bell of a queue in a file: it wakes a worker at once, and without it only time is lost."""

import os
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from queue_.queue_bench import WorkerProcess, close_all, desk_of, queue_of, states, write_in

from intake.folders import private_pipe
from intake.queue.app import POLL_SECONDS
from intake.queue.bell import Bell, ring
from intake.queue.tasks import register
from intake.testing import SinkServer
from intake.testing.tools import wait_until

# Longer than any test waits: who returns sooner was told.
LONG = 30.0


@pytest.fixture
def bell(tmp_path: Path) -> Iterator[Bell]:
    made = Bell(str(tmp_path / "bell"))
    made.wait(0)
    yield made
    made.close()


@pytest.fixture
def worker(tmp_path: Path, sink: SinkServer) -> Iterator[WorkerProcess]:
    desk_of(tmp_path, sink.port)
    started = WorkerProcess(tmp_path / "intake.ini")
    yield started
    if started.process.poll() is None:
        started.kill()
    close_all()


def waiting(bell: Bell, answers: list[bool]) -> threading.Thread:
    thread = threading.Thread(target=lambda: answers.append(bell.wait(LONG)))
    thread.start()
    time.sleep(0.1)
    return thread


def test_it_is_made_for_its_owner_alone_and_is_a_pipe(tmp_path: Path, bell: Bell) -> None:
    mode = (tmp_path / "bell").stat().st_mode

    assert (True, 0o600) == (stat.S_ISFIFO(mode), stat.S_IMODE(mode))


def test_who_waits_is_woken_from_another_process(tmp_path: Path, bell: Bell) -> None:
    answers: list[bool] = []
    thread = waiting(bell, answers)
    script = "import sys; from intake.queue.bell import ring; ring(sys.argv[1])"
    subprocess.run([sys.executable, "-c", script, str(tmp_path / "bell")], check=True, timeout=20)
    thread.join(10)

    assert [True] == answers


def test_each_ring_wakes_one_look_and_silence_ends_by_itself(tmp_path: Path, bell: Bell) -> None:
    for _ in range(3):
        ring(str(tmp_path / "bell"))

    assert [True, True, True, False] == [bell.wait(0.01) for _ in range(4)]


def test_two_rings_wake_two_who_wait(tmp_path: Path, bell: Bell) -> None:
    answers: list[bool] = []
    threads = [waiting(bell, answers) for _ in range(2)]
    for _ in threads:
        ring(str(tmp_path / "bell"))
    for thread in threads:
        thread.join(10)

    assert [True, True] == answers


def test_one_ring_wakes_one_of_two(tmp_path: Path, bell: Bell) -> None:
    answers: list[bool] = []
    threads = [threading.Thread(target=lambda: answers.append(bell.wait(0.5))) for _ in range(2)]
    for thread in threads:
        thread.start()
    ring(str(tmp_path / "bell"))
    for thread in threads:
        thread.join(10)

    assert [False, True] == sorted(answers)


def test_a_bell_rung_while_nobody_waits_is_heard_by_the_next(tmp_path: Path, bell: Bell) -> None:
    ring(str(tmp_path / "bell"))

    assert bell.wait(LONG)


def test_more_rings_than_a_pipe_holds_hold_up_nobody(tmp_path: Path, bell: Bell) -> None:
    for _ in range(70_000):
        ring(str(tmp_path / "bell"))

    assert bell.wait(0)


def test_one_that_was_deleted_is_made_again_by_the_next_look(tmp_path: Path, bell: Bell) -> None:
    (tmp_path / "bell").unlink()
    ring(str(tmp_path / "bell"))
    heard = bell.wait(0)
    ring(str(tmp_path / "bell"))

    assert (False, True) == (heard, bell.wait(0))


def a_file(path: Path) -> None:
    path.write_text("precious")


def a_folder(path: Path) -> None:
    path.mkdir()


def a_link(path: Path) -> None:
    a_file(path.with_name("elsewhere"))
    path.symlink_to(path.with_name("elsewhere"))


@pytest.mark.parametrize("make", [a_file, a_folder, a_link])
def test_what_is_no_pipe_is_neither_written_to_nor_waited_for(
    tmp_path: Path, make: Callable[[Path], None]
) -> None:
    make(tmp_path / "bell")
    ring(str(tmp_path / "bell"))

    with pytest.raises(OSError, match=r"pipe|directory|symbolic"):
        Bell(str(tmp_path / "bell")).wait(LONG)
    assert {"precious"} >= {file.read_text() for file in tmp_path.iterdir() if file.is_file()}


def test_a_folder_that_takes_no_pipe_is_no_bell(tmp_path: Path) -> None:
    ring(str(tmp_path / "missing" / "bell"))

    with pytest.raises(OSError, match="No such file"):
        Bell(str(tmp_path / "missing" / "bell")).wait(LONG)


def test_a_pipe_is_no_way_into_what_it_reaches(tmp_path: Path) -> None:
    descriptor = private_pipe(tmp_path / "pipe")
    try:
        again = private_pipe(tmp_path / "pipe")
        os.close(again)
        assert not os.get_inheritable(descriptor)
    finally:
        os.close(descriptor)


def seconds_to_send(folder: Path, sink: SinkServer, first: int, count: int = 10) -> list[float]:
    """Return how long each of some mails took from its commit to the mail server."""
    desk = desk_of(folder, sink.port)
    desk.service = replace(desk.service, wake=register(queue_of(desk)).wake)
    took = []
    for number in range(first, first + count):
        start, before = time.monotonic(), len(sink.mails)
        write_in(desk, 1, number)
        wait_until(lambda before=before: len(sink.mails) >= before + 2, 20)  # type: ignore[misc]
        took.append(time.monotonic() - start)
    assert {"sent"} == set(wait_until(lambda: "sending" not in states(desk) and states(desk)))
    return took


def test_a_mail_does_not_wait_for_the_next_look_at_the_queue(
    tmp_path: Path, sink: SinkServer, worker: WorkerProcess
) -> None:
    # Past its first sweeps, which send by themselves.
    wait_until((tmp_path / "data" / "queue.db.bell").exists, 20)

    assert min(seconds_to_send(tmp_path, sink, 0)) < POLL_SECONDS / 2


def test_without_a_bell_every_mail_is_still_sent(
    tmp_path: Path, sink: SinkServer, worker: WorkerProcess
) -> None:
    place = tmp_path / "data" / "queue.db.bell"
    wait_until(place.exists, 20)
    place.unlink()
    place.mkdir()

    assert 5 == len(seconds_to_send(tmp_path, sink, 0, 5))
    assert worker.process.poll() is None
