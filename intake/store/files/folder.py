"""Large bytes as files in a folder, ab/<sha256>, which several machines may share."""

import errno
import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

from intake.folders import durable_file, make_durable, private_folder
from intake.ports import Large, NotKept, Temporary
from intake.store.files.port import FileThere

# So much of a file is in memory at a time.
PIECE = 256 * 1024
# Refusals of one folder or file, which the next message may know nothing of.
_OF_THE_PLACE = frozenset((errno.EACCES, errno.EPERM, errno.ENOTDIR, errno.EISDIR))


class Folder:
    """Files below `folder`."""

    remote = False

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, name: str, content: bytes | Large) -> None:
        path = self.path(name)
        try:
            for folder in (self.folder, path.parent):
                if not folder.exists():
                    private_folder(folder)
                    make_durable(folder.parent)
            # Touched, so that it is not taken for one that nobody wants (upkeep/orphans.py).
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

    def read(self, name: str) -> bytes:
        try:
            return self.path(name).read_bytes()
        except OSError as err:
            raise Temporary(
                f"{self.path(name)} cannot be read ({err.strerror}): restore it or its mode"
            ) from err

    def chunks(self, name: str) -> Iterator[bytes]:
        try:
            with self.path(name).open("rb") as file:
                while piece := file.read(PIECE):
                    yield piece
        except OSError as err:
            raise Temporary(
                f"{self.path(name)} cannot be read ({err.strerror}): restore it or its mode"
            ) from err

    def head(self, name: str, size: int) -> bytes:
        try:
            with self.path(name).open("rb") as file:
                return file.read(size)
        except OSError:
            return b""

    def there(self, name: str) -> FileThere | None:
        try:
            status = self.path(name).stat()
        except FileNotFoundError:
            return None
        except OSError as err:
            raise Temporary(
                f"{self.path(name)} cannot be looked at ({err.strerror}): check its folder"
            ) from err
        return FileThere(name, status.st_size, status.st_mtime)

    def each(self, first: str = "") -> Iterator[FileThere]:
        for path in sorted(self.folder.glob(f"{first or '[0-9a-f][0-9a-f]'}/*")):
            with suppress(FileNotFoundError):
                status = path.stat()
                yield FileThere(path.name, status.st_size, status.st_mtime)

    def remove(self, name: str) -> None:
        try:
            self.path(name).unlink(missing_ok=True)
        except OSError as err:
            raise Temporary(
                f"{self.path(name)} cannot be removed ({err.strerror}): check its folder"
            ) from err

    def forget(self, name: str) -> None:
        pass

    def path(self, name: str) -> Path:
        """Return where a file lies; a part of one begins with a dot."""
        return self.folder / name.lstrip(".")[:2] / name


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
