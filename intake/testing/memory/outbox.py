"""The outbox, in memory."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from intake.desk.ceilings import ceiling_key
from intake.desk.effects import Effect, MailKind, Outgoing
from intake.ports import Applied, Claimed, Compose
from intake.store.leaving import LONGEST_HOLD, LONGEST_PAUSE
from intake.store.outbox import UNSETTLED
from intake.store.outbox_rows import NOBODY, URGENCY
from intake.testing.memory.rows import StoredMail
from intake.testing.memory.state import Memory, MemoryPart, State
from intake.views import OutboxRow


def owe(
    state: State,
    outgoing: Outgoing,
    dedupe: str,
    ticket: int | None,
    now: datetime,
    leaves: datetime | None = None,
    **more: Any,
) -> int | None:
    """Owe a mail; return its id, None when its dedupe key is known already."""
    if any(mail.dedupe == dedupe for mail in state.outbox):
        return None
    made = state.outbox.add(
        lambda number: StoredMail(
            number,
            dedupe,
            outgoing,
            ticket,
            URGENCY[outgoing.kind],
            now,
            leaves or now,
            leaves or now,
            ceiling_key(outgoing.rcpt),
            outgoing.rcpt.rpartition("@")[2].lower(),
            **more,
        )
    )
    return made.id


class MemoryOutbox(MemoryPart):
    """Claiming rows and recording their ends."""

    def __init__(
        self, memory: Memory, apply: Callable[[Sequence[Effect], Compose, datetime], Applied]
    ) -> None:
        super().__init__(memory)
        self._apply = apply

    def owe(self, outgoing: Outgoing, dedupe: str, now: datetime) -> int | None:
        """Owe a finished mail that belongs to no ticket; return its id, None when it is known already."""
        with self._memory.transaction() as state:
            return owe(state, outgoing, dedupe, None, now)

    def due(self, now: datetime, limit: int) -> list[int]:
        """Return ids of outbox rows to send now, urgent and old ones first."""
        if self.frozen_at() is not None:
            return []
        due = [mail for mail in self._now.outbox if mail.state == "due" and _due(mail, now)]
        due = [mail for mail in due if not self._behind(mail)]
        return [mail.id for mail in sorted(due, key=lambda mail: (mail.urgency, mail.not_before, mail.id))][
            :limit
        ]

    def _behind(self, row: StoredMail) -> bool:
        """Whether an earlier answer in the ticket to the same recipient is still owed."""
        return row.kind == MailKind.RELAY.value and any(
            other.ticket == row.ticket
            and other.key == row.key
            and other.id < row.id
            and other.kind == row.kind
            and other.state in ("due", "sending")
            for other in self._now.outbox
            if row.ticket is not None
        )

    def claim(self, outbox_id: int, owner: str, now: datetime, lease: timedelta) -> Claimed | None:
        """Take a row for sending; None when it is not to be had."""
        with self._memory.transaction() as state:
            row = state.outbox.get(outbox_id)
            if row is None or not _due(row, now) or self.frozen_at() is not None or self._behind(row):
                return None
            until = row.lease_until
            abandoned = row.state == "sending" and until and until < now and row.data_started is None
            if row.state != "due" and not abandoned:
                return None
            row = state.outbox.change(
                outbox_id,
                state="sending",
                lease_owner=owner,
                lease_until=now + lease,
                attempts=row.attempts + 1,
            )
        return Claimed(outbox_id, owner, row.attempts, row.outgoing, row.ticket, row.due_since, row.doubtful)

    def data_started(self, claimed: Claimed, now: datetime) -> bool:
        """Note, before DATA, that the mail may from now on have been taken. False: lease lost."""
        with self._memory.transaction() as state:
            row = self._ours(claimed, "sending")
            if row is None or row.lease_until is None or row.lease_until <= now:
                return False
            state.outbox.change(row.id, data_started=now)
            return True

    def sent(self, claimed: Claimed, now: datetime) -> bool:
        """Record the 250 after the final dot. False: lease lost."""
        return self._settle(claimed, state="sent", sent_at=now, error="")

    def sent_and_next(
        self, claimed: Claimed, now: datetime, following: int, owner: str, lease: timedelta
    ) -> tuple[bool, Claimed | None]:
        """Record the 250 and claim the next row; nothing is claimed when the lease was lost."""
        with self._memory.transaction():
            if not self.sent(claimed, now):
                return False, None
            return True, self.claim(following, owner, now, lease)

    def retry(self, claimed: Claimed, reason: str, until: datetime, doubtful: bool = False) -> bool:
        """Record a failure; the row is due again at `until`. False: lease lost."""
        if doubtful and self._seen(claimed):
            return True
        count = claimed.doubtful + doubtful
        return self._settle(claimed, state="due", not_before=until, error=reason, doubtful=count, **NOBODY)

    def waits(self, claimed: Claimed, reason: str, until: datetime) -> bool:
        """Record that it was not tried: it is due again at `until`. False: lease lost."""
        back = {"not_before": until, "due_since": until, "attempts": claimed.attempts - 1}
        return self._settle(claimed, state="due", error=reason, **back, **NOBODY)

    def failed(
        self, claimed: Claimed, reason: str, compose: Compose, alerts: Sequence[Effect], now: datetime
    ) -> Sequence[int]:
        """Record a permanent failure, and in the same transaction what agents are told of it."""
        with self._memory.transaction():
            if not self._settle(claimed, state="failed", error=reason):
                return ()
            return self._apply(alerts, compose, now).outbox_ids

    def unknown(self, claimed: Claimed, reason: str) -> bool:
        """Record an ambiguous end: nobody knows whether the mail was taken. False: lease lost."""
        return self._seen(claimed) or self._settle(claimed, state="unknown", error=reason)

    def expire_leases(
        self, now: datetime, gone: Callable[[str], bool] = lambda owner: False, timely: bool = True
    ) -> Sequence[int]:
        """Settle rows whose lease is over, or whose owner is `gone`; return the ids that are due again."""
        again = []
        with self._memory.transaction() as state:
            sending = [mail for mail in state.outbox if mail.state == "sending"]
            ended = {mail.lease_owner for mail in sending if _ended(mail, now, gone, timely)}
            for row in sending:
                if row.lease_owner not in ended:
                    continue
                begun = row.data_started is not None
                if begun and row.seen:
                    state.outbox.change(row.id, state="sent", sent_at=now, error="")
                elif begun and (row.outgoing.kind.at_most_once or row.doubtful):
                    why = "the sender stopped after the mail may have been taken"
                    state.outbox.change(row.id, state="unknown", error=why)
                else:
                    state.outbox.change(row.id, state="due", doubtful=row.doubtful + begun, **NOBODY)
                    again.append(row.id)
        return sorted(again)

    def send_again(self, outbox_id: int, now: datetime) -> bool:
        """Send a failed or unknown mail again, with all its tries. False when it is neither."""
        fresh = {"not_before": now, "due_since": now, "attempts": 0, "doubtful": 0, "error": "", **NOBODY}
        return self._from(("failed", "unknown"), outbox_id, state="due", **fresh)

    def cancel(self, outbox_id: int) -> bool:
        """Never send a mail that is due, failed or unknown. False when it is none of these."""
        return self._from(("due", "failed", "unknown"), outbox_id, state="cancelled")

    def frozen_at(self) -> datetime | None:
        """Return since when mail is kept from going out, None when it goes."""
        return self._now.moments.get("frozen")

    def unfreeze(self) -> bool:
        """Let mail go out again. False when it did."""
        with self._memory.transaction() as state:
            return state.moments.pop("frozen", None) is not None

    def list_mails(
        self,
        state: str | None = None,
        ticket: int | None = None,
        limit: int = 50,
        message: int | None = None,
    ) -> list[OutboxRow]:
        """Return mails owed and sent, newest first."""
        rows: Iterator[StoredMail] = (
            mail for mail in self._now.outbox.newest() if state is None or mail.state == state
        )
        rows = (mail for mail in rows if ticket is None or mail.ticket == ticket)
        return [_shown(mail) for mail in rows if message is None or mail.ledger == message][:limit]

    def not_going(self, before: datetime) -> tuple[int, OutboxRow | None]:
        """Return how many mails owed since before `before` were tried and did not go, and the last."""
        rows = [mail for mail in self._now.outbox if mail.state == "due" and mail.attempts]
        rows = [mail for mail in rows if mail.due_since < before]
        last = max((mail for mail in rows if mail.error), key=lambda mail: mail.not_before, default=None)
        return len(rows), _shown(last) if last else None

    def mail(self, outbox_id: int) -> OutboxRow | None:
        """Return one mail owed or sent, or None."""
        row = self._now.outbox.get(outbox_id)
        return _shown(row) if row else None

    def raw(self, outbox_id: int) -> bytes | None:
        """Return the bytes of a mail owed or sent, or None when there is no such row."""
        row = self._now.outbox.get(outbox_id)
        return row.outgoing.raw if row else None

    def _seen(self, claimed: Claimed) -> bool:
        """Settle a mail that came back from where it was sent: it was taken."""
        row = self._ours(claimed, "sending")
        if row is None or not row.seen:
            return False
        return self._settle(claimed, state="sent", sent_at=row.data_started, error="")

    def _ours(self, claimed: Claimed, *states: str) -> StoredMail | None:
        row = self._now.outbox.get(claimed.outbox_id)
        return row if row and row.lease_owner == claimed.owner and row.state in states else None

    def _settle(self, claimed: Claimed, **values: Any) -> bool:
        with self._memory.transaction() as state:
            row = self._ours(claimed, *UNSETTLED)
            if row is not None:
                state.outbox.change(row.id, **values)
            return row is not None

    def _from(self, states: tuple[str, ...], outbox_id: int, **values: Any) -> bool:
        with self._memory.transaction() as state:
            row = state.outbox.get(outbox_id)
            if row is None or row.state not in states:
                return False
            state.outbox.change(outbox_id, **values)
            return True


def rewritten(mail: StoredMail, raw: bytes) -> Outgoing:
    """Return what a mail holds once its bytes are others."""
    return replace(mail.outgoing, raw=raw)


def _due(row: StoredMail, now: datetime) -> bool:
    tried = row.attempts > 0 or row.created_at > now
    return not now < row.not_before <= now + (LONGEST_PAUSE if tried else LONGEST_HOLD)


def _ended(row: StoredMail, now: datetime, gone: Callable[[str], bool], timely: bool) -> bool:
    if row.lease_owner is not None and gone(row.lease_owner):
        return True
    running = row.lease_until is not None and now <= row.lease_until <= now + LONGEST_PAUSE
    return not running and (timely or row.data_started is None)


def _shown(row: StoredMail) -> OutboxRow:
    return OutboxRow(
        row.id,
        row.kind,
        row.ticket,
        row.outgoing.rcpt,
        row.outgoing.message_id,
        row.state,
        row.attempts,
        row.created_at,
        row.not_before,
        row.sent_at,
        row.error,
    )
