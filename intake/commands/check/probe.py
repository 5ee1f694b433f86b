"""`intake check --probe`: mails that the desk sends to itself tell which reply addresses come back to it.

One goes to the bare address, one to the address with a plus part, and one to the catch-all domain where the
config names one. They say that a machine wrote them, and come from the desk's own address: a desk that runs
keeps them as its own mail, and makes no ticket of them.
"""

import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING

from intake.commands.check.findings import Finding, Findings
from intake.commands.check.logins import access_for
from intake.commands.check.replies import KEY, SECTION
from intake.config.brands import accounts_of
from intake.config.mailboxes import ImapMailbox, auth_of
from intake.desk.effects import MailKind, Outgoing
from intake.desk.reply_form import BARE, CATCHALL, PLUS, ReplyForm
from intake.mail.outgoing import compose
from intake.ports import Ambiguous, NoLogin, Permanent, Temporary

if TYPE_CHECKING:
    from intake.app import Desk
    from intake.config.sections import Settings

# How long one round takes at least: each logs in to every mailbox.
ROUND_SECONDS = 3.0
# So many of the newest messages of the desk are looked at.
NEWEST = 50
_TEXT = (
    "This email is a test that `intake check --probe` sent. It finds out which reply addresses work.\n"
    "It deletes the email from the mailbox. If you read this, you can delete it too.\n"
)
_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"


@dataclass(frozen=True, slots=True)
class Probe:
    """One mail: the form of reply address that it tries, and what became of it ("": it was sent)."""

    form: ReplyForm
    mail: Outgoing
    refused: str = ""


def probing(settings: "Settings", desk: "Desk | None", seconds: float, now: datetime) -> Findings:
    """Send the probes, look for them for `seconds`, take them away and say what works. `now` is aware."""
    try:
        probes = _sent(settings, desk, now)
    except (NoLogin, Temporary, Ambiguous) as err:
        yield Finding("problem", "smtp", "host", f"the probe was not sent: {err}", "Correct [smtp] first")
        return
    if all(probe.refused for probe in probes):
        problem = f"the server takes no mail to the desk: {probes[0].refused}"
        yield Finding("problem", SECTION, KEY, problem, "Correct [desk] address or [smtp] first")
        return
    due = {probe.mail.message_id for probe in probes if not probe.refused}
    away: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()
    troubles: dict[str, str] = {}
    until = time.monotonic() + seconds
    while True:
        # One that the desk has taken in meanwhile may still lie in the mailbox: it is looked for once more.
        seen_there = bool(known)
        away |= _taken(settings, desk, due, troubles)
        known |= _received(desk, due)
        if due <= away or (seen_there and due <= away | known) or time.monotonic() >= until:
            break
        time.sleep(min(ROUND_SECONDS, max(0.0, until - time.monotonic())))
    came = away | known
    for section, problem in troubles.items():
        yield Finding("warning", section, "", f"was not looked into for the probe: {problem}", "See above")
    came_back = {probe.form.kind: probe.mail.message_id in came for probe in probes}
    yield from _verdict(settings.desk.reply_address, came_back, probes, seconds)
    yield from untried(settings)


def untried(settings: "Settings") -> Findings:
    """Say which addresses and servers no probe went to: those of brands, and of mailboxes with their own."""
    tried, accounts = settings.desk.address.lower(), accounts_of(settings)
    for name, box in settings.mailboxes.items():
        if box.address.lower() == tried:
            continue
        by = accounts.get(compose.wire_domain(box.address).lower(), "")
        problem = f"{box.address} was not tried" + (
            f", nor [smtp {by}], by which its mail leaves" if by else ""
        )
        cure = "Send a mail to it with a plus part, as replies have one, and look whether it comes"
        yield Finding("warning", f"mailbox {name}", "address", problem, cure)


def _sent(settings: "Settings", desk: "Desk | None", now: datetime) -> list[Probe]:
    from intake.channels.smtp import SmtpSession

    # They concern nobody who keeps a copy of what the desk sends.
    smtp = replace(settings.smtp, archive="")
    session = SmtpSession(smtp, settings.desk.address, access=access_for(desk, smtp.auth))
    forms = [ReplyForm(BARE), ReplyForm(PLUS)]
    forms += [settings.desk.reply_address] if settings.desk.reply_address.domain else []
    try:
        return [_send(session.send, Probe(form, _mail(settings, form, now))) for form in forms]
    finally:
        session.close()


