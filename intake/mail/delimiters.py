"""The lines that divide the parts of a multipart (RFC 2046 section 5.1.1), as they are really written."""

import re
from collections.abc import Iterator
from itertools import islice

from intake.mail.gate import MAX_PARTS

# What only begins like a delimiter is passed over one by one, and from so many on by a pattern made for it.
MAX_LOOKALIKES = 50
# So much white space stands below the last one.
MAX_BELOW = 200

# Possessive, for each of many lines of blanks would be tried a thousand times.
_REST = re.compile(rb"[ \t]{0,100}+(--)?+[ \t\r]{0,100}+(?:\n|\Z)")


def spans(raw: bytes, start: int, end: int, boundary: bytes, dashes: bytes = b"--") -> list[tuple[int, int]]:
    """Return those of `delimited` that are read: what was in base64 has not passed the gate."""
    return list(islice(delimited(raw, start, end, boundary, dashes), MAX_PARTS + 1))


def delimited(
    raw: bytes, start: int, end: int, boundary: bytes, dashes: bytes = b"--"
) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of each part between delimiter lines, the line break before one excluded.

    Blanks may follow a delimiter (RFC 2046 section 5.1.1); the last part may lack its end; parts
    after the end are parts all the same, so that nothing written is lost.
    """
    marker = b"\n" + dashes + boundary
    size = len(marker)
    line: re.Pattern[bytes] | None = None
    lookalikes = 0
    began = -1
    # The line break before the first delimiter may belong to the header above it.
    at = raw.find(marker, max(0, start - 1), end)
    while at >= 0:
        match = _REST.match(raw, at + size, end)
        if not match:
            lookalikes += 1
            if lookalikes < MAX_LOOKALIKES:
                at = raw.find(marker, at + 1, end)
                continue
            line = line or re.compile(re.escape(marker) + _REST.pattern)
            match = line.search(raw, at, end)
            if not match:
                break
        at = match.start() - (size if match.re is _REST else 0)
        if began >= 0:
            stop = at - 1 if raw[at - 1 : at] == b"\r" else at
            yield began, max(began, stop)
        began = -1 if match[1] else min(end, match.end())
        # The line break behind a delimiter may stand before the next one.
        at = raw.find(marker, max(at + 1, match.end() - 1), end)
    if 0 <= began < end:
        yield began, _closed_by_half(raw, began, end, marker)


def _closed_by_half(raw: bytes, start: int, end: int, marker: bytes) -> int:
    """Return where the last part ends: at a closing delimiter as its last line that lost a dash, if any."""
    first = max(start, end - len(marker) - MAX_BELOW)
    text = raw[first:end].rstrip()
    if not text.endswith(marker + b"-"):
        return end
    at = first + len(text) - len(marker) - 1
    return at - 1 if at > start and raw[at - 1] == 0x0D else at
