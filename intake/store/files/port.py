"""What the store asks of the place where large bytes lie."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from intake.ports import Large

# The name of a whole file; a part of one is called otherwise.
WHOLE = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class FileThere:
    """A file that lies there: its name, its size, and when it was last written or touched (seconds, UTC)."""

    name: str
    size: int
    touched: float


class Files(Protocol):
    """Large bytes by their sha256. A file is whole and durable, or it is not there."""

    # Whether reading all of them costs a download each.
    remote: bool

    def write(self, name: str, content: bytes | Large) -> None:
        """Make these bytes durable; those that are there already count as written now.

        Raises NotKept, with what to do about it: it concerns large files alone.
        """

    def read(self, name: str) -> bytes:
        """Return the bytes of that name. Raises Temporary where they cannot be had, within bounded time."""

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield the bytes of that name, piece by piece. Raises Temporary where they cannot be had.

        That the pieces are what the name says is for the caller to see (`blobs.chunks`).
        """

    def head(self, name: str, size: int) -> bytes:
        """Return the first bytes, b"" where they cannot be had."""

    def there(self, name: str) -> FileThere | None:
        """Return what is known of one file, None where there is none. Raises Temporary."""

    def each(self, first: str = "") -> Iterator[FileThere]:
        """Yield all that lies there, or what begins with these two digits; parts of files too.

        Raises Temporary.
        """

    def remove(self, name: str) -> None:
        """Remove a file; one that is not there is removed already. Raises Temporary."""

    def forget(self, name: str) -> None:
        """Do not count on what is remembered of this file: it may have been removed elsewhere."""
