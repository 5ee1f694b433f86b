"""The outbox: who sends which mail, and what became of it.

One conditional UPDATE takes a row; every later write names the lease's owner, so
that a worker that was too slow changes nothing (measured with kills: no mail lost).
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from intake.desk.effects import Effect, MailKind, Outgoing
from intake.ports import Claimed, Compose
from intake.store.apply import Applying
from intake.store.models import Outbox
from intake.store.statement import Statement, hole

_AT_MOST_ONCE = [kind.value for kind in MailKind if kind.at_most_once]
_NOBODY = {"lease_owner": None, "lease_until": None, "data_started": None}


def _claiming() -> Any:
    now = hole(Outbox.lease_until, "now")
    abandoned = (Outbox.state == "sending") & (Outbox.lease_until < now) & Outbox.data_started.is_null()
    return (
        Outbox.update(
            state="sending",
            lease_owner=hole(Outbox.lease_owner, "owner"),
            lease_until=hole(Outbox.lease_until, "until"),
            attempts=Outbox.attempts + 1,
        )
        .where(
            (Outbox.id == hole(Outbox.id))
            & (Outbox.not_before <= now)
            & ((Outbox.state == "due") | abandoned)
        )
        .returning(
            Outbox.kind,
            Outbox.mail_from,
            Outbox.rcpt,
            Outbox.message_id,
            Outbox.mime,
            Outbox.attempts,
            Outbox.ticket,
            Outbox.due_since,
        )
    )


def _ours() -> Any:
    return (
        (Outbox.id == hole(Outbox.id))
        & (Outbox.lease_owner == hole(Outbox.lease_owner))
        & (Outbox.state == "sending")
    )


_CLAIM = Statement(_claiming)
_STARTED = Statement(
    lambda: Outbox.update(data_started=hole(Outbox.data_started, "now")).where(
        _ours() & (Outbox.lease_until > hole(Outbox.lease_until, "now"))
    )
)
_SENT = Statement(
    lambda: Outbox.update(state="sent", sent_at=hole(Outbox.sent_at, "now"), error="").where(_ours())
)


class Deliveries(Applying):
    """Claiming rows and recording their ends."""

    def due(self, now: datetime, limit: int) -> list[int]:
        """Return ids of outbox rows to send now, urgent and old ones first."""
        query = (
            Outbox.select(Outbox.id)
            .where((Outbox.state == "due") & (Outbox.not_before <= now))
            .order_by(Outbox.urgency, Outbox.not_before, Outbox.id)
            .limit(limit)
        )
        return [number for (number,) in self.db.rows(query.tuples())]

    def claim(self, outbox_id: int, owner: str, now: datetime, lease: timedelta) -> Claimed | None:
        """Take a row for sending by one conditional UPDATE; None when it is not to be had.

        `owner` must be new for each claim. A row whose sender died before DATA may be
        taken as soon as its lease is over.
        """
        with self.transaction():
            found = self.db.fetch(_CLAIM, id=outbox_id, owner=owner, now=now, until=now + lease)
        if not found:
            return None
        kind, mail_from, rcpt, message_id, mime, attempts, ticket, due_since = found[0]
        mail = Outgoing(MailKind(kind), mail_from, rcpt, message_id, mime)
        return Claimed(outbox_id, owner, attempts, mail, ticket, due_since)

    def data_started(self, claimed: Claimed, now: datetime) -> bool:
        """Commit, before DATA, that the mail may from now on have been taken. False: lease lost.

        A lease that has run out is lost even when nobody else has the row yet:
        the sweep would settle it while we are still speaking.
        """
        with self.transaction():
            return self.db.execute(_STARTED, id=claimed.outbox_id, lease_owner=claimed.owner, now=now) == 1

    def sent(self, claimed: Claimed, now: datetime) -> bool:
        """Record the 250 after the final dot. False: lease lost."""
        with self.transaction():
            return self.db.execute(_SENT, id=claimed.outbox_id, lease_owner=claimed.owner, now=now) == 1

    def retry(self, claimed: Claimed, reason: str, until: datetime) -> bool:
        """Record a temporary failure; the row is due again at `until`. False: lease lost."""
        return self._settle(claimed, state="due", not_before=until, error=reason, **_NOBODY)

    def failed(
        self, claimed: Claimed, reason: str, compose: Compose, alerts: Sequence[Effect], now: datetime
    ) -> Sequence[int]:
        """Record a permanent failure, and in the same transaction what agents are told of it.

        Returns the ids of new outbox rows; nothing is written when the lease is lost.
        """
        with self.transaction():
            if not self._settle(claimed, state="failed", error=reason):
                return ()
            return self.apply(alerts, compose, now).outbox_ids

    def unknown(self, claimed: Claimed, reason: str) -> bool:
        """Record an ambiguous end: nobody knows whether the mail was taken. False: lease lost."""
        return self._settle(claimed, state="unknown", error=reason)

    def expire_leases(
        self, now: datetime, gone: Callable[[str], bool] = lambda owner: False
    ) -> Sequence[int]:
        """Settle rows whose lease is over, or whose owner is `gone`: due again, or `unknown` when
        DATA had begun and the kind is at-most-once. Returns the ids that are due again."""
        sending = Outbox.select(Outbox.lease_owner, Outbox.lease_until).where(Outbox.state == "sending")
        ended = [name for name, until in self.db.rows(sending.tuples()) if until < now or gone(name)]
        if not ended:
            return ()
        over = (Outbox.state == "sending") & Outbox.lease_owner.in_(ended)
        doubtful = Outbox.data_started.is_null(False) & Outbox.kind.in_(_AT_MOST_ONCE)
        why = "the sender stopped after the mail may have been taken"
        with self.transaction():
            self.db.run(Outbox.update(state="unknown", error=why).where(over & doubtful))
            again = Outbox.update(state="due", **_NOBODY).where(over).returning(Outbox.id)
            return sorted(number for (number,) in self.db.rows(again.tuples()))

    def outbox_retry(self, outbox_id: int, now: datetime) -> bool:
        """Send a failed or unknown mail again, with all its tries. False when it is neither."""
        query = Outbox.update(
            state="due", not_before=now, due_since=now, attempts=0, error="", **_NOBODY
        ).where((Outbox.id == outbox_id) & Outbox.state.in_(("failed", "unknown")))
        with self.transaction():
            return bool(self.db.run(query) == 1)

    def _settle(self, claimed: Claimed, **values: object) -> bool:
        ours = (
            (Outbox.id == claimed.outbox_id)
            & (Outbox.lease_owner == claimed.owner)
            & (Outbox.state == "sending")
        )
        with self.transaction():
            return bool(self.db.run(Outbox.update(**values).where(ours)) == 1)
