"""Limits that hold for all processes, and requests of programs that come twice; on both engines."""

import threading
from datetime import timedelta

import pytest
from engines import ON_SQL
from store_bench import Bench

from intake.desk.message import Envelope
from intake.ports import Arrival
from intake.store.schema.web import WebHit

FIVE = {"source:a": ((5, 60), (20, 3600))}


def arrival(text: bytes = b"one") -> Arrival:
    return Arrival(b"From: a@example.com\r\n\r\n" + text, Envelope("form", "support", "a@example.com"))


def test_five_in_a_minute_then_a_wait_that_ends(bench: Bench) -> None:
    taken = [bench.store.web.admit(FIVE, bench.now) for _ in range(5)]
    wait = bench.store.web.admit(FIVE, bench.now)

    assert ([0] * 5, 61) == (taken, wait)
    bench.later(seconds=wait)
    assert 0 == bench.store.web.admit(FIVE, bench.now)


def test_twenty_in_an_hour(bench: Bench) -> None:
    waits = []
    for _ in range(21):
        waits.append(bench.store.web.admit(FIVE, bench.now))
        bench.later(seconds=61)

    assert ([0] * 20, 3600 - 20 * 61 + 1) == (waits[:20], waits[20])


def test_asking_while_waiting_does_not_lengthen_the_wait(bench: Bench) -> None:
    for _ in range(50):
        bench.store.web.admit(FIVE, bench.now)
    bench.later(seconds=60)

    assert 0 == bench.store.web.admit(FIVE, bench.now)


def test_one_source_does_not_wait_for_another(bench: Bench) -> None:
    for _ in range(6):
        bench.store.web.admit(FIVE, bench.now)

    assert 0 == bench.store.web.admit({"source:b": ((5, 60),)}, bench.now)


def test_one_full_rule_leaves_the_others_uncounted(bench: Bench) -> None:
    both = {"source:a": ((5, 60),), "address:x": ((1, 3600),)}
    waits = [bench.store.web.admit(both, bench.now) > 0 for _ in range(9)]

    assert [False] + [True] * 8 == waits
    assert 1 == bench.store.web.count("source:a", bench.now - timedelta(hours=1))


def test_a_post_over_the_limit_leaves_nothing(bench: Bench) -> None:
    rules = {"address:x": ((3, 3600),)}
    results = [bench.store.web.receive_post(arrival(b"%d" % n), rules, bench.now) for n in range(4)]

    assert [(True, 0)] * 3 == [(got is not None, wait) for got, wait in results[:3]]
    assert (None, 3601) == results[3]
    assert 3 == len(bench.store.ledger.list_messages())


def test_the_same_post_again_is_known_and_not_counted(bench: Bench) -> None:
    rules = {"address:x": ((1, 3600),)}
    first, _ = bench.store.web.receive_post(arrival(), rules, bench.now)
    again, wait = bench.store.web.receive_post(arrival(), rules, bench.now)

    assert (first.ledger_id, True, 0) == (again.ledger_id, again.known, wait)


def test_many_at_once_are_no_more_than_the_limit(bench: Bench) -> None:
    """T2, "whatever the load": forty threads, each a connection of its own, as processes have."""
    rules = {"address:x": ((3, 3600),), "source:a": ((1000, 60),)}
    taken: list[bool] = []
    start = threading.Barrier(8)

    def work(worker: int) -> None:
        start.wait()
        for number in range(5):
            got, _ = bench.store.web.receive_post(arrival(b"%d %d" % (worker, number)), rules, bench.now)
            taken.append(got is not None)
        bench.store.close()

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert (3, 40) == (sum(taken), len(taken))
    assert 3 == len(bench.store.ledger.list_messages())


@ON_SQL
def test_counts_are_forgotten_after_a_day(bench: Bench) -> None:
    for number in range(30):
        bench.store.web.admit({f"source:{number}": ((5, 60),)}, bench.now)
    bench.later(days=1, seconds=1)
    bench.now = bench.now.replace(microsecond=0)
    bench.store.web.admit({"later:1": ((5, 60),)}, bench.now)

    assert 1 == len(bench.store.db.rows(WebHit.select()))


def test_a_key_is_found_by_its_hash_until_it_is_revoked(bench: Bench) -> None:
    number = bench.store.web.add_api_key("App", "h" * 64, ("create",), 5, bench.now)
    found = bench.store.web.api_key("h" * 64)

    assert (number, "App", ("create",), 5, None) == (
        found.id, found.name, found.scopes, found.per_hour, found.revoked_at,
    )  # fmt: skip
    assert bench.store.web.api_key("x" * 64) is None
    assert bench.store.web.revoke_api_key(number, bench.now)
    assert not bench.store.web.revoke_api_key(number, bench.now)
    assert bench.now == bench.store.web.api_key("h" * 64).revoked_at


def test_a_request_with_the_same_idempotency_key_is_one_message(bench: Bench) -> None:
    rules = {"api:1": ((1, 3600),)}
    first, _ = bench.store.web.receive_request(1, "given:k", "content", arrival(b"a"), rules, bench.now)
    again, wait = bench.store.web.receive_request(1, "given:k", "content", arrival(b"b"), rules, bench.now)
    other, later = bench.store.web.receive_request(1, "given:l", "content", arrival(b"c"), rules, bench.now)

    assert (first, 0) == (again, wait)
    assert (None, True) == (other, later > 0)
    assert 1 == len(bench.store.ledger.list_messages())
    assert bench.store.web.api_request(1, "given:l") is None
    assert bench.store.web.api_owns(1, first.message)
    assert not bench.store.web.api_owns(2, first.message)


@pytest.mark.parametrize("size", [1000, (1 << 20) + 1])
def test_a_post_of_any_size_is_whole(bench: Bench, size: int) -> None:
    sent = arrival(b"x" * size)
    got, _ = bench.store.web.receive_post(sent, {}, bench.now)

    assert sent.raw == bench.store.ledger.raw(got.ledger_id)
