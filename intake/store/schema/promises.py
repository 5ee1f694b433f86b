"""The tables of promises, escalations and pages, and the list of all that the clock looks at."""

from collections.abc import Mapping
from datetime import datetime

import peewee
from peewee import AutoField, BigIntegerField, IntegerField

from intake.store.schema.fields import Key, Moment, Pairs, TextColumn
from intake.store.schema.incidents import INCIDENT_TABLES
from intake.store.schema.silence import Silence


def _ref(table: str) -> list[peewee.Node]:
    return [peewee.SQL(f'REFERENCES "{table}" ("id")')]


class Promise(peewee.Model):
    """One promise made in a ticket. `total_us` and `left_us` are business time in microseconds.

    `next_at` is when the next step of its ladder is due, NULL while there is none: its
    index holds little more than what will be due.
    """

    id = AutoField()
    ticket = IntegerField(constraints=_ref("ticket"))
    target: TextColumn[str] = TextColumn()
    policy: TextColumn[str] = TextColumn()
    total_us = BigIntegerField()
    started_at: Moment[datetime] = Moment(index=True)
    counted_from: Moment[datetime] = Moment()
    left_us = BigIntegerField()
    due: Moment[datetime | None] = Moment(null=True)
    state: TextColumn[str] = TextColumn()
    reached = IntegerField(default=0)
    next_at: Moment[datetime | None] = Moment(null=True, index=True)
    ended_at: Moment[datetime | None] = Moment(null=True)
    told: Moment[datetime | None] = Moment(null=True)

    class Meta:
        table_name = "promise"
        # A report asks a year of tickets for state and due, and finds both in the index.
        indexes = ((("state", "due"), False), (("ticket", "state", "due"), False))


class Escalation(peewee.Model):
    """One step that was done, or what somebody asked for (without a promise).

    `state` is open, acked, resolved, cancelled or done.
    """

    id = AutoField()
    ticket = IntegerField(index=True, constraints=_ref("ticket"))
    promise = IntegerField(null=True, constraints=_ref("promise"))
    target: TextColumn[str] = TextColumn(default="")
    step: Key[str] = Key()
    due_at: Moment[datetime] = Moment(index=True)
    fired_at: Moment[datetime] = Moment()
    state: Key[str] = Key()
    reason: TextColumn[str] = TextColumn(default="")
    to_team: TextColumn[str] = TextColumn(default="")
    by: TextColumn[str] = TextColumn(default="")
    settled_by: TextColumn[str] = TextColumn(default="")
    settled_at: Moment[datetime | None] = Moment(null=True)
    remark: TextColumn[str] = TextColumn(default="")

    class Meta:
        table_name = "escalation"
        indexes = ((("promise", "step"), True), (("state", "fired_at"), False))


class Page(peewee.Model):
    """A call of the webhook that is owed. `state` is due, sent or failed; `key` never changes."""

    id = AutoField()
    key: Key[str] = Key(unique=True)
    ticket = IntegerField(index=True, constraints=_ref("ticket"))
    details: Pairs[Mapping[str, str]] = Pairs(default={})
    state: TextColumn[str] = TextColumn(default="due")
    attempts = IntegerField(default=0)
    not_before: Moment[datetime] = Moment()
    created_at: Moment[datetime] = Moment()
    sent_at: Moment[datetime | None] = Moment(null=True)
    error: TextColumn[str] = TextColumn(default="")

    class Meta:
        table_name = "page"
        indexes = ((("state", "not_before"), False),)


# In the order they must be made.
SERVICE_TABLES: tuple[type[peewee.Model], ...] = (Promise, Escalation, Page, Silence, *INCIDENT_TABLES)
