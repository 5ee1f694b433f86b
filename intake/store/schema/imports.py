"""The tables of imports: each run, and what of another desk became what here."""

from collections.abc import Mapping
from datetime import datetime

import peewee
from peewee import AutoField, IntegerField

from intake.store.schema.fields import Key, Moment, Pairs, TextColumn


class ImportRun(peewee.Model):
    """One import. `state` is running, stopped, done or forgotten; `told` is how many of what, as it ended."""

    id = AutoField()
    source: Key[str] = Key(index=True)
    kind: TextColumn[str] = TextColumn()
    state: TextColumn[str] = TextColumn()
    by: TextColumn[str] = TextColumn()
    started_at: Moment[datetime] = Moment()
    ended_at: Moment[datetime | None] = Moment(null=True)
    told: Pairs[Mapping[str, str]] = Pairs(default={})

    class Meta:
        table_name = "import_run"


class Imported(peewee.Model):
    """What became of one thing of another desk: of a ticket, or of an entry in it.

    `ref` names it there, for good: an entry's begins with its ticket's. `number` is what stood in subjects,
    only of a ticket. `ticket_no`, `entry_no` and `message_no` are what it is here; they are no references, so
    that the row outlives an erasure and what was erased does not come back with the next run.
    `found`: it was here already. `touched` is the ticket's `updated_at` as the import left it.
    """

    id = AutoField()
    source: Key[str] = Key()
    ref: Key[str] = Key()
    run = IntegerField(index=True, constraints=[peewee.SQL('REFERENCES "import_run" ("id")')])
    kind: TextColumn[str] = TextColumn()
    year = IntegerField()
    number: Key[str] = Key(default="")
    ticket_no = IntegerField(index=True)
    entry_no = IntegerField(null=True)
    message_no = IntegerField(null=True)
    files = IntegerField(default=0)
    missing = IntegerField(default=0)
    found = peewee.BooleanField(default=False)
    at: Moment[datetime] = Moment()
    touched: Moment[datetime | None] = Moment(null=True)

    class Meta:
        table_name = "imported"
        indexes = ((("source", "ref"), True),)


# Of entries there are many, and none of them has one.
Imported.add_index(Imported.number, where=peewee.SQL("number <> ''"))

IMPORT_TABLES: tuple[type[peewee.Model], ...] = (ImportRun, Imported)
