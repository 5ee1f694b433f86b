"""What the fault tests share: desks on disk, pipelines under strace, and the oracle.

The truth is what a client of ours was told: `Truth` notes what was handed in and what
was accepted, and `judge` compares that with the rows, the tickets and the sink.
"""

import contextlib
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from config_files import DIRECT, config_text, to_port

from intake import app
from intake.config import settings as config
from intake.desk.message import Envelope
from intake.ports import Arrival
from intake.store.upkeep.integrity import IntegrityCheck
from intake.testing import SinkServer, wait_until

T = TypeVar("T")
ROOT = Path(__file__).resolve().parents[2]
FULL = os.environ.get("INTAKE_FAULTS", "") == "all"
"""Whether every point is tried (`make faults`), or a sample (each run of the tests)."""

MINUTES = float(os.environ.get("INTAKE_FAULTS_MINUTES", "0"))
"""How long all of `make faults` may take; 0: as long as it takes."""
BEGAN = float(os.environ.get("INTAKE_FAULTS_BEGAN", str(time.time())))
# One loop over points may take this part of the whole, and gets as many points in any case.
SHARE, FEWEST = 0.2, 8

DURABLE = ("pwrite64", "fdatasync", "fsync", "rename", "unlink", "ftruncate", "sendto", "write")


def letter(name: str, size: int = 0) -> bytes:
    """A mail from a person of its own, `size` bytes longer than it need be."""
    head = (
        f"From: {name} <{name}@customer.example>\r\nTo: support@desk.example\r\nSubject: about {name}\r\n"
        f"Date: Sun, 22 Nov 2026 10:00:00 +0000\r\nMessage-ID: <{name}@customer.example>\r\n\r\n"
        f"My coins are late, says {name}.\r\n"
    )
    return head.encode() + (b"x" * 76 + b"\r\n") * (size // 78)


def prepare(folder: Path, sink_port: int, kind: str = "type = ingest", store: str = "") -> Path:
    """Make a folder with the config of a desk in it."""
    folder.mkdir(parents=True)
    text = config_text(
        # All its customers are of one domain, and come faster than people.
        desk=f"{DIRECT}\nautomatic_per_hour = 100000\n"
        "automatic_per_domain_hour = 100000\nflood_per_domain_hour = 0",
        web="port = 0",
        smtp=to_port(sink_port),
        mailbox=kind,
        # Their clocks leap: nothing is promised, so that no mail says that it will be late.
        more="[sla nobody]\npriority = low\nfirst_response = 4h",
        **({"store": f"url = {store}"} if store else {}),
    )
    (folder / "intake.ini").write_text(text, encoding="utf-8")
    return folder


def desk_in(folder: Path, minutes: float = 0) -> app.Desk:
    """The desk of a folder, its clock set forward."""
    desk = app.build(config.load(folder / "intake.ini"))
    desk.service = replace(desk.service, clock=lambda: datetime.now(UTC) + timedelta(minutes=minutes))
    return desk


@dataclass
class Truth:
    """What the client knows: every mail it handed in, and the ones it was told are ours."""

    given: dict[str, bytes] = field(default_factory=dict)
    accepted: set[str] = field(default_factory=set)

    def give(self, raw: bytes) -> str:
        name = hashlib.sha256(raw).hexdigest()
        self.given[name] = raw
        return name

    def accept(self, raw: bytes) -> None:
        self.accepted.add(self.give(raw))


def settle(desk: app.Desk, rounds: int = 6) -> None:
    """Do what a desk started anew does, until nothing is left to do."""
    desk.service.recover()
    session = desk.session()
    for _ in range(rounds):
        due = desk.service.tick()
        for row in due:
            desk.service.deliver(row, session)
        if not due:
            break
    session.close()


def judge(desk: app.Desk, truth: Truth, sink: SinkServer | None = None) -> list[str]:
    """Return what is wrong, in sentences: lost, doubled, altered, half done. For when all is settled."""
    wrong = list(IntegrityCheck(desk.database.db, desk.database.blobs).faults())
    rows = desk.store.ledger.list_messages(limit=10**6)
    by_name = {row.sha256: row for row in rows}
    if len(by_name) != len(rows):
        wrong.append("some bytes have two rows")
    for name in sorted(truth.accepted):
        if name not in by_name:
            wrong.append(f"accepted and lost: {truth.given[name][:40]!r}")
        elif desk.store.ledger.raw(by_name[name].id) != truth.given[name]:
            wrong.append(f"altered: {truth.given[name][:40]!r}")
    wrong += [f"nobody gave us message {row.id}" for row in rows if row.sha256 not in truth.given]
    wrong += [f"message {row.id} has no outcome ({row.state})" for row in rows if row.state == "waiting"]
    tickets = Counter(row.requester for row in desk.store.listing.list_tickets(limit=10**6))
    wrong += [f"{number} tickets of {who}" for who, number in tickets.items() if number != 1]
    ended = [row for row in rows if row.outcome is not None and row.outcome.value == "ticketed"]
    if len(ended) != sum(tickets.values()):
        wrong.append(f"{len(ended)} messages opened {sum(tickets.values())} tickets")
    if sink is not None:
        wrong += _mails(desk, sink, tickets)
    return wrong


def _mails(desk: app.Desk, sink: SinkServer, tickets: Counter[str]) -> list[str]:
    wrong = []
    outbox = desk.store.outbox.list_mails(limit=10**6)
    owed = Counter(row.rcpt for row in outbox if row.kind == "acknowledgement")
    wrong += [f"{owed[who]} acknowledgements owed to {who}" for who in tickets if owed[who] != 1]
    got = Counter(one.recipients[0] for one in sink.mails)
    for row in outbox:
        if row.kind != "acknowledgement":
            continue
        if row.state not in ("sent", "unknown"):
            wrong.append(f"outbox {row.id} to {row.rcpt} is {row.state}")
        if got[row.rcpt] > 1:
            wrong.append(f"{row.rcpt} was acknowledged {got[row.rcpt]} times")
        if row.state == "sent" and got[row.rcpt] != 1:
            wrong.append(f"{row.rcpt} never got what was sent")
    return wrong


def give(desk: app.Desk, *raws: bytes, channel: str = "lmtp") -> None:
    """Hand mails to a desk without a channel."""
    for raw in raws:
        who = re.search(rb"<(\S+)>", raw)
        sender = who[1].decode() if who else ""
        desk.service.receive([Arrival(raw, Envelope(channel, "support", sender, ("support@desk.example",)))])


# -- pipelines under strace -------------------------------------------------------------


class Child:
    """A pipeline at work in a process of its own."""

    def __init__(self, pid: int, folder: Path) -> None:
        self.pid, self.folder = pid, folder
        self.tracer: subprocess.Popen[bytes] | None = None

    def attach(self, *strace: str) -> None:
        """Trace it from now on, its threads too, with these options of strace."""
        options = ("-f", "-qq", "-y", "-s", "160", "-o", f"{self.folder}/trace", *strace)
        self.tracer = subprocess.Popen(["strace", *options, "-p", str(self.pid)], stderr=subprocess.DEVNULL)
        status = Path(f"/proc/{self.pid}/status")
        wait_until(lambda: "TracerPid:\t0\n" not in status.read_text(), 10, "strace attaches")

    @property
    def alive(self) -> bool:
        try:
            return ") Z " not in Path(f"/proc/{self.pid}/stat").read_text()
        except OSError:
            return False

    def port(self, seconds: float = 30.0) -> int:
        """The port it listens on; 0 when it died before it did. Raises TimeoutError."""
        wait_until(lambda: (self.folder / "port").exists() or not self.alive, seconds, "the pipeline listens")
        return int((self.folder / "port").read_text()) if (self.folder / "port").exists() else 0

    def end(self, seconds: float = 30.0) -> bool:
        """Ask it to stop, and wait; return whether it ended by itself."""
        (self.folder / "stop").touch()
        return self.wait(seconds)

    def wait(self, seconds: float = 30.0) -> bool:
        try:
            wait_until(lambda: not self.alive, seconds)
            return True
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            return False
        finally:
            if self.tracer is not None:
                self.tracer.wait(10)


class Stable:
    """A process that has everything imported and forks a pipeline whenever one is wanted.

    `more` is added to its environment.
    """

    def __init__(self, more: Mapping[str, str] | None = None) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "faults.pipelines"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}", **(more or {})},
        )

    def close(self) -> None:
        with self.process:
            if self.process.stdin is not None:
                self.process.stdin.close()

    def start(self, pipeline: str, folder: Path, *strace: str) -> Child:
        """Begin a pipeline; with options of strace, under it. Its trace is the file `trace`."""
        for name in ("go", "stop", "port"):
            (folder / name).unlink(missing_ok=True)
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{pipeline} {folder}\n")
        self.process.stdin.flush()
        pid = int(self.process.stdout.readline())
        child = Child(pid, folder)
        if strace:
            child.attach(*strace)
        (folder / "go").touch()
        return child


