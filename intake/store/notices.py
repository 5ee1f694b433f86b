"""A notice that was refused for its size, once more: what was written, and the names of its files."""

from intake.desk import notices
from intake.desk.effects import Mail, MailKind
from intake.desk.message import Address
from intake.desk.notices import AGAIN, FIRST
from intake.desk.ticket import EntryKind
from intake.store.agents import SqlAgents
from intake.store.schema.tables import Attachment, Entry, Outbox
from intake.store.tickets import SqlTickets


def without_files(tickets: SqlTickets, agents: SqlAgents, outbox_id: int) -> Mail | None:
    """Return the notice of outbox row `outbox_id` without its files; None where there is no other to send.

    None for what is no notice, for a copy of an agent's own answer, for what had no files, and for
    a second notice: what was refused twice would be refused a third time.
    """
    db = tickets.db
    row = db.first(Outbox.select().where(Outbox.id == outbox_id))
    if row is None or row.kind != MailKind.NOTICE.value or row.ticket is None:
        return None
    if not row.dedupe_key.startswith(FIRST) or row.dedupe_key.startswith(AGAIN):
        return None
    ticket, agent = tickets.get(row.ticket), agents.by_address(row.rcpt)
    # Made in one transaction, they have one time.
    wrote = (Entry.ticket == row.ticket) & (Entry.kind == EntryKind.CUSTOMER.value)
    query = Entry.select().where(wrote & (Entry.created_at <= row.created_at)).order_by(Entry.id.desc())
    entry = db.first(query)
    if ticket is None or agent is None or entry is None:
        return None
    names = Attachment.select(Attachment.name).where(Attachment.entry == entry.id).order_by(Attachment.id)
    files = tuple(str(name) for (name,) in db.rows(names.tuples()))
    if not files:
        return None
    earlier = Entry.select(Entry.id).where(wrote & (Entry.id < entry.id)).limit(1)
    author = Address(entry.author, entry.author_name)
    new = not db.first(earlier)
    return notices.without_files(outbox_id, ticket, agent, author, entry.text, entry.full_text, new, files)
