"""Making what strangers type safe for a header line, a body and a file name. Pure."""

import re
import unicodedata

# Direction overrides and marks: they let "gpj.exe" read as "exe.jpg".
_BIDI = dict.fromkeys(map(ord, "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u180e\u200b\u200c\u200d\u2060\ufeff"))
# CR, LF, NUL, VT, FF, NEL, U+2028/9 and lone surrogates all end or break a line somewhere.
_BREAKING = {"Cc", "Zl", "Zp", "Cs"}
_DEVICES = re.compile(r"(?i)^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\.|$)")

# Enough for any honest name; most file systems take 255 bytes.
MAX_NAME_BYTES = 120


def one_line(value: str) -> str:
    """Return `value` as one line that can stand in a header and never become two.

    An encoded word typed by hand is broken up: a reader that decodes twice would
    find the line breaks hidden in it (CVE-2024-6923).
    """
    text = unicodedata.normalize("NFC", _without_surrogates(value)).translate(_BIDI)
    text = "".join(" " if unicodedata.category(c) in _BREAKING else c for c in text)
    return " ".join(text.split()).replace("=?", "= ?")


def body(value: str) -> str:
    """Return `value` with line ends as "\\n" and without control characters other than tab."""
    text = re.sub(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]", "\n", _without_surrogates(value))
    kept = (c for c in text if c in "\n\t" or unicodedata.category(c) != "Cc")
    return "".join(kept).strip("\n").rstrip()


def file_name(value: str) -> str:
    """Return a name that is safe to show, to send and to save: one path part, at most 120 bytes.

    Some browsers send whole paths; what stands before the last slash is dropped.
    """
    name = re.split(r"[/\\]", one_line(value))[-1].translate(_INVISIBLE)
    name = re.sub(r'[:*?"<>|]', "_", name).lstrip(". ").rstrip(". ")
    if not name:
        return "file"
    if _DEVICES.match(name):
        name = f"_{name}"
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension.encode()) > 20:
        stem, extension = name, ""
    tail = f".{extension}" if extension else ""
    room = MAX_NAME_BYTES - len(tail.encode())
    stem = stem.encode()[:room].decode("utf-8", "ignore").rstrip(". ")
    return f"{stem}{tail}" if stem else "file" + tail


def _without_surrogates(value: str) -> str:
    return value.encode("utf-8", "replace").decode("utf-8")
