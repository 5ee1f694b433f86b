"""Numbers of rows that are still to be written: taken before the row is, because mails name them.

SQLite has one writer, so the next number is the one after the last given. PostgreSQL is asked for as many
as a set of messages is likely to want, in one statement; what is left of these is never given.
"""

from collections import defaultdict

import peewee

from intake.store.running import Running
from intake.store.schema.finds import SecretFind
from intake.store.schema.promises import Promise
from intake.store.schema.tables import Entry, Outbox, Ticket

Model = type[peewee.Model]

NUMBERED: tuple[Model, ...] = (Ticket, Entry, Outbox, Promise, SecretFind)


class Numbers:
    """The numbers that are at hand in one transaction of one thread."""

    def __init__(self, db: Running) -> None:
        self._db = db
        self._next: dict[Model, int] = {}
        self._free: dict[Model, list[int]] = defaultdict(list)
        self._expected: dict[Model, int] = {}
        self._tickets = 0

    def expect(self, tickets: int, messages: int) -> None:
        """Say how many tickets will be opened at most, by how many messages."""
        self._tickets = tickets
        self._expected = {
            Entry: messages,
            Outbox: messages + tickets,
            Promise: 3 * tickets,
        }

    def take(self, table: Model) -> int:
        """Return the number of a row to come. Given back when what it is for is taken out again."""
        number = self._from_postgres(table) if self._db.postgres else self._from_sqlite(table)

        def back() -> None:
            if self._db.postgres:
                self._free[table].insert(0, number)
            elif self._next.get(table) == number + 1:
                self._next[table] = number

        self._db.remember(back)
        return number

    def forget(self) -> None:
        """Look again, for somebody else may have written."""
        self._next.clear()

    def _from_sqlite(self, table: Model) -> int:
        if not self._next:
            names = {model._meta.table_name: model for model in NUMBERED}
            self._next = dict.fromkeys(NUMBERED, 1)
            with self._db.beside():
                rows = self._db.many("SELECT name, seq FROM sqlite_sequence")
            self._next |= {names[name]: last + 1 for name, last in rows if name in names}
        number = self._next[table]
        self._next[table] = number + 1
        return number

    def _from_postgres(self, table: Model) -> int:
        free = self._free[table]
        if not free:
            batch = self._db.batch
            more = 1 if batch is None else self._half() if table is Ticket else 2 * len(batch.left())
            # A ticket's number is only asked for where one is opened.
            wanted = {table: more, **{model: count for model, count in self._expected.items() if count}}
            self._expected = {}
            for model, number in self._reserved(wanted):
                self._free[model].append(number)
        return free.pop(0)

    def _half(self) -> int:
        """Return how many tickets' numbers to ask for: half of those that may still be wanted.

        Gaps between them are seen. So fifty tickets take six questions at most, and few are left over.
        """
        half = max(1, self._tickets // 2)
        self._tickets -= half
        return half

    def _reserved(self, wanted: dict[Model, int]) -> list[tuple[Model, int]]:
        names = {model._meta.table_name: model for model in wanted}
        text = " UNION ALL ".join(
            f"SELECT '{name}', nextval(pg_get_serial_sequence('{name}', 'id')) "
            f"FROM generate_series(1, {wanted[model]:d})"
            for name, model in names.items()
        )
        with self._db.beside():
            rows = self._db.many(text)
        return sorted(((names[name], number) for name, number in rows), key=lambda row: row[1])
