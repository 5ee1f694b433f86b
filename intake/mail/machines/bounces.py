"""Delivery reports: which mail did not arrive, and what the other side said.

A gate decides first whether a mail can be a report at all, because every reader
of them takes people's mail for one now and then; then RFC 3464's fields, then
what some forty mail systems write in their own words (flufl.bounce).
"""

import logging
import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from intake.desk.addresses import plain_local
from intake.desk.message import Bounce, BounceKind
from intake.desk.text.subject_prefixes import EITHER
from intake.mail.machines import delivery_status, ses_notices
from intake.mail.machines.bounce_words import (
    ALONE,
    DELAYED,
    EVIDENCE,
    FAILED,
    GATEWAY_ERROR,
    JAPANESE_SUBJECT,
    JAPANESE_TEXT,
    NAMED,
    PLAIN_SUBJECT,
    SUBJECT,
    TEXT,
    is_japanese,
    names_somebody,
)
from intake.mail.parts import Fields, Part

# Reports quote at most this much text worth reading; some carry the whole mail.
MAX_TEXT = 64 * 1024
# The copy that flufl.bounce reads: it costs 55 microseconds a line.
MAX_COPY = 64 * 1024
MAX_COPY_LINES = 3000
# The words of a report stand at its top.
MAX_READ = 20_000
MAX_RECIPIENTS = 50
MAX_DIAGNOSTIC = 300

