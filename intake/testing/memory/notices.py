"""A mail to an agent that was refused for its size, once more, in memory."""

from intake.desk import notices
from intake.desk.effects import Mail, MailKind
from intake.desk.message import Address
from intake.mail.outgoing import smaller
from intake.testing.memory.files import kept_file
from intake.testing.memory.people import MemoryAgents
from intake.testing.memory.state import State
from intake.testing.memory.tickets import MemoryTickets


def without_files(state: State, tickets: MemoryTickets, agents: MemoryAgents, outbox_id: int) -> Mail | None:
    """Return the mail of outbox row `outbox_id` without its files; None where there is no other to send."""
    row = state.outbox.get(outbox_id)
    if row is None or row.ticket is None or not MailKind(row.kind).to_agent:
        return None
    carried, agent = smaller.carried(row.outgoing.raw), agents.by_address(row.outgoing.rcpt)
    files = [
        file
        for number in tickets.with_merged(row.ticket)
        for entry in tickets.entries(number)
        for file in entry.files
    ]
    kept = [kept_file(file) for file in files]
    to = agent.as_address if agent else Address(row.outgoing.rcpt)
    return notices.without_files(
        outbox_id, MailKind(row.kind), row.ticket, to, agent, row.outgoing.raw, carried, kept
    )
