"""Posts that come at the same time share a commit, and each has its own end. On SQLite, in real threads."""

import sqlite3
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from store_bench import KEY, NOW

from intake.desk.message import Envelope
from intake.ports import Arrival, Received, Rule
from intake.runtime import pace
from intake.store import SqlStore, open_store
from intake.store.schema.tables import Blob
from intake.testing.tools import wait_until

Rules = Mapping[str, Sequence[Rule]]
Ask = tuple[bytes, Rules]
End = tuple[Received | None, int] | BaseException


@pytest.fixture
def store(tmp_path: Path) -> SqlStore:
    return open_store("sqlite:///intake.db", tmp_path, tombstone_key=KEY)


def post(store: SqlStore, text: bytes, rules: Rules) -> tuple[Received | None, int]:
    arrival = Arrival(b"Subject: x\r\n\r\n" + text, Envelope("form", "support", "a@customer.example"))
    return store.web.receive_post(arrival, rules, NOW)


def at_once(
    store: SqlStore, asked: Sequence[Ask], meanwhile: Callable[[], object] = lambda: None
) -> list[End]:
    """Post all of these while the database is locked, so that they share a commit; return their ends.

    `meanwhile` is done before the lock is given up.
    """
    ends: dict[int, End] = {}

    def work(at: int) -> None:
        try:
            ends[at] = post(store, *asked[at])
        except Exception as err:
            ends[at] = err
        finally:
            store.close()

    threads = [threading.Thread(target=work, args=(at,)) for at in range(len(asked))]
    with store.transaction():
        for thread in threads:
            thread.start()
        # The first waits for its turn to write, and the others for the first.
        wait_until(lambda: len(vars(store.web._group)["_waiting"]) == len(asked) - 1, 20)
        meanwhile()
        assert {} == ends
    for thread in threads:
        thread.join(30)
    return [ends[at] for at in range(len(asked))]


def commits() -> float:
    return pace.read().get("commits", 0)


def kept(store: SqlStore) -> list[bytes]:
    return sorted(bytes(content)[14:] for (content,) in store.db.rows(Blob.select(Blob.content).tuples()))


def numbers(ends: Sequence[End]) -> list[Any]:
    """Return for each end the ledger's number, "known", the seconds to wait, or the error's name."""
    return [
        type(end).__name__
        if isinstance(end, BaseException)
        else end[1] or ("known" if end[0] and end[0].known else "new")
        for end in ends
    ]


def test_eight_posts_at_the_same_time_are_one_commit(store: SqlStore) -> None:
    before: list[float] = []
    ends = at_once(
        store,
        [(b"%d" % number, {f"address:{number}": ((1, 60),), "posts": ()}) for number in range(8)],
        lambda: before.append(commits()),
    )

    assert ["new"] * 8 == numbers(ends)
    # Ours, which held them up, and theirs.
    assert 2 == commits() - before[0]
    assert [b"%d" % number for number in range(8)] == kept(store)
    ids = {end[0].ledger_id for end in ends if isinstance(end, tuple) and end[0]}
    assert {row.id for row in store.ledger.list_messages()} == ids
    assert 8 == len(ids)
    counted = [store.web.count(key, NOW - timedelta(hours=1)) for key in ("posts", "address:3")]
    assert [8, 1] == counted


def test_one_that_is_refused_leaves_the_others_alone_and_nothing_of_itself(store: SqlStore) -> None:
    full = {"address:full": ((1, 3600),)}
    post(store, b"before", full)
    ends = at_once(store, [(b"a", {"address:a": ((1, 60),)}), (b"b", full), (b"c", {})])

    assert ["new", 3601, "new"] == numbers(ends)
    assert [b"a", b"before", b"c"] == kept(store)
    assert 1 == store.web.count("address:full", NOW - timedelta(hours=1))


def test_a_limit_holds_among_those_of_one_commit(store: SqlStore) -> None:
    ends = at_once(store, [(b"%d" % number, {"network": ((3, 60),)}) for number in range(6)])

    assert [61] * 3 + ["new"] * 3 == sorted(numbers(ends), key=str)
    assert 3 == len(kept(store)) == store.web.count("network", NOW - timedelta(hours=1))


def test_the_same_post_twice_in_one_commit_is_one_message_and_counted_once(store: SqlStore) -> None:
    rules = {"form:f": ((3, 60),)}
    ends = at_once(store, [(b"same", rules), (b"same", rules), (b"other", {"form:g": ((3, 60),)})])

    assert ["known", "new", "new"] == sorted(numbers(ends))
    assert [b"other", b"same"] == kept(store)
    assert 1 == store.web.count("form:f", NOW - timedelta(hours=1))


def test_one_that_came_before_is_known_and_not_counted_again(store: SqlStore) -> None:
    rules = {"form:f": ((3, 60),)}
    post(store, b"before", rules)
    ends = at_once(store, [(b"before", rules), (b"new", {"form:g": ((3, 60),)})])

    assert ["known", "new"] == numbers(ends)
    assert 1 == store.web.count("form:f", NOW - timedelta(hours=1))


def test_one_that_cannot_be_stored_takes_nobody_along(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = store.blobs.write_large

    def refusing(contents: Mapping[str, Any]) -> None:
        if any(b"poison" in bytes(content) for content in contents.values()):
            raise ValueError("nobody foresaw it")
        write(contents)

    monkeypatch.setattr(store.blobs, "write_large", refusing)
    ends = at_once(store, [(b"a", {}), (b"poison", {"form:p": ((3, 60),)}), (b"c", {})])

    assert ["new", "ValueError", "new"] == numbers(ends)
    assert [b"a", b"c"] == kept(store)
    assert 0 == store.web.count("form:p", NOW - timedelta(hours=1))


def test_nobody_is_told_that_it_is_ours_when_the_commit_fails(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = type(store.db.database).commit

    def full(self: Any) -> Any:
        # Ours holds the others up, and is committed.
        if threading.current_thread() is threading.main_thread():
            return commit(self)
        err = sqlite3.OperationalError("database or disk is full")
        err.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise err

    monkeypatch.setattr(type(store.db.database), "commit", full)
    ends = at_once(store, [(b"%d" % number, {"posts": ()}) for number in range(4)])
    monkeypatch.undo()

    assert ["Temporary"] * 4 == numbers(ends)
    assert ([], [], 0) == (
        kept(store),
        store.ledger.list_messages(),
        store.web.count("posts", NOW - timedelta(hours=1)),
    )
