"""Each row of the database against the last that the record says of it."""

from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from intake.desk.record.columns import TABLE, allowed, may_differ
from intake.desk.record.leaf import (
    AGENT,
    AUDIT,
    ENTRY,
    FIND,
    GONE,
    LATER,
    MESSAGE,
    SENT,
    TICKET,
    UPDATED,
    Statement,
    commitment,
    commitments,
    read,
    salt_of,
)
from intake.ports import Temporary
from intake.store.blobs import Blobs, digest
from intake.store.connection import Connection
from intake.store.record import reading, unharmed
from intake.store.record.acts import Acts

# Rows compared in one go.
_STEP = 1000
# Numbers of rows are smaller; what is no number at all is no number of a row.
_LAST = (1 << 63) - 1
# A row of the record: its number, what it says, and the salts.
_Leaf = tuple[int, str, str]
# How a row is called.
_CALLED = {
    AUDIT: "audit row",
    MESSAGE: "message",
    ENTRY: "entry",
    SENT: "sent mail",
    TICKET: "ticket",
    FIND: "find",
    AGENT: "agent",
}


@dataclass(frozen=True, slots=True)
class Wrong:
    """A row that is not as recorded; `seq` is where the record speaks of it, -1: nowhere."""

    kind: str
    row: int
    seq: int
    text: str


class Comparing:
    """The comparison. `owed` counts the rows it passed over; `acts` are those that the record names."""

    def __init__(
        self, db: Connection, blobs: Blobs, before: Mapping[str, int], begun_at: int, full: bool
    ) -> None:
        """`before` are the last rows from before the record, by kind; it began at `begun_at`."""
        self._db, self._blobs, self._before, self._begun_at, self._full = db, blobs, before, begun_at, full
        self.owed = 0
        self.acts = Acts(db)

    def kind(self, kind: str) -> Iterator[Wrong]:
        """Yield the rows of a kind that are not as recorded, in their order."""
        if kind in LATER and kind not in self._before:
            # A record of an older version, until the next start of the desk goes on with it.
            return
        recorded = f"MAX(number), 0) FROM record_row WHERE kind = '{kind}' AND number BETWEEN 0 AND {_LAST}"
        ends = (f"MAX(id), 0) FROM {TABLE[kind]}", recorded)
        last = max(int(self._db.sql(f"SELECT COALESCE({end}")[0]) for end in ends)
        for first in range(0, last + 1, _STEP):
            yield from self.rows(kind, first, min(first + _STEP - 1, last))

    def rows(self, kind: str, first: int, last: int, again: bool = False) -> Iterator[Wrong]:
        """Yield what is wrong with rows `first` to `last`. `again`: they were counted before."""
        said = self._said(kind, first, last)
        there = reading.in_range(self._db, kind, first, last, self._full)
        owed = self._owed(kind, first, last)
        self.owed += 0 if again else len(owed)
        held = reading.held(self._db, first, last) if self._full and kind == MESSAGE else {}
        for row in sorted({*said, *there} - owed):
            leaves = said.get(row, [])
            seq, wrong = self._of_row(kind, row, leaves, there.get(row), again)
            if not wrong and row in held and row in there:
                wrong = self._lost(held[row])
            if wrong:
                where = f" (row {seq} of the record)" if leaves else ""
                yield Wrong(kind, row, seq, f"{_CALLED[kind]} {row} {wrong}{where}")

    def _said(self, kind: str, first: int, last: int) -> Mapping[int, list[_Leaf]]:
        """Return what the record says of rows: its own number, the statement and the salts, in order."""
        where = f"kind = '{kind}' AND number BETWEEN {first:d} AND {last:d}"
        said: dict[int, list[_Leaf]] = defaultdict(list)
        columns = ("seq", "number", "body", "salts")
        for seq, row, body, salts in unharmed.rows(
            self._db, columns, f"FROM record_row WHERE {where} ORDER BY seq"
        ):
            if type(row) is int and type(seq) is int:
                said[row].append((seq, body, salts))
        return said

    def _owed(self, kind: str, first: int, last: int) -> set[int]:
        rest = f"FROM record_due WHERE kind = '{kind}' AND number BETWEEN {first:d} AND {last:d}"
        return {row for (row,) in unharmed.rows(self._db, ("number",), rest) if type(row) is int}

    def _of_row(
        self, kind: str, row: int, leaves: Sequence[_Leaf], now: Statement | None, again: bool
    ) -> tuple[int, str]:
        """Return what is wrong with a row, "" for nothing, and where in the record.

        What stands there more than once without an act in between must agree with the row each time: else
        who changes it has the change recorded as if it were new.
        """
        if not leaves:
            return -1, self._unrecorded(kind, row, now)
        bound: list[tuple[int, dict[str, Any], str]] = []
        for seq, body, salts in leaves:
            try:
                said = read(body)
            except ValueError:
                return seq, "cannot be compared: what the record says of it cannot be read"
            if said["why"] and said["why"] != UPDATED:
                self.acts.note(said["why"], said["by"], f"{_CALLED[kind]} {row}")
                bound.clear()
            bound.append((seq, said, salts))
        if said["why"] and said["why"] != UPDATED and not again:
            self.acts.count(said["why"])
        if now is not None and now.broken:
            return seq, f"cannot be compared: its {', its '.join(map(_worded, now.broken))} cannot be read"
        for at, (seq, said, salts) in enumerate(bound):
            later = bound[at + 1][1] if at + 1 < len(bound) else None
            if wrong := _wrong(kind, row, said, salts, now, later):
                return seq, wrong
        return seq, ""

    def _unrecorded(self, kind: str, row: int, now: Statement | None) -> str:
        old = self._before.get(kind, 0)
        if row <= old and (kind != SENT or now is None or now.at <= self._begun_at):
            return ""
        return "is in the database, and the record does not know it"

    def _lost(self, held: reading.Held) -> str:
        """Return what is wrong with the bytes of a message, "" for nothing."""
        digested = held.digest
        if held.in_file:
            try:
                content = self._blobs.get(held.name)
            except Temporary as err:
                return f"could not be read: {err}"
            digested = None if content is None else digest(content)
        if digested is None:
            # What was erased before it came again has a row, and never had bytes here.
            return "" if held.buried else "has lost its bytes"
        return "" if digested == held.name else "does not have the bytes that were received"


