"""Whether the tables are those that today's models need: looked at, whatever the version's number says.

A checkout of last month may carry today's number and yet lack a column. What is missing and has
a default is added by `intake.store.upgrade.add_columns`; what cannot be made up is told with its cure.
"""

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import peewee

from intake.store import search
from intake.store.connection import Connection
from intake.store.schema.search import REPLACED
from intake.store.schema.tables import TABLES

# Types that hold the same values here, by the words the engines have for them.
_FAMILIES = (
    ("whole number", ("int", "serial", "auto")),
    ("yes or no", ("bool",)),
    ("text", ("text", "char")),
    ("bytes", ("blob", "bytea")),
)
_NAMED = re.compile(r'INDEX IF NOT EXISTS "([^"]+)"')
_SQLITE_COLUMNS = (
    'SELECT m.name, c.name, c.type, c."notnull" OR c.pk > 0, c.dflt_value IS NOT NULL '
    "FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'"
)
_SQLITE_INDEXES = (
    'SELECT m.name, i.name, i."unique" FROM sqlite_master m, pragma_index_list(m.name) i '
    "WHERE m.type = 'table'"
)
_POSTGRES_COLUMNS = (
    "SELECT table_name, column_name, data_type, is_nullable = 'NO', column_default IS NOT NULL "
    "OR is_identity = 'YES' FROM information_schema.columns WHERE table_schema = current_schema()"
)
_POSTGRES_INDEXES = (
    "SELECT t.relname, i.relname, x.indisunique FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid "
    "JOIN pg_class t ON t.oid = x.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace "
    "WHERE n.nspname = current_schema() AND x.indisvalid"
)


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing in which the tables are not as the models need them.

    `what` says it. `cure` is "" where an upgrade mends it, else what a person must do.
    `drop` is what must go before it can be made anew.
    """

    what: str
    cure: str = ""
    drop: str = ""


@dataclass(frozen=True, slots=True)
class _Column:
    family: str
    filled: bool
    default: bool


def gaps(db: Connection) -> list[Gap]:
    """Return in what the tables of an open database fall short; nothing is changed.

    Of a database without tables of ours it says nothing: that is a new one.
    """
    columns = _columns(db)
    if not columns.get("meta"):
        return []
    shortfalls = list(_of_columns(columns, db.postgres))
    shortfalls += _of_indexes(_indexes(db), columns, db.postgres)
    if "search_text" in columns:
        shortfalls += [Gap(lack, drop=drop) for lack, drop in search.lacks(db)]
    return shortfalls


def hopeless(shortfalls: list[Gap]) -> str:
    """Return what to tell a person when no upgrade mends these gaps, "" when it does."""
    bad = [gap for gap in shortfalls if gap.cure]
    if not bad:
        return ""
    text = "; ".join(gap.what for gap in bad[:3]) + ("; and more" if len(bad) > 3 else "")
    return f"The tables are not those of this intake, and cannot be brought up to date: {text}. {bad[0].cure}"


def told(shortfalls: list[Gap]) -> str:
    """Return the gaps as one short text."""
    more = f", and {len(shortfalls) - 3} more" if len(shortfalls) > 3 else ""
    return ", ".join(gap.what for gap in shortfalls[:3]) + more


def family(kind: str) -> str:
    """Return what a type holds, by the engine's name for it."""
    for name, words in _FAMILIES:
        if any(word in kind.lower() for word in words):
            return name
    return kind.lower()


def _columns(db: Connection) -> dict[str, dict[str, _Column]]:
    columns: dict[str, dict[str, _Column]] = {}
    for table, column, kind, filled, default in db.many(
        _POSTGRES_COLUMNS if db.postgres else _SQLITE_COLUMNS
    ):
        columns.setdefault(table, {})[column] = _Column(family(kind), bool(filled), bool(default))
    return columns


def _indexes(db: Connection) -> dict[str, tuple[str, bool]]:
    rows = db.many(_POSTGRES_INDEXES if db.postgres else _SQLITE_INDEXES)
    return {index: (table, bool(unique)) for table, index, unique in rows}


def _of_columns(there: Mapping[str, Mapping[str, _Column]], postgres: bool) -> Iterator[Gap]:
    for table in TABLES:
        name = table._meta.table_name
        if name not in there:
            yield Gap(f"the table {name} is missing")
            continue
        fields = {field.column_name: field for field in table._meta.sorted_fields}
        for column, field in fields.items():
            if column not in there[name]:
                cure = "" if _addable(field) else _RESTORE
                yield Gap(f"{name} lacks its column {column}", cure)
            else:
                yield from _of_column(f"{name}.{column}", there[name][column], field, postgres)
        for column, shape in there[name].items():
            if column not in fields and shape.filled and not shape.default:
                yield Gap(f"{name} has a column {column} that must be filled, and nobody does", _NEWER)


_RESTORE = "Restore a backup, or install the intake that made this database."
_NEWER = "Install the intake that made this database."


def _of_column(place: str, there: _Column, field: Any, postgres: bool) -> Iterator[Gap]:
    wanted = _family(field, postgres)
    if there.family != wanted:
        yield Gap(f"{place} holds {there.family} and not {wanted}", _RESTORE)
    if there.filled and field.null:
        yield Gap(f"{place} may not be empty and must be allowed to", _RESTORE)


def _family(field: Any, postgres: bool) -> str:
    kind = family(field.field_type)
    # SQLite has no type for it, and keeps 0 and 1.
    return "whole number" if kind == "yes or no" and not postgres else kind


def _addable(field: Any) -> bool:
    return bool(
        not field.primary_key and (field.null or (field.default is not None and not callable(field.default)))
    )


def _of_indexes(
    there: Mapping[str, tuple[str, bool]], tables: Mapping[str, object], postgres: bool
) -> Iterator[Gap]:
    for name, (table, unique) in _wanted_indexes().items():
        if table not in tables:
            # It is made with its table.
            continue
        if name not in there:
            instead = REPLACED.get(name, "")
            drop = f'DROP INDEX "{instead}"' if instead in there else ""
            yield Gap(f"the index {name} is missing", drop=drop)
        elif there[name] != (table, unique):
            yield Gap(f"the index {name} is another one", drop=f'DROP INDEX "{name}"')


@functools.cache
def _wanted_indexes() -> Mapping[str, tuple[str, bool]]:
    indexes: dict[str, tuple[str, bool]] = {}
    for table in TABLES:
        context: Any = peewee.SqliteDatabase(None).get_sql_context
        for index in table._meta.fields_to_index():
            text, _ = context().sql(index).query()
            named = _NAMED.search(text)
            if named:
                indexes[named[1]] = (table._meta.table_name, "UNIQUE INDEX" in text)
    return indexes
