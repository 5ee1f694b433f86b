"""The ledger, in memory."""

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from intake.desk.blocking import KEPT
from intake.desk.effects import Outcome
from intake.desk.guard.policy import plain_rule
from intake.desk.message import Attachment, Envelope
from intake.ports import Arrival, Large, Pending, Received, Taken
from intake.store import turns
from intake.store.blobs import digest, tombstone
from intake.store.ledger import IN_ORDER
from intake.store.taking import HOLD
from intake.testing.memory.drafts import before
from intake.testing.memory.rows import Sighting, StoredMessage
from intake.testing.memory.state import Memory, MemoryPart
from intake.testing.memory.too_large import too_large_and_told
from intake.testing.memory.upkeep import recorded
from intake.views import MessageRow


class MemoryLedger(MemoryPart):
    """Receiving messages and taking them up for processing."""

    def __init__(self, memory: Memory, tombstone_key: bytes) -> None:
        super().__init__(memory)
        self._tombstone_key = tombstone_key

    @property
    def shared(self) -> bool:
        """A transaction has all of the memory to itself."""
        return False

    def take(
        self,
        now: datetime,
        limit: int,
        owner: str,
        gone: Callable[[str], bool],
        after: timedelta = timedelta(0),
        again: bool = False,
    ) -> Taken:
        """Nothing: one process decides at a time, by `pending` and `begin`."""
        return Taken()

    def receive(self, arrivals: Sequence[Arrival], now: datetime) -> list[Received]:
        """Keep raw bytes; one result per arrival."""
        with self._memory.transaction():
            return [self._receive(arrival, now) for arrival in arrivals]

    def _receive(self, arrival: Arrival, now: datetime) -> Received:
        state, envelope = self._now, arrival.envelope
        name = digest(arrival.raw)
        grave = tombstone(self._tombstone_key, name)
        buried = bool(self._tombstone_key) and grave in state.tombstones
        name = grave if buried else name
        row = next((message for message in state.messages if message.sha256 == name), None)
        known = row is not None
        if row is None:
            row = state.messages.add(
                lambda number: StoredMessage(
                    number,
                    name,
                    0 if buried else len(arrival.raw),
                    envelope.channel,
                    envelope.mailbox,
                    None if buried else envelope.sender,
                    () if buried else envelope.recipients,
                    envelope.archive,
                    now,
                    now,
                    oversize=envelope.oversize,
                )
            )
            if buried:
                why = "it was erased before; nothing of it was kept"
                state.messages.change(row.id, state="done", outcome=Outcome.ERASED, reason=why)
            else:
                state.blobs[name] = _whole(arrival.raw)
        self._see(row.id, arrival)
        return Received(row.id, known)

    def _see(self, message: int, arrival: Arrival) -> None:
        origin = arrival.origin
        place = (origin.folder, origin.uidvalidity, origin.uid) if origin else ("", None, None)
        mailbox = arrival.envelope.mailbox
        there = {
            (sighting.mailbox, sighting.folder, sighting.uidvalidity, sighting.uid)
            for sighting in self._now.sightings
        }
        if origin is None or (mailbox, *place) not in there:
            self._now.sightings.add(lambda number: Sighting(number, message, mailbox, *place))

    def keep_files(self, files: Sequence[Attachment]) -> None:
        """Nothing is written: memory keeps them with all else."""

    def known_digests(self, digests: Sequence[str]) -> set[str]:
        """Return those of these sha256 digests whose bytes were received, even if erased since."""
        there = {message.sha256 for message in self._now.messages}
        graves = self._now.tombstones if self._tombstone_key else set()
        return {
            sha256
            for sha256 in digests
            if sha256 in there or tombstone(self._tombstone_key, sha256) in graves
        }

    def pending(self, now: datetime, limit: int, again: bool = False) -> list[int]:
        """Return ids of rows that wait and were never tried (`again`: that were), oldest first."""
        if not again and self._first_begun(now) is not None:
            return []
        return [row.id for row in self._waiting(now) if (row.attempts > 0) == again][:limit]

    def interrupted(self, now: datetime, before: int, limit: int) -> list[int]:
        """Return ids of rows below `before` that were in hand when their process died, oldest first."""
        cut_off = (row for row in self._waiting(now) if row.attempts == 1 and not row.reason)
        return [row.id for row in cut_off if row.id < before][:limit]

    def _waiting(self, now: datetime) -> list[StoredMessage]:
        return [
            row
            for row in self._now.messages
            if row.state == "waiting"
            and not now < row.next_at <= now + turns.LONGEST_WAIT
            and _free(row, now)
        ]

    def _first_begun(self, now: datetime) -> int | None:
        recent = now + HOLD - IN_ORDER
        held = (row for row in self._now.messages if row.state == "waiting" and row.held_until)
        return min((row.id for row in held if row.held_until and row.held_until > recent), default=None)

    def begin(self, ids: Iterable[int], now: datetime, owner: str = "") -> list[Pending]:
        """Count an attempt on each row still waiting and return those rows."""
        begun: list[Pending] = []
        with self._memory.transaction() as state:
            held, total = self._first_begun(now), 0
            for ledger_id in sorted(set(ids)):
                row = state.messages.get(ledger_id)
                if row is None or row.state != "waiting" or not _free(row, now):
                    continue
                total += row.size
                if (held is not None and ledger_id >= held) or (begun and total > turns.BATCH_BYTES):
                    break
                held_until = now + HOLD
                row = state.messages.change(
                    ledger_id, attempts=row.attempts + 1, held_until=held_until, held_by=owner
                )
                envelope = Envelope(
                    row.channel,
                    row.mailbox,
                    row.mail_from,
                    row.recipients,
                    row.archive,
                    row.released,
                    row.oversize,
                )
                raw = state.blobs[row.sha256]
                begun.append(
                    Pending(ledger_id, raw, envelope, row.attempts, row.received_at, row.reason, owner)
                )
        return begun

    def refund(self, ids: Iterable[int], owner: str | None = None) -> None:
        """Take back the attempt `begin` counted."""
        with self._memory.transaction() as state:
            for ledger_id in ids:
                row = state.messages.get(ledger_id)
                if row and row.state == "waiting" and row.attempts and owner in (None, row.held_by):
                    state.messages.change(ledger_id, attempts=row.attempts - 1, held_until=None)

    def unhold(self, gone: Callable[[str], bool] = lambda owner: True) -> None:
        """Let go of all rows that some process holds for trying."""
        with self._memory.transaction() as state:
            for row in state.messages:
                if row.state == "waiting":
                    state.messages.change(row.id, held_until=None)

    def lock_all(self, ids: Collection[int], owner: str, now: datetime | None = None) -> set[int]:
        """Return those that wait: a transaction has all of the memory to itself."""
        return {ledger_id for ledger_id in ids if self.lock_pending(ledger_id)}

    def lock_pending(self, ledger_id: int, owner: str = "", now: datetime | None = None) -> bool:
        """Whether the row waits."""
        row = self._now.messages.get(ledger_id)
        return row is not None and row.state == "waiting"

    def postpone(self, ledger_id: int, reason: str, until: datetime) -> None:
        """Leave a row waiting until later, with what went wrong."""
        self._from("waiting", ledger_id, reason=reason, next_at=until, held_until=None)

    def quarantine(self, ledger_id: int, reason: str, now: datetime) -> None:
        """Set a row aside with the reason, in plain words."""
        self._from("waiting", ledger_id, state="quarantined", outcome=Outcome.QUARANTINED, reason=reason)

    def requeue(self, message_id: int, now: datetime) -> bool:
        """Put a quarantined message back, with all its attempts."""
        values: dict[str, Any] = {"outcome": None, "attempts": 0, "next_at": now, "held_until": None}
        row = self._now.messages.get(message_id)
        values["released"] = row is not None and (row.released or row.rule in KEPT)
        return self._from("quarantined", message_id, state="waiting", **values)

    def drop(self, message_id: int, reason: str, now: datetime, who: str = "admin") -> bool:
        """Give a quarantined message up; its bytes stay."""
        with self._memory.transaction() as state:
            done = self._from("quarantined", message_id, state="dropped", reason=reason)
            if done:
                recorded(state, now, who, f"dropped message {message_id}: {reason}")
        return done

    def _from(self, old: str, ledger_id: int, **values: Any) -> bool:
        with self._memory.transaction() as state:
            row = state.messages.get(ledger_id)
            if row is None or row.state != old:
                return False
            state.messages.change(ledger_id, **values)
            return True

    def quarantined_before(self, moment: datetime) -> int:
        """Return how many messages in quarantine were received before `moment`."""
        left = too_large_and_told(self._now)
        return sum(
            row.state == "quarantined"
            and row.received_at < moment
            and row.rule not in KEPT
            and row.id not in left
            for row in self._now.messages
        )

    def kept_since(self, since: datetime) -> dict[str, int]:
        """Return how many messages that came since are in quarantine by a person's will, by the rule."""
        rows = [row for row in self._now.messages if row.state == "quarantined" and row.received_at > since]
        return dict(Counter(row.rule for row in rows if row.rule in KEPT))

    def unreadable(self) -> int:
        """Return how many messages wait because their raw bytes cannot be read: here they always can."""
        return 0

    def untold(self, since: datetime) -> dict[str, int]:
        """Return how many messages that came since are kept without a ticket, by the rule that kept them."""
        rows = [row for row in self._now.messages if row.ticket is None and row.received_at > since]
        return dict(Counter(row.rule for row in rows if row.outcome is Outcome.AUTOMATIC))

    def list_messages(
        self,
        outcome: str | None = None,
        state: str | None = None,
        limit: int = 50,
        mailbox: str | None = None,
        kept: bool | None = None,
    ) -> list[MessageRow]:
        """Return ledger rows, newest first; None: of any outcome, state or mailbox."""
        rows = (row for row in self._now.messages.newest() if outcome is None or row.outcome == outcome)
        rows = (row for row in rows if mailbox is None or row.mailbox == mailbox)
        rows = (row for row in rows if kept is None or kept is (row.rule in KEPT))
        return [self._shown(row) for row in rows if state is None or row.state == state][:limit]

    def message(self, message_id: int) -> MessageRow | None:
        """Return one ledger row, or None."""
        row = self._now.messages.get(message_id)
        return self._shown(row) if row else None

    def _shown(self, row: StoredMessage) -> MessageRow:
        seen = (sighting for sighting in self._now.sightings if sighting.message == row.id)
        places = (
            f"{sighting.mailbox}/{sighting.folder} {sighting.uidvalidity}:{sighting.uid}"
            if sighting.folder
            else sighting.mailbox
            for sighting in seen
        )
        return MessageRow(
            row.id,
            row.sha256,
            row.size,
            row.channel,
            row.mailbox,
            row.received_at,
            row.sender,
            row.subject,
            row.message_id,
            row.state,
            row.outcome,
            row.ticket,
            plain_rule(row.rule),
            row.reason,
            row.attempts,
            row.defects,
            row.duplicate_of,
            tuple(places),
            row.oversize,
        )

    def raw(self, message_id: int) -> bytes | None:
        """Return a message's bytes as they came, or None when there is no such row."""
        row = self._now.messages.get(message_id)
        return self._now.blobs.get(row.sha256) if row else None

    def draft_raw(self, entry: int) -> bytes | None:
        """Return the mail that became a draft (an entry), as it came."""
        row = self._now.entries.get(entry)
        row = (before(self._now, row) or row) if row else None
        return self.raw(row.message) if row and row.message is not None else None


def _whole(raw: bytes | Large) -> bytes:
    content = b"".join(raw.chunks()) if isinstance(raw, Large) else raw
    if isinstance(raw, Large) and hashlib.sha256(content).hexdigest() != raw.sha256:
        raise OSError("it was read otherwise the second time")
    return content


def _free(row: StoredMessage, now: datetime) -> bool:
    return row.held_until is None or not now < row.held_until <= now + turns.LONGEST_WAIT
