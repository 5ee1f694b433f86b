"""Who is let into a ticket, and which tickets belong together. See `intake.store.schema.tables`."""

import peewee
from peewee import CompositeKey, IntegerField

from intake.store.schema.fields import Key, TextColumn

_TICKET = 'REFERENCES "ticket" ("id")'


class Participant(peewee.Model):
    """Somebody an agent let into a ticket, beside its requester."""

    ticket = IntegerField(constraints=[peewee.SQL(_TICKET)])
    key: Key[str] = Key()
    address: TextColumn[str] = TextColumn()

    class Meta:
        table_name = "participant"
        primary_key = CompositeKey("ticket", "key")


class TicketLink(peewee.Model):
    """Two tickets that an agent says belong together; each pair stands here both ways round."""

    ticket = IntegerField(constraints=[peewee.SQL(_TICKET)])
    other = IntegerField(constraints=[peewee.SQL(_TICKET)])

    class Meta:
        table_name = "ticket_link"
        primary_key = CompositeKey("ticket", "other")
