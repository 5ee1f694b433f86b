"""Bytes made anonymous where they stand: charsets, base64, quoted-printable and encoded words.

What comes back is written as it was: the same charset, the same escapes at the same
places, lines of the same length. Only what a byte says is another thing.
"""

import base64
import re
from collections.abc import Sequence

from intake.mail.anonymise.standins import Standins
from intake.mail.anonymise.text import Writer, plain
from intake.mail.charsets import decode as charsets
from intake.mail.charsets import utf16

# Charsets that the parser may have guessed, in the order of how common they are in mail.
_GUESSED = (
    "ascii", "utf-8", "gb18030", "big5hkscs", "cp950", "cp932", "euc_jis_2004", "cp949",
    "iso2022_jp_ext", "iso2022_jp_2", "iso2022_jp_2004", "iso2022_kr", "hz", "cp1252", "cp1251",
    "koi8_r", "cp1250", "iso8859_2", "cp1254", "cp1253", "cp1255", "cp1256", "cp1257", "cp1258",
    "cp874", "iso8859_5", "iso8859_7", "iso8859_15", "mac_roman", "mac_cyrillic", "utf-16",
    "utf-16-le", "utf-16-be", "utf-7",
)  # fmt: skip
_HIGH = re.compile(rb"[\x80-\xff]+")
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_PIECE = re.compile(rb"[^=]+")
_QP = re.compile(rb"=([0-9A-Fa-f]{2})|=[ \t]*\r?\n|([\x00-\xff])")


def text(data: bytes, declared: str, hint: str, standins: Standins, write: Writer = plain) -> bytes:
    """Return `data`, a text in some charset, with its words replaced, of the same length."""
    if data[:3] == b"\xef\xbb\xbf":
        return data[:3] + text(data[3:], "utf-8", hint, standins, write)
    for mark, wide_codec in utf16.MARKS:
        if data.startswith(mark) and utf16.read(data) is not None:
            return mark + text(data[len(mark) :], wide_codec, hint, standins, write)
    read = charsets.decode(data, declared, hint)
    for codec in dict.fromkeys((charsets.lookup(declared), charsets.lookup(hint), *_GUESSED)):
        if codec and _encoded(read, codec) == data:
            made = _encoded(write(read, codec, standins), codec)
            if made is not None and len(made) == len(data):
                return made
    return _by_class(data, standins, write)


def _encoded(read: str, codec: str) -> bytes | None:
    try:
        return read.encode(codec)
    except (UnicodeError, LookupError):
        if codec != "cp1252":
            return None
    try:
        return b"".join(char.encode("latin-1" if "\x80" <= char <= "\x9f" else "cp1252") for char in read)
    except UnicodeError:
        return None


def _by_class(data: bytes, standins: Standins, write: Writer) -> bytes:
    """Return what no charset reads: its ASCII words replaced, other bytes by such of their class."""
    out: list[bytes] = []
    at = 0
    for run in _HIGH.finditer(data):
        out += (_ascii(data[at : run.start()], standins, write), standins.high(run[0]))
        at = run.end()
    return b"".join((*out, _ascii(data[at:], standins, write)))


def _ascii(data: bytes, standins: Standins, write: Writer) -> bytes:
    made = write(data.decode("ascii"), "ascii", standins).encode("ascii", "replace")
    return made if len(made) == len(data) else bytes(len(data))


def in_base64(body: bytes, content: bytes) -> bytes:
    """Return base64 `body` with `content` in place of what it held; line ends and junk stay."""
    out = bytearray(body)
    at = 0
    for piece in _PIECE.finditer(body):
        places = [i for i in range(piece.start(), piece.end()) if body[i] in _ALPHABET]
        if len(places) % 4 == 1:
            out[places.pop()] = 0x41
        size = len(places) * 6 // 8
        chunk = content[at : at + size].ljust(size, b"\0")
        for place, letter in zip(places, base64.b64encode(chunk), strict=False):
            out[place] = letter
        at += size
    return bytes(out)


def blank_base64(body: bytes, keep: int) -> bytes:
    """Return base64 `body` with all but its first `keep` bytes set to zero."""
    start = 0
    for _ in range(-(-keep * 4 // 3)):
        while start < len(body) and body[start] not in _ALPHABET:
            start += 1
        start += 1
    return body[:start] + body[start:].translate(bytes(0x41 if b in _ALPHABET else b for b in range(256)))


def quoted(body: bytes, header: bool = False) -> tuple[bytes, list[tuple[int, int]]]:
    """Return what quoted-printable stands for, and for each byte the span where it is written."""
    content = bytearray()
    places: list[tuple[int, int]] = []
    for token in _QP.finditer(body):
        if token[1] or token[2]:
            byte = int(token[1], 16) if token[1] else token[2][0]
            content.append(0x20 if header and token[2] == b"_" else byte)
            places.append(token.span())
    return bytes(content), places


def in_quoted(body: bytes, content: bytes, places: Sequence[tuple[int, int]], header: bool = False) -> bytes:
    """Return quoted-printable `body` with each byte of `content` written at its place."""
    out: list[bytes] = []
    at = 0
    for (start, end), byte in zip(places, content, strict=True):
        out.append(body[at:start])
        was = body[start:end]
        if len(was) == 1:
            same = byte == was[0] or (header and was == b"_" and byte == 0x20)
            literal = 0x21 <= byte < 0x7F and byte != 0x3D and not (header and byte in b"?_")
            raw = byte >= 0x80 and was[0] >= 0x80
            out.append(was if same else bytes((byte,)) if literal or raw else b"=%02X" % byte)
        else:
            out.append(b"=%02x" % byte if was != was.upper() else b"=%02X" % byte)
        at = end
    return b"".join((*out, body[at:]))


def words(value: bytes, hint: str, standins: Standins) -> bytes:
    """Return a header value with its words replaced, those inside RFC 2047 encoded words too."""
    out: list[bytes] = []
    at = 0
    group: list[tuple[bytes, bytes, bool]] = []  # (what stands before, payload, whether it is base64)
    charset = b""

    def flush() -> None:
        contents = [_held(payload, is_b) for _, payload, is_b in group]
        made = text(b"".join(contents), charset.partition(b"*")[0].decode("ascii", "replace"), hint, standins)
        for (before, payload, is_b), was in zip(group, contents, strict=True):
            now, made = made[: len(was)], made[len(was) :]
            if is_b:
                out.extend((before, in_base64(payload, now)))
            else:
                out.extend((before, in_quoted(payload, now, quoted(payload, True)[1], True)))
            out.append(b"?=")
        group.clear()

    while word := _next(value, at):
        start, payload_at, end, label, is_b = word
        between = value[at:start]
        if group and (between.strip() or label.lower() != charset.lower()):
            flush()
        if between.strip() or not group:
            between = text(between, "", hint, standins)
        charset = label
        group.append((between + value[start:payload_at], value[payload_at:end], is_b))
        at = end + 2
    if group:
        flush()
    return b"".join((*out, text(value[at:], "", hint, standins)))


def _held(payload: bytes, is_b: bool) -> bytes:
    if not is_b:
        return quoted(payload, True)[0]
    from intake.mail.transfer import base64 as undone

    return undone(payload)


def _next(value: bytes, at: int) -> tuple[int, int, int, bytes, bool] | None:
    """Return (start, payload start, payload end, charset, base64 or not) of the next encoded word."""
    match = re.compile(rb"=\?([^?]{1,76})\?([bBqQ])\?").search(value, at)
    if not match:
        return None
    end = value.find(b"?=", match.end())
    return None if end < 0 else (match.start(), match.end(), end, match[1], match[2] in b"bB")
