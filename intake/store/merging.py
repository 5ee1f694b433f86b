"""What a split and a link write."""

from intake.desk.effects import OpenTicket
from intake.desk.merge_effects import LinkTickets, SplitOff
from intake.desk.record.leaf import ENTRY
from intake.store.connection import Connection
from intake.store.schema import tables
from intake.store.schema.links import TicketLink
from intake.store.schema.tables import Attachment, Entry, MessageRef
from intake.store.statement import Insertion
from intake.store.tickets import SqlTickets


def opening(tickets: SqlTickets, effect: SplitOff) -> OpenTicket:
    """Return the ticket that is opened for an entry of another: alike but for its person and its promises.

    Raises LookupError when there is no such entry in that ticket.
    """
    old = tickets.get(effect.ticket)
    query = Entry.select(Entry.id).where((Entry.id == effect.entry) & (Entry.ticket == effect.ticket))
    if old is None or tickets.db.first(query.tuples()) is None:
        raise LookupError(f"there is no entry {effect.entry} in ticket {effect.ticket}")
    return OpenTicket(
        effect.subject,
        effect.requester,
        old.language,
        old.mailbox,
        old.team,
        old.channel,
        related=old.id,
        priority=old.priority,
        category=old.category,
        tags=old.tags,
    )


_ENTRIES = Insertion(Entry, numbered=True, recorded=ENTRY)


def copy(db: Connection, effect: SplitOff, ticket: int) -> None:
    """Copy an entry with its files into `ticket`; answers to its mail go there from now on."""
    values = (Entry.kind, Entry.author, Entry.author_name, Entry.text, Entry.full_text)
    more = (Entry.evidence, Entry.agent, Entry.message, Entry.created_at)
    row = db.first(Entry.select(*values, *more).where(Entry.id == effect.entry).dicts())
    # One that is at hand, as for all that is said of it: the database would give a higher one.
    entry_id = db.numbers.take(Entry)
    db.insert(_ENTRIES, [{"id": entry_id, "ticket": ticket, **row}])
    files = db.rows(
        Attachment.select().where(Attachment.entry == effect.entry).order_by(Attachment.id).dicts()
    )
    for attached in files:
        file = {name: value for name, value in attached.items() if name != "id"}
        db.run(Attachment.insert(**{**file, "entry": entry_id}))
    if row["message"] is not None:
        query = tables.Message.select(tables.Message.message_id).where(tables.Message.id == row["message"])
        (message_id,) = db.first(query.tuples())
        here = (MessageRef.ticket == effect.ticket) & (MessageRef.direction == "in")
        db.run(MessageRef.update(ticket=ticket).where(here & (MessageRef.message_id == message_id)))


def link(db: Connection, effect: LinkTickets) -> None:
    """Write a link down, both ways round; one that is there stays."""
    for ticket, other in ((effect.ticket, effect.other), (effect.other, effect.ticket)):
        insertion = TicketLink.insert(ticket=ticket, other=other)
        db.run(insertion.on_conflict_ignore().as_rowcount())
