"""The Huey instance, made from the config. It rings a bell; the database knows what is owed.

Huey takes a job out of its storage before running it, so every job can be lost. All
of ours are wake-ups with row ids in them, and the sweep finds what no wake-up announced.
"""

import hashlib
import json
import os
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Any

from huey import Huey, RedisHuey
from huey.registry import Message
from huey.serializer import Serializer
from huey.storage import SqliteStorage

from intake import refusals
from intake.config.sections import Settings
from intake.folders import private_file, private_folder
from intake.ports import UserError
from intake.queue.bell import ring

# Redis is on the way of a message being processed: a stuck one may cost this, and no more.
REDIS_SECONDS = 2.0
# SQLite is asked again after this long by each worker, and at once when its bell is rung.
POLL_SECONDS = 0.5
# The same where there is no bell: 20 questions a second from two workers are half a percent of a
# processor (measured), and a mail waits 50 ms for its sender on the average.
BELL_LESS_SECONDS = 0.1


class IdSerializer(Serializer):
    """JSON instead of pickle, and only calls with one list of row ids.

    Who can write to the queue can then cause a mail that is due to be sent, and nothing else.
    """

    def _serialize(self, data: Any) -> bytes:
        (ids,) = data.args
        return json.dumps([data.id, data.name, [int(number) for number in ids]]).encode("ascii")

    def _deserialize(self, data: bytes) -> Message:
        job, name, ids = json.loads(bytes(data))
        if not (isinstance(job, str) and isinstance(name, str) and isinstance(ids, list)):
            raise ValueError("a job that is none of ours")
        if not all(type(number) is int for number in ids):
            raise ValueError("a job with something other than row ids")
        return Message(job, name, args=(ids,), kwargs={})


class QueueFile(SqliteStorage):
    """SqliteHuey's storage, which begins anew when its file was deleted or damaged."""

    def __init__(self, name: str, filename: str, **options: Any) -> None:
        self._inode = 0
        self.bell = f"{filename}.bell"
        super().__init__(name, filename=filename, **options)

    def initialize_schema(self) -> None:
        """Make the file, for its owner only, and its tables; a damaged one is thrown away first."""
        self._touch()
        try:
            super().initialize_schema()
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            self.close()
            for end in ("", "-wal", "-shm"):
                with suppress(FileNotFoundError):
                    os.unlink(f"{self.filename}{end}")
            self._touch()
            super().initialize_schema()
        self._inode = os.stat(self.filename).st_ino

    def enqueue(self, data: bytes, priority: float | None = None) -> None:
        """Add a job, and wake a worker for it."""
        self._look()
        super().enqueue(data, priority)
        ring(self.bell)

    def dequeue(self) -> bytes | None:
        """Take the next job, None when there is none."""
        self._look()
        task: bytes | None = super().dequeue()
        return task

    def queue_size(self) -> int:
        """Return how many jobs wait."""
        self._look()
        count: int = super().queue_size()
        return count

    def _set_journal_mode(self, connection: sqlite3.Connection) -> None:
        """The first that is asked of a file. Huey would leave one open that turns out to be none."""
        try:
            super()._set_journal_mode(connection)
        except sqlite3.Error:
            connection.close()
            raise

    def _touch(self) -> None:
        os.close(private_file(Path(self.filename), os.O_WRONLY | os.O_CREAT))

    def _look(self) -> None:
        # SQLite goes on writing into a deleted file, where nobody else reads it.
        try:
            same = os.stat(self.filename).st_ino == self._inode
        except FileNotFoundError:
            same = False
        if not same:
            self.close()
            self.initialize_schema()


def make_huey(settings: Settings) -> Huey:
    """Return the queue of `[queue] url`: a file in the data folder, or Redis.

    Raises UserError when the file cannot be made or the redis package is missing.
    Redis itself is not contacted.
    """
    url: str = settings.queue.url
    # Several desks may share one Redis.
    name = "intake" + hashlib.sha256(settings.desk.address.encode()).hexdigest()[:8]
    common: dict[str, Any] = {"results": False, "serializer": IdSerializer()}
    if url.startswith("sqlite:"):
        return _file_huey(name, settings.desk.data / url.removeprefix("sqlite:").removeprefix("///"), common)
    return _redis_huey(name, url, common)


def _file_huey(name: str, path: Path, common: dict[str, Any]) -> Huey:
    try:
        private_folder(path.parent)
        # Without fsync: what a power cut takes from this file, the sweep brings back.
        return Huey(name, storage_class=QueueFile, filename=str(path), fsync=False, cache_mb=1, **common)
    except (OSError, sqlite3.Error) as err:
        # Where nobody foresaw what is wrong, the folder is the likeliest.
        reason = refusals.told(err) or f"{err}. Check the folder's owner."
        raise UserError(f"[queue] url: {path} cannot be used: {reason}") from err


def _redis_huey(name: str, url: str, common: dict[str, Any]) -> Huey:
    try:
        from redis import ConnectionPool
        from redis.backoff import NoBackoff
        from redis.retry import Retry
    except ImportError as err:
        raise UserError(
            "[queue] url names Redis, but the redis package is missing: pip install 'intake-desk[redis]'"
        ) from err
    pool = ConnectionPool.from_url(
        url,
        socket_timeout=REDIS_SECONDS,
        socket_connect_timeout=REDIS_SECONDS,
        # redis-py waits longer and longer between its own tries; the sweep is our second try.
        retry=Retry(NoBackoff(), 1),
    )
    return RedisHuey(name, connection_pool=pool, read_timeout=1, **common)
