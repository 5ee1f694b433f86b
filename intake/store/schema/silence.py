"""The table of tickets that wait for their requesters, and are closed when nothing is heard."""

from datetime import datetime

import peewee
from peewee import BigIntegerField, IntegerField

from intake.store.schema.fields import Moment


class Silence(peewee.Model):
    """What is remembered of a ticket that waits (`intake.desk.silence.Note`); `lost_us` in microseconds.

    It counts as long as `word` is the ticket's last word: a later one begins anew.
    """

    ticket = IntegerField(primary_key=True, constraints=[peewee.SQL('REFERENCES "ticket" ("id")')])
    word = IntegerField()
    lost_us = BigIntegerField(default=0)
    look_at: Moment[datetime] = Moment(index=True)
    reminded_at: Moment[datetime | None] = Moment(null=True)
    closes_at: Moment[datetime | None] = Moment(null=True)

    class Meta:
        table_name = "silence"
