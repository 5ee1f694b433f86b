"""A copy of everything while the desk runs, and the way back.

The database is copied before the files: a file is never changed once it is written,
so one that is newer than the database is harmless and none that it names is missing.
"""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from intake.config.settings import KEY_FILE
from intake.folders import durable_file, make_durable, private_file, private_folder, settle
from intake.ports import Temporary, UserError
from intake.store.failures import DATABASE_ERRORS
from intake.store.files import Files
from intake.store.files.choosing import FOLDER
from intake.store.files.copying import copy_files
from intake.store.files.folder import Folder
from intake.store.opening import connection_of, sqlite_path
from intake.store.schema.fields import Moment
from intake.store.schema.tables import Meta
from intake.store.store import SqlStore
from intake.store.upgrade.autoincrement import SKIP_POSTGRES, skip, skip_within
from intake.store.upgrade.migrations import VERSION

MANIFEST = "backup.json"
SQLITE, DUMP = "intake.db", "intake.sql"
# In `meta`: which backup was restored, by the digest of its database.
_RESTORED = "restored"
# A dump or its reading may take this long, in seconds.
PATIENCE = 6 * 3600


def backup(store: SqlStore, url: str, data: Path, target: Path, now: datetime) -> dict[str, Any]:
    """Copy database, files and key into the empty folder `target`; return what the manifest says.

    The manifest is written last: a folder without one is no backup. Raises UserError.
    """
    name = SQLITE if urlsplit(url).scheme == "sqlite" else DUMP
    made = target / name
    if name == SQLITE:
        _copy_sqlite(store, made)
    else:
        run_tool("pg_dump", url, ["--no-owner", "--no-privileges", f"--file={made}"])
    made.chmod(0o600)
    make_durable(made)
    count = copy_files(store.blobs.files, Folder(target / FOLDER))
    _copy(data / KEY_FILE, target / KEY_FILE)
    manifest: dict[str, Any] = {
        "made": now.isoformat(),
        "schema": VERSION,
        "database": name,
        "sha256": _digest(made),
        "files": count,
    }
    text = json.dumps(manifest, indent=2) + "\n"
    with durable_file(target / MANIFEST) as file:
        file.write(text.encode())
    return manifest


def restore(url: str, data: Path, source: Path, now: datetime, files: Files | None = None) -> dict[str, Any]:
    """Put a backup in the place of nothing: the data folder must hold no database yet.

    Outgoing mail is frozen in the very step that makes the database appear, and numbers go on
    SKIPPED higher: those in between may have been given since. `files` is where large files lie, if not in
    the data folder; what is there already is left. Returns the manifest.
    Raises UserError, with the cure, and has then overwritten nothing.
    """
    manifest = _manifest(source)
    name = SQLITE if urlsplit(url).scheme == "sqlite" else DUMP
    if manifest["database"] != name:
        more = " Restore it to SQLite, and `intake move` from there." if name == DUMP else ""
        raise UserError(
            f"The backup holds {manifest['database']}, and [store] url wants {name}. Change the url.{more}"
        )
    if manifest["schema"] > VERSION:
        raise UserError("The backup was made by a newer intake. Install that one, then restore.")
    if _digest(source / name) != manifest["sha256"]:
        raise UserError(f"{source / name} is not what was backed up. Take another backup.")
    path = sqlite_path(url, data) if name == SQLITE else None
    if path is not None and path.exists():
        raise UserError(f"{path} is there already. Stop intake, move {data} away, and restore again.")
    if path is None:
        _expect_empty(url, data)
    private_folder(data)
    key = data / KEY_FILE
    if key.exists() and key.read_bytes() != (source / KEY_FILE).read_bytes():
        raise UserError(f"{key} is another key than the backup's. Move it away, and restore again.")
    copy_files(Folder(source / FOLDER), files or Folder(data / FOLDER))
    _copy(source / KEY_FILE, key)
    frozen = str(Moment().db_value(now))
    if path is None:
        freeze = f"INSERT INTO meta (name, value) VALUES ('frozen', '{frozen}')"
        unfreeze = f"DELETE FROM meta WHERE name IN ('frozen', '{_RESTORED}')"
        known = f"INSERT INTO meta (name, value) VALUES ('{_RESTORED}', '{manifest['sha256']}')"
        steps = [f"--file={source / name}", "-c", "RESET search_path", "-c", unfreeze, "-c", freeze]
        steps += ["-c", known, "-c", SKIP_POSTGRES]
        run_tool("psql", url, ["-X", "-q", "-v", "ON_ERROR_STOP=1", "--single-transaction", *steps])
        return manifest
    private_folder(path.parent)
    part = path.with_name(f".{path.name}.restoring")
    _copy(source / name, part)
    with closing(sqlite3.connect(part)) as database:
        rows = [("frozen", frozen), (_RESTORED, manifest["sha256"])]
        database.executemany("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", rows)
        database.commit()
        skip(database)
    settle(part, path)
    return manifest


