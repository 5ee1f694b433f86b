"""The RTF body of a winmail.dat: unpacked ([MS-OXRTFCP]), read as text or as its HTML ([MS-OXRTFEX]).

Outlook puts every HTML mail into RTF when it writes for other Outlooks. Both readers walk
their input once and stop at MAX_RTF.
"""

import re
import struct
from collections.abc import Iterator

from intake.mail.charsets import decode as charsets

# So much is unpacked and read; of a body 256 KiB of text are shown at most.
MAX_RTF = 256 * 1024
# Words, signs and runs of text looked at, 3 us each; a page of Outlook's has a thousand.
MAX_TOKENS = 40_000
# Groups within groups; deeper ones are read as if they were of this depth.
MAX_DEPTH = 200

_PACKED, _PLAIN = b"LZFu", b"MELA"
# What every dictionary begins with ([MS-OXRTFCP] section 2.1.3.1).
_PREFIX = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS "
    rb"Sans SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0" + b"\r\n"
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
_WINDOW = 4096

_TOKEN = re.compile(
    r"\\([a-zA-Z]{1,32}+)(-?[0-9]{1,10}+)? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|[\r\n]++"
    r"|([^\\{}\r\n]++)"
)
# Groups that hold no words of the author.
_HIDDEN = frozenset(
    (
        "colortbl", "stylesheet", "info", "pict", "object", "header", "footer", "headerl", "headerr",
        "footerl", "footerr", "listtable", "listoverridetable", "revtbl", "generator", "xmlnstbl",
        "themedata", "datastore", "filetbl", "rsidtbl", "latentstyles", "fldinst", "mhtmltag",
        "pntext", "pntxtb", "pntxta",
    )
)  # fmt: skip
_SIGNS = {
    "par": "\n", "line": "\n", "sect": "\n", "page": "\n", "row": "\n", "cell": "\t", "tab": "\t",
    "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "bullet": "•", "endash": "–",
    "emdash": "—", "emspace": "\u2003", "enspace": "\u2002",
}  # fmt: skip
_ESCAPED = {
    "{": "{",
    "}": "}",
    "\\": "\\",
    "~": "\u00a0",
    "-": "\u00ad",
    "_": "\u2011",
    "\n": "\n",
    "\r": "\n",
}
# \fcharset ([MS-RTF] 1.9.1, "Font table") as code pages.
_CHARSETS = {
    0: 1252, 77: 10000, 128: 932, 129: 949, 134: 936, 136: 950, 161: 1253, 162: 1254, 163: 1258, 177: 1255,
    178: 1256, 186: 1257, 204: 1251, 222: 874, 238: 1250,
}  # fmt: skip


def unpack(data: bytes) -> bytes:
    """Return compressed RTF unpacked, at most MAX_RTF of it, b"" when it is none. Never raises."""
    if len(data) < 16:
        return b""
    kind, size = data[8:12], struct.unpack_from("<I", data, 4)[0]
    most = min(size, MAX_RTF)
    if kind == _PLAIN:
        return data[16 : 16 + most]
    return b"".join(_unpacked(data, most))[:most] if kind == _PACKED else b""


def _unpacked(data: bytes, most: int) -> Iterator[bytes]:
    window = bytearray(_WINDOW)
    window[: len(_PREFIX)] = _PREFIX
    at, place, done, size = 16, len(_PREFIX), 0, len(data)
    while at < size and done < most:
        control = data[at]
        at += 1
        for bit in range(8):
            if not control >> bit & 1:
                if at >= size:
                    return
                piece = data[at : at + 1]
                at += 1
            else:
                if at + 2 > size:
                    return
                reference = data[at] << 8 | data[at + 1]
                at += 2
                start, length = reference >> 4, (reference & 15) + 2
                if start == place:
                    return  # the end
                # It may run over what it is just writing.
                taken = bytearray()
                for step in range(length):
                    byte = window[(start + step) % _WINDOW]
                    taken.append(byte)
                    window[(place + step) % _WINDOW] = byte
                place = (place + length) % _WINDOW
                done += length
                yield bytes(taken)
                continue
            window[place] = piece[0]
            place = (place + 1) % _WINDOW
            done += 1
            yield piece


