"""Senders whose mail is kept in quarantine."""

from datetime import datetime

import peewee

from intake.store.schema.fields import Key, Moment, TextColumn


class Blocked(peewee.Model):
    """A block: `key` is an address in lower case, or a domain with @ in front; see `intake.desk.blocking`."""

    key: Key[str] = Key(primary_key=True)
    made_by: TextColumn[str] = TextColumn()
    made_at: Moment[datetime] = Moment()
    reason: TextColumn[str] = TextColumn(default="")

    class Meta:
        table_name = "blocked"
