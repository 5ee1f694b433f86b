"""Spam: how a ticket becomes it, and how it is brought back. Pure.

A ticket of spam is closed and nobody's work: no email, no deadline, no survey, no place in a report. It is
kept, found and deleted like any other ticket.
"""

from collections.abc import Sequence

from intake.desk.effects import AddEntry, Amend, Effect, Mail, MailKind, SetStatus
from intake.desk.lookup import Line
from intake.desk.mails import to_each
from intake.desk.message import Address
from intake.desk.ticket import DESK, Agent, EntryKind, Status, Ticket, Withheld


def mark(ticket: Ticket, by: str) -> list[Effect]:
    """Return the effects of a person's word that a ticket is spam; it is closed silently."""
    return [
        Amend(ticket.id, {"spam": True, "withheld": Withheld.NOTHING, "snoozed_until": None}),
        _event(ticket, f"marked as spam, by {by}"),
        SetStatus(ticket.id, Status.CLOSED),
    ]


def unmark(ticket: Ticket, why: str) -> list[Effect]:
    """Return the effects of taking the mark off: the ticket is as if it came now, or open again if it was
    answered. Its deadlines begin now, by the pass `deadlines`."""
    status = Status.NEW if ticket.first_response_at is None else Status.OPEN
    return [
        Amend(ticket.id, {"spam": False, "withheld": Withheld.NOTHING}),
        SetStatus(ticket.id, status, waits=True),
        _event(ticket, f"no longer spam: {why}"),
    ]


def take_up(
    ticket: Ticket, whom: str, by: str, key: str, last: Line | None, agents: Sequence[Agent]
) -> list[Effect]:
    """Return the effects of assigning what was taken for spam: it is worked on, so that it is none.

    Whoever has it now is notified with the requester's newest words, which nobody was shown. The requester
    is told nothing: nobody said yet that they are no spammer.
    """
    return [*unmark(ticket, f"assigned to {whom} by {by}"), *_told(ticket, key, last, agents)]


def bring_back(
    ticket: Ticket, by: str, key: str, last: Line | None, agents: Sequence[Agent], answers: bool
) -> list[Effect]:
    """Return the effects of `#notspam`: the agents are notified with the requester's newest words, and the
    requester gets the acknowledgement that was withheld, where the desk `answers` so."""
    effects = unmark(ticket, f"brought back by {by}")
    if answers and ticket.withheld is Withheld.ACKNOWLEDGEMENT:
        # Nobody vouched for the sender, so that it carries none of their words.
        effects.append(
            Mail(MailKind.ACKNOWLEDGEMENT, ticket.id, ticket.requester, f"ack:{key}", quote_subject=False)
        )
    return [*effects, *_told(ticket, key, last, agents)]


def _told(ticket: Ticket, key: str, last: Line | None, agents: Sequence[Agent]) -> list[Effect]:
    author = Address(last.author, last.author_name) if last else ticket.requester
    notice = Mail(
        MailKind.NOTICE,
        ticket.id,
        author,
        f"notice:notspam:{key}",
        author=author,
        text=last.text if last else "",
        whole=last.full_text if last else "",
        event="restored",
        left_out=last.files if last else (),
    )
    return to_each(agents, notice)


def _event(ticket: Ticket, text: str) -> AddEntry:
    return AddEntry(ticket.id, EntryKind.EVENT, DESK, text)
