"""Lines that end as no mail's should, made to end in "\\n" or "\\r\\n" before anything is read.

They come from scripts that end a line twice, from old Macs and from gateways that
changed one half of a line's end.
"""

import re

# By its first bytes it is told how a mail ends its lines.
TOP = 4096

# Four fields, each with an empty line below it: the fields of a header follow one another.
_DOUBLED = re.compile(rb"(?:[!-9;-~]{1,60}:[^\r\n]*+(?:(?:\r?\n){1,2}[ \t][^\r\n]*+)*+\r?\n\r?\n){4,}+")
# A field and the next one, with nothing but a CR between them.
_BARE_CR = re.compile(rb"[!-9;-~]{1,60}:[^\r\n]*+\r(?:[!-9;-~]{1,60}:|[ \t])")
_LF_CR = re.compile(rb"[^\r]\n\r[^\r\n]")
# The same among others, and not the empty line of "\r\n\r\n".
_A_LF_CR = re.compile(rb"(?<!\r)\n\r(?!\n)")
_ANY_EMPTY_LINE = re.compile(rb"(?:\r\n|\n\r(?!\n)|\n|\r){2}")
_EMPTY_LINE = re.compile(rb"\r?\n\r?\n")


def usual(raw: bytes) -> bytes:
    """Return `raw` with usual line ends; nearly every mail is returned as it is. Linear."""
    top = raw[:TOP].lstrip(b"\r\n")
    if b"\r" in top:
        if top.count(b"\r\r\n") > top.count(b"\n") // 2:
            return raw.replace(b"\r\r\n", b"\r\n")
        if _BARE_CR.match(top):
            end = _end_of_header(raw)
            return _with_lf(raw[:end]) + (raw[end:] if _has_own_ends(raw, end) else _with_lf(raw[end:]))
        first = top.find(b"\n")
        if first > 0 and _LF_CR.match(top, first - 1):
            if top.count(b"\r\n") > top.count(b"\n") // 2:
                end = _end_of_header(raw)
                return _A_LF_CR.sub(b"\n", raw[:end]) + raw[end:]
            return raw.replace(b"\n\r", b"\n")
    if b"\n\n" in top or b"\n\r\n" in top:
        doubled = _DOUBLED.match(raw, len(raw[:TOP]) - len(top), TOP * 16)
        if doubled:
            return _undoubled(raw, doubled.end())
    return raw


def _end_of_header(raw: bytes) -> int:
    """Return where the empty line ends that ends a header, its lines ended in any way."""
    empty = _ANY_EMPTY_LINE.search(raw)
    return empty.end() if empty else len(raw)


def _has_own_ends(raw: bytes, start: int) -> bool:
    """Whether a body's lines end in "\\n" or "\\r\\n": a slip in its header changes none of its files."""
    return 2 * raw.count(b"\n", start) > raw.count(b"\r", start) - raw.count(b"\r\n", start) + 1


def _with_lf(lines: bytes) -> bytes:
    return lines.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _undoubled(raw: bytes, end: int) -> bytes:
    """Return a mail without the empty line below each line: of all of it, or of its header alone."""
    # To replace is twenty times as fast as a pattern, where every line has one.
    plain = raw.replace(b"\r\n", b"\n")
    if 2 * plain.count(b"\n\n") >= plain.count(b"\n") - 2:
        return plain.replace(b"\n\n", b"\n")
    return _EMPTY_LINE.sub(b"\n", raw[:end]) + b"\n" + raw[end:].lstrip(b"\r\n")
