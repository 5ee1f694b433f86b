"""The ledger: every message received, and what became of it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from intake.desk.message import Attachment
from intake.ports.values import Arrival, Pending, Received
from intake.views import MessageRow


class Ledger(Protocol):
    """Receiving messages, taking them up for processing, and showing them."""

    def receive(self, arrivals: Sequence[Arrival], now: datetime) -> list[Received]:
        """Commit raw bytes to the ledger, durably, in one transaction; one result per arrival.

        The same bytes again, even within one batch, are the same row and `known`; each
        arrival leaves a sighting. Raises Temporary when nothing was stored.
        """

    def keep_files(self, files: Sequence[Attachment]) -> None:
        """Make the large ones among the files of a message durable before the transaction that names them.

        Nobody waits for the database meanwhile. Raises Temporary where that cannot be done.
        """

    def known_digests(self, digests: Sequence[str]) -> set[str]:
        """Return those of these sha256 digests whose bytes were received, even if erased since."""

    def pending(self, now: datetime, limit: int, again: bool = False) -> list[int]:
        """Return ids of rows that wait and were never tried (`again`: that were), oldest first.

        None of the untried ones while others are being decided on: see `begin`.
        """

    def interrupted(self, now: datetime, before: int, limit: int) -> list[int]:
        """Return ids of rows below `before` that were in hand when their process died, oldest first.

        Not those that it happened to twice: they may be what kills it.
        """

    def begin(self, ids: Iterable[int], now: datetime) -> list[Pending]:
        """Count an attempt on each row still waiting and return those rows, in one commit.

        A row that another process began a short while ago is left to that one, and so is
        all that came after it. What is too much to hold at once is left to the next call.
        """

    def refund(self, ids: Iterable[int]) -> None:
        """Take back the attempt `begin` counted: the trouble was not the message's."""

    def unhold(self) -> None:
        """Let go of all rows that some process holds for trying."""

    def lock_pending(self, ledger_id: int) -> bool:
        """In a transaction: take the row for deciding. False when another process finished it."""

    def postpone(self, ledger_id: int, reason: str, until: datetime) -> None:
        """Leave a row waiting until later, with what went wrong."""

    def quarantine(self, ledger_id: int, reason: str, now: datetime) -> None:
        """Set a row aside with the reason, in plain words."""

    def requeue(self, message_id: int, now: datetime) -> bool:
        """Put a quarantined message back, with all its attempts. False when it is not in quarantine."""

    def drop(self, message_id: int, reason: str, now: datetime, who: str = "admin") -> bool:
        """Give a quarantined message up; its bytes stay. False when it is not in quarantine."""

    def quarantined_before(self, moment: datetime) -> int:
        """Return how many messages in quarantine were received before `moment`."""

    def untold(self, since: datetime) -> dict[str, int]:
        """Return how many messages that came since are kept without a ticket, by the rule that kept them."""

    def list_messages(
        self,
        outcome: str | None = None,
        state: str | None = None,
        limit: int = 50,
        mailbox: str | None = None,
    ) -> list[MessageRow]:
        """Return ledger rows, newest first; None: of any outcome, state or mailbox."""

    def message(self, message_id: int) -> MessageRow | None:
        """Return one ledger row, or None."""

    def raw(self, message_id: int) -> bytes | None:
        """Return a message's bytes as they came, or None when there is no such row."""

    def draft_raw(self, entry: int) -> bytes | None:
        """Return the mail that became a draft (an entry), as it came; None when it is gone, or was none."""
