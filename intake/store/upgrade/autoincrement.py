"""Numbers are given once: what was erased or lost leaves its number to nobody else.

Reply addresses and links name a ticket by its number, and people keep them for as long as
they are valid. A number given again would open one person's ticket to another.
"""

import sqlite3
from collections.abc import Callable
from typing import Any

from intake.store.connection import Connection

# How far numbers skip after a restore: what was opened since the backup has been told to people.
SKIPPED = 10_000

# SQLite gives a deleted highest number again unless the column says this (sqlite.org/autoinc.html).
_PLAIN = "INTEGER NOT NULL PRIMARY KEY"
_ONCE = f"{_PLAIN} AUTOINCREMENT"
_REUSING = f"type = 'table' AND sql LIKE '%\"id\" {_PLAIN}%' AND sql NOT LIKE '%{_ONCE}%'"
# Leaves out the next numbers of each table.
_SKIP_SQLITE = f"UPDATE sqlite_sequence SET seq = seq + {SKIPPED}"
# The same on PostgreSQL.
SKIP_POSTGRES = (
    f"SELECT setval(counter, nextval(counter) + {SKIPPED}) FROM (SELECT pg_get_serial_sequence("
    "quote_ident(table_name), column_name)::regclass AS counter FROM information_schema.columns "
    "WHERE table_schema = current_schema() AND starts_with(column_default, 'nextval(')) AS counters"
)

# Runs a statement and returns its rows.
Run = Callable[[str], list[Any]]


def prepare(db: Connection) -> None:
    """Within a transaction: have the database give each number once. PostgreSQL does so by itself."""
    if not db.postgres:
        _give_once(db.many)


def skip(database: sqlite3.Connection) -> None:
    """Leave out the next SKIPPED numbers of each table of a SQLite file, whatever version it has."""

    def run(text: str) -> list[Any]:
        return database.execute(text).fetchall()

    database.execute("BEGIN IMMEDIATE")
    _give_once(run)
    run(_SKIP_SQLITE)
    database.commit()


def skip_within(db: Connection) -> None:
    """Within a transaction: leave out the next SKIPPED numbers of each table of an open database."""
    db.sql(SKIP_POSTGRES if db.postgres else _SKIP_SQLITE)


def _give_once(run: Run) -> None:
    """Change the declaration of the tables that are there, which changes nothing that is in them.

    Tables a million rows long would take minutes to be written anew. The version of the
    schema makes other connections read it again (sqlite.org/lang_altertable.html, section 8).
    """
    names = [name for (name,) in run(f"SELECT name FROM sqlite_master WHERE {_REUSING}")]
    if not names:
        return
    # The table of the numbers given comes to be with the first table that asks for it.
    run("CREATE TABLE numbers_are_given_once (id INTEGER PRIMARY KEY AUTOINCREMENT)")
    run("DROP TABLE numbers_are_given_once")
    ((version,),) = run("PRAGMA schema_version")
    run("PRAGMA writable_schema = on")
    try:
        run(f"UPDATE sqlite_master SET sql = replace(sql, '{_PLAIN}', '{_ONCE}') WHERE {_REUSING}")
    finally:
        run("PRAGMA writable_schema = off")
    run(f"PRAGMA schema_version = {version + 1}")
    for name in names:
        run(f"DELETE FROM sqlite_sequence WHERE name = '{name}'")
        run(f"INSERT INTO sqlite_sequence SELECT '{name}', COALESCE(MAX(id), 0) FROM \"{name}\"")
