"""Who hears that somebody outside a ticket was asked: those who hear of a note in it. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from intake.desk.effects import Effect, Mail
from intake.desk.lifecycle import note_told
from intake.desk.message import Attachment
from intake.desk.text.said import said
from intake.desk.ticket import Agent, Ticket


def question_told(
    ticket: Ticket,
    agent: Agent,
    address: str,
    text: str,
    key: str,
    files: tuple[Attachment, ...] = (),
    working: Sequence[Agent] = (),
) -> list[Effect]:
    """Return the emails that `agent` asked `address` this: to the assignee, the watchers and who else works
    on the ticket (`working`), never to `agent`. `key` begins the dedupe keys, `files` went with it."""
    above = said("Sent as a question to {address}, outside this ticket:", address=address)
    mails = note_told(ticket, agent, agent.as_address, text, key, files, working=working)
    return [replace(mail, above=above) if isinstance(mail, Mail) else mail for mail in mails]
