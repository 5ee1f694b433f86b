"""Files in uuencode, which stand in the middle of a text (POSIX, uuencode)."""

import binascii
import re

# As many files as a mail may have (attached.MAX_ATTACHMENTS): what is beyond stays text.
MAX_FILES = 100

_BEGIN = re.compile(rb"(?:^|\n)begin[ \t]+[0-7]{3,4}[ \t]+([^\r\n]{1,250})\r?\n")
_END = re.compile(rb"\n(?:`?[ \t]*\r?\n)?end[ \t]*(?:\r?\n|$)")


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
