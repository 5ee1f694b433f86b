"""What archives and letters hold: their members, as far as a bounded look goes. Pure; raises only Closed.

An archive that is encrypted, broken or too large to look through is closed: nobody knows what it brings.
"""

import bz2
import email
import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

_MIB = 1 << 20
# So deep within each other, so many and so large are the archives of people.
MOST_DEPTH, MOST_MEMBERS, MOST_BYTES = 4, 2000, 32 * _MIB
# Of what is no archive itself its beginning tells.
_BEGINNING = _MIB
_ZIP, _TAR = b"PK\x03\x04", b"ustar"
# Where a zip's directory ends: some begin with a picture or a program.
_ZIP_END, _ZIP_TAIL = b"PK\x05\x06", 65_557
_GZIP, _BZIP2, _XZ = b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0"
# RAR, 7-Zip, cabinets, Zstandard, compress, LZ4, lzip, ACE, ARJ: here is no reader for them.
_CLOSED = (
    b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"MSCF", b"\x28\xb5\x2f\xfd", b"\x1f\x9d", b"\x04\x22\x4d\x18",
    b"LZIP", b"\x60\xea",
)  # fmt: skip
_LETTERS = ("eml", "mht", "mhtml", "mbox")
_BAD = (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError, RuntimeError)
_BROKEN = (*_BAD, zlib.error, lzma.LZMAError, LookupError, OverflowError)


class Closed(Exception):
    """Nobody can look into it."""


@dataclass(slots=True)
class Look:
    """How much may be looked at yet, of one file with all that is in it."""

    members: int = MOST_MEMBERS
    size: int = MOST_BYTES

    def taken(self, content: bytes) -> bytes:
        """Return what was read, once it is counted. Raises Closed where that was too much."""
        self.members -= 1
        self.size -= len(content)
        if self.members < 0 or self.size < 0:
            raise Closed
        return content


def members(name: str, content: bytes, look: Look) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the content of what an archive or a letter holds; nothing of what is neither.

    Raises Closed for what nobody can look into.
    """
    if content.startswith(_CLOSED):
        raise Closed
    try:
        if content.startswith(_ZIP) or _ZIP_END in content[-_ZIP_TAIL:]:
            yield from _zipped(content, look)
        elif content[257:262] == _TAR:
            yield from _tarred(content, look)
        elif content.startswith((_GZIP, _BZIP2, _XZ)):
            yield _inner(name), look.taken(_unpacked(content, look.size))
        elif name.lower().rpartition(".")[2] in _LETTERS or _letter(content):
            yield from _enclosed(content, look)
    except _BROKEN as err:
        raise Closed from err


def _zipped(content: bytes, look: Look) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        inside = archive.infolist()
        if len(inside) > look.members or any(member.flag_bits & 1 for member in inside):
            raise Closed
        for member in inside:
            with archive.open(member) as file:
                yield member.filename, look.taken(_read(file, look.size))


def _tarred(content: bytes, look: Look) -> Iterator[tuple[str, bytes]]:
    import tarfile

    try:
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as archive:
            for member in archive:
                file = archive.extractfile(member) if member.isfile() else None
                yield member.name, look.taken(_read(file, look.size) if file is not None else b"")
    except tarfile.TarError as err:
        raise Closed from err


def _read(file: IO[bytes], most: int) -> bytes:
    """Return the beginning of a member, or all of one that is an archive itself."""
    start = file.read(min(_BEGINNING, most + 1))
    if len(start) < _BEGINNING or not is_archive(start):
        return start
    return start + file.read(max(0, most + 1 - len(start)))


def is_archive(content: bytes) -> bool:
    """Whether it is one that `members` looks into by its first bytes."""
    return content.startswith((_ZIP, _GZIP, _BZIP2, _XZ)) or content[257:262] == _TAR


def _unpacked(content: bytes, most: int) -> bytes:
    """Return what a stream was before it was compressed, its beginning only where that is no archive."""
    if content.startswith(_GZIP):
        return _inflated(content, most)
    made = bz2.BZ2Decompressor() if content.startswith(_BZIP2) else lzma.LZMADecompressor(memlimit=128 * _MIB)
    start = made.decompress(content, _BEGINNING)
    if not is_archive(start) or made.eof:
        return start
    return start + made.decompress(b"", max(0, most + 1 - len(start)))


def _inflated(content: bytes, most: int) -> bytes:
    made = zlib.decompressobj(wbits=31)
    start = made.decompress(content, _BEGINNING)
    if not is_archive(start) or made.eof:
        return start
    return start + made.decompress(made.unconsumed_tail, max(1, most + 1 - len(start)))


def _inner(name: str) -> str:
    """Return the name of what a compressed file holds: report.txt of report.txt.gz, w.tar of w.tgz."""
    bare, _, ending = name.rpartition(".")
    return f"{bare}.tar" if ending.lower() in ("tgz", "tbz", "tbz2", "txz") else bare


def _letter(content: bytes) -> bool:
    head = content[:4096].lower()
    return b"\nmime-version:" in b"\n" + head and b"content-type:" in head


def _enclosed(content: bytes, look: Look) -> Iterator[tuple[str, bytes]]:
    if len(content) > look.size:
        raise Closed
    for part in email.message_from_bytes(content).walk():
        if part.is_multipart():
            look.taken(b"")
            continue
        inner = part.get_payload(decode=True)
        yield (
            part.get_filename() or part.get_content_subtype(),
            look.taken(inner if isinstance(inner, bytes) else b""),
        )
