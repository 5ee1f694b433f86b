"""A notice that was refused for its size, once more: what was written, and the names of its files."""

from intake.desk.effects import Mail, MailKind
from intake.desk.message import Address
from intake.desk.rule_context import is_participant
from intake.desk.ticket import Agent, Ticket

# What begins the dedupe keys of notices of what somebody wrote, and of those that are the second one.
FIRST, AGAIN = "notice:", "notice:again:"


def without_files(
    outbox_id: int,
    ticket: Ticket,
    agent: Agent,
    author: Address,
    text: str,
    whole: str,
    new: bool,
    files: tuple[str, ...],
) -> Mail:
    """Return the second notice of what `author` wrote, in place of outbox row `outbox_id`.

    `new`: it opened the ticket. `files` are the names of what was left out.
    """
    return Mail(
        MailKind.NOTICE,
        ticket.id,
        agent.as_address,
        f"{AGAIN}{outbox_id}",
        agent=agent,
        author=author,
        text=text,
        whole=whole,
        stranger=not is_participant(author, ticket),
        event="new" if new else "answer",
        due=ticket.first_response_due,
        left_out=files,
    )