def read(rtf: bytes) -> tuple[str, str]:
    """Return (text, HTML) of an RTF: one of them, HTML where the RTF was made from it. Never raises."""
    source = rtf[:MAX_RTF].decode("latin-1")
    if "\\rtf" not in source[:100]:
        return "", ""
    html = "\\fromhtml" in source[:2000]
    out = "".join(_Reader(html).pieces(source))
    return ("", out) if html else (out.strip(), "")


class _Reader:
    """One walk over one RTF. `html`: it wraps HTML, of which tags stand in groups and the rest is text."""

    def __init__(self, html: bool) -> None:
        self._html = html
        self._codec = "cp1252"
        self._fonts: dict[int, str] = {}
        # Of each group around: hidden, off, the codec of its font, how many signs follow a \u.
        self._groups: list[tuple[bool, bool, str, int]] = []
        self._hidden = False
        self._font = ""
        self._follow = 1
        self._off = False  # what stands between \htmlrtf and \htmlrtf0 is only for readers of RTF
        self._in_fonts = 0
        self._current = 0

    def pieces(self, source: str) -> Iterator[str]:
        """Yield the text in its order."""
        pending = bytearray()
        skip = at = 0
        star = False
        for _ in range(MAX_TOKENS):
            match = _TOKEN.match(source, at)
            if match is None:
                break
            at = match.end()
            word, number, code, sign, brace, text = match.groups()
            here = self._shown
            if code or text:
                if skip and code:
                    skip -= 1
                    continue
                if skip:
                    text, skip = text[skip:], max(0, skip - len(text))
                if here:
                    pending += bytes.fromhex(code) if code else text.encode("latin-1")
                star = star and not text
                continue
            made = ""
            if brace == "{":
                if len(self._groups) < MAX_DEPTH:
                    self._groups.append((self._hidden, self._off, self._font, self._follow))
                star = False
            elif brace:
                if self._groups:
                    hidden, off, font, follow = self._groups.pop()
                    if pending and font != self._font:
                        yield self._decoded(pending)
                        pending.clear()
                    self._hidden, self._off, self._font, self._follow = hidden, off, font, follow
                if len(self._groups) < self._in_fonts:
                    self._in_fonts = 0
            elif sign == "*":
                star = True
            elif sign:
                made = _ESCAPED.get(sign, "") if here else ""
            elif word == "bin":
                at += max(0, int(number or 0))
            elif word == "u":
                skip = self._follow
                if here:
                    made = _character(int(number or 0))
            elif word:
                if pending and word in ("f", "ansicpg"):
                    yield self._decoded(pending)
                    pending.clear()
                made = self._word(word.lower() if word.isupper() else word, number, star) if word else ""
                star = False
            if made:
                if pending:
                    yield self._decoded(pending)
                    pending.clear()
                yield made
        if pending:
            yield self._decoded(pending)

    @property
    def _shown(self) -> bool:
        return not (self._hidden or self._off or self._in_fonts)

    def _decoded(self, pending: bytearray) -> str:
        return pending.decode(self._font or self._codec, "replace")

    def _word(self, word: str, number: str | None, star: bool) -> str:
        """Follow a control word; return the text it stands for."""
        value = int(number or 0)
        if word == "htmlrtf":
            self._off = number is None or value != 0
        elif word == "ansicpg":
            self._codec = _codepage(value)
        elif word == "fonttbl":
            self._in_fonts = len(self._groups)
        elif word == "f":
            self._current = value
            self._font = "" if self._in_fonts else self._fonts.get(value, "")
        elif word == "fcharset" and self._in_fonts and len(self._fonts) < 1000:
            page = _CHARSETS.get(value)
            # 0 is "ANSI", which fonts claim that write the code page of the document.
            if page and value:
                self._fonts[self._current] = _codepage(page)
        elif word == "uc":
            self._follow = min(max(value, 0), 20)
        elif word in _HIDDEN or (star and word != "htmltag"):
            self._hidden = True
        elif word in _SIGNS and self._shown:
            return _SIGNS[word]
        return ""


def _character(number: int) -> str:
    """Return the character of a \\u, which is signed; half of a pair is left out."""
    code = number % 0x10000
    return "" if 0xD800 <= code < 0xE000 or code < 9 else chr(code)


def _codepage(number: int) -> str:
    if number == 65001:
        return "utf-8"
    return charsets.lookup(f"windows-{number}" if 1250 <= number <= 1258 else f"cp{number}") or "cp1252"
