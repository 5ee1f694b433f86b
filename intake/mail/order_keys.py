"""What a mail shares with those it must be decided in order with, read from its header alone. Pure.

Two mails without a shared key may be decided at the same time by different processes; of two that share
one, the earlier is decided first. A key too many costs some waiting, a key too few the order: so a token
counts unproven, and whoever a header names as an author counts as one. What stands in a body is not read:
of what an agent forwards, and of the tickets that a command names, only the agent is known here.
"""

import re
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b

from intake.desk import tokens
from intake.desk.ceilings import ceiling_key
from intake.desk.message import MOST_THREAD_IDS, Address, Envelope
from intake.desk.text.subject_numbers import numbers_in
from intake.mail import addresses, gate, headers, line_ends, rewritten, structure, thread_index
from intake.mail.headers import RawField
from intake.mail.parse import ids

# So much of a mail is looked at: a longer header is refused.
TOP_BYTES = gate.MAX_HEADER_BYTES
# Of a list of authors the first is the sender, and the others cost no more than this.
MOST_ADDRESSES = 10
# By the first letter of a key it is told what it is made of.
SENDER, MESSAGE_ID, TICKET, ACTING, CONVERSATION, SAME = "s", "m", "t", "a", "c", "f"

_AUTHORS = ("from", "sender", "reply-to", "x-original-from", "x-original-sender", "return-path")
_SAME = ("from", "date", "message-id", "subject")
# The whole local part of an address.
_WHOLE = re.compile(rb"[a-z2-7]{44}@", re.IGNORECASE)
_REFERENCE = re.compile(r"ref\.([a-z2-7]{44})\.", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Order:
    """What a mail is ordered by: its keys, each once, and the Message-IDs that it names."""

    keys: frozenset[str]
    ids: tuple[str, ...] = ()

    def stored(self, tickets: Iterable[int] = ()) -> str:
        """Return the keys as they are kept in a row of the ledger, with those of the tickets in which its
        Message-IDs stand: whoever else writes in one of them may name another id, or its number."""
        return " ".join(sorted(self.keys | {_key(TICKET, str(ticket)) for ticket in tickets}))


def order_of(top: bytes, envelope: Envelope) -> Order | None:
    """Return what a mail is ordered by, of which `top` are the first TOP_BYTES; None where it cannot
    be told. Never raises, but for want of memory; linear in the length of `top`."""
    named: list[str] = []
    try:
        keys = frozenset(_keys(top, envelope, named))
        return Order(keys, tuple(dict.fromkeys(named)))
    except MemoryError:
        raise
    except Exception:
        # Then it waits for all before it, as every mail did before there were keys.
        return None


def _keys(top: bytes, envelope: Envelope, ids_named: list[str]) -> Iterator[str]:
    usual = line_ends.usual(top)
    yield from _of_header(structure.head(usual)[0], envelope, ids_named)
    if usual is not top:
        # Our own server read it as it came.
        yield from _of_header(structure.head(top)[0], envelope, ids_named)


def _of_header(fields: list[RawField], envelope: Envelope, ids_named: list[str]) -> Iterator[str]:
    fields = fields[: gate.MAX_FIELDS]
    named: dict[str, list[bytes]] = {}
    for name, value in fields:
        named.setdefault(name, []).append(value)
    for mailbox in _authors(fields, named, envelope):
        yield _key(SENDER, ceiling_key(mailbox))
    own, others = _ids(named)
    ids_named += others
    for message_id in (*own, *others):
        yield _key(MESSAGE_ID, message_id)
    carried = [match[1] for match in map(_REFERENCE.match, others) if match]
    for purpose, ticket, person in filter(
        None, map(tokens.claimed, [*_plus_parts(named, envelope), *carried])
    ):
        if ticket:
            yield _key(TICKET, str(ticket))
        if purpose in tokens.ACTING:
            # Mails of commands belong to no ticket, and keep the order of their agent.
            yield _key(ACTING, f"{ticket} {0 if ticket else person}")
    for value in named.get("subject", ())[:1]:
        for number in numbers_in(headers.decode(value)):
            yield _key(TICKET, str(number))
    for value in named.get("thread-index", ())[:1]:
        conversation = thread_index.root(value)
        if conversation:
            yield _key(CONVERSATION, conversation)
    if "date" not in named and "message-id" not in named:
        # Two such mails are never one (parse.fingerprint).
        return
    written = (b"".join(b"\1".join(named.get(name, ())).split()) for name in _SAME)
    yield _key(SAME, b"\0".join(written).decode("latin-1"))


def _authors(fields: list[RawField], named: dict[str, list[bytes]], envelope: Envelope) -> Iterator[str]:
    """Return the addresses of whoever may be taken for the sender."""
    first = None
    reply_to: tuple[Address, ...] = ()
    for name in _AUTHORS:
        for value in named.get(name, ())[:MOST_ADDRESSES]:
            listed = addresses.parse_list(value)[:MOST_ADDRESSES] or _one(value)
            first = first or (listed[0] if listed else None)
            reply_to = reply_to or (listed if name == "reply-to" else ())
            yield from (address.mailbox for address in listed)
    author, _ = rewritten.named_author(fields, first, reply_to)
    if author is not None:
        yield author.mailbox
    if envelope.sender:
        yield envelope.sender


def _one(value: bytes) -> tuple[Address, ...]:
    author = addresses.parse_one(value) if value else None
    return (author,) if author else ()


def _ids(named: dict[str, list[bytes]]) -> tuple[tuple[str, ...], list[str]]:
    """Return the mail's own id, if it has one, and those that it names, the newest first."""
    answered = ids(named.get("in-reply-to", [b""])[0])
    thread = ids(b" ".join(named.get("references", ())))
    others = list(dict.fromkeys((*answered, *reversed(thread))))[:MOST_THREAD_IDS]
    return ids(named.get("message-id", [b""])[0])[:1], others


def _plus_parts(named: dict[str, list[bytes]], envelope: Envelope) -> Iterator[str]:
    """Return what may be a token in the addresses that a mail went to."""
    written: list[str] = list(envelope.recipients)
    for name in ("to", "cc", *structure.DELIVERED):
        for value in named.get(name, ())[:MOST_ADDRESSES]:
            if b"+" in value or b"=?" in value or _WHOLE.search(value):
                written += [address.mailbox for address in addresses.parse_list(value)]
    yield from filter(None, map(tokens.within, written))


def _key(kind: str, text: str) -> str:
    """Return a short key: 64 bits of a hash, for two that are one by chance only cost waiting."""
    made = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return kind + urlsafe_b64encode(made).decode("ascii").rstrip("=")
