"""A desk of several processes, whose database is a network away: messages a second, and what they cost.

Real `intake poll` and `intake worker`, real PostgreSQL and Redis, and between them a door on loopback
(door.py): a round trip through it costs `--ms` more, half on each way. The mixed load of
load.py lies in the ledger (`--from ledger`) or in Dovecot (`--from imap`); all processes stand
still, and go on at one moment. Then the clock runs, until the last acknowledgement is with an
SMTP server. Exits 1 when a message has not its one outcome, a reply not its ticket, or an
acknowledgement did not come exactly once.
"""

import argparse
import contextlib
import itertools
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from bench import figures, load, tree
from bench.backend import Backend, backend
from bench.door import Door, door
from bench.intake_rate import CONFIG, ROOT, Checks, check
from bench.sink import Sink, sink
from intake.app import SWEEP_SECONDS, build
from intake.config.settings import load as load_settings
from intake.desk.message import Envelope
from intake.ports import Arrival
from intake.testing import Dovecot, dovecot, wait_until

# A process that slept for longer than its pause between two looks begins to look when it goes on.
HOLD_SECONDS = SWEEP_SECONDS + 0.3
START_SECONDS = 120.0
# How often the database is asked what is decided and who waits.
LOOK_SECONDS = 0.05
RECEIVE = 50
USER = "grow"

MORE = """
[store]
url = {store}

[queue]
url = {queue}
"""
LEDGER = CONFIG.partition("[mailbox support]")[0] + "[mailbox support]\ntype = ingest\n" + MORE
_NAMES = (f"grow_{number}" for number in itertools.count(1))


@dataclass(frozen=True, slots=True)
class Shape:
    """A desk to measure: so many processes of each of the `kinds`, a round trip of `ms` from the database."""

    deciders: int
    ms: float
    kinds: tuple[str, ...]
    source: str


@dataclass(slots=True)
class Figures:
    """What a run took; round trips, bytes, commits and milliseconds are those of one message."""

    deciders: int
    ms: float
    n: int
    per_second: float
    decided_per_second: float
    round_trips: float
    redis_round_trips: float
    kilobytes: float
    commits: float
    cpu_ms: dict[str, float]
    cores_busy: float
    waiting_for_locks: float
    door_late_us: dict[str, int]
    ratio: float = 1.0


@dataclass(slots=True)
class Watch:
    """Looks into the database meanwhile, past the door: how much is decided, and who waits for a lock."""

    url: str
    count: int
    looks: int = 0
    waiting: int = 0
    decided_at: float = 0.0
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> "Watch":
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._thread is not None
        self._stop.set()
        self._thread.join()

    def _look(self) -> None:
        query = (
            b"SELECT (SELECT count(*) FROM message WHERE outcome IS NOT NULL), (SELECT count(*) FROM"
            b" pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')"
        )
        with psycopg.connect(self.url, autocommit=True) as connection:
            while not self._stop.wait(LOOK_SECONDS):
                decided, waiting = connection.execute(query).fetchone() or (0, 0)
                self.looks += 1
                self.waiting += waiting
                if decided >= self.count and not self.decided_at:
                    self.decided_at = time.time()


