"""Words and names under the label of base64, or below it: letters alone, as base64 has them, too."""

import binascii
import re

from intake.mail.charsets import plausible, western

# A name of two words written as one, as no base64 is by chance but a few letters.
NAME = re.compile(rb"[A-Z]?[a-z]{1,20}(?:[A-Z][a-z]{1,20}){1,4}")
# A JSON Web Token (RFC 7519): three pieces of base64, which mean nothing as one.
_TOKEN = re.compile(rb"\s*eyJ[A-Za-z0-9_-]{8,4000}\.[A-Za-z0-9_-]{8,8000}\.[A-Za-z0-9_-]{0,4000}\s*")
# What is shorter stands for no whole letter.
MIN_LETTERS = 4
MAX_WORD = 40
# Encoders break their lines at so many letters and more.
MIN_LINE = 60
_BETWEEN = re.compile(r"[\s.,!?'’-]+")


def is_word(word: bytes) -> bool:
    """Whether letters are as a word has them: large ones at its beginning alone, or everywhere."""
    return word in (word.lower(), word.upper(), word.capitalize())


def is_none(body: bytes) -> bool:
    """Whether a body is no base64 by its form: "Ok", or a token."""
    return (len(body) < MAX_WORD and len(body.strip()) < MIN_LETTERS) or _TOKEN.fullmatch(body) is not None


def is_name(body: bytes, content: bytes, codec: str) -> bool:
    """Whether a body is a name like "MetaMask", for `content`, what it is as base64, is no word in `codec`.

    In charsets of one byte all bytes mean something.
    """
    if len(body) > 2 * MAX_WORD or content.isascii() or not NAME.fullmatch(body.strip()):
        return False
    text = content.decode(codec, "replace")
    words = [word for word in _BETWEEN.split(text) if word]
    if not all(map(_is_cased, words)):
        return True
    # Of ten thousand such names one is UTF-8 of whole words by chance.
    if codec == "utf-8" and text.strip().isprintable():
        return False
    return plausible.faults(text, codec) > 0 or (codec == "cp1252" and not western.of_one_language(content))


def _is_cased(word: str) -> bool:
    scripts = {char.isascii() for char in word} if max(word) >= "\u0370" else {False}
    return word.isalpha() and len(scripts) == 1 and word in (word.lower(), word.upper(), word.capitalize())


def without_word_below(body: bytes) -> bytes:
    """Return base64 without a last line that is one word: the base64 ended above it, or no line ends so."""
    above, _, last = body.rstrip().rpartition(b"\n")
    last = last.strip()
    if not above.strip() or len(last) > MAX_WORD or not last.isalpha():
        return body
    if not (is_word(last) or NAME.fullmatch(last)):
        return body
    before = above.rstrip().rpartition(b"\n")[2].strip()
    if len(before) % 4:
        return body
    first = above.lstrip().partition(b"\n")[0].strip()
    ended = before.endswith(b"=") or len(before) < max(len(first), MIN_LINE)
    return above if len(last) % 4 or (ended and not _is_text(last)) else body


def _is_text(word: bytes) -> bool:
    content = binascii.a2b_base64(word)
    return content.isascii() and content.decode("ascii").isprintable()
