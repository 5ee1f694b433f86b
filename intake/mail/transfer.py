"""Transfer encodings undone, however damaged: base64, quoted-printable, uuencode (RFC 2045 section 6)."""

import binascii
import re
from collections.abc import Iterator
from functools import lru_cache

from intake.mail import base64_words, uuencode
from intake.mail.base64_words import NAME, is_word
from intake.mail.charsets import plausible, western

# More texts than this, each with its padding, were never joined on purpose.
MAX_PIECES = 1000
# Longer values of Content-Transfer-Encoding do not come again.
MAX_COMMON = 40

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
_BASE64_LINES = _BASE64_SIGNS + b"=\r\n"
# What a text has that was not encoded.
_PLAIN = (b"", b"7bit", b"8bit")
_BASE64_ONLY = re.compile(rb"\s*(?:[A-Za-z0-9+/]{20,}+={0,2}\r?\n?)++(?:[A-Za-z0-9+/]++={0,2})?\s*")
# How a PNG, JPEG, GIF, PDF, ZIP and an old Office file begin in base64, and lines as its encoders cut them.
_MAY_BE_FILE = re.compile(
    rb"\s{0,20}(?:iVBORw0KGgo|/9j/|R0lGOD|JVBERi0|UEsDB|0M8R4KGx|[A-Za-z0-9+/]{60,76}\r?\n[A-Za-z0-9+/])"
)
# How files begin, so that no line of letters and digits becomes one by chance.
_FILES = (
    b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8", b"%PDF-", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1", b"RIFF",
    b"ID3\x03", b"ID3\x04", b"\x1f\x8b\x08", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"OggS", b"{\\rtf",
    b"%!PS-", b"II*\0", b"MM\0*", b"\0\0\0\x18ftyp", b"\0\0\0\x1cftyp", b"\0\0\0 ftyp", b"SQLite format 3\0",
)  # fmt: skip
_BASE64_WORD = re.compile(rb"[A-Za-z0-9+/]+={0,2}")
# A word behind the last line: it is no base64, for it has no large letters and no digits.
_WORD_BEHIND = re.compile(rb"(?<=[A-Za-z0-9+/=])[ \t]{1,20}[A-Za-z]?[a-z]{2,40}\s*\Z")
# Words in the last line of base64 or below it.
_BEHIND = re.compile(rb"(?<=\S)[ \t]{1,100}(?=\S)")
# So many lines of words below it are looked at one by one.
MAX_BELOW = 4
# What is noise from the first bytes on was no text.
MAX_BEGINNING = 12
# Charsets with controls of their own.
_MORE_THAN_ASCII = ("iso2022", "hz", "utf-7", "utf-16", "utf-32", "utf_7", "utf_16", "utf_32")
# A word of base64 has so many letters at least, to be told from others.
MIN_WORD = 8
# Words are looked for in so much of what is labelled base64.
MAX_WORDS = 2_000
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
# Charsets whose languages put blanks between their words.
_ONE_BYTE = ("cp12", "iso8859", "koi8", "mac_")
_HIGH = bytes(range(0x80, 0x100))
_NO_CONTROLS = bytes((9, 10, 13, *range(0x20, 0x7F), *range(0x80, 0x100)))
_PIECES = re.compile(rb"[^=]+")


def decode(body: bytes, encoding: bytes) -> bytes:
    """Return a part's content, given its Content-Transfer-Encoding value. Never raises.

    An unknown encoding leaves the bytes as they are (RFC 2045 section 6.4).
    """
    how = named(encoding)
    if how == b"base64":
        return base64(body)
    if how in _PLAIN and _MAY_BE_FILE.match(body):
        return _unlabelled(body, "utf-8")
    if how == b"quoted-printable":
        if b"= " in body or b"=\t" in body:
            body = _PADDED.sub(b"=", body)
        return binascii.a2b_qp(body)
    if how in (b"x-uuencode", b"uuencode", b"x-uue", b"uue"):
        rest, files = uuencode.uuencoded(body)
        return files[0][1] if files else rest
    return body


