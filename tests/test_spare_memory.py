"""A process that worked and rests gives its spare memory back, once."""

import ctypes

import psutil

from intake.runtime.spare_memory import SpareMemory


def looked(*moments: tuple[float, float]) -> list[bool]:
    """Return what each look did, given the clock and the processor time used by then, in seconds."""
    now = moments[0]
    trimmed: list[int] = []
    spare = SpareMemory(lambda: now[0], lambda: now[1], trimmed.append)
    looks = []
    for moment in moments:
        now = moment
        looks.append(spare.look())
    assert len(trimmed) == sum(looks)
    return looks


def test_it_is_given_back_after_work_when_the_process_rests() -> None:
    assert looked((1, 1), (2, 2), (3, 2.01), (4, 2.02)) == [False, False, True, False]


def test_a_process_that_works_on_is_left_alone() -> None:
    assert not any(looked(*((at, at * 0.5) for at in range(1, 20))))


def test_a_process_that_did_next_to_nothing_is_left_alone() -> None:
    assert not any(looked(*((at, at * 0.01) for at in range(1, 20))))


def test_much_that_was_freed_under_something_younger_goes_back_to_the_system() -> None:
    process, libc = psutil.Process(), ctypes.CDLL(None)
    libc.malloc.restype, libc.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
    libc.free.argtypes = [ctypes.c_void_p]
    places = [libc.malloc(60_000) for _ in range(1000)]
    for place in places:
        ctypes.memset(place, 1, 60_000)
    # The youngest stays, so that `free` alone cannot shrink the heap.
    for place in places[:-1]:
        libc.free(place)
    before = process.memory_info().rss
    spare = SpareMemory(lambda: 100.0, lambda: 1.0)
    try:
        assert spare.look()
        assert before - process.memory_info().rss > 40e6
    finally:
        libc.free(places[-1])
