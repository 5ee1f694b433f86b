"""What processes counted of their pace, on both engines and in memory."""

from datetime import timedelta

import pytest
from store_bench import Bench, InThreads

from intake.views import Pace

LATELY = {"seconds": 300.0, "decided": 30.0}


def nobody(process: str) -> bool:
    return False


def test_a_desk_that_counted_nothing_has_no_pace(bench: Bench) -> None:
    bench.store.upkeep.forget_pace(bench.now, nobody)
    assert Pace({}, {}) == bench.store.upkeep.pace(bench.now)


def test_sums_are_of_all_processes_and_what_was_counted_lately_of_each(bench: Bench) -> None:
    upkeep = bench.store.upkeep
    upkeep.record_pace("a 1", {"decided": 20, "writer_wait_seconds": 0.25}, LATELY, bench.now)
    upkeep.record_pace("b 2", {"decided": 5}, LATELY, bench.now)
    bench.later(minutes=1)
    upkeep.record_pace("a 1", {"decided": 2, "batches": 1}, {**LATELY, "decided": 22}, bench.now)
    sums = {"decided": 27, "writer_wait_seconds": 0.25, "batches": 1}
    assert Pace(sums, {"a 1": {**LATELY, "decided": 22}, "b 2": LATELY}) == upkeep.pace(bench.now)


def test_the_sums_stay_when_a_process_ends_is_restarted_and_forgotten(bench: Bench) -> None:
    upkeep = bench.store.upkeep
    upkeep.record_pace("a 1", {"decided": 20}, LATELY, bench.now)
    upkeep.record_pace("b 2", {"decided": 1}, LATELY, bench.now)
    upkeep.forget_pace(bench.now, "a 1".__eq__)
    assert Pace({"decided": 21}, {"b 2": LATELY}) == upkeep.pace(bench.now)
    upkeep.record_pace("a 2", {"decided": 3}, LATELY, bench.now)
    assert Pace({"decided": 24}, {"b 2": LATELY, "a 2": LATELY}) == upkeep.pace(bench.now)


@pytest.mark.parametrize(
    ("silent", "lives", "kept"),
    [
        (timedelta(minutes=2), True, True),
        (timedelta(minutes=4), False, True),
        (timedelta(hours=23), False, True),
        (timedelta(hours=25), False, False),
        # Their clock, or ours, was ahead.
        (timedelta(hours=-25), False, False),
    ],
)
def test_a_process_that_is_silent_is_left_out_and_after_a_day_forgotten(
    silent: timedelta, lives: bool, kept: bool, bench: Bench
) -> None:
    upkeep = bench.store.upkeep
    upkeep.record_pace("far away", {"decided": 20}, LATELY, bench.now)
    assert ({"decided": 20}, lives) == (
        upkeep.pace(bench.now + silent).sums,
        "far away" in upkeep.pace(bench.now + silent).lately,
    )
    upkeep.forget_pace(bench.now + silent, nobody)
    assert kept == ("far away" in upkeep.pace(bench.now).lately)


def test_nothing_is_lost_when_all_write_at_the_same_moment(bench: Bench, in_threads: InThreads) -> None:
    names = ("decided", "batches", "commits")

    def write(number: int) -> None:
        for _ in range(10):
            bench.store.upkeep.record_pace(f"p {number}", dict.fromkeys(names, 1.5), LATELY, bench.now)
        bench.store.close()

    in_threads(4, write)
    pace = bench.store.upkeep.pace(bench.now)
    assert (dict.fromkeys(names, 60.0), 4) == (pace.sums, len(pace.lately))
