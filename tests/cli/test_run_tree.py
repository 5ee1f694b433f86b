"""`intake run` as it is run: a real process tree, mail in by LMTP, mail out by SMTP, and stopping."""

import os
import signal
import smtplib
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from config_files import config_text

from intake import testing
from intake.testing import free_port, wait_until
from intake.testing.tools import listening

ROOT = Path(__file__).resolve().parents[2]
MAIL = (
    "From: Wang <wang@customer.example>\r\nTo: help@desk.example\r\nSubject: printer\r\n"
    "Date: Sun, 22 Nov 2026 06:00:00 +0000\r\nMessage-ID: <{name}@customer.example>\r\n\r\nIt is {name}.\r\n"
)
MEGABYTE = 1024 * 1024


class Tree:
    """A running desk with a listener, a form and a way out."""

    def __init__(self, folder: Path, sink: testing.SinkServer) -> None:
        self.folder, self.lmtp, self.web, self.sink = folder, free_port(), free_port(), sink
        self.config = folder / "intake.ini"
        self.config.write_text(
            config_text(
                address="help@desk.example",
                desk="automatic_per_unverified_day = 10",
                web=f"port = {self.web}",
                smtp=f"host = {sink.host}\nport = {sink.port}\nsecurity = none",
                mailbox=f"type = lmtp\nport = {self.lmtp}\naccept = help@desk.example",
            ),
            encoding="utf-8",
        )
        self.log = (folder / "log").open("wb")
        self.process = subprocess.Popen(
            [sys.executable, str(ROOT / "cli.py"), "--config", str(self.config), "run"],
            cwd=folder,
            stderr=self.log,
            env={key: value for key, value in os.environ.items() if key != "PYTHONPATH"},
        )

    def started(self) -> None:
        wait_until(lambda: listening(self.lmtp), 60, "LMTP listens")
        wait_until(lambda: listening(self.web), 60, "the form answers")
        wait_until(lambda: "worker started" in self.logged(), 60, "the worker works")

    def logged(self) -> str:
        return (self.folder / "log").read_text(encoding="utf-8")

    def family(self) -> list[psutil.Process]:
        parent = psutil.Process(self.process.pid)
        return [parent, *parent.children(recursive=True)]

    def send(self, name: str) -> None:
        with smtplib.LMTP("127.0.0.1", self.lmtp) as client:
            client.sendmail("wang@customer.example", ["help@desk.example"], MAIL.format(name=name))

    def end(self) -> None:
        if self.process.poll() is None:
            for one in self.family():
                one.kill()
        self.process.wait()
        self.log.close()


@pytest.fixture
def tree(tmp_path: Path, sink: testing.SinkServer) -> Iterator[Tree]:
    running = Tree(tmp_path, sink)
    try:
        running.started()
        yield running
    finally:
        running.end()


def gone(processes: list[psutil.Process]) -> Callable[[], bool]:
    return lambda: not any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in processes)


def test_a_desk_runs_survives_a_dead_child_and_stops_cleanly(tree: Tree) -> None:
    tree.send("first")
    wait_until(lambda: len(tree.sink.mails) == 1, 30, "the acknowledgement")
    with urllib.request.urlopen(f"http://127.0.0.1:{tree.web}/healthz", timeout=10) as answer:
        assert b"ok\n" == answer.read()
    family = tree.family()
    assert 3 == len(family)
    resident = sum(one.memory_info().rss for one in family)
    assert resident < 150 * MEGABYTE, resident // MEGABYTE
    # A desk in a file has no use for the drivers of servers.
    assert not [one for one in family if any("psycopg" in part.path for part in one.memory_maps())]

    for child in family[1:]:
        child.kill()
    wait_until(lambda: tree.logged().count("starts again in 1 s") == 2, 10, "both deaths are told")
    wait_until(lambda: len(tree.family()) == 3, 30, "both run again")
    wait_until(lambda: listening(tree.lmtp), 60, "LMTP listens again")
    tree.send("second")
    wait_until(lambda: len(tree.sink.mails) == 2, 30, "the next acknowledgement")

    family = tree.family()
    began = time.monotonic()
    tree.process.send_signal(signal.SIGTERM)
    assert 0 == tree.process.wait(30)
    assert time.monotonic() - began < 25
    assert gone(family)()
    log = tree.logged()
    assert "Traceback" not in log
    for secret in ("It is first", "wang@customer.example", "printer"):
        assert secret not in log


def test_no_process_outlives_a_parent_that_was_killed(tree: Tree) -> None:
    family = tree.family()
    tree.process.kill()
    wait_until(gone(family[1:]), 30, "the children end by themselves")
