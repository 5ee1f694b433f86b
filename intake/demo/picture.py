"""A screenshot to send: a wallet's window with an error in it, drawn pixel by pixel and written as PNG."""

import struct
import zlib

WIDTH, HEIGHT = 320, 200
Colour = tuple[int, int, int]

PAPER: Colour = (246, 247, 249)
INK: Colour = (31, 41, 55)
BAR: Colour = (37, 99, 235)
RED: Colour = (220, 38, 38)
GREY: Colour = (203, 213, 225)

# Five by seven dots a letter, a row a byte; only what the picture says.
_FONT = {
    "A": "0e 11 11 1f 11 11 11",
    "D": "1e 11 11 11 11 11 1e",
    "E": "1f 10 10 1e 10 10 1f",
    "F": "1f 10 10 1e 10 10 10",
    "I": "0e 04 04 04 04 04 0e",
    "L": "10 10 10 10 10 10 1f",
    "N": "11 19 15 13 11 11 11",
    "R": "1e 11 11 1e 14 12 11",
    "S": "0f 10 10 0e 01 01 1e",
    "T": "1f 04 04 04 04 04 04",
}


def screenshot() -> bytes:
    """Return the picture as a PNG file of 320 by 200 pixels."""
    rows = [[PAPER] * WIDTH for _ in range(HEIGHT)]
    _box(rows, 0, 0, WIDTH, 28, BAR)
    for number, y in enumerate((52, 72, 92)):
        _box(rows, 24, y, 200 - 40 * number, 8, GREY)
    _box(rows, 24, 124, WIDTH - 48, 48, RED)
    _write(rows, 44, 141, "TRANSFER FAILED", PAPER)
    _box(rows, WIDTH - 20, 10, 8, 8, PAPER)
    return _png(rows)


def _box(rows: list[list[Colour]], left: int, top: int, width: int, height: int, colour: Colour) -> None:
    for row in rows[top : top + height]:
        row[left : left + width] = [colour] * width


def _write(rows: list[list[Colour]], left: int, top: int, text: str, colour: Colour) -> None:
    for letter in text:
        for down, bits in enumerate(bytes.fromhex(_FONT.get(letter, "00" * 7))):
            for across in range(5):
                if bits >> (4 - across) & 1:
                    _box(rows, left + 2 * across, top + 2 * down, 2, 2, colour)
        left += 14


def _png(rows: list[list[Colour]]) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    # Each row begins with its filter, 0: none (PNG specification, section 9.2).
    data = b"".join(b"\0" + bytes(value for pixel in row for value in pixel) for row in rows)
    head = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(data))
        + chunk(b"IEND", b"")
    )
