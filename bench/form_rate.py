"""How fast the form takes posts, beside a bare endpoint of the same framework in the same run.

Each post has the form's fields and a 200 KB screenshot. The form is the real one with every check
and limit in force, committing to the ledger; the bare endpoint (bare_form.py) does one durable
insert. Both are asked by four connections of one process, by turns. The same again with `intake web`,
which also opens tickets of what it took and writes acknowledgements meanwhile. Then: how large the
first page is with all it loads, and how long Chromium takes to render it. Exits 1 when a post is lost
or a figure is not what docs/benchmarks.md promises.
"""

import argparse
import contextlib
import http.client
import json
import math
import os
import random
import re
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil

from bench import figures, load
from bench.page_cost import CHROMIUM, Page, page_of, served_ms
from intake.web.signing import Signer

ROOT = Path(__file__).resolve().parent.parent
CONNECTIONS = 4
# As long as a browser's: not every reader looks for the line before a short one.
BOUNDARY = "----WebKitFormBoundary7MA4YWxkTrZu0gW"
WARM_UP = 20
ROUNDS = 10
# Fewer and longer, so that tickets are opened of what came in the same round.
ROUNDS_WITH_TICKETS = 3
MIN_RATIO = 0.5
MIN_WITH_TICKETS = 0.2
MAX_PAGE_BYTES = 50_000
MAX_RENDER_MS = 200
LARGE_BYTES = 25 * 1024 * 1024 - 1000
MAX_LARGE_MB = 40

CONFIG = """
[desk]
name = Bench
address = support@desk.example
data = data

[smtp]
host = 127.0.0.1
security = none

[web]
port = 0
# So that each post may come from a place of its own.
trusted_proxy = 127.0.0.1

[form]
work = never

[mailbox support]
type = ingest
"""


Server = tuple[int, "subprocess.Popen[str]"]