@contextlib.contextmanager
def desk(folder: Path, shape: Shape) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Run the parts of a desk; each is known to PostgreSQL by the name of its log file."""
    parts = [f"{kind}-{number}" for kind in shape.kinds for number in range(1, shape.deciders + 1)]
    running: list[subprocess.Popen[bytes]] = []
    try:
        for part in parts:
            with (folder / f"{part}.log").open("wb") as log:
                command = [sys.executable, "-m", "intake", "--config", str(folder / "far.ini")]
                running.append(
                    subprocess.Popen(
                        [*command, part.partition("-")[0]],
                        cwd=ROOT,
                        stdout=log,
                        stderr=log,
                        env={**os.environ, "PGAPPNAME": part},
                        start_new_session=True,
                    )
                )
        yield running
    finally:
        for process in running:
            process.send_signal(signal.SIGCONT)
            process.terminate()
        for process in running:
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


@dataclass(slots=True)
class Used:
    """What was used until now: seconds of processor by whom, and what went through the door."""

    cpu: dict[str, float]
    door: dict[str, Any]


def used(running: Sequence[subprocess.Popen[bytes]], servers: Backend, way: Door) -> Used:
    """Look at all that takes part."""
    passed = way.figures()
    return Used(
        {
            "intake": sum(tree.cpu_seconds(process.pid) for process in running),
            "postgres": tree.cpu_seconds(servers.postgres_pid),
            "redis": tree.cpu_seconds(servers.redis_pid),
            "door": passed["cpu"],
        },
        passed,
    )


def wait_quiet(url: str, parts: int, seconds: float = START_SECONDS) -> None:
    """Wait until every process has looked for work and found none, a second ago. Raises TimeoutError."""
    query = (
        b"SELECT count(DISTINCT application_name) FROM pg_stat_activity WHERE datname = current_database()"
        b" AND application_name <> '' AND state = 'idle'"
        b" AND state_change < clock_timestamp() - interval '1 s'"
    )
    with psycopg.connect(url, autocommit=True) as connection:
        wait_until(
            lambda: (connection.execute(query).fetchone() or (0,))[0] >= parts, seconds, "all processes look"
        )


def into_ledger(config: Path, letters: Sequence[load.Letter]) -> None:
    """Have the letters received, as a channel would."""
    ready = build(load_settings(config))
    try:
        for start in range(0, len(letters), RECEIVE):
            some = letters[start : start + RECEIVE]
            ready.service.receive([Arrival(letter.raw, Envelope("imap", "support")) for letter in some])
    finally:
        ready.store.close()


def into_mailbox(folder: Path, letters: Sequence[load.Letter]) -> None:
    """Deliver the letters into a maildir that is being read, in their order."""
    owner = folder.stat()
    for number, letter in enumerate(letters, 1):
        name = f"{load.BASE_TIME + number}.M{number}P1.bench"
        (folder / "tmp" / name).write_bytes(letter.raw)
        if os.geteuid() == 0:
            os.chown(folder / "tmp" / name, owner.st_uid, owner.st_gid)
        (folder / "tmp" / name).rename(folder / "new" / name)


def measure(shape: Shape, count: int, servers: Backend, imap: Dovecot | None) -> tuple[Figures, list[str]]:
    """Run one desk on one load; return the figures and what was not as it must be."""
    checks, letters, database = Checks(), load.mixed(count), next(_NAMES)
    owed = sum(letter.kind.opens for letter in letters)
    servers.fresh(database)
    near = servers.url(database)
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="intake-grow-")))
        out, way = stack.enter_context(sink()), stack.enter_context(door(servers.targets, shape.ms))
        _configure(folder, database, servers, way, out, imap)
        with desk(folder, shape) as running:
            wait_quiet(near, len(running))
            if imap is not None:
                wait_until((imap.folder / "mail" / database / "new").is_dir, START_SECONDS, "it is read")
                # Then it waits to be told of mail, and hears of it while it stands still.
                time.sleep(1.0)
            _signal(running, signal.SIGSTOP)
            stopped = time.monotonic()
            if imap is not None:
                into_mailbox(imap.folder / "mail" / database, letters)
            else:
                into_ledger(folder / "intake.ini", letters)
            time.sleep(max(0.0, stopped + HOLD_SECONDS - time.monotonic()))
            commits, before = _commits(near), used(running, servers, way)
            with Watch(near, count) as watch:
                began = time.time()
                _signal(running, signal.SIGCONT)
                # A quarter of a second a message is no rate to wait for.
                out.wait(owed, 30 + count / 4)
                after = used(running, servers, way)
                with contextlib.suppress(TimeoutError):
                    wait_until(lambda: watch.decided_at, 10, "all is decided")
            # What comes twice comes now.
            time.sleep(1.0)
        # Its processes tell PostgreSQL of their last commits when they end.
        commits = _commits(near) - commits - watch.looks
        check(folder, out, letters, checks)
        if checks.failed:
            for log in sorted(folder.glob("*.log")):
                print(f"{log.name}: {log.read_text(errors='replace')[-1500:]}", file=sys.stderr)
    ended = out.taken[owed - 1][0] if len(out.taken) >= owed else time.time()
    return _figures(shape, count, (began, watch.decided_at or ended, ended), before, after, commits, watch), (
        [f"{shape.deciders} at {shape.ms:g} ms: {line}" for line in checks.failed]
    )


def _configure(
    folder: Path, database: str, servers: Backend, way: Door, out: Sink, imap: Dovecot | None
) -> None:
    """Write two configs of one desk, make its tables: far.ini leads through the door, intake.ini past it."""
    text = LEDGER if imap is None else CONFIG.replace("user = ours", f"user = {database}") + MORE
    mailbox = {} if imap is None else {"imap_port": imap.port, "password": imap.password}
    ports = way.ports
    for name, store, queue in (
        ("intake.ini", servers.url(database), f"unix://{servers.redis}"),
        ("far.ini", servers.url(database, ports["postgres"]), f"redis://127.0.0.1:{ports['redis']}/0"),
    ):
        (folder / name).write_text(text.format(smtp_port=out.port, store=store, queue=queue, **mailbox))
    # Else the first processes would wait for each other while they make them.
    build(load_settings(folder / "intake.ini")).store.close()


def _signal(running: Sequence[subprocess.Popen[bytes]], number: int) -> None:
    for process in running:
        os.killpg(process.pid, number)


def _commits(url: str) -> int:
    query = b"SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"
    with psycopg.connect(url, autocommit=True) as connection:
        return int((connection.execute(query).fetchone() or (0,))[0])


def _figures(
    shape: Shape,
    count: int,
    times: tuple[float, float, float],
    before: Used,
    after: Used,
    commits: int,
    watch: Watch,
) -> Figures:
    began, decided, ended = times
    seconds = ended - began
    cpu = {name: after.cpu[name] - before.cpu[name] for name in after.cpu}

    def passed(name: str, key: str) -> float:
        more: float = after.door["doors"][name][key] - before.door["doors"][name][key]
        return more / count

    return Figures(
        deciders=shape.deciders,
        ms=shape.ms,
        n=count,
        per_second=round(count / seconds, 1),
        decided_per_second=round(count / (decided - began), 1),
        round_trips=round(passed("postgres", "trips"), 1),
        redis_round_trips=round(passed("redis", "trips"), 1),
        kilobytes=round((passed("postgres", "bytes") + passed("redis", "bytes")) / 1000, 1),
        commits=round(commits / count, 2),
        cpu_ms={name: round(used * 1000 / count, 2) for name, used in cpu.items()},
        cores_busy=round(sum(cpu.values()) / seconds, 2),
        waiting_for_locks=round(watch.waiting / max(watch.looks, 1), 2),
        door_late_us=after.door["late_us"],
    )


def report(rows: Sequence[Figures]) -> str:
    """Return the figures as the lines of a Markdown table."""
    lines = [
        "| ms away | processes of each kind | messages/s | to one | decided/s | round trips: database, Redis "
        "| KB | commits | processor ms: desk, PostgreSQL, door | cores busy | waiting for a lock |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row in rows:
        cpu = row.cpu_ms
        cells = (
            f"{row.ms:g} | {row.deciders}",
            f"{row.per_second:g} | {row.ratio:.2f} | {row.decided_per_second:g}",
            f"{row.round_trips:g}, {row.redis_round_trips:g} | {row.kilobytes:g} | {row.commits:g}",
            f"{cpu['intake']:.1f}, {cpu['postgres']:.1f}, {cpu['door']:.1f}",
            f"{row.cores_busy:g} | {row.waiting_for_locks:g}",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def measure_all(shapes: Sequence[Shape], count: int) -> tuple[list[Figures], list[str]]:
    """Run each desk after the other; the ratio of each is to the first one as far from the database."""
    rows: list[Figures] = []
    failed: list[str] = []
    with contextlib.ExitStack() as stack:
        servers = stack.enter_context(backend())
        imap = None
        if any(shape.source == "imap" for shape in shapes):
            imap = stack.enter_context(dovecot())
        for shape in shapes:
            row, wrong = measure(shape, count, servers, imap)
            first = next((other for other in rows if other.ms == row.ms), row)
            row.ratio = round(row.per_second / first.per_second, 2)
            rows.append(row)
            failed += wrong
            print(report([row]).splitlines()[-1], file=sys.stderr)
    return rows, failed


def _numbers(text: str) -> list[float]:
    return [float(number) for number in text.split(",")]


def main() -> int:
    """Measure, print, and say by the exit code whether all was as it must be."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--n", type=int, default=500, help="messages in the load (default 500)")
    parser.add_argument("--ms", type=_numbers, default=[0, 1, 4], help="what a round trip costs (0,1,4)")
    parser.add_argument("--deciders", type=_numbers, default=[1, 2, 4, 8], help="of each kind (1,2,4,8)")
    parser.add_argument("--kinds", default="poll,worker", help="what is started (poll,worker)")
    parser.add_argument("--from", dest="source", choices=("ledger", "imap"), default="ledger")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--write", action="store_true", help="keep the figures in docs/benchmarks.md")
    arguments = parser.parse_args()
    kinds = tuple(arguments.kinds.split(","))
    shapes = [
        Shape(int(deciders), ms, kinds, arguments.source)
        for ms in arguments.ms
        for deciders in arguments.deciders
    ]
    rows, failed = measure_all(shapes, arguments.n)
    print(json.dumps([asdict(row) for row in rows]) if arguments.json else report(rows))
    for line in failed:
        print(f"FAILED {line}", file=sys.stderr)
    if arguments.write and not failed:
        source = f"`--from {arguments.source} --kinds {arguments.kinds} --n {arguments.n}`"
        figures.write("grow", f"{report(rows)}\n\n({source}; {figures.where()})")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
