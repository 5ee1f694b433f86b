"""Incidents and their steps. See `intake.store.schema.tables`."""

from datetime import datetime

import peewee
from peewee import AutoField, IntegerField

from intake.store.schema.fields import Key, Moment, TextColumn


def _ref(table: str) -> list[peewee.Node]:
    return [peewee.SQL(f'REFERENCES "{table}" ("id")')]


class Incident(peewee.Model):
    """An incident of a ticket. `open_in` is its ticket while it is open, and NULL later: so a ticket has one
    open incident, although two may be started at once."""

    id = AutoField()
    ticket = IntegerField(constraints=_ref("ticket"), index=True)
    open_in = IntegerField(null=True, unique=True)
    kind: Key[str] = Key()
    by: TextColumn[str] = TextColumn(default="")
    opened_at: Moment[datetime] = Moment(index=True)
    closed_at: Moment[datetime | None] = Moment(null=True)
    closed_by: TextColumn[str] = TextColumn(default="")

    class Meta:
        table_name = "incident"


class IncidentStep(peewee.Model):
    """A step of an incident, and what became of it. `ticket` is the incident's."""

    id = AutoField()
    incident = IntegerField(constraints=_ref("incident"))
    ticket = IntegerField(constraints=_ref("ticket"), index=True)
    place = IntegerField()
    name: Key[str] = Key()
    state: Key[str] = Key(default="open")
    by: TextColumn[str] = TextColumn(default="")
    at: Moment[datetime | None] = Moment(null=True)
    note: TextColumn[str] = TextColumn(default="")

    class Meta:
        table_name = "incident_step"
        indexes = ((("incident", "name"), True),)


class Hold(peewee.Model):
    """A hold on a ticket, or on all that is of the person whose address in lower case is `key` ("": none)."""

    id = AutoField()
    ticket = IntegerField(null=True, constraints=_ref("ticket"), index=True)
    key: Key[str] = Key(default="")
    reason: TextColumn[str] = TextColumn()
    authority: TextColumn[str] = TextColumn(default="")
    by: TextColumn[str] = TextColumn()
    since: Moment[datetime] = Moment()
    until: Moment[datetime | None] = Moment(null=True)
    lifted_at: Moment[datetime | None] = Moment(null=True)
    lifted_by: TextColumn[str] = TextColumn(default="")

    class Meta:
        table_name = "hold"


class OwedErasure(peewee.Model):
    """An erasure that a hold put off, by the address in lower case: done when nothing of the person's is held
    any more."""

    key: Key[str] = Key(primary_key=True)
    who: TextColumn[str] = TextColumn()
    asked_at: Moment[datetime] = Moment()

    class Meta:
        table_name = "owed_erasure"


# In the order they must be made.
INCIDENT_TABLES: tuple[type[peewee.Model], ...] = (Incident, IncidentStep, Hold, OwedErasure)
