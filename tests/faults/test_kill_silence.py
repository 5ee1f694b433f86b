"""Killed between any two statements: one reminder, one closing, and no closing without its reminder."""

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from config_files import DIRECT, config_text, to_port
from faults import rig

from intake.testing import SinkServer

LIN = "lin@customer.example"
Go = Callable[[Path, int, float | str], tuple[int, int]]
# Every step is tried by `make faults`, each so many-th of them in a run of the tests.
EACH = 1 if rig.FULL else 13
# After the answer: nothing is due, the reminder is, nothing yet, the closing is.
BEFORE, REMINDS, BETWEEN, CLOSES = 23.0, 24.1, 47.9, 48.2


@pytest.fixture(scope="module")
def go() -> Iterator[Go]:
    """Look once at the clock: (folder, kill at step, hours) -> (exit code, steps)."""
    path = f"{rig.ROOT}:{rig.ROOT / 'tests'}"
    process = subprocess.Popen(
        [sys.executable, str(rig.ROOT / "tests/faults/silent_road.py")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": path, "PATH": "/usr/bin:/bin"},
    )

    def once(folder: Path, kill_at: int, hours: float | str) -> tuple[int, int]:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{folder} {kill_at} {hours}\n")
        process.stdin.flush()
        code, steps = process.stdout.readline().split()
        return int(code), int(steps)

    with process:
        yield once
        assert process.stdin is not None
        process.stdin.close()


def at_work(go: Go, folder: Path, begin: float, end: float) -> None:
    """Let the desk look often enough that no time counts as lost."""
    hours = begin
    while hours < end:
        assert 0 == go(folder, 0, hours)[0]
        hours += 1.9
    assert 0 == go(folder, 0, end)[0]


def rows(folder: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(folder / "data" / "intake.db")) as db:
        return db.execute(sql).fetchall()


def sent(sink: SinkServer, word: bytes) -> int:
    return sum(word in mail.raw for mail in sink.to(LIN))


@pytest.fixture(scope="module")
def desks(go: Go, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Path, SinkServer]]:
    """A desk before its reminder, and the same before its closing; and where its mail goes."""
    folder = tmp_path_factory.mktemp("silent")
    with SinkServer() as sink:
        first = folder / "first"
        first.mkdir()
        (first / "intake.ini").write_text(
            config_text(
                desk=f"{DIRECT}\nstatus_mails = closing, resolved",
                smtp=to_port(sink.port),
                lifecycle="close_waiting_after = 2d\nremind_waiting_before = 1d",
            )
        )
        at_work(go, first, 0, BEFORE)
        second = folder / "second"
        shutil.copytree(first, second)
        at_work(go, second, REMINDS, BETWEEN)
        yield first, second, sink


@pytest.mark.timeout(600)
@pytest.mark.parametrize("moment", ["the reminder", "the closing"])
def test_killed_at_any_step_it_is_done_once_and_in_its_order(
    moment: str, desks: tuple[Path, Path, SinkServer], go: Go, tmp_path: Path
) -> None:
    first, second, sink = desks
    base, hours, word = (first, REMINDS, b"we have not heard") if moment == "the reminder" else (
        second, CLOSES, b"solved and closed it"
    )  # fmt: skip
    whole = tmp_path / "whole"
    shutil.copytree(base, whole)
    sink.clear()
    code, steps = go(whole, 0, hours)
    assert (0, 1) == (code, sent(sink, word))
    assert steps > 40
    unknown: list[int] = []
    for step in range(1, steps + 1, EACH):
        folder = tmp_path / f"at-{step}"
        shutil.copytree(base, folder)
        sink.clear()
        assert -9 == go(folder, step, hours)[0], step
        # Half an hour later its lease is over, and no time was lost: another process takes it up.
        assert 0 == go(folder, 0, hours + 0.5)[0], step
        state = rows(folder, "select state from outbox where dedupe_key like 'status:closing:silence:%'")
        events = dict(
            rows(folder, "select substr(text, 1, 8), count(*) from entry where kind = 'event' group by 1")
        )
        assert 1 == events.get("the requ", 0), step
        if moment == "the reminder":
            assert [("pending",)] == rows(folder, "select status from ticket"), step
            ended = [(sent(sink, word), *row) for row in state]
            assert ended in ([(1, "sent")], [(1, "unknown")], [(0, "unknown")]), step
            unknown += [step] if state == [("unknown",)] else []
        else:
            assert [("sent",)] == state, step
            assert [("closed",)] == rows(folder, "select status from ticket"), step
            assert 1 == events.get("closed w", 0), step
            assert sent(sink, word) <= 1, step
        shutil.rmtree(folder)
    # Of a reminder that may not have left nobody closes a ticket: only while its DATA is under way.
    assert len(unknown) <= 6


@pytest.mark.timeout(600)
def test_killed_at_any_step_an_incident_is_started_once_and_whole(
    desks: tuple[Path, Path, SinkServer], go: Go, tmp_path: Path
) -> None:
    first, _, sink = desks
    whole, word = tmp_path / "whole", b"protect what is left"
    shutil.copytree(first, whole)
    sink.clear()
    code, steps = go(whole, 0, "23.1i")
    assert (0, 1) == (code, sent(sink, word))
    wrong = {}
    # The ordinary run tries a few: what it asks is one transaction.
    for step in range(1, steps + 1, 1 if rig.FULL else 61):
        folder = tmp_path / f"at-{step}"
        shutil.copytree(first, folder)
        sink.clear()
        assert -9 == go(folder, step, "23.1i")[0], step
        # The same command comes again, for nobody was told that it was taken.
        assert 0 == go(folder, 0, "23.6i")[0], step
        there = [
            *rows(folder, "select count(*), max(kind) from incident"),
            *rows(folder, "select count(*), max(state) from incident_step"),
            *rows(folder, "select count(*), max(ticket) from hold"),
            *rows(folder, "select count(*), max(target) from promise where target = 'report'"),
            *rows(folder, "select count(*), '' from outbox where kind = 'warning'"),
            *rows(folder, "select count(*), max(ticket) from audit where what = '#incident stolen'"),
        ]
        if (
            there != [(1, "stolen"), (5, "open"), (1, 1), (1, "report"), (1, ""), (1, 1)]
            or sent(sink, word) > 1
        ):
            wrong[step] = there
        shutil.rmtree(folder)
    assert {} == wrong
