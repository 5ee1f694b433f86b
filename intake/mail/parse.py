"""Raw bytes to a Message: the one reader of inbound mail. It never raises."""

import hashlib
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_tz
from typing import Any

from intake.desk.message import NO_FROM, SEVERAL_FROM, Address, Message, Piece, PieceKind
from intake.desk.text.language import detect
from intake.mail import (
    addresses,
    answering,
    bodies,
    dates,
    gate,
    headers,
    line_ends,
    rewritten,
    spam_verdict,
    structure,
    thread_index,
)
from intake.mail.headers import RawField
from intake.mail.machines import automatic, bounces, lists, reactions
from intake.mail.quotes import forwards
from intake.mail.quotes import new_text as quoting

# A thread longer than this is found by its newest ids (a ticket system once fell over thousands).
MAX_REFERENCES = 50
# Longer ids are cut, alike in Message-ID and References, so they still match.
MAX_ID = 250
MAX_SUBJECT = 1000
MAX_DELIVERED_TO = 20
MAX_AUTHSERV = 20

REFUSED = "refused: "

_ID = re.compile(r"<([^<>]{1,2000})>")
_ONE_ID = re.compile(rb"<[!-;=?-~]{1,%d}>" % MAX_ID)
_UNPRINTABLE = re.compile(r"[^\x20-\x7e\xa1-\xff]")
_RUNS = re.compile(r"(\s)\s+")
# As nearly everybody writes it (RFC 5322 section 3.3): any other form costs twenty times as much.
_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTHS = {name: number for number, name in enumerate(_NAMES, 1)}
_DATE = re.compile(
    rf"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?([0-9]{{1,2}}) ({'|'.join(_MONTHS)}) ([12][0-9]{{3}}) "
    r"([0-9]{2}):([0-9]{2})(?::([0-9]{2}))? ([+-])([0-9]{2})([0-9]{2})(?: \([A-Za-z]{1,5}\))?"
)
# Not a single blank, which is what it becomes.
_BLANKS = re.compile(rb"[ \t\r\n]{2,}|[\t\r\n]")
# Without one of these there are none.
_BLANK = (b"  ", b"\t", b"\r", b"\n")
_KNOWN = frozenset(
    (
        "from", "to", "cc", "subject", "date", "message-id", "received", "return-path", "content-type",
        "mime-version", "reply-to", "sender", "delivered-to", "in-reply-to", "references", "x-mailer",
    )
)  # fmt: skip
# Fields that say nothing of machines and bounces: what servers on the way wrote, most of a header by its
# length, and what is read by itself.
_NO_TELLERS = frozenset(
    (
        "received", "x-received", "dkim-signature", "x-google-dkim-signature", "domainkey-signature",
        "arc-seal", "arc-message-signature", "arc-authentication-results", "authentication-results",
        "received-spf", "x-spam-status", "x-spam-report", "from", "subject", "date", "cc", "reply-to",
        "sender", "mime-version", "content-transfer-encoding", "content-language", "user-agent", "x-mailer",
    )
)  # fmt: skip
_ISO_DATE = re.compile(r"[12][0-9]{3}-[01][0-9]-[0-3][0-9][T ][0-2][0-9]:")
_DELIVERED = frozenset(structure.DELIVERED)
# What the author fixed when writing, or their program: the same in every copy of one mail, and what it is
# read by. Servers on the way add other fields, and mailing lists theirs.
_AUTHORED = (
    "from", "to", "date", "subject", "message-id", "cc", "in-reply-to", "references", "content-type",
    "content-transfer-encoding", "content-disposition", "auto-submitted",
)  # fmt: skip
# So, too, where it is there: what was received before it was read keeps its fingerprint.
_THREAD = "thread-index"
_AUTHORS = frozenset((*_AUTHORED, _THREAD))


def parse(raw: bytes) -> Message:
    """Return what could be read of one mail, and in `defects` what was wrong with it.

    Never raises (but for want of memory) and takes time linear in its size. What the
    gate refuses, and what is no mail at all, comes back with a defect that begins
    with "refused: " and holds only what its header says.
    """
    digest, size = hashlib.sha256(raw).hexdigest(), len(raw)
    usual = line_ends.usual(raw)
    if usual is not raw:
        return _as_it_came(replace(_parsed(usual, digest), size=size), raw)
    return _parsed(raw, digest)


