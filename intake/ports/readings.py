"""What looking into files came to, and who waits for it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from intake.desk.facts import Facts
from intake.desk.held_files import Held
from intake.desk.message import Address
from intake.desk.sensitive.reading import Reading


@dataclass(frozen=True, slots=True)
class WaitingFile:
    """A file that waits to be looked into: its sha256, and what its sender said of it."""

    sha256: str
    name: str
    media_type: str


@dataclass(frozen=True, slots=True)
class FilePlace:
    """Where a file stands: its ticket, its number among the files of its entry, from 1, and the message that
    brought it (None for none) with the key of its mails. `author` is who is known to have sent it, None where
    nobody is. `old`: nobody is written to of what is found in it."""

    ticket: int
    number: int
    message: int | None = None
    key: str = ""
    author: Address | None = None
    old: bool = False


class Readings(Protocol):
    """What is known of files, by their sha256."""

    def known(self, names: Sequence[str]) -> Mapping[str, Reading]:
        """Return what is known of files; nothing of those that nobody looked into."""

    def waiting(self, now: datetime, limit: int) -> list[WaitingFile]:
        """Return the files that wait to be looked into now, those that have waited longest first."""

    def want(self, entries: Sequence[int], unread: Sequence[str], now: datetime) -> int:
        """Have the files of entries wait that nobody looked into, as old ones; return how many do now. Those
        whose media type begins with one of `unread` stay."""

    def begin(self, sha256: str, now: datetime) -> bool:
        """Count an attempt, durably. False when another process was quicker, or there were enough."""

    def put_off(self, sha256: str, now: datetime) -> None:
        """Have a file wait on, without counting an attempt: what scans it for malware is away."""

    def end(self, sha256: str, reading: Reading | None, now: datetime) -> None:
        """Keep what it came to; None: it is worth another attempt, and closed after the last."""

    def followed(self, limit: int) -> list[int]:
        """Return the tickets of which files that agents wait for were looked into."""

    def held(self, ticket: int) -> list[Held]:
        """Return the files of a ticket that agents wait for."""

    def let_go(self, ticket: int, held: Iterable[Held]) -> None:
        """Forget that agents wait for these files."""

    def untold(self, limit: int) -> list[str]:
        """Return the files in which something was found after their tickets were told of them."""

    def places(self, sha256: str) -> list[FilePlace]:
        """Return where a file stands."""

    def standing(self, ticket: int, person: Address, now: datetime) -> Facts:
        """Return what a person was sent automatically, as a warning to them in a ticket is judged by."""

    def told(self, sha256: str) -> None:
        """Write down that the tickets of a file were told of it."""
