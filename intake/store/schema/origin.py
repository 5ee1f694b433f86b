"""The keys that this desk signed its mail with. See `intake.store.schema.tables`."""

from datetime import datetime

import peewee
from peewee import CompositeKey

from intake.store.schema.fields import Key, Moment


class DkimKey(peewee.Model):
    """The public half of a key: `public` in base64 (DER), used from `since` until `until` (None: still)."""

    selector: Key[str] = Key()
    domain: Key[str] = Key()
    public: Key[str] = Key()
    since: Moment[datetime] = Moment()
    until: Moment[datetime | None] = Moment(null=True)

    class Meta:
        table_name = "dkim_key"
        primary_key = CompositeKey("selector", "domain", "public")
