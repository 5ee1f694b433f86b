"""Bytes to leaves: where each MIME part begins and ends. The only home of flanker.

Our own scan is the first tree: it walks bytes by searching for delimiters, copies
only leaves, and tells apart what real mail gets wrong (blanks after a delimiter,
missing ends, wrong boundary parameters). A 270 KB mail takes it 0.3 ms; the
standard library's parser, which looks at every line, 8 ms. When the first tree
looks wrong, flanker's scanner makes the second, on Latin-1 text, so that bytes
survive; the tree with more leaves is taken.
"""

import logging
import re
import warnings
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from intake.desk.message import NO_FROM
from intake.mail import delimiters, headers, odd_lines, transfer
from intake.mail.gate import MAX_DEPTH, MAX_PARTS
from intake.mail.headers import RawField

# flanker copies a mail several times (471 MB for one of 34 MB) and takes 10 us for every line that
# might be a delimiter (4 s for 400,000): no second tree above these.
MAX_FLANKER_BYTES = 1024 * 1024
MAX_FLANKER_LINES = 5_000

# Every level of multiparts is searched once more. Real mail nests five deep; a mail made for it would be
# searched fifty times, so all levels together search so many times its size, small mail as often as it likes.
MAX_SEARCHED = 10
FREE_BYTES = 32 * 1024 * 1024

# Where the first part of a multipart begins that says another boundary than it has.
MAX_PREAMBLE = 64 * 1024

