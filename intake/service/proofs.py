"""What happens while the proof of an agent's mail is looked up: others go on, and it keeps its place.

The lookup runs beside the road (intake/dkim_keys.py). Its mail waits in the ledger; so do later
mails of agents in the same ticket, and nobody else's.
"""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from intake.desk.tokens import ACTING, Token
from intake.ports import Pending, Store
from intake.service.token_claims import Claim, NotNow

# While somebody is being asked, the mail is looked at again this soon; it costs it no attempt.
SOON = timedelta(seconds=1)
# Where nobody answers: this long after the first attempt, twice as long after the second.
LATER = timedelta(seconds=30)
# What waits longer than it should was decided on by another process.
FORGOTTEN = timedelta(seconds=60)
# A command that only looks asks as often, and waits for each answer.
QUESTIONS = 10
QUESTION_SECONDS = 5.0

Find = Callable[[], Claim]


class Proofs:
    """The mails of agents that wait for their proof in this process. Safe for several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[int, tuple[tuple[int, int], datetime]] = {}

    def __bool__(self) -> bool:
        """Whether any mail waits."""
        return bool(self._waiting)

    def claim(self, row: Pending, find: Find, store: Store, clock: Callable[[], datetime]) -> Claim | None:
        """Return what `find` finds out about a mail; None where it has to wait: then it is postponed."""
        with self._lock:
            self._waiting.pop(row.ledger_id, None)
        try:
            claim = find()
        except NotNow as err:
            asking = err.underway is not None
            self._postpone(row, err.token, str(err), SOON if asking else LATER * row.attempts, store, clock())
            if asking:
                store.ledger.refund([row.ledger_id])
            return None
        if self._overtakes(row.ledger_id, claim.token, clock()):
            why = "an earlier mail of an agent in the ticket waits for its proof"
            self._postpone(row, claim.token, why, SOON, store, clock())
            store.ledger.refund([row.ledger_id])
            return None
        return claim

    def wait(
        self, row: Pending, token: Token | None, why: str, pause: timedelta, store: Store, now: datetime
    ) -> None:
        """Have a mail wait for something else than its proof, at the cost of no attempt. Later mails of
        agents in its ticket wait for it."""
        self._postpone(row, token, why, pause, store, now)
        store.ledger.refund([row.ledger_id])

    def _postpone(
        self, row: Pending, token: Token | None, why: str, pause: timedelta, store: Store, now: datetime
    ) -> None:
        store.ledger.postpone(row.ledger_id, why, now + pause)
        if token is not None:
            with self._lock:
                self._waiting[row.ledger_id] = (_where(token), now + pause)

    def _overtakes(self, ledger_id: int, token: Token | None, now: datetime) -> bool:
        with self._lock:
            for other in [other for other, (_, until) in self._waiting.items() if now > until + FORGOTTEN]:
                del self._waiting[other]
            if token is None or token.purpose not in ACTING:
                return False
            where = _where(token)
            return any(other < ledger_id and where == there for other, (there, _) in self._waiting.items())


def patiently(find: Find) -> Claim:
    """Return what `find` finds out, waiting for who is asked. Raises NotNow when it cannot be found out."""
    for _ in range(QUESTIONS):
        try:
            return find()
        except NotNow as err:
            if err.underway is None:
                raise
            err.underway.wait(QUESTION_SECONDS)
    return find()


def _where(token: Token) -> tuple[int, int]:
    # A mail of commands belongs to no ticket: of one agent they keep their order.
    return token.ticket, 0 if token.ticket else token.person
