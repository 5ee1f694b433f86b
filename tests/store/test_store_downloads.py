"""Links that work once: what is counted of their use; on both engines and in memory."""

from datetime import timedelta

from store_bench import Bench

MOST = 3


def begin(bench: Bench, name: str = "a") -> bool:
    return bench.store.downloads.begin(name, MOST, bench.now + timedelta(hours=24), bench.now)


def test_a_link_is_used_up_by_a_download_that_came_to_its_end(bench: Bench) -> None:
    assert bench.store.downloads.usable("a", MOST)
    assert begin(bench)
    assert bench.store.downloads.usable("a", MOST)
    bench.store.downloads.end("a", bench.now)

    assert not bench.store.downloads.usable("a", MOST)
    assert not begin(bench)


def test_one_that_breaks_off_can_be_begun_so_often_and_no_more(bench: Bench) -> None:
    assert [True] * 3 + [False] == [begin(bench) for _ in range(4)]
    assert not bench.store.downloads.usable("a", MOST)


def test_links_do_not_use_up_each_other_and_are_forgotten_when_they_are_over(bench: Bench) -> None:
    assert begin(bench, "a")
    bench.store.downloads.end("a", bench.now)
    assert begin(bench, "b")
    bench.later(hours=25)
    assert begin(bench, "c")

    # Whether it is over stands in the token: the row has done its work.
    assert bench.store.downloads.usable("a", MOST)
