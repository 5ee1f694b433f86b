"""The tables of the web: what was posted lately, and the keys of programs that post.

They refer to nothing by force, so that erasing a message does not stumble over them.
"""

from datetime import datetime

import peewee
from peewee import AutoField, IntegerField

from intake.store.schema.fields import Key, Moment, Strings, TextColumn


class WebHit(peewee.Model):
    """One post of the web that was taken, under each of the keys it is counted by; kept for a day.

    `key` is a keyed hash: nobody reads from it who or where somebody was.
    """

    id = AutoField()
    key: Key[str] = Key()
    at: Moment[datetime] = Moment(index=True)

    class Meta:
        table_name = "web_hit"
        indexes = ((("key", "at"), False),)


class ApiKey(peewee.Model):
    """A key that a program posts tickets with. Only the sha256 of it is kept."""

    id = AutoField()
    name: TextColumn[str] = TextColumn()
    hash: Key[str] = Key(unique=True)
    scopes: Strings[tuple[str, ...]] = Strings()
    per_hour = IntegerField()
    created_at: Moment[datetime] = Moment()
    used_at: Moment[datetime | None] = Moment(null=True)
    revoked_at: Moment[datetime | None] = Moment(null=True)

    class Meta:
        table_name = "api_key"


class ApiRequest(peewee.Model):
    """A message that came by the API: whose it is, and what the same request again is known by."""

    id = AutoField()
    api_key = IntegerField()
    idempotency: Key[str] = Key()
    content: TextColumn[str] = TextColumn()
    message = IntegerField(null=True)
    at: Moment[datetime] = Moment()

    class Meta:
        table_name = "api_request"
        indexes = ((("api_key", "idempotency"), True), (("api_key", "message"), False))


WEB_TABLES = (WebHit, ApiKey, ApiRequest)