def _as_it_came(message: Message, raw: bytes) -> Message:
    """Return a message read from mended line ends, with what its author and our server prove by `raw` alone.

    Our server looked at the mail as it came; a field that only the mending brought to light it never saw.
    """
    fields = structure.head(raw[: gate.MAX_HEADER_BYTES])[0]
    seen = _authserv(fields)
    author, unsure = _sender(fields, "")
    same = not unsure and author and message.sender and author.mailbox == message.sender.mailbox
    defects = message.defects if same or NO_FROM in message.defects else (*message.defects, NO_FROM)
    known = tuple([field for field in message.authserv if field in seen])
    return replace(message, authserv=known, spam=spam_verdict.read(fields), defects=defects)


def _parsed(raw: bytes, digest: str) -> Message:
    reason = gate.check(raw)
    if not reason:
        try:
            return _read(raw, digest)
        except MemoryError:
            raise
        except Exception as err:
            # The reason goes with the message into quarantine, where a person looks at it.
            reason = f"it could not be read ({type(err).__name__})"
    return _refused(raw, digest, reason)


def _read(raw: bytes, digest: str) -> Message:
    tree = structure.scan(raw)
    fields = tree.fields
    hint = bodies.charset_hint(tree)
    body = bodies.read(tree.leaves, hint)
    basis = _header(fields, hint, raw, tree.body_start, digest)
    author, subject = basis["sender"], basis["subject"]
    defects = [*basis["defects"], *dict.fromkeys(tree.defects), *body.defects]
    if _KNOWN.isdisjoint([name for name, _ in fields]):
        defects.append(REFUSED + "it has no mail header")
    elif not (author or subject or basis["date"] or body.text.strip() or body.attachments or body.signatures):
        defects.append(REFUSED + "no sender, subject, date or text could be read")
    new_text, pieces = quoting.split(body.text, body.named_html, answering.answers(fields, basis))
    if pieces:
        pieces += tuple([Piece(PieceKind.NEW, f"\n{note}") for note in body.notes])
    hands = _hands(fields, hint, raw, body, new_text, basis)
    by_a_machine = hands["automatic"] or hands["bounce"] or hands["reaction"]
    forward = None
    if not by_a_machine:
        forward = forwards.read(body.text, body.html, body.attachments, subject)
    basis["defects"] = tuple(defects)
    if by_a_machine and basis["fingerprint"] != digest:
        # It is kept as a machine's; the same without what says so is a person's, and another mail.
        machine = f"{basis['fingerprint']}\0machine"
        basis["fingerprint"] = hashlib.sha256(machine.encode()).hexdigest()
    if basis["spam"] and basis["fingerprint"] != digest:
        # Marked on one way and not on another: the mail that nobody is told of must not hide the other.
        basis["fingerprint"] = hashlib.sha256(f"{basis['fingerprint']}\0spam".encode()).hexdigest()
    return Message(
        **basis,
        **hands,
        headers=bodies.shown(fields, hint),
        text="\n\n".join(part for part in (body.text, *body.notes) if part),
        html=body.html,
        new_text="\n\n".join(part for part in (new_text, *body.notes) if part),
        pieces=pieces,
        language=detect(new_text or body.text) or detect(subject),
        attachments=tuple(body.attachments),
        signatures=tuple(body.signatures),
        forward=forward,
    )


def _hands(
    fields: list[RawField], hint: str, raw: bytes, body: bodies.Bodies, new_text: str, basis: dict[str, Any]
) -> dict[str, Any]:
    """Return by its name what a Message says of whose hand it is: a machine's, or a sign instead of words."""
    author, subject = basis["sender"], basis["subject"]
    decoded = bodies.fields([part for part in fields if part[0] not in _NO_TELLERS], hint)
    sender = author.mailbox if author else ""
    mail = {
        "return_path": basis["return_path"],
        "sender": sender,
        "subject": subject,
        "media_type": headers.parameters(headers.first(fields, "content-type") or b"text/plain")[0],
        "text": body.text,
        "parts": body.parts,
        "new_text": new_text,
    }
    automatic_reason, suppress = automatic.classify(decoded, **mail)
    generated = bool(automatic_reason) and automatic.only_sent(decoded, basis["named_author"], **mail)
    written = "" if sender else headers.decode(headers.first(fields, "from") or b"", hint)
    bounce = bounces.read(
        decoded, body.parts, sender=sender, subject=subject, text=body.text, raw=raw, author=written
    )
    sign, suppressed = reactions.told(decoded, body.parts, body.attachments, author, new_text)
    listed = "" if suppressed else lists.author_behind(decoded, suppress, basis["named_author"], **mail)
    suppress = suppress or suppressed
    return {
        "automatic": automatic_reason,
        "suppress": suppress,
        "generated": generated,
        "listed": listed,
        "bounce": bounce,
        "reaction": sign,
    }


