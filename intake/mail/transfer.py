"""Transfer encodings undone, however damaged: base64, quoted-printable, uuencode (RFC 2045 section 6)."""

import binascii
import re
from functools import lru_cache

from intake.mail.charsets import plausible

# More texts than this, each with its padding, were never joined on purpose.
MAX_PIECES = 1000
# Longer values of Content-Transfer-Encoding do not come again.
MAX_COMMON = 40
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
FOOTER = re.compile(rb"\n[^\s]{1,100} +[^\s]")
_NOT_BASE64 = re.sub(rb"[A-Za-z0-9+/]", b"", bytes(range(256)))
_BASE64_SIGNS = bytes(range(0x80)).translate(None, _NOT_BASE64)
# What a text has that was not encoded.
_PLAIN = (b"", b"7bit", b"8bit")
_BASE64_ONLY = re.compile(rb"\s*(?:[A-Za-z0-9+/]{20,}+={0,2}\r?\n?)++(?:[A-Za-z0-9+/]++={0,2})?\s*")
# How a PNG, JPEG, GIF, PDF, ZIP and an old Office file begin in base64, and lines as its encoders cut them.
_ENCODED_FILE = re.compile(
    rb"\s{0,20}(?:iVBORw0KGgo|/9j/|R0lGOD|JVBERi0|UEsDB|0M8R4KGx|([A-Za-z0-9+/]{60,76})\r?\n[A-Za-z0-9+/])"
)
# The words of no language are so long, the lines of base64 longer.
MIN_RUN = 40
# So many codes are no accident.
MIN_CODES = 3
# They are counted in so much of a text.
MAX_TELLING = 64 * 1024
# Of what was base64 in a charset that tells nothing: words have none, random bytes one for each letter.
MAX_FAULTS = 0.3
# A gateway put blanks behind a soft line break (RFC 2045 section 6.7 rule 3).
_PADDED = re.compile(rb"=[ \t]{1,100}+(?=\r?\n)")
_CODE = re.compile(rb"=(?:[0-9A-F]{2}|\r{0,2}\n)")
_SOFT = re.compile(rb"=(?:\r{0,2}\n|\Z)")
_LETTER = re.compile(rb"=[C-F][0-9A-F](?![0-9A-F])")
_INSIDE = re.compile(rb"=[A-F][0-9A-F](?=[a-z=])")
_SIGNS = re.compile(rb"=([0-9A-Fa-f]{2}|)")
_NO_CONTROLS = bytes((9, 10, 13, *range(0x20, 0x7F), *range(0x80, 0x100)))
_PIECES = re.compile(rb"[^=]+")


def decode(body: bytes, encoding: bytes) -> bytes:
    """Return a part's content, given its Content-Transfer-Encoding value. Never raises.

    An unknown encoding leaves the bytes as they are (RFC 2045 section 6.4).
    """
    how = named(encoding)
    if how == b"base64" or (how in _PLAIN and _ENCODED_FILE.match(body) and _BASE64_ONLY.fullmatch(body)):
        return base64(body)
    if how == b"quoted-printable":
        if b"= " in body or b"=\t" in body:
            body = _PADDED.sub(b"=", body)
        return binascii.a2b_qp(body)
    if how in (b"x-uuencode", b"uuencode", b"x-uue", b"uue"):
        rest, files = uuencoded(body)
        return files[0][1] if files else rest
    return body


def text(body: bytes, encoding: bytes, codec: str = "utf-8") -> bytes:
    """Return the content of a text part, whose own bytes tell when its encoding is not what it says.

    `codec` is Python's name for its charset.

    Scripts write text under the label of base64 or quoted-printable that never was encoded, and text
    that was encoded without a label. Never raises.
    """
    how = named(encoding)
    if how == b"base64" and not _is_base64(body):
        return body
    if how == b"quoted-printable" and b"=" in body:
        if not _is_quoted(body):
            return body
        if not body.isascii() and _decodes(body, codec) and not _decodes(binascii.a2b_qp(body), codec):
            return body  # what is no ASCII was not encoded, and each code taken for one breaks it
    if how in _PLAIN and body.isascii():
        if b"=" in body and _surely_quoted(body):
            content = binascii.a2b_qp(body)
            return content if _letters(body, content, codec) else body
        # Twenty letters of base64 have small and large ones among them; a number or a hash has not.
        if _BASE64_ONLY.fullmatch(body) and body not in (body.lower(), body.upper()):
            content = base64(body)
            return content if _readable(content, codec) else body
    return decode(body, encoding)


