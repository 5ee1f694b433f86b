"""Running queries: one connection a thread, transactions, and a reconnection where it does no harm."""

import threading
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from functools import partial
from typing import Any

import peewee

from intake.runtime import pace
from intake.store.engines import Postgres, Sqlite
from intake.store.failures import DATABASE_ERRORS, spoils, temporary
from intake.store.numbers import Numbers
from intake.store.record.dues import DUES, Dues, Mappings, owed
from intake.store.record.tables import recorded_by, run_owing
from intake.store.statement import Insertion, SetStatement, Statement
from intake.store.writes import Writes

# What makes a driver's errors peewee's, as with each of its own statements.
_in_peewees_words: Any = vars(peewee)["__exception_wrapper__"]

# Rows of a statement: 32,766 parameters are the least any supported SQLite takes, PostgreSQL 65,535.
ROWS_AT_ONCE = 200

FindBy = Callable[["Connection", Mapping[int, Sequence[str]], Container[int]], None]


class Alone(BaseException):
    """A message of a set asks for what is only known once all before it is written, and is done by itself."""


class _Local(threading.local):
    cache: dict[str, Any] | None = None
    # Whether what is asked now may be asked without what is to be written being written first.
    beside = False
    # The messages that are decided on together, if any: then nothing is asked but beside.
    batch: Any = None

    def __init__(self) -> None:
        self.later: list[Callable[[], None]] = []
        self.writes: Writes | None = None
        self.numbers: Numbers | None = None


