"""What must never go to a customer: an agent's token, or a piece of our own notification, in any dress.

A token in a mail that leaves would let its reader write as an agent. Clients, gateways and file formats
write the same letters in many ways: broken by soft line ends, folded, in base64, in entities, in UTF-16
(Outlook's .msg). So bytes are read in each of these ways, and within each other, before they are
searched. Compressed files (zip, and what is made of it) are not opened.
"""

import base64
import binascii
import html
import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from intake.desk import file_tokens, tokens
from intake.desk.tokens import ACTING, Purpose

TOKEN, WORDS = "token", "words"
# Each line of a mail to an agent that no customer may read begins with this sign. No person's keyboard has
# it, and it is in the old Chinese character sets too; what others write is shown with STAND_IN for it.
MARK, STAND_IN = "\u258e", "|"
# Before it in a bar that shows how far something is ("███▎ 43 %"), which is no line's beginning.
_FILLED = re.compile("[\u2588-\u258f]" + MARK)
# So deep is base64 within base64 looked into: a mail in a mail in a mail.
MAX_DEPTH = 4
# Escapes are undone in what is no longer than this; soft line ends, UTF-16 and base64 in everything.
MAX_ESCAPED = 1 << 20
# So many things that only look like a token: nobody's answer holds them.
MAX_CANDIDATES = 2000
# Before every token's end: so one that has run out is still known for one.
_ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)
# What no customer may have; what nobody outside a ticket may have: who holds a customer's writes as they.
FOR_CUSTOMERS = (*ACTING, Purpose.PARTNER)
FOR_OTHERS = tuple(purpose for purpose in Purpose if purpose is not Purpose.FILE)
# How those begin, for tickets below 2^25.
_BEGINNINGS: dict[Purpose, bytes] = {
    purpose: base64.b32encode(bytes((purpose, 0)))[:3].lower() for purpose in FOR_OTHERS
}
_FILE_BEGINNING = b"baa"

_LETTERS = b"abcdefghijklmnopqrstuvwxyz234567"
_AS_LETTERS = bytes(0x78 if code in _LETTERS else 0x20 for code in range(256))
_RUN = b"x" * tokens.TOKEN_LENGTH
_TOKEN = re.compile(rb"[a-z2-7]{44}")
_PARTNERS = re.compile(rb"(?!a{20})(?=[a-z]{0,43}[2-7])[a-z2-7]{44}")
# Where bytes are mostly zeros base64 looks like the beginning of one, but has no digits.
_FILE_TOKEN = re.compile(rb"(?=[a-z]{0,63}[2-7])[a-z2-7]{64}")
_BASE64 = re.compile(rb"[A-Za-z0-9+/]{40,}+(?:\r?\n[> \t]{0,8}[A-Za-z0-9+/]{1,}+)*+={0,2}")
_WORD = re.compile(rb"=\?[\w.*-]{1,40}\?b\?([A-Za-z0-9+/=]{4,400})\?=", re.IGNORECASE)
_SOFT = re.compile(rb"=[ \t]{0,8}\r?\n")
_QUOTED = re.compile(rb"=([0-9A-F]{2})", re.IGNORECASE)
_PERCENT = re.compile(rb"%(?:25)?([0-9A-F]{2})", re.IGNORECASE)
_ESCAPE = re.compile(rb"(?:\\u00|\\x|\\')([0-9A-F]{2})", re.IGNORECASE)
_TAG = re.compile(rb"</?[a-zA-Z!][^<>]{0,500}>")
_BLANKS = b" \t\r\n\v\f>|*_"
# As `tokens.holds_internal` has them, lower-cased.
_ADDRESS = re.compile(rb"(?:\+|%2b)a[a-di-z2-7][a-z2-7]{42}(?:@|%40)")
_ANY_ADDRESS = re.compile(rb"(?:\+|%2b)a[a-z2-7]{43}(?:@|%40)")
# The whole local part of an address. Without the blanks before it, its beginning and a digit tell it.
_LOCAL = re.compile(rb"(?<![a-z0-9.+_-])a[a-di-z2-7][a-z2-7]{42}")
_ANY_LOCAL = re.compile(rb"(?<![a-z0-9.+_-])a[a-z2-7]{43}")
_GLUED = re.compile(rb"(?=[a-z]{0,43}[2-7])a[imquy4]a[a-z2-7]{41}")
_SPACED = re.compile(rb"ref[:.]\s?a[a-di-z2-7][a-z2-7]{42}")
# Where blanks were taken out its beginning and a digit tell it from prose ("ref: AB2345 your order").
_REFERENCE = re.compile(rb"ref[:.](?=[a-z]{0,43}[2-7])a[imquy4]a[a-z2-7]{41}")
# The line that every notification begins with, whatever its language.
_DELIMITER = b"pleasetypeyourreplyabovethisline"


class Leaking(Exception):
    """A finished answer holds what must not leave; its one argument is TOKEN or WORDS."""


def squeezed(text: str) -> bytes:
    """Return a sentence of ours as `held` looks for it: in small letters, without blanks."""
    return text.encode("utf-8", "replace").lower().translate(None, _BLANKS)


def marked(text: str) -> bool:
    """Whether a line of an agent's mail that no customer may read stands in a text, however it is quoted."""
    return MARK in text and MARK in _FILLED.sub("", text)


def unmarked(text: str) -> str:
    """Return what somebody wrote with another sign for MARK: it must not look as if the desk said it."""
    return text.replace(MARK, STAND_IN) if MARK in text else text