def _is_base64(body: bytes) -> bool:
    """Whether a text labelled base64 may be it, by the first line that is not empty."""
    start = len(body) - len(body.lstrip())
    line = body[start : start + 1000].partition(b"\n")[0].rstrip(b"\r=")
    words = line.split()
    if len(words) > 1 and max(map(len, words)) < MIN_RUN:
        return False
    odd = len(line.translate(None, _BASE64_SIGNS))
    return odd <= max(2, len(line) // 10)


def _is_quoted(body: bytes) -> bool:
    """Whether a text labelled quoted-printable is it: then nothing else holds an equals sign.

    An encoder writes the sign itself as =3D, and no letter or digit as its code (but for the F of a line
    that begins with "From ").
    """
    if b"=3D" in body or b"=\n" in body or b"=\r" in body or b"=20\r" in body or b"=20\n" in body:
        return True
    if body.endswith(b"=") or _PADDED.search(body):
        return True
    signs = _SIGNS.findall(_telling(body))
    if any(sign[:1] in b"89ABCDEF" for sign in signs if len(sign) == 2 and sign == sign.upper()):
        return True
    return not any(
        not sign or bytes.fromhex(sign.decode("ascii")).isalnum() for sign in signs if sign != b"46"
    )


def _surely_quoted(body: bytes) -> bool:
    """Whether a text without a label can only be quoted-printable: each equals sign begins a code."""
    if not _CODE.match(body, body.find(b"=")):
        return False
    body = _telling(body)
    signs = _SIGNS.findall(body)
    soft = len(_SOFT.findall(body))
    codes = [sign for sign in signs if sign and sign == sign.upper()]
    if len(codes) < MIN_CODES or len(codes) + soft < len(signs):
        return False
    high = sum(sign[:1] in b"89ABCDEF" for sign in codes)
    return (soft > 0 and b"3D" in codes) or high >= MIN_CODES


def _telling(body: bytes) -> bytes:
    """Return the beginning of a text, cut before a code and not within one."""
    if len(body) <= MAX_TELLING:
        return body
    at = body.rfind(b"=", MAX_TELLING - 4, MAX_TELLING)
    return body[: at if at >= 0 else MAX_TELLING]


def _letters(body: bytes, content: bytes, codec: str) -> bool:
    """Whether codes were letters: `timeout=900` and `colour=FF0000` begin with codes, too.

    UTF-8 proves itself. Elsewhere a letter's code begins with C to F, and no digit follows it; a small
    letter or another code follows some, while in `r0=C0 r1=D1` and `user=E4&key=C3` none does.
    """
    if content.isascii():
        return True
    if codec in ("utf-8", "utf-8-sig"):
        return _decodes(content, codec)
    body = _telling(body)
    broken = _SOFT.search(body) is not None
    inside = len(_INSIDE.findall(body))
    return len(_LETTER.findall(body)) >= MIN_CODES and (inside >= MIN_CODES or (inside > 0 and broken))


def _decodes(content: bytes, codec: str) -> bool:
    try:
        content.decode(codec)
    except (UnicodeDecodeError, LookupError):
        return False
    return True


def _readable(content: bytes, codec: str) -> bool:
    """Whether bytes are a text in a charset, with words or more than ASCII in it."""
    if not _decodes(content, codec):
        return False
    if codec.startswith("iso2022"):
        return True
    # In most charsets but UTF-8 all bytes mean something: those of a key or a hash, too.
    if codec not in ("utf-8", "utf-8-sig") and plausible.faults(content.decode(codec), codec) > MAX_FAULTS:
        return False
    return not content.translate(None, _NO_CONTROLS) and (b" " in content or not content.isascii())


def named(encoding: bytes) -> bytes:
    """Return which transfer encoding a Content-Transfer-Encoding value means, in lower case."""
    # All mail shares a few.
    return _named(encoding) if len(encoding) <= MAX_COMMON else _token(encoding)


def _token(encoding: bytes) -> bytes:
    token = _TOKEN.match(encoding)
    how = token[1].lower() if token else b""
    return b"base64" if how in _BASE64 else b"quoted-printable" if how in _QUOTED else how


_named = lru_cache(maxsize=64)(_token)


def q(data: bytes) -> bytes:
    """Return what the Q encoding of a header word stands for (RFC 2047 section 4.2)."""
    return binascii.a2b_qp(data, header=True)


def base64(data: bytes) -> bytes:
    """Return what base64 stands for: bad characters skipped, padding made good.

    Texts encoded piece by piece (padding in the middle) are joined.
    """
    if b" " in data:
        footer = FOOTER.search(data)
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
        begin = _BEGIN.search(body, max(0, at - 1))  # one may begin right below the end of another
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
