"""Whether the record and the database say the same, and both what checkpoints say that left the machine.

First the chain: its rows in order, hashed anew, with the root at each checkpoint. Then the rows of the
database, some at a time, each against the last the record says of it. Nothing is locked: what looks
wrong while the desk works is looked at once more.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import TypeVar

from intake.desk.record.checkpoint import Note, Valid
from intake.desk.record.leaf import KINDS
from intake.store.base import StorePart
from intake.store.blobs import Blobs
from intake.store.connection import Connection
from intake.store.failures import DATABASE_ERRORS
from intake.store.record import unharmed
from intake.store.record.chain import Chain
from intake.store.record.comparing import Comparing, Wrong
from intake.store.record.state import state_of
from intake.store.schema.record import RecordDue
from intake.store.schema.tables import Audit

T = TypeVar("T")
# What looks wrong is looked at again after so many seconds, in which what was being written is.
AGAIN = 1.0


@dataclass(slots=True)
class Verified:
    """What came of it: faults in words, the first wrong row first; what to know beside."""

    origin: str = ""
    rows: int = 0
    owed: int = 0
    begun_at: datetime | None = None
    checkpoints: int = 0
    gone: int = 0
    changed: int = 0
    faults: list[str] = field(default_factory=list)
    restored: list[str] = field(default_factory=list)


class Verifying(StorePart):
    """Checking the record. Reads each of its rows, and each row it speaks of, once."""

    def __init__(self, db: Connection, blobs: Blobs, valid: Valid, pause: float = AGAIN) -> None:
        super().__init__(db, blobs)
        self._valid, self._pause = valid, pause

    def verify(self, outside: Sequence[Note] = (), full: bool = False, most: int = 20) -> Verified:
        """Return what is wrong, `most` faults at most. `outside` are checkpoints that left the machine;
        `full`: also read the bytes of each mail."""
        verified = Verified()
        try:
            state = state_of(self.db)
        except (ValueError, TypeError, *DATABASE_ERRORS) as err:
            verified.faults.append(f"the state of the record cannot be read: {err}")
            return verified
        if state is None:
            if outside:
                verified.faults.append("there are checkpoints, and no record: it was removed")
            elif self.db.first(RecordDue.select(RecordDue.id)) is None and self._any_rows():
                verified.faults.append("the record has not begun: start `intake run`, or it was removed")
            return verified
        chain = Chain(self.db, state, outside, self._valid)
        in_order = _some(chain.faults(), most)
        verified.origin, verified.rows, verified.checkpoints = (
            state.origin,
            state.frontier.size,
            chain.checkpoints,
        )
        if chain.begun_at is not None:
            verified.begun_at = unharmed.moment(chain.begun_at)
        comparing = Comparing(self.db, self.blobs, chain.before, chain.begun_at or 0, full)
        suspects = _some((wrong for kind in KINDS for wrong in comparing.kind(kind)), most)
        in_order += [(wrong.seq, wrong.text) for wrong in self._still(comparing, suspects)]
        # What the record does not know stands in none of its rows, and so at the end.
        in_order.sort(key=lambda fault: (fault[0] < 0, fault[0]))
        verified.faults = [*(text for _, text in in_order), *comparing.acts.missing()][:most]
        acts = comparing.acts
        verified.gone, verified.changed, verified.owed = acts.gone, acts.changed, comparing.owed
        verified.restored = list(self._restored())
        return verified

    def _still(self, comparing: Comparing, suspects: Sequence[Wrong]) -> Iterator[Wrong]:
        """Yield what is as wrong as before, after a moment: a row may have been written meanwhile."""
        if suspects:
            time.sleep(self._pause)
        for suspect in suspects:
            yield from comparing.rows(suspect.kind, suspect.row, suspect.row, again=True)

    def _any_rows(self) -> bool:
        return self.db.first(Audit.select(Audit.id)) is not None

    def _restored(self) -> Iterator[str]:
        rest = "FROM audit WHERE substr(what, 1, 9) = 'restored ' ORDER BY id"
        for number, at in unharmed.rows(self.db, ("id", "at"), rest):
            # What the audit has in the place of a time is told with its row.
            when = unharmed.moment(at)
            said = f" on {when:%Y-%m-%d %H:%M} UTC" if when else ""
            yield f"a backup was restored{said}, as act {number} says"


def _some(faults: Iterator[T], most: int) -> list[T]:
    return list(islice(faults, most))
