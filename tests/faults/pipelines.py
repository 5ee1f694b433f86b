"""The pipelines as a process that can be killed at a syscall; run by `rig.Stable`.

Each line on standard input is "PIPELINE FOLDER"; each is answered with the id of a
forked child, so that nothing is imported twice. The child waits for the file `go`
(strace needs the time to attach), works on the desk of FOLDER, and writes the port it
listens on to `port`. It ends when the file `stop` appears, or its work is done.
`INTAKE_MUTANT` in the environment of this program breaks the desk on purpose.
"""

import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from faults import mutants

# Everything the pipelines import lazily is loaded before the fork.
import intake.channels.imap
import intake.channels.lmtp
import intake.channels.smtp
import intake.cli
import intake.commands.erase
import intake.commands.ticket.from_table
import intake.mail.parse
import intake.queue.worker
import intake.rendering.composer
import intake.web.app
import intake.web.server
import intake.web.site
from intake import app
from intake.channels import lease
from intake.config import settings as config
from intake.queue import tasks
from intake.queue.app import make_huey
from intake.runtime import lease_owner
from intake.runtime.backoff import Backoff
from intake.runtime.clock_leap import Steady
from intake.service.sending import LEASE

PATIENCE_SECONDS = 60.0


def _stop_of(folder: Path, seconds: float = PATIENCE_SECONDS) -> threading.Event:
    stop = threading.Event()

    def watch() -> None:
        end = time.monotonic() + seconds
        while not (folder / "stop").exists() and time.monotonic() < end:
            time.sleep(0.01)
        stop.set()

    threading.Thread(target=watch, daemon=True).start()
    return stop


def _say_port(folder: Path, port: Callable[[], int]) -> None:
    def wait() -> None:
        while not port():
            time.sleep(0.002)
        (folder / "port.part").write_text(str(port()))
        (folder / "port.part").rename(folder / "port")

    threading.Thread(target=wait, daemon=True).start()


def listen(desk: app.Desk, folder: Path) -> None:
    """LMTP or SMTP, as the config says."""
    channel: Any = desk.channel("support")
    _say_port(folder, lambda: channel.port)
    channel.run(_stop_of(folder))


def imap(desk: app.Desk, folder: Path) -> None:
    """Read a mailbox until told to stop. The file `lease` says for how many seconds it is nobody else's."""
    if (folder / "host").exists():
        # As on a machine of its own, where nobody can look whether it lives.
        host = (folder / "host").read_text()
        setattr(lease_owner, "socket", SimpleNamespace(gethostname=lambda: host))  # noqa: B010
    channel: Any = desk.channel("support")
    channel._backoff, channel._login_backoff = Backoff((0.02, 0.05)), 0.3
    if (folder / "lease").exists():
        seconds = float((folder / "lease").read_text())
        lease.LEASE, lease.RENEW_SECONDS = timedelta(seconds=seconds), seconds / 4
        intake.channels.imap.LEASE_RETRY_SECONDS = seconds / 4
    channel.run(_stop_of(folder, 600))


# Of the pipeline `together`.
SESSIONS = 3


def form(desk: app.Desk, folder: Path) -> None:
    """Serve the form."""
    found: list[int] = [0]
    _say_port(folder, lambda: found[0])
    made = intake.web.app.make_app(desk)
    intake.web.server.serve(
        made, desk.settings.web, _stop_of(folder), lambda port: found.__setitem__(0, port)
    )


def process(desk: app.Desk, folder: Path) -> None:
    """Decide on what was received."""
    desk.service.recover()
    while desk.service.process_pending():
        pass


def deliver(desk: app.Desk, folder: Path) -> None:
    """Send what is due, as a worker does: one commit records a mail as sent and claims the next."""
    senders = tasks.Senders(desk, threading.Event())
    senders.deliver(desk.store.outbox.due(desk.service.clock(), 100))
    senders.close()


def together(desk: app.Desk, folder: Path) -> None:
    """Send what is due over several sessions, whose claims and ends share commits."""
    senders = tasks.Senders(desk, threading.Event())
    due = desk.store.outbox.due(desk.service.clock(), 100)
    start = threading.Barrier(SESSIONS)

    def send(number: int) -> None:
        start.wait(10)
        senders.deliver(due[number::SESSIONS])
        senders.close()

    threads = [threading.Thread(target=send, args=(number,)) for number in range(SESSIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def sweep(desk: app.Desk, folder: Path) -> None:
    """One round of the sweep: settle dead leases, process, send."""
    senders = tasks.Senders(desk, threading.Event())
    senders.deliver(desk.service.tick())
    senders.close()


def desk(desk: app.Desk, folder: Path) -> None:
    """Listen and process, as `intake run` does in its first child."""
    stop = _stop_of(folder, 3600)
    processor = app.Processor(desk.service)
    threading.Thread(target=processor.run, args=(stop,), daemon=True).start()
    channel: Any = desk.channel("support", processor.nudge)
    channel.run(stop)


def worker(desk: app.Desk, folder: Path) -> None:
    """Send, as `intake run` does in its second child."""
    intake.queue.worker.run(desk, _stop_of(folder, 3600))


def command(desk: app.Desk, folder: Path) -> None:
    """Do what the file `command` says, as typed after `intake`."""
    words = (folder / "command").read_text().split()
    intake.cli.main(["--config", str(folder / "intake.ini"), *words], standalone_mode=False)


PIPELINES: dict[str, Callable[[app.Desk, Path], None]] = {
    one.__name__: one
    for one in (listen, imap, form, process, deliver, together, sweep, desk, worker, command)
}


def work(name: str, folder: Path) -> None:
    """Do one pipeline on the desk of `folder`."""
    while not (folder / "go").exists():
        time.sleep(0.002)
    settings = config.load(folder / "intake.ini")
    wake = tasks.register(make_huey(settings)).wake if name in ("desk", "worker") else lambda ids: None
    desk = app.build(settings, wake, Steady(LEASE) if name == "worker" else lambda now: True)
    later = timedelta(minutes=float((folder / "minutes").read_text() if (folder / "minutes").exists() else 0))
    desk.service = replace(desk.service, clock=lambda: datetime.now(UTC) + later)
    PIPELINES[name](desk, folder)
    desk.store.close()


def _sleep(seconds: Any) -> None:
    select.select((), (), (), seconds)


def main() -> None:
    if "faketime" in os.environ.get("LD_PRELOAD", ""):
        # libfaketime 0.9.10 refuses clock_nanosleep with an absolute time, which is how Python sleeps.
        time.sleep = _sleep
    mutants.apply(os.environ.get("INTAKE_MUTANT", ""))
    intake.web.site.FASTEST_SECONDS = 0.0
    intake.channels.imap.IDLE_SECONDS = 5.0
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        name, folder = line.split()
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            with open(Path(folder) / "log", "ab", buffering=0) as log:
                os.dup2(log.fileno(), 1)
                os.dup2(log.fileno(), 2)
            code = 1
            try:
                work(name, Path(folder))
                code = 0
            except BaseException:
                import traceback

                traceback.print_exc()
            finally:
                os._exit(code)
        print(child, flush=True)


if __name__ == "__main__":
    main()
