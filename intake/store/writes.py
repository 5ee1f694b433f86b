"""What a transaction will write and has not written yet: rows and changes of rows, table by table.

Whoever applies decisions writes in here. All of it becomes a few statements, each for all rows of its
table, before anything else is asked of the database and before the commit. What was put in since a mark
can be taken out again, which is how one message of a batch fails alone.
"""

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import peewee

from intake.desk.record.leaf import ENTRY, FIND, TICKET, UPDATED
from intake.store.audit import AUDITS
from intake.store.record.dues import DUES, Dues, owed
from intake.store.record.tables import recorded_change
from intake.store.running import Running
from intake.store.schema.colleagues import ColleagueNews, Watcher
from intake.store.schema.finds import SecretFind
from intake.store.schema.knowledge import Citation
from intake.store.schema.links import Participant
from intake.store.schema.previews import Preview
from intake.store.schema.promises import Promise
from intake.store.schema.readings import FileReading, HeldFile, Scan
from intake.store.schema.search import TicketTag
from intake.store.schema.tables import (
    Attachment,
    Audit,
    Blob,
    Entry,
    MessageRef,
    Outbox,
    Ticket,
)
from intake.store.schema.tellings import Telling
from intake.store.statement import Insertion, SetStatement

Model = type[peewee.Model]
Row = dict[str, Any]

# In the order in which rows may refer to each other.
_INSERTIONS: dict[Model, Insertion] = {
    Ticket: Insertion(Ticket, numbered=True, recorded=TICKET),
    TicketTag: Insertion(TicketTag, unless_there=[TicketTag.tag, TicketTag.ticket]),
    Blob: Insertion(Blob, unless_there=[Blob.sha256]),
    Entry: Insertion(Entry, numbered=True, recorded=ENTRY),
    Attachment: Insertion(Attachment),
    SecretFind: Insertion(SecretFind, numbered=True, recorded=FIND),
    Preview: Insertion(Preview, unless_there=[Preview.sha256]),
    FileReading: Insertion(FileReading, unless_there=[FileReading.sha256]),
    Scan: Insertion(Scan, unless_there=[Scan.sha256]),
    Participant: Insertion(Participant),
    Watcher: Insertion(Watcher, unless_there=[Watcher.ticket, Watcher.agent]),
    ColleagueNews: Insertion(ColleagueNews),
    Outbox: Insertion(Outbox, unless_there=[Outbox.dedupe_key], returning=[Outbox.id], numbered=True),
    HeldFile: Insertion(HeldFile, unless_there=[HeldFile.ticket, HeldFile.agent, HeldFile.sha256]),
    MessageRef: Insertion(MessageRef),
    Promise: Insertion(Promise, numbered=True),
    Audit: AUDITS,
    Telling: Insertion(Telling, unless_there=[Telling.dedupe_key]),
    Citation: Insertion(Citation),
}
# Rows that others may write at the same moment are written in one order by everybody: two processes must not
# wait for each other in a circle.
_KEYS: dict[Model, Sequence[str]] = {
    TicketTag: ("tag", "ticket"),
    Blob: ("sha256",),
    Preview: ("sha256",),
    FileReading: ("sha256",),
    Scan: ("sha256",),
    HeldFile: ("ticket", "agent", "sha256"),
}


