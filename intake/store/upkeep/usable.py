"""Whether what was opened can be used for receiving: tables that may be written, files that are there."""

from datetime import datetime

import peewee

from intake.desk.ticket import Status
from intake.ports import Temporary
from intake.store.schema.tables import TABLES, Blob, Message, Meta, Ticket
from intake.store.store import SqlStore

# Each is asked of every table.
_RIGHTS = ("SELECT", "INSERT", "UPDATE", "DELETE")
# So many of the newest large mails are looked for: one request to a bucket each.
_NEWEST = 3


def expect_writable(store: SqlStore, now: datetime) -> None:
    """Raise Temporary where the database takes nothing, or the role may not write every table."""
    if store.db.postgres:
        names = [table._meta.table_name for table in TABLES]
        asked = [peewee.fn.has_table_privilege(name, right) for right in _RIGHTS for name in names]
        row = store.db.first(Meta.select(*asked).limit(1).tuples()) or ()
        denied = {names[at % len(names)] for at, may in enumerate(row) if not may}
        closed = [name for name in names if name in denied]
        if closed:
            more = ", …" if len(closed) > 3 else ""
            raise Temporary(
                f"the role of [store] url may not write {', '.join(closed[:3])}{more}. "
                "Make it the owner of these tables (ALTER TABLE … OWNER TO …)"
            )
    store.probe(now)


def open_of_mailboxes(store: SqlStore) -> dict[str, int]:
    """Return how many tickets are not closed, by the name of the mailbox that they belong to."""
    query = (
        Ticket.select(Ticket.mailbox, peewee.fn.COUNT(Ticket.id))
        .where((Ticket.status != Status.CLOSED.value) & Ticket.merged_into.is_null())
        .group_by(Ticket.mailbox)
    )
    return {name: int(count) for name, count in store.db.rows(query.tuples())}


def files_missing(store: SqlStore) -> tuple[int, int]:
    """Return how many of the newest large mails are not where the config says, and how many were looked for.

    Raises Temporary when the place cannot be asked.
    """
    query = (
        Message.select(Message.sha256)
        .join(Blob, on=(Blob.sha256 == Message.sha256))
        .where(Blob.content.is_null())
        .order_by(Message.id.desc())
        .limit(_NEWEST)
    )
    names = [name for (name,) in store.db.rows(query.tuples())]
    return sum(store.blobs.files.there(name) is None for name in names), len(names)
