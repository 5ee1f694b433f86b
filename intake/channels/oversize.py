"""Mail that is too large to be taken in: its header alone is fetched, and goes through the ledger.

There it stands for the mail: the same header again is the same message, over whatever connection and
under whatever UID it comes.
"""

from dataclasses import replace

from intake.desk.message import Envelope
from intake.ports import Arrival, Origin

# No header that a person's mail program writes comes near; all of it is held in memory.
HEADER_BYTES = 64 * 1024


def stand_in(top: bytes, size: int, envelope: Envelope, origin: Origin | None = None) -> Arrival:
    """Return what is received instead of a mail of `size` bytes that begins with `top`."""
    return Arrival(header_in(top), replace(envelope, oversize=size), origin)


def header_in(top: bytes) -> bytes:
    """Return the header that a mail begins with; it ends with its last whole line where more is not there.

    Of a line that alone is longer it is what is there: two such mails are still two.
    """
    ends = [at + len(end) for end in (b"\r\n\r\n", b"\n\n") if (at := top.find(end)) >= 0]
    return top[: min(ends)] if ends else top[: top.rfind(b"\n") + 1 or None] + b"\r\n"
