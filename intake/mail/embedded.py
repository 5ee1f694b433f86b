"""Pictures that an HTML page holds itself, in data: addresses (RFC 2397): made parts of the mail.

What an editor writes when a screenshot is pasted into it. The page then shows them by a content
id, as it does any other picture of the mail.
"""

import binascii
import hashlib
import re
from html import unescape
from urllib.parse import unquote_to_bytes

from intake.mail import filenames
from intake.mail.attached import MAX_ATTACHMENTS, sniffed
from intake.mail.parts import Part

UNREADABLE = "a picture within the HTML could not be read"
LEFT = "a file that the HTML held itself was left out"

# So many places of one mail are looked at; each costs 20 us. A newsletter has some dozens.
MAX_PLACES = 1000
# Of a tag before the picture's address, and behind it.
_SHOWS = re.compile(
    rb"(<(?:img|v:imagedata)\b[^<>]{0,4000}?\bsrc\s{0,5}=\s{0,5})"
    rb"(?:\"\s{0,5}data:([^\"]*+)\"|'\s{0,5}data:([^']*+)'|data:([^\s\"'>]*+))([^<>]{0,2000}+)",
    re.IGNORECASE,
)
# What else shows or opens one; the page then has a picture beside the tag, so that it has its place.
_ELSEWHERE = re.compile(
    rb"(<[a-z][^<>]{0,4000}?(?:\b(?:src|srcset|data|href|poster|background)\s{0,5}=\s{0,5}[\"']?|\burl\()"
    rb"(?:\s|[\"',]|&quot;|&#3[49];|&apos;){0,5})data:([a-z-]{1,20}/[^\s\"'()<>]*+)([^<>]{0,4000}+>)",
    re.IGNORECASE,
)
_ENTITY = re.compile(rb"&(?:quot|#3[49]|apos);.*", re.DOTALL | re.IGNORECASE)
_FILES = (
    b"data:image",
    b"data:application",
    b"DATA:IMAGE",
    b"Data:image",
    b"data:Image",
    b"data:audio",
    b"data:video",
)
_HINTS = (b"data:", b"DATA:", b"Data:")
_NOTHING = re.compile(
    rb"\b(?:width|height)\s{0,5}=\s{0,5}[\"']?\s?[01](?:px)?\s?(?:[\"'\s/]|\Z)", re.IGNORECASE
)
_NAMED = re.compile(rb"\balt\s{0,5}=\s{0,5}(?:\"\s*[^\"\s]|'\s*[^'\s]|[^\s\"'>])", re.IGNORECASE)
# One dot of a GIF keeps a place free until a script loads the picture.
_DOT = re.compile(rb"GIF8[79]a\x01\x00\x01\x00", re.DOTALL)
_NO_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")
_SVG = re.compile(
    rb"\s{0,100}(?:<\?xml[^>]{0,300}>\s{0,100}|<!(?:--)?[^>]{0,1000}>\s{0,100}){0,5}<svg\b", re.IGNORECASE
)


class Embedded:
    """The pictures of all pages of one mail, each of them once."""

    def __init__(self) -> None:
        self.pictures: dict[str, Part] = {}
        self.defects: list[str] = []
        self._seen = 0

    def taken_out(self, page: bytes) -> bytes:
        """Return a page whose own pictures are shown by content ids; they are kept in `pictures`.

        What only keeps a place free goes without a trace, and so does what is no picture, with a defect.
        Linear in the size of the page.
        """
        if not any(map(page.__contains__, _HINTS)):
            return page
        page, seen = _SHOWS.subn(self._placed, page, max(1, MAX_PLACES - self._seen))
        self._seen += seen
        if any(map(page.__contains__, _FILES)):
            page, seen = _ELSEWHERE.subn(self._shown_behind, page, max(1, MAX_PLACES - self._seen))
            self._seen += seen
        return page

    def _shown_behind(self, match: re.Match[bytes]) -> bytes:
        address = _ENTITY.sub(b"", match[2])
        rest = match[2][len(address) :] + match[3]
        kind, content = _read(address)
        if not kind:
            defect = UNREADABLE if address[:6].lower() == b"image/" else LEFT
            if content and defect not in self.defects:
                self.defects.append(defect)
            return match[1] + rest
        if _DOT.match(content):
            return match[1] + rest
        there = len(self.pictures)
        identity = self._kept(kind, content).encode("ascii")
        shown = b'<img src="' + identity + b'">' if len(self.pictures) > there else b""
        tag = match[1] + identity + rest
        # What stands within an <object> is read by nobody who can show it.
        return shown + tag if tag[:7].lower() == b"<object" else tag + shown

    def _placed(self, match: re.Match[bytes]) -> bytes:
        kind, content = _read(match[2] or match[3] or match[4] or b"")
        tag = match[1] + match[5]
        identity = b""
        if not kind:
            if content and UNREADABLE not in self.defects:
                self.defects.append(UNREADABLE)
        elif not (_NOTHING.search(tag) or (_DOT.match(content) and not _NAMED.search(tag))):
            identity = self._kept(kind, content).encode("ascii")
        return match[1] + b'"' + identity + b'"' + match[5]

    def _kept(self, kind: str, content: bytes) -> str:
        identity = f"{hashlib.sha256(content).hexdigest()[:32]}@embedded"
        if identity not in self.pictures:
            if len(self.pictures) > MAX_ATTACHMENTS:
                return ""  # so many that the last of them is refused, which says so
            suffix = f"-{len(self.pictures) + 1}" if self.pictures else ""
            name = f"image{suffix}{filenames.extension_of(kind)}"
            self.pictures[identity] = Part(
                kind, content, disposition="inline", name=name, content_id=identity
            )
        return f"cid:{identity}"


def _read(address: bytes) -> tuple[str, bytes]:
    """Return the media type of what a data: address (without "data:") holds, "" for no picture, and it."""
    head, _, data = address.partition(b",")
    claimed, *params = head.decode("latin-1").lower().replace(" ", "").split(";")
    if b"&" in data:
        data = unescape(data.decode("latin-1")).encode("latin-1", "replace")
    if b"%" in data:
        data = unquote_to_bytes(data)
    if "base64" in params:
        data = _NO_BASE64.sub(b"", data.replace(b"-", b"+").replace(b"_", b"/"))
        # What was cut off within four letters is read up to there.
        data = data[: len(data) - 1] if len(data) % 4 == 1 else data
        data = binascii.a2b_base64(data + b"=" * (-len(data) % 4))
    kind = sniffed("application/octet-stream", data)
    if kind.startswith("image/"):
        return kind, data
    return ("image/svg+xml" if claimed == "image/svg+xml" and _SVG.match(data) else ""), data
