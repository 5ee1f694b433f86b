"""Which tables are recorded, and which of their changes the desk has recorded as it makes them."""

from collections.abc import Collection
from typing import Any

import peewee

from intake.desk.record.columns import changing
from intake.desk.record.leaf import AGENT, AUDIT, ENTRY, FIND, MESSAGE, SENT, TICKET
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
