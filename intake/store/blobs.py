"""Bytes by their sha256: small ones in the database, large ones as files beside it or objects in a bucket.

A row per message costs one commit that is made anyway; a file costs two more
fsyncs (docs/decisions/0002).

Files are written before the commit that names them and removed after the one that forgot them, and
somebody may want the same bytes again in between. So what is to go is written down first, who writes a
file takes its name off that list, and who names it looks there again: what was removed meanwhile is
written anew. No lock of the file system or of the bucket is needed for that.
"""

import hashlib
import hmac
import logging
import time
from collections.abc import Collection, Iterable, Iterator, Mapping

import peewee

from intake.ports import Large, Temporary
from intake.store.connection import ROWS_AT_ONCE, Connection
from intake.store.files import Files
from intake.store.schema.previews import Preview
from intake.store.schema.readings import FileReading, Scan
from intake.store.schema.tables import Blob, Meta
from intake.store.statement import Insertion

log = logging.getLogger("intake.store")

# Up to here in the database; SQLite reads larger values slower than a file.
LARGEST_ROW = 1 << 20
# In `meta`: a file that is to go, and what for; then the second in which it went.
_LEAVING = "erased file "
ERASED, ORPHAN = "", "orphan"
# How long that is remembered, in seconds: who writes a file names it sooner.
_REMEMBERED = 3600
# What is known of bytes goes with them.
_BY_DIGEST = (Blob, Preview, FileReading, Scan)


def digest(content: bytes | Large) -> str:
    """Return the name of these bytes: their sha256 in hex."""
    return content.sha256 if isinstance(content, Large) else hashlib.sha256(content).hexdigest()


def tombstone(key: bytes, sha256: str) -> str:
    """Return what stays of a message: HMAC-SHA256 under the desk's oldest key, in hex."""
    return hmac.new(key, b"intake-erased-v1 " + sha256.encode(), hashlib.sha256).hexdigest()


def in_row(content: bytes | Large) -> bytes | None:
    """Return what of these bytes stands in the database: all of them, or None where a file holds them."""
    if len(content) > LARGEST_ROW:
        return None
    return b"".join(content.chunks()) if isinstance(content, Large) else content


def _checked(name: str, pieces: Iterator[bytes]) -> Iterator[bytes]:
    made, held = hashlib.sha256(), b""
    for piece in pieces:
        made.update(piece)
        if held:
            yield held
        held = piece
    if made.hexdigest() != name:
        raise Temporary(f"the file {name} does not hold the bytes it is named after: restore it")
    yield held


_BLOBS = Insertion(Blob, unless_there=[Blob.sha256])
# How the reason begins of a message that waits for its file.
UNREADABLE = "its raw bytes cannot be read"


