"""Secrets that were found: what and where, never the secret. See `intake.store.schema.tables`."""

from datetime import datetime

import peewee
from peewee import AutoField, IntegerField

from intake.store.schema.fields import Key, Moment, TextColumn


def _ref(table: str) -> list[peewee.Node]:
    return [peewee.SQL(f'REFERENCES "{table}" ("id")')]


class SecretFind(peewee.Model):
    """A secret in a ticket. `hmac` is the same for the same secret, and says nothing without the desk's key.

    `part` is where it stands (`sensitive.finds.Find`), `state` is one of `find_effects`,
    `detector` the version of what found it.
    """

    id = AutoField()
    ticket = IntegerField(constraints=_ref("ticket"), index=True)
    message = IntegerField(null=True)
    entry = IntegerField(null=True, constraints=_ref("entry"))
    part: TextColumn[str] = TextColumn()
    kind: TextColumn[str] = TextColumn()
    confidence: TextColumn[str] = TextColumn()
    words = IntegerField(default=0)
    state: TextColumn[str] = TextColumn(default="hidden")
    hmac: Key[str] = Key(index=True)
    found_at: Moment[datetime] = Moment()
    detector = IntegerField()

    class Meta:
        table_name = "secret_find"