def syscalls(trace: Path) -> Counter[str]:
    """How often each syscall is made by the thread that makes it most: strace counts for each thread."""
    made: Counter[tuple[str, str]] = Counter()
    for line in trace.read_text(errors="replace").splitlines():
        found = re.match(r"(\d+) +(\w+)\(", line)
        if found:
            made[found[1], found[2]] += 1
    most: Counter[str] = Counter()
    for (_, name), count in made.items():
        most[name] = max(most[name], count)
    return most


def points(made: Counter[str], names: Sequence[str], sample: int) -> list[tuple[str, int]]:
    """Return (syscall, k) for every k, or about `sample` of them spread evenly, each syscall among them."""
    every = [(name, k) for name in names for k in range(1, made[name] + 1)]
    note("kill points there are", len(every))
    if FULL or len(every) <= sample:
        return every
    step = len(every) / sample
    spread = [every[int(step * at)] for at in range(sample)]
    firsts = [(name, made[name]) for name in names if made[name] and name not in {n for n, _ in spread}]
    return spread + firsts


def in_time(points: Sequence[T], each: int = 1) -> Iterator[T]:
    """Yield all points, from everywhere in turn, as long as there is time; note how many were left out.

    `each` of what is yielded stands for so many points.
    """
    # Each pass takes every 16th, so that what is left out is spread as evenly as what is done.
    mixed = [one for start in range(16) for one in points[start::16]]
    now = time.time()
    end = min(BEGAN + MINUTES * 60, now + SHARE * MINUTES * 60) if MINUTES else float("inf")
    for done, one in enumerate(mixed):
        if done >= FEWEST and time.time() > end:
            note("points left out for lack of time", (len(mixed) - done) * each)
            return
        yield one


def again(template: Path, folder: Path) -> Path:
    """Return a fresh copy of a prepared folder."""
    shutil.copytree(template, folder)
    return folder


def note(what: str, count: int) -> None:
    """Count something for the table of `make faults`."""
    if place := os.environ.get("INTAKE_FAULTS_NOTES"):
        with open(place, "a", encoding="utf-8") as file:
            file.write(f"{what}\t{count}\n")


@contextlib.contextmanager
def stable(more: Mapping[str, str] | None = None) -> Iterator[Stable]:
    """Run a `Stable`."""
    one = Stable(more)
    try:
        yield one
    finally:
        one.close()
