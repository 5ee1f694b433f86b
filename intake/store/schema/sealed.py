"""What was sealed, and who asked to open it. See `intake.store.schema.tables`."""

from datetime import datetime

import peewee
from peewee import AutoField, BigIntegerField, IntegerField

from intake.store.schema.fields import Bytes, Key, Moment, TextColumn


def _ref(table: str) -> list[peewee.Node]:
    return [peewee.SQL(f'REFERENCES "{table}" ("id")')]


class SealedCopy(peewee.Model):
    """Bytes as they came, before a secret was taken out, that only the holder of an offline key reads.

    They are those of a message or, where no message brought it, of an `entry`: its text, or a file of it.
    `sha256` is the digest that they had and still are known by; `content` is an age file, for `recipient`.
    """

    id = AutoField()
    ticket = IntegerField(constraints=_ref("ticket"), index=True)
    message = IntegerField(null=True, index=True, constraints=_ref("message"))
    entry = IntegerField(null=True, index=True, constraints=_ref("entry"))
    sha256: Key[str] = Key(index=True)
    size = BigIntegerField()
    content: Bytes[bytes] = Bytes()
    recipient: TextColumn[str] = TextColumn()
    sealed_at: Moment[datetime] = Moment(index=True)

    class Meta:
        table_name = "sealed_copy"


class OpenRequest(peewee.Model):
    """Somebody's wish to open what was sealed, and who else agreed. `who` is the name that acts are recorded
    under, `login` the user of the machine."""

    id = AutoField()
    find = IntegerField(constraints=_ref("secret_find"), index=True)
    ticket = IntegerField(constraints=_ref("ticket"), index=True)
    who: TextColumn[str] = TextColumn()
    login: TextColumn[str] = TextColumn()
    reason: TextColumn[str] = TextColumn()
    asked_at: Moment[datetime] = Moment()
    agreed: TextColumn[str] = TextColumn(default="")
    agreed_at: Moment[datetime | None] = Moment(null=True)

    class Meta:
        table_name = "open_request"


SEALED_TABLES: tuple[type[peewee.Model], ...] = (SealedCopy, OpenRequest)
