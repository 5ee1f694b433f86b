"""The files of tickets, in memory."""

from abc import ABC, abstractmethod
from collections.abc import Iterator

from intake.desk.kept_files import KeptFile
from intake.testing.memory.state import MemoryPart
from intake.views import FileRow


def kept_file(file: FileRow) -> KeptFile:
    """Return a file by its name, as agents are told of it."""
    return KeptFile(file.name, file.sha256, file.size, file.media_type)


class MemoryFiles(MemoryPart, ABC):
    """Files by their sha256, and those of a ticket."""

    def file(self, sha256: str) -> bytes | None:
        """Return the bytes of a file by their sha256."""
        return self._now.blobs.get(sha256)

    def chunks(self, sha256: str) -> Iterator[bytes] | None:
        """Return the bytes of a file in pieces, here one, None where there is no such file."""
        content = self._now.blobs.get(sha256)
        return None if content is None else iter((content,))

    @abstractmethod
    def with_merged(self, ticket: int) -> list[int]:
        """Return a ticket and the tickets that were merged into it, sorted."""

    def file_of(self, ticket: int, digest: str) -> KeptFile | None:
        """Return the file of a ticket, or of one that was merged into it, whose sha256 begins with `digest`;
        None where it has none."""
        numbers = self.with_merged(ticket)
        entries = {entry.id for entry in self._now.entries if entry.ticket in numbers}
        files = (file for file in self._now.files if file.entry in entries)
        file = next((file for file in files if file.sha256.startswith(digest)), None)
        return None if file is None else KeptFile(file.name, file.sha256, file.size, file.media_type)
