"""Bytes by their sha256: small ones in the database, large ones as files beside it.

A row per message costs one commit that is made anyway; a file costs two more
fsyncs (docs/decisions/0002).
"""

import errno
import hashlib
import hmac
import logging
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO

import peewee

from intake.folders import durable_file, make_durable, private_folder
from intake.ports import Large, NotKept, Temporary
from intake.store.connection import Connection
from intake.store.schema.tables import Blob

log = logging.getLogger("intake.store")

# Up to here in the database; SQLite reads larger values slower than a file.
LARGEST_ROW = 1 << 20
# Refusals of one folder or file, which the next message may know nothing of.
_OF_THE_PLACE = frozenset((errno.EACCES, errno.EPERM, errno.ENOTDIR, errno.EISDIR))
# Rows a statement: 32,766 parameters are the least any supported SQLite takes.
ROWS_AT_ONCE = 200


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


class Blobs:
    """Keeps bytes. `folder` holds the large ones as ab/<sha256>."""

    def __init__(self, db: Connection, folder: Path) -> None:
        self._db, self._folder = db, folder

    @property
    def folder(self) -> Path:
        """Where the large ones lie."""
        return self._folder

    def write_large(self, contents: Mapping[str, bytes | Large]) -> None:
        """Make the large ones durable as files. To be called before the commit that names them."""
        for name, content in contents.items():
            if len(content) > LARGEST_ROW:
                self._write(name, content)

    def put(self, contents: Mapping[str, bytes]) -> None:
        """Keep these bytes, by their digests, within the running transaction; known ones are left alone."""
        self.write_large(contents)
        for name, content in contents.items():
            self._db.writes.insert(Blob, sha256=name, size=len(content), content=in_row(content))

    def put_rows(self, contents: Mapping[str, bytes | Large]) -> None:
        """Name these bytes in the database, the large ones having been written before."""
        rows = [(name, len(content), in_row(content)) for name, content in contents.items()]
        for some in peewee.chunked(rows, ROWS_AT_ONCE):
            fields = [Blob.sha256, Blob.size, Blob.content]
            self._db.run(Blob.insert_many(some, fields).on_conflict_ignore().as_rowcount())

    def remove(self, names: Iterable[str]) -> None:
        """Remove the files of these digests, after the commit that forgot them."""
        for name in names:
            self._path(name).unlink(missing_ok=True)

    def get(self, name: str) -> bytes | None:
        """Return the bytes of that digest, or None when there are none.

        Raises Temporary when a file that ought to be there cannot be read.
        """
        row = self._db.first(Blob.select(Blob.content).where(Blob.sha256 == name).tuples())
        if row is None:
            return None
        return self._read(name) if row[0] is None else bytes(row[0])

    def head(self, name: str, size: int) -> bytes:
        """Return the first bytes of a file, b"" where it cannot be read."""
        try:
            with self._path(name).open("rb") as file:
                return file.read(size)
        except OSError:
            return b""

    def many(self, names: Iterable[str]) -> dict[str, bytes]:
        """Return the bytes of each digest; one whose file cannot be read is left out and logged."""
        contents: dict[str, bytes] = {}
        query = Blob.select(Blob.sha256, Blob.content).where(Blob.sha256.in_(list(names)))
        for name, content in self._db.rows(query.tuples()):
            try:
                contents[name] = self._read(name) if content is None else content
            except Temporary as err:
                log.error("%s", err)
        return contents

    def _path(self, name: str) -> Path:
        return self._folder / name[:2] / name

    def _read(self, name: str) -> bytes:
        try:
            return self._path(name).read_bytes()
        except OSError as err:
            raise Temporary(
                f"{self._path(name)} cannot be read ({err.strerror}): restore it or its mode"
            ) from err

    def _write(self, name: str, content: bytes | Large) -> None:
        path = self._path(name)
        try:
            for folder in (self._folder, path.parent):
                if not folder.exists():
                    private_folder(folder)
                    make_durable(folder.parent)
            # Touched, so that it is not taken for one that nobody wants (store/orphans.py).
            if not _touched(path):
                with durable_file(path) as file:
                    _copy(name, content, file)
            else:
                # Another process may not have come this far yet.
                make_durable(path.parent)
        except OSError as err:
            if err.errno in _OF_THE_PLACE:
                raise NotKept(
                    f"{path.parent} does not take a file ({err.strerror}): give it and what is in it to the "
                    "user that runs intake"
                ) from err
            raise Temporary(
                f"{path.parent} does not take a file ({err.strerror}): free some space or check its mode"
            ) from err


def _copy(name: str, content: bytes | Large, file: IO[bytes]) -> None:
    if not isinstance(content, Large):
        file.write(content)
        return
    made = hashlib.sha256()
    for chunk in content.chunks():
        made.update(chunk)
        file.write(chunk)
    if made.hexdigest() != name:
        # A file of another content under this name would be lost bytes, twice.
        raise OSError(errno.EIO, "it was read otherwise the second time")


def _touched(path: Path) -> bool:
    try:
        os.utime(path)
    except FileNotFoundError:
        return False
    return True
