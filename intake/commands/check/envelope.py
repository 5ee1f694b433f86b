"""The part of `intake check` that asks the mail server which envelope senders it takes."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from intake.commands.check.findings import Finding, Findings
from intake.mail.outgoing.compose import plain_address

if TYPE_CHECKING:
    from intake.config.sections import Settings, SmtpSettings

# As long as those of answers; the server is only asked whether it would take it.
_TOKEN = "check-abcdefghijklmnopqrstuvwxyz"


def senders(
    section: str, smtp: "SmtpSettings", address: str, settings: "Settings", takes: Callable[[str], str]
) -> Findings:
    """Yield whether the server of [`section`] takes all that is sent by it, from `address` and its tokens.

    `takes` asks it; "" means it does.

    Automatic mail leaves from the null sender (RFC 3834 section 3.3), answers from an address with a token.
    Many providers take neither (163, QQ, Yandex, Exchange), some not the null sender (Amazon SES).
    """
    fixed = smtp.sender
    if fixed:
        words = takes(fixed)
        if words:
            yield Finding(
                "problem",
                section,
                "sender",
                f"the server refuses the sender <{fixed}>: {words}",
                f"Set sender in [{section}] {_ACCOUNT}",
            )
        yield from _unread(section, settings, fixed)
        return
    asked = {"automatic mail": "", "answers": settings.desk.reply_address.address(address, _TOKEN)}
    refused = {kind: words for kind, sender in asked.items() if (words := takes(sender))}
    if not refused:
        return
    likely = smtp.user if plain_address(smtp.user) else address
    kinds = " and ".join(refused)
    refusal = f"the server refuses the sender of {kinds}: {next(iter(refused.values()))}"
    cure = f"Set sender = {likely} in [{section}]"
    if takes(likely):
        cure = f"Set sender in [{section}] {_ACCOUNT}"
    yield Finding("problem", section, "sender", refusal, cure)


_ACCOUNT = "to an address that this account may send from"


def _unread(section: str, settings: "Settings", fixed: str) -> Findings:
    """Yield a warning where no mailbox looks like the one that bounces to `fixed` come to."""
    read = {settings.desk.address.lower()}
    for box in settings.mailboxes.values():
        read |= {str(getattr(box, key, "")).lower() for key in ("address", "user")}
    if fixed.lower() not in read:
        yield Finding(
            "warning",
            section,
            "sender",
            f"what cannot be delivered comes back to {fixed}, and no mailbox of the desk has that address",
            "Have it forwarded to an address of the desk, or bounces are never seen",
        )
