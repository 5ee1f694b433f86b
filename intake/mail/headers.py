"""Header fields as bytes, and what they say: RFC 5322 lines, RFC 2047 words, RFC 2231 parameters.

Everything here walks its input once. The first field of a name is the one that
counts: a second From is an attack or a mistake.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from intake.mail import odd_lines, transfer
from intake.mail.charsets import decode as charsets

# One field is read up to here (Postfix reads a field up to 100 KiB in all; 5,000 recipients fit in neither).
MAX_FIELD_BYTES = 16 * 1024
# A part's own header; the message's is limited by the gate.
MAX_PART_HEADER_BYTES = 64 * 1024
# Fields of one part; what follows them is its body.
MAX_FIELDS = 1_000
# Parameters of one field (RFC 2231 continuations counted one by one).
MAX_PARAMS = 64
# Longer values have a boundary or a file's name in them, and do not come again.
MAX_COMMON = 60
# Dashed lines in one header that are asked whether they begin a part.
MAX_DASHED = 20

# No name of a field holds a quote or an equals sign, but a parameter that lost its blank does.
_NAME = re.compile(rb"([!#-9;<>-~]{1,100})[ \t]*:")
_END = re.compile(rb"\n\r?\n")
# A field with its folded lines. The possessive repeats (*+) never try again what they took.
_FIELD = re.compile(rb"^([!#-9;<>-~]{1,100})[ \t]*:([^\n]*+(?:\n[ \t][^\n]*+)*+)", re.MULTILINE)
# "<text/html>", "Content-Type: text/html" and "(none) text/html" mean what they say, too.
_TYPE = re.compile(
    r"\s*(?:\([^()]{0,100}\)\s*)?(?:content-type\s*:)?[\s\"'<]*([\w!#$&^.+-]+)\s*[/\\]\s*([\w!#$&^.+*-]+)",
    re.ASCII | re.IGNORECASE,
)
# The only word of a Content-Disposition, or of a type without a subtype.
_WORD = re.compile(r"[\s\"'<]*([\w!#$&^.+-]+)(?!\s*=)(?![\w!#$&^.+-])", re.ASCII)
_PARAM = re.compile(
    r";\s*([^\s=;*\"]+)(?:\*(\d{1,5}))?(\*)?\s*=\s*(?:\"((?:[^\"\\]|\\.)*)(?:\"|$)|([^;]*))", re.DOTALL
)
_BLANK = re.compile(rb"[ \t]")
# "?Q?", with the blanks that some write into a word.
_HOW = re.compile(rb"\?[ \t]?([BbQq])[ \t]?\?")
# A word that ends in the middle of a code: of quoted-printable, of four letters of base64.
_CUT_OFF = {
    b"q": re.compile(rb"=[0-9A-Fa-f]?\Z"),
    b"b": re.compile(rb"\A(?:[A-Za-z0-9+/]{4})*+[A-Za-z0-9+/]{1,3}\Z"),
}
# What may be left of a sign at the end of an encoded word that was cut off.
_HALF = re.compile(rb"(?:=[0-9A-Fa-f]?)?\??\Z")
_ESCAPED = re.compile(r"\\([\"\\])")
_UNSTARRED = re.compile(rb"([A-Za-z0-9_-]{3,40})'[A-Za-z-]{0,20}'([^']*%[^']*)")
# Charsets whose text looks like ASCII: a header may be written raw in them too.
_SEVEN_BIT = ("hz", "utf-7", "unicode-1-1-utf-7", "unicode-2-0-utf-7", "x-unicode-2-0-utf-7")
_MBOX = (b"From ", b">From ")
# Seeing one of these below a line that is no field, we are still in a header.
_COMMON = (
    b"from:", b"to:", b"subject:", b"date:", b"message-id:", b"received:", b"mime-version:", b"content-type:",
    b"content-transfer-encoding:", b"reply-to:", b"return-path:", b"in-reply-to:", b"references:", b"cc:",
    b"x-", b"content-", b"list-", b"arc-", b"dkim-", b"authentication-",
)  # fmt: skip

RawField = tuple[str, bytes]
"""(lower-cased name, unfolded value as it came). The name is "" for a line that is no field."""


def read(raw: bytes, start: int, end: int) -> tuple[list[RawField], int]:
    """Return the fields of the header at raw[start:end] and where the body begins.

    A line that is no field is skipped when known fields follow it, and begins the
    body when none do (the empty line was forgotten).
    """
    if raw[start : start + 1] == b"\n":
        return [], start + 1
    if raw[start : start + 2] == b"\r\n":
        return [], start + 2
    match = _END.search(raw, start, end)
    stop, body = (match.start(), match.end()) if match else (end, end)
    if stop - start > MAX_PART_HEADER_BYTES and not (_NAME.match(raw, start) or raw.startswith(_MBOX, start)):
        return [], start
    at = start
    if raw.startswith(_MBOX, start, stop) and not _NAME.match(raw, start, stop):
        at = raw.find(b"\n", start, stop) + 1 or stop
    quick = _well_formed(raw, at, stop)
    return (quick, body) if quick is not None else _line_by_line(raw, start, stop, body)


def _well_formed(raw: bytes, start: int, stop: int) -> list[RawField] | None:
    """Return the fields of a header that consists of fields, None when anything else is in it."""
    header = raw[start:stop].removesuffix(b"\n")
    if not header:
        return []
    pairs = _FIELD.findall(header)
    lines = header.count(b"\n") + 1 - header.count(b"\n ") - header.count(b"\n\t")
    if len(pairs) != lines or lines > MAX_FIELDS:
        return None
    fields: list[RawField] = []
    known = ""
    for at, (name, value) in enumerate(pairs):
        if known == "subject" and odd_lines.is_subjects(name, value, pairs[at - 1][1]):
            fields[-1] = "subject", (fields[-1][1] + b" " + name + b":" + value)[:MAX_FIELD_BYTES].rstrip()
            continue
        if b"\n" in value:
            value = value.replace(b"\r\n", b"").replace(b"\n", b"")
        known = _lowered(name)
        fields.append((known, value[:MAX_FIELD_BYTES].strip(b" \t\r")))
    return fields


@lru_cache(maxsize=512)
def _lowered(name: bytes) -> str:
    """Return a field's name: all mail shares some hundred."""
    return name.lower().decode("ascii")


