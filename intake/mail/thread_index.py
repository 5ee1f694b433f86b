"""Outlook's Thread-Index: the conversation that a mail belongs to (MS-OXOMSG section 2.2.1.3).

22 bytes in base64 begin a conversation, of which the first is 1, five are the time and 16 a number made
at random. Each answer keeps them, and adds five bytes to what it answers.
"""

import base64
import binascii
from datetime import UTC, datetime, timedelta

ROOT_BYTES = 22
LEVEL_BYTES = 5
# Of a longer one the beginning is enough; 200 levels are 1.4 KB.
MAX_VALUE = 4096
# Times are in steps of 100 nanoseconds since 1601.
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def root(value: bytes) -> str:
    """Return the 22 bytes of the conversation in hexadecimal, "" where the field is no Thread-Index."""
    packed = b"".join(value[:MAX_VALUE].split())
    try:
        index = base64.b64decode(packed + b"=" * (-len(packed) % 4), validate=True)
    except (binascii.Error, ValueError):
        return ""
    levels, rest = divmod(len(index) - ROOT_BYTES, LEVEL_BYTES)
    return index[:ROOT_BYTES].hex() if levels >= 0 and not rest and index[0] == 1 else ""


def answers(value: bytes) -> bool:
    """Whether the mail with this field, of which `root` is known, answers another."""
    return len(b"".join(value.split())) > (ROOT_BYTES + 2) // 3 * 4


def answering(conversation: str, now: datetime) -> str:
    """Return the value of an answer in a conversation (as `root` returns it), written at `now` (aware).

    Raises ValueError for what is no conversation.
    """
    start = bytes.fromhex(conversation)
    if len(start) != ROOT_BYTES:
        raise ValueError(f"{conversation!r} is no conversation")
    # Older programs leave out the first byte of the time, a 1 as well, and write one more at its end.
    began = int.from_bytes(start[1:6] if start[1] == 1 else start[:6], "big") << (24 if start[1] == 1 else 16)
    later = max(0, (now - _EPOCH) // _MICROSECOND * 10 - began)
    # Below 1.7 years in steps of 26 milliseconds, else of 0.8 seconds and with the first bit set.
    level = later >> 18 if later < 1 << 49 else 1 << 31 | (later >> 23) & 0x7FFFFFFF
    return base64.b64encode(start + level.to_bytes(4, "big") + b"\0").decode("ascii")
