"""The outbox: one sender a row, fenced by its lease, and nothing sent twice that must not be."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from store_bench import ANN, Bench, InThreads

from intake.desk.effects import Mail, MailKind, Outgoing
from intake.desk.message import Address

LEASE = timedelta(minutes=5)


def test_a_mail_is_claimed_sent_and_never_due_again(bench: Bench) -> None:
    outbox_id = bench.owe("relay:1")
    claimed = bench.claim(outbox_id)
    expected = Outgoing(MailKind.RELAY, "", "Ann@customer.example", "out-1@desk.example", b"mail 1")
    assert (expected, b"mail 1", 1, 1) == (
        claimed.mail,
        claimed.mail.raw,
        claimed.attempts,
        claimed.ticket_id,
    )
    assert bench.store.outbox.claim(outbox_id, "two", bench.now, LEASE) is None
    assert bench.store.outbox.data_started(claimed, bench.now)
    assert bench.store.outbox.sent(claimed, bench.now)
    bench.later(days=30)
    assert ([], ()) == (
        bench.store.outbox.due(bench.now, 10),
        tuple(bench.store.outbox.expire_leases(bench.now)),
    )
    row = bench.store.outbox.list_mails(state="sent")[0]
    assert bench.now - timedelta(days=30) == row.sent_at


def test_the_urgent_and_old_come_first(bench: Bench) -> None:
    kinds = [MailKind.STATUS, MailKind.NOTICE, MailKind.RELAY, MailKind.ACKNOWLEDGEMENT, MailKind.RELAY]
    ids = []
    for number, kind in enumerate(kinds):
        ids.append(bench.owe(f"mail:{number}", kind, Address(f"a{number}@customer.example")))
        bench.later(seconds=1)
    assert [ids[2], ids[4], ids[1], ids[0], ids[3]] == bench.store.outbox.due(bench.now, 10)
    assert [ids[2], ids[4]] == bench.store.outbox.due(bench.now, 2)


def test_a_temporary_failure_is_due_again_at_its_time(bench: Bench) -> None:
    claimed = bench.claim(bench.owe("relay:1"))
    assert bench.store.outbox.data_started(claimed, bench.now)
    until = bench.now + timedelta(minutes=1)
    assert bench.store.outbox.retry(claimed, "451 later", until)
    assert [] == bench.store.outbox.due(bench.now, 10)
    assert bench.store.outbox.claim(1, "two", bench.now, LEASE) is None, "a second wake-up does not hurry it"
    bench.now = until
    again = bench.claim(1, "two")
    assert (2, claimed.mail, claimed.mail.raw) == (again.attempts, again.mail, again.mail.raw)


def test_a_mail_that_was_not_tried_is_due_again_as_if_it_had_not_been_claimed(bench: Bench) -> None:
    claimed = bench.claim(bench.owe("relay:1"))
    until = bench.now + timedelta(days=9)
    assert bench.store.outbox.waits(claimed, "no login", until)
    assert not bench.store.outbox.waits(claimed, "no login", until), "the lease is gone"
    assert [] == bench.store.outbox.due(until - timedelta(seconds=1), 10)
    bench.now = until
    again = bench.claim(1, "two")
    assert (1, until, claimed.mail) == (again.attempts, again.created_at, again.mail)


def test_a_permanent_failure_and_its_alert_are_one_commit(bench: Bench) -> None:
    claimed = bench.claim(bench.owe("relay:1"))
    alert = Mail(MailKind.ALERT, 1, Address("alice@desk.example"), "alert:failed:1:1")
    assert (2,) == tuple(bench.store.outbox.failed(claimed, "550 no", bench.compose, [alert], bench.now))
    assert ["due", "failed"] == [row.state for row in bench.store.outbox.list_mails()]
    assert () == bench.store.outbox.failed(claimed, "550 no", bench.compose, [alert], bench.now)


def test_an_alert_that_cannot_be_written_leaves_the_row_as_it_was(bench: Bench) -> None:
    claimed = bench.claim(bench.owe("relay:1"))
    with pytest.raises(LookupError):
        bench.store.outbox.failed(
            claimed, "550", bench.compose, [Mail(MailKind.ALERT, 99, ANN, "a")], bench.now
        )
    assert "sending" == bench.state(1)


LATE: dict[str, Callable[[Any, Any], Any]] = {
    "data_started": lambda bench, claimed: bench.store.outbox.data_started(claimed, bench.now),
    "sent": lambda bench, claimed: bench.store.outbox.sent(claimed, bench.now),
    "retry": lambda bench, claimed: bench.store.outbox.retry(claimed, "late", bench.now),
    "unknown": lambda bench, claimed: bench.store.outbox.unknown(claimed, "late"),
    "failed": lambda bench, claimed: bench.store.outbox.failed(
        claimed, "late", bench.compose, [Mail(MailKind.ALERT, 1, ANN, "late")], bench.now
    ),
}


@pytest.mark.parametrize("write", LATE)
def test_a_sender_that_was_too_slow_changes_nothing(bench: Bench, write: str) -> None:
    slow = bench.claim(bench.owe("relay:1"), "slow")
    bench.later(minutes=5, seconds=1)
    quick = bench.claim(1, "quick")
    assert not LATE[write](bench, slow)
    assert ["sending"] == [row.state for row in bench.store.outbox.list_mails()]
    assert bench.store.outbox.data_started(quick, bench.now)
    assert bench.store.outbox.sent(quick, bench.now)


@pytest.mark.parametrize(
    ("write", "state"), [("sent", "sent"), ("retry", "due"), ("failed", "failed"), ("unknown", "unknown")]
)
def test_a_sender_that_was_stopped_and_goes_on_knows_the_end_that_others_did_not(
    bench: Bench, write: str, state: str
) -> None:
    stopped = bench.claim(bench.owe("ack:1", MailKind.ACKNOWLEDGEMENT), "stopped")
    assert bench.store.outbox.data_started(stopped, bench.now)
    bench.later(minutes=6)
    assert [] == list(bench.store.outbox.expire_leases(bench.now))
    assert "unknown" == bench.state(1)
    assert LATE[write](bench, stopped)
    assert state == bench.state(1)


def test_what_a_person_decided_meanwhile_stands(bench: Bench) -> None:
    stopped = bench.claim(bench.owe("ack:1", MailKind.ACKNOWLEDGEMENT), "stopped")
    assert bench.store.outbox.data_started(stopped, bench.now)
    bench.later(minutes=6)
    bench.store.outbox.expire_leases(bench.now)
    assert bench.store.outbox.cancel(1)
    for write in LATE.values():
        assert not write(bench, stopped)
    assert "cancelled" == bench.state(1)


def test_data_does_not_begin_after_the_lease_even_if_nobody_took_it(bench: Bench) -> None:
    claimed = bench.claim(bench.owe("ack:1", MailKind.ACKNOWLEDGEMENT))
    bench.later(minutes=5)
    assert not bench.store.outbox.data_started(claimed, bench.now)


@pytest.mark.parametrize(
    ("kind", "data", "after", "state"),
    [
        (MailKind.RELAY, False, 301, "due"),
        (MailKind.RELAY, True, 301, "due"),
        (MailKind.NOTICE, True, 301, "due"),
        (MailKind.ALERT, True, 301, "due"),
        (MailKind.ACKNOWLEDGEMENT, False, 301, "due"),
        (MailKind.ACKNOWLEDGEMENT, True, 301, "unknown"),
        (MailKind.STATUS, True, 301, "unknown"),
        (MailKind.STATUS, True, 299, "sending"),
        (MailKind.RELAY, False, 299, "sending"),
    ],
)
def test_what_becomes_of_a_row_whose_sender_died(
    bench: Bench, kind: MailKind, data: bool, after: int, state: str
) -> None:
    claimed = bench.claim(bench.owe("mail:1", kind))
    if data:
        assert bench.store.outbox.data_started(claimed, bench.now)
    bench.later(seconds=after)
    again = tuple(bench.store.outbox.expire_leases(bench.now))
    assert (state, (1,) if state == "due" else ()) == (bench.state(1), again)
    assert list(again) == bench.store.outbox.due(bench.now, 10)
    if state == "unknown":
        assert (
            "the sender stopped after the mail may have been taken"
            == bench.store.outbox.list_mails()[0].error
        )


@pytest.mark.parametrize("leap", [timedelta(days=30), timedelta(days=-1), timedelta(minutes=6)])
@pytest.mark.parametrize("data", [True, False])
def test_a_clock_that_leapt_ends_no_lease_of_a_mail_in_hand(
    bench: Bench, leap: timedelta, data: bool
) -> None:
    claimed = bench.claim(bench.owe("mail:1", MailKind.ACKNOWLEDGEMENT))
    if data:
        assert bench.store.outbox.data_started(claimed, bench.now)
    now = bench.now + leap
    assert ([] if data else [1]) == list(bench.store.outbox.expire_leases(now, timely=False))
    assert data == bench.store.outbox.sent(claimed, now)
    assert ("sent" if data else "due") == bench.state(1)


def test_a_sender_that_died_is_noticed_whatever_the_clock_did(bench: Bench) -> None:
    claimed = bench.claim(bench.owe("mail:1", MailKind.RELAY))
    assert bench.store.outbox.data_started(claimed, bench.now)
    assert [1] == list(bench.store.outbox.expire_leases(bench.now, lambda owner: True, timely=False))


@pytest.mark.parametrize("kind", [MailKind.RELAY, MailKind.NOTICE, MailKind.ALERT])
def test_a_mail_whose_sender_died_twice_in_the_middle_is_not_sent_a_third_time(
    bench: Bench, kind: MailKind
) -> None:
    number = bench.owe("mail:1", kind)
    for time, (state, again) in enumerate([("due", [number]), ("unknown", [])]):
        claimed = bench.claim(number, f"sender {time}")
        assert time == claimed.doubtful
        assert bench.store.outbox.data_started(claimed, bench.now)
        bench.later(minutes=6)
        assert (again, state) == (list(bench.store.outbox.expire_leases(bench.now)), bench.state(number))


def test_an_abandoned_row_with_data_begun_is_not_claimed_before_it_is_settled(bench: Bench) -> None:
    claimed = bench.claim(bench.owe("relay:1"))
    bench.store.outbox.data_started(claimed, bench.now)
    bench.later(minutes=6)
    assert bench.store.outbox.claim(1, "two", bench.now, LEASE) is None


@pytest.mark.parametrize(
    ("end", "retried"),
    [("failed", True), ("unknown", True), ("sent", False), ("sending", False), ("due", False)],
)
def test_only_failed_and_unknown_mail_is_sent_again_by_hand(bench: Bench, end: str, retried: bool) -> None:
    outbox_id = bench.owe("ack:1", MailKind.ACKNOWLEDGEMENT)
    if end != "due":
        claimed = bench.claim(outbox_id)
        bench.store.outbox.data_started(claimed, bench.now)
        {
            "failed": lambda: bench.store.outbox.failed(claimed, "no", bench.compose, [], bench.now),
            "unknown": lambda: bench.store.outbox.unknown(claimed, "who knows"),
            "sent": lambda: bench.store.outbox.sent(claimed, bench.now),
            "sending": lambda: None,
        }[end]()
    assert end == bench.state(outbox_id)
    bench.later(days=6)
    assert retried == bench.store.outbox.send_again(outbox_id, bench.now)
    if retried:
        again = bench.claim(outbox_id, "two")
        # Giving up after five days counts from here, or the first 4xx would end it.
        assert (1, bench.now) == (again.attempts, again.created_at)
        assert bench.store.outbox.data_started(again, bench.now)


def test_eight_threads_claim_each_row_once(bench: Bench, in_threads: InThreads) -> None:
    ids = [bench.owe(f"relay:{n}", to=Address(f"a{n}@customer.example")) for n in range(25)]

    def work(number: int) -> list[int]:
        try:
            return [
                one
                for one in ids
                if bench.store.outbox.claim(one, f"worker {number}-{one}", bench.now, LEASE)
            ]
        finally:
            bench.store.close()

    claimed = [one for some in in_threads(8, work) for one in some]
    assert ids == sorted(claimed)
