"""What tickets are found by beside their own columns: words, tags, and indexes for the lists."""

from typing import Any

import peewee
from peewee import CompositeKey, IntegerField

from intake.store.schema.fields import Key, TextColumn

_TICKET: list[peewee.Node] = [peewee.SQL('REFERENCES "ticket" ("id")')]


class TicketTag(peewee.Model):
    """The tags of tickets once more, to find tickets by."""

    tag: Key[str] = Key()
    ticket = IntegerField(index=True, constraints=_TICKET)

    class Meta:
        table_name = "ticket_tag"
        primary_key = CompositeKey("tag", "ticket")


class SearchText(peewee.Model):
    """The words a ticket is found by, in the form of `intake.desk.text.words`, blanks between.

    What they are looked up in stands in `intake.store.search`.
    """

    ticket = IntegerField(primary_key=True, constraints=_TICKET)
    words: TextColumn[str] = TextColumn()

    class Meta:
        table_name = "search_text"


def index_tickets(ticket: Any) -> None:
    """Add the indexes that hold few tickets each: writing the others must not pay for them."""
    ticket.add_index(ticket.priority, ticket.status, where=(ticket.priority != peewee.SQL("'normal'")))
    ticket.add_index(ticket.id, where=peewee.SQL('"spam"'))
    ticket.add_index(ticket.merged_into, where=peewee.SQL("merged_into IS NOT NULL"))
    for due in (ticket.first_response_due, ticket.next_response_due, ticket.resolution_due):
        ticket.add_index(due, where=due.is_null(False))
    ticket.add_index(
        peewee.SQL(
            'CREATE INDEX IF NOT EXISTS "ticket_requester_newest" ON "ticket" (LOWER("requester"), "id")'
        )
    )


# Indexes of older databases that another one has taken the place of.
REPLACED = {"ticket_requester_newest": "ticket_requester_lower"}
