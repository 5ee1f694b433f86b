"""Transfer encodings undone, however damaged: base64, quoted-printable, uuencode (RFC 2045 section 6)."""

import binascii
import re

# More texts than this, each with its padding, were never joined on purpose.
MAX_PIECES = 1000
# As many files as a mail may have (attached.MAX_ATTACHMENTS): what is beyond stays text.
MAX_FILES = 100

_BEGIN = re.compile(rb"(?:^|\n)begin[ \t]+[0-7]{3,4}[ \t]+([^\r\n]{1,250})\r?\n")
_END = re.compile(rb"\n(?:`?[ \t]*\r?\n)?end[ \t]*(?:\r?\n|$)")
_TOKEN = re.compile(rb"[\s\"']*([A-Za-z0-9-]+)")
# As they are called, and as scripts misspell them; "quoted" is what is read of "quoted/printable".
_BASE64 = (b"base64", b"base-64", b"b64", b"x-base64")
_QUOTED = (
    b"quoted-printable",
    b"quoted",
    b"quotedprintable",
    b"quoted-printeable",
    b"qp",
    b"x-quoted-printable",
)
# A line of words below base64: a footer in plain text, added by a mailing list.
_FOOTER = re.compile(rb"\n[^\s]{1,100} +[^\s]")
_NOT_BASE64 = re.sub(rb"[A-Za-z0-9+/]", b"", bytes(range(256)))
_PIECES = re.compile(rb"[^=]+")


def decode(body: bytes, encoding: bytes) -> bytes:
    """Return a part's content, given its Content-Transfer-Encoding value. Never raises.

    An unknown encoding leaves the bytes as they are (RFC 2045 section 6.4).
    """
    how = named(encoding)
    if how == b"base64":
        return base64(body)
    if how == b"quoted-printable":
        return binascii.a2b_qp(body)
    if how in (b"x-uuencode", b"uuencode", b"x-uue", b"uue"):
        rest, files = uuencoded(body)
        return files[0][1] if files else rest
    return body


def named(encoding: bytes) -> bytes:
    """Return which transfer encoding a Content-Transfer-Encoding value means, in lower case."""
    token = _TOKEN.match(encoding)
    how = token[1].lower() if token else b""
    return b"base64" if how in _BASE64 else b"quoted-printable" if how in _QUOTED else how


def q(data: bytes) -> bytes:
    """Return what the Q encoding of a header word stands for (RFC 2047 section 4.2)."""
    return binascii.a2b_qp(data, header=True)


def base64(data: bytes) -> bytes:
    """Return what base64 stands for: bad characters skipped, padding made good.

    Texts encoded piece by piece (padding in the middle) are joined.
    """
    if b" " in data:
        footer = _FOOTER.search(data)
        data = data[: footer.start()] if footer else data
    last = len(data.rstrip(b"\r\n \t="))
    if data.find(b"=", 0, last) < 0:
        try:
            return binascii.a2b_base64(data)
        except binascii.Error:
            pass  # the slow way below makes the padding good
    pieces = [data] if data.count(b"=") > MAX_PIECES else _PIECES.findall(data)  # noise, not texts joined
    out: list[bytes] = []
    for piece in pieces:
        letters = piece.translate(None, _NOT_BASE64)
        if len(letters) % 4 == 1:
            letters = letters[:-1]
        out.append(binascii.a2b_base64(letters + b"=" * (-len(letters) % 4)))
    return b"".join(out)


def uuencoded(body: bytes) -> tuple[bytes, list[tuple[bytes, bytes]]]:
    """Return a text without the uuencoded files in it, and those files as (raw name, content)."""
    rest: list[bytes] = []
    files: list[tuple[bytes, bytes]] = []
    at = 0
    while len(files) < MAX_FILES and body.find(b"begin ", at) >= 0:
        begin = _BEGIN.search(body, at)
        end = _END.search(body, begin.end() - 1) if begin else None
        if not begin or not end:
            break
        content = _uu(body[begin.end() : end.start()])
        if content:
            rest.append(body[at : begin.start() + (body[begin.start()] == 0x0A)])
            files.append((begin[1].strip(b" \t"), content))
        else:
            rest.append(body[at : end.end()])
        at = end.end()
    return b"".join((*rest, body[at:])), files


def _uu(lines: bytes) -> bytes:
    out: list[bytes] = []
    for line in lines.split(b"\n"):
        line = line.rstrip(b"\r")
        if not line:
            continue
        try:
            out.append(binascii.a2b_uu(line))
        except binascii.Error:
            # Some encoders write more than the length they announce.
            length = (((line[0] - 32) & 63) * 4 + 5) // 3
            try:
                out.append(binascii.a2b_uu(line[:length]))
            except binascii.Error:
                return b""
    return b"".join(out)