def _wrong(
    kind: str, row: int, said: Mapping[str, Any], salts: str, now: Statement | None, later: Any
) -> str:
    """Return what is wrong with a row that the record speaks of, "" for nothing. `later` is what it says of
    the row next, None: nothing more."""
    if (said["kind"], said["row"]) != (kind, row):
        return f"stands in the record in the place of {said['kind']} {said['row']}"
    if said["why"] in GONE:
        return "is in the database, and the record says that it is gone" if now is not None else ""
    if now is None:
        return "is gone, and no act says who erased it"
    # A mail of which nobody knew whether it was sent may be marked as sent twice, each time with the time.
    if said["at"] != now.at and (kind != SENT or later is None):
        return "is not as it was recorded: its time"
    if later is None:
        return _not_as(said, salts, now, ())
    may = may_differ(kind, said["plain"])
    for name in may & said["plain"].keys() & later["plain"].keys():
        if not allowed(kind, name, said["plain"][name], later["plain"][name]):
            return f"is not as it was recorded: its {_worded(name)}, which nobody changes so"
    return _not_as(said, salts, now, may)


def _not_as(said: Mapping[str, Any], salts: str, now: Statement, besides: Container[str]) -> str:
    """Return what of a row is not as the record says, "" for nothing; `besides` is left aside."""
    plain, sealed = said["plain"], said["sealed"]
    if plain != now.plain:
        # A row of an older version covers less than is read today.
        for name, value in plain.items():
            if name not in besides and (name not in now.plain or now.plain[name] != value):
                return f"is not as it was recorded: its {_worded(name)}"
    if not sealed:
        return "was gone before it was recorded, and is there now"
    whole = salt_of(salts, "")
    if whole is not None and not besides and commitments(whole, now.values) == sealed:
        return ""
    for name, committed in sealed.items():
        salt = salt_of(salts, name)
        if salt is None:
            return f"has lost what its {name} is checked with, and no erasure names it"
        value = now.values.get(name)
        if value is None:
            value = now.older.get(name)
        if name not in besides and value is not None and commitment(salt, name, value) != committed:
            return f"is not as it was recorded: its {name}"
    return ""


def _worded(column: str) -> str:
    return column.replace("_", " ")
