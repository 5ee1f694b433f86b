"""The part in which Gmail sends an emoji reaction: JSON with an emoji and a version.

The format is that of "Email reactions" in the Gmail documentation; a reaction by RFC 9078 is a text of
emojis instead, whose Content-Disposition says so.
"""

import json
import re
import unicodedata

# The part is some forty bytes.
MAX_JSON = 2_000
# Emojis of several people and their skin are long; so many of them are one sign.
MAX_SIGN = 40

GMAIL = "text/vnd.google.email-reaction+json"
_TYPE = re.compile(r"(?:text|application)/[\w.-]{0,60}reaction\+json")
# Letters that are an emoji with what follows them, and what makes a digit one.
_LETTERS = "\u2139\u24c2\u3297\u3299"
# Between the people of one emoji, and the letters of a country's flag.
_JOINERS = frozenset(("\u200d", *map(chr, range(0xE0020, 0xE0080))))
_KEYCAP = re.compile("[0-9#*]\ufe0f?\u20e3")


def is_type(media_type: str) -> bool:
    """Whether a media type (lower-cased) is that of such a part."""
    return _TYPE.fullmatch(media_type) is not None


def sign(text: str) -> str:
    """Return the emoji of such a part, "" where it is none: then the mail is read as any other."""
    try:
        said = json.loads(text[:MAX_JSON])
    except (ValueError, RecursionError):
        return ""
    emoji = said.get("emoji") if isinstance(said, dict) else None
    return emojis(emoji) if isinstance(emoji, str) else ""


def emojis(text: str) -> str:
    """Return a text that is nothing but emojis on one line, "" for any other."""
    said = " ".join(text.split())
    bare = _KEYCAP.sub("\u2705", said)
    if not 0 < len(said) <= MAX_SIGN or bare.isascii():
        return ""
    return said if all(_is_sign(char) for char in bare) else ""


def _is_sign(char: str) -> bool:
    """Whether a character may stand in an emoji, or between two."""
    if char in _JOINERS or char in _LETTERS:
        return True
    return char.isprintable() and unicodedata.category(char)[0] not in "LN"
