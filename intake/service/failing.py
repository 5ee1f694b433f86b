"""What becomes of a message that could not be processed: it waits, and in the end is set aside and told."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from intake.desk.text.said import said
from intake.ports import Pending, Store, Temporary, Unreachable
from intake.runtime.exhausted import exhausted
from intake.service.retries import Retries, Tells

log = logging.getLogger("intake.service")

# One for which something is missing that others do not miss waits between these, and is set aside after
# so many tries in so long a time: of a clock that was set on, time alone proves nothing.
SHORTEST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(minutes=30)
PATIENCE = timedelta(days=1)
PATIENT_TRIES = 10
# One that met the end of all memory waits so long, and longer the second time.
WITHOUT_MEMORY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Failing:
    """Over one store. `tries` is how many a message has; `clock` returns aware UTC."""

    store: Store
    clock: Callable[[], datetime]
    tells: Tells
    retries: Retries
    tries: int

    def failed(self, row: Pending, err: Exception) -> None:
        """Leave a message alone for some seconds after a failure; after the last try set it aside."""
        kind = type(err).__name__
        reason = f"{kind} while processing"
        log.error("message failed", extra={"ledger": row.ledger_id, "attempt": row.attempts}, exc_info=err)
        if row.attempts >= self.tries:
            self.set_aside(
                row, said("{error} while processing, {times} times", error=kind, times=row.attempts)
            )
            return
        pause = timedelta(seconds=10 * row.attempts)
        if exhausted(err):
            # Most likely not its own fault: by then this process has been started anew.
            pause = WITHOUT_MEMORY * row.attempts
        self.store.ledger.postpone(row.ledger_id, reason, self.clock() + pause)

    def wait(self, row: Pending, err: Temporary) -> None:
        """Leave alone a message for which something was missing, longer and longer; at last set it aside.

        Raises `err` where it is everybody's trouble at this moment: that is no mark against the message.
        """
        if isinstance(err, Unreachable):
            raise err
        key, now = f"message {row.ledger_id}", self.clock()
        pause = self.retries.failed(key, said("Processing message {number}", number=row.ledger_id), err, now)
        waited = now - row.received_at if row.received_at else timedelta(0)
        if waited > PATIENCE and self.retries.count(key) >= PATIENT_TRIES:
            self.set_aside(row, said("it could not be processed for a day: {error}", error=str(err)))
            return
        pause = min(max(pause, SHORTEST_WAIT), LONGEST_WAIT)
        self.store.ledger.postpone(row.ledger_id, str(err), now + pause)
        self.store.ledger.refund([row.ledger_id])

    def well(self, row: Pending) -> None:
        """Note that a message was processed: then what kept it before is over. Never raises."""
        if row.reason:
            self._over(row)

    def _over(self, row: Pending) -> None:
        key = f"message {row.ledger_id}"
        self.retries.well(key, self.clock())
        try:
            # Another process may have put it off.
            self.tells.over(key)
        except Exception:
            log.warning("that a trouble is over could not be written down", extra={"trouble": key})

    def set_aside(self, row: Pending, reason: str) -> None:
        """Quarantine a message for a fault that may be ours, and have a person told."""
        self.store.ledger.quarantine(row.ledger_id, str(reason), self.clock())
        self._over(row)
        text = said(
            "Message {number} was quarantined: {why}. See: intake quarantine list",
            number=row.ledger_id,
            why=reason,
        )
        try:
            self.tells.met("quarantine", text, self.clock())
        except Exception:
            # It stands in quarantine, and `intake status` warns of that too.
            log.exception("nobody could be told of a message that was set aside")
