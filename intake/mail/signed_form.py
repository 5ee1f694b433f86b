"""Whether what a signature leaves open could change how a signed mail is read. Pure.

Gmail signs neither Content-Type nor, of a mail in parts, anything else that says what the parts
are. The body is signed, so its own form must say what those fields say, and nothing else may
be made of it. See docs/decisions/0016-what-a-signature-covers.md.
"""

import re
from collections.abc import Collection

from intake.mail import headers, line_ends, structure, transfer
from intake.mail.headers import RawField

# Says nothing of how a body is read.
_HARMLESS = frozenset(("content-language", "content-length"))
_AS_IT_IS = frozenset((b"", b"7bit", b"8bit", b"binary"))
# Above it may stand a line for readers that know no MIME (Proton, Thunderbird).
_FIRST_LINE = re.compile(
    rb"\s{0,20}(?:[^\n]{0,100}\bMIME\b[^\n]{0,100}\n\s{0,20})?--([^\s][^\r\n]{0,99}?)[ \t]*\r?\n"
)
# A delimiter above the header of a part, wherever it stands.
_PARTS = re.compile(rb"(?:\A|\n)--[^\r\n]{1,100}\r?\ncontent-[a-z-]{1,40}:", re.IGNORECASE)
# A blank in the empty line below a part's header: relaxed forms (RFC 6376 section 3.4.4) let anybody put it
# there, and readers take what follows for more of the header.
_BLANKED = re.compile(
    rb"\ncontent-[a-z-]{2,40}[ \t]*:[^\n]*\n(?:[ \t]++[^\s][^\n]*\n)*+[ \t]++\r?\n", re.IGNORECASE
)
# Quoted-printable has no "=" but before a code or a line's end (RFC 2045 section 6.7), and codes above all
# what is no ASCII, the "=" itself, and lines too long; "?id=12" in a link is none.
_NO_CODE = re.compile(rb"=(?![0-9A-F]{2}|[ \t]*\r?(?:\n|\Z))")
_CODED = re.compile(rb"=(?:3D|2[03]|[89A-F][0-9A-F]|[ \t]*\r?$)", re.MULTILINE)
_BASE64 = re.compile(rb"(?:[A-Za-z0-9+/]{4})*+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
# A word of fewer letters is a word.
_SHORTEST = 16
_MARKUP = re.compile(rb"</|<(?:!doctype|html|body|div|br|p)\b", re.IGNORECASE)
_CHARSETS = frozenset(("", "utf-8", "us-ascii"))
_WRITTEN = ("text/plain", "text/html", "multipart/alternative", "multipart/related")
# What else stands beside a text and its HTML in one alternative.
_BESIDE = frozenset(("text/calendar", "text/x-amp-html", "text/watch-html"))


def left_open(raw: bytes, covered: Collection[str]) -> str:
    """Return what could have been changed so that a signed mail reads otherwise, "" for nothing.

    `covered` are the names of the fields that the signature covers, lower-cased; the body is
    covered wholly. The answer is the name of a field.
    """
    seen = line_ends.usual(raw)
    fields, start = structure.head(seen)
    there = {name for name, _ in fields}
    # A mail sent again under another Message-ID would be another mail.
    if "message-id" not in there or "message-id" not in covered:
        return "Message-ID"
    if "subject" in there and "subject" not in covered:
        return "Subject"
    for name in sorted(there):
        if name.startswith("content-") and name not in (*covered, *_HARMLESS, *_BOTH):
            return name.title()
    # A delimiter begins with the line break above it.
    body = b"\n" + seen[start:]
    if _BLANKED.search(body):
        return "the blanks below the header of a part"
    kind, params = headers.parameters(headers.first(fields, "content-type") or b"")
    encoding = (headers.first(fields, "content-transfer-encoding") or b"").strip().lower()
    if "content-type" not in covered:
        meant = kind.startswith("multipart/")
        if not (_says_parts(kind, params, body) if meant else _says_text(kind, params, encoding, body)):
            return "Content-Type"
    if "content-transfer-encoding" not in covered and not _says_encoding(kind, params, encoding, body):
        return "Content-Transfer-Encoding"
    return ""


_BOTH = ("content-type", "content-transfer-encoding")


def _says_encoding(kind: str, params: dict[str, str], encoding: bytes, body: bytes) -> bool:
    """Whether a body that is not encoded looks like what it is: an encoding is neither added nor lost."""
    if encoding not in _AS_IT_IS:
        return False
    if kind.startswith("multipart/"):
        boundary = params.get("boundary", "").encode("latin-1", "replace")
        return bool(boundary) and any(True for _ in structure.delimited(body, 0, len(body), boundary))
    quoted = _CODED.search(body) is not None and _NO_CODE.search(body) is None
    return not quoted and not _looks_encoded(body.strip().splitlines())


def _looks_encoded(lines: list[bytes]) -> bool:
    """Whether lines are base64 as programs write it: all of one length, but for the last."""
    if not lines or len(b"".join(lines)) < _SHORTEST:
        return False
    if any(len(line.rstrip()) != len(lines[0].rstrip()) for line in lines[:-1]):
        return False
    return all(_BASE64.fullmatch(line.rstrip()) for line in lines)


def _says_text(kind: str, params: dict[str, str], encoding: bytes, body: bytes) -> bool:
    """Whether a body without parts can be nothing but plain text in UTF-8."""
    if kind not in ("", "text/plain") or not params.keys() <= {"charset"}:
        return False
    if params.get("charset", "").lower() not in _CHARSETS:
        return False
    content = transfer.decode(body, encoding)
    for data in (body, content):
        if _FIRST_LINE.match(data) or _PARTS.search(data) or _MARKUP.search(data):
            return False
    try:
        return "\0" not in content.decode("utf-8")
    except UnicodeDecodeError:
        return False


def _says_parts(kind: str, params: dict[str, str], body: bytes) -> bool:
    """Whether a body begins and ends with the boundary, and its parts tell what they are together."""
    boundary = params.get("boundary", "").encode("latin-1", "replace")
    first = _FIRST_LINE.match(body)
    if not first or not boundary or first[1] != boundary or not params.keys() <= {"boundary"}:
        return False
    if body.rstrip().rpartition(b"\n")[2] != b"--" + boundary + b"--":
        return False
    spans = list(structure.delimited(body, 0, len(body), boundary))
    if not spans or body.count(b"\n--" + boundary + b"--") != 1:
        return False
    parts = [headers.read(body, at, stop)[0] for at, stop in spans[:100]]
    return len(spans) <= len(parts) and kind in _kinds(parts)


def _kinds(parts: list[list[RawField]]) -> tuple[str, ...]:
    """Return what parts can be together; () where they leave it open."""
    kinds = [headers.parameters(headers.first(fields, "content-type") or b"")[0] for fields in parts]
    shown = [headers.parameters(headers.first(fields, "content-disposition") or b"") for fields in parts]
    files = [
        disposition in ("attachment", "inline") and bool(more.get("filename")) for disposition, more in shown
    ]
    if not any(disposition for disposition, _ in shown):
        pair = [fields for fields in kinds if fields not in _BESIDE]
        if pair in (["text/plain", "text/html"], ["text/plain", "multipart/related"]):
            return ("multipart/alternative",)
    if kinds[0] in _WRITTEN and not shown[0][0] and all(files[1:]):
        return "multipart/mixed", "multipart/related"
    return ()
