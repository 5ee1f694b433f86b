"""The right to read a mailbox, so that many machines may be ready to and one does."""

import time
from datetime import UTC, datetime, timedelta

from intake.ports import ChannelStore
from intake.runtime import lease_owner as owner

# A reader on another machine takes over this long after the last sign of life, and some seconds: within a
# minute of a death. Who needs longer for one batch is doubled, which costs time and no mail.
LEASE = timedelta(seconds=45)
RENEW_SECONDS = 15.0


class LeaseLost(Exception):
    """Another process reads this mailbox now."""


class Lease:
    """The lease of one mailbox. Two readers at once would cost time, not mail: what comes twice is known."""

    def __init__(self, store: ChannelStore, mailbox: str) -> None:
        self._store, self._mailbox = store, mailbox
        self._owner = owner.name()
        self._renewed = float("-inf")

    def take(self) -> bool:
        """Take it; False when another has it. A killed process of this machine has nothing any more."""
        if not self._ask():
            for row in self._store.mailboxes.states():
                if row.name == self._mailbox and owner.gone(row.owner):
                    self._store.mailboxes.release(self._mailbox, row.owner)
            return self._ask()
        return True

    def renew(self) -> None:
        """Say that we live; asks the database only now and then. Raises LeaseLost."""
        if time.monotonic() - self._renewed >= RENEW_SECONDS and not self._ask():
            raise LeaseLost

    def release(self) -> None:
        """Give it back."""
        self._store.mailboxes.release(self._mailbox, self._owner)

    def _ask(self) -> bool:
        if not self._store.mailboxes.lease(self._mailbox, self._owner, datetime.now(UTC), LEASE):
            return False
        self._renewed = time.monotonic()
        return True