class Writes:
    """The writes of one transaction, of one thread."""

    def __init__(
        self, db: Running, index: Callable[[Mapping[int, Sequence[str]], Container[int]], None]
    ) -> None:
        """`index` has tickets found by texts; it is told which of them are new."""
        self._db, self._index = db, index
        self._log: list[Callable[[], object]] = []
        self.rows: dict[Model, list[Row]] = defaultdict(list)
        self.changes: dict[Model, dict[int, Row]] = defaultdict(dict)
        self._last: dict[SetStatement, list[Row]] = defaultdict(list)
        self._checks: list[Callable[[], object]] = []
        self.texts: dict[int, list[str]] = {}
        # Mails (ids) that turned out to be owed already when the others were written.
        self.known: set[int] = set()
        self._new: dict[tuple[Model, int], Row] = {}

    @property
    def size(self) -> int:
        """How many bytes the mails take that are to be written."""
        return sum(len(row["mime"]) for row in self.rows.get(Outbox, ()))

    @property
    def empty(self) -> bool:
        """Whether there is nothing to write."""
        return not self._log

    def insert(self, table: Model, **row: Any) -> None:
        """Write a row; columns may be left out that have a default or may be NULL.

        Raises LookupError for a table whose place among the others is not known: it would never be written.
        """
        if table not in _INSERTIONS:
            raise LookupError(f"{table.__name__} is not among the tables that are written here")
        rows = self.rows[table]
        rows.append(row)
        self._log.append(rows.pop)
        if "id" in row:
            key = (table, row["id"])
            self._new[key] = row
            self._log.append(lambda: self._new.pop(key))

    def change(self, table: Model, number: int, **columns: Any) -> None:
        """Change columns of the row with this id, which may be one that is written here."""
        row = self._new.get((table, number))
        if row is None:
            row = self.changes[table].setdefault(number, {})
        before = {name: row[name] for name in columns if name in row}
        row.update(columns)

        def back(row: Row = row) -> None:
            for name in columns:
                if name in before:
                    row[name] = before[name]
                else:
                    del row[name]

        self._log.append(back)

    def is_new(self, table: Model, number: int | None) -> bool:
        """Whether the row with this id is still to be written."""
        return number is not None and (table, number) in self._new

    def at_last_for_each(self, statement: SetStatement, **values: Any) -> None:
        """Run a statement for these values, and for those of others, when all rows are written."""
        rows = self._last[statement]
        rows.append(values)
        self._log.append(rows.pop)

    def check(self, look: Callable[[], object]) -> None:
        """Have something looked at when all is written; what it raises undoes the transaction."""
        self._checks.append(look)
        self._log.append(self._checks.pop)

    def values_for(self, statement: SetStatement) -> Sequence[Row]:
        """Return the values that a statement is to be run for at last."""
        return self._last.get(statement, ())

    def find_by(self, ticket: int, texts: Iterable[str]) -> None:
        """Have a ticket found by these texts, too."""
        there = self.texts.setdefault(ticket, [])
        count = len(there)
        there += texts
        self._log.append(lambda: there.__delitem__(slice(count, None)))

    def remember(self, undo: Callable[[], object]) -> None:
        """Have `undo` called should what is done now be taken out again."""
        self._log.append(undo)

    def mark(self) -> int:
        """Return where we are, for `back_to`."""
        return len(self._log)

    def back_to(self, mark: int) -> None:
        """Take out what was put in since."""
        while len(self._log) > mark:
            self._log.pop()()

    def forget(self) -> None:
        """Take out everything, as after a rollback."""
        self._log.clear()
        self._last.clear()
        self._checks.clear()
        self._new.clear()
        self.texts.clear()
        self.rows.clear()
        self.changes.clear()

    def flush(self) -> None:
        """Write it all. What fails leaves nothing here, for the transaction is lost with it."""
        rows, changes, last, texts = dict(self.rows), dict(self.changes), dict(self._last), dict(self.texts)
        new, checks = {number for table, number in self._new if table is Ticket}, list(self._checks)
        self.forget()
        # What the record is owed is noted at once for all that is written here.
        dues: Dues = []
        for table in _INSERTIONS:
            self._insert(table, rows.get(table, ()), rows, dues)
        for table, changed in changes.items():
            self._change(table, changed, dues)
        self._db.insert(DUES, dues)
        for statement, values in last.items():
            # Of two that speak of the same row the first counts: after it there is nothing left to do.
            first = {next(iter(row.values())): row for row in reversed(values)}
            self._db.for_each(statement, [first[key] for key in sorted(first)])
        if texts:
            self._index(texts, new)
        for look in checks:
            look()

    def _insert(
        self,
        table: Model,
        rows: Sequence[Row],
        all_rows: Mapping[Model, list[Row]],
        dues: Dues,
    ) -> None:
        keys = _KEYS.get(table)
        if keys:
            rows = sorted(rows, key=lambda row: [row[key] for key in keys])
        written = self._db.insert(_INSERTIONS[table], rows, dues)
        if table is not Outbox:
            return
        new = {number for (number,) in written}
        known = [row for row in rows if row["id"] not in new]
        if known:
            self.known |= {row["id"] for row in known}
            # What is owed already is not referred to under another name.
            names = {row["message_id"] for row in known}
            refs = all_rows.get(MessageRef, [])
            refs[:] = [ref for ref in refs if ref["message_id"] not in names]

    def _change(self, table: Model, changed: Mapping[int, Row], dues: Dues) -> None:
        alike: dict[tuple[str, ...], list[Row]] = defaultdict(list)
        for number, row in sorted(changed.items()):
            if row:
                alike[tuple(sorted(row))].append({"id": number, **row})
        for names, rows in alike.items():
            self._db.for_each(_changing(table, names), rows)
            kind = recorded_change(table, names)
            if kind:
                dues += owed(kind, [row["id"] for row in rows], UPDATED)


@lru_cache(maxsize=512)
def _changing(table: Model, names: tuple[str, ...]) -> SetStatement:
    fields = {name: getattr(table, name) for name in ("id", *names)}
    values = ", ".join(f'"{fields[name].column_name}" = v."{name}"' for name in names)
    where = f'"{table._meta.table_name}"."id" = v."id"'
    return SetStatement(f'UPDATE "{table._meta.table_name}" SET {values} FROM v WHERE {where}', **fields)
