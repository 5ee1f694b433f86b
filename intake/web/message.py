"""A filled-in form as an RFC 5322 message. Pure: the same post gives the same bytes."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime

from intake.desk import formed
from intake.desk.message import Attachment
from intake.mail import attached, compose, filenames
from intake.web import text
from intake.web.form import Details

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
    details: Details = field(default_factory=Details)


def build(post: FormPost, to: str) -> bytes:
    """Return `post` as a message to `to`, the mailbox's address, with CRLF line ends."""
    digest = _digest(post)
    fields = [
        compose.mailbox_header("From", text.one_line(post.name), post.address),
        compose.mailbox_header("To", "", to),
        compose.unstructured("Subject", text.one_line(post.subject)),
        f"Date: {format_datetime(post.opened.astimezone(UTC))}",
        compose.message_ids("Message-ID", [f"form-{digest[:32]}@{to.rpartition('@')[2]}"]),
        "X-Intake-Form: 1",
    ]
    if post.language:
        fields.append(compose.unstructured("Content-Language", text.one_line(post.language)))
    # The boundary is a hash of the text and the files, so neither can hold it.
    body = text.body(post.text) + "\n"
    if post.details.lines:
        body += "\n" + "".join(f"{line}\n" for line in post.details.lines)
    # First, so that no uploaded file can stand in its place (see intake/desk/formed.py).
    structured = formed.part(post.details.category, dict(post.details.fields), post.details.language)
    files = [*([structured] if structured else []), *(_attachment(one) for one in post.files)]
    return compose.message(fields, body, files, f"=_{digest[32:]}")


def media_type(name: str, content: bytes) -> str:
    """Return what `content` is by its first bytes; octet-stream where they do not tell.

    HTML, SVG and other text have no magic number and stay octet-stream: nothing
    shows them in place. A plain text by name and content may be read.
    """
    if name.lower().endswith(_PLAIN_EXTENSIONS) and b"\0" not in content:
        try:
            content.decode("utf-8")
        except UnicodeDecodeError:
            pass
        else:
            return "text/plain"
    return attached.sniffed("application/octet-stream", content)


def _attachment(upload: Upload) -> Attachment:
    kind = media_type(upload.name, upload.content)
    return Attachment(filenames.safe(upload.name, kind), kind, upload.content)


def _structured(details: Details) -> list[str]:
    # Nothing is added without it, so that a plain post has the id it always had.
    pairs = [one for pair in sorted(details.fields.items()) for one in pair]
    return ["details", details.category, *pairs] if details.category or pairs else []


def _digest(post: FormPost) -> str:
    """Bind the id to form and content: the same twice is one message, a corrected one another."""
    digest = hashlib.sha256()
    values = [post.key, post.name, post.address, post.subject, post.text, *_structured(post.details)]
    chunks = [value.encode("utf-8", "replace") for value in values]
    for one in post.files:
        chunks += [one.name.encode("utf-8", "replace"), one.content]
    for chunk in chunks:
        digest.update(len(chunk).to_bytes(8, "big"))
        digest.update(chunk)
    return digest.hexdigest()
