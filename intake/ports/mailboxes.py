"""Mailboxes: who reads one, what was fetched, and how the last reading went."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from intake.views import MailboxRow


class Mailboxes(Protocol):
    """One reader a mailbox among any number of pollers. Times are aware, UTC."""

    def lease(self, name: str, owner: str, now: datetime, for_: timedelta) -> bool:
        """Take or prolong the right to read a mailbox. False: another owner has it now."""

    def release(self, name: str, owner: str) -> None:
        """Give that right back; nothing when another has it."""

    def seen(self, mailbox: str, now: datetime, error: str = "", read: bool = False) -> None:
        """Record that a mailbox was read, or is served, or why it could not be.

        `read`: it was, and `error` is what people should know of it, such as a mail that was left there.
        """

    def states(self) -> Sequence[MailboxRow]:
        """Return what is known of each mailbox, by name; `owner` is "" where nobody reads it."""

    def known_uids(self, mailbox: str, folder: str, uidvalidity: int) -> set[int]:
        """Return the UIDs already received from a folder."""

    def oversize_uids(self, mailbox: str, folder: str, uidvalidity: int) -> set[int]:
        """Return those of the known UIDs of which only the header was received, because all is too large."""
