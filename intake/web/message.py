"""A filled-in form as an RFC 5322 message. Pure: the same post gives the same bytes."""

import codecs
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

from intake.desk import form_origin
from intake.desk.message import Attachment
from intake.mail import attached, filenames
from intake.mail.outgoing import compose
from intake.ports import Large
from intake.web import text
from intake.web.form import Details
from intake.web.spool import Span

_PLAIN_EXTENSIONS = (".txt", ".log", ".csv", ".md")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as the browser sent it; neither name nor content is trusted."""

    name: str
    content: bytes | Span = field(repr=False)

    def chunks(self) -> Iterator[bytes]:
        """Yield the content in pieces, as often as asked."""
        return self.content.chunks() if isinstance(self.content, Span) else iter((self.content,))


@dataclass(frozen=True, slots=True)
class FormPost:
    """A form that passed its checks. `key` names the opened form, `opened` is aware.

    The date of the message is that of the opened form: with the clock of the post,
    a double click would make two messages. `zone` is how many minutes the clock of the browser
    is ahead of UTC, None where it did not say: mails tell the time by that clock, too.
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
    zone: int | None = None


def build(post: FormPost, to: str) -> bytes | Large:
    """Return `post` as a message to `to`, the mailbox's address, with CRLF line ends.

    Where one of its files is not held in memory, neither is the message.
    """
    digest = _digest(post)
    fields = [
        compose.mailbox_header("From", text.one_line(post.name), post.address),
        compose.mailbox_header("To", "", to),
        compose.unstructured("Subject", text.one_line(post.subject)),
        f"Date: {format_datetime(post.opened.astimezone(_zone(post)))}",
        compose.message_ids("Message-ID", [f"form-{digest[:32]}@{to.rpartition('@')[2]}"]),
        "X-Intake-Form: 1",
    ]
    if post.language:
        fields.append(compose.unstructured("Content-Language", text.one_line(post.language)))
    # The boundary is a hash of the text and the files, so neither can hold it.
    body = text.body(post.text) + "\n"
    if post.details.lines:
        body += "\n" + "".join(f"{line}\n" for line in post.details.lines)
    # First, so that no uploaded file can stand in its place (see intake/desk/form_origin.py).
    details = post.details
    structured = form_origin.part(details.category, dict(details.fields), details.language, details.stolen)
    boundary = f"=_{digest[32:]}"
    files = [(_attachment(file), file) for file in post.files]

    def pieces() -> Iterator[bytes]:
        parts = [(structured, iter((structured.content,)))] if structured else []
        return compose.pieces(fields, body, [*parts, *((a, file.chunks()) for a, file in files)], boundary)

    if not any(isinstance(file.content, Span) for file in post.files):
        return b"".join(pieces())
    made, size = hashlib.sha256(), 0
    for piece in pieces():
        made.update(piece)
        size += len(piece)
    return Large(made.hexdigest(), size, pieces)


def _zone(post: FormPost) -> timezone:
    return UTC if post.zone is None else timezone(timedelta(minutes=post.zone))


def media_type(upload: Upload) -> str:
    """Return what a file is by its first bytes; octet-stream where they do not tell.

    HTML, SVG and other text have no magic number and stay octet-stream: nothing
    shows them in place. A plain text by name and content may be read.
    """
    if upload.name.lower().endswith(_PLAIN_EXTENSIONS) and _readable(upload):
        return "text/plain"
    return attached.sniffed("application/octet-stream", next(upload.chunks(), b""))


def _readable(upload: Upload) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        held = any("\0" in decoder.decode(chunk) for chunk in upload.chunks())
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return not held


def _attachment(upload: Upload) -> Attachment:
    kind = media_type(upload)
    return Attachment(filenames.safe(upload.name, kind), kind, b"")


def _structured(details: Details) -> list[str]:
    # Nothing is added without it, so that a plain post has the id it always had.
    pairs = [part for pair in sorted(details.fields.items()) for part in pair]
    parts = ["details", details.category, *pairs] if details.category or pairs else []
    return [*parts, "stolen"] if details.stolen else parts


def _digest(post: FormPost) -> str:
    """Bind the id to form and content: the same twice is one message, a corrected one another."""
    digest = hashlib.sha256()
    values = [post.key, post.name, post.address, post.subject, post.text, *_structured(post.details)]
    for value in values:
        _frame(digest, len(raw := value.encode("utf-8", "replace")), (raw,))
    for file in post.files:
        _frame(digest, len(raw := file.name.encode("utf-8", "replace")), (raw,))
        _frame(digest, len(file.content), file.chunks())
    return digest.hexdigest()


def _frame(digest: "hashlib._Hash", size: int, chunks: Iterable[bytes]) -> None:
    # With its size before it, so that no two posts read alike.
    digest.update(size.to_bytes(8, "big"))
    for chunk in chunks:
        digest.update(chunk)
