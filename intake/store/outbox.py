"""The outbox: who sends which mail, and what became of it.

One conditional UPDATE takes a row; every later write names the lease's owner, so
that a worker that was too slow changes nothing (measured with kills: no mail lost).
What every mail needs of it, `leaving` records in commits that several senders share.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import peewee
from peewee import fn

from intake.desk.effects import Effect, MailKind, Outgoing
from intake.ports import Claimed, Compose
from intake.store import outbox_rows
from intake.store.apply import EffectWriter
from intake.store.base import StorePart
from intake.store.blobs import Blobs
from intake.store.connection import Connection
from intake.store.leaving import EARLIER, LONGEST_HOLD, LONGEST_PAUSE, Claiming, Leaving, Step
from intake.store.schema.fields import Moment
from intake.store.schema.tables import Meta, Outbox
from intake.views import OutboxRow

_AT_MOST_ONCE = [kind.value for kind in MailKind if kind.at_most_once]
UNSETTLED = ("sending", "unknown")
_NOT_BEHIND = peewee.SQL("NOT " + EARLIER.format(row='"t1"'))
_OUTBOX_SHOWN = (
    Outbox.id,
    Outbox.kind,
    Outbox.ticket,
    Outbox.rcpt,
    Outbox.message_id,
    Outbox.state,
    Outbox.attempts,
    Outbox.created_at,
    Outbox.not_before,
    Outbox.sent_at,
    Outbox.error,
)


class SqlOutbox(StorePart):
    """Claiming rows and recording their ends."""

    def __init__(self, db: Connection, blobs: Blobs, effects: EffectWriter) -> None:
        super().__init__(db, blobs)
        self._effects = effects
        self._leaving = Leaving(db)

    def owe(self, outgoing: Outgoing, dedupe: str, now: datetime) -> int | None:
        """Owe a finished mail that belongs to no ticket; return its id, None when it is known already."""
        with self.transaction():
            outbox_id = outbox_rows.owe(self.db, outgoing, dedupe, None, now, now)
            self.db.flush()
            return None if outbox_id in self.db.writes.known else outbox_id

    def due(self, now: datetime, limit: int) -> list[int]:
        """Return ids of outbox rows to send now, urgent and old ones first."""
        query = (
            Outbox.select(Outbox.id)
            .where((Outbox.state == "due") & _due(now) & ~_frozen() & _NOT_BEHIND)
            .order_by(Outbox.urgency, Outbox.not_before, Outbox.id)
            .limit(limit)
        )
        return [outbox_id for (outbox_id,) in self.db.rows(query.tuples())]

    def claim(self, outbox_id: int, owner: str, now: datetime, lease: timedelta) -> Claimed | None:
        """Take a row for sending by one conditional UPDATE; None when it is not to be had.

        `owner` must be new for each claim. A row whose sender died before DATA may be
        taken as soon as its lease is over.
        """
        return self._leaving.record(Step(now, claiming=Claiming(outbox_id, owner, now + lease))).claimed

    def data_started(self, claimed: Claimed, now: datetime) -> bool:
        """Commit, before DATA, that the mail may from now on have been taken. False: lease lost."""
        return self._leaving.record(Step(now, started=claimed)).started

    def sent(self, claimed: Claimed, now: datetime) -> bool:
        """Record the 250 after the final dot. False: lease lost."""
        return self._leaving.record(Step(now, sent=claimed)).sent

    def sent_and_next(
        self, claimed: Claimed, now: datetime, following: int, owner: str, lease: timedelta
    ) -> tuple[bool, Claimed | None]:
        """Record the 250 and claim the next row in one commit; nothing is claimed when the lease was lost."""
        claiming = Claiming(following, owner, now + lease, after=claimed)
        recorded = self._leaving.record(Step(now, sent=claimed, claiming=claiming))
        return recorded.sent, recorded.claimed

    def retry(self, claimed: Claimed, reason: str, until: datetime, doubtful: bool = False) -> bool:
        """Record a failure; the row is due again at `until`. `doubtful`: the mail may have been taken.
        False: lease lost."""
        if doubtful and self._seen(claimed):
            return True
        count = claimed.doubtful + doubtful
        return self._settle(
            claimed, state="due", not_before=until, error=reason, doubtful=count, **outbox_rows.NOBODY
        )

    def waits(self, claimed: Claimed, reason: str, until: datetime) -> bool:
        """Record that it was not tried: it is due again at `until`, and this claim does not count.
        False: lease lost."""
        return self._settle(
            claimed,
            state="due",
            not_before=until,
            due_since=until,
            error=reason,
            attempts=claimed.attempts - 1,
            **outbox_rows.NOBODY,
        )

    def failed(
        self, claimed: Claimed, reason: str, compose: Compose, alerts: Sequence[Effect], now: datetime
    ) -> Sequence[int]:
        """Record a permanent failure, and in the same transaction what agents are told of it.

        Returns the ids of new outbox rows; nothing is written when the lease is lost.
        """
        with self.transaction():
            if not self._settle(claimed, state="failed", error=reason):
                return ()
            return self._effects.apply(alerts, compose, now).outbox_ids

    def unknown(self, claimed: Claimed, reason: str) -> bool:
        """Record an ambiguous end: nobody knows whether the mail was taken. False: lease lost."""
        return self._seen(claimed) or self._settle(claimed, state="unknown", error=reason)

    def expire_leases(
        self, now: datetime, gone: Callable[[str], bool] = lambda owner: False, timely: bool = True
    ) -> Sequence[int]:
        """Settle rows whose lease is over, or whose owner is `gone`: due again, or `unknown` when
        DATA had begun and the kind is at-most-once, or it had begun before.

        Not `timely`: the clock has just leapt, and ends no lease of a mail that may be in DATA now.
        Returns the ids that are due again.
        """
        sending = Outbox.select(Outbox.lease_owner, Outbox.lease_until, Outbox.data_started).where(
            Outbox.state == "sending"
        )
        last = now + LONGEST_PAUSE
        rows = self.db.rows(sending.tuples())
        ended = [
            name
            for name, until, begun in rows
            if gone(name) or (not now <= until <= last and (timely or begun is None))
        ]
        if not ended:
            return ()
        over = (Outbox.state == "sending") & Outbox.lease_owner.in_(ended)
        begun = Outbox.data_started.is_null(False)
        doubtful = begun & (Outbox.kind.in_(_AT_MOST_ONCE) | (Outbox.doubtful > 0))
        why = "the sender stopped after the mail may have been taken"
        with self.transaction():
            came = over & begun & (Outbox.seen == True)  # noqa: E712
            outbox_rows.sent(self.db, Outbox.update(state="sent", sent_at=now, error="").where(came))
            self.db.run(Outbox.update(state="unknown", error=why).where(over & doubtful))
            self.db.run(Outbox.update(doubtful=Outbox.doubtful + 1).where(over & begun))
            again = Outbox.update(state="due", **outbox_rows.NOBODY).where(over).returning(Outbox.id)
            return sorted(outbox_id for (outbox_id,) in self.db.rows(again.tuples()))

    def send_again(self, outbox_id: int, now: datetime) -> bool:
        """Send a failed or unknown mail again, with all its tries. False when it is neither."""
        query = Outbox.update(
            state="due", not_before=now, due_since=now, attempts=0, doubtful=0, error="", **outbox_rows.NOBODY
        ).where((Outbox.id == outbox_id) & Outbox.state.in_(("failed", "unknown")))
        with self.transaction():
            return bool(self.db.run(query) == 1)

    def _seen(self, claimed: Claimed) -> bool:
        """Settle a mail that came back from where it was sent: it was taken."""
        query = Outbox.update(state="sent", sent_at=Outbox.data_started, error="").where(
            (Outbox.id == claimed.outbox_id)
            & (Outbox.lease_owner == claimed.owner)
            & (Outbox.state == "sending")
            & (Outbox.seen == True)  # noqa: E712
        )
        with self.transaction():
            return outbox_rows.sent(self.db, query) == 1

    def cancel(self, outbox_id: int) -> bool:
        """Never send a mail that is due, failed or unknown. False when it is none of these."""
        query = Outbox.update(state="cancelled").where(
            (Outbox.id == outbox_id) & Outbox.state.in_(("due", "failed", "unknown"))
        )
        with self.transaction():
            return bool(self.db.run(query) == 1)

    def frozen_at(self) -> datetime | None:
        """Return since when a restored backup keeps all mail from going out, None when it goes."""
        row = self.db.first(Meta.select(Meta.value).where(Meta.name == "frozen").tuples())
        since: datetime | None = Moment().python_value(row[0] if row else None)
        return since

    def unfreeze(self) -> bool:
        """Let mail go out again. False when it did."""
        with self.transaction():
            return bool(self.db.run(Meta.delete().where(Meta.name == "frozen")) == 1)

    def list_mails(
        self,
        state: str | None = None,
        ticket: int | None = None,
        limit: int = 50,
        message: int | None = None,
    ) -> list[OutboxRow]:
        """Return mails owed and sent; with `message` those that were decided on for that message."""
        query = Outbox.select(*_OUTBOX_SHOWN).order_by(Outbox.id.desc()).limit(limit)
        if state is not None:
            query = query.where(Outbox.state == state)
        if ticket is not None:
            query = query.where(Outbox.ticket == ticket)
        if message is not None:
            query = query.where(Outbox.ledger == message)
        return [OutboxRow(*row) for row in self.db.rows(query.tuples())]

    def not_going(self, before: datetime) -> tuple[int, OutboxRow | None]:
        """Return how many mails owed since before `before` were tried and did not go, and the last."""
        failing = (Outbox.state == "due") & (Outbox.attempts > 0) & (Outbox.due_since < before)
        rows = self.db.rows(Outbox.select(fn.COUNT(Outbox.id)).where(failing).tuples())
        query = Outbox.select(*_OUTBOX_SHOWN).where(failing & (Outbox.error != ""))
        last = self.db.first(query.order_by(Outbox.not_before.desc()).tuples())
        return rows[0][0], OutboxRow(*last) if last else None

    def mail(self, outbox_id: int) -> OutboxRow | None:
        """Return one mail owed or sent, or None."""
        row = self.db.first(Outbox.select(*_OUTBOX_SHOWN).where(Outbox.id == outbox_id).tuples())
        return OutboxRow(*row) if row else None

    def raw(self, outbox_id: int) -> bytes | None:
        """Return the bytes of a mail owed or sent, or None when there is no such row."""
        row = self.db.first(Outbox.select(Outbox.mime).where(Outbox.id == outbox_id).tuples())
        return row[0] if row else None

    def _settle(self, claimed: Claimed, **values: object) -> bool:
        ours = (
            (Outbox.id == claimed.outbox_id)
            & (Outbox.lease_owner == claimed.owner)
            & Outbox.state.in_(UNSETTLED)
        )
        with self.transaction():
            return bool(self.db.run(Outbox.update(**values).where(ours)) == 1)


def _due(now: datetime) -> peewee.Expression:
    # Only what was never tried, and written before now, is held as long as for a second person.
    tried = (Outbox.attempts > 0) | (Outbox.created_at > now)
    leapt = (Outbox.not_before > now + LONGEST_HOLD) | ((Outbox.not_before > now + LONGEST_PAUSE) & tried)
    return (Outbox.not_before <= now) | leapt


def _frozen() -> peewee.Function:
    return peewee.fn.EXISTS(Meta.select(Meta.name).where(Meta.name == "frozen"))
