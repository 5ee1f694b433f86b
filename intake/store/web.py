"""What the web counts and knows: posts taken lately, keys of programs, and requests that came before.

The counts are in the database, so limits hold whatever the number of processes. Keys are
hashed by the caller; nothing here says who or where anybody was.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from peewee import Field, IntegerField

from intake.ports import Arrival, Received
from intake.store.base import StorePart
from intake.store.blobs import LARGEST_ROW, Blobs, digest, in_row
from intake.store.connection import Connection
from intake.store.group_commit import GroupCommit
from intake.store.receiving import MESSAGES, Receiving
from intake.store.schema.fields import Moment
from intake.store.schema.tables import Blob, Sighting
from intake.store.schema.web import ApiKey, ApiRequest, WebHit
from intake.store.statement import Insertion, Statement, written
from intake.views import ApiKeyRow, ApiRequestRow

Rule = tuple[int, int]
"""The most posts within so many seconds."""

# No rule looks further back.
KEPT = timedelta(days=1)
# The clocks of several machines differ by less.
AHEAD = timedelta(minutes=1)
# Old rows go with one post of so many, by the microsecond it came in.
SWEEP_ONE_IN = 16


_BLOBS = Insertion(Blob, unless_there=[Blob.sha256])
_SIGHTINGS = Insertion(Sighting)
_COUNT = written(
    "SELECT COUNT(*) FROM web_hit WHERE key = :key AND at > :since", key=WebHit.key, since=WebHit.at
)
_FIELDS: dict[str, Field] = {"key": WebHit.key, "since": WebHit.at, "most": IntegerField()}


# In one round whatever their number: they stand in the way of every post.
@cache
def _latest(count: int) -> Statement:
    """Return what asks for the time of the post that is so far back under each of so many keys."""
    every = (
        f"(SELECT at FROM web_hit WHERE key = :key{n} AND at > :since{n} AND at < :soon "
        f"ORDER BY at DESC LIMIT 1 OFFSET :most{n})"
        for n in range(count)
    )
    fields = {f"{name}{n}": field for n in range(count) for name, field in _FIELDS.items()}
    return written(f"SELECT {', '.join(every)}", soon=WebHit.at, **fields)


@cache
def _counting(count: int) -> Statement:
    """Return what counts one post under each of so many keys."""
    rows = ", ".join(f"(:key{n}, :now)" for n in range(count))
    keys = {f"key{n}": WebHit.key for n in range(count)}
    return written(f"INSERT INTO web_hit (key, at) VALUES {rows}", now=WebHit.at, **keys)


class _Refused(Exception):
    """Ends a transaction, or a part of one, that must leave nothing."""


@dataclass(frozen=True, slots=True)
class _Post:
    """A post of the form that wants to be taken, `now`. `name` is its digest."""

    name: str
    arrival: Arrival
    rules: Mapping[str, Sequence[Rule]]
    now: datetime


_Taken = tuple[Received | None, int]
"""What was received, or None and the seconds to wait."""


class SqlWeb(StorePart):
    """The limits of the form and the keys of the API."""

    def __init__(self, db: Connection, blobs: Blobs, receiving: Receiving) -> None:
        super().__init__(db, blobs)
        self._receiving = receiving
        self._group = GroupCommit(self._commit)

    def receive_post(
        self, arrival: Arrival, rules: Mapping[str, Sequence[Rule]], now: datetime
    ) -> tuple[Received | None, int]:
        """Commit a post to the ledger and count it under each key, or neither.

        Returns what `receive` does and 0, or None and the seconds to wait: then nothing was
        stored or counted. The very same post again is known and not counted. Posts that come at the
        same time to one process share a commit; each learns of its own end when that is durable.
        """
        self._write_early(arrival)
        # Hashed here, for the database is locked while a commit is put together.
        post = _Post(digest(arrival.raw), arrival, rules, now)
        # A server commits several transactions at once by itself.
        if self.db.postgres or self.db.database.in_transaction():
            return self._commit(lambda: [post])[0]
        return self._group.record(post)

    def _commit(self, take: Callable[[], Sequence[_Post]]) -> list[_Taken]:
        """Take posts in the order they came, in one transaction; return what came of each."""
        with self.transaction():
            posts = take()
            # Each statement gives up the interpreter, and may wait for it with the database locked.
            together = self._together(posts)
            return [
                (together[at], 0) if at in together else self._take(post) for at, post in enumerate(posts)
            ]

    def _together(self, posts: Sequence[_Post]) -> dict[int, Received]:
        """Take at once those posts, by their place, that are new and for which there is room; none where
        it matters to one that another comes before it."""
        names = [post.name for post in posts]
        ruled = [key for post in posts for key, some in post.rules.items() if some]
        alone = (
            self.db.postgres
            or len({*names}) < len(names)
            or len({*ruled}) < len(ruled)
            or any(post.arrival.origin is not None for post in posts)
            or self._receiving.graves(names)
        )
        # The same for all of them, who came within milliseconds.
        now = max(post.now for post in posts)
        if alone or self.wait({key: some for post in posts for key, some in post.rules.items()}, now):
            return {}
        rows = [self._row(name, post.arrival, now) for name, post in zip(names, posts, strict=True)]
        ids: dict[str, int] = dict(self.db.insert(MESSAGES, rows))
        new = {at: Received(ids[name], False) for at, name in enumerate(names) if name in ids}
        if new:
            self._keep([(new[at].ledger_id, names[at], posts[at].arrival) for at in new], now)
            self._count([key for at in new for key in posts[at].rules], now)
        return new

    def _keep(self, new: Sequence[tuple[int, str, Arrival]], now: datetime) -> None:
        """Store the bytes of new messages, and where they were seen."""
        self.blobs.write_large({name: arrival.raw for _, name, arrival in new})
        contents = [
            {"sha256": name, "size": len(arrival.raw), "content": in_row(arrival.raw)}
            for _, name, arrival in new
        ]
        self.db.insert(_BLOBS, contents)
        self.blobs.expect_kept({name: arrival.raw for _, name, arrival in new})
        seen = [
            {"message": message, "mailbox": arrival.envelope.mailbox, "seen_at": now}
            for message, _, arrival in new
        ]
        self.db.insert(_SIGHTINGS, seen)

    def _take(self, post: _Post) -> _Taken:
        wait = 0
        try:
            with self.db.savepoint():
                got = self._receive_one(post.name, post.arrival, post.now)
                wait = 0 if got.known else self.admit(post.rules, post.now)
                if wait:
                    raise _Refused
        except _Refused:
            return None, wait
        return got, 0

    def _write_early(self, arrival: Arrival) -> None:
        """Write a large file before the transaction, so that nobody waits for the database meanwhile."""
        if len(arrival.raw) > LARGEST_ROW and not self._receiving.graves([name := digest(arrival.raw)]):
            self.blobs.write_large({name: arrival.raw})

    def _receive_one(self, name: str, arrival: Arrival, now: datetime) -> Received:
        """Do what `receive` does, within a transaction, by statements that are made once."""
        if self._receiving.graves([name]) or arrival.origin is not None:
            return self._receiving.receive([arrival], now)[0]
        rows = self.db.insert(MESSAGES, [self._row(name, arrival, now)])
        if not rows:
            return self._receiving.receive([arrival], now)[0]
        self._keep([(rows[0][1], name, arrival)], now)
        return Received(rows[0][1], False)

    def _row(self, name: str, arrival: Arrival, now: datetime) -> dict[str, Any]:
        """Return the ledger's row of an arrival."""
        envelope = arrival.envelope
        return {
            "sha256": name,
            "size": len(arrival.raw),
            "channel": envelope.channel,
            "mailbox": envelope.mailbox,
            "mail_from": envelope.sender,
            "recipients": envelope.recipients,
            "archive": envelope.archive,
            "received_at": now,
            "next_at": now,
            "order_keys": self._receiving.order_keys([arrival])[0],
        }

    def wait(self, rules: Mapping[str, Sequence[Rule]], now: datetime) -> int:
        """Return how many seconds to wait until a post fits into all `rules` (by key); 0 when it does now."""
        asked = [(key, most, seconds) for key, some in rules.items() for most, seconds in some]
        if not asked:
            return 0
        # What is later was counted while the clock was ahead.
        values: dict[str, Any] = {"soon": now + AHEAD}
        for at, (key, most, seconds) in enumerate(asked):
            values |= {f"key{at}": key, f"since{at}": now - timedelta(seconds=seconds), f"most{at}": most - 1}
        (moments,) = self.db.fetch(_latest(len(asked)), **values)
        wait = 0.0
        for (_, _, seconds), at in zip(asked, moments, strict=True):
            if at is not None:
                wait = max(wait, seconds - (now - _when(at)).total_seconds())
        return int(wait) + 1 if wait > 0 else 0

    def admit(self, rules: Mapping[str, Sequence[Rule]], now: datetime) -> int:
        """Count one post under each key and return 0, or count nothing and return the seconds to wait.

        Strict whatever happens at the same time. Within a transaction it becomes part of it.
        """
        with self.transaction():
            if self.db.postgres:
                # SQLite has one writer. In one order, so that two posts never wait for each other.
                for lock in sorted(_lock(key) for key in rules):
                    self.db.sql("SELECT pg_advisory_xact_lock(%s)", lock)
            wait = self.wait(rules, now)
            if wait or not rules:
                return wait
            self._count(list(rules), now)
        return 0

    def _count(self, keys: Sequence[str], now: datetime) -> None:
        if not keys:
            return
        self.db.execute(_counting(len(keys)), now=now, **{f"key{at}": key for at, key in enumerate(keys)})
        if now.microsecond % SWEEP_ONE_IN == 0:
            self.db.run(WebHit.delete().where(WebHit.at < now - KEPT))

    def count(self, key: str, since: datetime) -> int:
        """Return how many posts were counted under `key` since then."""
        (row,) = self.db.fetch(_COUNT, key=key, since=since)
        return int(row[0])

    # -- keys of programs ----------------------------------------------------------------

    def add_api_key(self, name: str, hashed: str, scopes: Iterable[str], per_hour: int, now: datetime) -> int:
        """Keep a new key by its hash; return its number."""
        values = {"name": name, "hash": hashed, "scopes": tuple(scopes), "per_hour": per_hour}
        with self.transaction():
            number: int = self.db.run(ApiKey.insert(**values, created_at=now))
        return number

    def api_key(self, hashed: str) -> ApiKeyRow | None:
        """Return the key with this hash, revoked or not."""
        row = self.db.first(ApiKey.select().where(ApiKey.hash == hashed))
        return _key(row) if row else None

    def api_keys(self) -> list[ApiKeyRow]:
        """Return all keys, the oldest first."""
        return [_key(row) for row in self.db.rows(ApiKey.select().order_by(ApiKey.id))]

    def revoke_api_key(self, number: int, now: datetime) -> bool:
        """Make a key void for good; False when it was, or is not there."""
        with self.transaction():
            query = ApiKey.update(revoked_at=now).where(
                (ApiKey.id == number) & ApiKey.revoked_at.is_null(True)
            )
            return bool(self.db.run(query))

    # -- requests of programs ------------------------------------------------------------

    def api_request(self, key: int, idempotency: str) -> ApiRequestRow | None:
        """Return what was made of a request with this key and idempotency key, None before the first."""
        query = ApiRequest.select().where(
            (ApiRequest.api_key == key) & (ApiRequest.idempotency == idempotency)
        )
        row = self.db.first(query)
        return ApiRequestRow(row.id, row.content, row.message, row.at) if row else None

    def receive_request(
        self,
        key: int,
        idempotency: str,
        content: str,
        arrival: Arrival,
        rules: Mapping[str, Sequence[Rule]],
        now: datetime,
    ) -> tuple[ApiRequestRow | None, int]:
        """Commit a program's message, once for each idempotency key of its key, in one transaction.

        Returns the request and 0, or None and the seconds to wait. The request is the earlier one
        where there was one, even if another process takes it this moment; its `content` tells
        whether it was the same.
        """
        wait = 0
        self._write_early(arrival)
        try:
            with self.transaction():
                insertion = ApiRequest.insert(api_key=key, idempotency=idempotency, content=content, at=now)
                if self.db.run(insertion.on_conflict_ignore().as_rowcount()):
                    got = self._receive_one(digest(arrival.raw), arrival, now)
                    wait = self.admit(rules, now)
                    if wait:
                        raise _Refused
                    self.db.run(
                        ApiRequest.update(message=got.ledger_id).where(
                            (ApiRequest.api_key == key) & (ApiRequest.idempotency == idempotency)
                        )
                    )
                    self.db.run(ApiKey.update(used_at=now).where(ApiKey.id == key))
                return self.api_request(key, idempotency), 0
        except _Refused:
            return None, wait

    def api_owns(self, key: int, message: int) -> bool:
        """Whether this key brought that message."""
        query = ApiRequest.select(ApiRequest.id).where(
            (ApiRequest.api_key == key) & (ApiRequest.message == message)
        )
        return self.db.first(query.tuples()) is not None


def _lock(key: str) -> int:
    """Return a number for PostgreSQL's advisory lock, signed, 64 bits."""
    return int.from_bytes(hashlib.sha256(b"web " + key.encode()).digest()[:8], "big", signed=True)


def _when(value: Any) -> datetime:
    moment: datetime = Moment().python_value(value)
    return moment.astimezone(UTC)


def _key(row: ApiKey) -> ApiKeyRow:
    number: int = row.id
    return ApiKeyRow(
        number,
        row.name,
        tuple(row.scopes),
        int(row.per_hour),
        row.created_at,
        row.used_at,
        row.revoked_at,
    )
