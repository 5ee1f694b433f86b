"""Noting, in the transaction that writes a row, that the record is owed it.

A few bytes a row and no lock: who seals (`sealing`) reads the row, numbers it and makes what is hashed.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from intake.store.schema.record import RecordDue, RecordRow
from intake.store.statement import Insertion

DUES = Insertion(RecordDue)
# What is still to be noted.
Dues = list[Mapping[str, Any]]
Mappings = Sequence[Mapping[str, Any]]


class Inserting(Protocol):
    """What runs insertions, within a transaction."""

    def insert(self, insertion: Insertion, rows: Any) -> list[Any]:
        """Insert rows."""

    def run(self, query: Any) -> Any:
        """Run a write."""


def owed(kind: str, rows: Iterable[int], why: str = "", by: int = 0) -> list[Mapping[str, Any]]:
    """Return what notes that these rows of a kind are to be recorded."""
    return [{"kind": kind, "number": row, "why": why, "act": by} for row in rows]


def owe_change(db: Inserting, kind: str, rows: Iterable[int], why: str, by: int) -> None:
    """Note that rows are others now, or gone, and why; forget the salts of what they were.

    Without its salt what stands of the old value in the record tells nobody anything.
    """
    numbers = sorted(set(rows))
    for start in range(0, len(numbers), 200):
        some = numbers[start : start + 200]
        old = (RecordRow.kind == kind) & RecordRow.number.in_(some)
        db.run(RecordRow.update(salts="").where(old))
        db.insert(DUES, owed(kind, some, why, by))
