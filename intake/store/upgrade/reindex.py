"""Filling what a later version keeps beside the tickets that were there before it: words and tags."""

import logging
import time

from intake.store.blobs import Blobs
from intake.store.connection import Connection
from intake.store.schema.search import SearchText, TicketTag
from intake.store.schema.tables import Meta, Ticket
from intake.store.search import SearchIndex, prepare

log = logging.getLogger("intake.store")

# Tickets of one transaction; cut off in between, it goes on where it was.
BATCH = 500
# Seconds between two lines about how far it is.
PROGRESS = 5.0
_DONE = "search"
# What the words were made by: before 2, those of secrets were among them; before 3, traditional Chinese
# letters were others than simplified ones.
_FORM = "3"


def finished(db: Connection) -> None:
    """Write down that every ticket has its words: that of a new database is so from the start."""
    db.run(Meta.insert(name=_DONE, value=_FORM).on_conflict_ignore().as_rowcount())


def fill(db: Connection, blobs: Blobs) -> int:
    """Give every ticket that lacks them its words and tags; return how many got them.

    Says in the log how far it is. At most one process at a time; may be cut off anywhere.
    """
    made = db.first(Meta.select().where(Meta.name == _DONE))
    if made is not None:
        return 0 if made.value == _FORM else again(db, blobs)
    index, done, said = SearchIndex(db, blobs), 0, time.monotonic()
    total = db.sql("SELECT COUNT(*) FROM ticket")[0]
    last = db.sql("SELECT COALESCE(MAX(ticket), 0) FROM search_text")[0]
    while True:
        query = Ticket.select(Ticket.id, Ticket.tags).where(Ticket.id > last).order_by(Ticket.id).limit(BATCH)
        rows = db.rows(query.tuples())
        if not rows:
            break
        with db.transaction():
            for number, tags in rows:
                index.reindex(number)
                tag(db, number, tags)
        done, last = done + len(rows), rows[-1][0]
        if time.monotonic() - said >= PROGRESS:
            said = time.monotonic()
            log.info("making old tickets searchable", extra={"done": done, "of": total})
    with db.transaction():
        finished(db)
    return done


def again(db: Connection, blobs: Blobs) -> int:
    """Make the words of all tickets anew; return how many."""
    with db.transaction():
        index = SearchIndex(db, blobs)
        if index.fts:
            db.sql("DROP TABLE search")
        db.run(SearchText.delete())
        db.run(Meta.delete().where(Meta.name == _DONE))
        prepare(db)
    return fill(db, blobs)


def tag(db: Connection, ticket: int, tags: tuple[str, ...], fresh: bool = True) -> None:
    """Keep the tags of a ticket in the table that tickets are found by; `fresh`: it has none there yet."""
    if not fresh:
        db.run(TicketTag.delete().where(TicketTag.ticket == ticket))
    for name in sorted({TicketTag.tag.db_value(word) for word in tags}):
        db.writes.insert(TicketTag, tag=name, ticket=ticket)
