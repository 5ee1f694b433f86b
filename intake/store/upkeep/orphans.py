"""Bytes that nothing names any more: found, and removed when they are old enough.

They come of a process killed between writing a file and the commit that names it.
"""

import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from intake.store.base import StorePart
from intake.store.schema.previews import Preview
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
            if self.db.postgres:
                # Whoever is about to name a row that is there must have committed, or wait.
                self.db.sql("LOCK TABLE blob IN SHARE ROW EXCLUSIVE MODE")
            names = self.orphan_rows()
            for name in names:
                self.db.run(Blob.delete().where(Blob.sha256 == name))
                self.db.run(Preview.delete().where(Preview.sha256 == name))
        return len(names)

    def orphan_files(self, older: float = OLD) -> Iterator[Path]:
        """Yield files that no row names, and parts of files, not touched for `older` seconds."""
        young = time.time() - older
        for path in sorted(self.blobs.folder.glob("[0-9a-f][0-9a-f]/*")):
            with suppress(FileNotFoundError):
                if path.stat().st_mtime <= young and not self._named(path.name):
                    yield path

    def remove_orphan_files(self, older: float = OLD) -> int:
        """Remove those files; return how many. One that somebody takes up meanwhile is put back."""
        count = 0
        for path in list(self.orphan_files(older)):
            aside = path.with_name(f".{path.name}.gone")
            path.rename(aside)
            # Who wants the same bytes again touches the file first (Blobs); then it is no orphan.
            if aside.stat().st_mtime > time.time() - older or self._named(path.name):
                aside.rename(path)
                continue
            aside.unlink()
            count += 1
        return count

    def _named(self, name: str) -> bool:
        return self.db.first(Blob.select(Blob.sha256).where(Blob.sha256 == name).tuples()) is not None
