"""Which tables are recorded, and which of their changes the desk has recorded as it makes them."""

from collections.abc import Collection
from contextlib import AbstractContextManager
from typing import Any, Protocol

import peewee

from intake.desk.record.columns import changing
from intake.desk.record.leaf import AGENT, AUDIT, ENTRY, FIND, MESSAGE, SENT, TICKET, UPDATED
from intake.store.record.dues import DUES, Inserting, owed
from intake.store.schema.finds import SecretFind
from intake.store.schema.tables import Agent, Audit, Entry, Message, Outbox, Ticket

RECORDED: dict[type[peewee.Model], str] = {
    Audit: AUDIT,
    Message: MESSAGE,
    Entry: ENTRY,
    Outbox: SENT,
    Ticket: TICKET,
    SecretFind: FIND,
    Agent: AGENT,
}


def recorded_change(table: type[peewee.Model], columns: Collection[str]) -> str:
    """Return as what the record is owed a change of these columns, "" where it is owed none."""
    kind = RECORDED.get(table, "")
    return kind if kind and not changing(kind).isdisjoint(columns) else ""


def recorded_by(query: Any) -> str:
    """Return as what the record is owed the rows of a query of peewee's, "" where it is owed none.

    Mails are recorded as they are sent (intake.store.outbox_rows), and deletions are told by who erases.
    """
    if isinstance(query, peewee.ModelUpdate):
        changed: Any = query
        return recorded_change(changed.model, {field.name for field in changed._update})
    if isinstance(query, peewee.ModelInsert) and query.model is not Outbox:
        return RECORDED.get(query.model, "")
    return ""


class Writing(Inserting, Protocol):
    """What writes within transactions."""

    def transaction(self) -> AbstractContextManager[None]:
        """A transaction, or a part of one."""

    def rows(self, query: Any) -> list[Any]:
        """Run a query and return its rows."""


def run_owing(db: Writing, kind: str, query: Any) -> int:
    """Run an update or the insertion of one row, of which the record is owed the rows as `kind`; return the
    number of rows, or that of the row inserted."""
    with db.transaction():
        numbers = [number for (number,) in db.rows(query.returning(query.model.id).tuples())]
        inserted = isinstance(query, peewee.ModelInsert)
        db.insert(DUES, owed(kind, numbers, "" if inserted else UPDATED))
    return int(numbers[0]) if inserted else len(numbers)