class Blobs:
    """Keeps bytes. The large ones lie in `files`."""

    def __init__(self, db: Connection, files: Files) -> None:
        self._db, self.files = db, files

    def write_large(self, contents: Mapping[str, bytes | Large]) -> None:
        """Make the large ones durable as files. To be called before the commit that names them."""
        large = {name: content for name, content in contents.items() if len(content) > LARGEST_ROW}
        if large:
            self._keep(large)
        for name, content in large.items():
            self.files.write(name, content)

    @property
    def unreadable(self) -> str:
        """Why a message waits whose bytes cannot be read, for a person; it begins with UNREADABLE."""
        cure = "restore the file or its mode"
        if self.files.remote:
            cure = "`intake check` tells what is wrong with the bucket"
        return f"{UNREADABLE}: {cure}"

    def put(self, contents: Mapping[str, bytes]) -> None:
        """Keep these bytes, by their digests, within the running transaction; known ones are left alone."""
        self.write_large(contents)
        for name, content in contents.items():
            self._db.writes.insert(Blob, sha256=name, size=len(content), content=in_row(content))
        self._db.writes.check(lambda: self.expect_kept(contents))

    def put_rows(self, contents: Mapping[str, bytes | Large]) -> None:
        """Name these bytes in the database, the large ones having been written before."""
        rows = [
            {"sha256": name, "size": len(content), "content": in_row(content)}
            for name, content in sorted(contents.items())
        ]
        self._db.insert(_BLOBS, rows)
        self.expect_kept(contents)

    def expect_kept(self, contents: Mapping[str, bytes | Large]) -> None:
        """Raise Temporary where a large one was removed since it was written.

        To be called within the transaction that names them, behind the statement that does.
        """
        large = [name for name, content in contents.items() if len(content) > LARGEST_ROW]
        if large and self._leaving(large):
            raise Temporary("a file was removed while it was received once more: it is written anew")

    def large(self, names: Iterable[str]) -> list[str]:
        """Return those of these digests that lie in files."""
        large: list[str] = []
        for some in peewee.chunked(names, ROWS_AT_ONCE):
            query = Blob.select(Blob.sha256).where(Blob.sha256.in_(list(some)) & Blob.content.is_null())
            large += [name for (name,) in self._db.rows(query.tuples())]
        return large

    def owe_removal(self, names: Iterable[str], what_for: str = ERASED) -> None:
        """Write down that these files are to go, in the transaction that forgets them."""
        for some in peewee.chunked(names, ROWS_AT_ONCE):
            rows = [{"name": f"{_LEAVING}{name}", "value": what_for} for name in some]
            query = Meta.insert_many(rows).on_conflict(conflict_target=[Meta.name], preserve=[Meta.value])
            self._db.run(query.as_rowcount())

    def forget(self, names: Iterable[str]) -> None:
        """Delete the rows of these digests and what is known of them, within the running transaction."""
        for some in peewee.chunked(names, ROWS_AT_ONCE):
            for model in _BY_DIGEST:
                self._db.run(model.delete().where(model.sha256.in_(list(some))))

    def remove_owed(self, older: float = 0.0) -> list[str]:
        """Remove the files that are to go; return which went, also those that a killed process left.

        Of orphans those that were not touched for `older` seconds. Raises Temporary when a file cannot
        be removed just now: it stays written down.
        """
        query = Meta.select(Meta.name, Meta.value).where(Meta.name.startswith(_LEAVING))
        gone: list[str] = []
        for row, value in self._db.rows(query.tuples()):
            name = row.removeprefix(_LEAVING)
            if value in (ERASED, ORPHAN):
                if self._remove(name, older):
                    gone.append(name)
            elif int(value) < time.time() - _REMEMBERED:
                with self._db.transaction():
                    self._db.run(Meta.delete().where((Meta.name == row) & (Meta.value == value)))
        return gone

    def get(self, name: str) -> bytes | None:
        """Return the bytes of that digest, or None when there are none.

        Raises Temporary when a file that ought to be there cannot be read.
        """
        row = self._db.first(Blob.select(Blob.content).where(Blob.sha256 == name).tuples())
        if row is None:
            return None
        return self.files.read(name) if row[0] is None else bytes(row[0])

    def head(self, name: str, size: int) -> bytes:
        """Return the first bytes of a file, b"" where it cannot be read."""
        return self.files.head(name, size)

    def many(self, names: Iterable[str]) -> dict[str, bytes]:
        """Return the bytes of each digest; one whose file cannot be read is left out and logged."""
        contents: dict[str, bytes] = {}
        query = Blob.select(Blob.sha256, Blob.content).where(Blob.sha256.in_(list(names)))
        for name, content in self._db.rows(query.tuples()):
            try:
                contents[name] = self.files.read(name) if content is None else content
            except Temporary as err:
                log.error("%s", err)
        return contents

    def chunks(self, name: str) -> Iterator[bytes] | None:
        """Return the bytes of a digest piece by piece, None where there are none of that name.

        The last piece is not yielded before all of them were found to be what the name says: else
        Temporary is raised, and what was read is not the whole.
        """
        row = self._db.first(Blob.select(Blob.content).where(Blob.sha256 == name).tuples())
        if row is None:
            return None
        return _checked(name, self.files.chunks(name) if row[0] is None else iter((bytes(row[0]),)))

    def _keep(self, names: Collection[str]) -> None:
        """Take these files off the list of those that are to go."""
        for name in self._leaving(names):
            with self._db.transaction():
                # Waits for who is removing it just now.
                self._db.run(Meta.delete().where(Meta.name == f"{_LEAVING}{name}"))
            self.files.forget(name)

    def _leaving(self, names: Collection[str]) -> list[str]:
        rows: list[str] = []
        for some in peewee.chunked(names, ROWS_AT_ONCE):
            query = Meta.select(Meta.name).where(Meta.name.in_([f"{_LEAVING}{name}" for name in some]))
            rows += [name.removeprefix(_LEAVING) for (name,) in self._db.rows(query.tuples())]
        return rows

    def _remove(self, name: str, older: float) -> bool:
        """Remove one file that is to go, unless somebody wanted it meanwhile; whether it went."""
        row = f"{_LEAVING}{name}"
        with self._db.transaction():
            asked = Meta.select(Meta.value).where(Meta.name == row)
            # Who wants it waits for the row, on SQLite for the transaction.
            value = self._db.first((asked.for_update() if self._db.postgres else asked).tuples())
            if value is None or value[0] not in (ERASED, ORPHAN):
                return False
            if self._wanted(name, value[0] == ORPHAN, older):
                self._db.run(Meta.delete().where(Meta.name == row))
                return False
            self.files.remove(name)
            self._db.run(Meta.update(value=str(int(time.time()))).where(Meta.name == row))
        return True

    def _wanted(self, name: str, orphan: bool, older: float) -> bool:
        if self._db.first(Blob.select(Blob.sha256).where(Blob.sha256 == name).tuples()) is not None:
            return True
        there = self.files.there(name) if orphan else None
        return there is not None and there.touched > time.time() - older
