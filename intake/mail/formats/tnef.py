"""winmail.dat: what Outlook wraps a mail in for other Outlooks ([MS-OXTNEF]), unwrapped.

A bounded reader of our own: it walks attributes by their announced lengths, copies
only files, and stops at the first length that cannot be true.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from intake.mail.formats import rtf

SIGNATURE = b"\x78\x9f\x3e\x22"
# As many as a mail may have files at all (attached.MAX_ATTACHMENTS).
MAX_FILES = 100
# Attributes and properties looked at; a message of Outlook's has some hundred.
MAX_ATTRIBUTES = 10_000

# [MS-OXTNEF] section 2.1.3.2: the low word of an attribute's id.
_BODY = 0x800C
_MESSAGE_PROPERTIES = 0x9003
_CODEPAGE = 0x9007
_NEW_FILE = 0x9002
_FILE_TITLE = 0x8010
_FILE_DATA = 0x800F
_FILE_PROPERTIES = 0x9005
# [MS-OXPROPS]
_PLAIN_BODY, _RTF_BODY, _HTML_BODY = 0x1000, 0x1009, 0x1013
_LONG_NAME, _SHORT_NAME, _MIME_TAG, _CONTENT_ID, _DATA = 0x3707, 0x3704, 0x370E, 0x3712, 0x3701
# [MS-OXCDATA] section 2.11.1: property types of a fixed size, padded to four bytes.
_FIXED = {
    0x0002: 4, 0x0003: 4, 0x0004: 4, 0x0005: 8, 0x0006: 8, 0x0007: 8, 0x000A: 4, 0x000B: 4, 0x0014: 8,
    0x0040: 8, 0x0048: 16, 0x0001: 0,
}  # fmt: skip
_STRING8, _UNICODE, _OBJECT, _BINARY = 0x001E, 0x001F, 0x000D, 0x0102
_MULTIPLE = 0x1000
_GUID = 16


@dataclass(slots=True)
class TnefFile:
    """A file as TNEF names it; nothing of it is checked or made safe."""

    name: str = ""
    media_type: str = ""
    content_id: str = ""
    content: bytes = field(default=b"", repr=False)


@dataclass(slots=True)
class Unpacked:
    """What was in a winmail.dat. `complete` says whether it was read to its end."""

    text: str = ""
    html: bytes = field(default=b"", repr=False)
    files: list[TnefFile] = field(default_factory=list)
    complete: bool = True


def unpack(data: bytes) -> Unpacked | None:
    """Return what is in a TNEF stream, None when it is none. Never raises; linear in its size."""
    if data[:4] != SIGNATURE:
        return None
    out = Unpacked()
    codec = "cp1252"
    packed = b""
    end = 6
    for identity, start, stop in _attributes(data):
        end = stop + 2
        if identity == _CODEPAGE:
            codec = _codec(data[start:stop])
        elif identity == _BODY:
            out.text = out.text or _text(data[start:stop], codec)
        elif identity == _MESSAGE_PROPERTIES:
            for tag, value in _properties(data, start, stop):
                if tag == _PLAIN_BODY:
                    out.text = _string(value, codec)
                elif tag == _HTML_BODY and value[1]:
                    out.html = value[1]
                elif tag == _RTF_BODY:
                    packed = value[1]
        elif identity == _NEW_FILE:
            if len(out.files) >= MAX_FILES:
                out.complete = False
                break
            out.files.append(TnefFile())
        elif out.files:
            _file(out.files[-1], identity, data, start, stop, codec)
    if packed and not out.text.strip() and not out.html:
        out.text, page = rtf.read(rtf.unpack(packed))
        out.html = page.encode("utf-8", "replace")
    out.complete = out.complete and end >= len(data) and all(file.content for file in out.files)
    return out


def _file(file: TnefFile, identity: int, data: bytes, start: int, stop: int, codec: str) -> None:
    if identity == _FILE_TITLE:
        file.name = file.name or _text(data[start:stop], codec)
    elif identity == _FILE_DATA:
        file.content = data[start:stop]
    elif identity == _FILE_PROPERTIES:
        short = ""
        for tag, value in _properties(data, start, stop):
            if tag == _LONG_NAME:
                file.name = _string(value, codec) or file.name
            elif tag == _SHORT_NAME:
                short = _string(value, codec)
            elif tag == _MIME_TAG:
                file.media_type = _string(value, codec).lower()
            elif tag == _CONTENT_ID:
                file.content_id = _string(value, codec)
            elif tag == _DATA and not file.content:
                # An object begins with the id of its interface.
                file.content = value[1][_GUID:] if value[0] == _OBJECT else value[1]
        file.name = file.name or short
        if file.content[:4] == SIGNATURE and not file.media_type:
            file.media_type = "application/ms-tnef"


def _attributes(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield (id, start, stop) of each attribute: a level byte, the id, a length, the value, a checksum."""
    at = 6  # the signature and a key
    for _ in range(MAX_ATTRIBUTES):
        if at + 9 > len(data):
            return
        level, identity, length = struct.unpack_from("<BII", data, at)
        start = at + 9
        if level not in (1, 2) or start + length > len(data):
            return
        yield identity & 0xFFFF, start, start + length
        at = start + length + 2


