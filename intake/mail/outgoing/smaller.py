"""A finished mail of ours without its files, for a server that refused it for its size. Pure."""

import hashlib
import html
from collections.abc import Iterator, Sequence
from email import message_from_bytes
from email.message import Message

from intake.desk.kept_files import KeptFile
from intake.mail.outgoing import compose

# Made anew with the body; a signature would be of the mail that was refused.
_OF_THE_BODY = ("content-type", "content-transfer-encoding", "mime-version", "message-id", "dkim-signature")
# Before this line of the text stands what was said, behind it how to answer.
_FOOT = "\n---\n"


def carried(raw: bytes) -> list[KeptFile]:
    """Return the files that a mail of ours carries, in their order; pictures in its page too."""
    files: list[KeptFile] = []
    for part in _leaves(message_from_bytes(raw)):
        name = part.get_filename()
        if name is not None:
            content = _content(part)
            files.append(KeptFile(name, hashlib.sha256(content).hexdigest(), len(content)))
    return files


def message_id(raw: bytes) -> str:
    """Return the Message-ID of a mail of ours, without brackets."""
    return str(message_from_bytes(raw)["Message-ID"] or "").strip("<> ")


def without_files(raw: bytes, lines: Sequence[str], id_: str, boundary: str) -> bytes:
    """Return a mail of ours without its files, with `lines` instead, under another Message-ID.

    Its other headers stay as they are: the same thread, the same reply address.
    """
    mail = message_from_bytes(raw)
    text = page = ""
    for part in _leaves(mail):
        if part.get_filename() is None:
            content = _content(part).decode("utf-8", "replace").replace("\r\n", "\n")
            if part.get_content_subtype() == "html":
                page = page or content
            else:
                text = text or content
    headers = [
        *(_kept(raw)),
        compose.message_ids("Message-ID", [id_]),
    ]
    return compose.message(headers, _with_lines(text, lines), (), boundary, _with_rows(page, lines))


def _kept(raw: bytes) -> Iterator[str]:
    """Yield the headers as they were written, folded as they were."""
    head = raw.partition(b"\r\n\r\n")[0].decode("utf-8", "replace")
    for field in head.replace("\r\n ", "\n ").replace("\r\n\t", "\n\t").split("\r\n"):
        if field.partition(":")[0].lower() not in _OF_THE_BODY:
            yield field.replace("\n", "\r\n")


def _leaves(mail: Message) -> Iterator[Message]:
    return (part for part in mail.walk() if not part.is_multipart())


def _content(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _with_lines(text: str, lines: Sequence[str]) -> str:
    if not lines:
        return text
    said, foot, below = text.rpartition(_FOOT)
    more = "\n".join(lines)
    return f"{said.rstrip()}\n\n{more}\n{foot}{below}" if foot else f"{text.rstrip()}\n\n{more}\n"


def _with_rows(page: str, lines: Sequence[str]) -> str:
    if not page or not lines:
        return page
    more = "<p>" + "<br>".join(_row(line) for line in lines) + "</p>"
    before, end, below = page.rpartition("</body>")
    return f"{before}{more}{end}{below}" if end else page + more


def _row(line: str) -> str:
    before, scheme, link = line.rpartition("https://")
    if not scheme or " " in link:
        return html.escape(line)
    address = html.escape(scheme + link)
    return f'{html.escape(before)}<a href="{address}">{address}</a>'
