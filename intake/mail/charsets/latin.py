"""Text in a Latin charset of one byte a letter: Windows-1252, or a neighbour of it told by the words.

What is labelled iso-8859-1, or not at all, may be Polish or Turkish all the same.
"""

import codecs
import re

from intake.desk.text.language import MAX_TEXT, detect
from intake.mail.charsets import plausible

# As much of a text as the detector sees, of its lines that are not ASCII: it takes 1 ms for a kilobyte, and
# is more often wrong where the telling lines stand among many of HTML or English.
SAMPLE_BYTES = 2_000
# They are sought in so much of it.
SEARCHED_BYTES = 20_000

_LATIN = "".join(bytes((b,)).decode("cp1252", "ignore") or chr(b) for b in range(256))
_ASCII = bytes(range(0x80))
# ASCII, typography, and the letters of Polish in ISO-8859-2 and in Windows-1250, which has six elsewhere.
_POLISH = _ASCII + (
    b"\x84\x85\x91\x92\x93\x94\x96\x97\xa0\xab\xbb\xb3\xbf\xc6\xca\xd1\xd3\xe6\xea\xf1\xf3\xa3\xaf\xb1\xb6\xbc"
    b"\xa1\xa6\xac\xb9\x9c\x9f\xa5\x8c\x8f"
)
_POLISH_WORD = re.compile("[a-z][ąćęłńśźż]|[ąćęłńśźżŁŚŹŻĆ][a-z]")
_OEUVRE = re.compile(rb"\x9cu|\x8c[uU]")
_NOT_1250 = bytes(byte for byte in range(256) if byte not in b"\xb9\x9c\x9f\xa5\x8c\x8f")


def latin(data: bytes) -> str:
    """Return bytes as Windows-1252, its five holes as Latin-1: every byte has a meaning."""
    return codecs.charmap_decode(data, "strict", _LATIN)[0]


def other_latin(data: bytes) -> str:
    """Return the codec of a Latin charset other than Windows-1252 by the words in it, "" for none."""
    beyond = data.translate(None, _ASCII)
    if not beyond.translate(None, _POLISH):
        codec = "cp1250" if beyond.translate(None, _NOT_1250) else "iso8859_2"
        lines = telling(data).decode(codec, "replace")
        top = data[:MAX_TEXT]
        # "ñ" and "ó" are letters of Spanish, too, and "œ" is one of French.
        if _POLISH_WORD.search(lines) and detect(top.decode(codec, "replace")) == "pl":
            return "" if detect(latin(top)) == "es" or _OEUVRE.search(top) else codec
    letters = latin(beyond)
    if plausible.turkish(letters):
        return "cp1254"
    if plausible.turkish(letters, 1) and detect(data[:MAX_TEXT].decode("cp1254", "replace")) == "tr":
        return "cp1254"
    return ""


def surely_other(data: bytes) -> bool:
    """Whether letters and words both tell Polish or Turkish, this by a letter that Lithuanian has not."""
    other = other_latin(data)
    language = detect(data[:MAX_TEXT].decode(other, "replace")) if other else ""
    return language == "pl" or (language == "tr" and b"\xfd" in data)


def by_words(data: bytes) -> str:
    """Return bytes as the Latin charset that their words are in, Windows-1252 when they tell none."""
    other = other_latin(data)
    return data.decode(other, "replace") if other else latin(data)


def telling(data: bytes) -> bytes:
    """Return the lines that tell of the charset, those that are not ASCII, up to SAMPLE_BYTES of them."""
    if len(data) <= SAMPLE_BYTES:
        return data
    out: list[bytes] = []
    room = SAMPLE_BYTES
    for line in data[:SEARCHED_BYTES].splitlines(keepends=True):
        if not line.isascii():
            out.append(line[:room])
            room -= len(line)
            if room <= 0:
                break
    return b"".join(out) or data[:SEARCHED_BYTES]
