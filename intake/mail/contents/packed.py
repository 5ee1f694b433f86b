"""The text of packed files: zip, and the office files that are zip with XML in it. Pure.

Zip of the standard library and a pattern for tags are all that is needed: nothing of XML that could name
another file, or grow, is read. What is large by its own word, or turns out to be, is closed at once.
"""

import html
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO

from intake.mail.contents.roads import LEAST_PICTURE
from intake.mail.contents.sheets import shared_strings, sheet_texts

# Of all members that are read, packed out, together; by their own word and as they are read.
MOST_BYTES = 5 << 20
MOST_MEMBERS = 500
# The directory at the end of a zip: 46 bytes and a name for each member (APPNOTE 4.3.12).
_MOST_DIRECTORY = MOST_MEMBERS * 1024
_END = struct.Struct("<4s4H2LH")
# The end stands in the last bytes, before a comment of at most 64 KB (APPNOTE 4.3.16).
_END_WITHIN = _END.size + 65_535
_ENCRYPTED = 1

_OFFICE = ("word/", "xl/", "ppt/", "content.xml", "docprops/")
_BREAKS = re.compile(
    r"</(?:w:p|a:p|text:p|text:h|table:table-row|w:tr)>|<(?:w:br|w:cr|a:br|text:line-break)\b[^<>]*>"
)
_BLANKS = re.compile(
    r"<(?:w:tab|text:tab|text:s|table:table-cell)\b[^<>]*>|</(?:w:tc|a:tc|table:table-cell)>"
)
# Where Office and LibreOffice put pictures; what they are called there may be anything.
_MEDIA = re.compile(r"(?:^|/)(?:media|pictures)/[^/]", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")


class Closed(Exception):
    """A file that cannot be looked into: it is encrypted, damaged or too large."""


Members = list[tuple[str, bytes]]


def members(content: bytes) -> Members:
    """Return the members of a zip that are to be read, each by its name; of an office file its XML alone.

    Raises Closed where one is encrypted, the zip is damaged, or there is too much of it.
    """
    _expect_few(content)
    try:
        with zipfile.ZipFile(BytesIO(content)) as packed:
            chosen = _chosen(packed)
            if sum(member.file_size for member in chosen) > MOST_BYTES:
                raise Closed("it is too large")
            return list(_read(packed, chosen))
    except (zipfile.BadZipFile, zlib.error, struct.error) as err:
        raise Closed("it is damaged") from err
    except (EOFError, ValueError, NotImplementedError, RuntimeError, OSError) as err:
        # What zipfile raises of methods it does not know, offsets outside of the file, and the like.
        raise Closed("it cannot be unpacked") from err


def holds_pictures(content: bytes) -> bool:
    """Whether an office file that `members` read has pictures that are no logos. That of its first page, by
    which file managers show it, is made of what it says."""
    with zipfile.ZipFile(BytesIO(content)) as packed:
        return any(
            member.file_size >= LEAST_PICTURE and _MEDIA.search(member.filename) is not None
            for member in packed.infolist()
        )


def office_texts(files: Members) -> tuple[str, ...] | None:
    """Return the texts of the members of an office file; None where they are of no office file."""
    names = {name.lower() for name, _ in files}
    if not any(name.startswith(_OFFICE) for name in names):
        return None
    xml = {name.lower(): content.decode("utf-8", "replace") for name, content in files}
    strings = shared_strings(xml.get("xl/sharedstrings.xml", ""))
    texts: list[str] = []
    for name, text in xml.items():
        texts += sheet_texts(text, strings) if name.startswith("xl/worksheets/") else [xml_text(text)]
    return tuple(texts)


def xml_text(xml: str) -> str:
    """Return the text between the tags of XML; paragraphs and rows stand on lines of their own."""
    broken = _BLANKS.sub("\t", _BREAKS.sub("\n", xml))
    return html.unescape(_TAG.sub("", broken))


def _expect_few(content: bytes) -> None:
    """Raise Closed where the end of a zip says that it has too many members: nobody reads their list then."""
    at = content.rfind(b"PK\5\6", max(0, len(content) - _END_WITHIN))
    if at < 0 or at + _END.size > len(content):
        raise Closed("it is damaged")
    count, size = _END.unpack_from(content, at)[4:6]
    if count > MOST_MEMBERS or size > _MOST_DIRECTORY:
        raise Closed("it has too many members")


def _chosen(packed: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    infos = [info for info in packed.infolist() if not info.is_dir()]
    if len(infos) > MOST_MEMBERS:
        raise Closed("it has too many members")
    if any(info.flag_bits & _ENCRYPTED for info in infos):
        raise Closed("it is encrypted")
    if not any(info.filename.lower().startswith(_OFFICE) for info in infos):
        return infos
    return [info for info in infos if info.filename.lower().endswith(".xml")]


def _read(packed: zipfile.ZipFile, chosen: list[zipfile.ZipInfo]) -> Iterator[tuple[str, bytes]]:
    room = MOST_BYTES
    for info in chosen:
        with packed.open(info) as file:
            content = file.read(room + 1)
        room -= len(content)
        if room < 0:
            raise Closed("it is too large")
        yield info.filename, content