def _send(send: Callable[[Outgoing, Callable[[], bool]], str], probe: Probe) -> Probe:
    """Send one from the null sender, so that nothing comes back of it, else from the desk's own address."""
    mail = probe.mail
    refused = ""
    for sender in ("", mail.mail_from):
        try:
            send(replace(mail, mail_from=sender), lambda: True)
        except Permanent as err:
            refused = str(err)
        else:
            return probe
    return replace(probe, refused=refused)


def _mail(settings: "Settings", form: ReplyForm, now: datetime) -> Outgoing:
    """Return a probe. Its address has what looks like a token, and is none: nothing is opened by it."""
    base = compose.wire_domain(settings.desk.address)
    part = "a" + "".join(secrets.choice(_LETTERS) for _ in range(43))
    rcpt, message_id = form.address(base, part), f"probe.{secrets.token_hex(16)}@{base.rpartition('@')[2]}"
    headers = (
        compose.mailbox_header("From", settings.desk.name, base),
        compose.mailbox_header("To", "", rcpt),
        compose.unstructured("Subject", f"Test of {form.kind} reply addresses"),
        f"Date: {format_datetime(now)}",
        compose.message_ids("Message-ID", [message_id]),
        "Auto-Submitted: auto-generated",
        "X-Auto-Response-Suppress: All",
    )
    raw = compose.message(headers, _TEXT, (), f"=_{secrets.token_hex(16)}")
    return Outgoing(MailKind.ALERT, base, rcpt, message_id, raw)


def _taken(
    settings: "Settings", desk: "Desk | None", due: set[str], troubles: dict[str, str]
) -> frozenset[str]:
    """Return which probes were in a mailbox, and are there no longer."""
    from intake.channels.imap_probe import NotLooked, taken_away

    there: frozenset[str] = frozenset()
    for name, box in settings.mailboxes.items():
        if not isinstance(box, ImapMailbox):
            continue
        troubles.pop(f"mailbox {name}", None)
        try:
            there |= taken_away(box, due, access_for(desk, auth_of(box)))
        except (NotLooked, NoLogin) as err:
            troubles[f"mailbox {name}"] = str(err)
    return there


def _received(desk: "Desk | None", due: set[str]) -> frozenset[str]:
    """Return which probes the desk that runs has taken in."""
    with suppress(Temporary):
        rows = desk.store.ledger.list_messages(limit=NEWEST) if desk is not None else []
        return frozenset(row.message_id for row in rows) & due
    return frozenset()


def _verdict(
    form: ReplyForm, came: Mapping[str, bool], probes: list[Probe], seconds: float
) -> Iterator[Finding]:
    """Say which form works, and which line to write."""
    refused = {probe.form.kind: probe.refused for probe in probes}

    def missing(kind: str) -> str:
        if refused[kind]:
            return f"the server refuses {_SHOWN[kind]}: {refused[kind]}"
        return f"mail to {_SHOWN[kind]} did not come within {seconds:.0f} seconds"

    works = [kind for kind in (PLUS, CATCHALL, BARE) if came.get(kind)]
    if not works:
        problem = f"{missing(BARE)}, nor did any other: no mailbox of the desk gets its mail"
        cure = "Look for the tests in the mailboxes and in spam folders, and try again with --wait 300"
        yield Finding("problem", SECTION, KEY, problem, cure)
        return
    best = works[0]
    if came.get(form.kind):
        yield Finding("ok", SECTION, KEY, f"{form} works: mail to {_SHOWN[form.kind]} comes to the desk")
        if form.kind == BARE and best == PLUS:
            problem = "plus works here too, and finds replies that bare does not"
            yield Finding("warning", SECTION, KEY, problem, "Write reply_address = plus")
        return
    line = f"Write reply_address = {best}"
    if best == BARE:
        line += f", or {CATCHALL}:@reply.example.com with a domain whose every address comes to a mailbox"
    yield Finding("problem", SECTION, KEY, f"{form} does not work: {missing(form.kind)}", line)


_SHOWN = {
    PLUS: "an address with a plus part",
    CATCHALL: "an address of the catch-all domain",
    BARE: "the bare address",
}
