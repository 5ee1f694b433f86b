"""The outbox: every mail owed, who sends it, and what became of it."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from intake.desk.effects import Effect, Outgoing
from intake.ports.values import Claimed, Compose
from intake.views import OutboxRow


class Outbox(Protocol):
    """Claiming mails, recording their ends, and showing them."""

    def owe(self, outgoing: Outgoing, dedupe: str, now: datetime) -> int | None:
        """Owe a finished mail that belongs to no ticket; return its id, None when it is known already."""

    def due(self, now: datetime, limit: int) -> list[int]:
        """Return ids of outbox rows to send now, urgent and old ones first."""

    def claim(self, outbox_id: int, owner: str, now: datetime, lease: timedelta) -> Claimed | None:
        """Take a row for sending by one conditional UPDATE; None when it is not to be had."""

    def data_started(self, claimed: Claimed, now: datetime) -> bool:
        """Commit, before DATA, that the mail may from now on have been taken. False: lease lost."""

    def sent(self, claimed: Claimed, now: datetime) -> bool:
        """Record the 250 after the final dot. False: lease lost."""

    def sent_and_next(
        self, claimed: Claimed, now: datetime, following: int, owner: str, lease: timedelta
    ) -> tuple[bool, Claimed | None]:
        """Record the 250 and claim the next row in one commit; nothing is claimed when the lease was lost."""

    def retry(self, claimed: Claimed, reason: str, until: datetime, doubtful: bool = False) -> bool:
        """Record a failure; the row is due again at `until`. `doubtful`: the mail may have been taken.
        False: lease lost."""

    def waits(self, claimed: Claimed, reason: str, until: datetime) -> bool:
        """Record that it was not tried, through no fault of its own: it is due again at `until`, and the
        days after which it is given up begin anew. False: lease lost."""

    def failed(
        self, claimed: Claimed, reason: str, compose: Compose, alerts: Sequence[Effect], now: datetime
    ) -> Sequence[int]:
        """Record a permanent failure, and in the same transaction what agents are told of it.

        Returns the ids of new outbox rows; nothing is written when the lease is lost.
        """

    def unknown(self, claimed: Claimed, reason: str) -> bool:
        """Record an ambiguous end: nobody knows whether the mail was taken. False: lease lost."""

    def expire_leases(
        self, now: datetime, gone: Callable[[str], bool] = lambda owner: False, timely: bool = True
    ) -> Sequence[int]:
        """Settle rows whose lease is over or whose owner is `gone`; return the ids due again.

        Not `timely`: the clock has leapt, and ends no lease of a mail that may be in DATA now.
        They are due again, or `unknown` when DATA had begun and the kind is at-most-once or
        it is not the first time.
        """

    def send_again(self, outbox_id: int, now: datetime) -> bool:
        """Send a failed or unknown mail again, with all its tries. False when it is neither."""

    def cancel(self, outbox_id: int) -> bool:
        """Never send a mail that is due, failed or unknown. False when it is none of these."""

    def frozen_at(self) -> datetime | None:
        """Return since when a restored backup keeps all mail from going out, None when it goes."""

    def unfreeze(self) -> bool:
        """Let mail go out again. False when it did."""

    def list_mails(
        self,
        state: str | None = None,
        ticket: int | None = None,
        limit: int = 50,
        message: int | None = None,
    ) -> list[OutboxRow]:
        """Return mails owed and sent, newest first; with `message` those decided on for that message."""

    def not_going(self, before: datetime) -> tuple[int, OutboxRow | None]:
        """Return how many mails owed since before `before` were tried and did not go, and the last."""

    def mail(self, outbox_id: int) -> OutboxRow | None:
        """Return one mail owed or sent, or None."""

    def raw(self, outbox_id: int) -> bytes | None:
        """Return the bytes of a mail owed or sent, or None when there is no such row."""
