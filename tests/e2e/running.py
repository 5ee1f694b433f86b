"""A whole desk as its users meet it: real servers, the real process tree, real mailboxes."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import psutil
from config_files import DIRECT, config_text

ROOT = Path(__file__).resolve().parents[2]


def write_config(
    folder: Path, *, imap: tuple[str, int], user: str, password: str, sink: tuple[str, int], **more: str
) -> Path:
    """Write a config for one IMAP mailbox and return its path. `more` are whole extra sections."""
    path = folder / "intake.ini"
    text = config_text(
        name="Example Wallet",
        desk=f"data = data\n{DIRECT}\n{more.get('desk', '')}",
        store=f"url = {more.get('store', 'sqlite:///intake.db')}",
        queue=f"url = {more.get('queue', 'sqlite:///queue.db')}",
        web=f"enabled = no\n{more.get('web', '')}",
        smtp=f"host = {sink[0]}\nport = {sink[1]}\nsecurity = none\n[team support]",
        mailbox=f"type = imap\nhost = {imap[0]}\nport = {imap[1]}\nsecurity = none\nuser = {user}\n"
        f"password = {password}\nteam = support\npoll_seconds = 5",
        more=more.get("mailbox", ""),
    )
    path.write_text(text, encoding="utf-8")
    return path


class RunningDesk:
    """`intake run` on a config, started on entry and stopped by SIGTERM on leaving."""

    def __init__(self, config: Path) -> None:
        self.config = config
        self.log = config.with_suffix(".log")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "intake", "--config", str(self.config), "run"],
                cwd=ROOT,
                stdout=log,
                stderr=log,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
            )

    def stop(self, seconds: float = 30) -> int:
        """Ask it to stop; return its exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(seconds)
        finally:
            self.kill()

    def kill(self) -> None:
        """Kill the whole process tree at once, children first so that none is restarted."""
        for process in self.tree():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        if self.process is not None:
            self.process.wait(10)

    def tree(self) -> list[psutil.Process]:
        """Return the processes that run, the parent first."""
        assert self.process is not None
        try:
            parent = psutil.Process(self.process.pid)
            return [parent, *parent.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def __enter__(self) -> "RunningDesk":
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        if self.process is not None and self.process.poll() is None:
            self.stop()

    def intake(self, *words: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run one `intake` command against this desk."""
        return subprocess.run(
            [sys.executable, "-m", "intake", "--config", str(self.config), *words],
            cwd=ROOT,
            input=text,
            capture_output=True,
            text=True,
            timeout=60,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )


def soon(what: Callable[[], Any], seconds: float = 30) -> Any:
    """Return the first true value of `what()`; fail when none comes in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := what():
            return value
        time.sleep(0.1)
    raise AssertionError("it did not happen in time")


def read(raw: bytes) -> EmailMessage:
    """Read a mail of our own making for looking at it."""
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def body(message: EmailMessage) -> str:
    """Return the plain text of a mail of our own making."""
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())
