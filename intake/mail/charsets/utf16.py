"""Text of two or four bytes a character (UTF-16, UTF-32), whatever its label says.

Scripts send it without a label, or under "utf-8"; .NET and Java put "utf-16" and "unicode" on
text that is none. Its byte order mark tells it, or the zeros that every ASCII letter has in it.
"""

import codecs

# The longer ones first: that of UTF-32 begins with that of UTF-16.
MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
_BEGINNINGS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# Of one half of the bytes so many are zero at least, and of the other so many at most.
_MANY, _FEW = 0.4, 0.05
# Fewer characters prove nothing.
_LEAST = 4


def may_be(data: bytes) -> bool:
    """Whether it is worth asking `read`; no other text holds a zero byte or begins so."""
    return b"\0" in data or data.startswith(_BEGINNINGS)


def read(data: bytes) -> str | None:
    """Return bytes as text where they are UTF-16 or UTF-32 beyond doubt, else None. Never raises."""
    for mark, codec in MARKS:
        if data.startswith(mark):
            return _strictly(data[len(mark) :], codec, len(mark))
    half = len(data) // 2
    if half < _LEAST:
        return None
    first, second = data[0::2].count(0), data[1::2].count(0)
    if second >= _MANY * half and first <= _FEW * half:
        return _strictly(data, "utf-16-le", 2)
    if first >= _MANY * half and second <= _FEW * half:
        return _strictly(data, "utf-16-be", 2)
    return None


def _strictly(data: bytes, codec: str, unit: int) -> str | None:
    try:
        # What was cut at the end of a line may have lost half of a character.
        return data[: len(data) - len(data) % unit].decode(codec)
    except UnicodeError:
        return None
