"""What agents note about people. See `intake.store.schema.tables`."""

from datetime import datetime

import peewee
from peewee import AutoField, IntegerField

from intake.store.schema.fields import Key, Moment, TextColumn


class PersonNote(peewee.Model):
    """A note about a person; `key` is their address in lower case, `author` the name of who wrote it."""

    id = AutoField()
    key: Key[str] = Key(index=True)
    agent = IntegerField(null=True, constraints=[peewee.SQL('REFERENCES "agent" ("id")')])
    author: TextColumn[str] = TextColumn()
    text: TextColumn[str] = TextColumn()
    created_at: Moment[datetime] = Moment()

    class Meta:
        table_name = "person_note"
