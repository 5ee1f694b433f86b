"""A mail to an agent that was refused for its size, once more."""

from intake.desk import notices
from intake.desk.effects import Mail, MailKind
from intake.desk.message import Address
from intake.mail.outgoing import smaller
from intake.store.agents import SqlAgents
from intake.store.kept_files import by_entry
from intake.store.merged import with_merged
from intake.store.schema.tables import Attachment, Entry, Outbox
from intake.store.tickets import SqlTickets


def without_files(tickets: SqlTickets, agents: SqlAgents, outbox_id: int) -> Mail | None:
    """Return the mail of outbox row `outbox_id` without its files; None where there is no other to send.

    None for what no agent gets, for what had no files, and so for a second one.
    """
    db = tickets.db
    row = db.first(Outbox.select().where(Outbox.id == outbox_id))
    if row is None or row.ticket is None or not MailKind(row.kind).to_agent:
        return None
    carried, agent = smaller.carried(row.mime), agents.by_address(row.rcpt)
    digests = [file.sha256 for file in carried]
    numbers = with_merged(db, row.ticket) if carried else []
    where = Entry.ticket.in_(numbers) & Attachment.sha256.in_(digests)
    kept = [file for _, file in by_entry(db, where)] if carried else []
    to = agent.as_address if agent else Address(row.rcpt)
    return notices.without_files(
        outbox_id, MailKind(row.kind), row.ticket, to, agent, row.mime, carried, kept
    )
