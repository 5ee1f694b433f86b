"""The right to read a mailbox, so that many machines may be ready to and one does."""

import os
import socket
import time
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

# A reader on another machine takes over this long after the last sign of life.
LEASE = timedelta(minutes=2)
RENEW_SECONDS = 30.0

# What tells one run of a process from the next that gets its number.
RUN = uuid.uuid4().hex[:8]


class LeaseStore(Protocol):
    """What a lease needs of the database. Times are aware, UTC."""

    def mailbox_lease(self, name: str, owner: str, now: datetime, for_: timedelta) -> bool:
        """Take or renew the right to read a mailbox; False when another reader has it."""

    def mailbox_release(self, name: str, owner: str) -> None:
        """Give that right back; nothing when another has it."""

    def mailbox_states(self) -> Sequence[Any]:
        """Return what is known of each mailbox: `name`, and `owner` of the lease ("" when free)."""


class LeaseLost(Exception):
    """Another process reads this mailbox now."""


class Lease:
    """The lease of one mailbox. Two readers at once would cost time, not mail: what comes twice is known."""

    def __init__(self, store: LeaseStore, mailbox: str) -> None:
        self._store, self._mailbox = store, mailbox
        self._owner = f"{socket.gethostname()}:{os.getpid()}:{RUN}"
        self._renewed = float("-inf")

    def take(self) -> bool:
        """Take it; False when another has it. A killed process of this machine has nothing any more."""
        if not self._ask():
            for row in self._store.mailbox_states():
                if row.name == self._mailbox and dead(row.owner):
                    self._store.mailbox_release(self._mailbox, row.owner)
            return self._ask()
        return True

    def renew(self) -> None:
        """Say that we live; asks the database only now and then. Raises LeaseLost."""
        if time.monotonic() - self._renewed >= RENEW_SECONDS and not self._ask():
            raise LeaseLost

    def release(self) -> None:
        """Give it back."""
        self._store.mailbox_release(self._mailbox, self._owner)

    def _ask(self) -> bool:
        if not self._store.mailbox_lease(self._mailbox, self._owner, datetime.now(UTC), LEASE):
            return False
        self._renewed = time.monotonic()
        return True


def dead(owner: str) -> bool:
    """Return whether the owner of a lease is a process of this machine that is known to have ended."""
    host, process, run = ("", "", "", *owner.rsplit(":", 2))[-3:]
    if host != socket.gethostname() or not process.isdigit():
        return False
    if int(process) == os.getpid():
        # In a container every run has the same number.
        return run != RUN
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