def text(body: bytes, encoding: bytes, codec: str = "utf-8") -> bytes:
    """Return the content of a text part, whose own bytes tell when its encoding is not what it says.

    `codec` is Python's name for its charset.

    Scripts write text under the label of base64 or quoted-printable that never was encoded, and text
    that was encoded without a label. Never raises.
    """
    how = named(encoding)
    if how == b"base64":
        if base64_words.is_none(body):
            return body
        if not _is_base64(body):
            return _first_word(body, codec)
        body = base64_words.without_word_below(body)
        if _is_words(body) and not _spells(body, codec):
            return body
        return _of_base64(body, codec)
    if how == b"quoted-printable" and b"=" in body:
        if not _is_quoted(body):
            return body
        if not body.isascii() and _decodes(body, codec) and not _decodes(binascii.a2b_qp(body), codec):
            return body  # what is no ASCII was not encoded, and each code taken for one breaks it
    if how in _PLAIN and body.isascii():
        if b"=" in body and _surely_quoted(body):
            content = binascii.a2b_qp(body)
            return content if _letters(body, content, codec) else body
        return _unlabelled(body, codec)
    return body if how in _PLAIN else decode(body, encoding)


def _unlabelled(body: bytes, codec: str) -> bytes:
    """Return what a body without a label is in base64, the body itself where that is neither text nor file.

    A hash, a key, an address of a wallet and a list of them are letters and digits, too.
    """
    if not _BASE64_ONLY.fullmatch(body):
        return body
    line = body.split(None, 1)[0]
    # Twenty letters of base64 have small and large ones among them; a number or a hash has not.
    if line in (line.lower(), line.upper()):
        return body
    content = base64(body)
    return content if content.startswith(_FILES) or _readable(content, codec) else body


