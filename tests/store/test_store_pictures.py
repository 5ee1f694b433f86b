"""Previews and the pictures that want one, on both engines."""

from dataclasses import replace
from datetime import timedelta

from store_bench import Bench

from intake.desk.message import Attachment
from intake.store import previews as pictures

WANTED = Attachment("a.heic", "image/heic", b"wanted", wants_preview=True)
MADE = Attachment("b.heic", "image/heic", b"made", preview=b"\xff\xd8\xff")
PLAIN = Attachment("c.png", "image/png", b"plain")


def shown(bench: Bench, ticket: int = 1) -> dict[str, bool]:
    return {file.name: file.preview for one in bench.store.tickets.entries(ticket) for file in one.files}


def test_a_preview_is_shown_when_it_is_made_and_no_sooner(bench: Bench) -> None:
    bench.open(attachments=(WANTED, MADE, PLAIN))
    (name,) = bench.store.previews.wanted(bench.now, 9)
    assert {"a.heic": False, "b.heic": True, "c.png": False} == shown(bench)

    assert bench.store.previews.begin(name, bench.now)
    assert [] == bench.store.previews.wanted(bench.now, 9)
    bench.store.previews.end(name, b"\xff\xd8\xff new", bench.now, again=False)

    assert {"a.heic": True, "b.heic": True, "c.png": False} == shown(bench)
    assert b"\xff\xd8\xff new" == bench.store.previews.get(name)
    bench.later(days=1)
    assert [] == bench.store.previews.wanted(bench.now, 9)


def test_an_attempt_that_never_ended_is_made_again_and_the_last_one_is_the_last(bench: Bench) -> None:
    bench.open(attachments=(WANTED,))
    (name,) = bench.store.previews.wanted(bench.now, 9)
    begun = []
    for _ in range(pictures.MAX_ATTEMPTS + 2):
        begun.append(bench.store.previews.begin(name, bench.now))
        assert not bench.store.previews.begin(name, bench.now)
        bench.now += pictures.ATTEMPT

    assert [True] * pictures.MAX_ATTEMPTS + [False] * 2 == begun
    assert None is bench.store.previews.get(name)


def test_one_that_met_a_limit_waits_behind_those_that_were_not_tried(bench: Bench) -> None:
    bench.open(attachments=(WANTED,))
    (slow,) = bench.store.previews.wanted(bench.now, 9)
    bench.store.previews.begin(slow, bench.now)
    bench.store.previews.end(slow, b"", bench.now, again=True)
    bench.later(seconds=1)
    bench.open(b"second", attachments=(replace(WANTED, content=b"other"),))
    (fresh,) = bench.store.previews.wanted(bench.now, 9)

    bench.now += pictures.AGAIN

    assert [fresh, slow] == bench.store.previews.wanted(bench.now, 9)
    assert timedelta(0) < pictures.ATTEMPT < pictures.AGAIN < pictures.LONGEST_WAIT
