"""What an agent writes in a ticket that was merged into one of another customer's: it is not for them.

Even merged, neither customer is sent anything that was meant for the other, whatever way it took.
"""

from collections.abc import Iterable

from intake.desk import partners
from intake.desk.commands import canned
from intake.desk.commands.grammar import ParsedCommand
from intake.desk.effects import Amend, Effect, Mail, MailKind, SetStatus
from intake.desk.facts import TicketMatch
from intake.desk.message import Message
from intake.desk.text.said import said
from intake.desk.ticket import Ticket


def home(match: TicketMatch) -> Ticket:
    """Return the ticket that an email is about: the one it was written in, where that was merged into one of
    another customer's, else the one it belongs to now."""
    named = match.named
    if named is None or named.requester.key == match.ticket.requester.key:
        return match.ticket
    return named


def apart(match: TicketMatch) -> bool:
    """Whether an email was written in a ticket that was merged into one of another customer's."""
    return home(match).id != match.ticket.id


def words_for_another(match: TicketMatch, asked: ParsedCommand, message: Message) -> str:
    """Return why the words of an agent's email must not go out, "" where they may, or there are none."""
    if not apart(match) or asked.problem or asked.note or partners.of(asked) or canned.keeps(asked):
        return ""
    writes = asked.text.strip() or (message.attachments and not asked.commands) or canned.sends(asked)
    return _why(match) if writes else ""


def done_to_another(match: TicketMatch, effects: Iterable[Effect]) -> str:
    """Return why commands must not be carried out: the other customer would get an email, or find their
    request changed; "" for no reason."""
    return _why(match) if apart(match) and any(_concerns(match, effect) for effect in effects) else ""


def _concerns(match: TicketMatch, effect: Effect) -> bool:
    if isinstance(effect, Mail):
        return not effect.kind.to_agent and effect.kind is not MailKind.PARTNER
    return isinstance(effect, SetStatus | Amend) and effect.ticket == match.ticket.id


def _why(match: TicketMatch) -> str:
    named = home(match)
    return said(
        "Ticket #{number}, which you replied to, was merged into #{other}, whose requester is someone else. "
        "Reply to an email about that ticket; to write to {address}, add them there with #cc add.",
        number=named.id,
        other=match.ticket.id,
        address=named.requester.mailbox,
    )
