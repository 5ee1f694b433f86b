"""Bytes that nothing names any more: found, and removed when they are old enough.

They come of a process killed between writing a file and the commit that names it.
"""

import time
from collections.abc import Iterator

import peewee

from intake.store.base import StorePart
from intake.store.blobs import ORPHAN
from intake.store.connection import ROWS_AT_ONCE
from intake.store.files.port import WHOLE
from intake.store.schema.tables import Attachment, Blob, Message

# A file younger than this may be about to be named, in seconds.
OLD = 24 * 3600.0


class Orphans(StorePart):
    """Finding and removing."""

    def orphan_rows(self) -> list[str]:
        """Return the digests of rows that neither a message nor an attachment names."""
        query = Blob.select(Blob.sha256).where(
            Blob.sha256.not_in(Message.select(Message.sha256))
            & Blob.sha256.not_in(Attachment.select(Attachment.sha256))
        )
        return [name for (name,) in self.db.rows(query.tuples())]

    def remove_orphan_rows(self) -> int:
        """Remove those rows; their files, if any, are then orphans too. Returns how many."""
        with self.transaction():
            self._wait_for_namers()
            names = self.orphan_rows()
            self.blobs.forget(names)
        return len(names)

    def orphan_files(self, older: float = OLD) -> Iterator[str]:
        """Yield the names of files that no row names, and of parts of files, not touched for `older` seconds.

        Raises Temporary when they cannot be listed.
        """
        young = time.time() - older
        old = (file.name for file in self.blobs.files.each() if file.touched <= young)
        for some in peewee.chunked(old, ROWS_AT_ONCE):
            names = list(some)
            query = Blob.select(Blob.sha256).where(Blob.sha256.in_(names))
            known = {name for (name,) in self.db.rows(query.tuples())}
            yield from (name for name in names if name not in known)

    def remove_orphan_files(self, older: float = OLD) -> int:
        """Remove those files; return how many. One that somebody takes up meanwhile stays."""
        names = set(self.orphan_files(older))
        parts = {name for name in names if not WHOLE.fullmatch(name)}
        for name in parts:
            self.blobs.files.remove(name)
        for some in peewee.chunked(sorted(names - parts), ROWS_AT_ONCE):
            with self.transaction():
                self._wait_for_namers()
                known = Blob.select(Blob.sha256).where(Blob.sha256.in_(list(some)))
                kept = {name for (name,) in self.db.rows(known.tuples())}
                self.blobs.owe_removal((name for name in some if name not in kept), ORPHAN)
        return len(parts) + len(names.intersection(self.blobs.remove_owed(older)))

    def _wait_for_namers(self) -> None:
        """Whoever is about to name bytes must have committed, or wait."""
        if self.db.postgres:
            self.db.sql("LOCK TABLE blob IN SHARE ROW EXCLUSIVE MODE")
