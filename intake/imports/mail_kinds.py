"""What a file is by its first bytes: one mail, many mails, or none that can be read here. Pure."""

import re
from enum import StrEnum

from intake.imports import mbox

# So much of a file tells what it is.
LOOKED_AT = 4096


class FileKind(StrEnum):
    """How a file is read."""

    MBOX = "mbox"
    MAIL = "mail"
    EMLX = "emlx"  # Apple Mail: the length of a mail on a line, the mail, a property list
    OTHER = "other"


_OPENED = "Unpack it first, and import what comes out"
# By the first bytes of a file: what it is, and what to do. From the formats' own descriptions.
_FOREIGN: tuple[tuple[bytes, str, str], ...] = (
    (b"\x1f\x8b", "it is compressed with gzip", _OPENED),
    (b"BZh", "it is compressed with bzip2", _OPENED),
    (b"\xfd7zXZ\0", "it is compressed with xz", _OPENED),
    (b"\x28\xb5\x2f\xfd", "it is compressed with zstd", _OPENED),
    (b"PK\x03\x04", "it is a zip archive", _OPENED),
    (b"7z\xbc\xaf\x27\x1c", "it is a 7-zip archive", _OPENED),
    (b"!BDN", "it is an Outlook data file (.pst or .ost)", "Make mbox files of it first, as readpst does"),
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "it is in Outlook's own format (.msg)",
        "Save it as .eml, or make an .eml of it with msgconvert",
    ),
    (b"*mbx*\r\n", "it is a mailbox in the mbx format", "Make an mbox file of it, or import it over IMAP"),
    (b"BABYL OPTIONS", "it is a Babyl file of Emacs", "Make an mbox file of it first"),
    (b"\x01\x01\x01\x01\n", "it is an MMDF mailbox", "Make an mbox file of it first"),
    (b"\xfe\xff", "it is text in UTF-16", "Save it as it came, or as UTF-8"),
    (b"\xff\xfe", "it is text in UTF-16", "Save it as it came, or as UTF-8"),
)
_NO_MAIL = "it does not begin as a mail or an mbox file does"
# Without one of these it is a text that has a colon in its first line.
_KNOWN = re.compile(
    rb"(?im)^(from|to|cc|date|subject|message-id|received|return-path|delivered-to|mime-version|reply-to|"
    rb"sender|resent-from|x-gm-thrid)[ \t]*:"
)
_EMLX = re.compile(rb"\d{1,12}[ \t]*\r?\n")


def kind_of(first: bytes) -> tuple[FileKind, str, str]:
    """Return how a file that begins with `first` is read; for OTHER, why it is not and what can be done."""
    for magic, why, cure in _FOREIGN:
        if first.startswith(magic):
            return FileKind.OTHER, why, cure
    text = first[begins_at(first) :]
    if not text:
        return FileKind.OTHER, "it is empty", ""  # Nothing is missing for want of it.
    line = text[: mbox.LONGEST_SEPARATOR].partition(b"\n")[0] + b"\n"
    if mbox.separator(line):
        return FileKind.MBOX, "", ""
    length = _EMLX.match(text)
    if length and _is_mail(text[length.end() :]):
        return FileKind.EMLX, "", ""
    # What Postfix hands to a pipe begins so, and what some programs save as .eml.
    if text.startswith(b"From "):
        text = text.partition(b"\n")[2]
    if _is_mail(text):
        return FileKind.MAIL, "", ""
    if b"\n" not in text and b"\r" in text and _is_mail(text.replace(b"\r", b"\n")):
        return FileKind.MAIL, "", ""
    return FileKind.OTHER, _NO_MAIL, ""


def begins_at(first: bytes) -> int:
    """Return where what a file holds begins: behind a byte order mark and empty lines."""
    return len(first) - len(first.removeprefix(mbox.BOM).lstrip(b"\r\n"))


def _is_mail(text: bytes) -> bool:
    head = re.split(rb"\r?\n\r?\n", text, maxsplit=1)[0]
    return mbox.FIELD.match(head) is not None and _KNOWN.search(head) is not None
