"""Bringing the tables up to date. Forward only; the version stands in the table `meta`.

A new database gets today's tables at once and is stamped with today's version;
an older one gets the steps it lacks, in one transaction.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import peewee

from intake.ports import UserError
from intake.store.additions import add_missing
from intake.store.connection import Connection
from intake.store.models import TABLES, Meta

Step = Callable[[Connection], None]

# The step at index 0 leads from version 1 to version 2. Never change one that was released.
STEPS: tuple[Step, ...] = (add_missing,)
VERSION = 1 + len(STEPS)

# Any number does that no other program uses as its lock in this database ("intake").
_ADVISORY_LOCK = 0x696E74616B65


def migrate(db: Connection, lock_file: Path | None) -> None:
    """Create the tables, or bring them up to date. Safe when several processes start at once.

    `lock_file` stands for the lock where the database has none of its own (SQLite).
    Raises UserError when the database was made by a newer intake.
    """
    with _alone(db, lock_file), db.transaction():
        version = _version(db)
        if version > VERSION:
            raise UserError(
                f"The database has version {version} of the tables and this intake knows {VERSION}. "
                "Install the newer intake again, or restore the backup from before the upgrade."
            )
        if version == 0:
            for table in TABLES:
                peewee.SchemaManager(table, db.database).create_all(safe=False)
            db.run(Meta.insert(name="schema", value=str(VERSION)).as_rowcount())
            return
        for step in STEPS[version - 1 :]:
            step(db)
        if version != VERSION:
            db.run(Meta.update(value=str(VERSION)).where(Meta.name == "schema"))


def _version(db: Connection) -> int:
    if not db.database.table_exists("meta"):
        return 0
    row = db.first(Meta.select().where(Meta.name == "schema"))
    return int(row.value) if row else 0


@contextmanager
def _alone(db: Connection, lock_file: Path | None) -> Iterator[None]:
    if lock_file is None:
        db.sql("SELECT pg_advisory_lock(%s)", _ADVISORY_LOCK)
        try:
            yield
        finally:
            db.sql("SELECT pg_advisory_unlock(%s)", _ADVISORY_LOCK)
        return
    descriptor = os.open(lock_file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
