"""Previews of pictures."""

from datetime import datetime

import peewee
from peewee import IntegerField

from intake.store.schema.fields import Bytes, Moment, TextColumn


class Preview(peewee.Model):
    """A small PNG or JPEG of a picture, by the sha256 of the picture itself.

    `content` is empty where there is none (yet); `next_at` is when it may be tried to make
    one, NULL where it is made, or was given up.
    """

    sha256: TextColumn[str] = TextColumn(primary_key=True)
    content: Bytes[bytes] = Bytes()
    attempts = IntegerField(default=0)
    next_at: Moment[datetime | None] = Moment(null=True, index=True)

    class Meta:
        table_name = "preview"
