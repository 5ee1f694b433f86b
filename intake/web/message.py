"""A filled-in form as an RFC 5322 message. Pure: the same post gives the same bytes.

Fields and boundary are written here rather than by `email`'s generators, for two
reasons: those guess at encoded words in what they are given (CVE-2024-6923,
CVE-2026-1299), and they hold four copies of a large attachment at once.
"""

import binascii
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.header import Header
from email.utils import format_datetime

import filetype

from intake.web import text

# Largest magic number that the filetype library looks at is within this.
_SNIFF = 8192
# 57 bytes become the 76 characters of a base64 line (RFC 2045 section 6.8).
_LINE = 57
_PLAIN_EXTENSIONS = (".txt", ".log", ".csv", ".md")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as the browser sent it; neither name nor content is trusted."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class FormPost:
    """A form that passed its checks. `key` names the opened form, `opened` is aware.

    The date of the message is that of the opened form: with the clock of the post,
    a double click would make two messages.
    """

    key: str
    opened: datetime
    name: str
    address: str
    subject: str
    text: str = field(repr=False)
    files: Sequence[Upload] = ()
    language: str = ""


def build(post: FormPost, to: str) -> bytes:
    """Return `post` as a message to `to`, the mailbox's address, with CRLF line ends."""
    digest = _digest(post)
    body = _text_part(text.body(post.text))
    fields = [
        _person("From", text.one_line(post.name), post.address),
        f"To: {to}",
        _unstructured("Subject", text.one_line(post.subject)),
        f"Date: {format_datetime(post.opened.astimezone(UTC))}",
        f"Message-ID: <form-{digest[:32]}@{to.rpartition('@')[2]}>",
        "X-Intake-Form: 1",
        "MIME-Version: 1.0",
    ]
    if post.language:
        fields.append(f"Content-Language: {text.one_line(post.language)}")
    head = "\r\n".join(fields).encode("ascii") + b"\r\n"
    if not post.files:
        return head + body
    # A "=_" can occur in no base64 line, so no content can end a part early.
    boundary = f"=_{digest[32:]}".encode()
    parts = [head, b'Content-Type: multipart/mixed; boundary="', boundary, b'"\r\n\r\n']
    for part in (body, *map(_file_part, post.files)):
        parts += [b"--", boundary, b"\r\n", part, b"\r\n"]
    parts += [b"--", boundary, b"--\r\n"]
    return b"".join(parts)


def media_type(name: str, content: bytes) -> str:
    """Return what `content` is by its first bytes; octet-stream where they do not tell.

    HTML, SVG and other text have no magic number and stay octet-stream: nothing
    shows them in place. A plain text by name and content may be read.
    """
    kind = filetype.guess(content[:_SNIFF]) if content else None
    if kind is not None:
        return str(kind.mime)
    if name.lower().endswith(_PLAIN_EXTENSIONS) and b"\0" not in content:
        try:
            content.decode("utf-8")
        except UnicodeDecodeError:
            pass
        else:
            return "text/plain"
    return "application/octet-stream"


def _digest(post: FormPost) -> str:
    """Bind the id to form and content: the same twice is one message, a corrected one another."""
    digest = hashlib.sha256()
    values = [post.key, post.name, post.address, post.subject, post.text]
    chunks = [value.encode("utf-8", "replace") for value in values]
    for one in post.files:
        chunks += [one.name.encode("utf-8", "replace"), one.content]
    for chunk in chunks:
        digest.update(len(chunk).to_bytes(8, "big"))
        digest.update(chunk)
    return digest.hexdigest()


def _unstructured(name: str, value: str) -> str:
    return f"{name}: {_encoded(name, value)}"


def _person(name: str, shown: str, address: str) -> str:
    if not shown:
        return f"{name}: {address}"
    if shown.isascii():
        escaped = shown.replace("\\", "\\\\").replace('"', '\\"')
        return f'{name}: "{escaped}"\r\n <{address}>'
    return f"{name}: {_encoded(name, shown)}\r\n <{address}>"


def _encoded(name: str, value: str) -> str:
    # Subjects and names are at most 250 long: one line of ASCII holds them (998 is the limit,
    # RFC 5322 section 2.1.1), and a long word would come back from folding with a space before it.
    if value.isascii():
        return value
    return Header(value, "utf-8", maxlinelen=76, header_name=name).encode(linesep="\r\n")


def _text_part(value: str) -> bytes:
    head = b'Content-Type: text/plain; charset="utf-8"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    return head + _base64(value.replace("\n", "\r\n").encode() + b"\r\n")


def _file_part(upload: Upload) -> bytes:
    name = text.file_name(upload.name)
    kind = media_type(name, upload.content)
    head = (
        f"Content-Type: {kind}{'; charset=utf-8' if kind == 'text/plain' else ''}\r\n"
        f"Content-Disposition: attachment;\r\n {_file_name_parameter(name)}\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n"
    )
    return head.encode("ascii") + _base64(upload.content)


def _file_name_parameter(name: str) -> str:
    """Return filename= or filename*= (RFC 2231 section 4), on one line: it is at most 380 long."""
    if name.isascii() and all(c not in '"\\' for c in name):
        return f'filename="{name}"'
    kept = "".join(c if (c.isascii() and c.isalnum()) or c in "-._" else _percent(c) for c in name)
    return f"filename*=utf-8''{kept}"


def _percent(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode())


def _base64(content: bytes) -> bytes:
    view = memoryview(content)
    out = bytearray()
    for start in range(0, len(view), _LINE):
        out += binascii.b2a_base64(view[start : start + _LINE], newline=False)
        out += b"\r\n"
    return bytes(out)
