"""Rows of the database as statements of the record: what `intake.desk.record.columns` names of them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from intake.desk.record.columns import HANGING, TABLE, groups, plain, time_of
from intake.desk.record.leaf import AGENT, ENTRY, MESSAGE, SENT, Statement, digest_of
from intake.store.connection import Connection
from intake.store.record import unharmed

# The digests of bytes are made where these are: a mail may be large, and a thousand are read at once. What is
# no bytes has none.
_SHA256_ON_A_SERVER = "encode(pg_catalog.sha256({0}), 'hex')"
_SHA256 = "CASE typeof({0}) WHEN 'blob' THEN sha256({0}) WHEN 'null' THEN NULL ELSE 'no bytes' END"
# What takes reading a whole mail, and is left out where that is not asked for.
BYTES = "bytes"
_MAIL = "mime"
# While a message waits this says why it was put off, by a statement for many; then it says what became of it.
_READ_AS = {(MESSAGE, "reason"): "CASE WHEN state = 'waiting' THEN '' ELSE reason END"}
# What hangs on a row: the name of its commitment, and in what order its rows come.
_HUNG = {ENTRY: ("attachments", "id"), AGENT: ("teams", "team")}
_NOTHING = digest_of()
# Any text that a column holds is another.
_NULL = "\x00"


class Held(NamedTuple):
    """The bytes of a message as they lie here: the digest of what lies in the database, None for nothing."""

    name: str
    buried: bool
    in_file: bool
    digest: str | None


def in_range(db: Connection, kind: str, first: int, last: int, whole: bool) -> dict[int, Statement]:
    """Return what the rows `first` to `last` of a kind say now; not `whole`: without the bytes of mails."""
    return _read(db, kind, f"{{}} BETWEEN {first:d} AND {last:d}", whole)


def these(db: Connection, kind: str, rows: Iterable[int]) -> dict[int, Statement]:
    """Return what these rows of a kind say now; those that are not there are missing."""
    numbers = ", ".join(f"{row:d}" for row in rows)
    return _read(db, kind, f"{{}} IN ({numbers})", whole=True) if numbers else {}


def held(db: Connection, first: int, last: int) -> dict[int, Held]:
    """Return how the bytes of the messages `first` to `last` lie here, by message."""
    stored = _sha256(db, "b.content")
    columns = (
        "m.id",
        "m.sha256",
        "m.size = 0",
        "b.sha256 IS NOT NULL AND b.content IS NULL",
        stored,
    )
    rest = f"FROM message m LEFT JOIN blob b ON b.sha256 = m.sha256 WHERE m.id BETWEEN {first:d} AND {last:d}"
    return {number: Held(*row) for number, *row in unharmed.rows(db, columns, rest)}


def _sha256(db: Connection, column: str) -> str:
    return (_SHA256_ON_A_SERVER if db.postgres else _SHA256).format(column)


class _Shape(NamedTuple):
    """In what order the columns of a kind are read: those that stand as they are, then the sealed ones."""

    names: tuple[str, ...]
    plain: tuple[str, ...]
    groups: tuple[tuple[str, int, int], ...]


@cache
def _shape(kind: str) -> _Shape:
    names = ["id", time_of(kind), *plain(kind)]
    placed = []
    for name, columns in groups(kind).items():
        placed.append((name, len(names), len(names) + len(columns)))
        names += columns
    return _Shape(tuple(names), plain(kind), tuple(placed))


def _read(db: Connection, kind: str, which: str, whole: bool) -> dict[int, Statement]:
    shape = _shape(kind)
    mail = _sha256(db, _MAIL) if whole else "NULL"
    columns = [mail if name == _MAIL else _READ_AS.get((kind, name), name) for name in shape.names]
    sent = " AND state = 'sent'" if kind == SENT else ""
    rows = unharmed.rows(db, columns, f"FROM {TABLE[kind]} WHERE {which.format('id')}{sent}")
    hung = _hung(db, kind, which) if kind in HANGING else {}
    return {row[0]: _statement(kind, shape, row, hung) for row in rows}


def _statement(kind: str, shape: _Shape, row: Sequence[Any], hung: Mapping[int, "_Hung"]) -> Statement:
    broken: tuple[str, ...] = ()
    if not unharmed.sound(row):
        broken, row = unharmed.spoiled(shape.names, row), unharmed.mended(row)
    at = row[1] or 0
    if type(at) is not int:
        broken, at = (*broken, shape.names[1]), 0
    values = {}
    for name, first, end in shape.groups:
        if end - first > 1:
            values[name] = digest_of(*map(_text, row[first:end]))
        elif kind != SENT or name != BYTES or row[first] is not None:
            values[name] = _text(row[first])
    older: Mapping[str, str] = {}
    if kind in HANGING:
        more = hung.get(row[0], _NONE[kind])
        values |= more.values
        older, broken = more.older, (*broken, *more.broken)
    beside = dict(zip(shape.plain, row[2:], strict=False))
    return Statement(kind, row[0], at, "", 0, beside, values, older, broken)


def _text(value: Any) -> str:
    if type(value) is str:
        return value
    return _NULL if value is None else str(int(value))


class _Hung(NamedTuple):
    """What hangs on a row, as a statement has it."""

    values: Mapping[str, str]
    older: Mapping[str, str] = {}
    broken: tuple[str, ...] = ()


# What rows of the record of older versions hold of the files of an entry: only their names and digests.
_FILES = "files"
_NONE = {
    ENTRY: _Hung({_HUNG[ENTRY][0]: _NOTHING}, {_FILES: _NOTHING}),
    AGENT: _Hung({_HUNG[AGENT][0]: _NOTHING}),
}


def _hung(db: Connection, kind: str, which: str) -> dict[int, _Hung]:
    """Return what hangs on these rows, of those on which something does."""
    name, order = _HUNG[kind]
    table, owner, columns = HANGING[kind]
    names = [each for each, column in columns.items() if column.recorded]
    rest = f"FROM {table} WHERE {which.format(owner)} ORDER BY {order}"
    hung: dict[int, list[Sequence[Any]]] = defaultdict(list)
    for number, *values in unharmed.rows(db, (owner, *names), rest):
        hung[number].append(values)
    said = {}
    for number, rows in hung.items():
        broken = () if all(map(unharmed.sound, rows)) else (name,)
        sound = [tuple(map(_text, unharmed.mended(row))) for row in rows]
        older = {}
        if kind == ENTRY:
            places = (names.index("name"), names.index("sha256"))
            older[_FILES] = digest_of(*(row[at] for row in sound for at in places))
        said[number] = _Hung({name: digest_of(*(value for row in sound for value in row))}, older, broken)
    return said
