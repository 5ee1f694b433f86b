"""Adding to an older database the tables, columns and indexes that today's models have and it lacks.

All columns of a later version are NULL or have a default, so that rows written
before have a value in them. Nothing is ever taken away or changed.
"""

from typing import Any

import peewee

from intake.store.connection import Connection
from intake.store.schema.tables import TABLES


def add_missing(db: Connection) -> None:
    """Bring the tables up to what the models say. Raises ValueError for a column that has no default."""
    database: Any = db.database
    there = set(database.get_tables())
    for table in TABLES:
        name = table._meta.table_name
        manager = peewee.SchemaManager(table, database)
        if name not in there:
            manager.create_all(safe=False)
            continue
        columns = {column.name for column in database.get_columns(name)}
        for field in table._meta.sorted_fields:
            if field.column_name not in columns:
                db.sql(_add(database, name, field))
        manager.create_indexes(safe=True)


def _add(database: Any, table: str, field: Any) -> str:
    context = database.get_sql_context()
    text, params = context.sql(field.ddl(context)).query()
    if params:
        raise ValueError(f"the column {field.column_name} needs parameters to be made")
    if not field.null:
        text += f" DEFAULT {_literal(field)}"
    return f'ALTER TABLE "{table}" ADD COLUMN {text}'


def _literal(field: Any) -> str:
    if field.default is None or callable(field.default):
        raise ValueError(f"the column {field.column_name} was added without a default")
    value = field.db_value(field.default)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return str(value)
    return "'" + str(value).replace("'", "''") + "'"
