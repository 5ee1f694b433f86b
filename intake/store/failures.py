"""Telling database errors apart: what may pass becomes Temporary, with what to do about it.

Whatever is not recognised here stays as it is: a broken query or a value that the
database refuses must end in quarantine, not be tried for ever.
"""

import sqlite3
from collections.abc import Iterator

import peewee

from intake.ports import Temporary, Unreachable

LOCKED = "the database is locked by another process and will be tried again; look for one that hangs"
_FULL = "the disk is full: free some space; what was received before is safe"
_DISK = "the disk does not take the write (quota, file size limit or a fault): make room or check the disk"
_READ_ONLY = "the database cannot be written: check the owner and mode of its file and folder, and the mount"
_STANDBY = (
    "the database accepts only reading and will be tried again: check that the server is the primary one "
    "and default_transaction_read_only is off"
)
_FORBIDDEN = (
    "the role of [store] url may not do that in the database: make it the owner of the tables, and let it "
    "make new ones (GRANT CREATE ON SCHEMA public TO …)"
)
VANISHED = (
    "the database file has gone: put it back where [store] url says, or stop intake and restore a backup"
)
DAMAGED = "the database file is damaged: stop intake and restore it from a backup"
_MEMORY = "there is not enough memory for the database: stop something or add some"
_GONE = "the database cannot be reached and will be tried again: check that PostgreSQL is running"
_BUSY = "the database is too busy and will be tried again: raise its limits if this stays"

# These come to everybody who asks at that moment, whatever they ask for.
_OF_ALL = frozenset((_GONE, _BUSY, LOCKED, _STANDBY))
# These do not pass by themselves; when they come while opening, it is better to stop and say so.
LASTING = frozenset((_READ_ONLY, DAMAGED, _FORBIDDEN))

# How PostgreSQL refuses a connection when it has as many as it may.
CROWDED = ("too many", "remaining connection slots")

# SQLite's primary result codes (sqlite.org/rescode.html); others are faults of the query.
_SQLITE = {
    sqlite3.SQLITE_BUSY: LOCKED,
    sqlite3.SQLITE_LOCKED: LOCKED,
    sqlite3.SQLITE_PROTOCOL: LOCKED,
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_IOERR: _DISK,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_PERM: _READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: _READ_ONLY,
    sqlite3.SQLITE_CORRUPT: DAMAGED,
    sqlite3.SQLITE_NOTADB: DAMAGED,
    sqlite3.SQLITE_NOMEM: _MEMORY,
}
_SPOILING = frozenset((sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR))
_READING = "25006"
# SQLSTATE by class or whole code (PostgreSQL manual, appendix A). Class 54, a value
# over a limit, is an OperationalError too, and will never pass.
_SQLSTATE = {
    "53100": _FULL,
    "53200": _MEMORY,
    "53": _BUSY,
    "40": LOCKED,
    "55": LOCKED,
    "57014": _BUSY,
    "57": _GONE,
    "08": _GONE,
    "25P03": _GONE,
    "58": _DISK,
    "XX": DAMAGED,
    _READING: _STANDBY,
    "42501": _FORBIDDEN,
}


def chain(err: BaseException) -> Iterator[BaseException]:
    """Yield an exception and all that led to it, the last one first.

    The first cause matters: SQLite rolls back by itself when the disk is full, and
    the error seen then is only that there is nothing to roll back (measured).
    """
    seen: set[int] = set()
    todo: list[BaseException | None] = [err]
    while todo:
        error = todo.pop()
        if error is None or id(error) in seen:
            continue
        seen.add(id(error))
        yield error
        todo += [error.__context__, error.__cause__]


def temporary(err: BaseException) -> Temporary | None:
    """Return what to raise instead of `err`: a Temporary, or None when trying again will not help."""
    for error in reversed(list(chain(err))):
        if isinstance(error, Temporary):
            return error
        cure = _cure(error)
        if cure:
            return Unreachable(cure) if cure in _OF_ALL else Temporary(cure)
    return None


def spoils(err: BaseException) -> bool:
    """Return whether a connection is of no more use after `err`: SQLite's files are not as it thinks,
    or the server has become one that only reads, and another one may answer now."""
    codes = (
        getattr(error, "sqlite_errorcode", 0) & 0xFF
        for error in chain(err)
        if isinstance(error, sqlite3.Error)
    )
    return any(code in _SPOILING for code in codes) or any(
        getattr(error, "sqlstate", None) == _READING for error in chain(err)
    )


def _cure(err: BaseException) -> str | None:
    if isinstance(err, sqlite3.Error):
        code = getattr(err, "sqlite_errorcode", 0)
        # What readers share beside the database could not be made larger: there is no room for it.
        return _FULL if code == sqlite3.SQLITE_IOERR_SHMSIZE else _SQLITE.get(code & 0xFF)
    if type(err).__module__.partition(".")[0] != "psycopg" or not isinstance(err, Exception):
        return None
    state = getattr(err, "sqlstate", None)
    if state:
        return _SQLSTATE.get(state) or _SQLSTATE.get(state[:2])
    # Without a code the server did not let us in, which only its words say, or did not answer.
    if any(word in str(err) for word in CROWDED):
        return _BUSY
    return (
        _GONE if type(err).__name__ in ("OperationalError", "InterfaceError", "ConnectionTimeout") else None
    )


DATABASE_ERRORS = (peewee.PeeweeException, sqlite3.Error)
