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

from intake.ports import UserError
from intake.store import locks, numbers, search
from intake.store.additions import add_missing
from intake.store.backfill import fill, finished
from intake.store.blobs import Blobs, sync
from intake.store.connection import Connection
from intake.store.models import TABLES, Meta

Step = Callable[[Connection], None]

# The step at index 0 leads from version 1 to version 2. Never change one that was released.
STEPS: tuple[Step, ...] = (add_missing,)
VERSION = 1 + len(STEPS)


def migrate(db: Connection, blobs: Blobs, lock_file: Path | None, upgrade: bool = True) -> None:
    """Create the tables, or bring them up to date. Safe when several processes start at once.

    `lock_file` stands for the lock where the database has none of its own (SQLite); there an
    older database is copied beside itself first. Raises UserError when the database was made
    by a newer intake, or by an older one and `upgrade` is False.
    """
    with _alone(db, lock_file):
        with db.transaction():
            version = version_of(db)
        if 0 < version < VERSION:
            if not upgrade:
                raise UserError(
                    f"The database has version {version} of the tables and this intake needs {VERSION}. "
                    "Stop every intake that uses it, then run `intake migrate`."
                )
            if lock_file is not None:
                _keep(db, version)
        _bring_up(db)
        fill(db, blobs)


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
        search.prepare(db)
        numbers.prepare(db)
        if version not in (0, VERSION):
            db.run(Meta.update(value=str(VERSION)).where(Meta.name == "schema"))


def version_of(db: Connection) -> int:
    """Return the version of the tables, 0 where there are none."""
    if not db.database.table_exists("meta"):
        return 0
    row = db.first(Meta.select().where(Meta.name == "schema"))
    return int(row.value) if row else 0


def kept(path: Path, version: int) -> Path:
    """Return where the copy from before an upgrade lies: beside the database, named by its version."""
    return path.with_name(f"{path.name}.version-{version}")


def _keep(db: Connection, version: int) -> None:
    database: Any = db.database
    target = kept(Path(database.database), version)
    if target.exists():
        return
    part = target.with_name(f".{target.name}")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with closing(sqlite3.connect(part)) as copy:
        database.connection().backup(copy)
        copy.execute("PRAGMA journal_mode = delete")
    descriptor = os.open(part, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    part.rename(target)
    sync(target.parent)


@contextmanager
def _alone(db: Connection, lock_file: Path | None) -> Iterator[None]:
    if lock_file is None:
        db.sql("SELECT pg_advisory_lock(%s)", locks.MIGRATE)
        try:
            yield
        finally:
            db.sql("SELECT pg_advisory_unlock(%s)", locks.MIGRATE)
        return
    descriptor = os.open(lock_file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
