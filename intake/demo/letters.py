"""The mails of the demo's day, as the mail clients and servers of their writers would make them."""

import secrets
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from textwrap import indent

from intake.demo.picture import screenshot

DESK = "support@lumen.example"
AUTHSERV = "mx.lumen.example"
MARIA = "Maria Jensen <maria@jensen.example>"
WANG = "王芳 <wangfang@mail.example>"
ANNA = "Anna Berg <anna@lumen.example>"
WEI = "Wei Chen <wei@lumen.example>"
CHLOE = "chloe@dupont.example"
TOM = "tom@rivers.example"
PICTURE = screenshot()


def address(person: str) -> str:
    """Return the address of "Name <address>"."""
    return parseaddr(person)[1]


def first_name(person: str) -> str:
    """Return what a person is called in the demo's own sentences."""
    return parseaddr(person)[0].partition(" ")[0] or address(person)


def read(raw: bytes) -> EmailMessage:
    """Return a received mail as a mail client reads it."""
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def body(message: EmailMessage) -> str:
    """Return the text a mail client shows."""
    part = message.get_body(("plain", "html"))
    return str(part.get_content()).replace("\r\n", "\n") if part is not None else ""


def with_screenshot() -> bytes:
    """An English mail, text and HTML, with a picture between the lines."""
    mail = _new(MARIA, "Transfer fails since this morning")
    mail.set_content(
        "Hi,\n\nsince this morning every transfer ends like this:\n\n[image: screenshot]\n\n"
        "I updated to 4.2 last night. The money still shows in my balance.\n\nMaria\n"
    )
    mail.add_alternative(
        "<p>Hi,</p><p>since this morning every transfer ends like this:</p>"
        '<p><img src="cid:shot@jensen.example" alt="screenshot"></p>'
        "<p>I updated to 4.2 last night. The money still shows in my balance.</p><p>Maria</p>",
        subtype="html",
    )
    html = mail.get_payload()[1]  # type: ignore[index]
    assert isinstance(html, EmailMessage)
    html.add_related(
        PICTURE, "image", "png", cid="<shot@jensen.example>", filename="screenshot.png", disposition="inline"
    )
    return _sent(mail)


def chinese() -> bytes:
    """A Chinese mail in GB18030, eight bits to the byte, as older clients send it."""
    text = (
        "您好，\r\n\r\n我昨天从交易所提币到钱包，已经二十个小时了还没有到账。\r\n"
        "交易所显示“已完成”。请帮我查一下，谢谢！\r\n\r\n王芳\r\n"
    )
    head = [
        "From: =?gb18030?B?zfW3vA==?= <wangfang@mail.example>",
        "Subject: =?gb18030?B?zOGx0rb+yq7Qocqxw7vT0LW91cs=?=",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=gb18030",
        "Content-Transfer-Encoding: 8bit",
    ]
    return _by_hand(head, address(WANG), text.encode("gb18030"))


def out_of_office() -> bytes:
    """A machine's answer: nobody is there."""
    mail = _new("Karl Vogt <karl@vogt.example>", "Automatic reply: Your request")
    mail["Auto-Submitted"] = "auto-replied"
    mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content("I am out of the office until Monday and will read your mail then.\n\nKarl\n")
    return _sent(mail)


def bounce(about: EmailMessage) -> bytes:
    """A delivery report (RFC 3464) about a mail of the desk."""
    original = str(about["Message-ID"])
    text = f"""\
This is the mail system at host mx.jensen.example.

Your message could not be delivered yet. It will be tried again for four days.

--report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.jensen.example

Final-Recipient: rfc822; {address(MARIA)}
Action: delayed
Status: 4.2.2
Diagnostic-Code: smtp; 452 4.2.2 mailbox full

--report
Content-Type: text/rfc822-headers

From: {DESK}
To: {address(MARIA)}
Message-ID: {original}

--report--
"""
    head = [
        "From: Mail Delivery System <MAILER-DAEMON@mx.jensen.example>",
        "Subject: Delayed Mail (still being retried)",
        "Auto-Submitted: auto-replied",
        "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="report"',
    ]
    lines = f"--report\nContent-Type: text/plain; charset=us-ascii\n\n{text}"
    return _by_hand(head, "", lines.replace("\n", "\r\n").encode("ascii"))


