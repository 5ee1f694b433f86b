"""The mails of our own to the victim of an incident: fixed words, and nothing that anybody wrote. Pure."""

from datetime import datetime

from intake.desk.effects import Mail, MailKind
from intake.desk.incident import reports
from intake.desk.mails import INCIDENT, REPORTING
from intake.desk.sla_target import SlaTarget
from intake.desk.ticket import Ticket


def first(ticket: Ticket, key: str, now: datetime) -> Mail:
    """Return what to do now, what we cannot do, and when the next word comes."""
    return _letter(ticket, f"incident:{ticket.id}:{key}", INCIDENT, now + reports.SOON)


def still_working(ticket: Ticket, promise: SlaTarget) -> Mail:
    """Return the mail that stands for a report which nobody wrote; `promise` is the one it makes."""
    key = f"report:{promise.id}:{reports.missed(promise)}"
    return _letter(ticket, key, REPORTING, promise.due)


def _letter(ticket: Ticket, key: str, event: str, due: datetime | None) -> Mail:
    # Whoever wrote in somebody's name chose the subject: none of it goes out by itself.
    to = ticket.requester
    return Mail(MailKind.WARNING, ticket.id, to, key, event=event, due=due, quote_subject=False)
