"""Taking what was removed out of the files of the database as well: free pages, dead rows, logs.

Whoever reads meanwhile may still need the old pages. That is waited for, and where it does not end
the caller is told, and what is left is done by the next who looks.
"""

import time
from collections.abc import Callable

import peewee

from intake.ports import Temporary
from intake.store.connection import Connection
from intake.store.schema.tables import TABLES

# How long a reader is waited for, in seconds, and how long between two looks.
PATIENCE, LOOK = 60.0, 0.2


def scrub_files(db: Connection) -> None:
    """Write the database's files anew without what was removed. Not within a transaction.

    Raises Temporary when something that reads the old rows does not end within PATIENCE.
    """
    until = time.monotonic() + PATIENCE
    if db.postgres:
        _postgres(db, until)
    else:
        _sqlite(db, until)


def _sqlite(db: Connection, until: float) -> None:
    searched = peewee.RawQuery("SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%fts5%'")
    for (name,) in db.rows(searched.tuples()):
        # A search index keeps the words of rows that are gone until its pieces are merged.
        db.sql(f'INSERT INTO "{name}"("{name}") VALUES (\'optimize\')')
    _patiently(lambda: db.sql("VACUUM"), until)

    def emptied() -> bool:
        # Its first column says whether somebody reads from the log, which then cannot be cut.
        return int(db.sql("PRAGMA wal_checkpoint(TRUNCATE)")[0]) == 0

    # In a shell's transaction, a backup or a long report, say; those of the desk itself end soon.
    _wait(emptied, until, "something reads the database, and its log cannot be emptied")


def _postgres(db: Connection, until: float) -> None:
    mark = db.sql("SELECT mod(txid_snapshot_xmax(txid_current_snapshot()), 4294967296)")[0]

    def alone() -> bool:
        # Rows that an older snapshot may still see are carried along by VACUUM.
        older = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_xmin IS NOT NULL"
            " AND age(backend_xmin) > age(%s::text::xid)"
        )
        return int(db.sql(older, str(mark))[0]) == 0

    _wait(alone, until, "a transaction that began before still reads the database")
    for table in TABLES:
        # It locks each table for as long as it is written anew.
        name = table._meta.table_name
        _patiently(lambda name=name: db.sql(f'VACUUM (FULL, ANALYZE) "{name}"'), until)  # type: ignore[misc]
    _patiently(lambda: forget_samples(db), until)


def forget_samples(db: Connection) -> None:
    """Take what the planner had sampled of PostgreSQL's tables out of its file: ANALYZE leaves old rows.

    Who does not own the database may not: the server then warns, and autovacuum does it in time.
    """
    db.sql("VACUUM (FULL) pg_catalog.pg_statistic")


def _wait(done: Callable[[], bool], until: float, why: str) -> None:
    while not done():
        if time.monotonic() >= until:
            raise Temporary(why)
        time.sleep(LOOK)


def _patiently(do: Callable[[], object], until: float) -> None:
    """Do what waits for a lock, again and again until the time is over."""
    while True:
        try:
            do()
        except Temporary:
            if time.monotonic() >= until:
                raise
            time.sleep(LOOK)
        else:
            return
