"""Headers of our mails that depend on what kind of mail it is."""

import hashlib
import hmac
from datetime import datetime

from intake.desk import tokens
from intake.desk.effects import Mail, MailKind
from intake.desk.ticket import Ticket
from intake.mail import thread_index
from intake.mail.outgoing import compose


def threading(mail: Mail, ticket: Ticket, key: bytes, domain: str) -> tuple[str, str]:
    """Return In-Reply-To and References of a mail from `domain`. `key` is the oldest of the reply tokens', so
    that a rotation does not break threads in two.

    Agents and partners do not get the customer's ids, which name their domain. What looks like a token in
    an id that somebody else made would hold the answer back, or lead the next reply elsewhere.
    """
    if mail.kind.to_agent or mail.kind is MailKind.PARTNER:
        partner = mail.to.key if mail.kind is MailKind.PARTNER else ""
        ids: tuple[str, ...] = (_root(ticket, key, domain, partner),)
    else:
        ids = compose.thread([each for each in ticket.message_ids if not tokens.carried(each)])
    return compose.message_ids("In-Reply-To", ids[-1:]), compose.message_ids("References", ids)


def _root(ticket: Ticket, key: bytes, domain: str, partner: str) -> str:
    """A Message-ID that no mail has and all notices of a ticket, or its questions to a `partner`, name."""
    named = f" {partner}".encode("utf-8", "replace") if partner else b""
    digest = hmac.new(key, b"intake-thread-v1 %d" % ticket.id + named, hashlib.sha256)
    return f"ticket.{digest.hexdigest()[:32]}@{domain}"


def conversation(mail: Mail, ticket: Ticket, now: datetime) -> str:
    """Return the header by which Outlook keeps a customer's conversation together, "" where they use another.

    Some Exchange servers send answers with nothing else of it.
    """
    if mail.kind.to_agent or mail.kind is MailKind.PARTNER or not ticket.thread_index:
        return ""
    return f"Thread-Index: {thread_index.answering(ticket.thread_index, now)}"


def automatic(kind: MailKind) -> tuple[str, ...]:
    """Return what tells machines that no person wrote it: RFC 3834 section 5, and what Exchange listens to
    instead ([MS-OXCMAIL] 2.1.3.2.21)."""
    if not kind.automatic:
        return ()
    replies = (MailKind.ACKNOWLEDGEMENT, MailKind.WARNING, MailKind.ANSWER)
    how = "auto-replied" if kind in replies else "auto-generated"
    return f"Auto-Submitted: {how}", "X-Auto-Response-Suppress: All"
