"""Our own side of the seam, as a test of a channel needs it: what was handed over, and when."""

import hashlib
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from intake.ports import Arrival, Received
from intake.views import MailboxRow


def raw_of(arrival: Arrival) -> bytes:
    """Return the bytes of an arrival, those of a `Large` too."""
    return arrival.raw if isinstance(arrival.raw, bytes) else b"".join(arrival.raw.chunks())


class Ledger:
    """Takes what channels hand over, and what they say of their mailbox.

    `refuse` is called with each batch before it is taken, `stumble` after that, and `note` with what a
    channel says of its mailbox; each may raise.
    """

    def __init__(self) -> None:
        self.batches: list[list[Arrival]] = []
        self.rows: dict[str, int] = {}
        self.known: set[tuple[str, str, int, int]] = set()
        self.errors: list[str] = []
        # How often it was read, whatever was said of it.
        self.reads = 0
        self.holder = ""
        self.lease_asked = 0
        self.refuse: Callable[[Sequence[Arrival]], object] = lambda arrivals: None
        self.stumble: Callable[[Sequence[Arrival]], object] = lambda arrivals: None
        self.note: Callable[[str], object] = lambda error: None
        self._lock = threading.Lock()

    def receive(self, arrivals: Sequence[Arrival]) -> list[Received]:
        """Take a batch: what was taken is safe when this returns."""
        self.refuse(arrivals)
        with self._lock:
            self.batches.append(list(arrivals))
            got = []
            for arrival in arrivals:
                sha = hashlib.sha256(raw_of(arrival)).hexdigest()
                known = sha in self.rows
                got.append(Received(self.rows.setdefault(sha, len(self.rows) + 1), known))
                if arrival.origin is not None:
                    self.known.add(
                        (
                            arrival.envelope.mailbox,
                            arrival.origin.folder,
                            arrival.origin.uidvalidity,
                            arrival.origin.uid,
                        )
                    )
        self.stumble(arrivals)
        return got

    @property
    def arrivals(self) -> list[Arrival]:
        """All that was handed over, in the order it came."""
        with self._lock:
            return [arrival for batch in self.batches for arrival in batch]

    @property
    def raws(self) -> list[bytes]:
        """The bytes of all that was handed over."""
        return [raw_of(arrival) for arrival in self.arrivals]

    @property
    def mailboxes(self) -> "Ledger":
        """Return itself: it is all of the store that a channel needs."""
        return self

    def known_uids(self, mailbox: str, folder: str, uidvalidity: int) -> set[int]:
        """Return the UIDs already received from a folder."""
        with self._lock:
            return {row[3] for row in self.known if row[:3] == (mailbox, folder, uidvalidity)}

    def oversize_uids(self, mailbox: str, folder: str, uidvalidity: int) -> set[int]:
        """Return those of the known UIDs of which only the header was received."""
        return {
            arrival.origin.uid
            for arrival in self.arrivals
            if arrival.origin is not None
            and arrival.envelope.oversize
            and (arrival.envelope.mailbox, arrival.origin.folder, arrival.origin.uidvalidity)
            == (mailbox, folder, uidvalidity)
        }

    def lease(self, name: str, owner: str, now: datetime, for_: timedelta) -> bool:
        """Take or renew the right to read a mailbox."""
        self.lease_asked += 1
        self.holder = self.holder or owner
        return self.holder == owner

    def release(self, name: str, owner: str) -> None:
        """Give that right back."""
        if self.holder == owner:
            self.holder = ""

    def states(self) -> list[MailboxRow]:
        """Return who has the right to read the mailbox."""
        return [MailboxRow("box", self.holder, None, None, "", None)]

    def seen(self, mailbox: str, now: datetime, error: str = "", read: bool = False) -> None:
        """Note what a channel says of its mailbox."""
        self.note(error)
        self.errors.append(error)
        self.reads += read or not error

    @property
    def state(self) -> str | None:
        """The latest state: None before the first, "" when all is well."""
        return self.errors[-1] if self.errors else None
