"""Reading another desk's MySQL or MariaDB while it runs: read only, one snapshot, streaming."""

import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

from intake.config.converters import HERE
from intake.ports import UserError

if TYPE_CHECKING:
    from pymysql.connections import Connection

URL = "mysql://USER@HOST/DATABASE, or mysql://USER@/DATABASE?socket=/run/mysqld/mysqld.sock"
# Tickets are read in portions of so many, with all that belongs to them.
PORTION = 100
# For connecting and for one answer, in seconds.
CONNECT, ANSWER = 10, 300
_NO_SUCH_TABLE, _NO_SUCH_COLUMN = 1146, 1054


@dataclass(frozen=True, slots=True)
class Place:
    """Where a database is, and who reads it."""

    database: str
    user: str
    host: str = ""
    port: int = 3306
    socket: str = ""
    password: str = field(default="", repr=False)

    @property
    def name(self) -> str:
        """The database's name, with its host where that is another machine."""
        return self.database if self.local else f"{self.host}/{self.database}"

    @property
    def local(self) -> bool:
        """Whether it is on this machine, so that nobody can listen."""
        return bool(self.socket) or self.host in HERE


def place(url: str, password: str) -> Place:
    """Return where a database is. Raises UserError for a URL that is none, or has a password in it."""
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.password:
        raise UserError(
            "Leave the password out of SOURCE, where everybody on this machine can read it: set "
            "INTAKE_IMPORT_PASSWORD, or use --password-file."
        )
    socket = parse_qs(parts.query).get("socket", [""])[0]
    database = unquote(parts.path.strip("/"))
    try:
        port = parts.port or 3306
    except ValueError:
        port = 0
    if (
        parts.scheme != "mysql"
        or not database
        or not parts.username
        or not (parts.hostname or socket)
        or not port
    ):
        raise UserError(f"Write SOURCE as {URL}.")
    return Place(database, unquote(parts.username), parts.hostname or "", port, socket, password)


class Database:
    """One connection, in one transaction that reads and never writes."""

    def __init__(self, where: Place) -> None:
        self._connection: Connection[Any] = _connected(where)
        self._run("SET SESSION TRANSACTION READ ONLY")
        self._run("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        # All of it as it is now, though the old desk goes on working.
        self._run("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")

    def _run(self, sql: str) -> None:
        with self._connection.cursor() as cursor:
            cursor.execute(sql)

    def rows(self, sql: str, values: Sequence[object] = ()) -> Iterator[Mapping[str, Any]]:
        """Yield the rows of a query one by one, unbuffered: read them to the end before the next query.

        Raises UserError where a table or column is not there.
        """
        import pymysql.err
        from pymysql.cursors import SSDictCursor

        try:
            with self._connection.cursor(SSDictCursor) as cursor:
                cursor.execute(sql, tuple(values))
                yield from cursor
        except pymysql.err.MySQLError as err:
            raise UserError(_in_words(err)) from err

    def portions(self, sql: str) -> Iterator[list[Mapping[str, Any]]]:
        """Yield the rows of a query in portions. It has `> %s`, `ORDER BY id` and `LIMIT %s`, and an `id`."""
        last = 0
        while portion := list(self.rows(sql, (last, PORTION))):
            yield portion
            last = portion[-1]["id"]

    def of(self, sql: str, ids: Sequence[int]) -> Iterator[Mapping[str, Any]]:
        """Yield the rows that belong to `ids`; `sql` has {ids} where they go."""
        if ids:
            # Numbers of the database's own, so that their list is safe in any text.
            yield from self.rows(sql.replace("{ids}", ",".join(str(int(ref)) for ref in ids)))

    def has(self, table: str, column: str = "") -> bool:
        """Whether there is such a table, or a column of it: versions of the old desk differ."""
        sql = "SELECT 1 AS there FROM information_schema.columns WHERE table_schema = DATABASE()"
        sql += " AND table_name = %s" + (" AND column_name = %s" if column else "") + " LIMIT 1"
        return bool(list(self.rows(sql, (table, column) if column else (table,))))

    def close(self) -> None:
        """End the transaction and the connection."""
        self._connection.close()


def _connected(where: Place) -> "Connection[Any]":
    try:
        import pymysql
    except ImportError as err:
        raise UserError(
            "Reading a MySQL database needs PyMySQL: pip install 'intake-desk[import]', then run this again."
        ) from err
    if where.socket and not Path(where.socket).exists():
        raise UserError(f"There is no socket {where.socket}. Is the database on this machine, and running?")
    options: dict[str, Any] = {"unix_socket": where.socket} if where.socket else {"host": where.host}
    if not where.local:
        options["ssl"] = ssl.create_default_context()
    try:
        return pymysql.connect(
            user=where.user,
            password=where.password,
            database=where.database,
            port=where.port,
            charset="utf8mb4",
            connect_timeout=CONNECT,
            read_timeout=ANSWER,
            local_infile=False,
            **options,
        )
    except (pymysql.err.MySQLError, OSError) as err:
        raise UserError(_in_words(err)) from err


def _in_words(err: Exception) -> str:
    """Return what went wrong, with what to do. The server's words name tables and users, no password."""
    code, text = (*err.args, "", "")[:2]
    if code == 1045:
        return "The database refuses the user or the password. Set INTAKE_IMPORT_PASSWORD (docs/import.md)."
    if code in (_NO_SUCH_TABLE, _NO_SUCH_COLUMN):
        return f"The database is not as expected ({text}). Is it the right one, and --prefix right?"
    if code in (2003, 2002) or isinstance(err, OSError):
        return (
            f"The database does not answer ({text or code}). It must take connections from here: "
            "docs/import.md shows how, with an SSH tunnel."
        )
    return f"The database ended the reading ({code}: {text}). Run the same command again."


def grouped(
    rows: Iterator[Mapping[str, Any]], key: Callable[[Mapping[str, Any]], int]
) -> dict[int, list[Mapping[str, Any]]]:
    """Return rows by the id of what they belong to, in their order."""
    groups: dict[int, list[Mapping[str, Any]]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return groups
