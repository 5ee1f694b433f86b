"""What the web counts and knows, in memory."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from intake.ports import Arrival, Received, Rule
from intake.store.web import AHEAD, KEPT
from intake.testing.memory.ledger import MemoryLedger
from intake.testing.memory.state import Memory, MemoryPart
from intake.views import ApiKeyRow, ApiRequestRow


class _Refused(Exception):
    """Ends a transaction that must leave nothing."""


class MemoryWeb(MemoryPart):
    """The limits of the form and the keys of the API."""

    def __init__(self, memory: Memory, ledger: MemoryLedger) -> None:
        super().__init__(memory)
        self._ledger = ledger

    def receive_post(
        self, arrival: Arrival, rules: Mapping[str, Sequence[Rule]], now: datetime
    ) -> tuple[Received | None, int]:
        """Keep a post and count it under each key, or neither; return it, or None and the seconds to wait."""
        wait = 0
        try:
            with self._memory.transaction():
                (got,) = self._ledger.receive([arrival], now)
                wait = 0 if got.known else self.admit(rules, now)
                if wait:
                    raise _Refused
        except _Refused:
            return None, wait
        return got, 0

    def receive_request(
        self,
        key: int,
        idempotency: str,
        content: str,
        arrival: Arrival,
        rules: Mapping[str, Sequence[Rule]],
        now: datetime,
    ) -> tuple[ApiRequestRow | None, int]:
        """Keep a program's message, once for each idempotency key of its key."""
        wait = 0
        try:
            with self._memory.transaction() as state:
                if (key, idempotency) not in state.api_requests:
                    (got,) = self._ledger.receive([arrival], now)
                    wait = self.admit(rules, now)
                    if wait:
                        raise _Refused
                    number = len(state.api_requests) + 1
                    row = ApiRequestRow(number, content, got.ledger_id, now)
                    state.api_requests[key, idempotency] = row
                    if state.api_keys.get(key):
                        state.api_keys.change(key, used_at=now)
                return state.api_requests[key, idempotency], 0
        except _Refused:
            return None, wait

    def wait(self, rules: Mapping[str, Sequence[Rule]], now: datetime) -> int:
        """Return how many seconds to wait until a post fits into all `rules` (by key); 0 when it does now."""
        wait = 0.0
        for key, some in rules.items():
            for most, seconds in some:
                since = now - timedelta(seconds=seconds)
                times = sorted(at for name, at in self._now.hits if name == key and since < at < now + AHEAD)
                if len(times) >= most:
                    wait = max(wait, seconds - (now - times[-most]).total_seconds())
        return int(wait) + 1 if wait > 0 else 0

    def admit(self, rules: Mapping[str, Sequence[Rule]], now: datetime) -> int:
        """Count one post under each key and return 0, or count nothing and return the seconds to wait."""
        with self._memory.transaction() as state:
            wait = self.wait(rules, now)
            if not wait:
                state.hits = [hit for hit in state.hits if hit[1] >= now - KEPT]
                state.hits += [(key, now) for key in rules]
            return wait

    def count(self, key: str, since: datetime) -> int:
        """Return how many posts were counted under `key` since then."""
        return sum(name == key and at > since for name, at in self._now.hits)

    def add_api_key(self, name: str, hashed: str, scopes: Iterable[str], per_hour: int, now: datetime) -> int:
        """Keep a new key by its hash; return its number."""
        with self._memory.transaction() as state:
            row = state.api_keys.add(lambda number: ApiKeyRow(number, name, tuple(scopes), per_hour, now))
            state.api_hashes[hashed] = row.id
            return row.id

    def api_key(self, hashed: str) -> ApiKeyRow | None:
        """Return the key with this hash, revoked or not."""
        return self._now.api_keys.get(self._now.api_hashes.get(hashed))

    def api_keys(self) -> list[ApiKeyRow]:
        """Return all keys, the oldest first."""
        return list(self._now.api_keys)

    def revoke_api_key(self, number: int, now: datetime) -> bool:
        """Make a key void for good; False when it was, or is not there."""
        with self._memory.transaction() as state:
            row = state.api_keys.get(number)
            if row is None or row.revoked_at is not None:
                return False
            state.api_keys.change(number, revoked_at=now)
            return True

    def api_request(self, key: int, idempotency: str) -> ApiRequestRow | None:
        """Return what was made of a request with this key and idempotency key, None before the first."""
        return self._now.api_requests.get((key, idempotency))

    def api_owns(self, key: int, message: int) -> bool:
        """Whether this key brought that message."""
        requests = self._now.api_requests.items()
        return any(whose == key and row.message == message for (whose, _), row in requests)