def _refused(raw: bytes, digest: str, reason: str) -> Message:
    """Return a Message of what the first bytes of the header say: enough to recognise it."""
    top = raw[: gate.MAX_HEADER_BYTES]
    try:
        fields, start = structure.head(top)
        basis = Message(**_header(fields[: gate.MAX_FIELDS], "", raw, start, digest))
    except MemoryError:
        raise
    except Exception as err:
        basis = Message(
            digest, len(raw), digest, defects=(f"its header could not be read ({type(err).__name__})",)
        )
    return replace(basis, defects=(*basis.defects, REFUSED + reason))


def _header(fields: list[RawField], hint: str, raw: bytes, body_start: int, digest: str) -> dict[str, Any]:
    """Return by its name what the header alone says of a Message."""
    firsts = dict(reversed(fields))
    defects: list[str] = []
    sender, unsure = _sender(fields, hint)
    if unsure:
        defects.append(unsure)
    date, offset = _moment(headers.decode(firsts["date"])) if "date" in firsts else (None, None)
    if date is None:
        defects.append("no readable Date")
    message_id = ids(firsts.get("message-id", b""))
    return_path = firsts.get("return-path")
    delivered: list[str] = []
    if not _DELIVERED.isdisjoint(firsts):
        delivered = [a.mailbox for n, v in fields if n in _DELIVERED for a in addresses.parse_list(v)]
    reply_to = addresses.parse_list(firsts["reply-to"], hint) if "reply-to" in firsts else ()
    author, impersonal = None, ""
    if reply_to or not rewritten.NAMING.isdisjoint(firsts):
        author, impersonal = rewritten.named_author(fields, sender, reply_to, hint)
    longest = headers.MAX_FIELD_BYTES - 8
    if len(raw) >= longest and any(len(value) >= longest for _, value in fields):
        defects.append(f"a header field longer than {headers.MAX_FIELD_BYTES} bytes was cut")
    return {
        "digest": digest,
        "size": len(raw),
        "fingerprint": fingerprint(fields, raw, body_start, digest),
        "message_id": message_id[0] if message_id else "",
        "in_reply_to": ids(firsts.get("in-reply-to", b"")),
        "references": ids(b" ".join(headers.every(fields, "references"))),
        "sender": sender,
        "reply_to": reply_to,
        "named_author": author,
        "impersonal": impersonal,
        "to": _all(fields, "to", hint) if "to" in firsts else (),
        "cc": _all(fields, "cc", hint) if "cc" in firsts else (),
        "delivered_to": tuple(dict.fromkeys(delivered))[:MAX_DELIVERED_TO] if delivered else (),
        "return_path": None if return_path is None else addresses.mailbox(headers.decode(return_path)),
        "subject": _unrun(headers.decode(firsts.get("subject", b""), hint))[:MAX_SUBJECT],
        "date": date,
        "utc_offset": offset,
        "authserv": _authserv(fields) if "authentication-results" in firsts else (),
        "spam": spam_verdict.read(fields) if spam_verdict.named(firsts) else "",
        "thread_index": thread_index.root(firsts[_THREAD]) if _THREAD in firsts else "",
        "defects": tuple(defects),
    }


def _authserv(fields: list[RawField]) -> tuple[str, ...]:
    values = headers.every(fields, "authentication-results")[:MAX_AUTHSERV]
    # As they came: to decode words in them would let a sender's own speak. What no server writes stays seen.
    texts = [value.decode("latin-1").replace("\t", " ") for value in values]
    return tuple([text if text.isprintable() else _UNPRINTABLE.sub("\ufffd", text) for text in texts])


def _unrun(text: str) -> str:
    """Return text with each run of blanks cut to its first."""
    return _RUNS.sub(r"\1", text) if "  " in text or not text.isascii() else text


def _all(fields: list[RawField], name: str, hint: str) -> tuple[Address, ...]:
    values = headers.every(fields, name)
    if len(values) == 1:
        mailboxes = addresses.parse_list(values[0], hint)
        if len(mailboxes) < 2:
            return mailboxes
    mailboxes = tuple([mailbox for value in values[:10] for mailbox in addresses.parse_list(value, hint)])
    return tuple(dict.fromkeys(mailboxes))[: addresses.MAX_ADDRESSES]


