"""The record that shows tampering: what is still to be recorded, its rows, and its checkpoints.

No column is called like a table: an erasure would take the rows for what hangs on those it deletes.
"""

from datetime import datetime

import peewee
from peewee import AutoField, BigIntegerField

from intake.store.schema.fields import Bytes, Moment, TextColumn


class RecordDue(peewee.Model):
    """A row that was written, changed or deleted (`why`) and is not in the record yet.

    Written in the transaction that does it; whoever seals deletes it (intake.store.record.sealing).
    """

    id = AutoField()
    kind: TextColumn[str] = TextColumn()
    number = BigIntegerField()
    why: TextColumn[str] = TextColumn(default="")
    act = BigIntegerField(default=0)

    class Meta:
        table_name = "record_due"


class RecordRow(peewee.Model):
    """A row of the record. `body` is what is hashed; `salts` (JSON, hex by name) goes with an erasure."""

    seq = BigIntegerField(primary_key=True)
    kind: TextColumn[str] = TextColumn()
    number = BigIntegerField()
    body: TextColumn[str] = TextColumn()
    hash: Bytes[bytes] = Bytes()
    salts: TextColumn[str] = TextColumn(default="")

    class Meta:
        table_name = "record_row"
        indexes = ((("kind", "number"), False),)


class RecordCheckpoint(peewee.Model):
    """A signed checkpoint over the first `size` rows of the record."""

    id = AutoField()
    size = BigIntegerField(index=True)
    made_at: Moment[datetime] = Moment()
    note: TextColumn[str] = TextColumn()

    class Meta:
        table_name = "record_checkpoint"


RECORD_TABLES: tuple[type[peewee.Model], ...] = (RecordDue, RecordRow, RecordCheckpoint)
