"""The tables of what agents are still to be told of their own mails, and of drafts they were reminded of."""

from datetime import datetime

import peewee
from peewee import AutoField, BooleanField, IntegerField

from intake.store.schema.fields import Key, Moment, TextColumn


class Telling(peewee.Model):
    """A mail of an agent's that was kept. `told_at` is NULL while they are still to be told of it.

    `why` is a sentence as `kept_sayings` keeps it. `asks`: a yes sends the draft `entry`. `row`: it counts
    among those that come in a row. Without references, for it lives a day.
    """

    id = AutoField()
    dedupe_key: Key[str] = Key(unique=True)
    agent = IntegerField()
    ticket = IntegerField(null=True)
    entry = IntegerField(null=True)
    message = IntegerField(null=True)
    asks = BooleanField(default=False)
    row = BooleanField(default=True)
    why: TextColumn[str] = TextColumn()
    created_at: Moment[datetime] = Moment()
    due_at: Moment[datetime] = Moment()
    told_at: Moment[datetime | None] = Moment(null=True)

    class Meta:
        table_name = "telling"
        indexes = ((("agent", "created_at"), False), (("told_at", "due_at"), False))


class DraftReminder(peewee.Model):
    """How often an agent was reminded of a draft (an entry) that waits, and when last."""

    entry = IntegerField(primary_key=True)
    times = IntegerField(default=0)
    last_at: Moment[datetime] = Moment()

    class Meta:
        table_name = "draft_reminder"


TELLING_TABLES: tuple[type[peewee.Model], ...] = (Telling, DraftReminder)
