"""The mixed load: mail as a support desk gets it, the same for the same seed.

Of every hundred: 60 new requests (text or HTML; utf-8, gb2312 or iso-8859-1; base64,
quoted-printable or 8bit), 25 replies that thread by In-Reply-To and References,
10 new requests with a 200 KB screenshot, 3 automatic replies, 2 bounces.
"""

import base64
import quopri
import random
import struct
import zlib
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

DESK = "support@desk.example"
SHARES = {"request": 60, "reply": 25, "screenshot": 10, "automatic": 3, "bounce": 2}
BASE_TIME = 1_767_225_600  # 2026-01-01T00:00:00Z


class Kind(StrEnum):
    """What a letter of the load is."""

    REQUEST = "request"
    REPLY = "reply"
    SCREENSHOT = "screenshot"
    AUTOMATIC = "automatic"
    BOUNCE = "bounce"

    @property
    def opens(self) -> bool:
        """Whether it must open a ticket and be acknowledged."""
        return self in (Kind.REQUEST, Kind.SCREENSHOT)


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail: `answers` is the Message-ID of the request that a reply belongs to."""

    kind: Kind
    message_id: str
    sender: str
    raw: bytes = field(repr=False)
    answers: str = ""


TEXTS = {
    "utf-8": (
        "Überweisung hängt – order {n}",
        "Hello, my transfer {n} has been “pending” since yesterday – the explorer shows it as sent.\n"
        "The amount was 0,25 €. Can you look into it? Grüße, Jörg\n",
    ),
    "gb2312": (
        "提币问题 {n}",
        "您好，我的提币申请 {n} 已经两天了，还没有到账。请帮我查一下是什么原因，谢谢。\n"
        "钱包版本是最新的，手机型号是小米。\n",
    ),
    "iso-8859-1": (
        "Mot de passe oublié {n}",
        "Bonjour, après la mise à jour {n} l'application ne s'ouvre plus.\n"
        "J'ai déjà redémarré le téléphone. Que dois-je faire ? Merci beaucoup, François\n",
    ),
}


def mixed(count: int, seed: int = 2026) -> list[Letter]:
    """Return `count` letters; a reply always comes after what it answers."""
    chance = random.Random(seed)
    kinds = [Kind(name) for name, share in SHARES.items() for _ in range(share * count // 100)]
    kinds += [Kind.REQUEST] * (count - len(kinds))
    chance.shuffle(kinds)
    first = next(i for i, kind in enumerate(kinds) if kind.opens)
    kinds[0], kinds[first] = kinds[first], kinds[0]
    letters: list[Letter] = []
    asked: list[Letter] = []
    for number, kind in enumerate(kinds):
        letter = _letter(kind, number, chance, asked)
        letters.append(letter)
        if kind.opens:
            asked.append(letter)
    return letters


def single(number: int, seed: int = 2026) -> Letter:
    """Return one plain request, for the measurements of a single mail."""
    return _letter(Kind.REQUEST, 1_000_000 + number, random.Random(seed + number), [])


def write_maildir(folder: Path, letters: list[Letter]) -> None:
    """Lay the letters into a new maildir, UIDs in their order (Dovecot's uidlist, version 3)."""
    for name in ("cur", "new", "tmp"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    lines = [f"3 V{BASE_TIME} N{len(letters) + 1} G{'0' * 31}1"]
    for uid, letter in enumerate(letters, 1):
        name = f"{BASE_TIME + uid}.M{uid}P1.bench"
        (folder / "new" / name).write_bytes(letter.raw)
        lines.append(f"{uid} :{name}")
    (folder / "dovecot-uidlist").write_text("\n".join(lines) + "\n")


def screenshot(chance: random.Random, size: int = 200_000) -> bytes:
    """Return a valid PNG of about `size` bytes: a noisy picture, as photographs of screens are."""
    width, height = 256, size // (256 * 3)
    rows = b"".join(b"\0" + chance.randbytes(width * 3) for _ in range(height))

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows, 1))
        + chunk(b"IEND", b"")
    )


