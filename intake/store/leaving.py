"""What is recorded while mails leave: claims, the beginnings of DATA, and what was sent, in shared commits.

A commit has one statement for each of the three, and one by which the record is owed what was sent, whatever
the number of mails. Each row has its own conditions, and each claim an owner of its own, so "lost" and "not
due" are told for each mail. Each statement may run twice with the same values and has the same answers then,
as after the connection broke off.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from intake.desk.effects import MailKind, Outgoing
from intake.ports import Claimed
from intake.store.connection import Connection
from intake.store.group_commit import GroupCommit
from intake.store.schema.fields import Moment
from intake.store.schema.tables import Outbox
from intake.store.statement import Statement, written

# No pause between two tries and no lease is as long as the first, no wait for a second person as the other.
# What is due, or held, for longer was written while the clock was ahead: it must not wait until that is now.
LONGEST_PAUSE, LONGEST_HOLD = timedelta(hours=12), timedelta(hours=25)
# What a person wrote arrives in the order it was written: while an earlier answer in the ticket to
# the same recipient is owed, a later one waits. Other recipients and tickets are not kept waiting.
EARLIER = (
    'EXISTS (SELECT 1 FROM "outbox" AS "earlier" WHERE "earlier"."ticket" = {row}."ticket" '
    'AND "earlier"."rcpt_key" = {row}."rcpt_key" AND "earlier"."id" < {row}."id" '
    'AND "earlier"."kind" = \'relay\' AND {row}."kind" = \'relay\' '
    "AND \"earlier\".\"state\" IN ('due', 'sending'))"
)
# A server commits several at once, and the way there and back takes longer than that: with four senders and
# a server 1 ms away each its own commit sends 366 mails/s, all in one at a time 235 (measured).
LEADERS_ON_A_SERVER = 4

_OURS = "outbox.id = asked.number AND outbox.lease_owner = asked.owner"
# Of a row that another process gave up as `unknown` while its sender was stopped, it knows the end.
_SENT = (
    "UPDATE outbox SET state = 'sent', sent_at = asked.at, error = '' FROM asked "
    f"WHERE {_OURS} AND outbox.state IN ('sending', 'unknown', 'sent') RETURNING id, lease_owner"
)
# What was sent is recorded in the same commit; twice is as good as once.
_RECORDED = (
    "INSERT INTO record_due (kind, number, why, act) SELECT CAST('sent' AS TEXT), outbox.id, '', 0 "
    f"FROM asked JOIN outbox ON {_OURS} WHERE outbox.state = 'sent' AND outbox.sent_at = asked.at "
    "RETURNING number, why"
)
_STARTED = (
    "UPDATE outbox SET data_started = asked.at FROM asked "
    f"WHERE {_OURS} AND outbox.state = 'sending' AND outbox.lease_until > asked.at RETURNING id, lease_owner"
)
_MAY_BE_TAKEN = (
    "(outbox.not_before <= asked.at OR outbox.not_before > asked.held OR (outbox.not_before > asked.latest "
    "AND (outbox.attempts > 0 OR outbox.created_at > asked.at))) "
    "AND (outbox.state = 'due' OR (outbox.state = 'sending' AND outbox.data_started IS NULL "
    "AND (outbox.lease_until < asked.at OR outbox.lease_owner = asked.owner))) "
    "AND NOT EXISTS (SELECT 1 FROM meta WHERE meta.name = 'frozen') "
    f"AND NOT {EARLIER.format(row='outbox')}"
)
_AFTER_WHAT_WAS_SENT = (
    "(asked.after_number IS NULL OR EXISTS (SELECT 1 FROM outbox AS ended "
    "WHERE ended.id = asked.after_number AND ended.lease_owner = asked.after_owner AND ended.state = 'sent'))"
)
# A row that somebody else holds this moment is not worth waiting for, and groups must not wait in a circle.
_NOT_HELD = (
    "AND outbox.id IN (SELECT held.id FROM outbox AS held WHERE held.id IN (SELECT number FROM asked) "
    "FOR NO KEY UPDATE SKIP LOCKED)"
)
_CLAIMED = (
    "UPDATE outbox SET state = 'sending', lease_owner = asked.owner, lease_until = asked.until, "
    "attempts = outbox.attempts + CASE WHEN outbox.lease_owner = asked.owner THEN 0 ELSE 1 END FROM asked "
    "WHERE outbox.id = asked.number AND {may_be_taken} AND {after_what_was_sent} {not_held} RETURNING "
    "id, lease_owner, kind, mail_from, rcpt, message_id, mime, attempts, ticket, due_since, doubtful"
)
_MARK = {"number": Outbox.id, "owner": Outbox.lease_owner, "at": Outbox.not_before}
_CLAIMING = {
    **_MARK,
    "until": Outbox.lease_until,
    "latest": Outbox.not_before,
    "held": Outbox.not_before,
    "after_number": Outbox.ticket,
    "after_owner": Outbox.lease_owner,
}


@dataclass(frozen=True, slots=True)
class Claiming:
    """A claim on a row until `until`; with `after` only if that was recorded as sent. `owner` is new."""

    outbox_id: int
    owner: str
    until: datetime
    after: Claimed | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What one sender wants recorded, all at `now`: in this order, in one commit."""

    now: datetime
    sent: Claimed | None = None
    started: Claimed | None = None
    claiming: Claiming | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """What came of a step. False or None: the lease was lost, or the row was not to be had."""

    sent: bool
    started: bool
    claimed: Claimed | None


