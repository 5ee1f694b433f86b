"""What the parts of the store have in common."""

from contextlib import AbstractContextManager

from intake.store.blobs import Blobs
from intake.store.connection import Connection


class StorePart:
    """A part of the store: it has the database and the blobs, and the other parts that it is given."""

    def __init__(self, db: Connection, blobs: Blobs) -> None:
        self.db, self.blobs = db, blobs

    def transaction(self) -> AbstractContextManager[None]:
        """A write transaction; within another one it is simply part of that."""
        return self.db.transaction()
