"""A number is given once: links and reply addresses name a ticket by it."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import peewee
import pytest
from engines import ON_SQL
from store_bench import Bench

from intake.store import open_store
from intake.store.schema.tables import TABLES, Audit
from intake.store.upgrade.autoincrement import SKIP_POSTGRES, SKIPPED, skip
from intake.store.upkeep.backup import brought_back
from intake.store.upkeep.erasure import Erasing

NOW = datetime(2026, 3, 1, tzinfo=UTC)
OLD = Path(__file__).with_name("tables-of-version-1.sql").read_text(encoding="ascii")
AUDIT = "at, who, what, authority", "1, 'root', 'backup', ''"
NUMBERED = sorted(
    one._meta.table_name for one in TABLES if isinstance(one._meta.primary_key, peewee.AutoField)
)


def erase(bench: Bench, *tickets: int) -> None:
    erasing = Erasing(bench.store.db, bench.store.blobs)
    erasing.erase(tickets, "", (), b"k" * 32, "root", bench.now)
    erasing.scrub()


@ON_SQL
def test_the_number_of_an_erased_ticket_is_given_to_nobody(bench: Bench) -> None:
    given = [bench.open(b"first"), bench.open(b"second")]
    erase(bench, 2)
    given.append(bench.open(b"third"))
    erase(bench, 1, 3)
    given.append(bench.open(b"fourth"))
    assert [1, 2, 3, 4] == given


@ON_SQL
def test_a_database_that_was_set_back_in_place_is_silent_and_skips_numbers(bench: Bench) -> None:
    bench.owe("ack:1")
    for _ in range(2):
        brought_back(bench.store, bench.now)
    assert bench.now == bench.store.outbox.frozen_at()
    assert [] == bench.store.outbox.due(bench.now, 10)
    assert bench.open(b"second") > 2 * SKIPPED


def declared(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as database:
        rows = database.execute("SELECT name FROM sqlite_master WHERE sql LIKE '%\"id\" %AUTOINCREMENT%'")
        return sorted(name for (name,) in rows)


def test_every_numbered_table_of_a_new_file_gives_its_numbers_once(tmp_path: Path) -> None:
    open_store("sqlite:///intake.db", tmp_path).close()
    assert NUMBERED == declared(tmp_path / "intake.db")


@pytest.fixture
def reusing(tmp_path: Path) -> Path:
    """A file of an intake that gave numbers again, with two tickets' worth of trail."""
    open_store("sqlite:///intake.db", tmp_path).close()
    path = tmp_path / "intake.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA writable_schema = on")
        database.execute("UPDATE sqlite_master SET sql = replace(sql, ' AUTOINCREMENT', '')")
        database.execute("DELETE FROM sqlite_sequence")
        database.executemany(f"INSERT INTO audit (id, {AUDIT[0]}) VALUES (?, {AUDIT[1]})", ((5,), (9,)))
        database.commit()
    assert [] == declared(path)
    return path


def test_an_older_file_learns_it_when_it_is_opened_and_stays_sound(reusing: Path) -> None:
    with closing(sqlite3.connect(reusing)) as other:
        # Another process, which has read how the tables look.
        other.execute("SELECT COUNT(*) FROM audit").fetchone()
        open_store("sqlite:///intake.db", reusing.parent).close()
        other.execute("DELETE FROM audit WHERE id = 9")
        other.commit()
        assert 10 == other.execute("INSERT INTO audit ({}) VALUES ({})".format(*AUDIT)).lastrowid
        other.commit()
        assert [("ok",)] == other.execute("PRAGMA integrity_check").fetchall()
    assert NUMBERED == declared(reusing)


@pytest.mark.parametrize("version", ["today's", "older", "version 1"])
def test_a_restored_file_leaves_out_what_was_given_since(version: str, reusing: Path) -> None:
    if version == "today's":
        open_store("sqlite:///intake.db", reusing.parent).close()
    if version == "version 1":
        reusing.unlink()
        with closing(sqlite3.connect(reusing)) as database:
            database.executescript(OLD)
            database.execute("INSERT INTO audit (id, at, who, what) VALUES (9, 1, 'root', 'backup')")
            database.commit()
    with closing(sqlite3.connect(reusing)) as database:
        skip(database)
        last = dict(database.execute("SELECT name, seq FROM sqlite_sequence"))
    assert (9 + SKIPPED, SKIPPED) == (last["audit"], last["ticket"])


def test_on_postgresql_too(postgres: Callable[[], str], tmp_path: Path) -> None:
    store = open_store(postgres(), tmp_path)
    new = Audit.insert(at=NOW, who="root", what="look").returning(Audit.id)
    ((before,),) = store.db.rows(new.tuples())
    store.db.sql(SKIP_POSTGRES)
    ((after,),) = store.db.rows(new.tuples())
    store.close()
    assert 2 + SKIPPED == after - before
