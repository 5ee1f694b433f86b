"""A process writes down how fast it decides: once a minute, when it ends, and never in the way of mail."""

import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from intake.app import Processor
from intake.ports import Unreachable
from intake.runtime import pace
from intake.service import pacing
from intake.service.pacing import LATELY_SECONDS, Pacing
from intake.testing.memory import MemoryStore

NOW = datetime(2026, 3, 1, tzinfo=UTC)


class Process:
    """One that writes its pace down, on a clock of its own."""

    def __init__(self, store: MemoryStore, monkeypatch: pytest.MonkeyPatch) -> None:
        self.store, self.seconds, self.counted = store, 1000.0, dict[str, float]()
        monkeypatch.setattr(pacing, "time", self)
        monkeypatch.setattr(pacing, "pace", self)
        self.pacing = Pacing()

    def monotonic(self) -> float:
        return self.seconds

    def read(self) -> dict[str, float]:
        return dict(self.counted)

    def after(self, seconds: float, decided: int = 0, last: bool = False) -> tuple[float, Any]:
        """Return, after deciding on so many, the desk's sum and what this process counted lately."""
        self.seconds += seconds
        self.counted["decided"] = self.counted.get("decided", 0) + decided
        self.pacing.write(self.store, NOW, last)
        pace = self.store.upkeep.pace(NOW)
        lately = [(sums["decided"], sums["seconds"]) for sums in pace.lately.values()]
        return pace.sums["decided"], lately


@pytest.fixture
def process(monkeypatch: pytest.MonkeyPatch) -> Process:
    return Process(MemoryStore(b"k" * 32), monkeypatch)


def test_it_is_written_down_at_once_then_once_a_minute_and_at_the_end(process: Process) -> None:
    assert (3, [(3, 1)]) == process.after(1, decided=3)
    assert (3, [(3, 1)]) == process.after(30, decided=4)
    assert (7, [(7, 61)]) == process.after(30)
    assert (7, [(7, 61)]) == process.after(10, decided=5)
    assert (12, []) == process.after(1, last=True)
    # Another thread of it may end later.
    assert (13, []) == process.after(1, decided=1, last=True)


def test_lately_is_of_the_last_minutes(process: Process) -> None:
    sums = [process.after(60, decided=60) for _ in range(8)]
    assert (480, [(300, LATELY_SECONDS)]) == sums[-1]
    # As after a batch that took long.
    assert (480, [(0, 1000)]) == process.after(1000)


def test_a_process_that_begins_anew_adds_to_the_sums(
    process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    process.after(1, decided=5)
    assert 7 == Process(process.store, monkeypatch).after(1, decided=2)[0]


def test_rows_of_processes_that_are_gone_go_at_the_next_start(process: Process) -> None:
    import socket

    process.store.upkeep.record_pace(f"{socket.gethostname()} 999999999 1 x", {"decided": 5}, {}, NOW)
    process.store.upkeep.record_pace("elsewhere 999999999 1 x", {}, {"decided": 0, "seconds": 1}, NOW)
    assert (7, [(0, 1), (2, 1)]) == process.after(1, decided=2)


def test_a_database_that_is_away_costs_nothing_but_figures(
    process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[int] = []

    def away(process: str, counted: Mapping[str, float], lately: object, now: datetime) -> None:
        tries.append(1)
        raise Unreachable("the database is away")

    with monkeypatch.context() as patch:
        patch.setattr(process.store.upkeep, "record_pace", away)
        process.counted["decided"] = 4
        for _ in range(5):
            process.seconds += 5
            process.pacing.write(process.store, NOW)
        assert [1] == tries, "nor is it asked again and again"
        process.pacing.write(process.store, NOW, last=True)
    assert (5, [(5, 85)]) == process.after(60, decided=1)


def test_what_decides_writes_its_pace_down_and_so_it_does_when_it_ends() -> None:
    told: list[bool] = []

    class Busy:
        """A service that finds work three times, and is told to stop."""

        proofs = ()

        def __init__(self) -> None:
            self.left, self.stop = 3, threading.Event()

        def recover(self) -> None:
            pass

        def process_pending(self, limit: int) -> int:
            self.left -= 1
            if not self.left:
                self.stop.set()
            return 1

        def tell_pace(self, last: bool = False) -> None:
            told.append(last)

        def went(self, task: str, err: Exception | None) -> None:
            assert err is None

    service: Any = Busy()
    Processor(service).run(service.stop)
    assert [False, False, False, True] == told


def test_a_thread_knows_what_it_counted_itself() -> None:
    before, own = pace.read().get("of a test", 0), pace.own("of a test")
    pace.add("of a test", 2)
    other = threading.Thread(target=pace.add, args=("of a test", 3))
    other.start()
    other.join()
    assert (2, 5) == (pace.own("of a test") - own, pace.read()["of a test"] - before)
