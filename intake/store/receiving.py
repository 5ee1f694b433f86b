"""Receiving: raw bytes into the ledger, durably, each content once."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

import peewee

from intake.desk.effects import Outcome
from intake.desk.record.leaf import MESSAGE
from intake.ports import Arrival, Large, Received
from intake.store.base import StorePart
from intake.store.blobs import Blobs, digest, tombstone
from intake.store.connection import ROWS_AT_ONCE, Connection
from intake.store.schema.fields import clean
from intake.store.schema.state import Tombstone
from intake.store.schema.tables import Message, MessageRef, Sighting
from intake.store.statement import Insertion, Statement

_ANY_GRAVE = Statement(lambda: Tombstone.select(Tombstone.digest).limit(1))

# Where a message lies within a mailbox: it is seen there once.
_PLACE: list[peewee.Field] = [Sighting.mailbox, Sighting.folder, Sighting.uidvalidity, Sighting.uid]
# New messages, by their bytes; what comes back are digest and number.
MESSAGES = Insertion(
    Message, unless_there=[Message.sha256], returning=[Message.sha256, Message.id], recorded=MESSAGE
)
_SIGHTINGS = Insertion(Sighting, unless_there=_PLACE)


class Receiving(StorePart):
    """Writing arrivals down.

    `tombstone_key` is what tombstones of erased messages are made with; without one nothing is looked up.
    """

    def __init__(self, db: Connection, blobs: Blobs, tombstone_key: bytes = b"") -> None:
        super().__init__(db, blobs)
        self._tombstone_key = tombstone_key

    def receive(self, arrivals: Sequence[Arrival], now: datetime) -> list[Received]:
        """Commit raw bytes to the ledger, durably, in one transaction; one result per arrival.

        The same bytes again, even within one batch, are the same row and `known`; each
        arrival leaves a sighting. Raises Temporary when nothing was stored.
        """
        if not arrivals:
            return []
        named = [(digest(arrival.raw), arrival) for arrival in arrivals]
        contents = {name: arrival.raw for name, arrival in named}
        graves = self.graves(contents)
        if graves:
            # Of what was erased only the tombstone is kept, before a byte of it is written.
            named = [(graves.get(name, name), arrival) for name, arrival in named]
            contents = {name: arrival.raw for name, arrival in named}
        buried = frozenset(graves.values())
        kept = {name: raw for name, raw in contents.items() if name not in buried}
        # Files first: slow, and only the commit below makes them ours.
        self.blobs.write_large(kept)
        with self.transaction():
            ids = self._ids(contents)
            new = {name: arrival for name, arrival in reversed(named) if name not in ids}
            ordered = [(name, new[name]) for name in contents if name in new]
            if ordered:
                self.blobs.put_rows({name: new[name].raw for name in kept if name in new})
            added: dict[str, int] = {}
            for some in peewee.chunked(ordered, ROWS_AT_ONCE):
                added |= self._insert(some, now)
            if len(added) < len(ordered):
                # Another process committed the same bytes after we looked.
                ids = self._ids(contents)
            ids |= added
            self._see([(ids[name], arrival) for name, arrival in named], now)
            self._bury(buried)
        received: list[Received] = []
        for name, _ in named:
            received.append(Received(ids[name], name not in added))
            added.pop(name, None)
        return received

    def known_digests(self, digests: Sequence[str]) -> set[str]:
        """Return those of these sha256 digests whose bytes were received, though they may have been erased.

        What was redacted lies on the server as it came, and has another digest here.
        """
        return {*self._ids(digests), *self.graves(digests)}

    def graves(self, digests: Iterable[str]) -> dict[str, str]:
        """Return the tombstones of those digests that were erased."""
        if not self._tombstone_key or not self.db.fetch(_ANY_GRAVE):
            return {}
        made = {tombstone(self._tombstone_key, name): name for name in digests}
        graves: dict[str, str] = {}
        for some in peewee.chunked(made, ROWS_AT_ONCE):
            query = Tombstone.select(Tombstone.digest).where(Tombstone.digest.in_(list(some)))
            graves |= {made[grave]: grave for (grave,) in self.db.rows(query.tuples())}
        return graves

    def order_keys(self, arrivals: Sequence[Arrival]) -> list[str | None]:
        """Return what each message is ordered by, as it stands in its row; None where one process decides."""
        if not self.db.postgres:
            return [None] * len(arrivals)
        # What reads mail takes longest to load.
        from intake.mail.order_keys import TOP_BYTES, order_of

        orders = [order_of(_top(arrival.raw, TOP_BYTES), arrival.envelope) for arrival in arrivals]
        tickets = self._tickets_of({clean(name) for order in orders if order for name in order.ids})
        return [
            None
            if order is None
            else order.stored(ticket for name in order.ids for ticket in tickets.get(clean(name), ()))
            for order in orders
        ]

    def _tickets_of(self, ids: Iterable[str]) -> dict[str, list[int]]:
        """Return the tickets that each of these Message-IDs stands in."""
        tickets: dict[str, list[int]] = defaultdict(list)
        for some in peewee.chunked(ids, ROWS_AT_ONCE):
            query = MessageRef.select(MessageRef.message_id, MessageRef.ticket).distinct()
            for name, ticket in self.db.rows(query.where(MessageRef.message_id.in_(list(some))).tuples()):
                tickets[name].append(ticket)
        return tickets

    def _bury(self, graves: Iterable[str]) -> None:
        for some in peewee.chunked(graves, ROWS_AT_ONCE):
            query = Message.update(
                state="done",
                outcome=Outcome.ERASED.value,
                reason="it was erased before; nothing of it was kept",
                size=0,
                mail_from=None,
                recipients=(),
                order_keys=None,
            )
            self.db.run(query.where(Message.sha256.in_(list(some))))

    def _ids(self, names: Iterable[str]) -> dict[str, int]:
        ids: dict[str, int] = {}
        for some in peewee.chunked(names, ROWS_AT_ONCE):
            query = Message.select(Message.sha256, Message.id).where(Message.sha256.in_(list(some)))
            ids |= dict(self.db.rows(query.tuples()))
        return ids

    def _insert(self, new: Sequence[tuple[str, Arrival]], now: datetime) -> dict[str, int]:
        keys = self.order_keys([arrival for _, arrival in new])
        rows = [
            {
                "sha256": name,
                "size": len(arrival.raw),
                "channel": arrival.envelope.channel,
                "mailbox": arrival.envelope.mailbox,
                "mail_from": arrival.envelope.sender,
                "recipients": arrival.envelope.recipients,
                "archive": arrival.envelope.archive,
                "oversize": arrival.envelope.oversize,
                "received_at": now,
                "next_at": now,
                "order_keys": key,
            }
            for (name, arrival), key in zip(new, keys, strict=True)
        ]
        return dict(self.db.insert(MESSAGES, rows))

    def _see(self, seen: Sequence[tuple[int, Arrival]], now: datetime) -> None:
        rows = [
            {
                "message": message,
                "mailbox": arrival.envelope.mailbox,
                "folder": arrival.origin.folder if arrival.origin else "",
                "uidvalidity": arrival.origin.uidvalidity if arrival.origin else None,
                "uid": arrival.origin.uid if arrival.origin else None,
                "seen_at": now,
            }
            for message, arrival in seen
        ]
        self.db.insert(_SIGHTINGS, rows)


def _top(raw: bytes | Large, size: int) -> bytes:
    if not isinstance(raw, Large):
        return raw[:size]
    top = bytearray()
    for chunk in raw.chunks():
        top += chunk
        if len(top) >= size:
            break
    return bytes(top[:size])
