"""A linear look at raw bytes before any parser sees them.

The parsers of the standard library take seconds to minutes on a megabyte made
for it (a million empty parts: over 20 s; 1,000 nested parts: RecursionError).
This scan uses only searches that walk the bytes once.
"""

import re
from collections.abc import Iterator
from itertools import islice

# What the parser is ever given; the channels hold mail to [desk] max_message_mb, which ends here.
MAX_BYTES = 100 * 1024 * 1024
# Postfix header_size_limit is 100 KiB; long Received, ARC and DKIM chains need more.
MAX_HEADER_BYTES = 256 * 1024
MAX_FIELDS = 1_000
# 100 MiB of base64 at 64 characters a line (PEM's) is 1,600,000 lines.
MAX_LINES = 2_000_000
# A dump of a database may begin lines so; each costs a look whether it is a boundary.
MAX_DASHED = 100_000
# From so many on they are sought by a pattern of the boundaries declared, if these are not too many.
MANY_DASHED = 1_000
MAX_PATTERN = 20
# Postfix mime_nesting_limit is 100; nobody reads below 50.
MAX_DEPTH = 50
MAX_PARTS = 1_000
# Postfix hopcount_limit.
MAX_HOPS = 50

_HEADER_END = re.compile(rb"\n\r?\n")
_RECEIVED = re.compile(rb"(?:^|\n)received[ \t]*:", re.IGNORECASE)
# 70 characters are allowed (RFC 2046 section 5.1.1); what is longer is still told apart by its start.
_VALUE = re.compile(rb"(?:\*0?\*?)?[ \t\r\n]{0,100}=[ \t\r\n]{0,100}\"?([^\"\r\n;]{1,200})")
_DASHED = re.compile(rb"\n--([^\n]{0,300})")
_BOUNDARY = b"boundary"
_CONTAINERS = (b"message/rfc822", b"message/global")


def check(raw: bytes) -> str:
    """Return "" when `raw` may be parsed, else in plain words why not. Never raises.

    Time is linear in the size: 10 MB of anything take about 0.1 s.
    """
    if len(raw) > MAX_BYTES:
        return f"larger than {MAX_BYTES} bytes"
    if not raw or raw.isspace():
        return "empty"
    # Most mails are shorter than that, and need not be counted.
    if len(raw) > MAX_LINES and raw.count(b"\n") > MAX_LINES:
        return f"more than {MAX_LINES} lines"
    start = len(raw) - len(raw.lstrip(b"\r\n"))
    match = _HEADER_END.search(raw, start, start + MAX_HEADER_BYTES + 4)
    end = match.start() if match else min(len(raw), start + MAX_HEADER_BYTES + 1)
    if end - start > MAX_HEADER_BYTES:
        return f"a header of more than {MAX_HEADER_BYTES} bytes"
    header = raw[start:end]
    if header.count(b"\n") + 1 - header.count(b"\n ") - header.count(b"\n\t") > MAX_FIELDS:
        return f"more than {MAX_FIELDS} header fields"
    # The pattern, which ignores case, costs ten times as much as counting.
    if header.lower().count(b"received") > MAX_HOPS and len(_RECEIVED.findall(header)) > MAX_HOPS:
        return f"more than {MAX_HOPS} Received fields, which is a loop"
    return _structure(raw)


def _structure(raw: bytes) -> str:
    """Return why the MIME structure is refused: too many parts, or nested too deep."""
    # Searching a lower-cased copy is seven times as fast as a pattern that ignores case.
    low = raw.lower()
    dashed = list(islice(_DASHED.finditer(low), MANY_DASHED))
    many = len(dashed) == MANY_DASHED
    if many and low.count(b"\n--") > MAX_DASHED:
        return f"more than {MAX_DASHED} lines that begin like a boundary"
    declared = _declared(low) if dashed else set()
    open_: list[bytes] = []
    parts = 0
    for match in (_dashed(low, declared) if many else dashed) if declared else ():
        line = match[1].rstrip()
        closing = line[-2:] == b"--" and line[:-2] in declared
        if closing or line in declared:
            boundary = line[:-2] if closing else line
            parts += not closing
            if boundary in open_:
                del open_[open_.index(boundary) + (not closing) :]
            elif not closing:
                open_.append(boundary)
            if parts > MAX_PARTS:
                return f"more than {MAX_PARTS} MIME parts"
            if len(open_) > MAX_DEPTH:
                return f"MIME parts nested deeper than {MAX_DEPTH}"
    return _containers(low)


def _dashed(low: bytes, declared: set[bytes]) -> Iterator[re.Match[bytes]]:
    """Return of very many lines that may be delimiters those that are, where one pattern can tell."""
    if len(declared) > MAX_PATTERN:
        return _DASHED.finditer(low)
    some = b"|".join(re.escape(boundary) for boundary in sorted(declared, key=len, reverse=True))
    return re.finditer(rb"\n--((?:" + some + rb")(?:--)?[ \t\r\f\v]*+)(?=\n|\Z)", low)


def _declared(low: bytes) -> set[bytes]:
    """Return everything that is named as a boundary anywhere, true or not."""
    boundaries: set[bytes] = set()
    at = low.find(_BOUNDARY)
    while at >= 0:
        value = _VALUE.match(low, at + len(_BOUNDARY))
        if value:
            boundaries.add(value[1].strip())
        at = low.find(_BOUNDARY, at + len(_BOUNDARY))
    return boundaries


def _containers(low: bytes) -> str:
    """Return why mails within mails are refused. No boundary need lie between them."""
    for name in _CONTAINERS if b"message/" in low else ():
        deep = last = 0
        at = low.find(name)
        while at >= 0:
            deep = deep + 1 if low.find(b"\n--", last, at) < 0 else 1
            if deep > MAX_DEPTH:
                return f"mails within mails deeper than {MAX_DEPTH}"
            last = at + len(name)
            at = low.find(name, last)
    return ""
