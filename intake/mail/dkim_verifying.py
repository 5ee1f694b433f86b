"""Whether a mail was signed by its author's own domain (RFC 6376): the one home of reading DKIM.

Pure: the keys come from `lookup`, the time is an argument. Stricter than the RFC where
the RFC leaves a choice, because what is proven here lets a mail act for an agent.
"""

import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import dkim
from dkim.util import InvalidTagValueList, parse_tag_value

from intake.mail import headers
from intake.mail.authenticity import aligned

# Signatures looked at; each costs a lookup and a hash of the whole body. Providers put one or two.
MAX_SIGNATURES = 4
# RFC 8301 section 3.2: verifiers must not take RSA keys of fewer bits.
MIN_KEY_BITS = 1024
# A mail may have waited in a queue; an old one that is sent again by somebody else must prove nothing.
MAX_AGE = timedelta(days=7)
MAX_AHEAD = timedelta(days=1)

# SHA-1 proves nothing any more (RFC 8301 section 3.1).
_ALGORITHMS = (b"rsa-sha256", b"ed25519-sha256")
_NAME = re.compile(rb"[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,251}[A-Za-z0-9])?")
_NUMBER = re.compile(rb"[0-9]{1,12}")
# A signature covers one field of a name; a second one would be read, or not, as each reader likes.
_ONCE = (b"from", b"date", b"to", b"cc", b"subject", b"message-id", b"in-reply-to", b"references")

Lookup = Callable[[str], bytes | None]
"""Return the TXT record of a name, None when there is none; may raise ports.Temporary."""


def signed_by(raw: bytes, domain: str, now: datetime, date: datetime | None, lookup: Lookup) -> bool:
    """Return whether a valid signature of `domain`, or of a parent of it, covers author, date and body.

    `domain` is the From domain in lower case, `date` the Date of the mail (aware), `now` aware.
    A signature with a body length (l=) is refused, for anything may stand below it (RFC 6376
    section 8.2); so is one that has expired (x=), and a mail whose Date is not of these days.
    Never raises but what `lookup` raises.
    """
    if date is None or not now - MAX_AGE <= date <= now + MAX_AHEAD:
        return False
    try:
        reader = dkim.DKIM(raw, logger=_Silent(), minkey=MIN_KEY_BITS)
    except dkim.DKIMException:
        return False
    if not _same_author(reader.headers, raw):
        return False
    values = [value for name, value in reader.headers if name.lower() == b"dkim-signature"]
    for at, value in enumerate(values[:MAX_SIGNATURES]):
        if _sound(_tags(value), domain, now) and _valid(reader, at, lookup):
            return True
    return False


def _same_author(fields: Sequence[Sequence[bytes]], raw: bytes) -> bool:
    """Whether the verifier reads the header as we do: the one From is ours, and nothing counts twice."""
    names = [name.lower() for name, _ in fields]
    if names.count(b"from") != 1 or any(names.count(name) > 1 for name in _ONCE):
        return False
    ours = headers.every(headers.read(raw, 0, len(raw))[0], "from")
    theirs = next(value for name, value in fields if name.lower() == b"from")
    return [b"".join(one.split()) for one in ours] == [b"".join(theirs.split())]


def _tags(value: bytes) -> dict[bytes, bytes]:
    try:
        return dict(parse_tag_value(value))
    except InvalidTagValueList:
        return {}


def _sound(tags: dict[bytes, bytes], domain: str, now: datetime) -> bool:
    """Whether a signature says what it must for its validity to be of interest."""
    signed = {one.strip().lower() for one in tags.get(b"h", b"").split(b":")}
    signer, selector = tags.get(b"d", b""), tags.get(b"s", b"")
    if not (_NAME.fullmatch(signer) and _NAME.fullmatch(selector)):
        return False
    if b"l" in tags or tags.get(b"a") not in _ALGORITHMS or not {b"from", b"date"} <= signed:
        return False
    expires = tags.get(b"x")
    if expires is not None and not (_NUMBER.fullmatch(expires) and int(expires) >= now.timestamp()):
        return False
    return aligned(signer.decode("ascii").lower(), domain)


def _valid(reader: Any, at: int, lookup: Lookup) -> bool:
    def txt(name: bytes, timeout: int = 0) -> bytes | None:
        record = lookup(name.decode("ascii", "replace").rstrip("."))
        # A key under test counts as no key (RFC 6376 section 3.6.1, t=y).
        return None if record is None or b"y" in _tags(record).get(b"t", b"").split(b":") else record

    try:
        return bool(reader.verify(at, dnsfunc=txt))
    except (dkim.DKIMException, ValueError, TypeError, KeyError, IndexError, AttributeError):
        # What cannot be read proves nothing.
        return False


class _Silent:
    """A logger that says nothing: what dkimpy would tell of mails and keys is not for the log."""

    def debug(self, *_: object) -> None:
        pass

    error = debug

    def isEnabledFor(self, _: int) -> bool:
        return False
