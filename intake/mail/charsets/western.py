"""Whether a text labelled iso-8859-1 or windows-1252 is in it, however few words it has.

Its letters beyond ASCII may be all there is: "äöü", a password, the first test of a mail server. To a
detector they look like the words of another script.
"""

import re
from itertools import pairwise

from intake.mail.charsets import plausible
from intake.mail.charsets.latin import latin

# The letters beyond ASCII of a language, or of some that have them alike.
_ALPHABETS = tuple(
    map(
        frozenset,
        (
            "äöüßéàè",  # German, and the French words in it
            "àâäæçèéêëîïôœùûüÿ",  # French
            "åäöæøéüšž",  # of the North, Estonian but for its õ
            "áðéíóúýþæöø",  # Icelandic, Faroese
            "áéíóúüñ",  # Spanish, Irish
            "áâãàçéêíóôõúü",  # Portuguese
            "àèéìòù",  # Italian
            "àçèéíïòóúüñ",  # Catalan
            "éëïóöüèê",  # Dutch
            "äöüõšž",
            "áäéíóôúýšž",  # Slovak, as far as it is in it
        ),
    )
)
# Below them are signs: half of what East Asian charsets and Thai are made of.
_FIRST_LETTER = 0xC0
_LETTERS_OF_1252 = {0x8A: "š", 0x8C: "œ", 0x8E: "ž", 0x9A: "š", 0x9C: "œ", 0x9E: "ž", 0x9F: "ÿ"}
# Quotes and dashes stand beside letters, and what begins a question or follows a number; no other sign does.
_SIGN = rb"\x80-\x83\x86-\x89\x8d\x8f\x90\x98\x99\x9d\xa2-\xaa\xac-\xb9\xbc-\xbe\xd7\xf7"
_LETTER = rb"\x8a\x8c\x8e\x9a\x9c\x9e\x9f\xc0-\xff"
_SIGN_INSIDE = re.compile(
    rb"[%b](?:[%b]|[\xa1\xba\xbf][%b])|[%b][%b]|[\xa1-\xbf]{2}[%b]"
    % (_LETTER, _SIGN, _LETTER, _SIGN, _LETTER, _LETTER)
)
# Lead bytes of Japanese, which no Western text has: "ƒ", "ˆ", daggers.
_LEADS = b"\x81\x83\x86\x87\x88\x8d\x8f\x90\x98\x9d"
_ASCII = bytes(range(0x80))
_CONTROL = re.compile(rb"[\x01-\x08\x0e-\x1f]")
# The letters that make up more than half of what is written in Russian, Greek, Hebrew and Arabic.
_FREQUENT = frozenset("оеаинтсрвлкмпуαοιετνσηυρπκςיוהלארשתבמاليمنتروبه")
# A text of fewer letters, among them fewer different ones, may be anything.
MIN_DIFFERENT = 3
# More letters than that are no test of a few.
MANY = 40
# Characters of two bytes, none of which is a sign of Windows-1252: no Chinese has so many of them.
MAX_WITHOUT_SIGNS = 3
# No language has more letters and signs than that, small and large.
MAX_DIFFERENT = 60
# So many lines are looked at one by one.
MAX_LINES = 200


def of_one_language(data: bytes) -> bool:
    """Whether all letters beyond ASCII, read as Windows-1252, are those of one of its languages."""
    different = set(data.translate(None, _ASCII))
    if len(different) > MAX_DIFFERENT:
        return False
    letters = {_LETTERS_OF_1252.get(byte, "") for byte in different if byte < 0xA0} - {""}
    letters |= {chr(byte).lower() for byte in different if byte >= _FIRST_LETTER}
    if not any(letters <= alphabet for alphabet in _ALPHABETS):
        return False
    return different.isdisjoint(_LEADS) and not _SIGN_INSIDE.search(data)


def convincing(data: bytes, guessed: str) -> bool:
    """Whether a reading in another charset is surely better than that in Windows-1252."""
    letters = [char for char in guessed[: plausible.SAMPLE].lower() if not char.isascii() and char.isalpha()]
    if not letters or len(letters) > MANY or min(letters) < "\u0370" or _SIGN_INSIDE.search(data):
        return True
    if max(letters) >= "\u2e80":
        return min(data.translate(None, _ASCII)) < _FIRST_LETTER or len(letters) <= MAX_WITHOUT_SIGNS
    in_order = sum(ord(after) - ord(before) == 1 for before, after in pairwise(letters))
    if 2 * in_order >= len(letters):
        return False  # an alphabet, as it stands in a table
    frequent = [char for char in letters if char in _FREQUENT]
    return 2 * len(frequent) >= len(letters) and len(set(frequent)) >= MIN_DIFFERENT


def own_lines(data: bytes) -> list[bool]:
    """Return of each line of a text whether it may be Windows-1252 among others; [] where none is.

    An answer in Latin-1 stands above a quote that came raw: each line is somebody's.
    """
    lines = data.split(b"\n")
    if len(lines) < 2 or _CONTROL.search(data, 0, plausible.SAMPLE):
        return []  # of one hand, or noise
    own = [_is_own(line) for line in lines[:MAX_LINES]]
    return own + [False] * (len(lines) - len(own)) if any(own) else []


def _is_own(line: bytes) -> bool:
    if line.isascii() or not of_one_language(line):
        return False
    words = latin(line)
    return words.replace("\t", " ").rstrip("\r").isprintable() and not plausible.faults(words, "cp1252")
