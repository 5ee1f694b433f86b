"""An older database is brought up to date, with all that is in it."""

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from intake.desk.effects import Amend
from intake.ports import UserError
from intake.store import SqlStore, open_store
from intake.store.schema.tables import TABLES, Meta
from intake.store.upgrade.migrations import VERSION

OLD = Path(__file__).with_name("tables-of-version-1.sql").read_text(encoding="ascii")
WRITTEN = [
    "INSERT INTO meta (name, value) VALUES ('schema', '1')",
    "INSERT INTO ticket (id, subject, status, requester, requester_name, flood, language, mailbox, team,"
    " channel, priority, created_at, updated_at, link) VALUES (7, 'Printer', 'new', 'ann@x.example', 'Ann',"
    " '', 'en', 'support', '', 'imap', 'normal', 1, 1, 1)",
    "INSERT INTO audit (id, at, who, what) VALUES (1, 1, 'root', 'backup')",
]


@pytest.fixture(params=["sqlite", "postgres"])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database that version 1 made, with a ticket in it."""
    if request.param == "sqlite":
        with closing(sqlite3.connect(tmp_path / "old.db")) as database:
            database.executescript(OLD + ";\n".join(WRITTEN) + ";")
        return "sqlite:///old.db"
    import psycopg

    fresh: Callable[[], str] = request.getfixturevalue("postgres")
    url = fresh()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute((_for_postgres() + ";\n".join(WRITTEN)).encode())
    return url


def _for_postgres() -> str:
    flags = re.sub(r'("(?:enabled|archive|inline|public|seen|consent)") INTEGER', r"\1 BOOLEAN", OLD)
    return flags.replace("INTEGER", "BIGINT").replace("BLOB", "BYTEA")


def columns(store: SqlStore) -> dict[str, Any]:
    database: Any = store.db.database
    return {
        table._meta.table_name: sorted(
            (one.name, one.null) for one in database.get_columns(table._meta.table_name)
        )
        for table in TABLES
    }


def indexes(store: SqlStore) -> set[str]:
    database: Any = store.db.database
    names = [one.name for table in TABLES for one in database.get_indexes(table._meta.table_name)]
    return {name for name in names if not name.startswith("sqlite_autoindex") and not name.endswith("_pkey")}


def test_an_old_database_gets_every_table_column_and_index(old: str, tmp_path: Path) -> None:
    store, fresh = open_store(old, tmp_path, upgrade=True), open_store("sqlite:///fresh.db", tmp_path)
    was, wanted = columns(store), columns(fresh)
    found = indexes(store) >= indexes(fresh)
    version = store.db.first(Meta.select().where(Meta.name == "schema")).value
    store.close()
    fresh.close()
    assert wanted == was
    assert found
    assert str(VERSION) == version


def test_what_was_in_it_is_there_and_can_be_changed(old: str, tmp_path: Path) -> None:
    store = open_store(old, tmp_path, upgrade=True)
    ticket = store.tickets.get(7)
    assert ticket is not None
    assert ("Printer", (), {}, False, None) == (
        ticket.subject,
        ticket.tags,
        ticket.fields,
        ticket.spam,
        ticket.resolution_due,
    )
    with store.transaction():
        change = Amend(7, {"tags": ("wallet", "被盗"), "fields": {"chain": "eth"}, "spam": True})
        store.apply([change], lambda mail, ticket: None, datetime(2026, 3, 1, tzinfo=UTC))
    changed = store.tickets.get(7)
    store.close()
    assert changed is not None
    assert (("wallet", "被盗"), {"chain": "eth"}, True) == (changed.tags, changed.fields, changed.spam)
    # It is up to date now: opening it again changes nothing.
    again = open_store(old, tmp_path, upgrade=True)
    assert changed == again.tickets.get(7)
    again.close()


def test_before_an_upgrade_the_old_file_is_copied_beside_itself(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "old.db")) as database:
        database.executescript(OLD + ";\n".join(WRITTEN) + ";")
    open_store("sqlite:///old.db", tmp_path).close()
    kept = tmp_path / "old.db.version-1"
    assert 0o600 == kept.stat().st_mode & 0o777
    with closing(sqlite3.connect(kept)) as database:
        assert [("1",)] == database.execute("SELECT value FROM meta WHERE name = 'schema'").fetchall()
        assert [("Printer",)] == database.execute("SELECT subject FROM ticket").fetchall()
        assert "tags" not in {row[1] for row in database.execute("PRAGMA table_info(ticket)")}
    assert [".old.db.version-1"] == [
        name for name in (".old.db.version-1",) if not (tmp_path / name).exists()
    ]


def test_an_older_database_on_a_server_waits_for_its_admin(
    tmp_path: Path, postgres: Callable[[], str]
) -> None:
    import psycopg

    url = postgres()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute((_for_postgres() + ";\n".join(WRITTEN)).encode())
    with pytest.raises(UserError, match="intake migrate"):
        open_store(url, tmp_path)
    open_store(url, tmp_path, upgrade=True).close()
    open_store(url, tmp_path).close()


def test_what_waited_before_the_upgrade_is_decided_on_in_its_order(
    tmp_path: Path, postgres: Callable[[], str]
) -> None:
    import psycopg

    url = postgres()
    names = (
        "id, sha256, size, fingerprint, channel, mailbox, recipients, archive, received_at, state, "
        "rule, reason, attempts, next_at, sender, sender_key, sender_domain, text_hash, subject, "
        "message_id, defects"
    )
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute((_for_postgres() + ";\n".join(WRITTEN)).encode())
        connection.execute(b"INSERT INTO blob (sha256, size, content) VALUES ('a', 1, 'x'), ('b', 1, 'y')")
        for number, name in enumerate("ab", start=1):
            connection.execute(
                f"INSERT INTO message ({names}) VALUES ({number}, '{name}', 1, '', 'imap', 'support', '[]', "
                "false, 1, 'waiting', '', '', 0, 1, '', '', '', '', '', '', '[]')".encode()
            )
    now = datetime(2026, 3, 1, tzinfo=UTC)
    store = open_store(url, tmp_path, upgrade=True)
    first = store.ledger.take(now, 1, "one", lambda owner: False)
    second = store.ledger.take(now, 1, "two", lambda owner: False)
    third = store.ledger.take(now, 2, "three", lambda owner: owner == "one")
    store.close()
    assert ["x", "", "x"] == [
        b"".join(row.raw for row in taken.rows).decode() for taken in (first, second, third)
    ], "nobody knows what the second shares with the first"