def _line_by_line(raw: bytes, start: int, stop: int, body: int) -> tuple[list[RawField], int]:
    """Return the fields of a header in which some line is none, and where the body begins."""
    fields: list[tuple[str, list[bytes], int]] = []
    at = start
    indented = raw[start : start + 40].lstrip(b" \t")
    if indented.lower().startswith(_COMMON):
        # A blank before the first field is a slip: there is nothing above to fold it to.
        at = raw.find(indented[:1], start)
    common = -1
    dashed = 0
    while at < stop:
        newline = raw.find(b"\n", at, stop)
        after = newline + 1 if newline >= 0 else stop
        line = raw[at : newline if newline >= 0 else stop].removesuffix(b"\r")
        if line[:2] == b"--" and dashed < MAX_DASHED:
            dashed += 1
            if _divides(line, fields):
                body = at
                break
        named = _NAME.match(line)
        above = fields[-1] if fields else None
        if odd_lines.is_folded(line, above, named):
            line = b" " + line
        if line[:1] in (b" ", b"\t"):
            if fields and fields[-1][2] < MAX_FIELD_BYTES:
                name, chunks, size = fields[-1]
                chunks.append(line)
                fields[-1] = (name, chunks, size + len(line))
        elif named and len(fields) < MAX_FIELDS:
            value = line[named.end() : named.end() + MAX_FIELD_BYTES]
            fields.append((named[1].decode("ascii").lower(), [value], len(value)))
        elif len(fields) >= MAX_FIELDS:
            body = at
            break
        elif line and not line.startswith(_MBOX):
            # Sought once for all junk before it, so that junk costs no more than its length.
            if common < after:
                common = _common_after(raw, after, stop)
            rest = odd_lines.goes_on(line, above, common > 0, odd_lines.left(raw, at, stop, body))
            if common < 0 and not rest and not odd_lines.belong(line, raw, at, stop, body, _said(fields)):
                body = at
                break
            if rest:
                name, chunks, size = fields[-1]
                chunks.append(b" " + line)
                fields[-1] = (name, chunks, size + len(line))
                fields.insert(-1, ("", [line], len(line)))
            else:
                fields.append(("", [line[:MAX_FIELD_BYTES]], len(line)))
        at = after
    return [(name, b"".join(chunks)[:MAX_FIELD_BYTES].strip(b" \t\r")) for name, chunks, _ in fields], body


def _divides(line: bytes, fields: list[tuple[str, list[bytes], int]]) -> bool:
    """Whether a line begins the first part of what the fields above announce: no empty line came between."""
    kind = next((b"".join(chunks) for name, chunks, _ in fields[:100] if name == "content-type"), b"")
    named = parameters(kind[:1000])[1].get("boundary", "")
    return bool(named) and line[2:].rstrip() == named.encode("latin-1", "replace")


