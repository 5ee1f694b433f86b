"""The operating system's errors in words for a person, with what to do next."""

import errno
import sqlite3

FULL = "the disk is full"
MAKE_ROOM = "free some space; what was received before is safe"

# The operating system's refusals that a person can end.
_CURES = {
    errno.ENOSPC: (FULL, MAKE_ROOM),
    errno.EDQUOT: ("the quota of this user is used up", "raise it, or free some space"),
    errno.EACCES: (
        "permission denied",
        "check its owner and mode; run intake as the user who owns it",
    ),
    errno.EPERM: ("permission denied", "check its owner and mode; run intake as the user who owns it"),
    errno.EROFS: ("the file system is read-only", "mount it for writing, or use another place"),
    errno.ENOENT: ("it does not exist", "create it, or correct its name"),
    errno.ENOTDIR: ("part of the path is not a folder", "correct its name"),
    errno.EISDIR: ("it is a folder and not a file", "correct its name"),
    errno.EEXIST: ("it already exists", "use another name, or remove it"),
    errno.EMFILE: ("too many files are open", "raise the limit of open files (ulimit -n)"),
    errno.ENFILE: ("too many files are open on this machine", "raise its limit, or stop something"),
    errno.ENOMEM: ("there is not enough memory", "stop other programs, or add memory"),
    errno.EFBIG: ("the file would be larger than it may be", "raise the limit (ulimit -f)"),
    errno.EIO: ("the disk has an error", "look at the machine's log, and check the disk"),
}


def told(err: BaseException) -> str:
    """Return what happened and what to do, as one or two sentences; "" for what nobody foresaw.

    Knows refusals of the operating system, a full or unwritable SQLite file, and want of memory.
    """
    if isinstance(err, MemoryError):
        return "There is not enough memory. Stop other programs, or add memory."
    if isinstance(err, sqlite3.Error):
        return _sqlite(err)
    if not isinstance(err, OSError):
        return ""
    problem, cure = _CURES.get(err.errno or 0, (err.strerror or str(err), "try again later"))
    place = f"{err.filename}: " if err.filename else ""
    return f"{place}{problem}. {cure[:1].upper()}{cure[1:]}."


def _sqlite(err: sqlite3.Error) -> str:
    whole = getattr(err, "sqlite_errorcode", 0)
    code = whole & 0xFF
    # The second: what readers share beside the database could not be made larger.
    if code == sqlite3.SQLITE_FULL or whole == sqlite3.SQLITE_IOERR_SHMSIZE:
        return f"{FULL[:1].upper()}{FULL[1:]}. {MAKE_ROOM[:1].upper()}{MAKE_ROOM[1:]}."
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return "A file of the desk cannot be written. Check the owner and mode of the data folder."
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return "A file of the desk is damaged. Stop intake and restore it from a backup."
    if code == sqlite3.SQLITE_IOERR:
        return "The disk does not take the write. Make room, or check the disk."
    return ""
