"""A finished mail of ours without its files, for a server that refused it for its size. Pure."""

import hashlib
import html
import re
from collections.abc import Iterator, Sequence
from email import message_from_bytes
from email.message import Message

from intake.desk.kept_files import KeptFile
from intake.desk.sensitive.leaks import MARK
from intake.mail.outgoing import compose

# Made anew with the body; a signature would be of the mail that was refused.
_OF_THE_BODY = ("content-type", "content-transfer-encoding", "mime-version", "message-id", "dkim-signature")
# The last line of an agent's mail, in its text and in its page: what is added stands before it.
_REFERENCE = re.compile(r"^(?=ref:[a-z2-7]+\s*\Z)", re.MULTILINE)
_REFERENCE_OF_PAGE = re.compile(r"^(?=<p[^>]*>ref:[a-z2-7]+</p>\s*</div>\s*</body>)", re.MULTILINE)
_END_OF_PAGE = re.compile(r"(?=</div>\s*</body>)|(?=</body>)")
# A picture of the page that does not go along any more.
_PICTURE = re.compile(r'<img [^>]*src="cid:[^>]*>')
_NAMED = re.compile(r' alt="([^"]*)"')


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
    # No customer may read them.
    more = "\n".join(f"{MARK} {line}".rstrip() for line in lines)
    place = _REFERENCE.search(text)
    before, below = (text[: place.start()], f"\n{text[place.start() :]}") if place else (text, "")
    return f"{before.rstrip()}\n\n{more}\n{below}"


def _with_rows(page: str, lines: Sequence[str]) -> str:
    page = _PICTURE.sub(_instead, page)
    if not page or not lines:
        return page
    more = '<p style="font-size:14px;overflow-wrap:anywhere">' + "<br>\n".join(map(_row, lines)) + "</p>\n"
    place = _REFERENCE_OF_PAGE.search(page) or _END_OF_PAGE.search(page)
    at = place.start() if place else len(page)
    return page[:at] + more + page[at:]


def _instead(picture: re.Match[str]) -> str:
    named = _NAMED.search(picture[0])
    return named[1] if named else ""


def _row(line: str) -> str:
    before, scheme, link = line.rpartition("https://")
    mark = f'<span class="m">{MARK}</span> '
    if not scheme or " " in link:
        return mark + html.escape(line)
    address = html.escape(scheme + link)
    return f'{mark}{html.escape(before)}<a href="{address}">{address}</a>'
