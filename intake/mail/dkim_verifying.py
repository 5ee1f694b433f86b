"""What of a mail its author's own domain signed (RFC 6376): the one home of reading DKIM.

Pure: the keys come from `lookup`, the time is an argument. Stricter than the RFC where
the RFC leaves a choice, because what is proven here lets a mail act for an agent.
"""

import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import dkim
from dkim.util import InvalidTagValueList, parse_tag_value

from intake.mail import line_ends, structure
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
# Of these there may be one: a second one would be read, or not, as each reader likes.
_ONCE = frozenset(
    (
        "from", "date", "to", "cc", "subject", "message-id", "in-reply-to", "references", "sender",
        "reply-to", "mime-version", "content-type", "content-transfer-encoding", "content-disposition",
    )
)  # fmt: skip
# Without these a mail could be another's, or an old one.
_NEEDED = frozenset(("from", "date"))

Lookup = Callable[[str], bytes | None]
"""Return the TXT record of a name, None when there is none; may raise ports.Temporary."""


def signed_by(
    raw: bytes, domain: str, now: datetime, date: datetime | None, lookup: Lookup
) -> frozenset[str]:
    """Return which header fields (lower-case names) valid signatures of `domain`, or of a parent, cover.

    The empty set: nothing is proven. Else From, Date and the whole body are covered
    by one signature, and of each name in the set every field that the mail has; a name that is not
    in the set may have been added, changed or taken away by anybody (RFC 6376 section 5.4.2).
    `domain` is the From domain in lower case, `date` the Date of the mail (aware), `now` aware.
    A signature with a body length (l=) is refused, for anything may stand below it (RFC 6376
    section 8.2); so is one that has expired (x=), and a mail whose Date is not of these days, or
    that we read in another way than the verifier. Never raises but what `lookup` raises.
    """
    nothing: frozenset[str] = frozenset()
    if date is None or not now - MAX_AGE <= date <= now + MAX_AHEAD:
        return nothing
    try:
        reader = dkim.DKIM(raw, logger=_Silent(), minkey=MIN_KEY_BITS)
    except dkim.DKIMException:
        return nothing
    there = [name.lower().decode("ascii", "replace") for name, _ in reader.headers]
    if any(there.count(name) > 1 for name in _ONCE) or not _read_alike(reader, raw):
        return nothing
    covered = nothing
    values = [value for name, value in reader.headers if name.lower() == b"dkim-signature"]
    for at, value in enumerate(values[:MAX_SIGNATURES]):
        tags = _tags(value)
        names = _covered(tags, there)
        if names >= _NEEDED and _sound(tags, domain, now) and _valid(reader, at, tags, lookup):
            covered |= names
    return covered


def signers(raw: bytes) -> tuple[str, ...]:
    """Return the names ("selector._domainkey.domain") of the keys that a mail says it is signed with."""
    try:
        reader = dkim.DKIM(raw, logger=_Silent(), minkey=MIN_KEY_BITS)
    except dkim.DKIMException:
        return ()
    values = [value for name, value in reader.headers if name.lower() == b"dkim-signature"]
    every = [_tags(value) for value in values[:MAX_SIGNATURES]]
    names = [(tags.get(b"s", b""), tags.get(b"d", b"")) for tags in every]
    there = [pair for pair in names if all(map(_NAME.fullmatch, pair))]
    return tuple(f"{selector.decode()}._domainkey.{domain.decode().lower()}" for selector, domain in there)


def _read_alike(reader: Any, raw: bytes) -> bool:
    """Whether the verifier sees the same fields and the same body as our own reader of mail does."""
    seen = line_ends.usual(raw)
    ours, start = structure.head(seen)
    theirs = [(name.lower().decode("ascii", "replace"), value) for name, value in reader.headers]
    if [name for name, _ in ours] != [name for name, _ in theirs]:
        return False
    if any(b"".join(a.split()) != b"".join(b.split()) for (_, a), (_, b) in zip(ours, theirs, strict=True)):
        return False
    body = seen[start:].replace(b"\r\n", b"\n")
    return bool(body.rstrip(b"\n") == reader.body.replace(b"\r\n", b"\n").rstrip(b"\n"))


def _tags(value: bytes) -> dict[bytes, bytes]:
    try:
        return dict(parse_tag_value(value))
    except InvalidTagValueList:
        return {}


def _covered(tags: dict[bytes, bytes], there: Sequence[str]) -> frozenset[str]:
    """Return the names that a signature lists at least as often as the mail has them.

    One that is listed and not there is covered too: it cannot be added (section 8.15).
    """
    listed = [name.strip().lower().decode("ascii", "replace") for name in tags.get(b"h", b"").split(b":")]
    return frozenset(name for name in listed if listed.count(name) >= there.count(name))


def _sound(tags: dict[bytes, bytes], domain: str, now: datetime) -> bool:
    """Whether a signature says what it must for its validity to be of interest."""
    signer, selector = tags.get(b"d", b""), tags.get(b"s", b"")
    if not (_NAME.fullmatch(signer) and _NAME.fullmatch(selector)):
        return False
    if b"l" in tags or tags.get(b"a") not in _ALGORITHMS:
        return False
    expires = tags.get(b"x")
    if expires is not None and not (_NUMBER.fullmatch(expires) and int(expires) >= now.timestamp()):
        return False
    return aligned(signer.decode("ascii").lower(), domain)


def _valid(reader: Any, at: int, tags: dict[bytes, bytes], lookup: Lookup) -> bool:
    def txt(name: bytes, timeout: int = 0) -> bytes | None:
        record = lookup(name.decode("ascii", "replace").rstrip("."))
        return record if record is not None and _fits(_tags(record), tags) else None

    try:
        return bool(reader.verify(at, dnsfunc=txt))
    except (dkim.DKIMException, ValueError, TypeError, KeyError, IndexError, AttributeError):
        # What cannot be read proves nothing.
        return False


def _fits(key: dict[bytes, bytes], tags: dict[bytes, bytes]) -> bool:
    """Whether a key may be used for a signature (RFC 6376 section 3.6.1), which the verifier asks in part."""

    def words(name: bytes, default: bytes) -> list[bytes]:
        return [word.strip().lower() for word in key.get(name, default).split(b":")]

    kind, _, hashed = tags.get(b"a", b"").partition(b"-")
    if words(b"k", b"rsa") != [kind] or hashed not in words(b"h", hashed):
        return False
    if not {b"*", b"email"} & set(words(b"s", b"*")):
        return False
    flags = words(b"t", b"")
    signer = tags.get(b"d", b"").lower()
    identity = tags.get(b"i", b"@" + signer).lower()
    # A key under test counts as no key; one marked "s" speaks for no subdomain.
    return b"y" not in flags and (b"s" not in flags or identity.rpartition(b"@")[2] == signer)


class _Silent:
    """A logger that says nothing: what dkimpy would tell of mails and keys is not for the log."""

    def debug(self, *_: object) -> None:
        pass

    error = debug

    def isEnabledFor(self, _: int) -> bool:
        return False
