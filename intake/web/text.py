"""Making what strangers type safe for a header line and a body. Pure."""

import re
import unicodedata

# Direction overrides and marks: they let "gpj.exe" read as "exe.jpg".
_BIDI = dict.fromkeys(map(ord, "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))
# CR, LF, NUL, VT, FF, NEL, U+2028/9 and lone surrogates all end or break a line somewhere.
# These are the categories Cc, Zl and Zp; surrogates are gone before.
_BREAKING = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def one_line(value: str) -> str:
    """Return `value` as one line that can stand in a header and never become two.

    An encoded word typed by hand is broken up: a reader that decodes twice would
    find the line breaks hidden in it (CVE-2024-6923).
    """
    text = unicodedata.normalize("NFC", _without_surrogates(value)).translate(_BIDI)
    return " ".join(_BREAKING.sub(" ", text).split()).replace("=?", "= ?")


def body(value: str) -> str:
    """Return `value` with line ends as "\\n" and without control characters other than tab."""
    text = re.sub(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]", "\n", _without_surrogates(value))
    return _CONTROLS.sub("", text).strip("\n").rstrip()


def _without_surrogates(value: str) -> str:
    return value.encode("utf-8", "replace").decode("utf-8")