_DAEMON = re.compile(
    r"^(?:mailer[-_.]?daemon|mail[-_.]?daemon|post[-_.]?master|mailerdaemon|mail[-_.]?delivery.*|mdaemon|maildelivery.*"
    r"|bounces?|.*-bounces?|double-bounce|mail[-_.]?admin.*|mmdf|uucp|microsoftexchange[0-9a-f]*|autoreply-daemon"
    r"|no-reply-mailer|mrp?postmaster|antispam|sysadmin)$"
)
_NO_REPLY = re.compile(
    r"^(?:no[-_.]?reply|do[-_.]?not[-_.]?reply|auto[-_.]?(?:reply|mail|info)|mailer|error|system|server|mail)"
    r"(?:$|[-_.+])"
)
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_REPLY_CODE = re.compile(r"(?<![\d.])([45]\d\d)[ -]")
_ADDRESS = re.compile(
    r"(?:\"[^\s\"<>@]{1,64}\"|[\w.!#$%&'*+/=?^`{|}~-]{1,64})"
    r"@[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}\.){1,8}[A-Za-z]{2,24}"
)
_MESSAGE_ID = re.compile(r"<([^<>\s]{1,900}@[^<>\s]{1,255})>")
_ID_LINE = re.compile(
    r"^[ \t>]{0,4}(?:Message-ID|Original-Message-ID|X-Original-Message-ID)[ \t]{0,4}:(.{0,998})",
    re.IGNORECASE | re.MULTILINE,
)
_TO_LINE = re.compile(r"^[ \t>]{0,4}To[ \t]{0,4}:(.{0,998})", re.IGNORECASE | re.MULTILINE)
_STATUSES = frozenset({"message/delivery-status", "message/global-delivery-status"})
_RETURNED_TYPES = frozenset(
    {
        "message/rfc822",
        "text/rfc822-headers",
        "message/rfc822-headers",
        "message/global",
        "message/global-headers",
    }
)
_OWN = frozenset({"to", "delivered-to", "envelope-to"})
# A delivery-status part whose mail lost its MIME header.
_LOOSE_STATUS = re.compile(r"^Final-Recipient:", re.IGNORECASE | re.MULTILINE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


def read(
    fields: Fields,
    parts: Sequence[Part],
    *,
    sender: str,
    subject: str,
    text: str,
    raw: bytes,
    author: str = "",
) -> Bounce | None:
    """Return what a delivery report says, None when the mail is not one.

    `parts` are the decoded leaves (message/* ones carry their text), `sender`
    the From addr-spec, `text` the readable text, `raw` the mail's bytes; `author`
    is what stands in a From of which no address could be read.
    """
    text = text[:MAX_TEXT]
    report = [part for part in parts if part.media_type in _STATUSES]
    returned = [part for part in parts if part.media_type in _RETURNED_TYPES]
    if not _may_be_report(fields, report, sender or _nobody(author), subject, text, bool(returned)):
        return None
    notice = ses_notices.read(text)
    if notice is not None:
        about = tuple(dict.fromkeys(notice.about))
        recipients = list(dict.fromkeys(notice.recipients))[:MAX_RECIPIENTS]
        return Bounce(notice.kind, tuple(recipients), about, notice.status[:20], _one_line(notice.diagnostic))
    groups = [group for part in report for group in delivery_status.groups(part.text or "")]
    if not groups and (loose := _LOOSE_STATUS.search(text)):
        groups = delivery_status.groups(text[loose.start() :])[:1]
    recipients, action, status, diagnostic = delivery_status.outcome(groups)
    failed = _header(fields, "x-failed-recipients")
    if failed:
        recipients += _ADDRESS.findall(failed[:4000])
    recipients = recipients or _searched(fields, returned, sender, text, raw)
    kind = _kind(action, status, subject, text)
    if not (recipients or report or kind is not None):
        return None
    about = _about(fields, groups, returned, text)
    # A Message-ID looks like an address, and stands among them.
    recipients = [address for address in recipients if address not in about] or recipients
    status = status or _found(_STATUS, text)
    diagnostic = diagnostic or _sentence(text)
    return Bounce(
        kind or BounceKind.FAILED,
        tuple(dict.fromkeys(map(_kept, recipients)))[:MAX_RECIPIENTS],
        about,
        status[:20],
        _one_line(diagnostic),
    )


def _kept(address: str) -> str:
    """Return an address as we keep it: without the quotes that we wrote it with."""
    local, at, domain = address.rpartition("@")
    return f"{plain_local(local) or local}{at}{domain}"


def _searched(fields: Fields, returned: Sequence[Part], sender: str, text: str, raw: bytes) -> list[str]:
    """Return whom a mail was for that no field of the report names: by what people read in it."""
    # What a report is addressed to is what the lost mail came from.
    own = {
        address.lower()
        for name, value in fields
        if name in _OWN
        for address in _ADDRESS.findall(value[:4000])
    }
    named = _by_name(text, own) or _by_name(text, set())
    if named:
        return named
    addresses = _by_flufl(raw)
    return (
        [address for address in addresses if address.lower() not in own]
        or _by_words(text, own | {sender.lower()})
        or _returned_to(returned, text)
        or addresses
    )


_REJECTED = re.compile(r"automatically rejected|\brejected\b|refused by|not accepted", re.IGNORECASE)
# "RE: Your message to X : non remis (delivery failed)": the failure behind the subject it is about.
_TITLED = re.compile(
    r"^[^:]{2,6}: ?[^:]{3,200}(?:: |\()(?:non remis|undeliver(?:able|ed)|delivery fail(?:ed|ure)"
    r"|not delivered)",
    re.IGNORECASE,
)


def _may_be_report(
    fields: Fields, report: Sequence[Part], sender: str, subject: str, text: str, returned: bool
) -> bool:
    if report:
        return True
    content_type = _header(fields, "content-type").lower()
    if "multipart/report" in content_type:
        if "disposition-notification" in content_type:
            # Sieve's "reject" is a receipt by its form (RFC 5429 section 2.1).
            return bool(_REJECTED.search(subject[:300]) and _REJECTED.search(text[:2000]))
        return "feedback-report" not in content_type
    if _header(fields, "x-failed-recipients") or ses_notices.read(text) is not None:
        return True
    subject, text = subject[:300], text[:MAX_READ]
    # Broken systems write "Postmaster\\@host@domain".
    local = re.split(r"[\\@]", sender, maxsplit=1)[0].lower()[:100]
    if EITHER.match(subject):
        # Gateways to telephones and some others put their report under the subject it is about.
        answered = _DAEMON.match(local) and GATEWAY_ERROR.match(text.lstrip()[:200])
        return bool(answered or (_TITLED.search(subject) and NAMED.search(text)))
    if not sender and not (returned or _SERVERS_WORDS.search(text) or NAMED.search(text)):
        # People write of errors, too, and programs write their mail without a From.
        return False
    if not sender and not returned and _ASKS.search(text[:MAX_ASKING]):
        return False  # who asks what a server's words mean shows them
    from_a_daemon = _DAEMON.match(local or sender.lower()[:100]) or not sender
    if from_a_daemon or _header(fields, "return-path").strip() == "<>":
        return _reports(fields, subject, text)
    # Anyone may write such a subject. A report also holds a server's words or the mail it returns.
    if _header(fields, "in-reply-to") or _header(fields, "references"):
        return False
    return _is_written_as_one(local, subject, text, returned)


def _is_written_as_one(local: str, subject: str, text: str, returned: bool) -> bool:
    """Whether a mail that no mail system's address sent is a report by its words; `local` is the sender's."""
    if PLAIN_SUBJECT.search(subject) and EVIDENCE.search(text):
        return returned or bool(_SERVERS_WORDS.search(text)) or not _ASKS.search(_words_of(text)[:MAX_ASKED])
    if not _NO_REPLY.match(local):
        return is_japanese(subject, text) and (returned or names_somebody(text))
    reports = is_japanese(subject, text) or (returned and bool(JAPANESE_TEXT.search(text)))
    if JAPANESE_SUBJECT.search(subject) or PLAIN_SUBJECT.search(subject):
        reports = reports or bool(NAMED.search(text))
    return bool(ALONE.search(text)) or (reports and (returned or bool(_ADDRESS.search(text))))


def _reports(fields: Fields, subject: str, text: str) -> bool:
    """Whether a mail system that writes reports on a delivery with these words."""
    if SUBJECT.search(subject) or DELAYED.search(subject) or JAPANESE_SUBJECT.search(subject):
        return True
    answers = _header(fields, "auto-submitted").lower().startswith("auto-replied")
    return bool(TEXT.search(text) or JAPANESE_TEXT.search(text)) and not answers


# A question, and no address with one in it; it is asked in so much of a text.
_ASKS = re.compile(r"\?(?=\s|$)|？")
MAX_ASKING = 1000
# What no person writes of an error: a server's codes, and the mail that it returns.
_SERVERS_WORDS = re.compile(
    r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])|(?:^\W{0,8}|: )[45][0-5]\d[ -]|remote-mta|final-recipient"
    r"|diagnostic-code|transcript of session|^received: (?:from|by) ",
    re.IGNORECASE | re.MULTILINE,
)
# Nobody but a person asks, above the mail that a report returns.
_ASKS = re.compile(r"[?？](?:\s|\Z)")
MAX_ASKED = 1_000
# A mail system by its name, where it gives no address.
_SYSTEM = re.compile(
    r"mail(?:er)?[-_. ]?(?:delivery|daemon|system|server|admin)|post[-_. ]?master|delivery (?:sub)?system"
    r"|mdaemon|administrator|microsoft exchange",
    re.IGNORECASE,
)


