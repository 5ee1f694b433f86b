"""What is kept of accounts with tokens: one refresher, and never an older token over a newer."""

from datetime import timedelta

from store_bench import Bench

from intake.views import LoginRow

MINUTE = timedelta(minutes=1)


def row(bench: Bench, mark: str = "a", **values: object) -> LoginRow:
    return LoginRow("work", mark, sealed="r1", access="t1", obtained_at=bench.now, **values)  # type: ignore[arg-type]


def test_what_is_kept_of_an_account_is_read_as_it_was_written(bench: Bench) -> None:
    kept = row(bench, expires_at=bench.now + MINUTE, dies_at=bench.now, error="x", failures=2, dead=True)
    assert bench.store.logins.get("work") is None
    assert bench.store.logins.keep(kept, None)

    assert kept == bench.store.logins.get("work")
    assert [kept] == list(bench.store.logins.rows())


def test_what_was_refreshed_from_a_row_that_is_gone_is_not_kept(bench: Bench) -> None:
    logins = bench.store.logins
    logins.keep(row(bench, "a"), None)

    assert logins.keep(row(bench, "b"), "a")
    assert not logins.keep(row(bench, "late"), "a")
    assert logins.forget("work")
    assert not logins.keep(row(bench, "late"), "b")
    got = logins.get("work")
    assert got is None or "" == got.sealed


def test_one_refreshes_at_a_time(bench: Bench) -> None:
    logins, now = bench.store.logins, bench.now
    assert logins.lease("work", "one", now, MINUTE)
    assert logins.lease("work", "one", now, MINUTE)
    assert not logins.lease("work", "two", now, MINUTE)
    assert logins.lease("home", "two", now, MINUTE)
    logins.release("work", "two")
    assert not logins.lease("work", "two", now, MINUTE)
    logins.release("work", "one")
    assert logins.lease("work", "two", now, MINUTE)
    got = logins.get("work")
    assert got is not None
    assert "two" == got.owner


def test_a_lease_ends_by_itself_and_so_does_that_of_a_clock_that_was_ahead(bench: Bench) -> None:
    logins, now = bench.store.logins, bench.now
    assert logins.lease("work", "one", now, MINUTE)
    assert logins.lease("work", "two", now + 2 * MINUTE, MINUTE)
    assert logins.lease("work", "three", now - timedelta(hours=3), MINUTE)


def test_writing_keeps_the_lease_and_forgetting_ends_it(bench: Bench) -> None:
    logins, now = bench.store.logins, bench.now
    assert logins.lease("work", "one", now, MINUTE)
    assert logins.keep(row(bench), "")
    assert not logins.lease("work", "two", now, MINUTE)

    assert logins.forget("work")
    assert not logins.forget("work")
    assert [] == list(logins.rows())
    assert logins.lease("work", "two", now, MINUTE)


def test_neither_token_shows_in_a_repr(bench: Bench) -> None:
    shown = repr(LoginRow("work", sealed="sealed-refresh", access="sealed-access"))
    assert "sealed-" not in shown