def _sender(fields: list[RawField], hint: str) -> tuple[Address | None, str]:
    """Return the first From address and why it proves nothing: "", NO_FROM or SEVERAL_FROM.

    The first usable From counts; without one the Reply-To and then the Sender stand in. An address
    that had to be guessed is shown and answered, and proves nothing: our server may have seen another.
    """
    values = headers.every(fields, "from")
    listed = addresses.parse_list(values[0], hint) if values else ()
    if listed:
        if len(values) > 1 or len(listed) > 1:
            return listed[0], SEVERAL_FROM
        return listed[0], NO_FROM if addresses.guessed(values[0], hint) else ""
    for value in values[:5]:
        author = addresses.parse_one(value, hint) if value else None
        if author:
            return author, SEVERAL_FROM if len(values) > 1 else NO_FROM
    for name in ("reply-to", "sender"):
        other = headers.first(fields, name)
        author = addresses.parse_one(other, hint) if other else None
        if author:
            return author, NO_FROM
    return None, NO_FROM


def ids(value: bytes) -> tuple[str, ...]:
    """Return the Message-IDs of a field without their brackets, at most 50 (the first and the newest).

    Line breaks that mailers put inside an id are removed; an id without brackets counts when alone.
    """
    if not value:
        return ()
    if _ONE_ID.fullmatch(value):
        return (value[1:-1].decode("ascii"),)
    # Some mailers write an id as encoded words, and cut it in two.
    text = headers.decode(value) if b"=?" in value else headers.clean(value.decode("utf-8", "replace"))
    pieces = _ID.findall(text) or ([text.strip("<>")] if text and len(text.split()) == 1 else [])
    out = [cut for piece in pieces if (cut := "".join(piece.split())[:MAX_ID])]
    out = list(dict.fromkeys(out))
    return tuple(out if len(out) <= MAX_REFERENCES else [out[0], *out[1 - MAX_REFERENCES :]])


def _moment(text: str) -> tuple[datetime | None, int | None]:
    """Return what `when` and `utc_offset` say of a Date value."""
    usual = _DATE.fullmatch(text)
    if usual is None:
        text = dates.usual(text)
        return when(text), utc_offset(text)
    day, month, year, hour, minute, second, sign, hours, minutes = usual.groups()
    ahead = int(hours) * 60 + int(minutes)
    if sign == "-":
        ahead = -ahead
    try:
        local = datetime(
            int(year), _MONTHS[month], int(day), int(hour), int(minute), min(59, int(second or 0)), tzinfo=UTC
        )
        moment = local - timedelta(minutes=ahead)
    except (ValueError, OverflowError):
        moment = None
    return moment, ahead if ahead and abs(ahead) <= 14 * 60 else None


def when(text: str) -> datetime | None:
    """Return a Date value as aware UTC, None when it is none or out of range (year 10^11)."""
    try:
        if _ISO_DATE.match(text):
            # As scripts write it; without a zone it is taken for UTC.
            moment = datetime.fromisoformat(text[:40].strip())
            return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
        parts = parsedate_tz(text[:100])
        if parts is None:
            return None
        zone = timedelta(seconds=parts[9] or 0)
        return datetime(*parts[:6], tzinfo=UTC) - zone
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def utc_offset(text: str) -> int | None:
    """Return the zone of a Date value in minutes ahead of UTC, None when it tells nothing of its author.

    "-0000" says so (RFC 5322 section 3.3), and "+0000" is what Exchange and many servers
    write for everybody. Beyond 14 hours no clock is.
    """
    try:
        parts = parsedate_tz(text[:100])
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    minutes = round((parts[9] or 0) / 60) if parts else 0
    return minutes if minutes and abs(minutes) <= 14 * 60 else None


def fingerprint(fields: list[RawField], raw: bytes, body_start: int, digest: str) -> str:
    """Return the sha256 (hex) of what the author fixed: the same for each copy of one mail.

    Trace fields and line ends differ by the way a copy took; who wrote to whom and when, what is
    answered, how the body is to be read and the body itself do not. Without both Date and Message-ID
    it is `digest`, so that two equal mails of a sender who writes neither stay two.
    """
    written: dict[str, bytes] = {}
    for name, value in fields:
        if name in _AUTHORS:
            # The number of a name's fields counts as well: of some the second one is read, too.
            written[name] = b"\1".join((written[name], value)) if name in written else value
    if "date" not in written and "message-id" not in written:
        return digest
    authored = b"\0".join([written.get(name, b"") for name in _AUTHORED]) + b"\0"
    if _THREAD in written:
        authored += written[_THREAD] + b"\0"
    if any(map(authored.__contains__, _BLANK)):
        authored = _BLANKS.sub(b" ", authored)
    out = hashlib.sha256(authored)
    # Leaving out every CR is ten times as fast as replacing each CRLF, and as good here.
    out.update(raw[body_start:].replace(b"\r", b"").rstrip(b"\n"))
    return out.hexdigest()
