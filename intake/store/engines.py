"""The two engines: connections that end with their threads, and how each begins a transaction."""

import hashlib
import os
import sqlite3
import threading
import time
import weakref
from contextlib import AbstractContextManager, suppress
from typing import Any

import peewee

from intake.ports import Temporary
from intake.store.failures import VANISHED
from intake.store.writer import waited, writer_of

# How long a writer waits for another one, in seconds: with SQLite for the threads of its own process, and
# then as long for other processes.
LOCK_TIMEOUT = 20
# How long a server keeps what a transaction has locked for a process that asks nothing: it may be stopped, or
# its machine gone without a word. Nobody is at work for so long between two questions.
IDLE_TIMEOUT = 60
# Between two tries while another process writes, in seconds: the first pause, how each grows, the longest.
# A transaction takes some 0.3 ms to 20 ms; SQLite's own pauses go up to 100 ms.
_PAUSE, _LONGER, _LONGEST = 0.0002, 1.5, 0.003


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
        self._writer = writer_of(self.database)

    def turn(self) -> AbstractContextManager[None]:
        """This thread's turn to write, after all threads of this process that asked before."""
        return self._writer.turn(self.timeout)

    def begin(self, lock_type: str | None = None) -> None:
        """Begin a write transaction, as soon as no other process has one.

        Raises sqlite3.OperationalError when one still has it after the timeout.
        """
        connection: sqlite3.Connection = self.connection()  # type: ignore[no-untyped-call]
        connection.execute("PRAGMA busy_timeout = 0")
        try:
            self._begin_between_others(connection, f"BEGIN {lock_type or self._lock_type}")  # type: ignore[attr-defined]
        finally:
            connection.execute(f"PRAGMA busy_timeout = {int(self.timeout * 1000)}")

    def _begin_between_others(self, connection: sqlite3.Connection, statement: str) -> None:
        began, pause = time.monotonic(), 0.0
        while True:
            try:
                connection.execute(statement)
            except sqlite3.OperationalError as err:
                busy = err.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
                if not busy or time.monotonic() - began >= self.timeout:
                    raise
            else:
                if pause:
                    waited(began)
                return
            pause = min(pause * _LONGER, _LONGEST) or _PAUSE
            time.sleep(pause)

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
        # As PostgreSQL has one: of bytes that need not be held for it.
        conn.create_function("sha256", 1, _sha256, deterministic=True)


def _sha256(content: Any) -> str | None:
    """Return the digest of a value, in hex; of what is no bytes that of its text."""
    if content is None:
        return None
    return hashlib.sha256(content if isinstance(content, bytes) else str(content).encode()).hexdigest()


def _file_at(path: str) -> tuple[int, ...]:
    try:
        status = os.stat(path)
    except FileNotFoundError:
        return ()
    return status.st_dev, status.st_ino


class Postgres(peewee.PostgresqlDatabase):
    """PostgreSQL that waits for no lock for ever, nor holds any for a process that is gone.

    Its connections end with their threads.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        self._ends = threading.local()
        super().__init__(*args, **options)

    def _initialize_connection(self, conn: Any) -> None:
        self._ends.connection = _Ends(conn)
        # Where it is collected together with what would close it, it might be collected first.
        weakref.finalize(conn, conn.pgconn.finish)
        conn.execute(f"SET lock_timeout = '{LOCK_TIMEOUT}s'")

    def begin(self, isolation_level: Any = None) -> None:
        """Begin a transaction, in one round trip. It has the limits of its own: behind a pool (pgbouncer)
        it may run on another connection of the server than the one that was opened."""
        database: Any = self
        database.execute_sql(
            f"BEGIN; SET LOCAL lock_timeout = '{LOCK_TIMEOUT}s'; "
            f"SET LOCAL idle_in_transaction_session_timeout = '{IDLE_TIMEOUT}s'"
        )
