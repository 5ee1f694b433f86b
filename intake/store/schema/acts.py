"""Acts that need a second person, second factors, and who read how much. See `intake.store.schema.tables`."""

from datetime import datetime

import peewee
from peewee import AutoField, BigIntegerField, BooleanField, IntegerField

from intake.store.schema.fields import Key, Moment, Strings, TextColumn


class ActRequest(peewee.Model):
    """An act that was asked for; see `intake.desk.acts.Request`.

    `person` is the address that it is about and `about` a ticket's number, no reference: an erasure of either
    deletes the row and the mails that asked for it.
    """

    id = AutoField()
    kind: TextColumn[str] = TextColumn()
    about = IntegerField(default=0)
    person: Key[str] = Key(default="", index=True)
    plan: TextColumn[str] = TextColumn()
    digest: Key[str] = Key(index=True)
    reason: TextColumn[str] = TextColumn()
    login: TextColumn[str] = TextColumn(default="")
    acting: TextColumn[str] = TextColumn(default="")
    proven = BooleanField(default=False)
    at: Moment[datetime] = Moment()
    ready_at: Moment[datetime | None] = Moment(null=True)
    expires_at: Moment[datetime] = Moment()
    state: Key[str] = Key(index=True)
    settled_by: TextColumn[str] = TextColumn(default="")
    seen_by: Strings[tuple[str, ...]] = Strings(default=())

    class Meta:
        table_name = "act_request"


class Factor(peewee.Model):
    """The second factor of an agent: its secret as it was sealed, and the last step (RFC 6238) that was used.

    `wrong` counts wrong codes since `wrong_since`.
    """

    person = IntegerField(primary_key=True, constraints=[peewee.SQL('REFERENCES "agent" ("id")')])
    sealed: TextColumn[str] = TextColumn()
    made_at: Moment[datetime] = Moment()
    last_step = BigIntegerField(default=0)
    wrong = IntegerField(default=0)
    wrong_since: Moment[datetime | None] = Moment(null=True)

    class Meta:
        table_name = "factor"


class ReadLog(peewee.Model):
    """How often somebody read something on a day (`intake.desk.reading`). `about` is a ticket, or 0."""

    day: Key[str] = Key()
    who: Key[str] = Key()
    kind: Key[str] = Key()
    about = IntegerField()
    n = IntegerField(default=0)

    class Meta:
        table_name = "read_log"
        primary_key = peewee.CompositeKey("day", "who", "kind", "about")


ACT_TABLES: tuple[type[peewee.Model], ...] = (ActRequest, Factor, ReadLog)
