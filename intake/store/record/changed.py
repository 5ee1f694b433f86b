"""What an erasure or a redaction changed and deleted, so that the record is told whose act it was."""

from collections import defaultdict
from collections.abc import Collection

import peewee

from intake.desk.record.leaf import CHANGED
from intake.store.record.dues import Inserting, owe_change
from intake.store.record.tables import RECORDED


class Changed:
    """Rows by their table, within one transaction."""

    def __init__(self) -> None:
        self._others: dict[str, set[int]] = defaultdict(set)
        self._gone: dict[str, set[int]] = defaultdict(set)

    def note(self, table: type[peewee.Model], row: int) -> None:
        """Say that a row is another one now. What the record does not hold is passed over."""
        kind = RECORDED.get(table)
        if kind is not None:
            self._others[kind].add(row)

    def gone(self, table: type[peewee.Model], rows: Collection[int]) -> None:
        """Say that rows were deleted."""
        self._gone[RECORDED[table]].update(rows)

    def tell(self, db: Inserting, by: int, why: str, changed: str = CHANGED) -> None:
        """Note for the record that it was act `by`: `why` is what became of what is gone, `changed` of the
        rest. Nothing is left here then."""
        for kind, rows in self._gone.items():
            self._others[kind] -= rows
            owe_change(db, kind, rows, why, by)
        for kind, rows in self._others.items():
            owe_change(db, kind, rows, changed, by)
        self._others.clear()
        self._gone.clear()