def _letter(kind: Kind, number: int, chance: random.Random, asked: list[Letter]) -> Letter:
    message_id = f"load.{number}.{chance.randrange(10**12)}@mail.example"
    if kind is Kind.BOUNCE:
        return Letter(kind, message_id, "", _bounce(number, message_id))
    charset = chance.choice(list(TEXTS))
    subject, text = (template.format(n=f"{number:06d}") for template in TEXTS[charset])
    head: dict[str, str] = {}
    sender, answers = f"customer{number}@people{number % 97}.example", ""
    if kind is Kind.REPLY:
        before = chance.choice(asked)
        sender, answers = before.sender, before.message_id
        subject = f"Re: {subject}"
        head["In-Reply-To"] = f"<{answers}>"
        head["References"] = f"<{answers}>"
        text += "\n> Earlier I wrote something else,\n> and this is it.\n"
    elif kind is Kind.AUTOMATIC:
        subject = f"Out of office: {number}"
        head["Auto-Submitted"] = "auto-replied"
    part = _text_part(text, charset, chance)
    if kind is Kind.SCREENSHOT:
        part = _mixed(part, screenshot(chance), f"b{number:06d}")
    head = {
        "Return-Path": f"<{sender}>",
        "From": f"{_word(chance.choice(('Jörg', 'François', '李伟', 'Anna')), charset)} <{sender}>",
        "To": DESK,
        "Subject": _word(subject, charset),
        "Date": f"Thu, 01 Jan 2026 {number // 3600 % 24:02d}:{number // 60 % 60:02d}:{number % 60:02d} +0000",
        "Message-ID": f"<{message_id}>",
        **head,
        "MIME-Version": "1.0",
    }
    top = "".join(f"{name}: {value}\r\n" for name, value in head.items()).encode("ascii")
    return Letter(kind, message_id, sender, top + part, answers)


def _word(text: str, charset: str) -> str:
    """Return an encoded word (RFC 2047) where needed, in the charset if it can, else UTF-8."""
    if text.isascii():
        return text
    try:
        raw = text.encode(charset)
    except UnicodeEncodeError:
        charset, raw = "utf-8", text.encode()
    return f"=?{charset}?B?{base64.b64encode(raw).decode()}?="


def _text_part(text: str, charset: str, chance: random.Random) -> bytes:
    """Return the fields and body of a text part, in one of the two types and three encodings."""
    subtype = chance.choice(("plain", "plain", "html"))
    if subtype == "html":
        lines = "".join(f"<p>{line}</p>\n" for line in text.splitlines() if line)
        text = f"<html><head><style>p {{ margin: 0 }}</style></head><body>{lines}</body></html>\n"
    raw = text.replace("\n", "\r\n").encode(charset, "xmlcharrefreplace")
    encoding = chance.choice(("base64", "quoted-printable", "8bit"))
    if encoding == "base64":
        raw = base64.encodebytes(raw).replace(b"\n", b"\r\n")
    elif encoding == "quoted-printable":
        raw = quopri.encodestring(raw.replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n")
    fields = (
        f"Content-Type: text/{subtype}; charset={charset}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    )
    return fields.encode() + raw


def _mixed(part: bytes, picture: bytes, boundary: str) -> bytes:
    encoded = base64.encodebytes(picture).replace(b"\n", b"\r\n")
    return (
        f'Content-Type: multipart/mixed; boundary="{boundary}"\r\n\r\n--{boundary}\r\n'.encode()
        + part
        + f'\r\n--{boundary}\r\nContent-Type: image/png; name="screen.png"\r\n'
        'Content-Disposition: attachment; filename="screen.png"\r\n'
        "Content-Transfer-Encoding: base64\r\n\r\n".encode()
        + encoded
        + f"--{boundary}--\r\n".encode()
    )


def _bounce(number: int, message_id: str) -> bytes:
    text = f"""Return-Path: <>
From: Mail Delivery System <MAILER-DAEMON@mx.people.example>
To: {DESK}
Subject: Undelivered Mail Returned to Sender
Date: Thu, 01 Jan 2026 00:00:{number % 60:02d} +0000
Message-ID: <{message_id}>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="r"

--r
Content-Type: text/plain; charset=us-ascii

Your message {number} could not be delivered: the user is unknown.

--r
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.people.example

Final-Recipient: rfc822; gone{number}@people.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 user unknown

--r
Content-Type: message/rfc822

From: {DESK}
To: gone{number}@people.example
Subject: Something we sent long ago
Message-ID: <before.{number}@desk.example>

Hello.
--r--
"""
    return text.replace("\n", "\r\n").encode("ascii")
