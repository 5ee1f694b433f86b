"""Taking secrets out of a finished mail: its texts are written anew, everything else stays.

Only for mail that was read before, so that the gate (`intake.mail.gate`) has bounded it.
"""

import hashlib
import html
import re
from collections.abc import Collection, Sequence
from email import message_from_bytes, policy
from email.header import Header, decode_header, make_header
from email.message import Message
from email.utils import collapse_rfc2231_value

from intake.desk.sensitive.redactable import TEXTS
from intake.desk.sensitive.scan import find, redacted

_POLICY = policy.compat32.clone(linesep="\r\n", max_line_length=None)
_TAG = re.compile(r"<[^>]{0,2000}>")
_SCRIPT = re.compile(r"<(script|style)\b.*?</\1", re.IGNORECASE | re.DOTALL)
# The lines of files; nobody reads a secret in them, and they are most of a mail.
_BASE64 = re.compile(rb"(?m)^[A-Za-z0-9+/=]{60,}\r?$")
# What programs make of digits and letters by chance, some of which look like a card's number: a boundary
# (one in 60 of Python's) and a Message-ID. Nobody writes in them.
_BOUNDARY = re.compile(rb"(?i)\bboundary=\"?([A-Za-z0-9'()+_,./:=?-]{8,70})")
_IDS = re.compile(rb"(?im)^(?:message-id|references|in-reply-to):[^\n]*+(?:\n[ \t][^\n]*+)*+")
MARK = "X-Intake-Redacted"
# What stands in the place of a file that could not be written anew.
GONE_NAME, GONE_TEXT = "redacted.txt", "[redacted: a file]"
# What stays of a mail that cannot be cleaned part by part: who, to whom, when, and its place in a thread.
_KEPT = ("From", "To", "Date", "Message-ID", "In-Reply-To", "References")


def redact(
    raw: bytes, literals: Sequence[str], text: str, mark: str, gone: Collection[str] = (), must: bool = False
) -> bytes | None:
    """Return the mail without its secrets, None when it holds none.

    Files with the digests `gone` (SHA-256, hex) are taken out as a whole. With `must` the mail is known to
    hold each of them: where one is not found as a part, only the text of the mail stays.

    `text` (already redacted) takes the place of an HTML part that held one, and of the whole mail
    where its parts cannot be written anew. `mark` goes into a header field of its own and must be
    unique, so that two mails never become the same bytes. Never raises for what a mail can hold.
    """
    try:
        mail = message_from_bytes(raw, policy=_POLICY)
        removed = [_removed(part, gone) for part in mail.walk()] if gone else []
        changed = [*map(bool, removed), *(_cleaned(part, literals, text) for part in mail.walk())]
        if must and set(gone) - set(removed):
            return stub(raw, literals, text, mark)
        made = raw
        if any(changed):
            mail[MARK] = mark
            made = mail.as_bytes(unixfrom=False, policy=_POLICY)
        # What was put together anew is read once more: one way to write a text may hide another.
        if not _holds(message_from_bytes(made, policy=_POLICY), literals) and not _shows(made, literals):
            return made if any(changed) else None
    except (LookupError, ValueError, TypeError, AttributeError, RecursionError):
        if not must and not _shows(raw, literals):
            return None
    return stub(raw, literals, text, mark)


def redact_file(content: bytes, media_type: str, literals: Sequence[str], mark: str) -> bytes | None:
    """Return a file without its secrets, None where it holds none or is no text; see `redact`."""
    if not media_type.startswith(TEXTS):
        return None
    if media_type == "message/rfc822":
        return redact(content, literals, "[redacted]", mark)
    text = content.decode("utf-8", "replace")
    secrets = find(text, literals)
    return redacted(text, secrets).encode("utf-8", "replace") if secrets else None


def _shows(raw: bytes, literals: Sequence[str]) -> bool:
    """Whether a secret can be read in the very bytes, where no part holds it: before the first, say."""
    plain = _BASE64.sub(b"", raw)
    written = _IDS.sub(b"", plain)
    for boundary in set(_BOUNDARY.findall(written)):
        written = written.replace(boundary, b"")
    for charset in ("utf-8", "latin-1"):
        if find(_loose(written, charset), literals):
            return True
        # What is named, such as an address, is sought in these places, too.
        whole = _loose(plain, charset)
        if literals and find(whole, literals) != find(whole):
            return True
    return False


