"""How fast the desk takes mail, beside a bare loop measured in the same run.

The mixed load of `load.py` lies in Dovecot. The desk, the real `intake run` with all its
processes and SQLite at synchronous=FULL, takes it over IMAP to committed tickets, until
the last acknowledgement is with an SMTP server. The clock runs from the first
connection. Then: fifty mails one at a time to the idle desk, and its memory at rest.
Exits 1 when a ticket, a thread or an acknowledgement is not as it must be.
"""

import argparse
import contextlib
import imaplib
import json
import multiprocessing
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from imapclient import IMAPClient

from bench import bare, figures, load, tree
from bench.sink import Sink, sink
from intake.testing import Dovecot, dovecot

ROOT = Path(__file__).resolve().parent.parent
IDLE_MAILS = 50
MAX_IDLE_SECONDS = 1.0
# No single mail may wait for the next poll, a minute away.
MAX_IDLE_LONGEST = 2.0
MAX_REST_MB = 150

CONFIG = """
[desk]
agent_authority = token
undo_seconds = 0
name = Bench
address = support@desk.example
data = data
automatic_per_hour = 1000000
automatic_per_address_hour = 10000
automatic_per_address_day = 10000
automatic_per_unverified_day = 10000
automatic_per_domain_hour = 1000000
automatic_per_robot_day = 10000
flood_per_address_hour = 0
flood_per_domain_hour = 0

[smtp]
host = 127.0.0.1
port = {smtp_port}
security = none

[web]
port = 0
# So that each post of beside.py may come from a place of its own.
trusted_proxy = 127.0.0.1

[form]
work = never

[mailbox support]
type = imap
host = 127.0.0.1
port = {imap_port}
user = ours
password = {password}
security = none
"""


@dataclass(slots=True)
class Checks:
    """What had to be so; `failed` lists what was not."""

    failed: list[str] = field(default_factory=list)

    def equal(self, label: str, expected: object, actual: object) -> None:
        """Note a failure unless both are equal."""
        if expected != actual:
            self.failed.append(f"{label}: expected {expected}, got {actual}")

    def below(self, label: str, limit: float, actual: float) -> None:
        """Note a failure unless `actual` is under the limit."""
        if not actual < limit:
            self.failed.append(f"{label}: expected under {limit:g}, got {actual:.3g}")


@contextlib.contextmanager
def desk(folder: Path, imap: Dovecot, out: Sink) -> Iterator[subprocess.Popen[bytes]]:
    """Run `intake run` on a config of its own."""
    config = folder / "intake.ini"
    config.write_text(CONFIG.format(smtp_port=out.port, imap_port=imap.port, password=imap.password))
    with (folder / "intake.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "intake", "--config", config, "run"],
            cwd=ROOT,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def intake(folder: Path, *arguments: str) -> Any:
    """Run an `intake` command on the desk in `folder` and return its JSON."""
    command = [sys.executable, "-m", "intake", "--config", str(folder / "intake.ini"), *arguments, "--json"]
    return json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)


def web_port(folder: Path) -> int:
    """Return the port that the form of a running desk listens on."""
    match = re.search(r"web form open.*port=(\d+)", (folder / "intake.log").read_text())
    if not match:
        raise RuntimeError("the form is not open")
    return int(match[1])


def whole(
    folder: Path, process: subprocess.Popen[bytes], imap: Dovecot, out: Sink, letters: list[load.Letter]
) -> bare.Cost:
    """Measure the desk on the letters that lie in its mailbox."""
    owed = sum(letter.kind.opens for letter in letters)
    with tree.Peak(process.pid) as peak:
        began = tree.wait_connected(imap.port, 60)
        cpu = tree.cpu_seconds(process.pid)
        # Half a message a second is no rate to wait for.
        out.wait(owed, 30 + 2 * len(letters))
        cpu = tree.cpu_seconds(process.pid) - cpu
    ended = out.taken[min(owed, len(out.taken)) - 1][0] if out.taken else time.time()
    return bare.Cost(len(letters), ended - began, cpu, peak.mb)


def check(folder: Path, out: Sink, letters: list[load.Letter], checks: Checks) -> None:
    """Compare what the desk made of the letters with what it had to."""
    deadline = time.monotonic() + 30
    rows: list[dict[str, Any]] = []
    while time.monotonic() < deadline:
        rows = intake(folder, "message", "list", "--limit", str(len(letters) + 1))
        if len(rows) == len(letters) and all(row["outcome"] for row in rows):
            break
        time.sleep(0.5)
    kinds = Counter(letter.kind for letter in letters)
    opened = kinds[load.Kind.REQUEST] + kinds[load.Kind.SCREENSHOT]
    automatic = kinds[load.Kind.AUTOMATIC] + kinds[load.Kind.BOUNCE]
    expected = Counter(ticketed=opened, appended=kinds[load.Kind.REPLY], automatic=automatic)
    checks.equal("outcomes", expected, Counter(row["outcome"] for row in rows))
    ticket = {row["message_id"].strip("<>"): row["ticket"] for row in rows}
    checks.equal("tickets", opened, len({row["ticket"] for row in rows if row["ticket"]}))
    astray = [
        x.message_id for x in letters if x.answers and ticket.get(x.message_id) != ticket.get(x.answers)
    ]
    checks.equal("replies outside their ticket", [], astray[:5])
    wanted = Counter(letter.sender for letter in letters if letter.kind.opens)
    got = Counter(rcpt for _, rcpt in out.taken)
    checks.equal("acknowledgements missing", 0, (wanted - got).total())
    checks.equal("mails nobody should have got", 0, (got - wanted).total())


