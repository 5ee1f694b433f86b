"""A pool that gives each transaction another connection (pgbouncer in transaction mode) changes nothing."""

import re
from collections import Counter
from pathlib import Path

import psycopg
import pytest
from pooled import Pooled
from pump import Clock, PumpedDesk

from intake.store import engines, open_store
from intake.store.connection import Connection
from intake.store.upgrade import migrations

STORE = Path(engines.__file__).parent
# What is of a session is, behind a pool, somebody else's a moment later.
OF_A_SESSION = re.compile(
    r"pg_(?:try_)?advisory_(?:un)?lock\w*\(|\b(?:UN)?LISTEN\b|\bTEMP(?:ORARY)? TABLE\b|\bWITH HOLD\b"
    r"|\b(?:PREPARE|DEALLOCATE|DISCARD) \w|(?:\"|; ?)SET (?!LOCAL\b|CONSTRAINTS\b)\w+"
)
# Without a pool it stands for what is asked outside of transactions, too; behind one it does no harm.
ALLOWED = {("engines.py", '"SET lock_timeout')}
CUSTOMERS = 6


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> type[Pooled]:
    monkeypatch.setattr(psycopg, "connect", Pooled.connect)
    Pooled.served = 0
    return Pooled


def lived(folder: Path, store: str = "") -> tuple[dict[str, int], list[tuple[str, str]]]:
    """Let a desk answer for some days; return what the store counts, and kind and recipient of each mail."""
    clock = Clock()
    desk = PumpedDesk(folder, "desk.example", clock, store=store)
    try:
        for number in range(CUSTOMERS):
            desk.write(f"c{number}@customer{number}.example", f"Question {number}")
        for number in range(CUSTOMERS):
            desk.write(f"c{number}@customer{number}.example", "Re: it", "More of it.", ticket=number + 1)
        for _ in range(4):
            desk.deliver()
            clock.later(hours=20)
        return desk.store.upkeep.counts(), sorted((mail.kind.value, mail.rcpt) for mail in desk.sent)
    finally:
        desk.close()


def test_a_desk_behind_a_pool_does_what_one_without_does(
    pool: type[Pooled], postgres_url: str, tmp_path: Path
) -> None:
    expected = lived(tmp_path / "sqlite")
    assert Counter(kind for kind, _ in expected[1])["acknowledgement"] >= CUSTOMERS
    pool.served = 0
    assert expected == lived(tmp_path / "pooled", postgres_url)
    assert pool.served > 100


def test_a_transaction_behind_a_pool_does_not_wait_for_ever_for_a_lock(
    pool: type[Pooled], postgres_url: str, tmp_path: Path
) -> None:
    store = open_store(postgres_url, tmp_path)
    for _ in range(3):
        with store.transaction():
            assert (f"{engines.LOCK_TIMEOUT}s",) == store.db.sql("SHOW lock_timeout")
    store.close()


def test_the_tables_are_made_by_one_process_at_a_time_behind_a_pool(
    pool: type[Pooled], postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted"
    held: list[object] = []
    bring_up = migrations._bring_up

    def looked(db: Connection) -> None:
        held.append(db.sql(query)[0])
        bring_up(db)
        held.append(db.sql(query)[0])

    monkeypatch.setattr(migrations, "_bring_up", looked)
    store = open_store(postgres_url, tmp_path)
    held.append(store.db.sql(query)[0])
    store.close()
    assert [1, 1, 0] == held


def test_the_store_keeps_nothing_in_a_session() -> None:
    kept = {
        (path.name, form)
        for path in STORE.rglob("*.py")
        for form in OF_A_SESSION.findall(path.read_text(encoding="utf-8"))
    }
    assert kept == ALLOWED