_MAIN_TYPES = {"text", "image", "audio", "video", "application", "message", "multipart", "font", "model"}
# A body that begins with a delimiter and the header of a part; a line for old readers may stand before it.
_FIRST_PART = re.compile(
    rb"\s{0,20}(?:[^\n]{0,100}\bMIME\b[^\n]{0,100}\n\s{0,20})?--([^\s][^\r\n]{0,99})\r?\n"
    rb"content-(?:type|transfer-encoding|disposition):",
    re.IGNORECASE,
)
# A body that begins with fields of a header, their type among them; nothing but such a type in it.
_MORE_FIELDS = re.compile(
    rb"(\s{0,20})(?:mime-version|content-[a-z-]{2,20}|x-[a-z-]{2,20}|from|to|b?cc|subject|date|reply-to"
    rb"|message-id|errors-to|importance|organization):[^\n]*\n"
    rb"(?:[!-9;-~]{1,60}:[^\n]*\n|[ \t][^\n]*\n)*+(?:\r?\n|\Z)",
    re.IGNORECASE,
)
_A_TYPE = re.compile(
    rb"\s*(?:text|multipart|image|audio|video|application|message)/[a-z0-9.+*-]{1,80}\s*(?:;.*)?",
    re.IGNORECASE,
)
# The fields that name whom a server delivered to.
DELIVERED = ("delivered-to", "x-original-to", "x-envelope-to", "envelope-to", "x-rcpt-to")
# What servers write on the way, and a sender's body cannot.
_SERVERS = ("authentication-results", "arc-", "received", "return-path", "dkim-", *DELIVERED)
MAX_TOP = 2048  # so far either is looked for
UNDECLARED = re.compile(rb"\n--([^\r\n]{1,100})\r?\n(?=content-[a-z-]{1,40}:)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Leaf:
    """A part without parts: its header, and its body as it came, transfer encoding and all.

    `group` numbers the multipart/alternative around it (the outermost one), 0 for none.
    """

    fields: list[RawField]
    media_type: str
    params: dict[str, str]
    body: bytes = field(repr=False)
    within: str = ""
    depth: int = 0
    group: int = 0


@dataclass(slots=True)
class Tree:
    """What a scan found: the fields, the leaves in their order, what was wrong, a multipart's charset."""

    fields: list[RawField] = field(default_factory=list)
    leaves: list[Leaf] = field(default_factory=list)
    body_start: int = 0
    defects: list[str] = field(default_factory=list)
    doubtful: bool = False
    groups: int = 0
    searched: int = 0
    charset: str = ""


def scan(raw: bytes) -> Tree:
    """Return the better of two trees of `raw`, which must have passed the gate."""
    tree = own(raw)
    if not tree.leaves and raw[tree.body_start : tree.body_start + 4096].strip():
        tree.doubtful = True
    if tree.doubtful and len(raw) <= MAX_FLANKER_BYTES and raw.count(b"\n--") <= MAX_FLANKER_LINES:
        leaves = second(raw)
        if leaves is not None and len(leaves) > len(tree.leaves):
            tree.leaves = leaves
            tree.defects.append("the structure was read by the second parser")
    return tree


def head(raw: bytes) -> tuple[list[RawField], int]:
    """Return the message's own fields and where its body begins; a byte order mark, blank lines
    and an mbox line before it are passed over."""
    return _top(raw)[:2]


def _top(raw: bytes) -> tuple[list[RawField], int, int]:
    start = 3 if raw[:3] == b"\xef\xbb\xbf" else 0
    start += len(raw[start : start + 1024]) - len(raw[start : start + 1024].lstrip(b"\r\n"))
    fields, body, above = _header(raw, start, len(raw))
    return odd_lines.believed(fields), body, above


def _header(raw: bytes, start: int, end: int) -> tuple[list[RawField], int, int]:
    """Return the fields at raw[start:end], where the body begins, and how many stand above the empty line.

    Scripts that end a line twice put an empty one into the header: where the type comes only below
    it, the fields go on there.
    """
    fields, body = headers.read(raw, start, end)
    match = _MORE_FIELDS.match(raw, body, min(end, body + MAX_TOP))
    above = len(fields)
    if not match:
        return fields, body, above
    more, after = headers.read(raw, match.end(1), end)
    # Our own server looked through the header alone, and took out of it what pretends to be its word.
    more = [field for field in more if not field[0].startswith(_SERVERS)]
    names = {name for name, _ in more}
    kind = headers.first(more, "content-type")
    known = {name for name, _ in fields if name not in ("", "received")}
    if "content-type" in known:
        # Of a header that has its type, only what else is said of a part may follow.
        meant = "content-transfer-encoding" in names and all(name.startswith("content-") for name in names)
    else:
        meant = bool(kind and _A_TYPE.fullmatch(kind))
    return (fields + more, after, above) if meant and not names & known else (fields, body, above)


def own(raw: bytes) -> Tree:
    """Return the tree our own scan sees. Linear in size times nesting (at most MAX_DEPTH)."""
    tree = Tree()
    tree.fields, tree.body_start, above = _top(raw)
    if any(name == "from" for name, _ in tree.fields[above:]):
        # It may be who wrote the mail; but no server looked for them there, so it proves nothing.
        tree.defects.append(NO_FROM)
    _part(tree, raw, tree.fields, tree.body_start, len(raw), "", 0, 0)
    return tree


def _part(
    tree: Tree, raw: bytes, fields: list[RawField], start: int, end: int, within: str, depth: int, group: int
) -> None:
    if "" in dict(fields):
        tree.defects.append("a line in a header is no field")
    kinds = headers.every(fields, "content-type")
    media_type, params, kinds = _type(kinds, raw, start, end, within)
    if not media_type.startswith("multipart/"):
        tree.leaves.append(Leaf(fields, media_type, params, raw[start:end], within, depth, group))
        return
    tree.charset = tree.charset or params.get("charset", "")
    tree.searched += end - start
    tired = tree.searched > max(FREE_BYTES, MAX_SEARCHED * len(raw))
    if tired or depth >= MAX_DEPTH or len(tree.leaves) >= MAX_PARTS:
        tree.defects.append("parts nested too deep were left together")
        tree.leaves.append(Leaf(fields, "application/octet-stream", {}, raw[start:end], within, depth, group))
        return
    boundary = params.get("boundary", "").encode("latin-1", "replace")
    spans = delimiters.spans(raw, start, end, boundary) if boundary else []
    if not spans and boundary:
        # The two dashes were taken for a part of the name, or forgotten.
        spans = delimiters.spans(raw, start, end, boundary, b"")
    if not spans:
        encoding = headers.first(fields, "content-transfer-encoding") or b""
        if encoding.lower().startswith(b"base64") and depth < MAX_DEPTH:
            # RFC 2045 section 6.4 forbids it; some gateways do it all the same.
            content = b"\n" + transfer.decode(raw[start:end], encoding)
            rest = [header for header in fields if header[0] != "content-transfer-encoding"]
            return _part(tree, content, rest, 1, len(content), within, depth, group)
        guessed = UNDECLARED.search(raw, max(0, start - 1), min(end, start + MAX_PREAMBLE))
        if guessed:
            tree.defects.append("a multipart whose parts are divided by another boundary than it says")
            spans = delimiters.spans(raw, start, end, guessed[1].rstrip())
    if not spans:
        if raw[start:end].strip():
            tree.doubtful = True
            tree.defects.append("a multipart whose boundary is missing or never occurs")
            tree.leaves.append(Leaf(fields, "text/plain", params, raw[start:end], within, depth, group))
        return
    if media_type == "multipart/alternative" and not group:
        tree.groups += 1
        group = tree.groups
    preamble = raw[start : spans[0][0]][:MAX_PREAMBLE] if len(kinds) > 1 else b""
    if preamble.strip() and b"mime" not in preamble.lower():
        # Two headers run together: what looks like a preamble is the first part's body.
        own_fields = [("content-type", kinds[1]), *(f for f in fields if f[0] != "content-type")]
        first_end = raw.rfind(b"\n", start, max(start, spans[0][0] - 1)) + 1
        _part(tree, raw, own_fields, start, max(start, first_end), media_type, depth + 1, group)
    first_leaf = len(tree.leaves)
    for at, stop in spans:
        if len(tree.leaves) >= MAX_PARTS:
            tree.defects.append(f"only the first {MAX_PARTS} parts were read")
            return
        inner, body = (
            headers.read(raw, at, stop) if media_type == "multipart/digest" else _header(raw, at, stop)[:2]
        )
        _part(tree, raw, inner, min(body, stop), stop, media_type, depth + 1, group)
    if not depth and not any(leaf.media_type.startswith("text/") for leaf in tree.leaves):
        # Nothing else is written: then what stands above the parts is not for old readers only.
        above = raw[start : spans[0][0]][:MAX_PREAMBLE]
        above = above[: above.rfind(b"\n", 0, max(0, len(above) - 1)) + 1].strip()
        if above and b"mime" not in above.lower():
            tree.leaves.insert(first_leaf, Leaf([], "text/plain", {}, above, media_type, 1, 0))


def _type(
    kinds: list[bytes], raw: bytes, start: int, end: int, within: str
) -> tuple[str, dict[str, str], list[bytes]]:
    """Return what a part is, its parameters, and those of its Content-Types that are still to be read."""
    media_type, params = headers.parameters(kinds[0]) if kinds and kinds[0] else ("", {})
    if len(kinds) > 1 and not media_type.startswith("multipart/"):
        # A script added its own type to one that has parts: if they are there, they are meant.
        other, more = headers.parameters(kinds[1])
        named = more.get("boundary", "").encode("latin-1", "replace")
        if other.startswith("multipart/") and named and raw.find(b"\n--" + named, start - 1, end) >= 0:
            media_type, params, kinds = other, more, []
    media_type = _usual(media_type, params, within)
    if not media_type.startswith("multipart/"):
        boundary = _disowned(media_type, params, raw, start, end)
        if boundary:
            media_type = _kind_of(raw, delimiters.spans(raw, start, end, boundary))
            params = {"boundary": boundary.decode("latin-1")}
    return media_type, params, kinds


def _usual(media_type: str, params: dict[str, str], within: str) -> str:
    """Return the media type that an unusual one stands for."""
    main, slash, sub = media_type.partition("/")
    if within and sub in ("x-amp-html", "watch-html"):
        return media_type  # the same words once more, for readers that we are not
    if "html" in media_type and (not within or within == "multipart/alternative" or not slash):
        return "text/html"
    if main in _MAIN_TYPES and slash:
        if main != "text" or sub in ("plain", "html"):
            return media_type
        return "text/html" if sub in ("htm", "x-html", "xhtml") else media_type
    if main == "multipart":
        return "multipart/mixed"
    if not media_type or media_type in ("text", "plain", "plain/text") or not slash:
        if within == "multipart/digest" and not media_type:
            return "message/rfc822"
        return "application/octet-stream" if params.get("name") and media_type != "text" else "text/plain"
    # A mail that is one part of a type that nobody knows is its text.
    return "text/plain" if not within and not params.get("name") else media_type


def _disowned(media_type: str, params: dict[str, str], raw: bytes, start: int, end: int) -> bytes:
    """Return the boundary of a body made of parts whose type does not say so, b"" for any other body.

    The type's own parameter names it; or there is no type, and the body begins with a delimiter.
    """
    if not media_type.startswith("text/") or not (params.get("boundary") or not params):
        return b""
    match = _FIRST_PART.match(raw, start, min(end, start + MAX_TOP))
    if not match:
        return b""
    boundary = match[1].rstrip()
    named = params.get("boundary", "").encode("latin-1", "replace")
    close = b"\n--" + boundary + b"--"
    at = raw.find(close, start, end)
    # Without a name for it, it may be somebody's sample, and words below it are theirs.
    ended = boundary == named or (at >= 0 and not raw[at + len(close) : end].strip())
    return boundary if ended else b""


def _kind_of(raw: bytes, spans: list[tuple[int, int]]) -> str:
    """Return the multipart type of parts that nobody named: a text and its HTML are alternatives."""
    kinds = [headers.first(headers.read(raw, at, stop)[0], "content-type") or b"" for at, stop in spans[:3]]
    pair = [headers.parameters(kind)[0] for kind in kinds] == ["text/plain", "text/html"]
    return "multipart/alternative" if pair else "multipart/mixed"


def second(raw: bytes) -> list[Leaf] | None:
    """Return the leaves flanker sees, None when it gives up or sees nothing.

    flanker is a scanner of positions here: on Latin-1 text its bodies are the bytes as
    they came, while from bytes it guesses one charset for the whole mail and breaks files.
    """
    try:
        root = _flanker()[0].from_string(raw.decode("latin-1"))
        return _flanker_leaves(root, "", 0) if root is not None else None
    except Exception as err:  # it has six kinds, RecursionError and AttributeError among them
        logging.getLogger(__name__).debug("no second tree: %s", type(err).__name__)
        return None


def _flanker_leaves(part: Any, within: str, depth: int) -> list[Leaf] | None:
    out: list[Leaf] = []
    groups = 0
    waiting = [(part, within, depth, 0)]
    while waiting and len(out) < MAX_PARTS:
        node, parent, level, group = waiting.pop()
        media_type = str(node.content_type).lower()
        if node.content_type.is_multipart():
            if media_type == "multipart/alternative" and not group:
                groups += 1
                group = groups
            waiting += [(p, media_type, level + 1, group) for p in reversed(list(node.parts))]
            continue
        data = node._container.read_message().encode("latin-1", "replace")
        fields, body = headers.read(data, 0, len(data))
        declared = headers.first(fields, "content-type")
        kind, params = headers.parameters(declared) if declared else ("", {})
        if "/" not in kind:
            kind = "text/plain"
        out.append(Leaf(fields, kind, params, data[body:], parent, level, group))
    return out or None


def flanker_mailbox(text: str) -> tuple[str, str] | None:
    """Return (display name, addr-spec) of ONE raw mailbox, None when flanker reads none either.

    It accepts line breaks inside a name and lists as one name: neither is given to it.
    """
    if len(text) > 1000 or any(ord(char) < 32 and char != "\t" for char in text):
        return None
    try:
        mailbox = _flanker()[1].parse(text)
    except Exception as err:
        logging.getLogger(__name__).debug("no mailbox: %s", type(err).__name__)
        return None
    address = getattr(mailbox, "address", None)
    if not address or "@" not in address:
        return None
    return mailbox._display_name or "", address


@cache
def _flanker() -> tuple[Any, Any]:
    """Import flanker late (0.3 s, 30 MB) and keep it from writing: its log holds parts of the mail."""
    logging.getLogger("flanker.addresslib._parser.parser").disabled = True  # it warns while it is imported
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from flanker import mime
        from flanker.addresslib import address
    for name in [name for name in logging.root.manager.loggerDict if name.startswith("flanker")]:
        logging.getLogger(name).disabled = True
    return mime, address
