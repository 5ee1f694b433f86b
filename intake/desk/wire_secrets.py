"""Hiding secrets in the bytes of a mail, where encodings break, fold and escape what was written. Pure.

`hidden` finds what stands in a text. In a mail as it came a phrase may go on behind a soft line end
(quoted-printable), in escapes (`=20`, `%20`), in the next piece of a long file name or of a subject, or
stand in base64. So the bytes are read as mail programs read them, and what is found is hidden there.
"""

import binascii
import re
from bisect import bisect_right

from intake.desk.sensitive.scan import find

# What stands between two letters of a text on the wire and is none of it: a soft line end, the seam of two
# encoded words (RFC 2047), that of two pieces of a parameter (RFC 2231), a folded line.
_SEAM = re.compile(
    r"=[ \t]{0,8}\r?\n(?:>[> \t]{0,8})?"
    r"|\?=\s{1,8}=\?[\w.*-]{1,40}\?[qQ]\?"
    r"|\"?;\s{1,8}[a-z]{1,20}\*[0-9]{1,3}\*?=\"?",
    re.IGNORECASE,
)
_CODE = re.compile(r"[=%]([0-9A-Fa-f]{2})")
# Lines of base64; what follows them is one of them only if it has letters by fours, too.
_BASE64 = re.compile(
    r"[A-Za-z0-9+/]{16,}+"
    r"(?:\r?\n(?=[A-Za-z0-9+/])(?:[A-Za-z0-9+/]{4})*+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?(?!\S))*+={0,2}"
)
_QUOTED = re.compile(r"(?<=\?q\?)[^?\s]{1,400}(?=\?=)", re.IGNORECASE)
_WORD = re.compile(r"(=\?[\w.*-]{1,40}\?b\?)([A-Za-z0-9+/=]{8,400})(\?=)", re.IGNORECASE)
# How characters of a view came from those of the text: (place in the view, place in the text).
_Places = list[tuple[int, int]]


def hidden_on_the_wire(text: str) -> str:
    """Return a mail's text as it came with each secret replaced by a word for it. Linear in its length."""
    text = _WORD.sub(lambda match: match[1] + _base64_hidden(match[2]) + match[3], text)
    text = _BASE64.sub(lambda match: _base64_hidden(match[0]), text)
    view, places = _read(text)
    pieces: list[str] = []
    at = 0
    for secret in find(view):
        pieces += (text[at : _back(secret.start, places)], f"[hidden: {secret.kind}]")
        at = _back(secret.end - 1, places) + 1
    return "".join((*pieces, text[at:]))


def _base64_hidden(block: str) -> str:
    letters = re.sub(r"[\s=]", "", block)
    letters = letters[: len(letters) - (len(letters) % 4 == 1)]
    said = binascii.a2b_base64(letters + "=" * (-len(letters) % 4)).replace(b"\0", b"")
    secrets = find(said.decode("utf-8", "replace"))
    return f"[hidden: {secrets[0].kind}, in base64]" if secrets else block


def _read(text: str) -> tuple[str, _Places]:
    """Return a text as mail programs read it, and the places where the two begin to run apart."""
    text = _QUOTED.sub(lambda match: match[0].replace("_", " "), text)
    pieces: list[str] = []
    places: _Places = [(0, 0)]
    length = at = 0
    for match in re.finditer(f"{_SEAM.pattern}|{_CODE.pattern}", text, re.IGNORECASE):
        code = match[1]
        said = chr(int(code, 16)) if code else ""
        before = text[at : match.start()]
        pieces += [before, said]
        length += len(before)
        if said:
            places.append((length, match.start()))
        length += len(said)
        at = match.end()
        places.append((length, at))
    pieces.append(text[at:])
    return "".join(pieces), places


def _back(place: int, places: _Places) -> int:
    """Return where in the text a character of the view came from."""
    seen, there = places[bisect_right(places, (place, 1 << 62)) - 1]
    return there + place - seen
