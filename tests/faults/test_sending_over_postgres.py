"""PostgreSQL goes away while mail goes out: no mail stays `sending` until its lease is over.

What became of a mail that could not be written down is kept and written down when the
database answers, and what was claimed by a commit without an answer is let go of.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from faults import rig
from faults.rig import Truth, letter
from faults.test_postgres import server as server

from intake.app import Desk
from intake.desk.message import Envelope
from intake.ports import Arrival, Temporary
from intake.queue.worker import run
from intake.testing import SinkServer, wait_until

MAILS = 60 if rig.FULL else 24
# A sweep every five seconds, and the pauses of a mail whose connection to the database broke off.
BOUND = 30.0


def states(desk: Desk) -> Counter[str]:
    return Counter(row.state for row in desk.store.outbox.list_mails(limit=1000))


def cut_off(url: str) -> None:
    """End each connection to the database, as a restart does."""
    import psycopg

    name = psycopg.conninfo.conninfo_to_dict(url)["dbname"]
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE pid <> pg_backend_pid() AND datname = %s",
            [name],
        )


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.timeout(600)
@pytest.mark.parametrize("how", ["connections ended", "stopped six times"])
def test_no_mail_waits_for_its_lease_when_the_database_went_away(
    how: str, tmp_path: Path, sink: SinkServer, server: tuple[str, Callable[[], None]]
) -> None:
    url, restart = server
    if how == "connections ended":
        import psycopg

        with psycopg.connect(url, autocommit=True) as admin:
            admin.execute("CREATE DATABASE sending")
        url = url.replace("/postgres?", "/sending?")
    folder = rig.prepare(tmp_path / "desk", sink.port, store=url.replace("%", "%%"))
    desk, truth = rig.desk_in(folder), Truth()
    for number in range(MAILS):
        raw = letter(f"s{how[0]}{number}")
        desk.service.receive([Arrival(raw, Envelope("ingest", "support"))])
        truth.accept(raw)
    while desk.service.process_pending():
        pass
    # So that many are in hand at each cut.
    sink.on_data = lambda _: time.sleep(0.15)
    stop = threading.Event()
    worker = threading.Thread(target=run, args=(desk, stop))
    worker.start()
    try:
        if how == "connections ended":
            end = time.monotonic() + (20 if rig.FULL else 6)
            while time.monotonic() < end:
                cut_off(url)
                time.sleep(0.2)
        else:
            for _ in range(6 if rig.FULL else 2):
                time.sleep(0.7)
                restart()

        def settled() -> bool:
            try:
                return not states(desk)["sending"]
            except Temporary:
                return False

        wait_until(settled, BOUND, f"no mail is sending: {states(desk)}")
        wait_until(lambda: set(states(desk)) <= {"sent", "unknown", "due"}, BOUND, "all is settled")
    finally:
        stop.set()
        worker.join(60)
    rig.settle(desk)
    # Nobody got the same acknowledgement twice, and none is lost without being shown.
    assert max(Counter(one.recipients[0] for one in sink.mails).values()) == 1
    desk.store.close()
