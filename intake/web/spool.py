"""What a post holds that is too much for memory: kept in a file without a name, in the data folder.

Not in the system's temporary folder, which is often memory under another name. The file has no
name (O_TMPFILE, or it is unlinked as soon as it is made), so a process that is killed leaves nothing.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from waitress.buffers import FileBasedBuffer, OverflowableBuffer

# How much is read of it at once.
CHUNK = 64 * 1024


class Spool:
    """The file of one request; made when something is first written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: Any = None
        self.size = 0

    def append(self, data: bytes | bytearray) -> None:
        """Write at the end. Raises OSError when the disk takes no more."""
        if self._file is None:
            self._file = _file(self._folder)
        _write(self._file, data, self.size)
        self.size += len(data)

    def read(self, start: int, size: int) -> bytes:
        """Return `size` bytes from `start`, fewer only where it ends."""
        return os.pread(self._file.fileno(), size, start)

    def close(self) -> None:
        """Give up what was written."""
        if self._file is not None:
            self._file.close()


@dataclass(frozen=True, slots=True)
class Span:
    """Some bytes of a spool, to be read while it is open."""

    spool: Spool
    start: int
    size: int

    def __len__(self) -> int:
        return self.size

    def chunks(self) -> Iterator[bytes]:
        """Yield the bytes in pieces, as often as asked."""
        for place in range(0, self.size, CHUNK):
            yield self.spool.read(self.start + place, min(CHUNK, self.size - place))


class Buffer(OverflowableBuffer):  # type: ignore[misc]
    """A request as waitress collects it: in memory up to `overflow` bytes, then in a file in `folder`.

    Raises OSError when the disk takes no more.
    """

    buf: Any

    def __init__(self, overflow: int, folder: Path) -> None:
        super().__init__(overflow)
        self._folder = folder

    def _set_large_buffer(self) -> None:
        self.buf = _Large(self._folder, self.buf.get())
        self.overflowed = True


class _Large(FileBasedBuffer):  # type: ignore[misc]
    def __init__(self, folder: Path, before: bytes) -> None:
        super().__init__(_file(folder))
        try:
            self.append(before)
        except OSError:
            self.close()
            raise

    def append(self, s: bytes) -> None:
        # Nothing is read before all of it is there, so what remains is how long it is.
        _write(self.file, s, self.remain)
        self.remain += len(s)


def _file(folder: Path) -> Any:
    # Unbuffered: a full disk shows where something is written, and never when it is closed.
    return TemporaryFile("w+b", buffering=0, dir=folder)


def _write(file: Any, data: bytes | bytearray, place: int) -> None:
    rest = memoryview(data)
    while rest:
        written = os.pwrite(file.fileno(), rest, place)
        rest, place = rest[written:], place + written
