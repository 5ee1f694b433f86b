"""Time-based one-time passwords (RFC 6238): the second factor of an agent. Pure.

SHA-1, six digits and thirty seconds, for every authenticator app knows these and some know nothing else.
"""

import base64
import hmac
import struct
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote

STEP_SECONDS = 30
DIGITS = 6
# RFC 4226 section 4, R6: at least 128 bits, 160 recommended.
SECRET_BYTES = 20
# Mail is slow: a code counts for the ten minutes before its mail arrived. At the keyboard for one.
BY_MAIL, BY_HAND = 20, 2
# So many wrong codes in an hour, then no code counts until the hour is over (RFC 4226 section 7.3).
MOST_WRONG = 5


@dataclass(frozen=True, slots=True)
class Standing:
    """The factor of an agent (by id): its secret, the last step that was used, and whether no code counts
    now, for there were too many wrong ones."""

    agent: int
    secret: bytes = field(repr=False)
    last: int = 0
    locked: bool = False


@dataclass(frozen=True, slots=True)
class UseCode:
    """Use a step of an agent's factor up. Only once: of two at the same time one is decided on again."""

    agent: int
    step: int


@dataclass(frozen=True, slots=True)
class MissCode:
    """Count a wrong code of an agent's."""

    agent: int


def code(secret: bytes, step: int) -> str:
    """Return the code of a step, six digits (RFC 4226 section 5.3)."""
    mac = hmac.digest(secret, struct.pack(">Q", step), "sha1")
    offset = mac[-1] & 15
    number = struct.unpack(">I", mac[offset : offset + 4])[0] & 0x7FFFFFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def step_at(at: datetime) -> int:
    """Return the step of a moment (aware)."""
    return int(at.timestamp()) // STEP_SECONDS


def step_of(secret: bytes, text: str, at: datetime, last: int, back: int) -> int | None:
    """Return the step whose code `text` is, None for none that counts.

    Those count that began before `at`, `back` older ones, and only what is newer than `last`, which was used.
    A code of the future never does.
    """
    digits = "".join(text.split())
    if len(digits) != DIGITS or not (digits.isascii() and digits.isdigit()):
        return None
    newest = step_at(at)
    # Each is compared, so that the time it takes tells nothing.
    alike = [
        step
        for step in range(newest, newest - back - 1, -1)
        if hmac.compare_digest(code(secret, step), digits)
    ]
    return next((step for step in alike if step > last), None)


def uri(secret: bytes, desk: str, agent: str) -> str:
    """Return the otpauth link that authenticator apps read, for an agent (address) of a desk (name)."""
    text = base64.b32encode(secret).decode("ascii").rstrip("=")
    label = f"{quote(desk, safe='')}:{quote(agent, safe='@')}"
    return f"otpauth://totp/{label}?secret={text}&issuer={quote(desk, safe='')}"