def restored_from(url: str, data: Path, source: Path) -> str | None:
    """Return when the backup in `source` was made, if it was restored to this database; else None.

    Raises UserError where `source` is no backup.
    """
    manifest = _manifest(source)
    if urlsplit(url).scheme == "sqlite" and not sqlite_path(url, data).exists():
        return None
    connection = connection_of(url, data)
    try:
        if not connection.database.table_exists("meta"):
            return None
        row = connection.first(
            Meta.select().where((Meta.name == _RESTORED) & (Meta.value == manifest["sha256"]))
        )
        return None if row is None else str(manifest["made"])
    except (Temporary, *DATABASE_ERRORS) as err:
        raise UserError(f"The database of [store] url cannot be looked into: {err}.") from err
    finally:
        connection.close()


def brought_back(store: SqlStore, now: datetime) -> None:
    """Treat a database that was set back by other means than ours, in place, as a restored one.

    A snapshot of the machine or the server's own recovery brings back mails that went out
    since, and numbers that were given since: freezes the former, leaves out the latter.
    """
    with store.transaction():
        store.db.run(Meta.delete().where(Meta.name == "frozen"))
        store.db.run(Meta.insert(name="frozen", value=str(Moment().db_value(now))).as_rowcount())
        skip_within(store.db)


def _copy_sqlite(store: SqlStore, made: Path) -> None:
    database: Any = store.db.database
    connection: sqlite3.Connection = database.connection()
    os.close(private_file(made))
    with closing(sqlite3.connect(made)) as copy:
        # In one step: a reader of the write-ahead log that keeps no writer waiting.
        connection.backup(copy)
        # One file, whatever reads it next.
        copy.execute("PRAGMA journal_mode = delete")
        said = copy.execute("PRAGMA quick_check").fetchone()[0]
    if said != "ok":
        raise UserError(f"The copy of the database is not sound: {said}. Run `intake fsck`.")


def run_tool(program: str, url: str, words: list[str]) -> None:
    parts = urlsplit(url)
    environ = dict(os.environ)
    host = parts.netloc.rpartition("@")[2]
    if parts.password:
        # Not among the words: everybody on the machine may read those.
        environ["PGPASSWORD"] = unquote(parts.password)
    user = f"{quote(unquote(parts.username), safe='')}@" if parts.username else ""
    query = f"?{parts.query}" if parts.query else ""
    plain = f"postgresql://{user}{host}{parts.path}{query}"
    try:
        done = subprocess.run(
            [program, f"--dbname={plain}", *words],
            env=environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
            # What it writes is its owner's alone from the first byte on.
            umask=0o077,
        )
    except FileNotFoundError:
        raise UserError(
            f"PostgreSQL is copied by its own {program}, which is not installed: install postgresql-client."
        ) from None
    if done.returncode:
        said = " ".join(done.stderr.decode("utf-8", "replace").split())[:300]
        raise UserError(f"{program} failed: {said}")


def _expect_empty(url: str, data: Path) -> None:
    connection = connection_of(url, data)
    try:
        if connection.database.table_exists("meta"):
            raise UserError("The database has tables already. Name an empty one in [store] url.")
    finally:
        connection.close()


def _manifest(source: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((source / MANIFEST).read_text(encoding="utf-8"))
        return manifest
    except FileNotFoundError:
        raise UserError(
            f"{source} is not a complete backup: {MANIFEST} is missing. Give another folder."
        ) from None
    except ValueError as err:
        raise UserError(f"{source / MANIFEST} cannot be read. Take another backup.") from err


def _copy(source: Path, target: Path) -> None:
    try:
        with source.open("rb") as reader, durable_file(target) as writer:
            shutil.copyfileobj(reader, writer, 1 << 20)
    except OSError as err:
        raise UserError(f"{err.filename or target} cannot be copied: {err.strerror}.") from err


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as err:
        raise UserError(f"{path} cannot be read: {err.strerror}.") from err