def _said(fields: list[tuple[str, list[bytes], int]]) -> dict[str, bytes]:
    """Return what the fields above say of the body, each by its first line."""
    return {name: chunks[0] for name, chunks, _ in reversed(fields[:100]) if name.startswith("content-")}


def _common_after(raw: bytes, start: int, stop: int) -> int:
    """Return where one of the next 20 lines begins that is a well-known field, -1 if none is."""
    for _ in range(20):
        if raw[start : start + 30].lower().startswith(_COMMON) and _NAME.match(raw, start, stop):
            return start
        start = raw.find(b"\n", start, stop) + 1
        if start <= 0:
            break
    return -1


def first(fields: list[RawField], name: str) -> bytes | None:
    """Return the value of the first field of that name, None when there is none."""
    for known, value in fields:
        if known == name:
            return value
    return None


def every(fields: list[RawField], name: str) -> list[bytes]:
    """Return the values of all fields of that name, topmost first."""
    return [value for known, value in fields if known == name]


def decode(value: bytes, hint: str = "") -> str:
    """Return a field's value as one clean line of text; `hint` is the body's charset. Never raises."""
    if value.isascii():
        # Folded fields hold tabs; to translate each sign of them would cost fifty times as much.
        text = value.decode("ascii").replace("\t", " ")
        if text.isprintable() and "=?" not in text and not (hint and hint.lower().startswith(_SEVEN_BIT)):
            return text.strip()
    text = clean("".join(_words(value, hint)))
    if text.startswith("=?") and text.endswith("?=") and text.isascii() and value.startswith(b"=?"):
        # Encoded twice: what came out is nothing but encoded words again.
        text = clean("".join(_words(text.encode("ascii"), hint)))
    return text


def clean(text: str) -> str:
    """Return text as one line that can neither break out of it nor reorder it.

    Controls, line separators and bidi controls become blanks or vanish, lone
    surrogates become U+FFFD; runs of blanks at the ends are cut.
    """
    if text.isascii():
        text = text.replace("\t", " ")
    # What is printable is none of what is changed.
    if text.isprintable():
        return text.strip()
    return text.translate(_UNSAFE).strip()


class _Unsafe(dict[int, str | None]):
    """A str.translate table that decides for each character once."""

    def __missing__(self, code: int) -> str | None:
        kind = unicodedata.category(chr(code))
        change: str | None = chr(code)
        if kind in ("Cc", "Zl", "Zp"):
            change = " " if code in (9, 10, 11, 12, 13, 0x85, 0x2028, 0x2029) else None
        elif kind == "Cs":
            change = "\ufffd"
        elif code in (0x61C, 0x200E, 0x200F, 0xFEFF) or 0x202A <= code <= 0x202E or 0x2066 <= code <= 0x2069:
            change = None
        self[code] = change
        return change


_UNSAFE = _Unsafe()


def _words(value: bytes, hint: str) -> Iterator[str]:
    """Yield the pieces of a value: plain runs, and encoded words joined before they are decoded.

    Many mailers cut a word in the middle of a character (RFC 2047 section 5 forbids it) or even of its
    code, so neighbours of one charset are joined as bytes.
    """
    pending: list[tuple[bytes, bytes]] = []
    charset = ""
    at = 0
    while True:
        word = _next_word(value, at)
        between = value[at : word[0] if word else len(value)]
        if pending and (word is None or between.strip(b" \t\r\n") or word[2].lower() != charset.lower()):
            yield charsets.decode(_joined(pending), charset, hint)
            pending = []
            if word and not between.strip(b" \t\r\n"):
                between = b""
        elif pending:
            between = b""
        if between:
            yield charsets.decode(between, "", hint)
        if word is None:
            return
        _, at, charset, how, data = word
        if pending and pending[-1][0] == how and _CUT_OFF[how].search(pending[-1][1]):
            data = pending.pop()[1] + data
        pending.append((how, data))


def charset_of_words(value: bytes) -> str:
    """Return the charset of the first encoded word of a field, "" for none."""
    word = _next_word(value, 0) if b"=?" in value else None
    return word[2] if word else ""


def _joined(words: list[tuple[bytes, bytes]]) -> bytes:
    return b"".join(transfer.base64(data) if how == b"b" else transfer.q(data) for how, data in words)


