"""Whether two mails say the same, however servers on the way wrote them: no signature is needed for that.

Servers add fields on top and write bodies in another encoding; whoever changes what is read changes something
here. What different readers may read differently is never the same.
"""

import re
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses

_POLICY = policy.compat32
# What a reader sees, and where an answer goes. Each may be there once.
_SEEN = ("from", "to", "cc", "subject", "reply-to", "date", "message-id")
_FORM = ("content-type", "content-transfer-encoding", "content-disposition", "mime-version", "content-id")
_SPACE = re.compile(r"\s+")
# What we write in; in others bytes mean to some readers what they do not mean to all.
_CHARSETS = ("utf-8", "us-ascii")
MOST_PARTS = 200


def same(ours: bytes, theirs: bytes) -> bool:
    """Whether `theirs` says what our mail says: the fields that people see, and every part. Never raises."""
    try:
        a, b = (message_from_bytes(raw, policy=_POLICY) for raw in (ours, theirs))
        return _alone(b) and _seen(a) == _seen(b) and _parts(a) == _parts(b)
    except (LookupError, ValueError, TypeError, AttributeError, RecursionError):
        return False


def message_id(raw: bytes) -> str:
    """Return the Message-ID of a mail without its brackets, "" where it has none or several."""
    try:
        every = message_from_bytes(raw, policy=_POLICY).get_all("message-id") or []
    except (LookupError, ValueError, TypeError, AttributeError, RecursionError):
        return ""
    match = re.fullmatch(r"\s*<([^<>\s]{1,500})>\s*", str(every[0])) if len(every) == 1 else None
    return match[1] if match else ""


def enclosed(raw: bytes) -> list[bytes]:
    """Return the mails that are attached to a mail as they came, ten at most."""
    try:
        mail = message_from_bytes(raw, policy=_POLICY)
        inner = [part for part in mail.walk() if part.get_content_type() == "message/rfc822"]
        payloads = [part.get_payload() for part in inner[:10]]
        return [
            payload[0].as_bytes(policy=_POLICY)
            for payload in payloads
            if isinstance(payload, list) and payload and isinstance(payload[0], Message)
        ]
    except (LookupError, ValueError, TypeError, AttributeError, RecursionError):
        return []


def _alone(mail: Message) -> bool:
    """Whether of each field that decides how a mail is read there is one, in every part, and no defect."""
    parts = list(mail.walk())
    if len(parts) > MOST_PARTS or any(part.defects for part in parts):
        return False
    for part in parts:
        names = [name.lower().strip() for name in part.keys()]  # noqa: SIM118
        if any(names.count(name) > 1 for name in (*_SEEN, *_FORM)):
            return False
    return True


def _seen(mail: Message) -> list[object]:
    """Return what people see of a mail's header, in one form."""
    seen: list[object] = []
    for name in _SEEN:
        value = str(mail.get(name, ""))
        if name in ("from", "to", "cc", "reply-to"):
            seen.append([(_plain(shown), box) for shown, box in getaddresses([_decoded(value)])])
        else:
            seen.append(_plain(_decoded(value)))
    return seen


def _parts(mail: Message) -> list[object]:
    """Return each part of a mail: what it is called, and what it holds without its encoding."""
    parts: list[object] = []
    for part in mail.walk():
        kind = (part.get_content_type(), part.get_content_disposition() or "", part.get_filename() or "")
        if part.is_multipart():
            parts.append((kind, len(part.get_payload())))
            continue
        payload = part.get_payload(decode=True)
        content = payload if isinstance(payload, bytes) else b""
        if part.get_content_maintype() == "text":
            charset = part.get_content_charset("us-ascii")
            if charset not in _CHARSETS:
                raise ValueError(charset)
            lines = content.decode(charset).replace("\r\n", "\n").split("\n")
            parts.append((kind, "\n".join(line.rstrip() for line in lines).strip("\n")))
        else:
            parts.append((kind, content))
    return parts


def _decoded(value: str) -> str:
    return str(make_header(decode_header(value)))


def _plain(text: str) -> str:
    return _SPACE.sub(" ", text).strip()