class Connection:
    """The database as a thread sees it. Opened when needed; `close` ends this thread's connection."""

    def __init__(self, database: peewee.Database) -> None:
        self.database = database
        self._local = _Local()
        # Has tickets found by texts (store.search); set by the store. Whether the words are in an FTS5 table.
        self.find_by: FindBy = lambda db, texts, opened: None
        self.fts: bool | None = None

    @property
    def postgres(self) -> bool:
        """Whether the database is PostgreSQL, where several write transactions run at once."""
        return isinstance(self.database, Postgres)

    def another(self) -> "Connection":
        """Return a connection of its own to the same PostgreSQL, not opened yet."""
        database: Any = self.database
        return Connection(Postgres(database.database, prefer_psycopg3=True, **database.connect_params))

    @property
    def cache(self) -> dict[str, Any]:
        """What was read in this transaction and holds to its end; empty outside of one."""
        return {} if self._local.cache is None else self._local.cache

    @property
    def writes(self) -> Writes:
        """What this transaction will write: before anything else is asked, and before it is committed."""
        if self._local.writes is None:
            raise RuntimeError("something was to be written outside of a transaction")
        return self._local.writes

    def remember(self, undo: Callable[[], object]) -> None:
        """Have `undo` called should what is done now be taken out again."""
        self.writes.remember(undo)

    @property
    def numbers(self) -> Numbers:
        """The numbers of the rows that this transaction will write."""
        if self._local.numbers is None:
            raise RuntimeError("a number was to be given outside of a transaction")
        return self._local.numbers

    @property
    def nothing_to_write(self) -> bool:
        """Whether all that was decided in this transaction, if there is one, has been written."""
        return self._local.writes is None or self._local.writes.empty

    def writes_of(self, table: type[peewee.Model]) -> Sequence[Mapping[str, Any]]:
        """Return the rows that are still to be written into a table."""
        return () if self._local.writes is None else self._local.writes.rows.get(table, ())

    def changes_of(self, table: type[peewee.Model]) -> Mapping[int, Mapping[str, Any]]:
        """Return the changes that are still to be written to rows of a table, by the ids of these."""
        return {} if self._local.writes is None else self._local.writes.changes.get(table, {})

    def values_for(self, statement: SetStatement) -> Sequence[Mapping[str, Any]]:
        """Return the values that a statement is still to be run for, when all rows are written."""
        return () if self._local.writes is None else self._local.writes.values_for(statement)

    def is_new(self, table: type[peewee.Model], number: int | None) -> bool:
        """Whether a row is still to be written: of it the database knows nothing."""
        return self._local.writes is not None and self._local.writes.is_new(table, number)

    @property
    def batch(self) -> Any:
        """The messages (store.batch.Batch) that are decided on together in this thread and now, or None."""
        return self._local.batch

    @contextmanager
    def remembering(self) -> Iterator[None]:
        """Within, outside of transactions, what hardly ever changes is asked once."""
        before = self._local.cache
        self._local.cache = {} if before is None else before
        try:
            yield
        finally:
            self._local.cache = before

    @contextmanager
    def beside(self) -> Iterator[None]:
        """What is asked within does not depend on what is still to be written, or the caller adds that."""
        before, self._local.beside = self._local.beside, True
        try:
            yield
        finally:
            self._local.beside = before

    @contextmanager
    def as_a_set(self, batch: Any) -> Iterator[None]:
        """Decide on these messages together within; None: on one alone."""
        before = self._local.batch
        if before is not None and batch is None:
            self.flush()
        self._local.batch = batch
        try:
            yield
        finally:
            self._local.batch = before

    def alone(self) -> None:
        """Take the message that is being decided on out of its set; nothing where it is in none."""
        if self._local.batch is not None:
            raise Alone

    def flush(self) -> None:
        """Write what is to be written."""
        writes = self._local.writes
        if writes is not None and not writes.empty:
            with self.beside():
                writes.flush()

    def each(self, statement: SetStatement, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
        """Ask a statement for all these values at once; return its rows as the engine gives them."""
        got: list[Any] = []
        for start in range(0, len(rows), ROWS_AT_ONCE):
            text, params = statement.asked(rows[start : start + ROWS_AT_ONCE], self.postgres)
            got += self.many(text, *params)
        return got

    def for_each(self, statement: SetStatement, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run a statement that writes, for all these values at once."""
        for start in range(0, len(rows), ROWS_AT_ONCE):
            self.write(*statement.asked(rows[start : start + ROWS_AT_ONCE], self.postgres))

    def insert(self, insertion: Insertion, rows: Mappings, dues: Dues | None = None) -> list[Any]:
        """Insert rows, and note those to be recorded (or add them to `dues`); return what new ones bring."""
        got: list[Any] = []
        for start in range(0, len(rows), ROWS_AT_ONCE):
            text, params = insertion.asked(rows[start : start + ROWS_AT_ONCE], self.postgres)
            if insertion.returns:
                got += self.many(text, *params)
            else:
                self.write(text, params)
        if insertion.recorded:
            new = owed(insertion.recorded, insertion.numbers(rows, got))
            self.insert(DUES, new) if dues is None else dues.extend(new)
        return got

    def write(self, text: str, params: Sequence[Any]) -> int:
        """Run a statement that writes; return the number of rows affected."""
        count: int = self._run(lambda: self._cursor(text, params).rowcount)
        return count

    def rows(self, query: Any) -> list[Any]:
        """Run a query and return all its rows."""
        rows: list[Any] = self._run(lambda: list(query.execute(self.database)))
        return rows

    def fetch(self, statement: Statement, **values: Any) -> list[Any]:
        """Run a statement that returns rows; return them as tuples."""
        made, params = statement.ready(self.database, values)

        def execute() -> Any:
            return self._cursor(made.text, params).fetchall()

        return made.read(self._run(execute))

    def execute(self, statement: Statement, **values: Any) -> int:
        """Run a statement that writes; return the number of rows affected."""
        made, params = statement.ready(self.database, values)
        count: int = self._write(lambda: self._cursor(made.text, params).rowcount)
        return count

    def first(self, query: Any) -> Any:
        """Run a query and return its first row, or None."""
        rows = self.rows(query.limit(1))
        return rows[0] if rows else None

    def run(self, query: Any) -> Any:
        """Run a write; return the rows affected, or the id of a single inserted row (None: there was
        one already). What is recorded of what it writes is owed to the record."""
        kind = recorded_by(query)
        return run_owing(self, kind, query) if kind else self._write(lambda: query.execute(self.database))

    def recorded(
        self, statements: Callable[[], Sequence[tuple[Statement, Mapping[str, Any]]]]
    ) -> list[list[Any]]:
        """Run statements that return rows as one transaction; return the rows of each when it is committed.

        SQLite is asked for them when it is this thread's turn to write. A server gets all of them at
        once, for each answer takes its time; they must be harmless when they run a second time.
        """
        if not self.postgres or self.database.in_transaction():
            with self.transaction():
                return [self.fetch(statement, **values) for statement, values in statements()]
        ready = [statement.ready(self.database, values) for statement, values in statements()]
        with self._told_apart():
            rows = self._again_if_dead(lambda: self._in_one_flight([(made.text, to) for made, to in ready]))
        pace.add("commits")
        return [made.read(those) for (made, _), those in zip(ready, rows, strict=True)]

    def _in_one_flight(self, statements: Sequence[tuple[str, Sequence[Any]]]) -> list[list[Any]]:
        """Run statements outside a transaction; all that is sent before an answer is awaited is one."""
        connection: Any = self.database.connection()  # type: ignore[no-untyped-call]
        with _in_peewees_words:
            with connection.pipeline() if len(statements) > 1 else nullcontext():
                cursors = [connection.execute(text, params) for text, params in statements]
            return [cursor.fetchall() for cursor in cursors]

    def sql(self, text: str, *params: Any) -> Any:
        """Run a statement and return its first row, or None."""

        def execute() -> Any:
            cursor = self._cursor(text, params)
            return cursor.fetchone() if cursor.description else None

        return self._run(execute)

    def many(self, text: str, *params: Any) -> list[Any]:
        """Run a statement and return its rows as the engine gives them."""
        rows: list[Any] = self._run(lambda: self._cursor(text, params).fetchall())
        return rows

    def named(self, text: str, values: Mapping[str, Any]) -> list[Any]:
        """Run a statement of PostgreSQL's with `%(name)s` where a value stands; return its rows."""
        database: Any = self.database
        rows: list[Any] = self._run(lambda: database.execute_sql(text, values).fetchall())
        return rows

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """A write transaction; within another one, a part of it."""
        if self.database.in_transaction():
            yield
            return
        with self._told_apart(), self._turn():
            if isinstance(self.database, Sqlite) and self.database.swapped():
                self.database.close()
            atomic = self.database.atomic()
            self._again_if_dead(atomic.__enter__)
            self._local.cache = {}
            self._local.writes, self._local.numbers = Writes(self, partial(self.find_by, self)), Numbers(self)
            try:
                yield
                self.flush()
            except BaseException as err:
                self._local.cache = self._local.writes = self._local.numbers = None
                self._local.later.clear()
                atomic.__exit__(type(err), err, err.__traceback__)
                raise
            self._local.cache = self._local.writes = self._local.numbers = None
            later, self._local.later = self._local.later, []
            atomic.__exit__(None, None, None)
        pace.add("commits")
        for do in later:
            do()

    def _turn(self) -> AbstractContextManager[None]:
        return self.database.turn() if isinstance(self.database, Sqlite) else nullcontext()

    def later(self, do: Callable[[], None]) -> None:
        """Have something done once the running transaction is committed, and never if it is not."""
        if self.database.in_transaction():
            self._local.later.append(do)
        else:
            do()

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A part of a transaction that can fail alone."""
        waiting = len(self._local.later)
        together, writes = self._local.batch is not None, self._local.writes
        if not together:
            self.flush()
        mark = writes.mark() if writes is not None else 0
        try:
            if together:
                # Nothing of it has reached the database: taking it out again is enough.
                yield
                return
            with self._told_apart(), self.database.savepoint():
                yield
                self.flush()
        except BaseException:
            self.cache.clear()  # What was read or counted in it may never have been.
            if writes is not None:
                writes.back_to(mark)
            del self._local.later[waiting:]
            raise

    def close(self) -> None:
        """Close this thread's connection, if there is one."""
        if not self.database.is_closed():
            with self._told_apart():
                self.database.close()

    def _cursor(self, text: str, params: Sequence[Any]) -> Any:
        database: Any = self.database
        return database.execute_sql(text, params)

    def _run(self, execute: Any) -> Any:
        if not self._local.beside:
            self.alone()
            self.flush()
            if self._local.numbers is not None:
                self._local.numbers.forget()
        with self._told_apart():
            return execute() if self.database.in_transaction() else self._again_if_dead(execute)

    def _write(self, execute: Any) -> Any:
        """Run a statement that writes; alone it is a transaction, which on SQLite has its turn."""
        if self.postgres or self.database.in_transaction():
            return self._run(execute)
        with self.transaction():
            return execute()

    def _again_if_dead(self, execute: Any) -> Any:
        """Run what has had no effect yet; once more where the server had dropped the old connection.

        After a PostgreSQL restart each query fails until the connection is closed and
        opened again (measured); `is_closed()` does not tell.
        """
        fresh = self.database.is_closed()
        try:
            return execute()
        except DATABASE_ERRORS:
            if fresh or not self._drop_if_dead():
                raise
        return execute()

    @contextmanager
    def _told_apart(self) -> Iterator[None]:
        try:
            yield
        except Exception as err:
            self._drop_if_dead()
            self._drop_if_spoiled(err)
            passing = temporary(err) if isinstance(err, DATABASE_ERRORS) else None
            if passing is None or passing is err:
                raise
            raise passing from err

    def _drop_if_dead(self) -> bool:
        """Close a connection that the server has ended. Inside a transaction its end does this."""
        database = self.database
        if not self.postgres or database.is_closed() or database.in_transaction():
            return False
        if database.is_connection_usable():
            return False
        database.close()
        return True

    def _drop_if_spoiled(self, err: Exception) -> None:
        """Close a connection that may only read, and would refuse to write for as long as it lives.

        SQLite may have opened a file for reading because there was no descriptor left (seen
        with injected EMFILE); a session with PostgreSQL keeps what held when it began.
        """
        database = self.database
        if database.is_closed() or database.in_transaction() or not spoils(err):
            return
        with suppress(*DATABASE_ERRORS):
            database.close()