def held(
    data: bytes,
    keys: Sequence[bytes] = (),
    sentences: Sequence[bytes] = (),
    secret: Sequence[Purpose] = FOR_CUSTOMERS,
) -> str:
    """Return what of ours stands in `data`: TOKEN (of these purposes), WORDS (of a notification), or "".

    `sentences` are such words beside the line that every notification begins with, `squeezed`.
    With `keys` also a bare token is known, one that has run out as well. Takes time linear in the size,
    at most about a tenth of a second for a megabyte.
    """
    kind = ""
    for view in _views(data, 0):
        low = view.lower()
        joined = low.translate(None, _BLANKS)
        if _holds(low, keys, _SPACED, secret) or _holds(joined, keys, _REFERENCE, secret):
            return TOKEN
        if any(mark in joined for mark in (_DELIMITER, *sentences)):
            kind = WORDS
    return kind


def keyed(data: bytes, keys: Sequence[bytes], secret: Sequence[Purpose] = ACTING) -> bool:
    """Whether a token stands in `data` that, by these keys, lets its reader act for an agent (`secret`)."""
    views = (view.lower() for view in _views(data, 0))
    return any(
        _by_key(view, keys, secret) or _by_key(view.translate(None, _BLANKS), keys, secret) for view in views
    )


def _holds(
    low: bytes, keys: Sequence[bytes], reference: re.Pattern[bytes], secret: Sequence[Purpose]
) -> bool:
    # Searching for what a pattern begins with is many times as fast as the pattern.
    if _RUN not in low.translate(_AS_LETTERS):
        return False
    links = (b"/file/ba", file_tokens.LINK)
    address = _ADDRESS if secret == FOR_CUSTOMERS else _ANY_ADDRESS
    looks = ((b"+a", address), (b"%2ba", address), (b"ref", reference), links)
    if any(pattern.match(low, at) for start, pattern in looks for at in _places(low, start)):
        return True
    local = _GLUED if reference is _REFERENCE else _LOCAL if secret == FOR_CUSTOMERS else _ANY_LOCAL
    ends = (at for sign in (b"@", b"%40") for at in _places(low, sign) if at >= tokens.TOKEN_LENGTH)
    if any(local.fullmatch(low, at - tokens.TOKEN_LENGTH, at) for at in ends):
        return True
    return bool(keys) and _by_key(low, keys, secret)


def _by_key(low: bytes, keys: Sequence[bytes], secret: Sequence[Purpose]) -> bool:
    count = 0
    for purpose in secret:
        # Zeros in base64 begin like a partner's: only what has a digit may be one.
        token_like = _PARTNERS if purpose is Purpose.PARTNER else _TOKEN
        for at in _places(low, _BEGINNINGS[purpose]):
            match = token_like.match(low, at)
            if match is None:
                continue
            count += 1
            token = tokens.read(keys, match[0].decode("ascii"), _ALWAYS)
            if count > MAX_CANDIDATES or (token is not None and token.purpose in secret):
                return True
    return _file_by_key(low, keys)


def _file_by_key(low: bytes, keys: Sequence[bytes]) -> bool:
    """Whether the token of a link to a file stands there without its address.

    A link is known by its form; of bare letters only so many are looked at, for they open to their reader
    no more than a file of their own ticket.
    """
    for count, at in enumerate(_places(low, _FILE_BEGINNING)):
        if count > MAX_CANDIDATES:
            break
        match = _FILE_TOKEN.match(low, at)
        if match is not None and file_tokens.read(keys, match[0].decode("ascii")) is not None:
            return True
    return False


def _places(data: bytes, needle: bytes) -> Iterator[int]:
    at = data.find(needle)
    while at >= 0:
        yield at
        at = data.find(needle, at + 1)


def _views(data: bytes, depth: int) -> Iterator[bytes]:
    """Yield the ways in which `data` may be read."""
    yield data
    if b"\0" in data:
        # UTF-16 and UTF-32 of either order, which Outlook's .msg and many tools write.
        data = data.replace(b"\0", b"")
        yield data
    plain = _SOFT.sub(b"", data) if b"=\n" in data or b"=\r\n" in data or b"= " in data else data
    if len(plain) <= MAX_ESCAPED:
        plain = _unescaped(plain)
    if plain is not data:
        yield plain
    if len(plain) <= MAX_ESCAPED and not plain.isascii():
        text = unicodedata.normalize("NFKC", plain.decode("utf-8", "replace"))
        yield "".join([char for char in text if unicodedata.category(char) != "Cf"]).encode("ascii", "ignore")
    if depth < MAX_DEPTH:
        for match in _BASE64.finditer(data):
            yield from _views(_decoded(match[0]), depth + 1)
        if b"=?" in data:
            yield b"".join(_decoded(match[1]) for match in _WORD.finditer(data))


def _unescaped(data: bytes) -> bytes:
    if b"=" in data:
        data = _QUOTED.sub(_byte, data)
    if b"<" in data:
        data = _TAG.sub(b"", data)
    if b"%" in data:
        data = _PERCENT.sub(_byte, data)
    if b"\\" in data:
        data = _ESCAPE.sub(_byte, data)
    if b"&" in data:
        data = html.unescape(data.decode("utf-8", "replace")).encode("utf-8", "replace")
    return data


def _byte(match: re.Match[bytes]) -> bytes:
    return bytes((int(match[1], 16),))


def _decoded(text: bytes) -> bytes:
    letters = text.translate(None, b" \t\r\n>=")
    left = len(letters) % 4
    # One letter more than fours is no byte's.
    letters = letters[:-1] if left == 1 else letters + b"=" * (-left % 4)
    return binascii.a2b_base64(letters)
