"""From the URL in the config to an open store."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import peewee

from intake.folders import private_file, private_folder
from intake.ports import Temporary, UserError
from intake.store.blobs import Blobs
from intake.store.connection import Connection
from intake.store.engines import LOCK_TIMEOUT, Postgres, Sqlite
from intake.store.failures import CROWDED, DAMAGED, DATABASE_ERRORS, LASTING, chain, temporary
from intake.store.files.choosing import FOLDER
from intake.store.files.folder import Folder
from intake.store.files.port import Files
from intake.store.schema.tables import Meta
from intake.store.store import SqlStore
from intake.store.upgrade.compare import Gap, gaps
from intake.store.upgrade.migrations import VERSION, migrate, version_of

_FORMS = (
    "sqlite:///intake.db (below the data folder), sqlite:////absolute/path or postgresql://user@host/name"
)
# NORMAL may lose committed transactions when the power fails, and FULL is what a 250 promises.
_PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": "full",
    "foreign_keys": 1,
    "cache_size": -16000,
}
# The server answered but not for a reason that passes by itself.
_PASSING = ("starting up", "shutting down", "recovery mode", *CROWDED)


def open_store(
    url: str,
    data: Path,
    upgrade: bool = False,
    tombstone_key: bytes | Callable[[Connection], bytes] = b"",
    files: Files | None = None,
) -> SqlStore:
    """Open the database at `url`, make or upgrade its tables, and return the store.

    `data` is the folder for relative paths; large blobs lie in it too, unless `files` says where. An
    older SQLite database is copied and upgraded by itself, an older one on a server only with `upgrade`:
    others may be using it, and only its admin can make the copy. `tombstone_key` is what tombstones of erased
    messages are made with, or returns it once there are tables; b"": none are looked up. Raises UserError
    when the URL, path, permission or password is wrong, Temporary when the server is not there.
    """
    connection = connection_of(url, data)
    if connection.postgres:
        lock_file: Path | None = None
        where = urlsplit(url).path.lstrip("/") or "of that name"
    else:
        path = sqlite_path(url, data)
        lock_file, where = path.with_name(path.name + ".lock"), str(path)
    blobs = Blobs(connection, files or Folder(data / FOLDER))
    try:
        migrate(connection, blobs, lock_file, upgrade or not connection.postgres)
        key = tombstone_key if isinstance(tombstone_key, bytes) else tombstone_key(connection)
    except BaseException as err:
        connection.close()
        refusal = _refusal(err, where)
        if refusal:
            raise UserError(refusal) from err
        raise
    return SqlStore(connection, blobs, key)


def table_state(url: str, data: Path) -> tuple[int, list[Gap]]:
    """Return the version of the tables at `url`, 0 where there are none, and in what they fall short.

    Nothing is made or changed. Raises UserError when the database cannot be used, Temporary when
    it cannot be just now.
    """
    if urlsplit(url).scheme == "sqlite" and not sqlite_path(url, data).exists():
        return 0, []
    connection = connection_of(url, data)
    with _looking(connection, url):
        version = version_of(connection)
        return version, gaps(connection) if 0 < version <= VERSION else []


class _Undo(Exception):
    """It could be made, and is not to be."""


def expect_room(url: str, data: Path) -> None:
    """Raise UserError or Temporary where the tables of a desk could not be made at `url`; make none."""
    connection = connection_of(url, data)
    with _looking(connection, url), suppress(_Undo), connection.transaction():
        peewee.SchemaManager(Meta, connection.database).create_all(safe=False)
        raise _Undo


@contextmanager
def _looking(connection: Connection, url: str) -> Iterator[None]:
    """Tell what goes wrong in words for a person, and close the connection."""
    try:
        yield
    except BaseException as err:
        passing = temporary(err)
        if passing is not None and str(passing) not in LASTING and not _answer(err):
            raise passing from err
        refusal = _refusal(err, urlsplit(url).path.lstrip("/"))
        if refusal:
            raise UserError(refusal) from err
        raise
    finally:
        connection.close()


def connection_of(url: str, data: Path) -> Connection:
    """Return the database at `url`, not looked into yet; a file is made where there is none."""
    scheme = urlsplit(url).scheme
    if scheme in ("postgresql", "postgres"):
        return _postgres(url)
    if scheme != "sqlite":
        raise UserError(f"[store] url: {scheme or url!r} is not a kind of database. Write {_FORMS}.")
    path = sqlite_path(url, data)
    _prepare(path)
    _expect_whole(path)
    return Connection(
        Sqlite(
            str(path),
            pragmas=_PRAGMAS,
            timeout=LOCK_TIMEOUT,
            lock_type="IMMEDIATE",
            returning_clause=True,
        )
    )


def sqlite_path(url: str, data: Path) -> Path:
    """Return the file a SQLite URL names. Raises UserError when it names none."""
    rest = unquote(url[len("sqlite:") :])
    if not rest.startswith("///") or rest.strip("/") == "" or rest.endswith("/"):
        raise UserError(f"[store] url: {url!r} names no file. Write {_FORMS}.")
    return data / rest[3:]


def _prepare(path: Path) -> None:
    """Make the folder and the file, for the owner alone; SQLite gives its side files the same mode."""
    try:
        private_folder(path.parent)
        os.close(private_file(path, os.O_RDWR | os.O_CREAT))
    except OSError as err:
        raise UserError(
            f"{path} cannot be opened for writing: {err.strerror}. Check [store] url, the owner and the mode."
        ) from err


def _expect_whole(path: Path) -> None:
    """Refuse a file that is shorter than it says itself (sqlite.org/fileformat2.html, section 1.3).

    SQLite would take what is missing for zeros, and find out when it reads that page. With a
    log beside it the file may well be shorter: what is missing stands in the log.
    """
    log = path.with_name(path.name + "-wal")
    with path.open("rb") as file:
        head = file.read(100)
        length = file.seek(0, os.SEEK_END)
    if len(head) < 100 or not head.startswith(b"SQLite format 3\0") or (log.exists() and log.stat().st_size):
        return
    size = int.from_bytes(head[16:18], "big")
    pages = int.from_bytes(head[28:32], "big")
    if length < pages * (65536 if size == 1 else size):
        raise UserError(f"{path}: {DAMAGED}")


def _postgres(url: str) -> Connection:
    if getattr(peewee, "psycopg", None) is None:
        raise UserError("PostgreSQL needs a driver. Run `pip install intake-desk[postgres]`.")
    full = "postgresql" + url[url.index(":") :]
    # What is prepared belongs to a session, and behind a pool (pgbouncer) nobody has one of their own.
    more: dict[str, Any] = {"prepare_threshold": None}
    if "connect_timeout=" not in url:
        more["connect_timeout"] = 10
    return Connection(Postgres(full, prefer_psycopg3=True, **more))


def _refusal(err: BaseException, where: str) -> str:
    """Return what to tell a person when trying again will not help, else ""."""
    if isinstance(err, Temporary):
        if str(err) in LASTING:
            return f"{where}: {err}"
        answer = _answer(err)
        return f"The database {where} cannot be opened: {answer}. Check [store] url." if answer else ""
    if isinstance(err, OSError):
        return f"{err.filename} cannot be written: {err.strerror}. Check the owner and mode."
    if isinstance(err, DATABASE_ERRORS):
        return f"The database {where} cannot be used: {err}. Check [store] url."
    return ""


def _answer(err: BaseException) -> str:
    """Return the server's own words when it refused us for a reason that stays, else ""."""
    for error in chain(err):
        text = str(error)
        if "FATAL:" in text and not any(word in text for word in _PASSING):
            return " ".join(text.partition("FATAL:")[2].split())
    return ""
