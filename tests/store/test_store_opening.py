"""Opening a store, and what it says when the disk, the server or the path is at fault."""

import gc
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from engines import ON_SQL
from store_bench import Bench

from intake.desk.effects import SetStatus
from intake.desk.message import Envelope
from intake.desk.ticket import Status
from intake.ports import Arrival, Temporary, UserError
from intake.store import open_store
from intake.store.opening import table_state
from intake.store.schema.tables import Audit, Meta
from intake.store.upkeep.integrity import IntegrityCheck


def test_a_path_is_relative_to_the_data_folder_or_absolute(tmp_path: Path) -> None:
    data = tmp_path / "data"
    for url, path in [
        ("sqlite:///sub/intake.db", data / "sub" / "intake.db"),
        (f"sqlite:///{tmp_path}/other.db", tmp_path / "other.db"),
    ]:
        store = open_store(url, data)
        store.ledger.receive([], datetime.now(UTC))
        store.close()
        assert path.exists()


def test_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    data = tmp_path / "data"
    store = open_store("sqlite:///sub/intake.db", data)
    modes = {path.name: path.stat().st_mode & 0o777 for path in (data / "sub").iterdir()}
    store.close()
    expected = ["intake.db", "intake.db-shm", "intake.db-wal", "intake.db.lock"]
    assert dict.fromkeys(expected, 0o600) == modes
    assert 0o700 == (data / "sub").stat().st_mode & 0o777


def test_the_promises_sqlite_makes_are_switched_on(tmp_path: Path) -> None:
    store = open_store("sqlite:///intake.db", tmp_path)
    pragmas = {
        name: store.db.sql(f"PRAGMA {name}")[0]
        for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
    }
    store.close()
    assert {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 20000} == pragmas


@pytest.mark.parametrize(
    "url",
    ["", "intake.db", "sqlite:", "sqlite:///", "sqlite://intake.db", "sqlite:///folder/", "mysql://x/y"],
)
def test_a_url_that_names_no_database_is_refused_with_its_cure(tmp_path: Path, url: str) -> None:
    with pytest.raises(UserError, match=r"Write sqlite:///intake\.db"):
        open_store(url, tmp_path)


def test_a_path_that_cannot_be_opened_is_refused_with_its_cure(tmp_path: Path) -> None:
    (tmp_path / "folder.db").mkdir()
    (tmp_path / "file").touch()
    for url in ("sqlite:///folder.db", "sqlite:///file/intake.db"):
        with pytest.raises(UserError, match=r"cannot be opened for writing: .* Check \[store\] url"):
            open_store(url, tmp_path)


def test_a_file_that_is_no_database_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "intake.db").write_bytes(b"This is a letter, not a database. " * 50)
    with pytest.raises(UserError, match=r"intake\.db: .* restore it from a backup"):
        open_store("sqlite:///intake.db", tmp_path)


def mail(number: int) -> Arrival:
    return Arrival(b"mail %d" % number, Envelope("imap", "support"))


@pytest.fixture
def closed(tmp_path: Path) -> Path:
    """The database of a desk that has received 200 mails and was stopped."""
    store = open_store("sqlite:///intake.db", tmp_path)
    store.ledger.receive([mail(number) for number in range(200)], datetime.now(UTC))
    store.close()
    return tmp_path / "intake.db"


@pytest.mark.parametrize("cut", [1, 2, 511, 512, 2048, 4095, 4096, 40_000, 10**9])
def test_a_file_with_its_end_cut_off_is_told_as_such(closed: Path, cut: int) -> None:
    """F10. Down to nothing, which is what a new database begins with."""
    whole = closed.read_bytes()
    os.truncate(closed, max(50, len(whole) - cut))
    with pytest.raises(UserError, match=r"intake\.db: .* restore it from a backup"):
        open_store("sqlite:///intake.db", closed.parent)
    closed.write_bytes(whole)
    store = open_store("sqlite:///intake.db", closed.parent)
    assert 200 == len(store.ledger.list_messages(limit=1000))
    store.close()


