"""ISO-2022-JP as Windows and phones write it: with characters that JIS X 0208 does not have.

Python's codecs refuse NEC's row 13 (①, ㈱) and IBM's rows; Windows' table has both.
"""

import re

_ESCAPE = re.compile(rb"\x1b(\$\([@BDOPQ]|\$[@AB]|\([BJIH])")


def as_windows(data: bytes) -> str | None:
    """Return what ISO-2022-JP bytes say by Windows' table (code page 50220), None when that fails too."""
    if not data.isascii():
        return None
    out: list[str] = []
    mode = b"(B"
    at = 0
    for match in (*_ESCAPE.finditer(data), None):
        piece = data[at : match.start() if match else len(data)]
        try:
            if mode in (b"$B", b"$@"):
                out.append(_shifted(piece).decode("cp932"))
            elif mode == b"(I":
                out.append(bytes(byte | 0x80 for byte in piece if byte > 0x20).decode("cp932"))
            elif mode in (b"(B", b"(J", b"(H"):
                out.append(piece.decode("ascii"))
            else:
                return None
        except UnicodeDecodeError:
            return None
        if match:
            mode, at = match[1], match.end()
    return "".join(out)


def _shifted(pairs: bytes) -> bytes:
    """Return JIS rows and cells as the bytes Shift_JIS has for them."""
    out = bytearray()
    at = 0
    while at < len(pairs):
        row = pairs[at]
        if row <= 0x20 or at + 1 == len(pairs):
            out.append(row)  # a line break that forgot to go back to ASCII
            at += 1
            continue
        cell = pairs[at + 1]
        out.append((row + 1 >> 1) + (0x70 if row < 0x5F else 0xB0))
        out.append(cell + (0x1F + (cell >= 0x60) if row & 1 else 0x7E) & 0xFF)
        at += 2
    return bytes(out)
