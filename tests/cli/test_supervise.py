"""The parent keeps its children alive, stops them, and never leaves them behind. Real processes."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from intake.runtime import supervisor

ROOT = Path(__file__).resolve().parents[2]

PARENT = """
    import sys
    from intake.runtime import supervisor as supervise
    from intake.runtime.backoff import Backoff
    supervise.RESTART = Backoff((0.1, 0.2))
    supervise.STOP_SECONDS = 2.0
    commands = {name: [sys.executable, "-c", sys.argv[1]] for name in sys.argv[2:]}
    raise SystemExit(supervise.run(commands))
"""
# Says that it lives, and ends when it is told to.
GOOD = "import os, sys, time; open(f'alive.{os.getpid()}', 'w').close(); time.sleep(60)"
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);" + GOOD
ORPHAN = """
import os, threading
from intake.runtime.supervisor import end_with_parent
stop = threading.Event()
end_with_parent(stop.set)
open(f'alive.{os.getpid()}', 'w').close()
stop.wait(60)
open('stopped', 'w').close()
"""

Start = Callable[..., subprocess.Popen[str]]


def waited(condition: Callable[[], object], seconds: float = 20.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return bool(condition())


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started: list[subprocess.Popen[str]] = []

    def run(child: str, *names: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(PARENT), child, *names],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.wait()
        if process.stderr is not None:
            process.stderr.close()
    for pid in alive(tmp_path):
        os.kill(pid, signal.SIGKILL)


def alive(folder: Path) -> list[int]:
    return [pid for pid in (int(one.suffix[1:]) for one in folder.glob("alive.*")) if lives(pid)]


def lives(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_stops_all_and_ends_well(number: signal.Signals, start: Start, tmp_path: Path) -> None:
    parent = start(GOOD, "one", "two")
    assert waited(lambda: len(alive(tmp_path)) == 2)
    parent.send_signal(number)
    assert 0 == parent.wait(10)
    assert [] == alive(tmp_path)


def test_a_child_that_dies_is_started_again_and_the_log_says_so(start: Start, tmp_path: Path) -> None:
    parent = start(GOOD, "desk")
    assert waited(lambda: len(alive(tmp_path)) == 1)
    [first] = alive(tmp_path)
    os.kill(first, signal.SIGKILL)
    assert waited(lambda: alive(tmp_path) not in ([], [first]))
    parent.terminate()
    _, told = parent.communicate(timeout=10)
    assert "desk ended (signal 9) and starts again in 0.1 s" in told
    assert 0 == parent.returncode


def test_its_log_lines_are_json_where_the_others_are(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(supervisor, "SHAPE", "json")
    supervisor.say("desk ended (exit code 1) and starts again in 1 s")
    told = json.loads(capsys.readouterr().err)
    assert "desk ended (exit code 1) and starts again in 1 s" == told["event"]


def test_a_child_that_does_not_stop_is_killed_and_the_exit_code_says_so(start: Start, tmp_path: Path) -> None:
    parent = start(DEAF, "desk")
    assert waited(lambda: len(alive(tmp_path)) == 1)
    began = time.monotonic()
    parent.terminate()
    assert 1 == parent.wait(10)
    assert time.monotonic() - began < 6
    assert [] == alive(tmp_path)


def test_children_stop_when_the_parent_is_killed(start: Start, tmp_path: Path) -> None:
    parent = start(ORPHAN, "desk")
    assert waited(lambda: len(alive(tmp_path)) == 1)
    parent.kill()
    assert waited(lambda: alive(tmp_path) == [])
    assert (tmp_path / "stopped").exists()