def _is_base64(body: bytes) -> bool:
    """Whether a text labelled base64 may be it, by the first line that is not empty."""
    start = len(body) - len(body.lstrip())
    line = body[start : start + 1000].partition(b"\n")[0].rstrip(b"\r=")
    words = line.split()
    if len(words) > 1 and max(map(len, words)) < MIN_RUN:
        return False
    odd = len(line.translate(None, _BASE64_SIGNS))
    return odd <= max(2, len(line) // 10)


def _is_words(body: bytes) -> bool:
    """Whether what is labelled base64 is words or hashes: none of them mixes small letters and large ones.

    Base64 of a few letters may look so; then it stands for ASCII, which no word does.
    """
    words = [word.strip(b".,;:!?'()-") for word in body[:MAX_WORDS].split()]
    if not words or not all(word.isalnum() and is_word(word) for word in words):
        return False
    content = base64(body[:MAX_WORDS])
    return 4 * len(content.translate(None, _HIGH)) <= 3 * len(content)


def _spells(body: bytes, codec: str) -> bool:
    """Whether a few letters, as base64, stand for a word beyond ASCII: "5vjl" is "æøå", "0ZEK" is "ё"."""
    content = base64(body[:MAX_WORDS]).rstrip(b"\r\n")
    if len(body.strip()) % 4 or content.isascii() or not _decodes(content, codec):
        return False
    words = content.decode(codec)
    if codec in ("utf-8", "utf-8-sig"):
        return words.isprintable()
    if not words.isalpha() or words not in (words.lower(), words.upper(), words.capitalize()):
        return False
    return plausible.faults(words, codec) <= 0 and (codec != "cp1252" or western.of_one_language(content))


def _of_base64(body: bytes, codec: str) -> bytes:
    """Return what base64 stands for, without the words behind it or below; the body where it is none at all.

    Of the ways to read it that is taken whose text is clean. Other charsets than that of the label are in
    it often enough; then the first way counts.
    """
    read: list[bytes] = []
    # In nearly all nothing else stands.
    pure = not body.translate(None, _BASE64_LINES) and len(body) > MAX_WORDS
    for piece in (body,) if pure else (*_cut_behind(body), _WORD_BEHIND.sub(b"", body), *_cut_below(body)):
        content = base64(piece)
        if _is_clean(content, codec):
            return body if base64_words.is_name(body, content, codec) else content
        read.append(content)
    doubtful = len(body) <= MAX_WORDS and not codec.startswith(_MORE_THAN_ASCII)
    return body if doubtful and _is_no_base64(body, read[-1], codec) else read[-1]


def _cut_behind(body: bytes) -> Iterator[bytes]:
    """Yield base64 without what stands behind its last line, or below it in words."""
    behind = _BEHIND.search(body, len(body) - len(body.lstrip()))
    if behind and not _goes_on(body[behind.end() : behind.end() + MAX_WORDS]):
        last = body.rfind(b"\n", 0, behind.start()) + 1
        word = body[last : behind.start()]
        if len(word) % 4 == 0 and _BASE64_WORD.fullmatch(word) and not is_word(word):
            yield body[: behind.start()]
        elif last > 0:
            yield body[:last]


def _cut_below(body: bytes) -> Iterator[bytes]:
    """Yield base64 without the lines below it that are none, first without the last one."""
    lines = body[-MAX_WORDS:].rstrip().rsplit(b"\n", MAX_BELOW)
    end = len(body.rstrip())
    for line in reversed(lines[1:]):
        end -= len(line) + 1
        if len(line.strip()) % 4 or not _BASE64_WORD.fullmatch(line.strip()) or is_word(line.strip()):
            yield body[:end]


def _goes_on(behind: bytes) -> bool:
    """Whether what follows a blank is base64, too: a gateway put it where a line ended."""
    words = behind.split()
    return len(words[0]) >= MIN_RUN or not any(
        len(word) % 4 or not _BASE64_WORD.fullmatch(word) or is_word(word) for word in words
    )


def _is_clean(content: bytes, codec: str) -> bool:
    if content.translate(None, _NO_CONTROLS):
        return False
    return _decodes(content, codec) or _decodes(content, "utf-8")


def _is_no_base64(body: bytes, content: bytes, codec: str) -> bool:
    """Whether a short body under the label of base64 is a name or a key, for as base64 it is noise.

    What begins as a text is damaged; so may be what has all that base64 has.
    """
    if content.startswith(_FILES) or content[::2].count(0) + content[1::2].count(0) > len(content) // 4:
        return False
    if len(content) > MAX_BEGINNING and _is_clean(content[:MAX_BEGINNING].rstrip(_HIGH), codec):
        return False
    # Text in another charset has no controls, but for the escapes of Japanese and Korean; noise has.
    if len(content) > MAX_BEGINNING and not content.translate(None, _NO_CONTROLS + b"\x0e\x0f\x1b"):
        return False
    word = body.strip()
    proper = len(word) % 4 == 0 and _BASE64_WORD.fullmatch(word) is not None
    return (
        not proper or (not word.endswith(b"=") and NAME.fullmatch(word) is not None) or len(word) >= MIN_RUN
    )


def _first_word(body: bytes, codec: str) -> bytes:
    """Return what a word of base64 before others stands for, the body where it is none."""
    word = body.split(None, 1)[0]
    if len(word) < MIN_WORD or len(word) % 4 or is_word(word):
        return body
    if not _BASE64_WORD.fullmatch(word):
        return body
    content = base64(word)
    sound = content.isascii() and not content.translate(None, _NO_CONTROLS)
    return content if sound or _readable(content, codec) else body


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
    """Whether bytes are a text in a charset, with words or more than ASCII in it.

    In most charsets but UTF-8 all bytes mean something: those of a key or a hash, too.
    """
    if not _decodes(content, codec):
        return False
    if codec.startswith("iso2022"):
        return b"\x1b" in content
    if content.translate(None, _NO_CONTROLS):
        return False
    if codec in ("utf-8", "utf-8-sig"):
        return b" " in content or not content.isascii()
    if codec.startswith(_ONE_BYTE):
        high = len(content) - len(content.translate(None, _HIGH))
        # Of a language's letters few are beyond ASCII or nearly all; of random bytes every second.
        if b" " not in content or len(content) < 3 * high < 1.8 * len(content):
            return False
    elif content.isascii() and b" " not in content:
        return False
    return plausible.faults(content.decode(codec), codec) <= MAX_FAULTS


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
