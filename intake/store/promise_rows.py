"""Rows of promises, escalations and pages: what effects write into them, within the running transaction."""

from collections import namedtuple
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from peewee import Field

from intake.desk.sla_effects import Escalate, Page, SetPromises, SettleEscalation
from intake.desk.sla_target import OF_POLICIES, PromiseState, SlaTarget, Target
from intake.desk.ticket import Ticket
from intake.store.connection import Connection
from intake.store.schema import promises as service_models
from intake.store.schema import tables
from intake.store.schema.fields import MICROSECOND
from intake.store.schema.promises import Escalation
from intake.store.statement import READ, SetStatement, inserting

_Row = service_models.Promise
_COLUMNS = _Row._meta.sorted_fields
_Tuple = namedtuple("_Tuple", [column.name for column in _COLUMNS])  # type: ignore[misc]
_OPEN = (PromiseState.RUNNING.value, PromiseState.PAUSED.value)
UNSETTLED = ("open", "acked")

_NAMES = ", ".join(f'p."{column.column_name}"' for column in _COLUMNS)
_OF_TICKETS = SetStatement(
    f"SELECT {_NAMES} FROM v CROSS JOIN promise p WHERE p.ticket = v.ticket AND p.state IN {_OPEN} "
    "ORDER BY p.id",
    ticket=_Row.ticket,
)
_READ = [column.python_value if isinstance(column, READ) else None for column in _COLUMNS]


_TICKET = [column.name for column in _COLUMNS].index("ticket")


def _settling(column: str, field: Field) -> SetStatement:
    return SetStatement(
        "UPDATE escalation SET state = v.state, settled_by = v.settled_by, settled_at = v.settled_at "
        f"FROM v WHERE escalation.{column} = v.number AND escalation.state IN {UNSETTLED}",
        number=field,
        state=Escalation.state,
        settled_by=Escalation.settled_by,
        settled_at=Escalation.settled_at,
    )


_OF_PROMISE = _settling("promise", Escalation.promise)
_ALL_OF = _settling("ticket", Escalation.ticket)
_NEW_ESCALATION = inserting(
    Escalation, unless_there=[Escalation.promise, Escalation.step], returning=Escalation.id
)
_NEW_PAGE = inserting(service_models.Page, unless_there=[service_models.Page.key])


def promise_of(values: Any) -> SlaTarget:
    """Return the promise that a row, all its columns in their order, is of."""
    row: Any = _Tuple(*values)
    return SlaTarget(
        target=Target(row.target),
        policy=row.policy,
        total=row.total_us * MICROSECOND,
        started_at=row.started_at,
        counted_from=row.counted_from,
        left=row.left_us * MICROSECOND,
        due=row.due,
        state=PromiseState(row.state),
        reached=row.reached,
        next_at=row.next_at,
        ended_at=row.ended_at,
        told=row.told,
        id=row.id,
    )


def open_promises(db: Connection, tickets: Sequence[int]) -> dict[int, tuple[SlaTarget, ...]]:
    """Return what is still to be kept in these tickets, by their numbers."""
    promises: dict[int, tuple[SlaTarget, ...]] = {}
    for values in db.each(_OF_TICKETS, [{"ticket": number} for number in tickets]):
        row = [value if read is None else read(value) for read, value in zip(_READ, values, strict=True)]
        number: int = row[_TICKET]
        promises[number] = (*promises.get(number, ()), promise_of(row))
    return promises


def write(db: Connection, effect: SetPromises, ticket: Ticket, now: datetime) -> Ticket:
    """Write the promises of a ticket and settle its escalations; return the ticket with them."""
    columns: dict[str, Any] = {f"{target.value}_due": effect.due.get(target) for target in OF_POLICIES}
    columns |= {"first_response_at": effect.first_response_at, "waiting_since": effect.waiting_since}
    db.writes.change(tables.Ticket, ticket.id, **columns)
    there = {promise.id: promise for promise in ticket.promises}
    for promise in effect.promises:
        promise_id = promise.id or _insert(db, ticket.id, promise)
        if promise.id is not None:
            db.writes.change(_Row, promise.id, **_values(promise))
        there.pop(promise_id, None)
        if promise.state.open:
            there[promise_id] = replace(promise, id=promise_id)
        else:
            broken_by_nobody = promise.state is PromiseState.DROPPED or effect.settled == "cancelled"
            state = "cancelled" if broken_by_nobody else "resolved"
            db.writes.at_last_for_each(_OF_PROMISE, number=promise_id, state=state, **_settled(now))
    if effect.settled:
        db.writes.at_last_for_each(_ALL_OF, number=ticket.id, state=effect.settled, **_settled(now))
    return replace(ticket, **columns, promises=tuple(there.values()))


def _settled(now: datetime) -> dict[str, Any]:
    return {"settled_by": "intake", "settled_at": now}


def _insert(db: Connection, ticket: int, promise: SlaTarget) -> int:
    promise_id = db.numbers.take(_Row)
    db.writes.insert(
        _Row,
        id=promise_id,
        ticket=ticket,
        target=promise.target.value,
        started_at=promise.started_at,
        **_values(promise),
    )
    return promise_id


def _values(promise: SlaTarget) -> dict[str, Any]:
    return {
        "policy": promise.policy,
        "total_us": promise.total // MICROSECOND,
        "counted_from": promise.counted_from,
        "left_us": promise.left // MICROSECOND,
        "due": promise.due,
        "state": promise.state.value,
        "reached": promise.reached,
        "next_at": promise.next_at,
        "ended_at": promise.ended_at,
        "told": promise.told,
    }


def escalate(db: Connection, effect: Escalate, now: datetime) -> None:
    """Write an escalation down. Raises ValueError for a step that was written down before."""
    rows = db.fetch(
        _NEW_ESCALATION,
        ticket=effect.ticket,
        promise=effect.promise,
        target=effect.target,
        step=effect.step,
        due_at=effect.due_at,
        fired_at=now,
        state=effect.state,
        reason=effect.reason,
        to_team=effect.to_team,
        by=effect.by,
    )
    if not rows:
        raise ValueError(f"the step {effect.step!r} of promise {effect.promise} was done before")


def settle(db: Connection, effect: SettleEscalation, now: datetime) -> None:
    """Move an escalation on; one that is settled already stays as it is."""
    values = {"state": effect.state, "settled_by": effect.by, "settled_at": now, "remark": effect.reason}
    mine = (Escalation.id == effect.escalation) & (Escalation.ticket == effect.ticket)
    db.run(Escalation.update(**values).where(mine & Escalation.state.in_(UNSETTLED)))


def owe_page(db: Connection, effect: Page, now: datetime) -> None:
    """Owe a call of the webhook; once for each key."""
    db.execute(
        _NEW_PAGE,
        key=effect.key,
        ticket=effect.ticket,
        details=effect.details,
        not_before=now,
        created_at=now,
    )
