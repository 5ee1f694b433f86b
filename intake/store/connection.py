"""Running queries: one connection a thread, transactions, and a reconnection where it does no harm."""

import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import peewee

from intake.ports import Temporary
from intake.store.failures import DATABASE_ERRORS, VANISHED, spoils, temporary
from intake.store.statement import Statement

# How long a writer waits for another one, in seconds.
LOCK_TIMEOUT = 20


class _Ends:
    """Closes a connection when the thread that opened it ends, or nobody holds the database any more.

    A server's threads come and go; each would keep its files open until they are collected.
    """

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def __del__(self) -> None:
        with suppress(Exception):
            self._connection.close()


class Sqlite(peewee.SqliteDatabase):
    """SQLite whose connections end with their threads, and which never makes its file."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self._ends = threading.local()
        super().__init__(*args, **options)

    def swapped(self) -> bool:
        """Whether the path no longer leads to the file that this thread has open.

        SQLite goes on writing into a file that was deleted or moved away, where nobody finds it.
        """
        return not self.is_closed() and bool(self._ends.file != _file_at(self.database))

    def _connect(self) -> Any:
        if not _file_at(self.database):
            raise Temporary(VANISHED)
        return super()._connect()  # type: ignore[misc]

    def _initialize_connection(self, conn: Any) -> None:
        self._ends.connection = _Ends(conn)
        self._ends.file = _file_at(self.database)


def _file_at(path: str) -> tuple[int, ...]:
    try:
        status = os.stat(path)
    except FileNotFoundError:
        return ()
    return status.st_dev, status.st_ino


class Postgres(peewee.PostgresqlDatabase):
    """PostgreSQL that does not wait for ever for a lock, and whose connections end with their threads."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self._ends = threading.local()
        super().__init__(*args, **options)

    def _initialize_connection(self, conn: Any) -> None:
        self._ends.connection = _Ends(conn)
        conn.execute(f"SET lock_timeout = '{LOCK_TIMEOUT}s'")


class _Local(threading.local):
    cache: dict[str, Any] | None = None

    def __init__(self) -> None:
        self.later: list[Callable[[], None]] = []


class Connection:
    """The database as a thread sees it. Opened when needed; `close` ends this thread's connection."""

    def __init__(self, database: peewee.Database) -> None:
        self.database = database
        self._local = _Local()

    @property
    def postgres(self) -> bool:
        """Whether the database is PostgreSQL, where several write transactions run at once."""
        return isinstance(self.database, Postgres)

    @property
    def cache(self) -> dict[str, Any]:
        """What was read in this transaction and holds to its end; empty outside of one."""
        return {} if self._local.cache is None else self._local.cache

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
        count: int = self._run(lambda: self._cursor(made.text, params).rowcount)
        return count

    def first(self, query: Any) -> Any:
        """Run a query and return its first row, or None."""
        rows = self.rows(query.limit(1))
        return rows[0] if rows else None

    def run(self, query: Any) -> Any:
        """Run a write; return the rows affected, or the id of a single inserted row (None: there was
        one already)."""
        return self._run(lambda: query.execute(self.database))

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
        with self._told_apart():
            if isinstance(self.database, Sqlite) and self.database.swapped():
                self.database.close()
            atomic = self.database.atomic()
            self._again_if_dead(atomic.__enter__)
            self._local.cache = {}
            try:
                yield
            except BaseException as err:
                self._local.cache = None
                self._local.later.clear()
                atomic.__exit__(type(err), err, err.__traceback__)
                raise
            self._local.cache = None
            later, self._local.later = self._local.later, []
            atomic.__exit__(None, None, None)
        for do in later:
            do()

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
        try:
            with self._told_apart(), self.database.savepoint():
                yield
        except BaseException:
            # What was read or counted in it may never have been.
            self.cache.clear()
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
        with self._told_apart():
            return execute() if self.database.in_transaction() else self._again_if_dead(execute)

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
            passing = temporary(err) if _of_database(err) else None
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


def _of_database(err: BaseException) -> bool:
    return isinstance(err, DATABASE_ERRORS)
