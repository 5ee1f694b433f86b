"""Keyed tokens in links to one file: bound to a ticket, an agent, the file and an expiry.

40 bytes, in lower-case base32 64 characters: the purpose, ticket (4), agent (4), expiry in seconds since
1970 (4), the beginning of the file's sha256 (11), and 16 bytes of HMAC-SHA256. They differ from those of
reply addresses (intake.desk.tokens) in length and key, so that neither stands for the other.
"""

import base64
import binascii
import hmac
import re
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from intake.desk.tokens import Purpose

TOKEN_LENGTH = 64
# How long a link works.
LASTS = timedelta(hours=24)
# A download that breaks off can be begun anew so often in all.
MOST_BEGUN = 3
# Between the address of the pages and the token.
PATH = "file"
_DIGEST = 11
_BODY = struct.Struct(f">BIII{_DIGEST}s")
_MAC = 16
# Such a link by its form, in small letters. Neither key nor time is asked.
LINK = re.compile(rb"/" + PATH.encode() + rb"/ba[a-z2-7]{62}")
# The same in words that somebody wrote or quoted.
_QUOTED = re.compile(rf"/{PATH}/ba[a-z2-7]{{62}}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FileToken:
    """A verified claim: `agent` (by id) may have the file of `ticket` whose sha256 begins with `digest`.

    `expires` is aware, UTC.
    """

    ticket: int
    agent: int
    digest: str
    expires: datetime


def make(key: bytes, ticket: int, agent: int, sha256: str, expires: datetime) -> str:
    """Return the 64-character token text. `sha256` is in hex, `expires` aware, in whole seconds."""
    digest = bytes.fromhex(sha256)[:_DIGEST]
    body = _BODY.pack(Purpose.FILE, ticket, agent, int(expires.timestamp()), digest)
    return base64.b32encode(body + _sign(key, body)).decode("ascii").lower()


def read(keys: Iterable[bytes], text: str) -> FileToken | None:
    """Return what a token says, over or not; None when it is not one of ours.

    `keys` are tried in turn, so that a key can be rotated; comparison is constant-time.
    """
    if len(text) != TOKEN_LENGTH or not text.isascii() or text != text.lower():
        return None
    try:
        raw = base64.b32decode(text.upper())
    except (binascii.Error, ValueError):
        return None
    body, mac = raw[: _BODY.size], raw[_BODY.size :]
    if not any([hmac.compare_digest(_sign(key, body), mac) for key in keys]):
        return None
    purpose, ticket, agent, seconds, digest = _BODY.unpack(body)
    if purpose != Purpose.FILE:
        return None
    return FileToken(ticket, agent, digest.hex(), datetime.fromtimestamp(seconds, UTC))


def masked(text: str) -> str:
    """Return a text without the tokens of links to files that it quotes: each link is for one agent."""
    return _QUOTED.sub(f"/{PATH}/…", text) if f"/{PATH}/" in text.lower() else text


def _sign(key: bytes, body: bytes) -> bytes:
    return hmac.digest(key, b"intake-file-v1" + body, "sha256")[:_MAC]