def broken() -> bytes:
    """A mail with nearly everything wrong: bare 8-bit header, wrong charset, no end, no date, no id."""
    text = (
        b"This is a multi-part message in MIME format.\r\n\r\n--=_part\r\n"
        b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        + "Bonjour,\r\n\r\nDepuis la mise à jour, l'application ne s'ouvre plus.\r\n"
        "Que dois-je faire ? Merci d'avance, Chloé\r\n".encode("latin-1")
    )
    head = "\r\n".join(
        (
            f"Return-Path: <{CHLOE}>",
            f"From: Chloé Dupont <{CHLOE}>",
            f"To: {DESK}",
            "Subject: L'application ne s'ouvre plus depuis la mise à jour",
            'Content-Type: multipart/mixed; boundary="=_part"; charset=',
        )
    )
    return head.encode("latin-1") + b"\r\n\r\n" + text


def reply(person: str, to: EmailMessage, text: str, client: str = "") -> bytes:
    """Return an answer as a mail client makes it: above the quoted mail, with a signature.

    `client` is "outlook" or "foxmail" for their ways of quoting; others say "On … wrote:".
    """
    subject = str(to["Subject"])
    mail = _new(person, subject if subject[:3].lower() == "re:" else f"Re: {subject}")
    del mail["To"]
    mail["To"] = str(to["Reply-To"] or to["From"])
    mail["In-Reply-To"] = str(to["Message-ID"])
    mail["References"] = " ".join(filter(None, (str(to["References"] or ""), str(to["Message-ID"]))))
    sender, name, when = str(to["From"]), first_name(person), str(to["Date"])
    quoted = body(to)
    if client == "outlook":
        below = (
            f"________________________________\nFrom: {sender}\nSent: {when}\nTo: {person}\n"
            f"Subject: {subject}\n\n{quoted}"
        )
    elif client == "foxmail":
        below = (
            f"------------------ 原始邮件 ------------------\n发件人: {sender}\n发送时间: {when}\n"
            f"收件人: {person}\n主题: {subject}\n\n{quoted}"
        )
    else:
        below = f"On {when}, {sender} wrote:\n\n{indent(quoted, '> ', lambda line: True)}"
    signature = f"-- \n{name}\nLumen Wallet\n\n" if address(person).endswith("@lumen.example") else ""
    mail.set_content(f"{text}\n\n{signature}{below}\n")
    return _sent(mail)


def _new(person: str, subject: str) -> EmailMessage:
    mail = EmailMessage(policy=policy.SMTP.clone(cte_type="7bit"))
    for line in _trace(address(person)):
        name, _, value = line.partition(": ")
        mail[name] = value
    mail["From"] = person
    mail["To"] = DESK
    mail["Subject"] = subject
    return mail


def _trace(sender: str) -> list[str]:
    """Return the fields that a receiving server puts on top: it vouches for the sender."""
    domain = sender.rpartition("@")[2]
    now = format_datetime(datetime.now(UTC))
    lines = [f"Return-Path: <{sender}>", f"Delivered-To: {DESK}"]
    if sender:
        verdict = (
            f"dkim=pass header.d={domain}; spf=pass smtp.mailfrom={sender}; dmarc=pass header.from={domain}"
        )
        lines.append(f"Authentication-Results: {AUTHSERV}; {verdict}")
    lines += [
        f"Date: {now}",
        f"Message-ID: <{secrets.token_hex(8)}@{domain or 'mx.jensen.example'}>",
    ]
    return lines


def _by_hand(head: list[str], sender: str, content: bytes) -> bytes:
    lines = [*_trace(sender), f"To: {DESK}", *head]
    return "".join(f"{line}\r\n" for line in lines).encode("ascii") + b"\r\n" + content


def _sent(mail: EmailMessage) -> bytes:
    return mail.as_bytes()