class Leaving:
    """Records steps of senders, those of several threads in one commit."""

    def __init__(self, db: Connection) -> None:
        self._db = db
        self._group = GroupCommit(self._commit, LEADERS_ON_A_SERVER if db.postgres else 1)

    def record(self, step: Step) -> Recorded:
        """Return what came of a step when that is durable; within a transaction it is a part of that."""
        if self._db.database.in_transaction():
            return self._commit(lambda: [step])[0]
        return self._group.record(step)

    def _commit(self, take: Callable[[], Sequence[Step]]) -> list[Recorded]:
        steps: list[Step] = []
        asked: list[_Asked] = []

        def statements() -> list[tuple[Statement, dict[str, Any]]]:
            steps.extend(take())
            asked.extend(each for each in _asked_of(steps) if each.rows)
            return [each.ready(self._db.postgres) for each in asked]

        answers = self._db.recorded(statements)
        rows = {each.kind: _by_row(those) for each, those in zip(asked, answers, strict=True)}
        return [_what_came(step, rows) for step in steps]


@dataclass(frozen=True, slots=True)
class _Asked:
    """One statement of a group, and the values of its rows."""

    kind: str
    rows: list[dict[str, Any]]

    def ready(self, postgres: bool) -> tuple[Statement, dict[str, Any]]:
        values = {f"{name}{at}": value for at, row in enumerate(self.rows) for name, value in row.items()}
        return _statement(self.kind, len(self.rows), postgres), values


def _asked_of(steps: Sequence[Step]) -> tuple[_Asked, ...]:
    sent = [_mark(step.sent, step.now) for step in steps if step.sent]
    started = [_mark(step.started, step.now) for step in steps if step.started]
    # Of several that want one row, the first may have it.
    claims = {
        step.claiming.outbox_id: _claim(step.claiming, step.now) for step in reversed(steps) if step.claiming
    }
    claimed = _Asked("claimed", list(claims.values()))
    return _Asked("sent", sent), _Asked("recorded", sent), _Asked("started", started), claimed


def _mark(claimed: Claimed, now: datetime) -> dict[str, Any]:
    return {"number": claimed.outbox_id, "owner": claimed.owner, "at": now}


def _claim(claiming: Claiming, now: datetime) -> dict[str, Any]:
    after = claiming.after
    return {
        "number": claiming.outbox_id,
        "owner": claiming.owner,
        "at": now,
        "until": claiming.until,
        "latest": now + LONGEST_PAUSE,
        "held": now + LONGEST_HOLD,
        "after_number": after.outbox_id if after else None,
        "after_owner": after.owner if after else None,
    }


@cache
def _statement(kind: str, count: int, postgres: bool) -> Statement:
    columns: dict[str, Any] = _CLAIMING if kind == "claimed" else _MARK
    update = {
        "sent": _SENT,
        "recorded": _RECORDED,
        "started": _STARTED,
        "claimed": _CLAIMED.format(
            may_be_taken=_MAY_BE_TAKEN,
            after_what_was_sent=_AFTER_WHAT_WAS_SENT,
            not_held=_NOT_HELD if postgres else "",
        ),
    }[kind]
    rows = ", ".join(f"({', '.join(_place(name, at) for name in columns)})" for at in range(count))
    fields = {f"{name}{at}": field for at in range(count) for name, field in columns.items()}
    return written(f"WITH asked ({', '.join(columns)}) AS (VALUES {rows}) {update}", **fields)


def _place(name: str, at: int) -> str:
    # The server would take a NULL or a text in VALUES for another type than the column's.
    return f"CAST(:{name}{at} AS {'TEXT' if name.endswith('owner') else 'BIGINT'})"


def _by_row(rows: Sequence[Sequence[Any]]) -> dict[tuple[int, str], Sequence[Any]]:
    return {(row[0], row[1]): row[2:] for row in rows}


def _what_came(step: Step, rows: dict[str, dict[tuple[int, str], Sequence[Any]]]) -> Recorded:
    def ours(kind: str, claimed: Claimed | None) -> bool:
        return claimed is not None and (claimed.outbox_id, claimed.owner) in rows.get(kind, ())

    return Recorded(ours("sent", step.sent), ours("started", step.started), _claimed_by(step.claiming, rows))


def _claimed_by(
    claiming: Claiming | None, rows: dict[str, dict[tuple[int, str], Sequence[Any]]]
) -> Claimed | None:
    if claiming is None:
        return None
    row = rows.get("claimed", {}).get((claiming.outbox_id, claiming.owner))
    if row is None:
        return None
    kind, mail_from, rcpt, message_id, mime, attempts, ticket, due_since, doubtful = row
    mail = Outgoing(MailKind(kind), mail_from, rcpt, message_id, bytes(mime))
    since = Moment().python_value(due_since)
    return Claimed(claiming.outbox_id, claiming.owner, attempts, mail, ticket, since, doubtful)
