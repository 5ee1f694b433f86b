"""What the parts of the store have in common."""

from contextlib import AbstractContextManager
from datetime import datetime

from intake.store.blobs import Blobs
from intake.store.connection import Connection
from intake.store.previews import Pictures
from intake.store.schema.tables import Audit


class StorePart(Pictures):
    """A part of the store: it has the database and the blobs."""

    def __init__(self, db: Connection, blobs: Blobs) -> None:
        self.db, self.blobs = db, blobs

    def transaction(self) -> AbstractContextManager[None]:
        """A write transaction; within another one it is simply part of that."""
        return self.db.transaction()

    def savepoint(self) -> AbstractContextManager[None]:
        """Part of a transaction that can fail alone."""
        return self.db.savepoint()

    def close(self) -> None:
        """Close this thread's connection; the next call opens another."""
        self.db.close()

    def blob(self, sha256: str) -> bytes | None:
        """Return the bytes of a file by their sha256."""
        return self.blobs.get(sha256)

    def record_audit(self, who: str, what: str, now: datetime, authority: str = "command line") -> None:
        """Write down who did what, and by what authority."""
        with self.transaction():
            self.db.run(Audit.insert(at=now, who=who, what=what, authority=authority))
