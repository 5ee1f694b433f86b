"""Random kills while mail comes in: what the client was told is the truth, to the end (F2).

A dozen kills in each run of the tests; 500 in `make faults` (INTAKE_KILLS sets another number).
"""

import contextlib
import os
import queue
import random
import signal
import smtplib
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

import pytest
from faults import rig
from faults.clients import template_of
from faults.rig import Child, Stable, Truth, letter

from intake.testing import SinkServer, free_port, wait_until

KILLS = int(os.environ.get("INTAKE_KILLS", "500" if rig.FULL else "12"))
LONGEST = 1.2
RATE = 20
POISON = 0.01


def poison(name: str) -> bytes:
    """A mail nested deeper than anything that is read."""
    head = f"From: {name}@customer.example\r\nTo: support@desk.example\r\nMIME-Version: 1.0\r\n".encode()
    nested = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(1000)
    )
    return head + nested


class Sender:
    """A mail server that has mail for us: 20 a second, each kept until we took it."""

    def __init__(self, port: int, truth: Truth) -> None:
        self.port, self.truth, self.refused = port, truth, queue.SimpleQueue()
        self.spool: deque[bytes] = deque()
        self.poisoned = 0
        self.made = 0
        self.stop, self.flush = threading.Event(), threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        client: smtplib.LMTP | None = None
        due = time.monotonic()
        while not self.stop.is_set() or self.spool:
            if not self.stop.is_set() and time.monotonic() >= due:
                due += 1 / RATE
                self.spool.append(self._next())
            if not self.spool:
                time.sleep(0.005)
                continue
            raw = self.spool[0]
            try:
                client = client or smtplib.LMTP("127.0.0.1", self.port, timeout=10)
                client.sendmail("a@customer.example", ["support@desk.example"], raw)
            except smtplib.SMTPResponseException as err:
                if err.smtp_code >= 500:
                    self.refused.put(str(err))
                    self.spool.popleft()
                client = None
            except (OSError, smtplib.SMTPException):
                client = None
                time.sleep(0.02)
            else:
                self.truth.accept(raw)
                self.spool.popleft()
        if client is not None:
            client.close()

    def _next(self) -> bytes:
        self.made += 1
        if random.random() < POISON or self.made == 5:
            self.poisoned += 1
            raw = poison(f"x{self.made}")
        else:
            raw = letter(f"p{self.made}")
        self.truth.give(raw)
        return raw


def left(folder: Path) -> int:
    """How much is still to be decided on or sent."""
    with contextlib.closing(sqlite3.connect(folder / "data" / "intake.db", timeout=20)) as db:
        (waiting,) = db.execute("select count(*) from message where state = 'waiting'").fetchone()
        (due,) = db.execute("select count(*) from outbox where state in ('due', 'sending')").fetchone()
    return int(waiting + due)


def progress(done: Callable[[], bool], measure: Callable[[], int], what: str) -> None:
    """Wait until `done`, for as long as `measure` changes within two minutes."""
    while not done():
        before = measure()
        wait_until(lambda before=before: done() or measure() != before, 120, what)  # type: ignore[misc]


@pytest.mark.timeout(7200)
def test_random_kills_under_load_lose_and_double_nothing(
    tmp_path: Path, sink: SinkServer, stable: Stable
) -> None:
    port = free_port()
    kind = f"type = lmtp\nport = {port}\naccept = support@desk.example"
    template = template_of(tmp_path, sink, kind)
    sink.on_kept = lambda _: time.sleep(0.01)
    truth = Truth()
    sender = Sender(port, truth)
    running: dict[str, Child] = {}
    kills = 0
    # Both work on the data of one folder, each with files of its own for the rig.
    for name in ("desk", "worker"):
        (tmp_path / name).mkdir()
        text = (template / "intake.ini").read_text()
        (tmp_path / name / "intake.ini").write_text(
            text.replace("[desk]\n", f"[desk]\ndata = {template / 'data'}\n")
        )

    def start(*names: str) -> None:
        for name in names:
            running[name] = stable.start(name, tmp_path / name)

    try:
        start("desk", "worker")
        for _ in rig.in_time(range(KILLS)):
            kills += 1
            time.sleep(random.uniform(0.05, LONGEST))
            victims = random.choice((("desk",), ("worker",), ("desk", "worker")))
            if not sink.mails:
                wait_until(lambda: len(sink.mails) > 3, 30, "it is at work")
            for name in victims:
                assert running[name].alive, (tmp_path / name / "log").read_text()[-3000:]
                os.kill(running[name].pid, signal.SIGKILL)
            for name in victims:
                running[name].wait()
            start(*victims)
        sender.stop.set()
        progress(lambda: not sender.thread.is_alive(), lambda: len(sender.spool), "all is accepted")

        # A message in hand when its process was killed is held for a minute where nobody recovers it.
        progress(lambda: left(template) == 0, lambda: left(template), "all is settled")
    finally:
        sender.stop.set()
        for child in running.values():
            (child.folder / "stop").touch()
            child.wait(20)
    assert sender.refused.empty()
    desk = rig.desk_in(template)
    assert [] == rig.judge(desk, truth, sink)
    rows = desk.store.ledger.list_messages(limit=10**6)
    assert truth.accepted == truth.given.keys() == {row.sha256 for row in rows}
    aside = [row for row in rows if row.state == "quarantined"]
    # Every poisoned one; and one that was in hand at each of four kills could be what kills us.
    assert 0 < sender.poisoned <= len(aside)
    assert (
        len(aside) - sender.poisoned
        <= sum("ended abruptly" in row.reason for row in aside)
        <= max(1, kills / 50)
    )
    unknown = desk.store.outbox.list_mails(state="unknown", limit=10**6)
    # Each kill of a worker leaves at most as many in doubt as it has threads.
    assert len(unknown) <= kills * (desk.settings.queue.workers + 1)
    rig.note("random kills", kills)
    rig.note("random kills: messages", len(rows))
    rig.note("random kills: poisoned", sender.poisoned)
    rig.note("random kills: acknowledgements left unknown", len(unknown))
    print(f"{kills} kills, {len(rows)} messages, {sender.poisoned} poisoned, {len(unknown)} unknown")
    desk.store.close()
