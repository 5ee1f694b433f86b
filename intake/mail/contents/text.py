"""The text of a file that needs no foreign program: text, web pages, mails, office files, zip. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from intake.mail.charsets.decode import decode
from intake.mail.contents.packed import Closed, holds_pictures, members, office_texts, xml_text
from intake.mail.contents.roads import Road, road_of
from intake.mail.formats import html, rtf

# Of a text; what is longer is a log file, and a phrase stands early in it.
MOST_TEXT = 2 << 20
# A mail in a zip in a mail: deeper is only what means to keep us busy.
MOST_DEPTH = 3
# Of all texts of one file together.
MOST_TOGETHER = 6 << 20


@dataclass(frozen=True, slots=True)
class Contents:
    """What could be read of a file: its texts, each to be looked at by itself, and whether that is all."""

    texts: tuple[str, ...]
    whole: bool = True


def contents(name: str, media_type: str, content: bytes, depth: int = 0) -> Contents | None:
    """Return the text of a file with its name, None where it is of a kind that is not read here.

    A picture or a PDF within another file is such a part: then the text is not the `whole`. Never
    raises.
    """
    road = road_of(name, media_type, content)
    if road is Road.TEXT:
        return Contents(_plain(name, media_type, content[:MOST_TEXT]), len(content) <= MOST_TEXT)
    if road is Road.MAIL and depth < MOST_DEPTH:
        return _mail(content[:MOST_TOGETHER], depth)
    if road is Road.PACKED and depth < MOST_DEPTH:
        return _packed(content, depth)
    return None


def _plain(name: str, media_type: str, content: bytes) -> tuple[str, ...]:
    if content.startswith(b"{\\rtf"):
        text, page = rtf.read(content)
        return (text or html.from_html(page),)
    text = decode(content)
    if media_type == "text/html" or name.lower().endswith((".html", ".htm")):
        # A script or a comment is text too, and may be where somebody keeps something.
        return html.from_html(text), text
    start = text[:200].lstrip()
    return (xml_text(text), text) if start.startswith(("<?xml", "<svg")) else (text,)


def _mail(content: bytes, depth: int) -> Contents:
    # Loading what reads mail takes longest, and few files are mails.
    from intake.mail.parse import parse

    message = parse(content)
    parts = [(file.claimed or file.name, file.media_type, file.content) for file in message.attachments]
    inner = _together(parts, depth)
    page = html.from_html(message.html) if message.html else ""
    return Contents((message.subject, message.text, page, *inner.texts), inner.whole)


def _packed(content: bytes, depth: int) -> Contents:
    try:
        files = members(content)
    except Closed:
        return Contents((), whole=False)
    texts = office_texts(files)
    if texts is not None:
        # A picture in it may be one of a phrase; nobody reads it there.
        return Contents(texts, not holds_pictures(content))
    return _together([(name, "", inside) for name, inside in files], depth)


def _together(files: Sequence[tuple[str, str, bytes]], depth: int) -> Contents:
    texts: list[str] = []
    whole, room = True, MOST_TOGETHER
    for name, media_type, content in files:
        read = contents(name, media_type, content, depth + 1) if room > 0 else None
        whole &= read is not None and read.whole
        texts += [name, *(read.texts if read else ())]
        room -= sum(map(len, read.texts)) if read else 0
    return Contents(tuple(texts), whole)
