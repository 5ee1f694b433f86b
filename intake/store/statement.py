"""Queries whose SQL text is made once: peewee takes ten times as long to write one as SQLite to run it.

The text still comes from the models, for each engine its own; only the values of the
holes change from call to call (docs/decisions/0007).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import peewee
from peewee import BooleanField, Field

from intake.store.schema.fields import Bytes, Moment, Pairs, Strings

# Fields whose stored value is another one than the column's: the others come as they are.
READ = (Bytes, Moment, Pairs, Strings, BooleanField)


@dataclass(frozen=True, slots=True)
class _Hole:
    """The place of a value; `write` makes it what the column stores."""

    name: str
    write: Callable[[Any], Any]


def hole(field: Field, name: str = "") -> peewee.Value:
    """Return the place of a value for `field` in a query, called like the field or `name`."""
    return peewee.Value(_Hole(name or field.name, field.db_value), converter=False, unpack=False)


@dataclass(frozen=True, slots=True)
class Made:
    """A statement for one engine. `readers` is None when it returns no rows."""

    text: str
    places: tuple[Any, ...]
    readers: tuple[Callable[[Any], Any] | None, ...] | None

    def params(self, values: Mapping[str, Any]) -> list[Any]:
        """Return the parameters. Raises KeyError for a hole without a value."""
        return [place.write(values[place.name]) if type(place) is _Hole else place for place in self.places]

    def read(self, rows: Sequence[Sequence[Any]]) -> list[Any]:
        """Return rows as tuples of Python values."""
        if self.readers is None or not any(self.readers):
            return list(rows)
        return [
            tuple(
                value if read is None else read(value) for read, value in zip(self.readers, row, strict=True)
            )
            for row in rows
        ]


class Statement:
    """A query with holes. `make` returns it; it is called once for each engine.

    `defaults` are the values of holes that a call may leave out.
    """

    def __init__(self, make: Callable[[], Any], defaults: Mapping[str, Any] | None = None) -> None:
        self._make, self._defaults = make, dict(defaults or {})
        self._made: dict[type[peewee.Database], Made] = {}

    def ready(self, database: peewee.Database, values: Mapping[str, Any]) -> tuple[Made, list[Any]]:
        """Return the statement for this engine and its parameters."""
        made = self._made.get(type(database))
        if made is None:
            query = self._make()
            context: Any = database.get_sql_context()
            text, params = context.sql(query).query()
            made = Made(text, tuple(params), _readers(query))
            self._made[type(database)] = made
        return made, made.params({**self._defaults, **values})


def inserting(
    model: type[peewee.Model], unless_there: Sequence[Field] = (), returning: Field | None = None
) -> Statement:
    """Return the insertion of one row; fields may be left out that have a default or may be NULL.

    With `unless_there` a row whose values of these fields exist is left as it is.
    """
    fields = [field for field in model._meta.sorted_fields if not isinstance(field, peewee.AutoField)]
    known = {field.name: field.default for field in fields if field.default is not None or field.null}

    def make() -> Any:
        query = model.insert({field: hole(field) for field in fields})
        if unless_there:
            query = query.on_conflict(action="ignore", conflict_target=list(unless_there))
        return query if returning is None else query.returning(returning)

    return Statement(make, known)


def written(text: str, /, **fields: Field) -> Statement:
    """Return a statement that no model can say, as text with `:name` where a value stands.

    `fields` are what these values are stored as, by the name. Its rows come as the engine gives them.
    """
    pieces = re.split(r":([a-z_0-9]+)", text)

    def make() -> Any:
        return peewee.NodeList(
            [hole(fields[piece], piece) if at % 2 else peewee.SQL(piece) for at, piece in enumerate(pieces)],
            glue="",
        )

    return Statement(make)


def _readers(query: Any) -> tuple[Callable[[Any], Any] | None, ...] | None:
    if not getattr(query, "_returning", None):
        return None
    return tuple(column.python_value if isinstance(column, READ) else None for column in query._returning)


class SetStatement:
    """A statement asked for many rows of values at once: `v` stands for them, `v.name` for a value.

    It is written as it stands behind `WITH v(…) AS (VALUES …)`, for both engines; `fields` are what the
    values are stored as. Its rows come as the engine gives them.
    """

    def __init__(self, text: str, /, **fields: Field) -> None:
        self._text, self._fields = text, fields
        self._types = tuple((name, field.field_type) for name, field in fields.items())

    def asked(self, rows: Sequence[Mapping[str, Any]], postgres: bool) -> tuple[str, list[Any]]:
        """Return the statement for these rows and its parameters. There must be one row at least."""
        text = _over_values(self._text, self._types, len(rows), postgres)
        writers: list[tuple[str, Any]] = [(name, field.db_value) for name, field in self._fields.items()]
        return text, [write(row[name]) for row in rows for name, write in writers]


@lru_cache(maxsize=512)
def _over_values(text: str, fields: tuple[tuple[str, str], ...], count: int, postgres: bool) -> str:
    names = ", ".join(f'"{name}"' for name, _ in fields)
    if postgres:
        # What stands only in VALUES has no type of its own there; the first row gives it one.
        first = ", ".join(f"%s::{_POSTGRES[kind]}" for _, kind in fields)
        others = ", ".join(["%s"] * len(fields))
        text = text.replace("%", "%%")
    else:
        first = others = ", ".join("?" * len(fields))
    values = ", ".join([f"({first})", *[f"({others})"] * (count - 1)])
    return f"WITH v({names}) AS (VALUES {values}) {text}"


# What peewee calls a column's type, and what a value for it is cast to: numbers to the widest.
_POSTGRES = {
    "TEXT": "text",
    "BIGINT": "bigint",
    "INT": "bigint",
    "AUTO": "bigint",
    "BLOB": "bytea",
    "BOOL": "boolean",
}


class Insertion:
    """The insertion of any number of rows at once; columns may be left out that have a default or may
    be NULL.

    Where a row is there with the same values of the fields `unless_there`, it is left as it is. `numbered`:
    the rows bring their numbers along. `recorded` is as what the record (intake.store.record) is owed them;
    their numbers are brought along, or come back.
    """

    def __init__(
        self,
        table: type[peewee.Model],
        unless_there: Sequence[Field] = (),
        returning: Sequence[Field] = (),
        numbered: bool = False,
        recorded: str = "",
    ) -> None:
        fields: list[Any] = list(table._meta.sorted_fields)
        fields = [field for field in fields if numbered or not isinstance(field, peewee.AutoField)]
        self._columns = [(field.name, field.db_value, field.default) for field in fields]
        names = ", ".join(f'"{field.column_name}"' for field in fields)
        self._head = f'INSERT INTO "{table._meta.table_name}" ({names}) VALUES '
        self._tail = ""
        if unless_there:
            self._tail = f" ON CONFLICT ({', '.join(field.column_name for field in unless_there)}) DO NOTHING"
        self.recorded = recorded
        self._id_at = next((at for at, field in enumerate(returning) if field.name == "id"), None)
        if returning:
            self._tail += f" RETURNING {', '.join(field.column_name for field in returning)}"

    @property
    def returns(self) -> bool:
        """Whether the rows that were inserted come back."""
        return " RETURNING " in self._tail

    def numbers(self, rows: Sequence[Mapping[str, Any]], returned: Sequence[Any]) -> list[int]:
        """Return the numbers of the rows that were inserted, of those given and of what came back."""
        if self._id_at is None:
            return [row["id"] for row in rows]
        return [row[self._id_at] for row in returned]

    def asked(self, rows: Sequence[Mapping[str, Any]], postgres: bool) -> tuple[str, list[Any]]:
        """Return the statement for these rows and its parameters."""
        row = f"({', '.join(['%s' if postgres else '?'] * len(self._columns))})"
        text = f"{self._head}{', '.join([row] * len(rows))}{self._tail}"
        return text, [write(row.get(name, default)) for row in rows for name, write, default in self._columns]
