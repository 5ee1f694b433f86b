"""Canned responses that agents keep themselves. See `intake.store.schema.tables`."""

from datetime import datetime

import peewee
from peewee import AutoField, IntegerField

from intake.store.schema.fields import Key, Moment, TextColumn


class Canned(peewee.Model):
    """A canned response in one language ("" for every one), or an older version of it.

    `name` is in small letters, `author` the name of who wrote it; `replaced_at` is NULL for what counts.
    """

    id = AutoField()
    name: Key[str] = Key()
    language: Key[str] = Key()
    text: TextColumn[str] = TextColumn()
    agent = IntegerField(null=True, constraints=[peewee.SQL('REFERENCES "agent" ("id")')])
    author: TextColumn[str] = TextColumn()
    updated_at: Moment[datetime] = Moment()
    replaced_at: Moment[datetime | None] = Moment(null=True)

    class Meta:
        table_name = "canned"
        indexes = ((("name", "language"), False),)


class Approved(peewee.Model):
    """A text that an admin let past the guard: `digest` is its SHA-256, so that a changed one is another."""

    digest: Key[str] = Key(primary_key=True)
    name: Key[str] = Key()
    text: TextColumn[str] = TextColumn()
    made_by: TextColumn[str] = TextColumn()
    made_at: Moment[datetime] = Moment()

    class Meta:
        table_name = "approved"


CANNED_TABLES = (Canned, Approved)
