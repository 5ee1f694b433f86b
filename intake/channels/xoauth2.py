"""Logging in with a token: the SASL mechanism XOAUTH2, and what a mail server's refusal means.

The mechanism is Google's (developers.google.com/workspace/gmail/imap/xoauth2-protocol), and Microsoft has
taken it over. A refusal comes as a challenge of JSON, which wants an empty answer before the server says no.
"""

import json

from intake.mail.outgoing.compose import clean
from intake.ports import Access

MECHANISM = "XOAUTH2"


class Exchange:
    """One login: the first answer is the token, each further one is empty, and what it answers is kept."""

    def __init__(self, user: str, token: str) -> None:
        self._first: str | None = f"user={user}\x01auth=Bearer {token}\x01\x01"
        self.status = ""

    def __call__(self, challenge: bytes | None = None) -> str:
        """Return what to say to a challenge; the first is none, or empty."""
        if self._first is not None:
            first, self._first = self._first, None
            return first
        self.status = status_in(challenge or b"")
        return ""


def status_in(challenge: bytes) -> str:
    """Return the `status` of a refusal's JSON, "" where there is none."""
    try:
        held = json.loads(challenge)
    except ValueError:
        return ""
    status = held.get("status", "") if isinstance(held, dict) else ""
    return clean(str(status), 20)


# By a piece of what the server says, in small letters. Microsoft's: learn.microsoft.com, "Enable or disable
# authenticated client SMTP submission" and "Authenticate … using OAuth"; Google's: its answers as they are.
_REFUSALS: tuple[tuple[str, str, str], ...] = (
    (
        "smtpclientauthentication is disabled for the tenant",
        "SMTP AUTH is switched off for the whole organisation",
        "In Exchange Online PowerShell: Set-CASMailbox -Identity {user} -SmtpClientAuthenticationDisabled "
        "$false; it wins over the organisation's setting, and takes some minutes",
    ),
    (
        "smtpclientauthentication is disabled",
        "SMTP AUTH is switched off for the mailbox {user}",
        "In Exchange Online PowerShell: Set-CASMailbox -Identity {user} -SmtpClientAuthenticationDisabled "
        "$false; it takes some minutes",
    ),
    (
        "security defaults",
        "the organisation's security defaults do not allow SMTP AUTH",
        "Switch security defaults off in Microsoft Entra, or send by another server",
    ),
    (
        "authenticated but not connected",
        "the token is good, and the mailbox {user} cannot be opened with it",
        "Correct user; give the account FullAccess to a shared mailbox; switch IMAP on: Set-CASMailbox "
        "-Identity {user} -ImapEnabled $true",
    ),
    (
        "not enabled for imap",
        "IMAP is switched off for {user}",
        "Switch IMAP on in the settings of the mailbox, or of the organisation",
    ),
    (
        "authenticate failed",
        "the server does not let this token open {user}",
        "Microsoft 365 says so where New-ServicePrincipal got the object ID of the app registration, not of "
        "the enterprise application, or Add-MailboxPermission is missing; see docs/microsoft-365.md",
    ),
    (
        "5.7.3",
        "the server does not let this token send as {user}",
        "Grant SMTP.SendAsApp (or SMTP.Send) with admin consent, and FullAccess to the mailbox; see "
        "docs/microsoft-365.md",
    ),
    (
        "5.7.8",
        "the server does not take this token for {user}",
        "Log in again with the account of that very address: `intake oauth login {name}`",
    ),
    (
        "invalid credentials",
        "the server does not take this token for {user}",
        "Log in again with the account of that very address: `intake oauth login {name}`",
    ),
)


def refused(said: str, exchange: Exchange, access: Access, user: str) -> tuple[str, str]:
    """Return what a server's refusal of a good token means, and what to do, for a person."""
    shown = clean(said, 160)
    status = f", status {exchange.status}" if exchange.status else ""
    for piece, problem, cure in _REFUSALS:
        if piece in said.lower():
            about = {"user": user, "name": access.name}
            return f"{problem.format(**about)} ({shown}{status})", cure.format(**about)
    problem = f"the server refused the token of oauth:{access.name} for {user} ({shown}{status})"
    return problem, f"`intake oauth test {access.name}` tries it"
