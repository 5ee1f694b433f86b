"""What was said in a ticket, as an answer to it may quote it."""

from collections.abc import Sequence

from peewee import fn

from intake.desk.effects import MailKind
from intake.desk.facts import Correspondence
from intake.desk.ticket import EntryKind
from intake.store.connection import Connection
from intake.store.schema.tables import Entry, Outbox

# So many of our mails, none with files of that size, and so many entries, each up to so many characters:
# what is quoted is what was written of late.
MOST_MAILS, LARGEST_MAIL = 5, 512 * 1024
MOST_ENTRIES, LONGEST_ENTRY = 20, 64 * 1024
# What customers get, and what they wrote. An entry of theirs holds all that stood in their mail.
TO_CUSTOMERS = tuple(kind.value for kind in MailKind if not kind.to_agent)
SAID = (EntryKind.CUSTOMER.value, EntryKind.REPLY.value)


def correspondence(db: Connection, ticket: int, ids: Sequence[str]) -> Correspondence:
    """Return what an answer in this ticket to the mails with these Message-IDs may quote.

    A mail that is named counts whoever got it: a customer may answer a notification that was passed on.
    Where none is named, the newest to customers stand in.
    """
    mails = (
        Outbox.select(Outbox.mime)
        .where(fn.LENGTH(Outbox.mime) <= LARGEST_MAIL)
        .order_by(Outbox.id.desc())
        .limit(MOST_MAILS)
    )
    found = db.rows(mails.where(Outbox.message_id.in_(list(ids))).tuples()) if ids else []
    theirs = (Outbox.ticket == ticket) & Outbox.kind.in_(TO_CUSTOMERS)
    found = found or db.rows(mails.where(theirs).tuples())
    columns = [fn.SUBSTR(column, 1, LONGEST_ENTRY) for column in (Entry.text, Entry.full_text)]
    entries = (
        Entry.select(Entry.kind, *columns)
        .where((Entry.ticket == ticket) & Entry.kind.in_(SAID))
        .order_by(Entry.id.desc())
        .limit(MOST_ENTRIES)
    )
    said = [said_in(kind, text, whole) for kind, text, whole in db.rows(entries.tuples())]
    return Correspondence(tuple(raw for (raw,) in reversed(found)), tuple(reversed(said)))


def said_in(kind: str, text: str, whole: str) -> str:
    """Return what a quote of an entry may hold: of an answer of ours no more than what went out."""
    return text if kind == EntryKind.REPLY.value else whole or text