def test_without_its_log_a_database_is_sound_and_knows_what_it_knew_before(
    closed: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """F10. As after a kill, when somebody tidies up: what stood in the log alone comes again."""
    store = open_store("sqlite:///intake.db", closed.parent)
    store.ledger.receive([mail(number) for number in range(200, 250)], datetime.now(UTC))
    other = tmp_path_factory.mktemp("other")
    (other / "intake.db").write_bytes(closed.read_bytes())
    store.close()
    left = open_store("sqlite:///intake.db", other)
    assert [] == list(IntegrityCheck(left.db, left.blobs).faults())
    assert 200 == len(left.ledger.list_messages(limit=1000))
    assert 200 == sum(
        one.known for one in left.ledger.receive([mail(n) for n in range(250)], datetime.now(UTC))
    )
    assert [] == list(IntegrityCheck(left.db, left.blobs).faults())
    left.close()


def test_a_database_that_vanishes_takes_nothing_until_it_is_back(closed: Path, tmp_path: Path) -> None:
    """F10. SQLite would go on writing into a file that nobody finds any more."""
    store = open_store("sqlite:///intake.db", closed.parent)
    store.ledger.receive([mail(200)], datetime.now(UTC))
    away = tmp_path / "away"
    away.mkdir()
    moved = [path.rename(away / path.name) for path in closed.parent.glob("intake.db*")]
    for _ in range(2):
        with pytest.raises(Temporary, match="the database file has gone: put it back"):
            store.ledger.receive([mail(201)], datetime.now(UTC))
    assert not closed.exists()
    for path in moved:
        path.rename(closed.parent / path.name)
    store.ledger.receive([mail(201)], datetime.now(UTC))
    assert 202 == len(store.ledger.list_messages(limit=1000))
    assert [] == list(IntegrityCheck(store.db, store.blobs).faults())
    store.close()


def test_a_database_that_was_replaced_is_the_one_that_is_used(closed: Path) -> None:
    backup = closed.read_bytes()
    store = open_store("sqlite:///intake.db", closed.parent)
    store.ledger.receive([mail(200)], datetime.now(UTC))
    for path in closed.parent.glob("intake.db*"):
        path.unlink()
    (closed.parent / "new").write_bytes(backup)
    (closed.parent / "new").rename(closed)
    store.ledger.receive([mail(201)], datetime.now(UTC))
    store.close()
    again = open_store("sqlite:///intake.db", closed.parent)
    assert 201 == len(again.ledger.list_messages(limit=1000))
    again.close()


@ON_SQL
def test_a_newer_database_is_left_alone(bench: Bench) -> None:
    with bench.store.transaction():
        bench.store.db.run(Meta.update(value="99").where(Meta.name == "schema"))
    with pytest.raises(UserError, match="Install the newer intake"):
        open_store(bench.url, bench.data)
    assert "99" == bench.store.db.first(Meta.select().where(Meta.name == "schema")).value


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_many_may_open_a_new_database_at_once(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = "sqlite:///intake.db" if engine == "sqlite" else request.getfixturevalue("postgres")()

    def work(_: int) -> dict[str, int]:
        store = open_store(url, tmp_path)
        try:
            return store.upkeep.counts()
        finally:
            store.close()

    with ThreadPoolExecutor(6) as pool:
        assert 6 == len(list(pool.map(work, range(6))))


def test_a_server_that_is_not_there_is_temporary(tmp_path: Path) -> None:
    with pytest.raises(Temporary, match="check that PostgreSQL is running"):
        open_store(f"postgresql://user@/intake?host={tmp_path}", tmp_path)


def test_postgres_without_its_driver_is_refused_with_its_cure(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("peewee.psycopg", None)
    with pytest.raises(UserError, match=r"pip install intake-desk\[postgres\]"):
        open_store("postgresql://user@/intake", tmp_path)


def test_a_database_that_the_server_does_not_know_is_refused(
    tmp_path: Path, postgres: Callable[[], str]
) -> None:
    url = postgres().replace("/postgres?", "/nowhere?")
    with pytest.raises(UserError, match=r'database "nowhere" does not exist. Check \[store\] url'):
        open_store(url, tmp_path)


@pytest.fixture
def cut(tmp_path: Path, postgres: Callable[[], str]) -> Any:
    """A store on PostgreSQL, and a way to end its connection as a restart of the server does."""
    import psycopg

    url = postgres()
    store = open_store(url, tmp_path)

    def end() -> None:
        pid = store.db.sql("SELECT pg_backend_pid()")[0]
        with psycopg.connect(url, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s)", (pid,))

    yield store, end
    store.close()


def test_reading_and_writing_go_on_after_the_server_was_restarted(cut: Any, tmp_path: Path) -> None:
    store, end = cut
    end()
    assert [] == store.listing.list_tickets()
    end()
    store.upkeep.record_audit("admin", "after", datetime.now(UTC))
    end()
    with pytest.raises(LookupError), store.transaction():
        store.apply([SetStatus(1, Status.OPEN)], lambda mail, ticket: None, datetime.now(UTC))


def test_a_restart_within_a_transaction_undoes_it_and_is_temporary(cut: Any) -> None:
    store, end = cut

    def work() -> None:
        with store.transaction(), store.savepoint():
            store.upkeep.record_audit("admin", "lost", datetime.now(UTC))
            end()
            store.upkeep.record_audit("admin", "never", datetime.now(UTC))

    with pytest.raises(Temporary, match="check that PostgreSQL is running"):
        work()
    assert [] == store.db.rows(Audit.select())


_FILL = """
import resource, sys
from datetime import UTC, datetime
from pathlib import Path
from intake.desk.message import Envelope
from intake.ports import Arrival, Temporary
from intake.store import open_store

now, size = datetime.now(UTC), int(sys.argv[2])
store = open_store("sqlite:///intake.db", Path(sys.argv[1]))
kept = store.ledger.receive([Arrival(b"before", Envelope("imap", "support"))], now)
resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, resource.RLIM_INFINITY))
batch = [Arrival(bytes([n]) * size, Envelope("imap", "support")) for n in range(5)]
for inside in (False, True):
    try:
        if inside:
            with store.transaction(), store.savepoint():
                store.ledger.receive(batch, now)
        else:
            store.ledger.receive(batch, now)
    except Temporary as err:
        print("temporary:", err)
print("rows:", len(store.ledger.list_messages()), store.ledger.raw(1).decode())
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print("later:", len(store.ledger.receive(batch, now)), len(store.ledger.list_messages()))
"""


@pytest.mark.parametrize(
    ("size", "cure"),
    [(900_000, "make room or check the disk"), (2_000_000, "free some space or check its mode")],
    ids=["rows", "files"],
)
def test_a_full_disk_is_temporary_and_all_goes_on_when_there_is_room(
    tmp_path: Path, size: int, cure: str
) -> None:
    root = str(Path(__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", _FILL, str(tmp_path), str(size)],
        env={**os.environ, "PYTHONPATH": root},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "" == done.stderr
    first, second, rows, later = done.stdout.splitlines()
    assert first.startswith("temporary:")
    assert cure in first
    assert first == second
    assert ("rows: 1 before", "later: 5 6") == (rows, later)
    assert [] == list((tmp_path / "blobs").rglob(".*")), "no half-written file is left"


def test_a_full_database_says_that_the_disk_is_full(tmp_path: Path) -> None:
    """SQLite rolls back by itself here, and the error that peewee shows is about the rollback."""
    store = open_store("sqlite:///intake.db", tmp_path)
    store.db.sql("PRAGMA max_page_count = 100")

    def fill(use: Callable[[], Any]) -> None:
        with store.transaction(), use():
            for _ in range(1000):
                store.upkeep.record_audit("admin", "x" * 10_000, datetime.now(UTC))

    for use in (store.transaction, store.savepoint):
        with pytest.raises(Temporary, match="the disk is full: free some space"):
            fill(use)
    assert not store.db.database.in_transaction()
    store.upkeep.record_audit("admin", "small", datetime.now(UTC))
    store.close()
    with sqlite3.connect(tmp_path / "intake.db") as raw:
        assert [("small",)] == raw.execute("SELECT what FROM audit").fetchall()
    raw.close()


def test_a_full_disk_is_told_as_such_to_who_asks_for_the_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_store("sqlite:///intake.db", tmp_path).close()
    full = sqlite3.OperationalError("disk I/O error")
    full.sqlite_errorcode = sqlite3.SQLITE_IOERR_SHMSIZE

    def fails(*_: object) -> int:
        raise full

    monkeypatch.setattr("intake.store.opening.version_of", fails)
    with pytest.raises(Temporary, match="the disk is full"):
        table_state("sqlite:///intake.db", tmp_path)


def test_a_store_that_nobody_closed_ends_with_its_connections(postgres_url: str, tmp_path: Path) -> None:
    """Also where it holds itself, and is collected in no order: a warning of it would be an error here."""
    store = open_store(postgres_url, tmp_path)
    assert [] == store.ledger.list_messages()
    held: list[object] = [store]
    held.append(held)
    del store, held
    gc.collect()
