"""Keyed tokens in reply addresses: bound to a purpose, a ticket, a person and an expiry.

A token is 27 bytes, in lower-case base32 44 characters: a purpose and version
byte, ticket (4), person (4), expiry in days since 1970 (2), and 16 bytes of
HMAC-SHA256, so guessing one takes 2**128 tries. Base32 survives hosts that fold
the case of local parts; with "+" and a base name of up to 19 characters it stays
within the 64 octets of RFC 5321 section 4.5.3.1.1.
"""

import base64
import binascii
import hmac
import re
import struct
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from itertools import islice

from intake.desk.reply_form import ReplyForm

TOKEN_LENGTH = 44
# Set in the person of an agent's token: what they reply to this mail is an internal note.
NOTE = 1 << 31
ABOUT = 1 << 30
MAX_LOCAL_PART = 64
_BODY = struct.Struct(">BIIH")
_MAC_LENGTH = 16
# A plus or local part as long as a token, as it stands in an address or a mailto link, or a reference. The
# second letter holds the purpose: e to h is the customer's own.
_INTERNAL = re.compile(
    rb"(?:\+|%2b|(?<![a-z2-7]))a[a-di-z2-7][a-z2-7]{42}(?:@|%40)"
    rb"|ref[:.]\s?a[a-di-z2-7][a-z2-7]{42}",
    re.IGNORECASE,
)
_REFERENCE = re.compile(r"\bref([:.])\s?([a-z2-7]{44})(?![a-z2-7])", re.IGNORECASE)
# The first letter is "a" for every purpose that stands in an address.
_TOKENED = re.compile(r"(?:[^@]+\+)?a[a-z2-7]{43}@[^@]+", re.IGNORECASE)
_IN_ADDRESS = re.compile(r"\+a[a-z2-7]{43}(?=@|$|[\s<>])|(?<![a-z0-9])a[a-z2-7]{43}(?=@)", re.IGNORECASE)
# A text of nothing but references costs no more than these.
MOST_REFERENCES = 20


class Purpose(IntEnum):
    """What a token opens. Values are on the wire: never reuse one."""

    # Of who was asked about a ticket from outside it. With 0 the second letter is one of a to d: no customer
    # may get such an address (`_INTERNAL`).
    PARTNER = 0
    CUSTOMER = 1
    AGENT = 2
    BOUNCE = 3
    SURVEY = 4
    PROGRESS = 5
    COMMAND = 6
    CONFIRM = 7
    # Of a link to a file, a token of another length: intake.desk.file_tokens.
    FILE = 8
    # Of the text of a customer's mail where reply addresses carry nothing: who was shown that mail has it. It
    # finds the ticket for its own people, as a number does, and is no proof of anything.
    QUOTED = 9
    # The same of a survey, with the closing that is asked about.
    SCORE = 10


# Who holds one of these acts for an agent.
ACTING = (Purpose.AGENT, Purpose.CONFIRM, Purpose.COMMAND)
# Who holds one of these was shown a mail of the desk's, and may be anybody.
SHOWN = (Purpose.QUOTED, Purpose.SCORE)
# Mail with such a token belongs to its ticket. An automatic answer goes to the envelope sender, and so has
# only the token of bounces.
TO_TICKETS = (Purpose.CUSTOMER, Purpose.AGENT, Purpose.BOUNCE, Purpose.SURVEY, Purpose.CONFIRM, *SHOWN)


@dataclass(frozen=True, slots=True)
class Token:
    """A verified claim.

    `person` is an agent's id (AGENT; COMMAND, which belongs to no ticket), the entry of a draft
    (CONFIRM) or of a question (PARTNER), a closing (SURVEY, SCORE: `surveys.closing_of`), what
    `links.opened` reads (PROGRESS), or 0.
    `note` (AGENT): a colleague asked them something, and what they reply is an internal note.
    `about` (AGENT): it stands in an alert, as that their email was not sent; a yes or no is the desk's.
    `beside`: no address carries it, but a Message-ID or a text; `quoted`: a text alone. `several`: the
    tickets of all that a mail brings back so, or (AGENT) that it is addressed to, where they are not one.
    `others` (PARTNER): the ticket and the entry of each other question to whose address a mail went.
    """

    purpose: Purpose
    ticket: int
    person: int
    expires: datetime
    note: bool = False
    about: bool = False
    beside: bool = False
    quoted: bool = False
    several: tuple[int, ...] = ()
    others: tuple[tuple[int, int], ...] = ()

    @property
    def shown(self) -> bool:
        """Whether it only says that its holder was shown a mail of the desk's."""
        return self.purpose in SHOWN