def told(imap: Dovecot) -> list[float]:
    """Return the seconds from each of ten mails until Dovecot told a client that was in IDLE."""
    waits = []
    with IMAPClient("127.0.0.1", imap.port, ssl=False) as client, _appending(imap, "told") as append:
        client.login("told", imap.password)
        client.select_folder("INBOX")
        for number in range(10):
            client.idle()
            # What is there when IDLE begins is told at once; only then the clock matters.
            client.idle_check(timeout=0.6)
            began = time.time()
            append(load.single(number).raw)
            if client.idle_check(timeout=10):
                waits.append(time.time() - began)
            client.idle_done()
    return waits


@contextlib.contextmanager
def _appending(imap: Dovecot, user: str) -> Iterator[Callable[[bytes], object]]:
    client = imaplib.IMAP4("127.0.0.1", imap.port)
    client.login(user, imap.password)
    yield lambda raw: client.append("INBOX", "", imaplib.Time2Internaldate(time.time()), raw)
    client.logout()


def idle(imap: Dovecot, out: Sink) -> list[float]:
    """Bring mails one at a time to a desk with nothing to do; return the seconds to each acknowledgement."""
    waits = []
    with _appending(imap, "ours") as append:
        for number in range(IDLE_MAILS):
            letter, before, began = load.single(number), len(out.taken), time.time()
            append(letter.raw)
            waits.append(out.taken[before][0] - began if out.wait(before + 1, 30) else 30.0)
    return waits


def measure(count: int) -> tuple[dict[str, Any], list[str]]:
    """Run everything once; return the figures and what was not as it must be."""
    checks = Checks()
    letters = load.mixed(count)
    with contextlib.ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="intake-bench-")))
        work.chmod(0o755)
        server = work / "dovecot"
        server.mkdir()
        imap = stack.enter_context(dovecot(server))
        for user in ("bare", "ours"):
            load.write_maildir(server / "mail" / user, letters)
            own(server / "mail" / user, server / "mail")
        with sink() as out:
            (work / "bare").mkdir()
            # In a process of its own, so that its memory is its own.
            with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
                task = pool.submit(bare.run, work / "bare", imap.port, "bare", imap.password, out.port)
                least = task.result()
        checks.equal("messages of the bare loop", count, least.count)
        out = stack.enter_context(sink())
        folder = work / "ours"
        folder.mkdir()
        process = stack.enter_context(desk(folder, imap, out))
        ours = whole(folder, process, imap, out, letters)
        check(folder, out, letters, checks)
        waits, alone = idle(imap, out), told(imap)
        time.sleep(3)
        rss, pss = tree.memory_mb(process.pid)
        if checks.failed:
            print((folder / "intake.log").read_text(errors="replace")[-3000:], file=sys.stderr)
    checks.below(
        "seconds to an acknowledgement when idle (median)", MAX_IDLE_SECONDS, statistics.median(waits)
    )
    checks.below("seconds to an acknowledgement when idle (longest)", MAX_IDLE_LONGEST, max(waits))
    checks.below("MB at rest", MAX_REST_MB, rss)
    figures = {
        "ours": round(ours.rate, 1),
        "bare": round(least.rate, 1),
        "ratio": round(ours.rate / least.rate, 3),
        "n": count,
        "cpu_ms_per_message": {"ours": round(ours.cpu_ms, 1), "bare": round(least.cpu_ms, 1)},
        "peak_mb": {"ours": round(ours.peak_mb), "bare": round(least.peak_mb)},
        "rest_mb": {"rss": round(rss), "pss": round(pss)},
        "idle_ms": {
            "median": round(statistics.median(waits) * 1000),
            "max": round(max(waits) * 1000),
            "dovecot": round(statistics.median(alone) * 1000),
        },
    }
    return figures, checks.failed


def own(folder: Path, like: Path) -> None:
    """Give a maildir to whoever Dovecot reads mail as: the owner of the folder above."""
    owner = like.stat()
    if os.geteuid() == 0:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, owner.st_uid, owner.st_gid)


def report(figures: dict[str, Any]) -> str:
    """Return the figures as the lines of a Markdown table."""
    cpu, peak = figures["cpu_ms_per_message"], figures["peak_mb"]
    rest, wait = figures["rest_mb"], figures["idle_ms"]
    return "\n".join(
        (
            "| | the desk | bare loop |",
            "| --- | --- | --- |",
            f"| messages a second | {figures['ours']} | {figures['bare']} |",
            f"| processor ms a message | {cpu['ours']} | {cpu['bare']} |",
            f"| peak memory, MB | {peak['ours']} | {peak['bare']} |",
            f"| ratio of the rates | {figures['ratio']} | 1 |",
            f"| at rest, MB: RSS / PSS of all processes | {rest['rss']} / {rest['pss']} | |",
            f"| idle, ms to the acknowledgement: median / longest | {wait['median']} / {wait['max']} | |",
            f"| of these, ms until Dovecot tells a client in IDLE | {wait['dovecot']} | |",
        )
    )


def main() -> int:
    """Measure, print, and say by the exit code whether all was as it must be."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--n", type=int, default=500, help="messages in the load (default 500)")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--write", action="store_true", help="keep the figures in docs/benchmarks.md")
    arguments = parser.parse_args()
    results, failed = measure(arguments.n)
    print(json.dumps(results) if arguments.json else report(results))
    for line in failed:
        print(f"FAILED {line}", file=sys.stderr)
    if arguments.write and not failed:
        figures.write("intake_rate", f"{report(results)}\n\n({figures.where()})")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
