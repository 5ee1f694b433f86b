"""The ledger: every message received, where it was seen, and what became of it."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import peewee

from intake.desk.effects import Outcome
from intake.desk.message import Envelope
from intake.ports import Arrival, Pending, Received
from intake.store import locks
from intake.store.base import StorePart
from intake.store.blobs import ROWS_AT_ONCE, digest
from intake.store.schema.state import Tombstone
from intake.store.schema.tables import Message, Sighting
from intake.store.statement import Statement, hole
from intake.store.upkeep.erasure import tombstone

# While one process tries a row, others leave it alone for this long, so that only
# attempts that were really made one after the other are counted.
HOLD = timedelta(seconds=60)
# A row waits for minutes at most. One that waits for longer was written while the clock was ahead.
LONGEST_WAIT = timedelta(hours=1)
# A reply is decided after the mail it answers: what came later waits this long for what another
# process has begun, and no longer, so that one bad mail delays nobody.
IN_ORDER = timedelta(seconds=10)
# So much is taken up at once, or one message: it is held in memory, and its hostile members
# (intake/runtime/parse_sandbox.py: up to 20 s each) must all be through within HOLD.
BATCH_BYTES = 4 << 20
# When to look again for a message whose file was not to be read.
UNREADABLE = timedelta(minutes=1)

# An update that changes nothing locks the row on both engines.
_LOCK = Statement(
    lambda: Message.update(state="waiting").where(
        (Message.id == hole(Message.id)) & (Message.state == "waiting")
    )
)
_ANY_GRAVE = Statement(lambda: Tombstone.select(Tombstone.digest).limit(1))


class Ledger(StorePart):
    """Receiving messages and taking them up for processing.

    `tombstone_key` is what tombstones of erased messages are made with; without one nothing is looked up.
    """

    tombstone_key: bytes = b""

    def receive(self, arrivals: Sequence[Arrival], now: datetime) -> list[Received]:
        """Commit raw bytes to the ledger, durably, in one transaction; one result per arrival.

        The same bytes again, even within one batch, are the same row and `known`; each
        arrival leaves a sighting. Raises Temporary when nothing was stored.
        """
        if not arrivals:
            return []
        named = [(digest(arrival.raw), arrival) for arrival in arrivals]
        contents = {name: arrival.raw for name, arrival in named}
        graves = self._graves(contents)
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

    def _graves(self, digests: Iterable[str]) -> dict[str, str]:
        """Return the tombstones of those digests that were erased."""
        if not self.tombstone_key or not self.db.fetch(_ANY_GRAVE):
            return {}
        made = {tombstone(self.tombstone_key, name): name for name in digests}
        found: dict[str, str] = {}
        for some in peewee.chunked(made, ROWS_AT_ONCE):
            query = Tombstone.select(Tombstone.digest).where(Tombstone.digest.in_(list(some)))
            found |= {made[grave]: grave for (grave,) in self.db.rows(query.tuples())}
        return found

    def _bury(self, graves: Iterable[str]) -> None:
        for some in peewee.chunked(graves, ROWS_AT_ONCE):
            query = Message.update(
                state="done",
                outcome=Outcome.ERASED.value,
                reason="it was erased before; nothing of it was kept",
                size=0,
                mail_from=None,
                recipients=(),
            )
            self.db.run(query.where(Message.sha256.in_(list(some))))

    def _ids(self, names: Iterable[str]) -> dict[str, int]:
        ids: dict[str, int] = {}
        for some in peewee.chunked(names, ROWS_AT_ONCE):
            query = Message.select(Message.sha256, Message.id).where(Message.sha256.in_(list(some)))
            ids |= dict(self.db.rows(query.tuples()))
        return ids

    def _insert(self, new: Sequence[tuple[str, Arrival]], now: datetime) -> dict[str, int]:
        rows = [
            {
                "sha256": name,
                "size": len(arrival.raw),
                "channel": arrival.envelope.channel,
                "mailbox": arrival.envelope.mailbox,
                "mail_from": arrival.envelope.sender,
                "recipients": arrival.envelope.recipients,
                "archive": arrival.envelope.archive,
                "received_at": now,
                "next_at": now,
            }
            for name, arrival in new
        ]
        query = Message.insert_many(rows).on_conflict_ignore().returning(Message.sha256, Message.id)
        return dict(self.db.rows(query.tuples()))

    def _see(self, seen: Sequence[tuple[int, Arrival]], now: datetime) -> None:
        rows = [
            (
                message,
                arrival.envelope.mailbox,
                arrival.origin.folder if arrival.origin else "",
                arrival.origin.uidvalidity if arrival.origin else None,
                arrival.origin.uid if arrival.origin else None,
                now,
            )
            for message, arrival in seen
        ]
        fields = [
            Sighting.message,
            Sighting.mailbox,
            Sighting.folder,
            Sighting.uidvalidity,
            Sighting.uid,
            Sighting.seen_at,
        ]
        for some in peewee.chunked(rows, ROWS_AT_ONCE):
            self.db.run(Sighting.insert_many(some, fields).on_conflict_ignore().as_rowcount())

    def known_uids(self, mailbox: str, folder: str, uidvalidity: int) -> set[int]:
        """Return the UIDs already received from a folder."""
        query = Sighting.select(Sighting.uid).where(
            (Sighting.mailbox == mailbox)
            & (Sighting.folder == folder)
            & (Sighting.uidvalidity == uidvalidity)
        )
        return {uid for (uid,) in self.db.rows(query.tuples())}

    def known_digests(self, digests: Sequence[str]) -> set[str]:
        """Return those of these sha256 digests whose bytes were received, though they may have been erased.

        What was redacted lies on the server as it came, and has another digest here.
        """
        return {*self._ids(digests), *self._graves(digests)}

    def quarantined_before(self, moment: datetime) -> int:
        """Return how many messages in quarantine were received before `moment`."""
        query = Message.select(Message.id).where(
            (Message.state == "quarantined") & (Message.received_at < moment)
        )
        return len(self.db.rows(query.tuples()))

    def pending(self, now: datetime, limit: int, again: bool = False) -> list[int]:
        """Return ids of rows that wait and were never tried (`again`: that were), oldest first.

        None of the untried ones while others are being decided on: see `begin`.
        """
        if not again and self._first_begun(now) is not None:
            return []
        return self._waiting(now, limit, Message.attempts > 0 if again else Message.attempts == 0)

    def interrupted(self, now: datetime, before: int, limit: int) -> list[int]:
        """Return ids of rows below `before` that were in hand when their process died, oldest first.

        Not those that it happened to twice: they may be what kills it.
        """
        cut_off = (Message.attempts == 1) & (Message.reason == "") & (Message.id < before)
        return self._waiting(now, limit, cut_off)

    def _waiting(self, now: datetime, limit: int, which: peewee.Expression) -> list[int]:
        query = (
            Message.select(Message.id)
            .where((Message.state == "waiting") & _ready(now) & which & _free(now))
            .order_by(Message.id)
            .limit(limit)
        )
        return [number for (number,) in self.db.rows(query.tuples())]

    def refund(self, ids: Iterable[int]) -> None:
        """Take back the attempt `begin` counted: the trouble was not the message's."""
        with self.transaction():
            for some in peewee.chunked(ids, ROWS_AT_ONCE):
                query = Message.update(attempts=Message.attempts - 1, held_until=None).where(
                    Message.id.in_(list(some)) & (Message.state == "waiting") & (Message.attempts > 0)
                )
                self.db.run(query)

    def begin(self, ids: Iterable[int], now: datetime) -> list[Pending]:
        """Count an attempt on each row still waiting and return those rows, in one commit.

        A row that another process began within the last HOLD is left to that one, and so is
        for IN_ORDER all that came after it: an answer decided on before the question would
        not find its ticket. What goes beyond BATCH_BYTES is left to the next call.
        """
        begun: list[int] = []
        with self.transaction():
            if self.db.postgres:
                # There two of these transactions could run at once, each unseen by the other.
                self.db.sql("SELECT pg_advisory_xact_lock(%s)", locks.BEGIN)
            held = self._first_begun(now)
            if held is not None:
                ids = [one for one in ids if one < held]
            for some in peewee.chunked(self._fitting(ids, now), ROWS_AT_ONCE):
                query = (
                    Message.update(attempts=Message.attempts + 1, held_until=now + HOLD)
                    .where(Message.id.in_(list(some)) & (Message.state == "waiting") & _free(now))
                    .returning(Message.id)
                )
                begun += [number for (number,) in self.db.rows(query.tuples())]
        rows = [row for some in peewee.chunked(sorted(begun), ROWS_AT_ONCE) for row in self._load(some)]
        raws = self.blobs.many({row.sha256 for row in rows})
        for row in rows:
            if row.sha256 not in raws:
                # Not this message's fault: it keeps its attempts, and its neighbours go on.
                why = "its raw bytes cannot be read: restore the file or its mode"
                self._from(
                    "waiting",
                    row.id,
                    attempts=Message.attempts - 1,
                    reason=why,
                    next_at=now + UNREADABLE,
                    held_until=None,
                )
        return [
            Pending(
                row.id,
                raws[row.sha256],
                Envelope(row.channel, row.mailbox, row.mail_from, row.recipients, row.archive),
                row.attempts,
                row.received_at,
                row.reason or "",
            )
            for row in rows
            if row.sha256 in raws
        ]

    def _first_begun(self, now: datetime) -> int | None:
        """Return the lowest row that some process began to decide on within the last IN_ORDER."""
        query = Message.select(peewee.fn.MIN(Message.id)).where(
            (Message.state == "waiting") & (Message.held_until > now + HOLD - IN_ORDER)
        )
        number: int | None = self.db.rows(query.tuples())[0][0]
        return number

    def _fitting(self, ids: Iterable[int], now: datetime) -> list[int]:
        sizes: list[tuple[int, int]] = []
        for some in peewee.chunked(dict.fromkeys(ids), ROWS_AT_ONCE):
            query = Message.select(Message.id, Message.size).where(
                Message.id.in_(list(some)) & (Message.state == "waiting") & _free(now)
            )
            sizes += self.db.rows(query.tuples())
        fitting: list[int] = []
        total = 0
        for number, size in sorted(sizes):
            total += size
            if fitting and total > BATCH_BYTES:
                break
            fitting.append(number)
        return fitting

    def _load(self, ids: Sequence[int]) -> list[Message]:
        rows: list[Message] = self.db.rows(
            Message.select().where(Message.id.in_(list(ids))).order_by(Message.id)
        )
        return rows

    def unhold(self) -> None:
        """Let go of all rows that some process holds for trying."""
        held = (Message.state == "waiting") & Message.held_until.is_null(False)
        if self.db.rows(Message.select(Message.id).where(held).limit(1).tuples()):
            with self.transaction():
                self.db.run(Message.update(held_until=None).where(held))

    def lock_pending(self, ledger_id: int) -> bool:
        """In a transaction: take the row for deciding. False when another process finished it."""
        return self.db.execute(_LOCK, id=ledger_id) == 1

    def postpone(self, ledger_id: int, reason: str, until: datetime) -> None:
        """Leave a row waiting until later, with what went wrong."""
        self._from("waiting", ledger_id, reason=reason, next_at=until, held_until=None)

    def quarantine(self, ledger_id: int, reason: str, now: datetime) -> None:
        """Set a row aside with the reason, in plain words."""
        self._from(
            "waiting", ledger_id, state="quarantined", outcome=Outcome.QUARANTINED.value, reason=reason
        )

    def requeue(self, message_id: int, now: datetime) -> bool:
        """Put a quarantined message back, with all its attempts. False when it is not in quarantine."""
        return self._from(
            "quarantined",
            message_id,
            state="waiting",
            outcome=None,
            attempts=0,
            next_at=now,
            held_until=None,
        )

    def drop(self, message_id: int, reason: str, now: datetime, who: str = "admin") -> bool:
        """Give a quarantined message up; its bytes stay. False when it is not in quarantine."""
        with self.transaction():
            done = self._from("quarantined", message_id, state="dropped", reason=reason)
            if done:
                self.record_audit(who, f"dropped message {message_id}: {reason}", now)
        return done

    def _from(self, old: str, message_id: int, **values: object) -> bool:
        with self.transaction():
            query = Message.update(**values).where((Message.id == message_id) & (Message.state == old))
            return bool(self.db.run(query) == 1)


def _free(now: datetime) -> peewee.Expression:
    held = Message.held_until
    return held.is_null() | (held <= now) | (held > now + LONGEST_WAIT)


def _ready(now: datetime) -> peewee.Expression:
    return (Message.next_at <= now) | (Message.next_at > now + LONGEST_WAIT)
