"""Claims, beginnings and ends of several mails in one commit: each row by its own conditions."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from engines import ON_SQL
from store_bench import Bench, InThreads

from intake.desk.effects import MailKind
from intake.desk.message import Address
from intake.ports import Claimed, Temporary
from intake.store.leaving import Claiming, Leaving, Recorded, Step
from intake.store.schema.tables import Outbox

LEASE = timedelta(minutes=5)
ACK = MailKind.ACKNOWLEDGEMENT


def group(bench: Bench, *steps: Step) -> list[Recorded]:
    """Record steps as one group does."""
    return Leaving(bench.store.db)._commit(lambda: steps)


def acknowledgement(bench: Bench, number: int) -> int:
    return bench.owe(f"ack:{number}", ACK, Address(f"p{number}@customer.example"))


def claiming(bench: Bench, row: int, owner: str, after: Claimed | None = None) -> Step:
    return Step(bench.now, claiming=Claiming(row, owner, bench.now + LEASE, after))


def statements(bench: Bench, monkeypatch: Any) -> list[str]:
    """What is run from now on, on either engine."""
    texts: list[str] = []
    whole = type(bench.store.db)._in_one_flight
    cursor = type(bench.store.db)._cursor

    def flight(self: Any, asked: Any) -> Any:
        texts.extend(text for text, _ in asked)
        return whole(self, asked)

    def seen(self: Any, text: str, params: Any) -> Any:
        texts.append(text)
        return cursor(self, text, params)

    monkeypatch.setattr("intake.store.connection.Connection._in_one_flight", flight)
    monkeypatch.setattr("intake.store.connection.Connection._cursor", seen)
    return texts


@ON_SQL
def test_a_group_costs_four_statements_whatever_its_size(bench: Bench, monkeypatch: Any) -> None:
    rows = [acknowledgement(bench, number) for number in range(12)]
    held = [bench.claim(row, f"o{row}") for row in rows[:8]]
    assert all(bench.store.outbox.data_started(claimed, bench.now) for claimed in held[:4])
    texts = statements(bench, monkeypatch)
    came = group(
        bench,
        *(Step(bench.now, sent=claimed) for claimed in held[:4]),
        *(Step(bench.now, started=claimed) for claimed in held[4:]),
        *(claiming(bench, row, f"n{row}") for row in rows[8:]),
    )
    assert 4 == len(texts)
    assert [(True, False)] * 4 + [(False, True)] * 4 == [(one.sent, one.started) for one in came[:8]]
    assert rows[8:] == [one.claimed and one.claimed.outbox_id for one in came[8:]]
    assert [f"n{row}" for row in rows[8:]] == [one.claimed and one.claimed.owner for one in came[8:]]
    assert ["sent"] * 4 + ["sending"] * 8 == [bench.state(row) for row in rows]


@ON_SQL
def test_in_a_group_each_row_has_its_own_conditions(bench: Bench) -> None:
    mine, lost, taken, later = (acknowledgement(bench, number) for number in range(4))
    held = {name: bench.claim(row, name) for name, row in (("mine", mine), ("lost", lost), ("other", taken))}
    bench.later(minutes=5, seconds=1)
    quick = bench.claim(lost, "quick")
    mine_again = bench.claim(mine, "mine again")
    assert bench.store.outbox.retry(bench.claim(later, "x"), "later", bench.now + timedelta(hours=1))
    came = group(
        bench,
        Step(bench.now, started=mine_again),
        Step(bench.now, started=held["lost"]),
        Step(bench.now, sent=held["lost"]),
        Step(bench.now, sent=held["mine"]),
        claiming(bench, later, "too soon"),
        claiming(bench, taken, "abandoned"),
        claiming(bench, 99, "nothing there"),
    )
    assert [True] + [False] * 6 == [one.started for one in came]
    assert [False] * 7 == [one.sent for one in came]
    assert [None] * 5 + ["abandoned", None] == [one.claimed and one.claimed.owner for one in came]
    assert bench.store.outbox.data_started(quick, bench.now)


@ON_SQL
def test_two_claims_on_one_row_in_a_group_are_one_claim(bench: Bench) -> None:
    row = acknowledgement(bench, 1)
    came = group(bench, claiming(bench, row, "first"), claiming(bench, row, "second"))
    assert ["first", None] == [one.claimed and one.claimed.owner for one in came]
    assert 1 == bench.store.outbox.list_mails(state="sending")[0].attempts


@ON_SQL
def test_answers_of_one_ticket_go_in_their_order_also_when_claimed_at_once(bench: Bench) -> None:
    first, second = bench.owe("relay:1"), bench.owe("relay:2")
    came = group(bench, claiming(bench, second, "b"), claiming(bench, first, "a"))
    assert [None, "a"] == [one.claimed and one.claimed.owner for one in came]
    sent = came[1].claimed
    assert sent is not None
    assert bench.store.outbox.data_started(sent, bench.now)
    ours, following = bench.store.outbox.sent_and_next(sent, bench.now, second, "c", LEASE)
    assert (True, second) == (ours, following and following.outbox_id)


def test_who_lost_the_lease_claims_nothing_with_it(bench: Bench) -> None:
    first, second = (acknowledgement(bench, number) for number in (1, 2))
    slow = bench.claim(first, "slow")
    bench.later(minutes=6)
    bench.claim(first, "quick")
    assert (False, None) == bench.store.outbox.sent_and_next(slow, bench.now, second, "next", LEASE)
    assert "due" == bench.state(second)


@ON_SQL
def test_a_step_that_is_recorded_twice_has_the_same_answer(bench: Bench) -> None:
    """As when the connection broke off after the commit, and before its answer."""
    first, second = (acknowledgement(bench, number) for number in (1, 2))
    claim = claiming(bench, first, "mine")
    once, again = group(bench, claim)[0].claimed, group(bench, claim)[0].claimed
    assert once is not None
    assert once == again
    assert 1 == once.attempts
    for _ in range(2):
        assert group(bench, Step(bench.now, started=once))[0].started
    step = Step(bench.now, sent=once, claiming=Claiming(second, "next", bench.now + LEASE, once))
    ends = [group(bench, step)[0] for _ in range(2)]
    assert ends[0] == ends[1]
    assert ends[0].sent
    assert ends[0].claimed is not None


@ON_SQL
def test_of_a_group_all_is_committed_or_nothing(bench: Bench, monkeypatch: Any) -> None:
    first, second = (acknowledgement(bench, number) for number in (1, 2))
    claimed = bench.claim(first, "mine")
    assert bench.store.outbox.data_started(claimed, bench.now)
    monkeypatch.setattr("intake.store.leaving._CLAIMED", "UPDATE outbox SET no_such_column = 1 RETURNING id")
    with pytest.MonkeyPatch.context() as patch:
        from intake.store import leaving

        patch.setattr(leaving, "_statement", leaving._statement.__wrapped__)
        step = Step(bench.now, sent=claimed, claiming=Claiming(second, "next", bench.now + LEASE, claimed))
        with pytest.raises(Exception, match="no_such_column"):
            group(bench, step)
    assert ["sending", "due"] == [bench.state(row) for row in (first, second)]
    assert bench.store.outbox.sent(claimed, bench.now), "and the connection is of use"


@ON_SQL
def test_what_a_sender_is_told_is_committed(bench: Bench, in_threads: InThreads) -> None:
    """Whoever is answered can read it outside of any transaction."""
    rows = [acknowledgement(bench, number) for number in range(24)]

    def begun() -> set[int]:
        query = Outbox.select(Outbox.id).where(Outbox.data_started.is_null(False))
        return {row for (row,) in bench.store.db.rows(query.tuples())}

    def work(number: int) -> None:
        try:
            for row in rows[number::4]:
                claimed = bench.claim(row, f"o{row}")
                assert "sending" == bench.state(row)
                assert bench.store.outbox.data_started(claimed, bench.now)
                assert row in begun()
                assert bench.store.outbox.sent(claimed, bench.now)
                assert "sent" == bench.state(row)
        finally:
            bench.store.close()

    in_threads(4, work)


@ON_SQL
def test_many_senders_at_once_send_each_mail_once_in_fewer_commits(
    bench: Bench, in_threads: InThreads
) -> None:
    rows = [acknowledgement(bench, number) for number in range(40)]
    sent: list[int] = []
    counted = threading.Lock()

    def work(number: int) -> int:
        try:
            mine = 0
            for row in rows:
                claimed = bench.store.outbox.claim(row, f"{number}-{row}", bench.now, LEASE)
                if claimed is None:
                    continue
                assert bench.store.outbox.data_started(claimed, bench.now)
                with counted:
                    sent.append(row)
                assert bench.store.outbox.sent(claimed, bench.now)
                mine += 1
            return mine
        finally:
            bench.store.close()

    assert 40 == sum(in_threads(6, work))
    assert rows == sorted(sent)
    assert {"sent"} == {row.state for row in bench.store.outbox.list_mails(limit=100)}


@pytest.mark.parametrize("bench", ["postgres"], indirect=True)
def test_a_server_that_ended_the_connection_is_asked_again_within_the_group(bench: Bench) -> None:
    first, second = (acknowledgement(bench, number) for number in (1, 2))
    claimed = bench.claim(first, "mine")
    ends: list[Callable[[], object]] = [
        lambda: bench.store.outbox.data_started(claimed, bench.now),
        lambda: bench.store.outbox.sent_and_next(claimed, bench.now, second, "next", LEASE)[1] is not None,
    ]
    for end in ends:
        cut_off(bench)
        assert end()


def cut_off(bench: Bench) -> None:
    import psycopg

    pid = bench.store.db.database.connection().info.backend_pid
    with psycopg.connect(bench.url, autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(%s, 2000)", [pid])


@pytest.mark.parametrize("bench", ["postgres"], indirect=True)
def test_a_group_that_the_server_did_not_answer_is_temporary_trouble_for_all(
    bench: Bench, in_threads: InThreads, monkeypatch: Any
) -> None:
    """And when it answers again, each is recorded that was kept."""
    rows = [acknowledgement(bench, number) for number in range(4)]
    held = [bench.claim(row, f"o{row}") for row in rows]
    whole = type(bench.store.db)._in_one_flight

    def gone(self: Any, asked: Any) -> Any:
        whole(self, asked)
        # Committed, and the answer is lost, also of the second try.
        cut_off_this(self)
        return whole(self, asked)

    def cut_off_this(db: Any) -> None:
        import psycopg

        with psycopg.connect(bench.url, autocommit=True) as admin:
            pid = db.database.connection().info.backend_pid
            admin.execute("SELECT pg_terminate_backend(%s, 2000)", [pid])

    monkeypatch.setattr("intake.store.connection.Connection._in_one_flight", gone)

    def work(number: int) -> str:
        try:
            bench.store.outbox.data_started(held[number], bench.now)
            return "recorded"
        except Temporary:
            return "temporary"
        finally:
            bench.store.close()

    assert ["temporary"] * 4 == in_threads(4, work)
    monkeypatch.undo()
    assert all(bench.store.outbox.data_started(claimed, bench.now) for claimed in held)