def _nobody(author: str) -> str:
    """Return what a From without an address names: "" for nobody, else a mail system or a person."""
    words = author.strip()[:200]
    if _SYSTEM.search(words):
        return "mailer-daemon"
    return "" if words.endswith(("<>", "<@>")) else words.strip('<>"')


def _kind(action: str, status: str, subject: str, text: str) -> BounceKind | None:
    if action in ("delayed",):
        return BounceKind.DELAYED
    if action in ("delivered", "relayed", "expanded"):
        return BounceKind.DELIVERED
    if action == "failed" or status.startswith("5"):
        return BounceKind.FAILED
    if DELAYED.search(subject[:300]) or (not FAILED.search(subject[:300]) and DELAYED.search(text[:4000])):
        return BounceKind.DELAYED
    if FAILED.search(subject[:300]) or TEXT.search(text[:MAX_READ]):
        return BounceKind.FAILED
    return None


def _by_flufl(raw: bytes) -> list[str]:
    """Return what flufl.bounce finds in a copy whose header holds no raw 8-bit bytes and has a From.

    Its detectors fail on both (AttributeError in sina.py, IndexError in yale.py,
    6.0.0), and any failure of theirs means only that nothing was found.
    """
    from email import message_from_bytes

    copy = re.sub(rb"\n{4,}", b"\n\n\n", raw[:MAX_COPY].replace(b"\r\n", b"\n"))
    copy = b"\n".join(copy.split(b"\n", MAX_COPY_LINES)[:MAX_COPY_LINES])
    head, blank, body = copy.partition(b"\n\n")
    head = bytes(byte if byte < 128 else 63 for byte in head)
    if not re.search(rb"^From:[ \t]*\S", head, re.IGNORECASE | re.MULTILINE):
        head += b"\nFrom: MAILER-DAEMON@invalid"
    try:
        temporary, permanent = _flufl()(message_from_bytes(head + blank + body))
    except (AttributeError, IndexError, KeyError, LookupError, TypeError, ValueError, RecursionError):
        return []
    addresses: list[str] = []
    for some in (permanent, temporary):
        named = (name.decode("ascii", "replace") if isinstance(name, bytes) else str(name) for name in some)
        # They come as sets: the one that the report names first comes first.
        addresses += sorted(named, key=lambda name: (copy.find(name.encode("utf-8", "replace")), name))
    return [
        address
        for address in dict.fromkeys(addresses)
        if address.find("@") > 0 and not _CONTROL.search(address)
    ]