def _removed(part: Message, gone: Collection[str]) -> str:
    """Put a line in the place of a file that is to go; return the digest of what stood there, "" for none."""
    payload = None if part.is_multipart() else part.get_payload(decode=True)
    name = hashlib.sha256(payload).hexdigest() if isinstance(payload, bytes) else ""
    if name not in gone:
        return ""
    for field in ("Content-Type", "Content-Disposition", "Content-Description", "Content-ID"):
        del part[field]
    part.add_header("Content-Type", "text/plain", charset="utf-8")
    part.add_header("Content-Disposition", "attachment", filename=GONE_NAME)
    _replace(part, GONE_TEXT, "plain")
    return name


def _cleaned(part: Message, literals: Sequence[str], text: str) -> bool:
    changed = _header_cleaned(part, literals) | _renamed(part, literals)
    if part.is_multipart() or part.get_content_maintype() != "text":
        return changed
    said = _text(part)
    if part.get_content_subtype() == "html":
        if not find(_plain(said), literals) and not find(said, literals):
            return changed
        _replace(part, f"<html><body><pre>{html.escape(text)}</pre></body></html>", "html")
        return True
    secrets = find(said, literals)
    if not secrets:
        return changed
    _replace(part, redacted(said, secrets), part.get_content_subtype())
    return True


def _header_cleaned(part: Message, literals: Sequence[str]) -> bool:
    changed = False
    for name, value in part.items():
        if name.lower() not in ("subject", "comments", "keywords", "thread-topic"):
            continue
        said = _decoded(str(value))
        secrets = find(said, literals)
        if secrets:
            part.replace_header(name, Header(redacted(said, secrets), "utf-8").encode(linesep="\r\n"))
            changed = True
    return changed


def _renamed(part: Message, literals: Sequence[str]) -> bool:
    """Take secrets out of the name that a part has, in either of the two fields that give it one."""
    changed = False
    for param, name in (("filename", "Content-Disposition"), ("name", "Content-Type")):
        said = collapse_rfc2231_value(part.get_param(param, "", name) or "") if name in part else ""
        secrets = find(_decoded(said), literals)
        if secrets:
            part.set_param(param, redacted(_decoded(said), secrets), name, charset="utf-8", replace=True)
            changed = True
    return changed


def _replace(part: Message, text: str, subtype: str) -> None:
    """Put a text in the place of a part's content; its name and disposition stay."""
    del part["Content-Transfer-Encoding"]
    part.set_payload(text.replace("\r\n", "\n").replace("\n", "\r\n").encode("utf-8", "replace"))
    part.set_param("charset", "utf-8") if "Content-Type" in part else part.add_header(
        "Content-Type", f"text/{subtype}", charset="utf-8"
    )
    from email.encoders import encode_base64

    encode_base64(part)


def _text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    return _loose(data, part.get_content_charset() or "utf-8")


def _loose(data: bytes, charset: str) -> str:
    try:
        return data.decode(charset, "replace")
    except (LookupError, ValueError):
        return data.decode("latin-1")


def _plain(said: str) -> str:
    """Return what a reader of HTML sees, roughly: enough to find a secret in it."""
    return html.unescape(_TAG.sub(" ", _SCRIPT.sub(" ", said)))


def _decoded(value: str) -> str:
    try:
        return str(make_header(decode_header(value)))
    except (LookupError, ValueError):
        return value


def _holds(mail: Message, literals: Sequence[str]) -> bool:
    for part in mail.walk():
        if part.get_content_maintype() == "text" and not part.is_multipart():
            said = _text(part)
            if find(said, literals) or find(_plain(said), literals):
                return True
    return False


def stub(raw: bytes, literals: Sequence[str], text: str, mark: str) -> bytes:
    """Return a plain mail of the fields that place it, and the redacted text."""
    kept: list[bytes] = []
    head = raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    for field in re.split(rb"\n(?![ \t])", head):
        name = field.partition(b":")[0].strip().decode("latin-1")
        if name.lower() in {key.lower() for key in _KEPT} and not find(_loose(field, "utf-8"), literals):
            kept.append(field.replace(b"\n", b"\r\n"))
    kept += [
        f"{MARK}: {mark}".encode(),
        b"MIME-Version: 1.0",
        b"Content-Type: text/plain; charset=utf-8",
        b"Content-Transfer-Encoding: 8bit",
    ]
    body = text.replace("\r\n", "\n").replace("\n", "\r\n").encode("utf-8", "replace")
    return b"\r\n".join(kept) + b"\r\n\r\n" + body + b"\r\n"
