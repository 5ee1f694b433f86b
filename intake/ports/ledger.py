"""The ledger: every message received, and what became of it."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from intake.desk.message import Attachment
from intake.ports.values import Arrival, Pending, Received, Taken
from intake.views import MessageRow


class Ledger(Protocol):
    """Receiving messages, taking them up for processing, and showing them."""

    @property
    def shared(self) -> bool:
        """Whether any number of processes decide at the same time, each by `take`."""

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

        None of the untried ones whose turn it is not: see `begin`.
        """

    def interrupted(self, now: datetime, before: int, limit: int) -> list[int]:
        """Return ids of rows below `before` that were in hand when their process died, oldest first.

        Not those that it happened to twice: they may be what kills it.
        """

    def take(
        self,
        now: datetime,
        limit: int,
        owner: str,
        gone: Callable[[str], bool],
        after: timedelta = timedelta(0),
        again: bool = False,
    ) -> Taken:
        """Take up, where the ledger is `shared`, up to `limit` rows whose turn it is, in their order.

        Of rows that share something with each other the earlier is decided on first. One that was in hand
        when its process died comes alone, and so does, with `again`, one that failed before. Rows that
        have not been due for as long as `after` are left alone, and of a holder of whom `gone` says
        that it no longer lives nobody waits. `owner` is a name never used before.
        """

    def begin(self, ids: Iterable[int], now: datetime, owner: str = "") -> list[Pending]:
        """Count an attempt on each row still waiting and return those rows, in one commit.

        A row that another process began a short while ago is left to that one, and so is all that came
        after it: where the ledger is `shared`, only what shares something with it. What is too much to
        hold at once is left to the next call.
        """

    def refund(self, ids: Iterable[int], owner: str | None = None) -> None:
        """Take back the attempt `begin` counted: the trouble was not the message's.

        With `owner` only of rows that are still theirs.
        """

    def unhold(self, gone: Callable[[str], bool] = lambda owner: True) -> None:
        """Let go of the rows that processes hold for trying which are `gone`; of all where one decides."""

    def lock_all(self, ids: Collection[int], owner: str, now: datetime | None = None) -> set[int]:
        """In a transaction: take rows for deciding; return those that still wait.

        Where the ledger is `shared`, only those that are still `owner`'s, and at `now` (of their clock) not
        held for too long. Nobody else finishes these before the end of the transaction; of the others
        nothing must be decided.
        """

    def lock_pending(self, ledger_id: int, owner: str = "", now: datetime | None = None) -> bool:
        """In a transaction: take the row for deciding. False when another process has or finished it."""

    def postpone(self, ledger_id: int, reason: str, until: datetime) -> None:
        """Leave a row waiting until later, with what went wrong."""

    def quarantine(self, ledger_id: int, reason: str, now: datetime) -> None:
        """Set a row aside with the reason, in plain words."""

    def requeue(self, message_id: int, now: datetime) -> bool:
        """Put a quarantined message back, with all its attempts. False when it is not in quarantine."""

    def drop(self, message_id: int, reason: str, now: datetime, who: str = "admin") -> bool:
        """Give a quarantined message up; its bytes stay. False when it is not in quarantine."""

    def kept_since(self, since: datetime) -> dict[str, int]:
        """Return how many messages that came since are in quarantine by a person's will, by the rule."""

    def quarantined_before(self, moment: datetime) -> int:
        """Return how many messages in quarantine were received before `moment`, but by a person's will or
        because they are too large, which somebody was told."""

    def unreadable(self) -> int:
        """Return how many messages wait because the file of their raw bytes cannot be read."""

    def untold(self, since: datetime) -> dict[str, int]:
        """Return how many messages that came since are kept without a ticket, by the rule that kept them."""

    def list_messages(
        self,
        outcome: str | None = None,
        state: str | None = None,
        limit: int = 50,
        mailbox: str | None = None,
        kept: bool | None = None,
    ) -> list[MessageRow]:
        """Return ledger rows, newest first; None: of any outcome, state or mailbox."""

    def message(self, message_id: int) -> MessageRow | None:
        """Return one ledger row, or None."""

    def raw(self, message_id: int) -> bytes | None:
        """Return a message's bytes as they came, or None when there is no such row."""

    def draft_raw(self, entry: int) -> bytes | None:
        """Return the mail that became a draft (an entry), as it came; None when it is gone, or was none."""
