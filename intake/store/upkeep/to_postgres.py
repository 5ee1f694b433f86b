"""A desk that began on SQLite goes on on PostgreSQL: every row, in one transaction, and the file kept.

Whoever else would write into the file is kept out of it meanwhile. That it was moved is written
down in the transaction that moves it: a move that was cut off is begun anew, or only finished.
"""

import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import peewee
from peewee import AutoField

from intake.folders import make_durable
from intake.ports import Temporary, UserError
from intake.store.connection import Connection
from intake.store.key_marks import holds_a_desk
from intake.store.opening import open_store, sqlite_path
from intake.store.schema.tables import TABLES, Meta

# What [store] url is where the config says nothing of it.
USUAL = "sqlite:///intake.db"
_MARK = "moved"
# What somebody would miss: any row of these.
_A_DESK = ("agent", "message", "ticket")
# How often `told` is called, in rows.
_STEP = 500

Table = type[peewee.Model]


def left_behind(db: Connection | None, url: str, data: Path) -> Path | None:
    """Return the SQLite file in `data` that holds a desk, where `db`, of `url`, is another one and empty.

    `db` is None where it has no tables. None: there is no such file, or nothing is in it, or the desk has
    begun in `db`. Raises Temporary when the file cannot be looked into just now.
    """
    path = sqlite_path(USUAL, data)
    if not path.exists() or (urlsplit(url).scheme == "sqlite" and sqlite_path(url, data).samefile(path)):
        return None
    if not _begun(path) or (db is not None and holds_a_desk(db)):
        return None
    return path


def moved_away(url: str, data: Path) -> Path | None:
    """Return the file that a desk left behind when it moved away from the SQLite database at `url`.

    None: it is another kind of database, nothing was moved away from there, or a desk has begun there
    since. Nothing is made. Raises Temporary when the database cannot be looked into just now.
    """
    if urlsplit(url).scheme != "sqlite":
        return None
    path = sqlite_path(url, data)
    left = moved_to(path)
    # Not Path.exists: where this user may not enter the folder, opening the database says so.
    return left if os.path.exists(left) and not (path.exists() and _begun(path)) else None


def _begun(path: Path) -> bool:
    """Whether a SQLite file holds a desk. Raises Temporary when it cannot be looked into just now."""
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as source:
            rows = [source.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() for table in _A_DESK]
    except sqlite3.OperationalError as err:
        if "no such table" not in str(err):
            raise Temporary(f"{path}: {err}") from err
        return False
    except sqlite3.DatabaseError:
        # No database at all.
        return False
    return any(rows)


def move(source: str, target: str, data: Path, progress: Callable[[int, int], None]) -> int:
    """Move everything from the SQLite file at `source` into the empty PostgreSQL database at `target`.

    Both are URLs as in the config. Returns how many rows there were, 0 where only the last step,
    renaming the file to `moved_to(file)`, was left to do. `progress` is called with rows done and
    their total. Raises UserError, and has then changed nothing, when the file is missing or in
    use, or the database holds anything; Temporary when one of them cannot be used just now.
    """
    path = _file_to_move(source, target, data)
    # One of an older intake is brought up to date first, which keeps a copy of it.
    open_store(source, data).close()
    new = open_store(target, data).db
    try:
        with _held(path) as old:
            count = _copy_all(old, new, path, progress)
            path.rename(moved_to(path))
            make_durable(path.parent)
    finally:
        new.close()
    return count


def expect_movable(source: str, target: str, data: Path) -> None:
    """Raise what `move` would where it can be known before anything is moved.

    Both databases are opened as `move` does: tables are made, or brought up to date.
    """
    path = _file_to_move(source, target, data)
    open_store(source, data).close()
    with _held(path) as old:
        mark = _mark_of(_counts(old))
    new = open_store(target, data).db
    try:
        _expect_empty(new, path, mark)
    finally:
        new.close()


def _file_to_move(source: str, target: str, data: Path) -> Path:
    if urlsplit(source).scheme != "sqlite" or urlsplit(target).scheme == "sqlite":
        raise UserError(
            "A desk moves from a SQLite file to PostgreSQL. Let [store] url name the new database, and "
            "--from the file, where it is not intake.db in the data folder."
        )
    path = sqlite_path(source, data)
    if not path.exists() and moved_to(path).exists():
        raise UserError(f"It was moved already: {path} is {moved_to(path).name} now. There is nothing to do.")
    if not path.exists():
        raise UserError(f"{path} does not exist. Give the file of the desk: --from sqlite:////absolute/path.")
    if moved_to(path).exists():
        raise UserError(f"{moved_to(path)} is there already, from an earlier move. Put it somewhere else.")
    return path