def _properties(data: bytes, start: int, stop: int) -> Iterator[tuple[int, tuple[int, bytes]]]:
    """Yield (tag, (type, first value)) of a list of MAPI properties ([MS-OXTNEF] section 2.1.3.4)."""
    if start + 4 > stop:
        return
    (count,) = struct.unpack_from("<I", data, start)
    at = start + 4
    for _ in range(min(count, MAX_ATTRIBUTES)):
        if at + 4 > stop:
            return
        kind, tag = struct.unpack_from("<HH", data, at)
        at += 4
        if tag >= 0x8000:
            after = _after_name(data, at, stop)
            if after is None:
                return
            at = after
        values = 1
        single = kind & ~_MULTIPLE
        if kind & _MULTIPLE or single not in _FIXED:
            if at + 4 > stop:
                return
            (values,) = struct.unpack_from("<I", data, at)
            at += 4
        first = b""
        for number in range(min(values, MAX_ATTRIBUTES)):
            length = _FIXED.get(single, -1)
            if length < 0:
                if at + 4 > stop:
                    return
                (length,) = struct.unpack_from("<I", data, at)
                at += 4
            if at + length > stop:
                return
            if number == 0 and single not in _FIXED:
                first = data[at : at + length]
            at += length + (-length % 4)
        if single in (_STRING8, _UNICODE, _OBJECT, _BINARY):
            yield tag, (single, first)


def _after_name(data: bytes, at: int, stop: int) -> int | None:
    """Return where a named property's value begins: a GUID, a kind, then a number or a string."""
    if at + _GUID + 8 > stop:
        return None
    kind, length = struct.unpack_from("<II", data, at + _GUID)
    at += _GUID + 8
    return at if kind == 0 else at + length + (-length % 4)


def _string(value: tuple[int, bytes], codec: str) -> str:
    kind, data = value
    if kind == _UNICODE:
        return data.decode("utf-16-le", "replace").rstrip("\0")
    return _text(data, codec)


def _text(data: bytes, codec: str) -> str:
    return data.rstrip(b"\0").decode(codec, "replace")


def _codec(data: bytes) -> str:
    """Return the codec of the primary codepage, a number in the first four bytes."""
    if len(data) < 4:
        return "cp1252"
    number = struct.unpack_from("<I", data)[0]
    name = {65001: "utf-8", 936: "gb18030", 950: "big5hkscs", 20866: "koi8_r"}.get(number, f"cp{number}")
    try:
        b"".decode(name)
    except LookupError:
        return "cp1252"
    return name
