"""Receiving: the same bytes are one message, other bytes another, and nothing is lost on the way."""

import hashlib
import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from engines import ON_SQL
from store_bench import Bench

from intake.desk.effects import Finish, Outcome
from intake.desk.message import Envelope
from intake.ports import Arrival, Pending, Received
from intake.store import open_store
from intake.store.blobs import LARGEST_ROW
from intake.store.ledger import HOLD, IN_ORDER

QUESTION = b"Message-ID: <1@x.example>\nSubject: My coins\n\nWhere are they?\n"
ANSWER = b"Message-ID: <2@x.example>\nIn-Reply-To: <1@x.example>\n\nHere.\n"


def test_same_bytes_twice_are_one_row_with_two_sightings(bench: Bench) -> None:
    first = bench.store.ledger.receive([bench.arrival(b"mail", uid=1)], bench.now)
    again = bench.store.ledger.receive([bench.arrival(b"mail", uid=9)], bench.now)
    assert [Received(1, known=False)] == first
    assert [Received(1, known=True)] == again
    assert ("support/INBOX 7:1", "support/INBOX 7:9") == bench.store.ledger.message(1).sightings
    assert {1, 9} == bench.store.mailboxes.known_uids("support", "INBOX", 7)
    assert set() == bench.store.mailboxes.known_uids("support", "INBOX", 8)


def test_of_which_mail_only_the_header_came_is_known_and_comes_with_its_envelope(bench: Bench) -> None:
    whole = bench.arrival(b"mail", uid=1)
    header = replace(whole, raw=b"header", origin=replace(whole.origin, uid=2))
    header = replace(header, envelope=replace(whole.envelope, oversize=5 << 30))
    bench.store.ledger.receive([whole, header], bench.now)
    assert {1, 2} == bench.store.mailboxes.known_uids("support", "INBOX", 7)
    assert {2} == bench.store.mailboxes.oversize_uids("support", "INBOX", 7)
    assert set() == bench.store.mailboxes.oversize_uids("support", "INBOX", 8)
    begun = bench.store.ledger.begin([1, 2], bench.now)
    assert [0, 5 << 30] == [row.envelope.oversize for row in begun]


