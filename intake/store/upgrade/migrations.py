"""Bringing the tables up to date. Forward only; the version stands in the table `meta`.

A new database gets today's tables at once and is stamped with today's version;
an older one gets the steps it lacks, in one transaction.
"""

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import peewee

from intake.folders import private_file, settle
from intake.ports import UserError
from intake.store import locks, search
from intake.store.blobs import Blobs
from intake.store.connection import Connection
from intake.store.schema.tables import TABLES, Meta
from intake.store.upgrade import autoincrement
from intake.store.upgrade.add_columns import add_missing
from intake.store.upgrade.compare import Gap, gaps, hopeless, told
from intake.store.upgrade.reindex import fill, finished

Step = Callable[[Connection], None]

# The step at index 0 leads from version 1 to version 2. Never change one that was released.
STEPS: tuple[Step, ...] = (add_missing,)
VERSION = 1 + len(STEPS)


def migrate(db: Connection, blobs: Blobs, lock_file: Path | None, upgrade: bool = True) -> None:
    """Create the tables, or bring them up to date. Safe when several processes start at once.

    `lock_file` stands for the lock where the database has none of its own (SQLite); there an
    older database is copied beside itself first. What makes one older is its version, or that a
    table, column or index is missing. Raises UserError when the database was made by a newer
    intake, or by an older one and `upgrade` is False, or when what it lacks cannot be made up.
    """
    with _alone(db, lock_file):
        with db.transaction():
            version = version_of(db)
            lacking = gaps(db) if 0 < version <= VERSION else []
        _expect_hope(lacking)
        if 0 < version < VERSION or lacking:
            if not upgrade:
                raise UserError(_older(version, lacking))
            if lock_file is not None:
                _keep(db, version)
        _bring_up(db)
        fill(db, blobs)


def _expect_hope(lacking: list[Gap]) -> None:
    refusal = hopeless(lacking)
    if refusal:
        raise UserError(refusal)


def _older(version: int, lacking: list[Gap]) -> str:
    reason = f"The database has version {version} of the tables and this intake needs {VERSION}"
    if version == VERSION:
        reason = f"The tables are those of an older intake: {told(lacking)}"
    return f"{reason}. Stop every intake that uses it, then run `intake migrate`."


def _bring_up(db: Connection) -> None:
    with db.transaction():
        version = version_of(db)
        if version > VERSION:
            raise UserError(
                f"The database has version {version} of the tables and this intake knows {VERSION}. "
                "Install the newer intake again, or restore the backup from before the upgrade."
            )
        if version == 0:
            for table in TABLES:
                peewee.SchemaManager(table, db.database).create_all(safe=False)
            db.run(Meta.insert(name="schema", value=str(VERSION)).as_rowcount())
            finished(db)
        for step in STEPS[version - 1 :] if version else ():
            step(db)
        # Tables change more often than their version: what is missing is added whatever it says.
        lacking = gaps(db)
        for gap in lacking:
            if gap.drop:
                db.sql(gap.drop)
        if lacking:
            add_missing(db)
        search.prepare(db)
        autoincrement.prepare(db)
        left = gaps(db) if lacking else []
        if left:
            raise UserError(f"The tables could not be brought up to date: {told(left)}. Restore a backup.")
        if version not in (0, VERSION):
            db.run(Meta.update(value=str(VERSION)).where(Meta.name == "schema"))


def version_of(db: Connection) -> int:
    """Return the version of the tables, 0 where there are none. Raises UserError where they are not ours."""
    database: Any = db.database
    if not database.table_exists("meta"):
        return 0
    if not {"name", "value"} <= {column.name for column in database.get_columns("meta")}:
        raise UserError("The database belongs to another program: name one of its own in [store] url.")
    row = db.first(Meta.select().where(Meta.name == "schema"))
    return int(row.value) if row else 0


def kept(path: Path, version: int) -> Path:
    """Return where the copy from before an upgrade lies: beside the database, named by its version."""
    return path.with_name(f"{path.name}.{'before-upgrade' if version == VERSION else f'version-{version}'}")


def _keep(db: Connection, version: int) -> None:
    database: Any = db.database
    target = kept(Path(database.database), version)
    # That of a version is made once. Of one version there are many forms, and the last one counts.
    if target.exists() and version != VERSION:
        return
    part = target.with_name(f".{target.name}")
    part.unlink(missing_ok=True)
    os.close(private_file(part))
    with closing(sqlite3.connect(part)) as copy:
        database.connection().backup(copy)
        copy.execute("PRAGMA journal_mode = delete")
    settle(part, target)


@contextmanager
def _alone(db: Connection, lock_file: Path | None) -> Iterator[None]:
    if lock_file is None:
        # Of a transaction, which a pool (pgbouncer) leaves on one connection, and beside those that are made
        # meanwhile. Whatever ends it, the lock is gone.
        beside = db.another()
        try:
            with beside.transaction():
                beside.sql("SELECT pg_advisory_xact_lock(%s)", locks.MIGRATE)
                yield
        finally:
            beside.close()
        return
    descriptor = private_file(lock_file, os.O_RDWR | os.O_CREAT)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
