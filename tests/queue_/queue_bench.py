"""A desk on real storage and a worker process for it, for the tests of the queue."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from config_files import DIRECT, config_text, to_port
from huey import Huey

from intake.app import Desk, build
from intake.config.sections import Settings
from intake.config.settings import load
from intake.desk.message import Envelope
from intake.ports import Arrival
from intake.queue.app import make_huey

_open: list[Any] = []
ROOT = Path(__file__).resolve().parents[2]

WORKER = """
import signal, sys, threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from intake.app import build
from intake.cli import HueyQueue
from intake.config.settings import load
from intake.queue import worker
from intake.runtime.clock_leap import Steady
from intake.service.sending import LEASE
settings = load(Path(sys.argv[1]))
desk = build(settings, HueyQueue().wake(settings), Steady(LEASE))
later = timedelta(minutes=int(sys.argv[2]))
desk.service = replace(desk.service, clock=lambda: datetime.now(UTC) + later)
stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
print("ready", flush=True)
worker.run(desk, stop)
print("modules", *sorted({name.partition(".")[0] for name in sys.modules}), flush=True)
"""


def settings(folder: Path, smtp_port: int, queue: str = "sqlite:///queue.db") -> Settings:
    """Write a config and load it."""
    path = folder / "intake.ini"
    path.write_text(
        config_text(
            name="Example Wallet",
            desk=f"{DIRECT}\nautomatic_per_hour = 100000",
            queue=f"url = {queue}",
            smtp=to_port(smtp_port),
            more="[sla nobody]\npriority = low\nfirst_response = 4h",
        ),
        encoding="utf-8",
    )
    return load(path)


def desk_of(folder: Path, smtp_port: int, queue: str = "sqlite:///queue.db") -> Desk:
    """Build a desk with one agent; `close_all` closes it."""
    desk = build(settings(folder, smtp_port, queue))
    _open.append(desk.store)
    desk.store.agents.add("anna@staff.example", "Anna", (), datetime.now(UTC))
    return desk


def queue_of(desk: Desk) -> Huey:
    """Make a desk's queue; `close_all` closes it."""
    huey = make_huey(desk.settings)
    _open.append(huey.storage)
    return huey


def close_all() -> None:
    """Close this thread's connections of all desks and queues made here."""
    while _open:
        _open.pop().close()


def write_in(desk: Desk, count: int, start: int = 0) -> None:
    """Let `count` people write to the desk; each causes an acknowledgement and a notice."""
    arrivals = [
        Arrival(
            f"From: p{number}@customer.example\r\nTo: support@desk.example\r\nSubject: help {number}\r\n"
            f"Message-ID: <q{number}@customer.example>\r\n\r\nPlease help {number}\r\n".encode(),
            Envelope("ingest", "support", f"p{number}@customer.example", ("support@desk.example",)),
        )
        for number in range(start, start + count)
    ]
    desk.service.receive(arrivals)
    while desk.service.process_pending():
        pass


def states(desk: Desk) -> dict[str, int]:
    """Count the outbox rows by state."""
    counted: dict[str, int] = {}
    for state in ("due", "sending", "sent", "failed", "unknown", "cancelled"):
        if found := len(desk.store.outbox.list_mails(state=state, limit=10_000)):
            counted[state] = found
    return counted


class WorkerProcess:
    """`worker.run` in a process of its own. `minutes` sets its clock forward, past dead leases."""

    def __init__(self, config: Path, minutes: int = 0) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", WORKER, str(config), str(minutes)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        assert self.process.stdout is not None
        assert "ready\n" == self.process.stdout.readline()

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.communicate()

    def stop(self) -> Sequence[str]:
        """SIGTERM; return the names of the top modules it had loaded. Fails when it does not end well."""
        self.process.send_signal(signal.SIGTERM)
        said, _ = self.process.communicate(timeout=30)
        assert 0 == self.process.returncode
        return said.split()[1:]