def _next_word(value: bytes, start: int) -> tuple[int, int, str, bytes, bytes] | None:
    """Return (start, end, charset, b"b" or b"q", encoded text) of the next encoded word, None for none."""
    at = value.find(b"=?", start)
    while at >= 0:
        second = value.find(b"?", at + 2, at + 80)
        match = _HOW.match(value, second) if second > at + 2 else None
        if match:
            end = value.find(b"?=", match.end())
            charset = value[at + 2 : second].partition(b"*")[0].decode("ascii", "replace").strip()
            if end < 0 and charsets.lookup(charset):
                # Cut off with the field, or its end forgotten: it goes as far as the next blank.
                blank = _BLANK.search(value, match.end())
                after = blank.start() if blank else len(value)
                return at, after, charset, match[1].lower(), _HALF.sub(b"", value[match.end() : after])
            if end >= 0:
                return at, end + 2, charset, match[1].lower(), value[match.end() : end]
        at = value.find(b"=?", at + 2)
    return None


def parameters(value: bytes, hint: str = "") -> tuple[str, dict[str, str]]:
    """Return what a Content-Type or Content-Disposition says, and its parameters by lower-cased name.

    RFC 2231 pieces are joined and decoded, RFC 2047 words decoded although they are
    not allowed there. `boundary` is kept byte for byte, as Latin-1.
    """
    # All mail shares a few dozen of them: "text/plain; charset=utf-8".
    if len(value) > MAX_COMMON or not value.isascii():
        return _parameters(value, hint)
    kind, pairs = _common(value, hint)
    return kind, dict(pairs)


@lru_cache(maxsize=512)
def _common(value: bytes, hint: str) -> tuple[str, dict[str, str]]:
    return _parameters(value, hint)


def _parameters(value: bytes, hint: str) -> tuple[str, dict[str, str]]:
    text = value.decode("latin-1")
    kind = _TYPE.match(text)
    word = kind or _WORD.match(text)
    at = word.end() if word else 0
    media_type = (
        f"{kind[1]}/{kind[2]}" if kind else word[1] if word else clean(text.partition(";")[0].strip(' "'))
    )
    pieces: dict[str, list[tuple[int, bool, str]]] = {}
    # The semicolon before the first parameter is often a blank or a comma.
    for count, match in enumerate(_PARAM.finditer(";" + text[at:].lstrip(' \t,>"'))):
        if count >= MAX_PARAMS:
            break
        name, number, star, quoted, bare = match.groups()
        piece = _ESCAPED.sub(r"\1", quoted) if quoted is not None else bare.strip(' \t\r\n"')
        if len(piece) > 1 and piece[0] == piece[-1] == "'" and name.lower() != "boundary":
            piece = piece[1:-1]
        pieces.setdefault(name.lower(), []).append((int(number or 0), bool(star), piece))
    return media_type.lower(), {name: _parameter(name, parts, hint) for name, parts in pieces.items()}


def _parameter(name: str, pieces: list[tuple[int, bool, str]], hint: str) -> str:
    extended = [p for p in pieces if p[1]]
    if name == "boundary" and not extended:
        return "".join(piece for _, _, piece in sorted(pieces, key=lambda p: p[0])).rstrip()
    if extended and len({p[0] for p in pieces}) < len(pieces):
        # Both `name` and `name*` are there for old readers: the extended one is meant (RFC 6266 section 4.3).
        pieces = extended
    charset = ""
    out = b""
    seen: set[int] = set()
    for number, star, piece in sorted(pieces, key=lambda p: p[0]):
        if number in seen:
            continue
        seen.add(number)
        if star:
            if number == 0 and piece.count("'") >= 2:
                charset, _, piece = piece.split("'", 2)
            out += unquote_to_bytes(piece.encode("latin-1"))
        else:
            out += piece.encode("latin-1")
    if name == "boundary":
        return out.decode("latin-1")
    if b"%" in out and name in ("filename", "name") and not extended:
        # The form of RFC 2231 without its star, or a name as it stands in an address.
        unstarred = _UNSTARRED.fullmatch(out)
        plain = unquote_to_bytes(unstarred[2] if unstarred else out)
        if unstarred and charsets.lookup(unstarred[1].decode("ascii")):
            return clean(charsets.decode(plain, unstarred[1].decode("ascii"), hint))
        if not plain.isascii() and out.isascii() and _is_utf8(plain):
            return clean(plain.decode("utf-8"))
    if extended and b"=?" not in out:
        return clean(charsets.decode(out, charset, hint))
    return decode(out, hint)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
