"""What goes on beside the jobs of a worker: a thread that dies is begun again, or the process with it."""

import logging
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from queue_.queue_bench import close_all, desk_of

from intake.queue import schedule, worker
from intake.testing import wait_until


@pytest.fixture(autouse=True)
def _closed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(worker, "HEALTH_SECONDS", 0.05)
    yield
    close_all()


# Where each of them does its work, and what of the config it needs.
PARTS = {
    "sweep": "sweep_once",
    "previews": "make_wanted",
    "files": "look_into_waiting",
    "pages": "call_webhook",
}


@pytest.fixture
def desk(tmp_path: Path) -> Any:
    desk = desk_of(tmp_path, 1)
    path = tmp_path / "intake.ini"
    path.write_text(path.read_text() + "\n[page]\nwebhook = http://127.0.0.1:1/x\n", encoding="utf-8")
    desk.store.close()
    from intake.app import build
    from intake.config.settings import load

    return build(load(path))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_dies_is_begun_again_and_told(
    part: str, desk: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stop, rounds = threading.Event(), []

    def dies_once(*_: object, **__: object) -> int:
        rounds.append(threading.get_ident())
        if len(rounds) == 1:
            # Nothing that a loop catches.
            raise SystemExit
        return 0

    monkeypatch.setattr(schedule, PARTS[part], dies_once)
    monkeypatch.setattr(schedule, "THEN_SECONDS", 0.05)
    work = threading.Thread(target=worker.run, args=(desk, stop))
    with caplog.at_level(logging.ERROR, "intake.queue.worker"):
        work.start()
        wait_until(lambda: len(rounds) > 1)
        stop.set()
        work.join(30)
    assert not work.is_alive()
    assert [part] == [vars(one)["part"] for one in caplog.records if "died" in one.getMessage()]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_where_parts_die_again_and_again_the_process_ends(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(*_: object, **__: object) -> int:
        raise SystemExit

    monkeypatch.setattr(schedule, "make_wanted", dies)
    stop = threading.Event()
    with pytest.raises(RuntimeError, match="died 6 times, at last: previews"):
        worker.run(desk, stop)
    # The rest was ended as if told to: nothing is cut off in the middle of a mail.
    assert stop.is_set()
    names = {one.name for one in threading.enumerate()}
    assert not names & set(PARTS)


def test_deaths_of_long_ago_do_not_count(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(worker, "DEATHS_SECONDS", 0.0)
    threads = worker.Threads({"short": lambda: None})
    threads.start()
    deaths = 3 * worker.DEATHS_MOST
    for _ in range(deaths):
        threads.join(5)
        threads.look()
    assert deaths == sum("died" in one.getMessage() for one in caplog.records)


def test_parts_write_down_that_they_live(desk: Any) -> None:
    stop = threading.Event()
    work = threading.Thread(target=worker.run, args=(desk, stop))
    work.start()
    try:
        wait_until(lambda: {"pages", "previews", "files"} <= set(desk.store.upkeep.job_runs()))
    finally:
        stop.set()
        work.join(30)
