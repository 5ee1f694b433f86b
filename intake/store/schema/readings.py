"""What files were looked into for, and who waits for one."""

from datetime import datetime

import peewee
from peewee import AutoField, BooleanField, IntegerField

from intake.store.schema.fields import Moment, TextColumn
from intake.store.schema.previews import Preview


class FileReading(peewee.Model):
    """What looking into a file came to, by its sha256; never what stands in it.

    `reading` is as `as_text` of intake/desk/sensitive/reading.py writes it, `state` the first of it. `name`
    and `media_type` help to look into it. `next_at` is when it may be tried again, NULL where it is done;
    `untold`: what was found in it after its ticket was told is to be told still. `old`: it lay there before,
    and nobody is written to of what is found.
    """

    sha256: TextColumn[str] = TextColumn(primary_key=True)
    state: TextColumn[str] = TextColumn()
    reading: TextColumn[str] = TextColumn()
    name: TextColumn[str] = TextColumn(default="")
    media_type: TextColumn[str] = TextColumn(default="")
    attempts = IntegerField(default=0)
    next_at: Moment[datetime | None] = Moment(null=True, index=True)
    untold = BooleanField(default=False, index=True)
    old = BooleanField(default=False)

    class Meta:
        table_name = "file_reading"


class HeldFile(peewee.Model):
    """A file that an agent was told of and not sent, until it is looked into. Without references: it lives
    for minutes."""

    id = AutoField()
    ticket = IntegerField(index=True)
    agent = IntegerField()
    sha256: TextColumn[str] = TextColumn(index=True)
    name: TextColumn[str] = TextColumn()
    media_type: TextColumn[str] = TextColumn()
    size = IntegerField()

    class Meta:
        table_name = "held_file"
        indexes = ((("ticket", "agent", "sha256"), True),)


class Scan(peewee.Model):
    """The verdict of a scanner for malware on a file, by its sha256: one for each."""

    sha256: TextColumn[str] = TextColumn(primary_key=True)
    engine: TextColumn[str] = TextColumn()
    version: TextColumn[str] = TextColumn()
    verdict: TextColumn[str] = TextColumn()
    at: Moment[datetime] = Moment()

    class Meta:
        table_name = "scan"


READING_TABLES = (Preview, FileReading, HeldFile, Scan)
