"""Each row of the database against the last that the record says of it."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from intake.desk.record.leaf import (
    AUDIT,
    CHANGED,
    ENTRY,
    ERASED,
    GONE,
    MESSAGE,
    REDACTED,
    SENT,
    Statement,
    commitment,
)
from intake.ports import Temporary
from intake.store.blobs import Blobs, digest
from intake.store.connection import Connection
from intake.store.record import reading
from intake.store.schema.record import RecordDue
from intake.store.schema.tables import Audit, Ticket

# Rows compared in one go.
_STEP = 1000
# How a row is called.
_CALLED = {AUDIT: "audit row", MESSAGE: "message", ENTRY: "entry", SENT: "sent mail"}


@dataclass(frozen=True, slots=True)
class Wrong:
    """A row that is not as recorded; `seq` is where the record speaks of it, -1: nowhere."""

    kind: str
    row: int
    seq: int
    text: str


class Comparing:
    """The comparison. `gone`, `changed` and `owed` count what it met."""

    def __init__(
        self, db: Connection, blobs: Blobs, before: Mapping[str, int], begun_at: int, full: bool
    ) -> None:
        """`before` are the last rows from before the record, by kind; it began at `begun_at`."""
        self._db, self._blobs, self._before, self._begun_at, self._full = db, blobs, before, begun_at, full
        self.gone = self.changed = self.owed = 0
        # Which acts (why, by) were named, and by which row first.
        self._acts: dict[tuple[str, int], str] = {}

    def kind(self, kind: str) -> Iterator[Wrong]:
        """Yield the rows of a kind that are not as recorded, in their order."""
        ends = (f"id), 0) FROM {reading.TABLE[kind]}", f"number), 0) FROM record_row WHERE kind = '{kind}'")
        last = max(int(self._db.sql(f"SELECT COALESCE(MAX({end}")[0]) for end in ends)
        for first in range(0, last + 1, _STEP):
            yield from self.rows(kind, first, min(first + _STEP - 1, last))

    def rows(self, kind: str, first: int, last: int, again: bool = False) -> Iterator[Wrong]:
        """Yield what is wrong with rows `first` to `last`. `again`: they were counted before."""
        said = self._said(kind, first, last)
        there = reading.in_range(self._db, kind, first, last, self._full)
        owed = self._owed(kind, first, last)
        self.owed += 0 if again else len(owed)
        for row in sorted({*said, *there} - owed):
            leaves = said.get(row, ())
            if leaves and not again:
                self._count(kind, row, leaves[-1][1])
            now = there.get(row)
            wrong = self._wrong(kind, row, leaves[-1], now) if leaves else self._unrecorded(kind, row, now)
            if not wrong and now is not None and kind == MESSAGE and self._full:
                wrong = self._lost(now)
            if wrong:
                seq = leaves[-1][0] if leaves else -1
                where = f" (row {seq} of the record)" if leaves else ""
                yield Wrong(kind, row, seq, f"{_CALLED[kind]} {row} {wrong}{where}")

    def without_an_act(self) -> Iterator[str]:
        """Yield the erasures and changes that the record speaks of and no act in the audit says."""
        for (why, by), whose in sorted(self._acts.items()):
            if not self._is_act(why, by):
                yield f"{whose} is {why} by act {by}, and the audit has no such act"

    def _said(self, kind: str, first: int, last: int) -> Mapping[int, Sequence[tuple[int, Any, str]]]:
        """Return what the record says of rows: its own number, the statement and the salts, in order."""
        text = f"SELECT seq, number, body, salts FROM record_row WHERE kind = '{kind}' AND number"
        said: dict[int, list[tuple[int, Any, str]]] = defaultdict(list)
        for seq, row, body, salts in self._db.many(f"{text} BETWEEN {first:d} AND {last:d} ORDER BY seq"):
            said[row].append((seq, json.loads(body), salts))
        return said

    def _owed(self, kind: str, first: int, last: int) -> set[int]:
        where = (RecordDue.kind == kind) & RecordDue.number.between(first, last)
        return {row for (row,) in self._db.rows(RecordDue.select(RecordDue.number).where(where).tuples())}

    def _unrecorded(self, kind: str, row: int, now: Statement | None) -> str:
        old = self._before.get(kind, 0)
        if row <= old and (kind != SENT or now is None or now.at <= self._begun_at):
            return ""
        return "is in the database, and the record does not know it"

    def _wrong(self, kind: str, row: int, last: tuple[int, Any, str], now: Statement | None) -> str:
        """Return what is wrong with a row that the record speaks of, "" for nothing."""
        _, said, salts = last
        if (said["kind"], said["row"]) != (kind, row):
            return f"stands in the record in the place of {said['kind']} {said['row']}"
        if said["why"] in GONE:
            return "is in the database, and the record says that it is gone" if now is not None else ""
        if now is None:
            return "is gone, and no act says who erased it"
        if (said["at"], said["plain"]) != (now.at, dict(now.plain)):
            return "is not as it was recorded: its time, or what stands beside it"
        known = json.loads(salts) if salts else {}
        for name, sealed in said["sealed"].items():
            if name not in known:
                return f"has lost what its {name} is checked with, and no erasure names it"
            value = now.values.get(name)
            if value is not None and commitment(bytes.fromhex(known[name]), name, value) != sealed:
                return f"is not as it was recorded: its {name}"
        return "" if said["sealed"] else "was gone before it was recorded, and is there now"

    def _lost(self, now: Statement) -> str:
        """Return what is wrong with the bytes of a message, "" for nothing."""
        name = now.values[reading.BYTES]
        try:
            content = self._blobs.get(name)
        except Temporary as err:
            return f"could not be read: {err}"
        if content is None:
            # What was erased before it came again has a row, and never had bytes here.
            return "" if self._buried(now.row) else "has lost its bytes"
        return "" if digest(content) == name else "does not have the bytes that were received"

    def _buried(self, row: int) -> bool:
        return bool(self._db.sql(f"SELECT size = 0 FROM message WHERE id = {row:d}")[0])

    def _count(self, kind: str, row: int, said: Any) -> None:
        why = said["why"]
        if why:
            self.gone += why in GONE
            self.changed += why not in GONE
            self._acts.setdefault((why, said["by"]), f"{_CALLED[kind]} {row}")

    def _is_act(self, why: str, by: int) -> bool:
        if why in (ERASED, CHANGED):
            row = self._db.first(Audit.select(Audit.what).where(Audit.id == by).tuples())
            return row is not None and row[0].startswith(ERASED)
        if why == REDACTED:
            asked = (Audit.ticket == by) & Audit.what.startswith("#redact")
            if self._db.first(Audit.select(Audit.id).where(asked)) is not None:
                return True
            # With the ticket its acts were erased.
            return self._db.first(Ticket.select(Ticket.id).where(Ticket.id == by)) is None
        return True
