"""Acts that need a second person, and second factors, in the database: each step is taken once."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from store_bench import KEY, NOW, InThreads

from intake.desk.acts import Actor, Plan, State, lasting
from intake.desk.factor import MOST_WRONG
from intake.store import SqlStore, open_store
from intake.store.upkeep.erasure import Erasing

HOUR = timedelta(hours=1)
PLAN = Plan("export", 12, "lin@customer.example", {"revision": "1"})
ANNA = Actor("root", "anna@desk.example", proven=True)


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlStore]:
    url = "sqlite:///intake.db" if request.param == "sqlite" else request.getfixturevalue("emptied")()
    made = open_store(url, tmp_path)
    yield made
    made.close()


def filed(store: SqlStore, alone: bool = False) -> int:
    return store.acts.file(PLAN, "a reason", ANNA, NOW, *lasting(alone, NOW))


def test_of_many_who_approve_and_many_who_do_it_each_is_one(store: SqlStore, in_threads: InThreads) -> None:
    number = filed(store)
    approved = in_threads(4, lambda at: store.acts.settle(number, State.APPROVED, f"agent {at}", NOW))
    used = in_threads(4, lambda _: store.acts.use(number, NOW))
    assert [approved.count(True), used.count(True)] == [1, 1]
    assert store.acts.of(PLAN.digest, NOW) is None

    store.agents.add("ben@desk.example", "Ben", (), NOW)
    (ben,) = store.agents.by_id()
    store.factors.keep(ben, "sealed", 0, NOW)
    assert in_threads(4, lambda _: store.factors.advance(ben, 7)).count(True) == 1
    assert [store.factors.advance(ben, step) for step in (6, 7, 8)] == [False, False, True]


def test_what_is_over_refused_or_not_agreed_to_is_not_done(store: SqlStore) -> None:
    waiting, over, refused, alone = (filed(store, alone) for alone in (False, False, False, True))
    assert store.acts.settle(over, State.APPROVED, "ben", NOW)
    assert store.acts.settle(refused, State.APPROVED, "ben", NOW)
    assert store.acts.settle(refused, State.REFUSED, "cleo", NOW), "also what was agreed to"
    assert not store.acts.settle(waiting, State.APPROVED, "ben", NOW + 25 * HOUR)
    used = [
        store.acts.use(waiting, NOW),
        store.acts.use(over, NOW + 25 * HOUR),
        store.acts.use(refused, NOW),
        store.acts.use(alone, NOW + 23 * HOUR),
    ]
    assert [False] * 4 == used
    assert store.acts.use(alone, NOW + 24 * HOUR)


def test_wrong_codes_lock_for_an_hour_and_a_right_one_begins_anew(store: SqlStore) -> None:
    store.agents.add("ben@desk.example", "Ben", (), NOW)
    (ben,) = store.agents.by_id()
    store.factors.keep(ben, "sealed", 0, NOW)
    assert [1, 2] == [store.factors.missed(ben, NOW) for _ in range(2)]
    assert store.factors.advance(ben, 5)
    assert list(range(1, MOST_WRONG + 1)) == [store.factors.missed(ben, NOW) for _ in range(MOST_WRONG)]
    assert store.factors.locked(ben, NOW + HOUR / 2)
    assert not store.factors.locked(ben, NOW + HOUR)
    assert store.factors.holders() == [ben]
    store.agents.disable("ben@desk.example")
    assert store.factors.holders() == []


def test_an_erasure_takes_what_was_asked_about_that_person_along(store: SqlStore) -> None:
    filed(store)
    other = store.acts.file(Plan("lift", 0, "eve@customer.example"), "why so", ANNA, NOW, *lasting(True, NOW))
    Erasing(store.db, store.blobs).erase((), "Lin@customer.example", (), KEY, "anna", NOW)
    assert [other] == [row.id for row in store.acts.rows()]
