"""The files of tickets by their names, each with what its bytes are found by."""

from typing import Any

from intake.desk.kept_files import KeptFile
from intake.store.connection import Connection
from intake.store.schema.tables import Attachment, Entry


def by_entry(db: Connection, where: Any) -> list[tuple[int, KeptFile]]:
    """Return the files of the entries of which `where` is true, oldest first, each with its entry."""
    about = (Attachment.name, Attachment.sha256, Attachment.size, Attachment.media_type)
    query = Attachment.select(Attachment.entry, *about).join(Entry, on=(Attachment.entry == Entry.id))
    rows = db.rows(query.where(where).order_by(Attachment.id).tuples())
    return [(entry, KeptFile(*values)) for entry, *values in rows]
