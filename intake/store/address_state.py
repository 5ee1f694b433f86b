"""Which addresses our mail could not be delivered to."""

from datetime import datetime, timedelta

from intake.desk.facts import FAILED_DAYS
from intake.desk.message import Address
from intake.store.base import StorePart
from intake.store.schema.fields import clean
from intake.store.schema.state import AddressState
from intake.store.statement import Statement, hole

MAX_REASON = 500
_FAILED = Statement(
    lambda: AddressState.select(AddressState.reason).where(
        (AddressState.key == hole(AddressState.key))
        & (AddressState.failed_at > hole(AddressState.failed_at, "since"))
    )
)


class AddressStates(StorePart):
    """Remembering and forgetting failures."""

    def mark(self, address: str, reason: str, now: datetime) -> None:
        """Remember why mail to `address` failed, or with an empty `reason` forget that it did."""
        key = clean(address.lower())
        if not reason:
            self.db.run(AddressState.delete().where(AddressState.key == key))
            return
        values = {"failed_at": now, "reason": reason[:MAX_REASON]}
        self.db.run(
            AddressState.insert(key=key, **values)
            .on_conflict(conflict_target=[AddressState.key], update=values)
            .as_rowcount()
        )

    def failed(self, address: Address | None, now: datetime) -> str:
        """Return why mail to `address` failed in the last FAILED_DAYS days, "" when it did not."""
        if address is None or not address.mailbox:
            return ""
        rows = self.db.fetch(_FAILED, key=clean(address.key), since=now - timedelta(days=FAILED_DAYS))
        return str(rows[0][0]) if rows else ""
