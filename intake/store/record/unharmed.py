"""Reading rows that somebody may have spoiled: what SQLite holds and no column of ours can hold comes as
bytes, so that its row can be named."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from intake.ports import Temporary
from intake.store.connection import Connection
from intake.store.failures import DATABASE_ERRORS
from intake.store.schema.fields import EPOCH

# What the desk writes into a column; digests stand for its bytes.
_WRITTEN = frozenset((str, int, bool, type(None)))
_KINDS = {bytes: "bytes", memoryview: "bytes", float: "fraction"}


def rows(db: Connection, columns: Sequence[str], rest: str) -> list[Any]:
    """Return the rows of a query: `SELECT columns`, and `rest`. Text that is none comes as bytes."""
    try:
        return db.many(f"SELECT {', '.join(columns)} {rest}")
    except (*DATABASE_ERRORS, Temporary):
        if db.postgres:
            raise
    # The driver gives up at the first text that is not UTF-8, whichever row that is.
    asked = [f"CASE typeof({each}) WHEN 'text' THEN CAST({each} AS BLOB) ELSE {each} END" for each in columns]
    asked += [f"typeof({each})" for each in columns]
    return [
        tuple(map(_decoded, row[: len(columns)], row[len(columns) :]))
        for row in db.many(f"SELECT {', '.join(asked)} {rest}")
    ]


def _decoded(value: Any, kind: str) -> Any:
    if kind != "text":
        return value
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value


def moment(at: Any) -> datetime | None:
    """Return a time kept as microseconds since 1970, None for what is none."""
    try:
        return EPOCH + timedelta(microseconds=at) if type(at) is int else None
    except OverflowError:
        return None


def sound(row: Sequence[Any]) -> bool:
    """Whether each value is of a type that the desk writes."""
    return _WRITTEN.issuperset(map(type, row))


def spoiled(names: Sequence[str], row: Sequence[Any]) -> tuple[str, ...]:
    """Return those of these columns whose value is none that the desk writes."""
    return tuple(name for name, value in zip(names, row, strict=True) if type(value) not in _WRITTEN)


def mended(row: Sequence[Any]) -> tuple[Any, ...]:
    """Return values with texts in the place of those that the desk does not write."""
    return tuple(
        value if type(value) in _WRITTEN else f"\x00{_KINDS.get(type(value), 'other')} {value!r}"
        for value in row
    )
