"""Threads of a process write one after the other, in the order they came; processes soon after each other."""

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from intake.ports import Temporary, Unreachable
from intake.runtime import pace
from intake.store import SqlStore, open_store
from intake.store.schema.tables import Meta
from intake.store.writer import Writer, writer_of
from intake.testing import wait_until

NOW = datetime(2026, 11, 30, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    made = open_store("sqlite:///intake.db", tmp_path)
    yield made
    made.close()


def begun(work: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread


def waiting(writer: Writer, count: int) -> None:
    wait_until(lambda: len(writer._gates) == count, 10)


def test_threads_write_in_the_order_they_came() -> None:
    writer, came = Writer(), list[int]()

    def write(number: int) -> None:
        with writer.turn(10):
            came.append(number)

    with writer.turn(10):
        threads = []
        for number in range(8):
            threads.append(begun(lambda number=number: write(number)))
            waiting(writer, number + 1)
    for thread in threads:
        thread.join()
    assert list(range(8)) == came


def test_a_thread_that_waited_in_vain_is_told_and_leaves_the_others_their_turn() -> None:
    writer, came = Writer(), list[str]()

    def patient() -> None:
        with writer.turn(10):
            came.append("patient")

    def hasty() -> None:
        with pytest.raises(Unreachable, match="locked"), writer.turn(0.05):
            raise AssertionError("it was not its turn")
        came.append("hasty")

    with writer.turn(10):
        first = begun(hasty)
        waiting(writer, 1)
        second = begun(patient)
        first.join()
    second.join()
    assert ["hasty", "patient"] == came
    with writer.turn(0.05):
        came.append("free")


def test_a_thread_whose_work_failed_leaves_the_turn(store: SqlStore) -> None:
    def fails() -> None:
        with pytest.raises(ZeroDivisionError), store.transaction():
            _ = 1 / 0
        store.close()

    begun(fails).join()
    store.upkeep.record_job("x", NOW)
    assert not store.db.database._writer._taken


def test_what_stays_open_while_others_wait_too_long_is_temporary_trouble(tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("intake.store.opening.LOCK_TIMEOUT", 0.1)
        store = open_store("sqlite:///intake.db", tmp_path)
    results: list[str] = []

    def write() -> None:
        try:
            store.upkeep.record_job("x", NOW)
        except Temporary as err:
            results.append(str(err))
        store.close()

    with store.transaction():
        begun(write).join()
    assert 1 == len(results)
    assert "locked" in results[0]
    store.upkeep.record_job("x", NOW)
    store.close()


def test_a_child_that_was_forked_while_another_thread_wrote_can_write(tmp_path: Path) -> None:
    writer = writer_of(str(tmp_path / "intake.db"))
    with writer.turn(10):
        other = begun(lambda: waits_in_vain(writer))
        waiting(writer, 1)
        child = os.fork()
        if child == 0:
            code = 1
            try:
                with writer.turn(0):
                    code = 0
            finally:
                os._exit(code)
        assert 0 == os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    other.join()


def waits_in_vain(writer: Writer) -> None:
    with writer.turn(10):
        pass


def test_two_databases_do_not_wait_for_each_other_and_two_names_of_one_do(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "data")
    mine, same, other = (writer_of(str(tmp_path / name)) for name in ("data/a.db", "link/a.db", "data/b.db"))
    assert mine is same
    assert mine is not other


def test_a_single_statement_that_writes_waits_for_its_turn_too(store: SqlStore) -> None:
    def write() -> None:
        store.db.run(Meta.delete().where(Meta.name == "nothing"))
        store.close()

    with store.transaction():
        thread = begun(write)
        waiting(store.db.database._writer, 1)
    thread.join(10)
    assert not thread.is_alive()


def test_reading_takes_no_turn(store: SqlStore) -> None:
    read: list[object] = []

    def reads() -> None:
        read.append(store.outbox.due(NOW, 10))
        store.close()

    with store.transaction():
        begun(reads).join(10)
    assert [[]] == read


def test_a_process_writes_within_milliseconds_of_the_end_of_anothers_write(
    store: SqlStore, tmp_path: Path
) -> None:
    """SQLite alone pauses for up to 100 ms between its tries, and is asleep when the other ends."""
    store.upkeep.record_job("x", NOW)
    late: list[float] = []
    with closing(
        sqlite3.connect(tmp_path / "intake.db", isolation_level=None, check_same_thread=False)
    ) as db:
        for _ in range(5):
            db.execute("BEGIN IMMEDIATE")
            ended: list[float] = []

            def end(ended: list[float] = ended) -> None:
                time.sleep(0.2)
                db.execute("ROLLBACK")
                ended.append(time.monotonic())

            thread = begun(end)
            store.upkeep.record_job("x", NOW)
            now = time.monotonic()
            thread.join()
            late.append(now - ended[0])
    assert min(late) < 0.02, late


def test_waits_and_commits_are_counted(store: SqlStore) -> None:
    store.upkeep.record_job("x", NOW)
    before = pace.read()
    writer = store.db.database._writer
    thread = None

    def write() -> None:
        store.upkeep.record_job("y", NOW)
        store.close()

    with store.transaction():
        thread = begun(write)
        waiting(writer, 1)
        time.sleep(0.05)
    thread.join()
    after = pace.read()
    assert 2 == after["commits"] - before["commits"]
    assert 1 == after["writer_waits"] - before.get("writer_waits", 0)
    assert 0.04 < after["writer_wait_seconds"] - before.get("writer_wait_seconds", 0) < 10
