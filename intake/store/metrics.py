"""What `status`, `watch` and `/metrics` show, the audit, the jobs, the pace: cheap at any size."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from peewee import EXCLUDED, Case, fn

from intake.desk.blocking import KEPT
from intake.desk.canned_texts import ApprovedText
from intake.desk.sla_target import PromiseState
from intake.desk.ticket import Status
from intake.store import canned
from intake.store.audit import record_audit
from intake.store.base import StorePart
from intake.store.schema.promises import Promise
from intake.store.schema.state import JobRun, PaceSum
from intake.store.schema.tables import Audit, Message, Outbox, Ticket
from intake.store.too_large import too_large_and_told
from intake.views import MAIL_STATES, MESSAGE_STATES, AuditRow, Pace, Vitals

# A promise that ends within this time is at risk.
AT_RISK = timedelta(hours=1)
# A process writes its pace down each minute; who missed two has ended, or its database is away.
LIVES = timedelta(minutes=2.5)
FORGOTTEN = timedelta(days=1)
MILLION = 1_000_000
_PACE = (PaceSum.process, PaceSum.name, PaceSum.amount, PaceSum.updated_at)
_OPEN = tuple(status.value for status in Status if status is not Status.CLOSED)


class SqlUpkeep(StorePart):
    """Reading vitals, counts, the audit, the jobs and the pace; writing the last three."""

    def vitals(self, now: datetime) -> Vitals:
        """Return the pulse at `now` (aware)."""
        waiting = Message.select(Message.received_at).where(Message.state == "waiting").order_by(Message.id)
        received, messages = self._states(Message, MESSAGE_STATES, "done")
        _, mails = self._states(Outbox, MAIL_STATES, "sent")
        running = (Promise.state == PromiseState.RUNNING.value) & Promise.due.is_null(False)
        late = self._tickets(running & (Promise.due < now))
        return Vitals(
            received=received,
            messages=messages,
            kept=self._kept(),
            mails=mails,
            open_tickets=self._count(Ticket.select().where(Ticket.status.in_(_OPEN))),
            decide_age=self._age(waiting, now),
            send_age=self._age(
                Outbox.select(Outbox.not_before)
                .where((Outbox.state == "due") & (Outbox.not_before <= now))
                .order_by(Outbox.not_before),
                now,
            ),
            promises_at_risk=self._tickets(running & (Promise.due >= now) & (Promise.due < now + AT_RISK)),
            promises_late=late,
        )

    def counts(self) -> dict[str, int]:
        """Return how much is waiting, quarantined (not by a person's will), due, unknown and failed, the
        open tickets, and what is too large and somebody was told of."""

        def counted(column: Any, *values: str) -> dict[str, int]:
            model = column.model
            query = model.select(column, fn.COUNT(model.id)).where(column.in_(values)).group_by(column)
            return {**dict.fromkeys(values, 0), **dict(self.db.rows(query.tuples()))}

        tickets = counted(Ticket.status, *(status.value for status in Status if status is not Status.CLOSED))
        messages = counted(Message.state, "waiting", "quarantined")
        # What a person wants kept is nobody's work.
        messages["quarantined"] -= sum(self._kept().values())
        too_large = int(self._value(Message.select(fn.COUNT(Message.id)).where(too_large_and_told())))
        messages["quarantined"] -= too_large
        return {
            **messages,
            "too large": too_large,
            **counted(Outbox.state, "due", "unknown", "failed"),
            "open tickets": sum(tickets.values()),
        }

    def approve(self, texts: Sequence[ApprovedText]) -> None:
        """Let texts past the guard; one that may pass already stays as it is."""
        with self.db.transaction():
            canned.approve(self.db, texts)

    def record_audit(self, who: str, action: str, now: datetime, authority: str = "command line") -> None:
        """Write down who did what, and by what authority."""
        with self.transaction():
            record_audit(self.db, who, action, now, authority)

    def list_audit(
        self, ticket: int | None = None, who: str = "", since: datetime | None = None, limit: int = 50
    ) -> list[AuditRow]:
        """Return what was done, newest first."""
        query = Audit.select().order_by(Audit.id.desc()).limit(limit)
        if ticket is not None:
            query = query.where(Audit.ticket == ticket)
        if who:
            query = query.where(Audit.who == who)
        if since is not None:
            query = query.where(Audit.at >= since)
        return [
            AuditRow(row.id, row.at, row.who, row.what, row.authority, row.ticket, row.message)
            for row in self.db.rows(query)
        ]

    def record_job(self, name: str, now: datetime) -> None:
        """Record that a periodic job ended well."""
        with self.transaction():
            query = JobRun.insert(name=name, ran_at=now)
            self.db.run(
                query.on_conflict(conflict_target=[JobRun.name], update={JobRun.ran_at: now}).as_rowcount()
            )

    def job_runs(self) -> dict[str, datetime]:
        """Return when each periodic job last ended well."""
        return dict(self.db.rows(JobRun.select(JobRun.name, JobRun.ran_at).tuples()))

    def record_pace(
        self, process: str, counted: Mapping[str, float], lately: Mapping[str, float], now: datetime
    ) -> None:
        """Add to the desk's sums what `process` (a lease owner's name) has counted since it last did so, and
        keep what it counted lately in place of what it had there."""
        # In this order in each process, so that no two wait for each other.
        rows = [
            (whose, name, round(amount * MILLION), now)
            for whose, amounts in (("", counted), (process, lately))
            for name, amount in sorted(amounts.items())
        ]
        more = PaceSum.amount + EXCLUDED.amount
        amount = Case(None, [(PaceSum.process == "", more)], EXCLUDED.amount)
        query = PaceSum.insert_many(rows, _PACE).on_conflict(
            conflict_target=[PaceSum.process, PaceSum.name],
            update={PaceSum.amount: amount, PaceSum.updated_at: now},
        )
        with self.transaction():
            self.db.run(query.as_rowcount())

    def forget_pace(self, now: datetime, gone: Callable[[str], bool]) -> None:
        """Forget what processes counted lately of which `gone` says that they ended, or that are silent for
        a day. The desk's sums stay."""
        query = PaceSum.select(PaceSum.process, PaceSum.updated_at).distinct().where(PaceSum.process != "")
        rows = self.db.rows(query.tuples())
        over = [process for process, at in rows if abs(now - at) > FORGOTTEN or gone(process)]
        if over:
            with self.transaction():
                self.db.run(PaceSum.delete().where(PaceSum.process.in_(over)))

    def pace(self, now: datetime) -> Pace:
        """Return the desk's sums, and what each process that lives at `now` counted lately."""
        lately: dict[str, dict[str, float]] = {"": {}}
        for row in self.db.rows(PaceSum.select()):
            # A time that is to come is that of a clock that was ahead.
            if not row.process or abs(now - row.updated_at) <= LIVES:
                lately.setdefault(row.process, {})[row.name] = row.amount / MILLION
        return Pace(lately.pop(""), lately)

    def _states(self, model: Any, states: tuple[str, ...], most: str) -> tuple[int, dict[str, int]]:
        """Return how many rows there ever were, and how many are in each state.

        Nearly all are in the state `most`: they are what the others leave, for counting them takes
        longer than all else that is asked here. What was erased is counted with them.
        """
        others = [state for state in states if state != most]
        query = model.select(model.state, fn.COUNT(model.id)).where(model.state.in_(others))
        counts = {**dict.fromkeys(others, 0), **dict(self.db.rows(query.group_by(model.state).tuples()))}
        whole = int(self._value(model.select(fn.MAX(model.id))) or 0)
        return whole, {**counts, most: max(whole - sum(counts.values()), 0)}

    def _kept(self) -> dict[str, int]:
        """Return how many messages are in quarantine by a person's will, by the rule that kept them."""
        where = (Message.state == "quarantined") & Message.rule.in_(KEPT)
        query = Message.select(Message.rule, fn.COUNT(Message.id)).where(where).group_by(Message.rule)
        return {**dict.fromkeys(KEPT, 0), **dict(self.db.rows(query.tuples()))}

    def _tickets(self, where: Any) -> int:
        query = Promise.select(fn.COUNT(fn.DISTINCT(Promise.ticket))).where(where)
        return int(self._value(query))

    def _count(self, query: Any) -> int:
        return int(self.db.rows(query.select(fn.COUNT(Ticket.id)).tuples())[0][0])

    def _value(self, query: Any) -> Any:
        return self.db.rows(query.tuples())[0][0]

    def _age(self, query: Any, now: datetime) -> int:
        row = self.db.first(query.tuples())
        return max(0, int((now - row[0]).total_seconds())) if row else 0
