"""Downloads of files by links that work once."""

from datetime import datetime

import peewee
from peewee import IntegerField

from intake.store.schema.fields import Key, Moment


class Download(peewee.Model):
    """A link that was used, by the sha256 of its token; kept until the link would be over.

    It names no ticket, no agent and no file: who downloaded what stands in the audit.
    """

    hash: Key[str] = Key(primary_key=True)
    # How often a download was begun, and when one came to its end.
    begun = IntegerField(default=0)
    done_at: Moment[datetime | None] = Moment(null=True)
    expires_at: Moment[datetime] = Moment(index=True)

    class Meta:
        table_name = "download"
