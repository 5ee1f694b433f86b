"""Text encoded twice in UTF-8: a script took the bytes of "ü" for two letters of Latin-1 and encoded each."""

import re

from intake.mail.charsets.latin import latin

# A letter beyond ASCII in two: the first of Latin-1, the second of Latin-1's or Windows-1252's signs.
_MAY_BE = re.compile(rb"\xc3[\x82-\xb4](?:\xc2[\x80-\xbf]|\xc5[\x92\x93\xa0\xa1\xb8\xbd\xbe]|[\xc6\xcb\xe2])")
_INSIDE = re.compile(r"[A-Za-z][^\x00-\x7f]|[^\x00-\x7f][A-Za-z]")
# Fewer letters that stand alone may be somebody's sample of such a text.
MIN_ALONE = 4
_BYTES = {ord(char): code for code, char in enumerate(latin(bytes(range(256)))) if code >= 0x80}
_BYTES |= {code: code for code in range(0x80, 0xA0)}


def repaired(data: bytes, text: str) -> str:
    """Return `text`, decoded from the UTF-8 `data`, as it was before it was encoded twice; else as it is.

    Every letter of it must have been: a text that shows what went wrong beside what is right stays.
    """
    if not _MAY_BE.search(data):
        return text
    try:
        once = text.translate(_BYTES).encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text
    beyond = len(once) - len(once.encode("ascii", "ignore"))
    return once if _INSIDE.search(once) or beyond >= MIN_ALONE else text
