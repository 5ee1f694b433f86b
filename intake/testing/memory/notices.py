"""A notice that was refused for its size, once more, in memory."""

from intake.desk import notices
from intake.desk.effects import Mail, MailKind
from intake.desk.message import Address
from intake.desk.notices import AGAIN, FIRST
from intake.desk.ticket import EntryKind
from intake.testing.memory.people import MemoryAgents
from intake.testing.memory.state import State
from intake.testing.memory.tickets import MemoryTickets


def without_files(state: State, tickets: MemoryTickets, agents: MemoryAgents, outbox_id: int) -> Mail | None:
    """Return the notice of outbox row `outbox_id` without its files; None where there is no other to send."""
    row = state.outbox.get(outbox_id)
    if row is None or row.kind != MailKind.NOTICE.value or row.ticket is None:
        return None
    if not row.dedupe.startswith(FIRST) or row.dedupe.startswith(AGAIN):
        return None
    ticket, agent = tickets.get(row.ticket), agents.by_address(row.outgoing.rcpt)
    wrote = [entry for entry in tickets.entries(row.ticket) if entry.kind is EntryKind.CUSTOMER]
    entries = [entry for entry in wrote if entry.created_at <= row.created_at]
    if ticket is None or agent is None or not entries or not entries[-1].files:
        return None
    entry = entries[-1]
    author = Address(entry.author, entry.author_name)
    new, files = len(entries) == 1, tuple(file.name for file in entry.files)
    return notices.without_files(outbox_id, ticket, agent, author, entry.text, entry.full_text, new, files)
