"""Headers of our mails that depend on what kind of mail it is."""

from datetime import datetime

from intake.desk.effects import Mail, MailKind
from intake.desk.ticket import Ticket
from intake.mail import thread_index


def conversation(mail: Mail, ticket: Ticket, now: datetime) -> str:
    """Return the header by which Outlook keeps a customer's conversation together, "" where they use another.

    Some Exchange servers send answers with nothing else of it.
    """
    if mail.kind.to_agent or not ticket.thread_index:
        return ""
    return f"Thread-Index: {thread_index.answering(ticket.thread_index, now)}"


def automatic(kind: MailKind) -> tuple[str, ...]:
    """Return what tells machines that no person wrote it: RFC 3834 section 5, and what Exchange listens to
    instead ([MS-OXCMAIL] 2.1.3.2.21)."""
    if not kind.automatic:
        return ()
    how = "auto-replied" if kind in (MailKind.ACKNOWLEDGEMENT, MailKind.ANSWER) else "auto-generated"
    return f"Auto-Submitted: {how}", "X-Auto-Response-Suppress: All"
