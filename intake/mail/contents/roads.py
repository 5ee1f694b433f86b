"""How a file is to be looked into, by its first bytes, its name and its type. Pure.

What a sender says of a file counts for least: the bytes come first.
"""

from enum import StrEnum

from intake.mail.charsets import utf16


class Road(StrEnum):
    """The ways to look into a file. CLOSED: there is none (audio, video, what is encrypted or unknown)."""

    TEXT = "text"
    MAIL = "mail"
    PACKED = "packed"
    PDF = "pdf"
    PICTURE = "picture"
    CLOSED = "closed"


# A picture in so few bytes has no twelve words in it: it is a logo, or a line.
LEAST_PICTURE = 2048
_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*")
# The brands of HEIF and AVIF (ISO/IEC 23008-12 section 10.2); others of this box are videos.
_STILL = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif")
_MAILS = ("message/rfc822", "message/global")
_MAIL_NAMES = (".eml", ".mht")
# So much of a file is looked at to tell text from other bytes.
_LOOKED_AT = 4096
# Control characters that stand in text: tab, line feed, form feed, carriage return, escape (ISO 2022).
_IN_TEXT = frozenset(b"\t\n\f\r\x1b")
# A log may hold a few others; of random bytes one in nine is one.
_MOST_OTHERS = 0.02


def road_of(name: str, media_type: str, content: bytes) -> Road:
    """Return how a file is looked into. An empty one is text."""
    if content.startswith((b"PK\3\4", b"PK\5\6")):
        return Road.PACKED
    # Readers of PDF take one whose header stands within the first kilobyte (PDF 1.7, annex H, note 13).
    if b"%PDF-" in content[:1024]:
        return Road.PDF
    if _pictured(media_type, content):
        return Road.PICTURE
    if not is_text(content):
        return Road.CLOSED
    return Road.MAIL if media_type in _MAILS or name.lower().endswith(_MAIL_NAMES) else Road.TEXT


def _pictured(media_type: str, content: bytes) -> bool:
    if content.startswith(_PICTURES) and not (content.startswith(b"BM") and media_type.startswith("text/")):
        return True
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return True
    return content[4:8] == b"ftyp" and content[8:12] in _STILL


def is_text(content: bytes) -> bool:
    """Whether a file is text in any charset, UTF-16 among them. An empty one is."""
    start = content[:_LOOKED_AT]
    if utf16.may_be(start) and utf16.read(start[: len(start) // 2 * 2]) is not None:
        return True
    others = sum(byte < 32 and byte not in _IN_TEXT for byte in start)
    return others <= _MOST_OTHERS * len(start)
