"""Whether an agent's reply was written to somebody else, or to several tickets, so that it is not sent."""

from intake.desk.commands import canned
from intake.desk.commands.grammar import ParsedCommand
from intake.desk.message import Address
from intake.desk.partners import of
from intake.desk.readers import readers, written_to
from intake.desk.rule_context import RuleContext, own_address
from intake.desk.text.said import said
from intake.desk.ticket import Ticket
from intake.desk.tokens import Purpose


def for_others(case: RuleContext, ticket: Ticket, asked: ParsedCommand) -> str:
    """Return why the words of an agent's reply are held back, "" where they are not.

    Somebody else stands first in To, and nobody in the ticket has it: the words were written to them, and
    the desk got them as well. Whom an agent names behind the desk, or copies, changes nothing. What says
    itself where its words go, `#reply` or `#note`, is done.
    """
    if asked.note or asked.reply or of(asked) or canned.keeps(asked):
        return ""
    files = case.message.attachments and not asked.commands
    if not (asked.text.strip() or files or canned.sends(asked)):
        return ""
    written = [address for address in case.message.to if address.mailbox]
    if not written or written_to(case.message, readers(ticket, case.policy)):
        return ""
    if _reaches_us(written[0], case, ticket):
        return ""
    written = [address for address in written if not _reaches_us(address, case, ticket)]
    return said(
        "It is addressed to {names}, with this desk in copy, so it was not sent to the customer. To keep it "
        "as an internal note, write #note on the first line; to ask somebody outside, #ask ADDRESS.",
        names=", ".join(address.mailbox for address in written),
    )


def for_two_tickets(case: RuleContext) -> str:
    """Return why an agent's email to the addresses of several tickets is held back, "" for one to one.

    Tickets of which one was merged into the other are one.
    """
    token, match = case.facts.token, case.facts.by_token
    if token is None or match is None or token.purpose is not Purpose.AGENT or token.beside:
        return ""
    if len(token.several) < 2:
        return ""
    return said(
        "It is addressed to several tickets ({numbers}), and an email goes into one. A yes sends it in "
        "ticket #{number} alone; send each other ticket an email of its own.",
        numbers=", ".join(f"#{number}" for number in token.several),
        number=match.ticket.id,
    )


def _reaches_us(address: Address, case: RuleContext, ticket: Ticket) -> bool:
    """Whether an address is the desk's, leads to it, or is one that the reply goes to anyway."""
    message, policy = case.message, case.policy
    there = {reader.key for reader in readers(ticket, policy)} | {ticket.requester.key}
    reached = {place.lower() for place in (*case.envelope.recipients, *message.delivered_to)}
    if address.key in there | reached or own_address(address.key, policy):
        return True
    if any(address.key == agent.address.lower() for agent in case.facts.agents):
        return False
    # No copy of it went to an address of ours: an alias in our own domain has brought it.
    ours = {own.rpartition("@")[2] for own in policy.own_addresses}
    return address.domain in ours and not any(own_address(copied.key, policy) for copied in message.cc)
