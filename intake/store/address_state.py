"""Which addresses our mail could not be delivered to."""

from collections.abc import Iterable
from contextlib import nullcontext
from datetime import datetime, timedelta

from peewee import Field

from intake.desk.facts import FAILED_DAYS
from intake.desk.message import Address
from intake.store.base import StorePart
from intake.store.schema.fields import clean
from intake.store.schema.state import AddressState
from intake.store.statement import SetStatement

MAX_REASON = 500
_ROW: dict[str, Field] = {
    "key": AddressState.key,
    "failed_at": AddressState.failed_at,
    "reason": AddressState.reason,
}
_MARK = SetStatement(
    "INSERT INTO address_state (key, failed_at, reason) SELECT key, failed_at, reason FROM v WHERE true "
    "ON CONFLICT (key) DO UPDATE SET failed_at = excluded.failed_at, reason = excluded.reason",
    **_ROW,
)
_FORGET = SetStatement("DELETE FROM address_state WHERE key IN (SELECT key FROM v)", **_ROW)
_FAILED = SetStatement(
    "SELECT a.key, a.reason FROM v CROSS JOIN address_state a WHERE a.key = v.key AND a.failed_at > v.since",
    key=AddressState.key,
    since=AddressState.failed_at,
)


class AddressStates(StorePart):
    """Remembering and forgetting failures."""

    def mark(self, address: str, reason: str, now: datetime) -> None:
        """Remember why mail to `address` failed, or with an empty `reason` forget that it did."""
        key = clean(address.lower())
        if self._to_come(key) is not None:
            # What comes last counts.
            self.db.alone()
            self.db.flush()
        values = {"key": key, "failed_at": now, "reason": reason[:MAX_REASON]}
        self.db.writes.at_last_for_each(_MARK if reason else _FORGET, **values)

    def failed(self, address: Address | None, now: datetime) -> str:
        """Return why mail to `address` failed in the last FAILED_DAYS days, "" when it did not."""
        if address is None or not address.mailbox:
            return ""
        return self.failures([address.key], now).get(clean(address.key), "")

    def failures(self, keys: Iterable[str], now: datetime) -> dict[str, str]:
        """Return why mail to these addresses, in lower case, failed in the last FAILED_DAYS days."""
        since = now - timedelta(days=FAILED_DAYS)
        names = sorted({clean(key) for key in keys})
        rows = [{"key": name, "since": since} for name in names]
        with self.db.beside() if self.db.batch is not None else nullcontext():
            failures: dict[str, str] = dict(self.db.each(_FAILED, rows))
        for name in names:
            reason = self._to_come(name)
            if reason is not None:
                failures[name] = reason
        return failures

    def to_come(self, address: Address) -> str | None:
        """Return why mail to an address fails as this transaction will write it, "" for not any more, None
        where it writes nothing of it."""
        return self._to_come(clean(address.key))

    def _to_come(self, key: str) -> str | None:
        """Return what this transaction will write of an address: "" to forget it, None for nothing."""
        marked = {row["key"]: row["reason"] for row in self.db.values_for(_MARK)}
        forgotten = {row["key"]: "" for row in self.db.values_for(_FORGET)}
        return {**marked, **forgotten}.get(key)