@ON_SQL
def test_a_large_mail_and_its_folders_are_on_the_disk_before_its_row(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = b"x" * (LARGEST_ROW + 1)
    done: list[Path | str] = []
    put_rows = bench.store.blobs.put_rows

    def fsync(descriptor: int) -> None:
        done.append(Path(os.readlink(f"/proc/self/fd/{descriptor}")))

    def put(contents: Any) -> None:
        done.append("row")
        put_rows(contents)

    monkeypatch.setattr("intake.folders.os.fsync", fsync)
    monkeypatch.setattr(bench.store.blobs, "put_rows", put)
    bench.store.ledger.receive([bench.arrival(raw)], bench.now)
    name = hashlib.sha256(raw).hexdigest()
    (blob,) = bench.data.rglob(name)
    file, folder = done[done.index("row") - 2 : done.index("row")]
    # The folder after the file: it holds the file's final name.
    assert Path(file).name.startswith(f".{name}.")
    assert blob.parent == folder
    # And the folders that were made for it, so that they are there after a crash, too.
    assert {blob.parent.parent, blob.parent.parent.parent} <= set(done)


def test_same_bytes_within_one_batch_are_one_row(bench: Bench) -> None:
    batch = [bench.arrival(raw, uid=uid) for uid, raw in enumerate([b"a", b"b", b"a"], start=1)]
    assert [Received(1, False), Received(2, False), Received(1, True)] == bench.store.ledger.receive(
        batch, bench.now
    )


def test_same_uid_again_is_one_sighting(bench: Bench) -> None:
    for _ in range(2):
        bench.store.ledger.receive([bench.arrival(b"mail", uid=1)], bench.now)
    assert ("support/INBOX 7:1",) == bench.store.ledger.message(1).sightings


@pytest.mark.parametrize("message_id", ["same@customer.example", ""], ids=["one Message-ID", "no Message-ID"])
def test_other_bytes_are_another_message_whatever_the_message_id(bench: Bench, message_id: str) -> None:
    first = bench.open(b"one", message_id=message_id)
    second = bench.open(b"two", message_id=message_id)
    assert (1, 2) == (first, second)
    assert [2, 1] == [row.id for row in bench.store.ledger.list_messages(outcome="ticketed")]


def test_the_envelope_comes_back_as_it_was(bench: Bench) -> None:
    envelopes = [
        Envelope("lmtp", "support", None, (), archive=True),
        Envelope("lmtp", "support", "", ("a@desk.example", "b@desk.example")),
        Envelope("smtp", "sales", "x@customer.example"),
    ]
    arrivals = [Arrival(b"%d" % number, envelope) for number, envelope in enumerate(envelopes)]
    ids = [one.ledger_id for one in bench.store.ledger.receive(arrivals, bench.now)]
    assert [
        Pending(ledger_id, arrival.raw, arrival.envelope, 1, bench.now)
        for ledger_id, arrival in zip(ids, arrivals, strict=True)
    ] == bench.store.ledger.begin(ids, bench.now)


def test_an_attempt_is_counted_once_while_it_is_held(bench: Bench) -> None:
    bench.receive(b"mail")
    assert [1] == [row.attempts for row in bench.store.ledger.begin([1], bench.now)]
    assert [] == bench.store.ledger.begin([1], bench.now), "another process must not count it too"
    assert [] == bench.store.ledger.pending(bench.now, 10)
    bench.now += HOLD
    assert ([], [1]) == (
        bench.store.ledger.pending(bench.now, 10),
        bench.store.ledger.pending(bench.now, 10, again=True),
    )
    assert [2] == [row.attempts for row in bench.store.ledger.begin([1], bench.now)]


def test_what_came_later_waits_a_little_for_what_another_process_has_begun(bench: Bench) -> None:
    first, second = bench.receive(QUESTION), bench.receive(ANSWER)
    bench.store.ledger.begin([first], bench.now)
    assert [] == bench.store.ledger.pending(bench.now, 10), "a reply must find its parent decided"
    bench.now += IN_ORDER
    if bench.engine == "postgres":
        assert [] == bench.store.ledger.pending(bench.now, 10), (
            "there others have not waited for it meanwhile"
        )
        bench.now += HOLD - IN_ORDER
        bench.store.ledger.begin([first], bench.now)
        bench.store.ledger.postpone(first, "it failed", bench.now + HOLD)
    assert [second] == bench.store.ledger.pending(bench.now, 10), "but not wait for ever"


def test_what_a_killed_process_held_is_let_go(bench: Bench) -> None:
    bench.receive(b"mail")
    bench.store.ledger.begin([1], bench.now)
    bench.store.ledger.unhold()
    assert [1] == bench.store.ledger.pending(bench.now, 10, again=True)


def test_not_more_is_taken_up_at_once_than_memory_bears(bench: Bench, monkeypatch: Any) -> None:
    monkeypatch.setattr("intake.store.turns.BATCH_BYTES", 10)
    ids = [bench.receive(raw) for raw in (b"1" * 20, b"2" * 4, b"3" * 6, b"4")]
    taken: list[list[int]] = []
    for _ in range(4):
        taken.append([row.ledger_id for row in bench.store.ledger.begin(ids, bench.now)])
        for one in taken[-1]:
            bench.store.ledger.quarantine(one, "done", bench.now)
    assert [[1], [2, 3], [4], []] == taken


def test_nobody_decides_on_what_came_after_a_message_that_another_is_deciding_on(bench: Bench) -> None:
    for raw in (b"before", QUESTION, ANSWER):
        bench.receive(raw)
    bench.store.ledger.begin([2], bench.now)
    # Where several processes decide at a time, what has nothing to do with it is free.
    assert ([1] if bench.engine == "postgres" else []) == bench.store.ledger.pending(bench.now, 10)
    assert [1] == [row.ledger_id for row in bench.store.ledger.begin([1, 3], bench.now)]
    for one in (1, 2):
        bench.store.ledger.quarantine(one, "done", bench.now)
    assert [3] == bench.store.ledger.pending(bench.now, 10)
    assert [3] == [row.ledger_id for row in bench.store.ledger.begin([3], bench.now)]


def test_an_attempt_that_was_not_the_message_s_fault_is_given_back(bench: Bench) -> None:
    for raw in (b"one", b"two"):
        bench.receive(raw)
    bench.store.ledger.begin([1, 2], bench.now)
    bench.store.ledger.quarantine(2, "bad", bench.now)
    bench.store.ledger.refund([1, 2])
    assert ([1], []) == (
        bench.store.ledger.pending(bench.now, 10),
        bench.store.ledger.pending(bench.now, 10, again=True),
    )
    assert (0, 1) == (bench.store.ledger.message(1).attempts, bench.store.ledger.message(2).attempts)


def test_a_postponed_message_waits_until_its_time(bench: Bench) -> None:
    bench.receive(b"mail")
    bench.store.ledger.begin([1], bench.now)
    bench.store.ledger.postpone(1, "ValueError while processing", bench.now + timedelta(seconds=10))
    assert [] == bench.store.ledger.pending(bench.now + timedelta(seconds=9), 10, again=True)
    assert [1] == bench.store.ledger.pending(bench.now + timedelta(seconds=10), 10, again=True)
    assert "ValueError while processing" == bench.store.ledger.message(1).reason


def test_quarantine_and_the_two_ways_out_of_it(bench: Bench) -> None:
    for raw in (b"one", b"two"):
        bench.receive(raw)
    bench.store.ledger.begin([1, 2], bench.now)
    for number in (1, 2):
        bench.store.ledger.quarantine(number, "it ended abruptly", bench.now)
    assert ("quarantined", Outcome.QUARANTINED) == (
        bench.store.ledger.message(1).state,
        bench.store.ledger.message(1).outcome,
    )
    assert [] == bench.store.ledger.begin([1, 2], bench.now)
    assert bench.store.ledger.requeue(1, bench.now)
    assert bench.store.ledger.drop(2, "spam", bench.now)
    assert [1] == bench.store.ledger.pending(bench.now, 10)
    assert ("waiting", None, 0) == (
        bench.store.ledger.message(1).state,
        bench.store.ledger.message(1).outcome,
        bench.store.ledger.message(1).attempts,
    )
    assert ("dropped", "spam") == (bench.store.ledger.message(2).state, bench.store.ledger.message(2).reason)
    assert b"two" == bench.store.ledger.raw(2), "dropping a message keeps its bytes"


def test_only_a_quarantined_message_is_requeued_or_dropped(bench: Bench) -> None:
    bench.receive(b"waiting")
    assert not bench.store.ledger.requeue(1, bench.now)
    assert not bench.store.ledger.drop(1, "no", bench.now)
    assert not bench.store.ledger.requeue(99, bench.now)
    assert "waiting" == bench.store.ledger.message(1).state


def test_a_finished_message_is_not_taken_again(bench: Bench) -> None:
    bench.open(b"mail")
    with bench.store.transaction():
        assert not bench.store.ledger.lock_pending(1)
    assert [] == bench.store.ledger.begin([1], bench.now)


@ON_SQL
def test_small_bytes_are_rows_and_large_ones_private_files(bench: Bench) -> None:
    small, large = b"s" * LARGEST_ROW, b"l" * (LARGEST_ROW + 1)
    for raw in (small, large):
        bench.receive(raw)
    files = [path for path in (bench.data / "blobs").rglob("*") if path.is_file()]
    name = bench.store.ledger.message(2).sha256
    assert [bench.data / "blobs" / name[:2] / name] == files
    assert 0o600 == files[0].stat().st_mode & 0o777
    assert 0o700 == files[0].parent.stat().st_mode & 0o777
    assert (small, large) == (bench.store.ledger.raw(1), bench.store.ledger.raw(2))


@ON_SQL
def test_a_lost_file_delays_only_its_own_message(bench: Bench) -> None:
    for raw in (b"l" * (LARGEST_ROW + 1), b"neighbour"):
        bench.receive(raw)
    name = bench.store.ledger.message(1).sha256
    (bench.data / "blobs" / name[:2] / name).unlink()
    assert [2] == [row.ledger_id for row in bench.store.ledger.begin([1, 2], bench.now)]
    assert 0 == bench.store.ledger.message(1).attempts
    assert (
        "its raw bytes cannot be read: restore the file or its mode" == bench.store.ledger.message(1).reason
    )


@ON_SQL
def test_what_was_received_is_there_after_reopening(bench: Bench) -> None:
    bench.receive(b"mail")
    bench.store.close()
    other = open_store(bench.url, bench.data)
    assert b"mail" == other.ledger.raw(1)
    other.close()


def test_more_arrivals_than_one_statement_takes(bench: Bench) -> None:
    arrivals = [bench.arrival(b"%d" % number, uid=number) for number in range(450)]
    ids = [one.ledger_id for one in bench.store.ledger.receive(arrivals, bench.now)]
    assert list(range(1, 451)) == ids
    assert ids == bench.store.ledger.pending(bench.now, 1000)


def test_what_nobody_was_told_of_is_counted_by_the_rule_that_kept_it(bench: Bench) -> None:
    def keeps(raw: bytes, outcome: Outcome, rule: str, ticket: int | None = None) -> None:
        bench.apply(
            Finish(outcome, ticket, rule, "because"),
            ledger_id=bench.receive(raw),
            message=bench.message(raw),
        )

    keeps(b"old", Outcome.AUTOMATIC, "own_mail")
    bench.later(days=8)
    number = bench.open()
    for raw, rule in ((b"1", "own_mail"), (b"2", "own_mail"), (b"3", "machine"), (b"4", "delivery_report")):
        keeps(raw, Outcome.AUTOMATIC, rule)
    keeps(b"in a ticket", Outcome.AUTOMATIC, "machine", number)
    keeps(b"a copy", Outcome.DUPLICATE, "duplicate")
    bench.receive(b"waiting")
    week = bench.now - timedelta(days=7)
    assert {"own_mail": 2, "machine": 1, "delivery_report": 1} == bench.store.ledger.untold(week)
