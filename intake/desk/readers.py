"""Who gets the replies in a ticket. Pure."""

from collections.abc import Sequence

from intake.desk.addresses import form_of
from intake.desk.message import Address, Message
from intake.desk.policy import Policy
from intake.desk.text.said import said
from intake.desk.ticket import Ticket


def readers(ticket: Ticket, policy: Policy) -> list[Address]:
    """Return who gets the replies in a ticket: its requester and its participants, but never the address
    they are sent from."""
    ours = policy.mailbox(ticket.mailbox).address.lower()
    added = (Address(p) for p in ticket.participants if p.lower() != ticket.requester.key)
    people = (ticket.requester, *added)
    return [
        person
        for person in people
        if person.mailbox and not form_of(person.key, ours) and not policy.replies.owns(person.key)
    ]


def nobody_to_answer(ticket: Ticket, cure: str = "#cc add ADDRESS") -> str:
    """Return why a reply in a ticket without `readers` is not sent; `cure` is what adds an address."""
    return said(
        "Ticket #{number} has no address to reply to, so nothing was sent. Where the text names the "
        "customer's address, add it: {cure}.",
        number=ticket.id,
        cure=cure,
    )


def written_to(message: Message | None, people: Sequence[Address]) -> list[Address]:
    """Return those of `people` to whom an email went by its To and Cc."""
    named = {address.key for address in (*message.to, *message.cc)} if message else set()
    return [person for person in people if person.key in named]
