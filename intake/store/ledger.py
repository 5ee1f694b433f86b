"""The ledger: every message received, where it was seen, and what became of it."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime, timedelta

import peewee

from intake.desk.blocking import KEPT
from intake.desk.effects import Outcome
from intake.desk.guard.policy import plain_rule
from intake.desk.message import Attachment, Envelope
from intake.ports import Arrival, Pending, Received, Taken
from intake.store import drafts, turns
from intake.store.audit import record_audit
from intake.store.base import StorePart
from intake.store.blobs import LARGEST_ROW, UNREADABLE, Blobs, digest
from intake.store.connection import ROWS_AT_ONCE, Connection
from intake.store.receiving import Receiving
from intake.store.schema.tables import Message, Sighting
from intake.store.taking import HOLD, UNREADABLE_FOR, Taking
from intake.store.too_large import too_large_and_told
from intake.store.turns import LONGEST_WAIT, Turn
from intake.views import MessageRow

# On SQLite a reply is decided after the mail it answers because one process decides at a time: what came
# later waits this long for what another has begun, and no longer, so that one bad mail delays nobody.
IN_ORDER = timedelta(seconds=10)


class SqlLedger(StorePart):
    """Receiving messages and taking them up for processing."""

    def __init__(self, db: Connection, blobs: Blobs, receiving: Receiving) -> None:
        super().__init__(db, blobs)
        self._receiving, self._taking = receiving, Taking(db, blobs)

    @property
    def shared(self) -> bool:
        """Whether any number of processes decide at the same time, each by `take`."""
        return self.db.postgres

    def receive(self, arrivals: Sequence[Arrival], now: datetime) -> list[Received]:
        """Commit raw bytes to the ledger, durably, in one transaction; one result per arrival.

        The same bytes again, even within one batch, are the same row and `known`; each
        arrival leaves a sighting. Raises Temporary when nothing was stored.
        """
        return self._receiving.receive(arrivals, now)

    def keep_files(self, files: Sequence[Attachment]) -> None:
        """Make the large ones among the files of a message durable before the transaction that names them.

        Nobody waits for the database meanwhile. Raises Temporary where that cannot be done.
        """
        large = [file.content for file in files if len(file.content) > LARGEST_ROW]
        self.blobs.write_large({digest(content): content for content in large})

    def known_digests(self, digests: Sequence[str]) -> set[str]:
        """Return those of these sha256 digests whose bytes were received, though they may have been erased.

        What was redacted lies on the server as it came, and has another digest here.
        """
        return self._receiving.known_digests(digests)

    def quarantined_before(self, moment: datetime) -> int:
        """Return how many messages in quarantine were received before `moment`, not of KEPT rules, and none
        that is too large and that somebody was told of."""
        query = Message.select(peewee.fn.COUNT(Message.id)).where(
            (Message.state == "quarantined")
            & (Message.received_at < moment)
            & Message.rule.not_in(KEPT)
            & ~too_large_and_told()
        )
        return int(self.db.rows(query.tuples())[0][0])

    def kept_since(self, since: datetime) -> dict[str, int]:
        """Return how many messages that came since are in quarantine by a person's will, by the rule."""
        where = (Message.state == "quarantined") & Message.rule.in_(KEPT) & (Message.received_at > since)
        query = Message.select(Message.rule, peewee.fn.COUNT(Message.id)).where(where).group_by(Message.rule)
        return dict(self.db.rows(query.tuples()))

    def unreadable(self) -> int:
        """Return how many messages wait because the file of their raw bytes cannot be read."""
        waits = (Message.state == "waiting") & Message.reason.startswith(UNREADABLE)
        return len(self.db.rows(Message.select(Message.id).where(waits).tuples()))

    def pending(self, now: datetime, limit: int, again: bool = False) -> list[int]:
        """Return ids of rows that wait and were never tried (`again`: that were), oldest first.

        None of the untried ones whose turn it is not: see `begin`.
        """
        if self.shared and not again:
            return self._taking.free(Turn(now, now, limit))
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
        return [ledger_id for (ledger_id,) in self.db.rows(query.tuples())]

    def refund(self, ids: Iterable[int], owner: str | None = None) -> None:
        """Take back the attempt `begin` counted: the trouble was not the message's.

        With `owner` only of rows that are still theirs.
        """
        with self.transaction():
            for some in peewee.chunked(ids, ROWS_AT_ONCE):
                theirs = Message.id.in_(list(some)) & (Message.state == "waiting") & (Message.attempts > 0)
                if owner is not None:
                    theirs &= Message.held_by == owner
                self.db.run(Message.update(attempts=Message.attempts - 1, held_until=None).where(theirs))

    def take(
        self,
        now: datetime,
        limit: int,
        owner: str,
        gone: Callable[[str], bool],
        after: timedelta = timedelta(0),
        again: bool = False,
    ) -> Taken:
        """Take up, where the ledger is `shared`, up to `limit` rows whose turn it is, in their order.

        Of rows that share something with each other the earlier is decided on first (intake/store/turns.py).
        One that was in hand when its process died comes alone, and so does, with `again`, one that failed
        before. Rows that have not been due for as long as `after` are left alone, and of a holder of whom
        `gone` says that it no longer lives nobody waits. `owner` is a name never used before.
        """
        return self._taking.take(Turn(now, now - after, 1 if again else limit, again), owner, gone)

    def begin(self, ids: Iterable[int], now: datetime, owner: str = "") -> list[Pending]:
        """Count an attempt on each row still waiting and return those rows, in one commit.

        A row that another process began within the last HOLD is left to that one, and so is
        for IN_ORDER all that came after it: an answer decided on before the question would
        not find its ticket. Where the ledger is `shared` only what shares something with it waits, and
        for as long as it is held. What goes beyond BATCH_BYTES is left to the next call.
        """
        if self.shared:
            wanted = set(ids)
            turn = Turn(now, now, len(wanted), only=wanted)
            return list(self._taking.take(turn, owner, lambda holder: False).rows)
        begun: list[int] = []
        with self.transaction():
            held = self._first_begun(now)
            if held is not None:
                ids = [ledger_id for ledger_id in ids if ledger_id < held]
            for some in peewee.chunked(self._fitting(ids, now), ROWS_AT_ONCE):
                query = (
                    Message.update(attempts=Message.attempts + 1, held_until=now + HOLD, held_by=owner)
                    .where(Message.id.in_(list(some)) & (Message.state == "waiting") & _free(now))
                    .returning(Message.id)
                )
                begun += [ledger_id for (ledger_id,) in self.db.rows(query.tuples())]
        rows = [row for some in peewee.chunked(sorted(begun), ROWS_AT_ONCE) for row in self._load(some)]
        raws = self.blobs.many({row.sha256 for row in rows})
        for row in rows:
            if row.sha256 not in raws:
                # Not this message's fault: it keeps its attempts, and its neighbours go on.
                self._from(
                    "waiting",
                    row.id,
                    attempts=Message.attempts - 1,
                    reason=self.blobs.unreadable,
                    next_at=now + UNREADABLE_FOR,
                    held_until=None,
                )
        return [
            Pending(
                row.id,
                raws[row.sha256],
                Envelope(
                    row.channel,
                    row.mailbox,
                    row.mail_from,
                    row.recipients,
                    row.archive,
                    bool(row.released),
                    row.oversize,
                ),
                row.attempts,
                row.received_at,
                row.reason or "",
                owner,
            )
            for row in rows
            if row.sha256 in raws
        ]

    def _first_begun(self, now: datetime) -> int | None:
        """Return the lowest row that some process began to decide on within the last IN_ORDER."""
        query = Message.select(peewee.fn.MIN(Message.id)).where(
            (Message.state == "waiting") & (Message.held_until > now + HOLD - IN_ORDER)
        )
        lowest: int | None = self.db.rows(query.tuples())[0][0]
        return lowest

    def _fitting(self, ids: Iterable[int], now: datetime) -> list[int]:
        sizes: list[tuple[int, int]] = []
        for some in peewee.chunked(dict.fromkeys(ids), ROWS_AT_ONCE):
            query = Message.select(Message.id, Message.size).where(
                Message.id.in_(list(some)) & (Message.state == "waiting") & _free(now)
            )
            sizes += self.db.rows(query.tuples())
        fitting: list[int] = []
        total = 0
        for ledger_id, size in sorted(sizes):
            total += size
            if fitting and total > turns.BATCH_BYTES:
                break
            fitting.append(ledger_id)
        return fitting

    def _load(self, ids: Sequence[int]) -> list[Message]:
        rows: list[Message] = self.db.rows(
            Message.select().where(Message.id.in_(list(ids))).order_by(Message.id)
        )
        return rows

    def unhold(self, gone: Callable[[str], bool] = lambda owner: True) -> None:
        """Let go of the rows that processes hold for trying which are `gone`; of all where one decides."""
        if self.shared:
            self._taking.let_go(gone)
            return
        held = (Message.state == "waiting") & Message.held_until.is_null(False)
        if self.db.rows(Message.select(Message.id).where(held).limit(1).tuples()):
            with self.transaction():
                self.db.run(Message.update(held_until=None).where(held))

    def lock_all(self, ids: Collection[int], owner: str, now: datetime | None = None) -> set[int]:
        """In a transaction: take rows for deciding; return those that still wait.

        Where the ledger is `shared`, only those that are still `owner`'s, and at `now` (of their clock) not
        held for too long. Nobody else finishes these before the end of the transaction; of the others
        nothing must be decided.
        """
        if self.shared:
            return self._taking.lock(ids, owner, now)
        mine: set[int] = set()
        # Such a transaction is the only one that writes.
        for some in peewee.chunked(ids, ROWS_AT_ONCE):
            waiting = Message.id.in_(list(some)) & (Message.state == "waiting")
            mine.update(
                number for (number,) in self.db.rows(Message.select(Message.id).where(waiting).tuples())
            )
        return mine

    def lock_pending(self, ledger_id: int, owner: str = "", now: datetime | None = None) -> bool:
        """In a transaction: take the row for deciding. False when another process has or finished it."""
        if self.db.batch is not None:
            return ledger_id in self.db.batch.locked
        return ledger_id in self.lock_all((ledger_id,), owner, now)

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
            released=Message.released | Message.rule.in_(KEPT),
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
                record_audit(self.db, who, f"dropped message {message_id}: {reason}", now)
        return done

    def untold(self, since: datetime) -> dict[str, int]:
        """Return how many messages that came since are kept without a ticket, by the rule that kept them."""
        model = Message
        # Few messages have no ticket: that is what an index finds.
        where = model.ticket.is_null() & (model.outcome == Outcome.AUTOMATIC) & (model.received_at > since)
        query = model.select(model.rule, peewee.fn.COUNT(model.id)).where(where).group_by(model.rule)
        return dict(self.db.rows(query.tuples()))

    def list_messages(
        self,
        outcome: str | None = None,
        state: str | None = None,
        limit: int = 50,
        mailbox: str | None = None,
        kept: bool | None = None,
    ) -> list[MessageRow]:
        """Return ledger rows, newest first; None: of any outcome, state or mailbox.

        `kept`: only those of a block or a rule that quarantines, or only others; None: all.
        """
        query = Message.select().order_by(Message.id.desc()).limit(limit)
        if outcome is not None:
            query = query.where(Message.outcome == outcome)
        if state is not None:
            query = query.where(Message.state == state)
        if mailbox is not None:
            query = query.where(Message.mailbox == mailbox)
        if kept is not None:
            query = query.where(Message.rule.in_(KEPT) if kept else Message.rule.not_in(KEPT))
        return self._messages(self.db.rows(query))

    def message(self, message_id: int) -> MessageRow | None:
        """Return one ledger row, or None."""
        messages = self._messages(self.db.rows(Message.select().where(Message.id == message_id)))
        return messages[0] if messages else None

    def draft_raw(self, entry: int) -> bytes | None:
        """Return the mail that became a draft (an entry), as it came; None when it is gone, or was none."""
        ledger = drafts.ledger(self.db, entry)
        return self.raw(ledger) if ledger is not None else None

    def raw(self, message_id: int) -> bytes | None:
        """Return a message's bytes as they came, or None when there is no such row."""
        row = self.db.first(Message.select(Message.sha256).where(Message.id == message_id).tuples())
        return self.blobs.get(row[0]) if row else None

    def _from(self, old: str, message_id: int, **values: object) -> bool:
        with self.transaction():
            query = Message.update(**values).where((Message.id == message_id) & (Message.state == old))
            return bool(self.db.run(query) == 1)

    def _messages(self, rows: Sequence[Message]) -> list[MessageRow]:
        seen: dict[int, list[str]] = defaultdict(list)
        query = Sighting.select().where(Sighting.message.in_([row.id for row in rows])).order_by(Sighting.id)
        for sighting in self.db.rows(query) if rows else ():
            place = (
                f"{sighting.mailbox}/{sighting.folder} {sighting.uidvalidity}:{sighting.uid}"
                if sighting.folder
                else sighting.mailbox
            )
            seen[sighting.message].append(place)
        return [
            MessageRow(
                id=row.id,
                sha256=row.sha256,
                size=row.size,
                channel=row.channel,
                mailbox=row.mailbox,
                received_at=row.received_at,
                sender=row.sender,
                subject=row.subject,
                message_id=row.message_id,
                state=row.state,
                outcome=Outcome(row.outcome) if row.outcome else None,
                ticket=row.ticket,
                rule=plain_rule(row.rule),
                reason=row.reason,
                attempts=row.attempts,
                defects=row.defects,
                duplicate_of=row.duplicate_of,
                sightings=tuple(seen[row.id]),
                oversize=row.oversize,
            )
            for row in rows
        ]


def _free(now: datetime) -> peewee.Expression:
    held = Message.held_until
    return held.is_null() | (held <= now) | (held > now + LONGEST_WAIT)


def _ready(now: datetime) -> peewee.Expression:
    return (Message.next_at <= now) | (Message.next_at > now + LONGEST_WAIT)
