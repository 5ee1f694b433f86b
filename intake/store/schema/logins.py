"""Accounts that are logged in to with tokens."""

from datetime import datetime

import peewee
from peewee import BooleanField, IntegerField

from intake.store.schema.fields import Key, Moment, TextColumn


class OAuthAccount(peewee.Model):
    """What is kept of [oauth NAME]; see `intake.views.LoginRow`.

    Both tokens are sealed under a key that stands in no table: a copy of the database alone opens no mailbox.
    """

    name: Key[str] = Key(primary_key=True)
    mark: TextColumn[str] = TextColumn(default="")
    sealed: TextColumn[str] = TextColumn(default="")
    access: TextColumn[str] = TextColumn(default="")
    bound: TextColumn[str] = TextColumn(default="")
    expires_at: Moment[datetime | None] = Moment(null=True)
    refreshed_at: Moment[datetime | None] = Moment(null=True)
    obtained_at: Moment[datetime | None] = Moment(null=True)
    dies_at: Moment[datetime | None] = Moment(null=True)
    dead = BooleanField(default=False)
    error: TextColumn[str] = TextColumn(default="")
    tried_at: Moment[datetime | None] = Moment(null=True)
    failures = IntegerField(default=0)
    owner: TextColumn[str | None] = TextColumn(null=True)
    lease_until: Moment[datetime | None] = Moment(null=True)

    class Meta:
        table_name = "oauth_account"
