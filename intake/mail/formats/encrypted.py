"""Signed and encrypted mail: S/MIME (RFC 8551) and OpenPGP (RFC 3156, RFC 9580 section 7).

What is signed is read and the signature kept beside it, unverified; what is
encrypted is kept as it came. We hold no keys.
"""

import re

# Deeper than any signature wraps its content: ContentInfo, SignedData, EncapsulatedContentInfo, pieces.
MAX_DEPTH = 16
# Pieces of a constructed OCTET STRING (mailers cut at 1,000 bytes and more).
MAX_PIECES = 200_000

SMIME = ("application/pkcs7-mime", "application/x-pkcs7-mime")
PGP, CMS = "OpenPGP", "S/MIME"

_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
_ENVELOPED = (
    bytes.fromhex("2a864886f70d010703"),
    bytes.fromhex("2a864886f70d010706"),
    bytes.fromhex("2a864886f70d0109100117"),  # AuthEnvelopedData, RFC 5083
)
_SEQUENCE, _OID, _OCTETS, _OCTETS_IN_PIECES, _EXPLICIT = 0x30, 0x06, 0x04, 0x24, 0xA0

_CLEARSIGNED = re.compile(
    r"^-----BEGIN PGP SIGNED MESSAGE-----[ \t]*\n(?:[A-Za-z]{1,20}: [^\n]{0,200}\n){0,10}\n?", re.MULTILINE
)
_BEGIN_SIGNATURE, _END_SIGNATURE = "\n-----BEGIN PGP SIGNATURE-----", "-----END PGP SIGNATURE-----"
_BEGIN_MESSAGE, _END_MESSAGE = "-----BEGIN PGP MESSAGE-----", "-----END PGP MESSAGE-----"


def note(how: str) -> str:
    """Return what a person reads in place of an encrypted text."""
    return f"[This mail is encrypted ({how}) and cannot be read here. It is kept as it came.]"


def cms(data: bytes) -> tuple[str, bytes]:
    """Return ("signed", the signed bytes) or ("encrypted", b"") of an S/MIME object, ("", b"") of neither.

    Signed bytes are a MIME entity; they are empty when the signature stands beside
    its content. Never raises; walks what it needs of BER, indefinite lengths too.
    """
    outer = _value(data, 0, len(data), _SEQUENCE)
    if outer is None:
        return "", b""
    kind = _value(data, *outer, _OID)
    if kind is None:
        return "", b""
    name = data[kind[0] : kind[1]]
    if name in _ENVELOPED:
        return "encrypted", b""
    if name != _SIGNED_DATA:
        return "", b""
    content = _child(data, outer, _EXPLICIT)
    signed = _value(data, *content, _SEQUENCE) if content else None
    inner = _child(data, signed, _SEQUENCE) if signed else None
    wrapped = _child(data, inner, _EXPLICIT) if inner else None
    return "signed", _octets(data, wrapped) if wrapped else b""


def _header(data: bytes, at: int, end: int) -> tuple[int, int, int] | None:
    """Return (tag, start, stop) of the value at `at`; stop is -1 for an indefinite length."""
    if at + 2 > end or data[at] & 0x1F == 0x1F:
        return None
    tag, length, start = data[at], data[at + 1], at + 2
    if length == 0x80:
        return tag, start, -1
    if length > 0x80:
        size = length & 0x7F
        if size > 8 or start + size > end:
            return None
        length = int.from_bytes(data[start : start + size], "big")
        start += size
    # A file cut short is read as far as it goes.
    return tag, start, min(start + length, end)


def _value(data: bytes, at: int, end: int, wanted: int) -> tuple[int, int] | None:
    header = _header(data, at, end)
    if header is None or header[0] != wanted:
        return None
    return header[1], end if header[2] < 0 else header[2]


def _child(data: bytes, parent: tuple[int, int], wanted: int) -> tuple[int, int] | None:
    """Return (start, stop) of the first child with that tag, among the first few."""
    at, end = parent
    for _ in range(MAX_DEPTH):
        header = _header(data, at, end)
        if header is None or data[at : at + 2] == b"\0\0":
            return None
        if header[0] == wanted:
            return header[1], end if header[2] < 0 else header[2]
        if header[2] < 0:
            return None  # what stands before the content has definite lengths in every mailer seen
        at = header[2]
    return None


def _octets(data: bytes, where: tuple[int, int]) -> bytes:
    """Return an OCTET STRING, whole or in pieces."""
    at, end = where
    out: list[bytes] = []
    for _ in range(MAX_PIECES):
        header = _header(data, at, end)
        if header is None:
            break
        tag, start, stop = header
        if tag == _OCTETS and stop >= 0:
            out.append(data[start:stop])
            at = stop
        elif tag == _OCTETS_IN_PIECES:
            at = start  # its pieces follow one another; the end marks of nesting are passed over
            end = stop if stop >= 0 else end
        else:
            break
    return b"".join(out)


def armour(text: str) -> tuple[str, str, str]:
    """Return (what is readable, signature, encrypted) of a text with OpenPGP armour in it, "" where none.

    Of clear-signed text the content stays, its dash escapes undone (RFC 9580 section 7.2).
    """
    signature = encrypted = ""
    begin = _CLEARSIGNED.search(text)
    ends = text.find(_BEGIN_SIGNATURE, begin.end() - 1) if begin else -1
    if begin and ends >= 0:
        stop = text.find(_END_SIGNATURE, ends)
        stop = stop + len(_END_SIGNATURE) if stop >= 0 else len(text)
        signature = text[ends + 1 : stop] + "\n"
        content = "\n".join(line.removeprefix("- ") for line in text[begin.end() : ends].split("\n"))
        text = text[: begin.start()] + content + text[stop:]
    start = text.find(_BEGIN_MESSAGE)
    if start >= 0 and (start == 0 or text[start - 1] == "\n"):
        stop = text.find(_END_MESSAGE, start)
        stop = stop + len(_END_MESSAGE) if stop >= 0 else len(text)
        encrypted = text[start:stop] + "\n"
        text = text[:start] + note(PGP) + text[stop:]
    return text, signature, encrypted