def make(
    key: bytes,
    purpose: Purpose,
    ticket: int,
    person: int,
    expires: datetime,
    note: bool = False,
    about: bool = False,
) -> str:
    """Return the 44-character token text. `expires` is aware; it is rounded up to a whole day, UTC."""
    person |= (NOTE if note else 0) | (ABOUT if about else 0)
    days = -(-int(expires.timestamp()) // 86400)
    body = _BODY.pack(purpose, ticket, person, days)
    return _text(body + _mac(key, body))


def read(keys: Iterable[bytes], text: str, now: datetime) -> Token | None:
    """Return the token that `text` holds, or None when it is not one of ours or has expired.

    `keys` are tried in turn, so that a key can be rotated; comparison is constant-time.
    """
    # Some letters outside ASCII become ASCII ones in capitals.
    if len(text) != TOKEN_LENGTH or not text.isascii():
        return None
    try:
        raw = base64.b32decode(text.upper() + "=" * (-len(text) % 8))
    except (binascii.Error, ValueError):
        return None
    # The last letter holds bits that are no byte's: only one way of writing a token is a token.
    if _text(raw) != text.lower():
        return None
    body, mac = raw[: _BODY.size], raw[_BODY.size :]
    if len(mac) != _MAC_LENGTH:
        return None
    if not any([hmac.compare_digest(_mac(key, body), mac) for key in keys]):
        return None
    purpose, ticket, person, days = _BODY.unpack(body)
    expires = datetime.fromtimestamp(days * 86400, UTC)
    if purpose not in set(Purpose) or expires < now:
        return None
    if purpose == Purpose.AGENT:
        note, about = bool(person & NOTE), bool(person & ABOUT)
        return Token(Purpose.AGENT, ticket, person & ~(NOTE | ABOUT), expires, note, about)
    return Token(Purpose(purpose), ticket, person, expires)


def claimed(text: str) -> tuple[int, int, int] | None:
    """Return the purpose, ticket and person that a token's text names, None where it is none by its form.

    Nothing is proven by it: neither key nor time is asked.
    """
    if len(text) != TOKEN_LENGTH or not text.isascii():
        return None
    try:
        raw = base64.b32decode(text.upper() + "=" * (-len(text) % 8))
    except (binascii.Error, ValueError):
        return None
    purpose, ticket, person, _ = _BODY.unpack(raw[: _BODY.size])
    return purpose, ticket, person


def address(base: str, token: str) -> str:
    """Return `base` ("support@desk.example") with the token as its plus part."""
    return ReplyForm().address(base, token)


def within(addr_spec: str, whole: str | None = None) -> str:
    """Return what of an address may be a token: its plus part, or the whole local part.

    That counts in the domain `whole` only (ReplyForm.domain), in any where it is None.
    """
    local, _, domain = addr_spec.rpartition("@")
    plus = "+" in local
    alone = len(local) == TOKEN_LENGTH and (whole is None or domain.lower() == whole)
    return local.rpartition("+")[2] if plus or alone else ""


def claimed_in(addr_spec: str) -> tuple[int, int, int] | None:
    """Return what `claimed` does of what of an address may be a token."""
    return claimed(within(addr_spec))


def looks_tokened(addr_spec: str) -> bool:
    """Whether the plus part of an address is built as a token is. Neither key nor time is asked."""
    return _TOKENED.fullmatch(addr_spec) is not None


def in_addresses(
    keys: Iterable[bytes],
    addresses: Iterable[str],
    now: datetime,
    purpose: Purpose | None = None,
    whole: str = "",
) -> Token | None:
    """Return the first valid token (of a `purpose`) that an address carries, or None; `whole`: see within."""
    keys = tuple(keys)
    for recipient in addresses:
        part = within(recipient, whole)
        token = read(keys, part, now) if part else None
        if token is not None and purpose in (None, token.purpose):
            return token
    return None


def reference(token: str) -> str:
    """Return the words that carry a token in the text of a mail, to come back in its quote."""
    return f"ref:{token}"


def message_id(token: str, unique: str, domain: str) -> str:
    """Return a Message-ID that carries a token, to come back in In-Reply-To and References."""
    return f"ref.{token}.{unique}@{domain}"


def renewed(before: str, unique: str, domain: str) -> str:
    """Return another Message-ID that carries the token of this one, if it carries any."""
    match = _REFERENCE.match(before)
    return message_id(match[2], unique, domain) if match else f"{unique}@{domain}"


def carried(message_id: str) -> str:
    """Return what may be a token in a Message-ID (without brackets), "" where nothing is."""
    match = _REFERENCE.match(message_id)
    return match[2] if match and match[1] == "." else ""


def in_ids(
    keys: Iterable[bytes], ids: Iterable[str], now: datetime, purpose: Purpose | None = None
) -> Token | None:
    """Return the first valid token (of a `purpose`) that a Message-ID (without brackets) carries, or None."""
    each = each_in_ids(keys, ids, now)
    return next((token for token in each if purpose in (None, token.purpose)), None)


def each_in_ids(keys: Iterable[bytes], ids: Iterable[str], now: datetime) -> Iterator[Token]:
    """Yield the valid tokens that Message-IDs (without brackets) carry."""
    keys = tuple(keys)
    for identifier in ids:
        token = read(keys, carried(identifier), now)
        if token is not None:
            yield token


def in_text(
    keys: Iterable[bytes], text: str, now: datetime, purposes: Container[Purpose] = ACTING
) -> Token | None:
    """Return the first valid token (of these purposes) that a text carries, or None: our own line ends the
    mail that is quoted, and what that mail answered is quoted below it."""
    each = each_in_text(keys, text, now)
    return next((token for token in each if token.purpose in purposes), None)


def each_in_text(keys: Iterable[bytes], text: str, now: datetime) -> Iterator[Token]:
    """Yield the valid tokens that a text carries, of which no more than MOST_REFERENCES are looked at."""
    if "ref" not in text.lower():
        return
    keys = tuple(keys)
    places = (match[2] for match in _REFERENCE.finditer(text) if match[1] == ":")
    for candidate in islice(places, MOST_REFERENCES):
        token = read(keys, candidate, now)
        if token is not None:
            yield token


def masked(text: str) -> str:
    """Return a stranger's text with what looks like a token of ours made harmless."""
    return _REFERENCE.sub(lambda match: f"ref {match[2]}", text) if "ref" in text.lower() else text


def untokened(text: str) -> str:
    """Return a text fit to be logged: the addresses and references of ours that it names have no tokens."""
    hidden = _IN_ADDRESS.sub(lambda match: "+…" if match[0][0] == "+" else "…", text)
    return _REFERENCE.sub(r"ref\1…", hidden) if "ref" in hidden.lower() else hidden


def holds_internal(data: bytes) -> bool:
    """Whether an address with a token that is not a customer's stands in `data`, in any case of letters.

    Neither key nor time is asked: what looks like one must not go out either way.
    """
    return _INTERNAL.search(data) is not None


def lifetime(now: datetime, days: int) -> datetime:
    """Return when a token made at `now` for `days` ends."""
    return now + timedelta(days=days)


def _text(raw: bytes) -> str:
    return base64.b32encode(raw).decode("ascii").rstrip("=").lower()


def _mac(key: bytes, body: bytes) -> bytes:
    return hmac.digest(key, b"intake-reply-v1" + body, "sha256")[:_MAC_LENGTH]