@cache
def _flufl() -> Callable[[Any], tuple[Any, Any]]:
    """Import flufl.bounce late and keep it from writing: it logs every failure of a detector with its
    traceback, which goes to stderr where no log is set up."""
    from flufl.bounce import all_failures

    logging.getLogger("flufl.bounce").disabled = True
    return all_failures


def _returned_to(returned: Sequence[Part], text: str) -> list[str]:
    """Return to whom the returned mail was written, when it was to one person."""
    for head in (*((part.text or "")[:MAX_READ] for part in returned), text[:MAX_READ]):
        addresses = [address for line in _TO_LINE.findall(head) for address in _ADDRESS.findall(line)]
        if len(set(addresses)) == 1:
            return addresses[:1]
    return []


def _by_name(text: str, own: set[str]) -> list[str]:
    """Return the addresses that stand where mail systems put those they could not reach."""
    named = [next(filter(None, match)) for match in NAMED.findall(_words_of(text))]
    addresses = [mailbox for address in named for mailbox in _ADDRESS.findall(address[:400])[:1]]
    return [mailbox for mailbox in addresses if mailbox.lower() not in own]


def _words_of(text: str) -> str:
    """Return the report's own words: what stands above the mail it returns."""
    return _RETURNED.split(text[:MAX_READ], maxsplit=1)[0]


_RETURNED = re.compile(
    r"\n[ \t>]{0,4}(?:-{3,} ?(?:original|this is a copy|below this line|returned|unsent|the header)"
    r"|original message follows|Received: |Return-Path:)",
    re.IGNORECASE,
)


def _by_words(text: str, others: set[str]) -> list[str]:
    """Return the first address that the report's own words name, before the mail it returns."""
    addresses = [address for address in _ADDRESS.findall(_words_of(text)) if address.lower() not in others]
    local = [address for address in addresses if not _DAEMON.match(address.partition("@")[0].lower())]
    return local[:1]


def _about(
    fields: Fields, groups: Sequence[dict[str, str]], returned: Sequence[Part], text: str
) -> tuple[str, ...]:
    """Return the Message-IDs the report may be about, the surest first, without angle brackets."""
    ids: list[str] = []
    for part in returned:
        head = re.split(r"\r?\n\r?\n", (part.text or "")[:MAX_TEXT], maxsplit=1)[0]
        for name, value in part.fields:
            if name == "message-id":
                ids += _MESSAGE_ID.findall(value[:1000])
        ids += _ids(re.sub(r"\r?\n[ \t]+", " ", head))
    for group in groups:
        for key in ("original-message-id", "x-original-message-id"):
            ids += _MESSAGE_ID.findall(group.get(key, ""))
    for name, value in fields:
        if name in ("original-message-id", "x-original-message-id"):
            ids += _MESSAGE_ID.findall(value[:1000])
    if not ids:
        # Reports without parts put the returned header below their words.
        ids += _ids(re.sub(r"\r?\n[ \t]+", " ", text))
    for name in ("in-reply-to", "references"):
        ids += list(reversed(_MESSAGE_ID.findall(_header(fields, name)[:20000])))
    return tuple(dict.fromkeys(ids))[:MAX_RECIPIENTS]


def _ids(head: str) -> list[str]:
    return [message_id for value in _ID_LINE.findall(head) for message_id in _MESSAGE_ID.findall(value)]


def _sentence(text: str) -> str:
    """Return the line that holds the other side's reply code, else the first telling one."""
    lines = [line.strip(" >|\t") for line in text[:MAX_READ].split("\n")]
    for pattern in (_STATUS, _REPLY_CODE, TEXT):
        for line in lines:
            if pattern.search(line[:1000]):
                return line
    return ""


def _found(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text[:MAX_READ])
    return match.group(1) if match else ""


def _one_line(text: str) -> str:
    line = " ".join(_CONTROL.sub(" ", text[:4000]).split())
    return line if len(line) <= MAX_DIAGNOSTIC else line[: MAX_DIAGNOSTIC - 1] + "…"


def _header(fields: Fields, name: str) -> str:
    for key, value in fields:
        if key == name:
            return value
    return ""
