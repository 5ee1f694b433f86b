"""What mail programs make: replies in their real forms, and what their readers see of a mail."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from html import escape, unescape

from agent_replies import CLIENTS, FROM, SUBJECT, TO, WHO, Line

BORDER = "mx.desk.example"
DESK = "help@desk.example"
NAME = "Lumen Support"
# Stands for the quoted mail while a program's reply is made.
_PLACE = "QUOTEDMAILSTANDSHERE"
_NUMBER = re.compile(r"\[#(\d+)\]")
_BODY = re.compile(r"<body[^>]*>(.*)</body>", re.DOTALL | re.IGNORECASE)
_UNSEEN = re.compile(r"<(style|head|title)\b.*?</\1>|<!--.*?-->", re.DOTALL | re.IGNORECASE)
_BREAK = re.compile(r"<(?:br|/p|/div|/tr|/li|/h\d|/table|/summary|/blockquote|hr)\b[^>]*>", re.IGNORECASE)


@dataclass(slots=True)
class Letter:
    """A mail in somebody's mailbox. `shown` is what their program shows of it: the HTML if it has any."""

    raw: bytes = field(repr=False)
    at: datetime
    mail: EmailMessage = field(repr=False)
    text: str = field(repr=False)
    html: str = field(repr=False)
    shown: str = field(repr=False)
    files: tuple[str, ...]
    number: int
    automatic: bool
    read: bool = False

    @property
    def subject(self) -> str:
        return str(self.mail["Subject"])


def opened(raw: bytes, at: datetime) -> Letter:
    """Return a mail as its reader has it."""
    mail = message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    plain, rich = mail.get_body(("plain",)), mail.get_body(("html",))
    text = str(plain.get_content()).replace("\r\n", "\n") if plain is not None else ""
    html = str(rich.get_content()).replace("\r\n", "\n") if rich is not None else ""
    files = tuple(name for part in mail.walk() if (name := part.get_filename()))
    number = _NUMBER.search(str(mail["Subject"]))
    shown = seen_of(html) if html else text
    automatic = bool(mail["Auto-Submitted"])
    return Letter(raw, at, mail, text, html, shown, files, int(number[1]) if number else 0, automatic)


def seen_of(html: str) -> str:
    """Return the text that an HTML page shows, line by line; links stand before their words."""
    bare = _BREAK.sub("\n", _UNSEEN.sub("", html))
    bare = re.sub(r'<a\b[^>]*href="([^"]+)"[^>]*>', r" \1 ", bare)
    return re.sub(r"[ \t]+", " ", unescape(re.sub(r"<[^>]+>", "", bare)))


def reply(program: str, lines: Sequence[str], to: Letter, zh: bool, me: str, now: datetime) -> EmailMessage:
    """Return a person's reply to a mail, as `program` writes it. `me` is "Name <address>"."""
    own: list[Line] = [(line, escape(line)) for line in "\n".join(lines).split("\n")]
    plain, html = CLIENTS[program].make(own, to.text.strip("\n"), zh)
    inner = _BODY.search(to.html)
    if to.html:
        quoted = inner[1] if inner else to.html
        html = CLIENTS[program].make(own, _PLACE, zh)[1].replace(_PLACE, quoted)
    sender = str(to.mail["From"]).replace('"', "")
    for old, new in (
        (FROM, sender),
        (f"{WHO} <", f"{parseaddr(sender)[0]} <"),
        (TO, me),
        ("anna@staff.example", parseaddr(me)[1]),
        ('"Anna"', f'"{parseaddr(me)[0]}"'),
        (SUBJECT, to.subject),
    ):
        plain, html = (
            plain.replace(old, new),
            html.replace(escape(old), escape(new)).replace(old, escape(new)),
        )
    mail = EmailMessage()
    mail["To"] = to.mail["Reply-To"] or to.mail["From"]
    mail["Subject"] = to.subject if to.subject.lower().startswith("re:") else f"Re: {to.subject}"
    mail["In-Reply-To"] = to.mail["Message-ID"]
    mail["References"] = f"{to.mail['References'] or ''} {to.mail['Message-ID']}".strip()
    mail.set_content(plain, cte="base64")
    mail.add_alternative(html, subtype="html", cte="base64")
    return dated(mail, me, now)


def fresh(me: str, to: str, subject: str, text: str, now: datetime) -> EmailMessage:
    """Return a new mail, text and HTML."""
    mail = EmailMessage()
    mail["To"], mail["Subject"] = to, subject
    mail.set_content(text, cte="base64")
    mail.add_alternative(
        "".join(f"<div>{escape(line) or '<br>'}</div>" for line in text.split("\n")),
        subtype="html",
        cte="base64",
    )
    return dated(mail, me, now)


_COUNT = iter(range(1, 10**9))


def dated(mail: EmailMessage, me: str, now: datetime, proven: bool = True) -> EmailMessage:
    """Put who writes and when on a mail, and what our own border says of it."""
    mail["From"], mail["Date"] = me, format_datetime(now)
    domain = parseaddr(me)[1].rpartition("@")[2]
    mail["Message-ID"] = f"<m{next(_COUNT)}@{domain}>"
    mail["Authentication-Results"] = f"{BORDER}; dmarc={'pass' if proven else 'none'} header.from={domain}"
    return mail


def away(to: Letter, me: str, text: str, now: datetime) -> EmailMessage:
    """Return what a server answers for somebody who is out of office (RFC 3834)."""
    mail = EmailMessage()
    mail["To"] = to.mail["Reply-To"] or to.mail["From"]
    mail["Subject"] = f"Automatic reply: {to.subject}"
    mail["Auto-Submitted"], mail["In-Reply-To"] = "auto-replied", to.mail["Message-ID"]
    mail.set_content(text, cte="base64")
    return dated(mail, me, now)


def bounce(to: Letter, sender: str, address: str, now: datetime) -> bytes:
    """Return what a server sends to the return address of a mail that it cannot deliver (RFC 3464)."""
    head = to.raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0].decode("ascii", "replace")
    return (
        (
            f"From: Mail Delivery Subsystem <mailer-daemon@mx.people.example>\nTo: {sender}\n"
            f"Subject: Undelivered Mail Returned to Sender\nDate: {format_datetime(now)}\n"
            f"Message-ID: <m{next(_COUNT)}@mx.people.example>\nAuto-Submitted: auto-replied\n"
            "MIME-Version: 1.0\n"
            'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
            "--b\nContent-Type: text/plain\n\nI could not deliver your mail: no such user.\n\n"
            "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.people.example\n\n"
            f"Final-Recipient: rfc822; {address}\nAction: failed\nStatus: 5.1.1\n"
            "Diagnostic-Code: smtp; 550 5.1.1 no such user\n\n"
            f"--b\nContent-Type: text/rfc822-headers\n\n{head}\n\n--b--\n"
        )
        .replace("\n", "\r\n")
        .encode()
    )
