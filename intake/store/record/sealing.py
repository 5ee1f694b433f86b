"""Sealing: what is owed to the record is read, numbered and hashed, some rows at a time.

Rows are committed in any order, and numbered here in one: the record has its own order, and no
worker ever waits for another because of it. What is killed in between leaves what is owed.
"""

import json
import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from intake.desk.record.columns import TABLE
from intake.desk.record.leaf import (
    AUDIT,
    BEGIN,
    EXTENDED,
    GONE,
    KEY,
    KINDS,
    LATER,
    SENT,
    UPDATED,
    Statement,
    body,
    commitments,
    dangerous,
)
from intake.desk.record.tree import leaf_hash
from intake.store.audit import record_audit
from intake.store.base import StorePart
from intake.store.record import reading, unharmed
from intake.store.record.state import State, alone, keep, new_state, state_of
from intake.store.schema.fields import Moment
from intake.store.schema.record import RecordDue, RecordRow
from intake.store.statement import Insertion

# Rows of one transaction, during which SQLite lets nobody else write (about 10 ms).
AT_ONCE = 500
# Bytes of a salt: more than anybody can try.
SALT = 16
_OF_A_DUE = [int, str, int, str, int]
_ROWS = Insertion(RecordRow, numbered=True)


@dataclass(frozen=True, slots=True)
class Sealed:
    """How many rows were added, and whether an act is among them that a checkpoint follows at once."""

    rows: int = 0
    dangerous: bool = False


class Sealing(StorePart):
    """Adding to the record. Safe in several processes at once: one does it, the others do nothing."""

    def seal(self, now: datetime, wait: bool = False) -> Sealed:
        """Record up to AT_ONCE rows that are owed; fewer: that was all. `wait`: also for somebody else who
        does it now."""
        state = state_of(self.db)
        if state and state.extended and self.db.first(RecordDue.select(RecordDue.id)) is None:
            return Sealed()
        with self.transaction():
            if not alone(self.db, wait):
                return Sealed()
            return self._seal(now)

    def seal_all(self, now: datetime) -> Sealed:
        """Record all that is owed."""
        total, feared = 0, False
        while True:
            sealed = self.seal(now, wait=True)
            total, feared = total + sealed.rows, feared or sealed.dangerous
            if sealed.rows < AT_ONCE:
                return Sealed(total, feared)

    def add(self, statements: Sequence[Statement], now: datetime) -> State:
        """Within a transaction: add what no row of the database says, behind all that is owed."""
        alone(self.db)
        while self._seal(now).rows >= AT_ONCE:
            pass
        state = state_of(self.db) or new_state()
        self._append(state, statements)
        return state

    def key(self) -> bytes | None:
        """Return the public key that the record names for its checkpoints, None where it names none."""
        query = RecordRow.select(RecordRow.body).where(RecordRow.kind == KEY)
        row = self.db.first(query.order_by(RecordRow.seq.desc()).tuples())
        return None if row is None else bytes.fromhex(json.loads(row[0])["plain"]["public"])

    def act(self, who: str, action: str, authority: str, now: datetime) -> int:
        """Within a transaction: write into the audit who did what; return the number of the act."""
        return record_audit(self.db, who, action, now, authority)

    def owed(self) -> int:
        """Return how many rows are still to be recorded."""
        return int(self.db.sql("SELECT COUNT(*) FROM record_due")[0])

    def _seal(self, now: datetime) -> Sealed:
        dues = self._owing()
        state = state_of(self.db)
        if state is None:
            state = new_state()
            self._append(state, [self._beginning(now)])
        elif not state.extended:
            dues = self._extend(state, now)
        if not dues:
            return Sealed()
        statements = self._statements(dues, int(Moment().db_value(now)))
        self._append(state, statements)
        numbers = ", ".join(f"{due[0]:d}" for due in dues)
        self.db.write(f"DELETE FROM record_due WHERE id IN ({numbers})", ())
        feared = any(dangerous(said.values.get("what", "")) for said in statements if said.kind == AUDIT)
        return Sealed(len(dues), feared)

    def _owing(self) -> list[Any]:
        columns = ("id", "kind", "number", "why", "act")
        return unharmed.rows(self.db, columns, f"FROM record_due ORDER BY id LIMIT {AT_ONCE}")

    def _beginning(self, now: datetime) -> Statement:
        """Return what says which rows were there before: of these the record knows nothing."""
        before = {kind: self._last_before(kind) for kind in KINDS}
        return Statement(BEGIN, 0, int(Moment().db_value(now)), plain=before)

    def _extend(self, state: State, now: datetime) -> list[Any]:
        """Go on with a record of an older version: all rows of the kinds that it did not know are owed to it.
        Return what is owed then."""
        at = int(Moment().db_value(now))
        state.extended = True
        self._append(state, [Statement(EXTENDED, 0, at, plain=dict.fromkeys(LATER, 0))])
        for kind in LATER:
            self.db.write(
                "INSERT INTO record_due (kind, number, why, act) "
                f"SELECT '{kind}', id, '', 0 FROM {TABLE[kind]} ORDER BY id",
                (),
            )
        return self._owing()

    def _last_before(self, kind: str) -> int:
        row = self.db.sql(f"SELECT COALESCE(MAX(id), 0) FROM {TABLE[kind]}")
        if kind == SENT:
            return int(row[0])
        new = RecordDue.select(RecordDue.number).where((RecordDue.kind == kind) & (RecordDue.why == ""))
        first = self.db.first(new.order_by(RecordDue.number).tuples())
        return int(row[0]) if first is None else int(first[0]) - 1

    def _statements(self, dues: Sequence[Any], now: int) -> list[Statement]:
        # What the desk never writes is owed by nobody: a row that it hides is not in the record, and told.
        dues = _last_of_each([due for due in dues if due[1] in KINDS and list(map(type, due)) == _OF_A_DUE])
        wanted: dict[str, set[int]] = defaultdict(set)
        for _, kind, row, why, _ in dues:
            if why not in GONE:
                wanted[kind].add(row)
        there = {kind: reading.these(self.db, kind, sorted(rows)) for kind, rows in wanted.items()}
        statements: list[Statement] = []
        for _, kind, row, why, by in dues:
            said = None if why in GONE else there[kind].get(row)
            if said is not None:
                statements.append(replace(said, why=why, by=by))
            elif why != UPDATED and (kind != SENT or why in GONE or not why):
                # What was deleted before it was read here is said to be gone by a due of its own.
                statements.append(Statement(kind, row, now, why, by))
        return statements

    def _append(self, state: State, statements: Iterable[Statement]) -> None:
        rows = []
        for statement in statements:
            salt = os.urandom(SALT) if statement.values else b""
            text = body(state.frontier.size, statement, commitments(salt, statement.values))
            hashed = leaf_hash(text.encode())
            rows.append(
                {
                    "seq": state.frontier.size,
                    "kind": statement.kind,
                    "number": statement.row,
                    "body": text,
                    "hash": hashed,
                    "salts": salt.hex(),
                }
            )
            state.frontier.append(hashed)
        self.db.insert(_ROWS, rows)
        keep(self.db, state)


def _last_of_each(dues: Sequence[Any]) -> list[Any]:
    """Return dues without those by which the desk changed a row that is recorded here all the same: each
    reads the row as it is now."""
    kept: list[Any] = []
    others = {(kind, row) for _, kind, row, why, _ in dues if why != UPDATED}
    for due in reversed(dues):
        _, kind, row, why, _ = due
        if why == UPDATED:
            if (kind, row) in others:
                continue
            others.add((kind, row))
        kept.append(due)
    return kept[::-1]