@contextlib.contextmanager
def process(command: list[str], folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Run a server of ours; its log is kept in the folder."""
    with (folder / "log").open("w") as log:
        started = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True, start_new_session=True
        )
        try:
            yield started
        finally:
            os.killpg(started.pid, signal.SIGTERM)
            started.wait(30)


FORM_ALONE = """
import sys, threading
from pathlib import Path
from intake.config import settings as config; from intake.runtime import logs
from intake.app import build
from intake.web import make_app, serve

settings = config.load(Path(sys.argv[1]))
serve(make_app(build(settings)), settings.web, threading.Event(), lambda port: print(port, flush=True))
"""


def write_config(folder: Path) -> str:
    """Make a folder with a config in it; return the config's path."""
    folder.mkdir()
    (folder / "intake.ini").write_text(CONFIG)
    return str(folder / "intake.ini")


@contextlib.contextmanager
def form_alone(folder: Path) -> Iterator[Server]:
    """Serve the form, deciding on nothing; yield its port and process."""
    with process([sys.executable, "-c", FORM_ALONE, write_config(folder)], folder) as started:
        assert started.stdout is not None
        yield int(started.stdout.readline()), started


@contextlib.contextmanager
def desk(folder: Path) -> Iterator[Server]:
    """Run `intake web`; yield its port and process."""
    config = write_config(folder)
    with process([sys.executable, "-m", "intake", "--config", config, "web"], folder) as started:
        end = time.monotonic() + 30
        while time.monotonic() < end:
            match = re.search(r"web form open.*port=(\d+)", (folder / "log").read_text())
            if match:
                yield int(match[1]), started
                return
            time.sleep(0.05)
        raise RuntimeError((folder / "log").read_text())


@contextlib.contextmanager
def bare(folder: Path) -> Iterator[Server]:
    """Run the bare endpoint; yield its port and process."""
    folder.mkdir()
    command = [sys.executable, str(ROOT / "bench" / "bare_form.py"), str(folder / "bare.db")]
    with process(command, folder) as started:
        assert started.stdout is not None
        yield int(started.stdout.readline()), started


def body(fields: dict[str, str], picture: bytes, name: str = "files") -> bytes:
    """Return a multipart/form-data body as a browser makes it, the picture in the field `name`."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in fields.items()
    ]
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="shot.png"\r\n'
    end = f"\r\n--{BOUNDARY}--\r\n"
    return b"".join(parts) + head.encode() + b"Content-Type: image/png\r\n\r\n" + picture + end.encode()


def posts(count: int, token: Callable[[int], str], seed: int) -> list[bytes]:
    """Return `count` posts, each with a picture of its own."""
    chance = random.Random(seed)
    return [
        body(
            {
                "token": token(number),
                "email": f"customer{seed}.{number}@people{number % 97}.example",
                "name": "Ada",
                "subject": f"Cannot log in {number}",
                "message": "It says no, and again.\n" * 10,
            },
            load.screenshot(chance),
        )
        for number in range(count)
    ]


def send(port: int, bodies: list[bytes], first: int = 0, path: str = "/") -> tuple[float, list[int]]:
    """Post all of it over a few connections, each from another place; return the seconds and the statuses."""
    statuses: list[int] = []
    waiting = iter(enumerate(bodies, first))
    lock = threading.Lock()

    def work() -> None:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as client:
            while True:
                with lock:
                    number, content = next(waiting, (0, b""))
                if not content:
                    return
                headers = {
                    "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
                    "X-Forwarded-For": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}",
                }
                client.request("POST", path, content, headers)
                answer = client.getresponse()
                answer.read()
                statuses.append(answer.status)

    threads = [threading.Thread(target=work) for _ in range(CONNECTIONS)]
    began = time.perf_counter()
    for content in threads:
        content.start()
    for content in threads:
        content.join()
    return time.perf_counter() - began, statuses


def large_mb(port: int, process: psutil.Process, folder: Path) -> float:
    """Return the memory, above its rest, that a server just started takes at most for the largest post."""
    signer, opened = keys_of(folder)
    fields = {"email": "large@people.example", "subject": "A video", "message": "See it."}
    small, large = ({"token": signer.form(key, opened), **fields} for key in ("small", "large"))
    send(port, [body(small, b"x")])
    rest = process.memory_info().rss
    Path(f"/proc/{process.pid}/clear_refs").write_text("5")  # The peak is counted from here.
    _, statuses = send(port, [body(large, os.urandom(LARGE_BYTES))], 1)
    status = Path(f"/proc/{process.pid}/status").read_text()
    peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) * 1024
    return (peak - rest) / 1e6 if statuses == [303] else math.inf


def keys_of(folder: Path) -> tuple[Signer, datetime]:
    """Return what makes the tokens of opened forms for a desk, and when they were opened."""
    key = bytes.fromhex((folder / "data" / "secret.key").read_text().split()[0])
    return Signer((key,)), datetime.now(UTC) - timedelta(seconds=10)


@dataclass(slots=True)
class Run:
    """One server under load: what it took so far, in seconds and in seconds of processor."""

    port: int
    process: psutil.Process
    token: Callable[[int], str]
    count: int = 0
    seconds: float = 0.0
    cpu: float = 0.0
    statuses: set[int] = field(default_factory=set)

    def take(self, some: int) -> None:
        """Post some more."""
        bodies = posts(some, lambda n: self.token(self.count + n), self.count)
        before = sum(self.process.cpu_times()[:2])
        seconds, statuses = send(self.port, bodies, 1000 + self.count)
        self.cpu += sum(self.process.cpu_times()[:2]) - before
        self.seconds += seconds
        self.count += some
        self.statuses |= set(statuses)

    @property
    def rate(self) -> float:
        """Posts a second."""
        return self.count / self.seconds


def check(run: Run, folder: Path, failed: list[str]) -> None:
    """Note what is wrong with what the form took."""
    with closing(sqlite3.connect(folder / "data" / "intake.db")) as database:
        (kept,) = database.execute("SELECT COUNT(*) FROM message").fetchone()
    if run.statuses != {303} or kept != run.count + WARM_UP:
        failed.append(f"{kept} posts are kept of {run.count + WARM_UP}, answered {sorted(run.statuses)}")


def started(port: int, process: subprocess.Popen[str], folder: Path | None) -> Run:
    """Warm a server up and return it."""
    if folder is None:
        token: Callable[[int], str] = str
    else:
        signer, opened = keys_of(folder)
        token = lambda n: signer.form(f"k{n}", opened)  # noqa: E731
        send(port, posts(WARM_UP, lambda n: signer.form(f"w{n}", opened), 3))
    return Run(port, psutil.Process(process.pid), token)


def with_tickets(whole: Run, least: Run, count: int, folder: Path) -> float:
    """Post by turns to a desk that opens tickets and to the bare endpoint; return the ratio of the rates."""
    posted, seconds = least.count, least.seconds
    for _ in range(ROUNDS_WITH_TICKETS):
        whole.take(count // ROUNDS_WITH_TICKETS)
        # What it has still to open must not slow down the other one.
        _settled(folder)
        least.take(count // ROUNDS_WITH_TICKETS)
    return whole.rate * (least.seconds - seconds) / (least.count - posted)


def _settled(folder: Path) -> None:
    """Wait until every post has its ticket."""
    end = time.monotonic() + 120
    with closing(sqlite3.connect(folder / "data" / "intake.db")) as database:
        while database.execute("SELECT COUNT(*) FROM message WHERE state = 'waiting'").fetchone()[0]:
            if time.monotonic() > end:
                raise TimeoutError("there are posts without a ticket after two minutes")
            time.sleep(0.05)


def measure(count: int) -> tuple[dict[str, Any], list[str]]:
    """Run everything once; return the figures and what was not as it must be."""
    failed: list[str] = []
    with tempfile.TemporaryDirectory(prefix="intake-bench-") as work:
        base = Path(work)
        with bare(base / "bare") as (port, child), form_alone(base / "ours") as (own_port, other):
            least, ours = started(port, child, None), started(own_port, other, base / "ours")
            # By turns, so that what else the machine does falls on both.
            for _ in range(ROUNDS):
                least.take(count // ROUNDS)
                ours.take(count // ROUNDS)
            alone = least.rate
            check(ours, base / "ours", failed)
            with desk(base / "whole") as (port, child):
                whole = started(port, child, base / "whole")
                beside = with_tickets(whole, least, count // 2, base / "whole")
                check(whole, base / "whole", failed)
            page = page_of(own_port) if CHROMIUM.exists() else Page()
            served = served_ms(own_port, ours.process)
        if least.statuses != {303}:
            failed.append(f"the bare endpoint answered {sorted(least.statuses)}")
        with form_alone(base / "large") as (port, child):
            large = large_mb(port, psutil.Process(child.pid), base / "large")
    ratio = ours.rate / alone
    results = {
        "ours": round(ours.rate, 1),
        "bare": round(alone, 1),
        "ratio": round(ratio, 3),
        "cpu_ms_per_post": {
            "ours": round(ours.cpu * 1000 / ours.count, 1),
            "bare": round(least.cpu * 1000 / least.count, 1),
        },
        "with_tickets": round(whole.rate, 1),
        "bare_beside": round(whole.rate / beside, 1),
        "ratio_with_tickets": round(beside, 3),
        "n": ours.count,
        "page_bytes": page.size,
        "render_ms": {"least": round(min(page.times)), "median": round(statistics.median(page.times))},
        "painted_ms": {"least": round(min(page.painted)), "median": round(statistics.median(page.painted))},
        "empty_page_ms": round(page.empty),
        "page_cpu_ms": {"browser": round(page.drawn), "server": round(served, 1)},
        "large_post_mb": round(large, 1),
    }
    if ratio < MIN_RATIO:
        failed.append(f"the ratio is {ratio:.3f}, under {MIN_RATIO}")
    if beside < MIN_WITH_TICKETS:
        failed.append(f"the ratio while tickets are opened is {beside:.3f}, under {MIN_WITH_TICKETS}")
    if page.size > MAX_PAGE_BYTES:
        failed.append(f"the first page has {page.size} bytes")
    # A busy machine takes longer for every page; the processor time that this one needs is its own.
    if min(*page.times, page.empty + page.drawn + served) > MAX_RENDER_MS:
        failed.append(f"the first page took {min(page.times):.0f} ms, an empty one {page.empty:.0f}")
    if large > MAX_LARGE_MB:
        failed.append(f"a post of 25 MB took {large:.0f} MB of memory")
    return results, failed


def report(results: dict[str, Any]) -> str:
    """Return the figures as the lines of a Markdown table."""
    shown, painted, worked = results["render_ms"], results["painted_ms"], results["page_cpu_ms"]
    return "\n".join(
        (
            "| | the form | bare endpoint |",
            "| --- | --- | --- |",
            f"| posts with a 200 KB screenshot committed a second | {results['ours']} | {results['bare']} |",
            f"| the same while it opens tickets of them | {results['with_tickets']} "
            f"| {results['bare_beside']} |",
            f"| processor ms a post | {results['cpu_ms_per_post']['ours']} "
            f"| {results['cpu_ms_per_post']['bare']} |",
            f"| ratio | {results['ratio']} | 1 |",
            f"| ratio while it opens tickets | {results['ratio_with_tickets']} | 1 |",
            f"| memory above rest while a post of 25 MB is taken, MB | {results['large_post_mb']} | |",
            f"| first page with all it loads, bytes | {results['page_bytes']:,} | |",
            f"| processor ms of its main thread in Chromium, least of ten | {worked['browser']} | |",
            f"| processor ms of the server for all of it | {worked['server']} | |",
            "| its first contentful paint in Chromium, ms: least of ten / median "
            f"| {painted['least']} / {painted['median']} | |",
            "| its load event in Chromium, ms: least of ten / median "
            f"| {shown['least']} / {shown['median']} | |",
            f"| the load event of an empty page, ms, least of ten | {results['empty_page_ms']} | |",
        )
    )


def main() -> int:
    """Measure, print, and say by the exit code whether all was as it must be."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--n", type=int, default=300, help="posts (default 300)")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--write", action="store_true", help="keep the figures in docs/benchmarks.md")
    arguments = parser.parse_args()
    results, failed = measure(arguments.n)
    print(json.dumps(results) if arguments.json else report(results))
    for line in failed:
        print(f"FAILED {line}", file=sys.stderr)
    if arguments.write and not failed:
        figures.write("form_rate", f"{report(results)}\n\n({figures.where()})")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
