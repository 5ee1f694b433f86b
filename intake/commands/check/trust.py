"""The part of `intake check` that compares `trusted_authserv` with the mails that were received."""

from contextlib import suppress
from typing import TYPE_CHECKING

from intake.channels.registry import Mode, channel_mode
from intake.commands.check.findings import Finding, Findings
from intake.config.mailboxes import MailboxSettings
from intake.desk import form_origin
from intake.ports import Temporary

if TYPE_CHECKING:
    from intake.app import Desk
    from intake.config.sections import Settings
    from intake.desk.message import Message
    from intake.mail.own_names import Fit

# So many of the newest mails of a mailbox are looked at.
NEWEST = 30
# Fewer of them may all be of one person.
FEW = 5
_NOT_SET = (
    "sender authentication is not configured: acknowledgements go out once a day, as short text, "
    "and agents whose email has no DKIM signature must confirm each reply"
)
_LOOK = "Write the name at the beginning of Authentication-Results in your mail (docs/configure.md)"


def trust(settings: "Settings", desk: "Desk | None") -> Findings:
    """Say of each mailbox whether the word of its own mail server is found in its mails, and what fits."""
    for name, box in settings.mailboxes.items():
        mails = _newest(desk, name) if desk is not None else []
        yield from _of_mailbox(f"mailbox {name}", box, mails, _only_forms(settings, box))


def _only_forms(settings: "Settings", box: MailboxSettings) -> bool:
    """Whether a mailbox that is fed may be there for the form alone: another one takes the email."""
    others = (other for other in settings.mailboxes.values() if other is not box)
    return channel_mode(box.type) is Mode.FED and any(
        channel_mode(other.type) is not Mode.FED for other in others
    )


def _of_mailbox(
    section: str, box: MailboxSettings, mails: "list[tuple[bytes, Message]]", only_forms: bool
) -> Findings:
    from intake.mail.authenticity import heard
    from intake.mail.own_names import fitting

    fit = fitting(mails) if mails else None
    cure = _cure(fit, len(mails)) if fit else _LOOK
    if not box.trusted_authserv:
        if only_forms and not mails:
            # Nothing may ever come to it but forms.
            return
        yield Finding("warning", section, "trusted_authserv", _NOT_SET, cure)
        return
    if not mails:
        return
    hits = sum(heard(raw, message, box.trusted_authserv) for raw, message in mails)
    count = f"{box.trusted_authserv} is found in {hits} of the last {len(mails)} emails"
    # One name of many: a sender may write it where another server takes the mail in.
    one_of_many = fit is not None and "*" in fit.value and fit.mails > hits
    if hits and not one_of_many and (not fit or hits * 2 > fit.mails):
        yield Finding("ok", section, "trusted_authserv", count)
    else:
        yield Finding("warning", section, "trusted_authserv", f"{count}: other senders are unverified", cure)


def _cure(fit: "Fit", looked: int) -> str:
    cure = f"Write trusted_authserv = {fit.value}: it fits {fit.mails} of the last {looked} emails"
    if looked < FEW:
        cure += ". Compare it with an email that you sent yourself: anybody can write such a header"
    return cure


def _newest(desk: "Desk", mailbox: str) -> "list[tuple[bytes, Message]]":
    """Return the headers of the newest mails of a mailbox, as they came and as they are read."""
    from intake.mail.parse import parse

    headers = []
    for row in desk.store.ledger.list_messages(limit=NEWEST, mailbox=mailbox):
        if row.channel in form_origin.CHANNELS:
            continue
        # What cannot be read here is told elsewhere (storing.py).
        with suppress(Temporary):
            raw = desk.store.ledger.raw(row.id)
            headers += [_header(raw)] if raw is not None else []
    return [(header, parse(header)) for header in headers]


def _header(raw: bytes) -> bytes:
    from intake.mail import gate, structure

    top = raw[: gate.MAX_HEADER_BYTES]
    return top[: structure.head(top)[1]]