def moved_to(path: Path) -> Path:
    """Return what a file is called once everything in it was moved."""
    return path.with_name(f"{path.name}.moved")


@contextmanager
def _held(path: Path) -> Iterator[sqlite3.Connection]:
    """Have the file alone: others wait, and a desk that still uses it is told of."""
    with closing(sqlite3.connect(path, timeout=2, isolation_level=None)) as database:
        try:
            # Only the last one who has it open may end its log, which goes into the file by that.
            database.execute("PRAGMA journal_mode = delete")
            database.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as err:
            raise UserError(f"{path} is in use ({err}). Stop intake, and move again.") from err
        yield database


def _copy_all(
    old: sqlite3.Connection, new: Connection, path: Path, progress: Callable[[int, int], None]
) -> int:
    counts = _counts(old)
    mark = _mark_of(counts)
    total, done = sum(counts.values()), 0
    with new.transaction():
        # Nobody opens a ticket in a database that is half a desk.
        new.sql(f"LOCK TABLE {', '.join(_quoted(table) for table in TABLES)} IN ACCESS EXCLUSIVE MODE")
        if _expect_empty(new, path, mark):
            return 0
        # Its version is the same; what else the old one remembers of itself goes on.
        new.run(Meta.delete())
        for table in TABLES:
            for copied in _copy(old, new, table):
                progress(done + copied, total)
            done += counts[table]
            there = new.sql(f"SELECT COUNT(*) FROM {_quoted(table)}")[0]
            if there != counts[table]:
                raise UserError(f"Of {counts[table]} rows of {_name(table)} only {there} arrived.")
            if isinstance(table._meta.primary_key, AutoField):
                _go_on_counting(old, new, table)
        new.run(Meta.insert(name=_MARK, value=mark).as_rowcount())
    progress(total, total)
    return total


def _expect_empty(new: Connection, path: Path, mark: str) -> bool:
    """Whether everything was moved there already, by the mark of it; else raise where it holds anything."""
    moved = new.first(Meta.select(Meta.value).where(Meta.name == _MARK).tuples())
    if moved is not None and moved[0] == mark:
        return True
    for table in TABLES:
        if table is not Meta and new.sql(f"SELECT 1 FROM {_quoted(table)} LIMIT 1") is not None:
            raise UserError(_full(table, moved is not None, path))
    return False


def _counts(old: sqlite3.Connection) -> dict[Table, int]:
    return {table: _one(old, f'SELECT COUNT(*) FROM "{_name(table)}"') for table in TABLES}


def _mark_of(counts: dict[Table, int]) -> str:
    return json.dumps({_name(table): count for table, count in counts.items()})


def _copy(old: sqlite3.Connection, new: Connection, table: Table) -> Iterator[int]:
    """Copy the rows of a table as they stand; yield, now and then, how many there were so far."""
    fields: Any = table._meta.sorted_fields
    names = ", ".join(f'"{field.column_name}"' for field in fields)
    database: Any = new.database
    done = 0
    with database.cursor().copy(f"COPY {_quoted(table)} ({names}) FROM STDIN") as copy:
        # Both write moments as numbers, lists as JSON and truth as 0 and 1.
        for row in old.execute(f"SELECT {names} FROM {_quoted(table)}"):
            copy.write_row(row)
            done += 1
            if done % _STEP == 0:
                yield done


def _go_on_counting(old: sqlite3.Connection, new: Connection, table: Table) -> None:
    """Have the next number follow the last one given, even if erased (see upgrade/autoincrement.py)."""
    last = _one(old, f"SELECT COALESCE(MAX(seq), 0) FROM sqlite_sequence WHERE name = '{_name(table)}'")
    if last:
        new.sql(f"SELECT setval(pg_get_serial_sequence('{_quoted(table)}', 'id'), {last})")


def _full(table: Table, moved: bool, path: Path) -> str:
    if moved:
        return (
            f"This desk was moved already, but {path} was written into since, by an intake with the old "
            "config. Look into it with a config that names it, then move it away."
        )
    return f"The new database is not empty: {_name(table)} has rows. Let [store] url name an empty one."


def _one(database: sqlite3.Connection, text: str) -> int:
    (value,) = database.execute(text).fetchone()
    return int(value)


def _name(table: Table) -> str:
    return str(table._meta.table_name)


def _quoted(table: Table) -> str:
    return f'"{_name(table)}"'
