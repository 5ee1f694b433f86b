"""A desk that gets no more memory: peers keep their mail, and it comes back by itself.

I13 and F15: the limit is RLIMIT_AS, which each process of the desk inherits.
"""

import resource
import smtplib
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from config_files import config_text, to_port
from faults import rig

from intake.testing import free_port, wait_until
from intake.testing.tools import listening

ROOT = Path(__file__).resolve().parents[2]
MEGABYTE = 1 << 20
# Within it a desk whose memory was used up takes mail again: it ends within 20 s and starts in 2.
BOUND = 45.0


def limited(megabytes: int) -> Callable[[], None]:
    size = megabytes * MEGABYTE
    return lambda: resource.setrlimit(resource.RLIMIT_AS, (size, size))


def run(folder: Path, port: int, megabytes: int) -> subprocess.Popen[bytes]:
    """Start a whole desk, its form included."""
    config = folder / "intake.ini"
    config.write_text(
        config_text(
            address="help@desk.example",
            desk="",
            web="port = 0",
            smtp=to_port(1),
            mailbox=f"type = lmtp\nport = {port}\naccept = help@desk.example",
        )
    )
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, str(ROOT / "cli.py"), "--config", str(config), "run"],
            cwd=folder,
            stderr=log,
            preexec_fn=limited(megabytes),
        )


def send(port: int, name: str, size: int, said: Counter[str]) -> bool:
    """Hand a mail in once; count what was said of it. Returns whether it was taken."""
    text = f"From: <{name}@customer.example>\r\nSubject: {name}\r\n\r\n" + ("x" * 70 + "\r\n") * (size // 72)
    try:
        with smtplib.LMTP("127.0.0.1", port, timeout=60) as client:
            client.sendmail(f"{name}@customer.example", ["help@desk.example"], text)
    except smtplib.SMTPRecipientsRefused as err:
        said[str(next(iter(err.recipients.values()))[0])] += 1
        return False
    except smtplib.SMTPResponseException as err:
        said[str(err.smtp_code)] += 1
        return False
    except (smtplib.SMTPException, OSError):
        said["gone"] += 1
        return False
    said["250"] += 1
    return True


@pytest.mark.parametrize("megabytes", [400, 500, 600] if rig.FULL else [500])
def test_twenty_four_mails_at_once_in_too_little_memory(megabytes: int, tmp_path: Path) -> None:
    port = free_port()
    process = run(tmp_path, port, megabytes)
    said: Counter[str] = Counter()
    try:
        wait_until(lambda: listening(port), 60, "LMTP listens")
        threads = [
            threading.Thread(target=send, args=(port, f"large{number}", 12 * MEGABYTE, said))
            for number in range(24)
        ]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        assert not [code for code in said if code.startswith("5")], (
            said,
            (tmp_path / "log").read_text()[-2000:],
        )
        began = time.monotonic()
        left = [f"small{number}" for number in range(6)]
        while left and time.monotonic() - began < BOUND:
            left = [name for name in left if not send(port, name, 500, said)]
            time.sleep(0.5)
        assert [] == left, (said, (tmp_path / "log").read_text()[-2000:])
        assert not [code for code in said if code.startswith("5")], said
        rig.note("RLIMIT_AS and 24 mails at once", 1)
    finally:
        process.terminate()
        process.wait(60)


def test_a_desk_at_rest_needs_a_third_of_a_gigabyte_of_addresses(tmp_path: Path) -> None:
    port = free_port()
    process = run(tmp_path, port, 400)
    log = tmp_path / "log"
    try:
        wait_until(lambda: "web form open" in log.read_text(), 60, "the form is open")
        wait_until(lambda: "worker started" in log.read_text(), 60, "the worker works")
        said: Counter[str] = Counter()
        assert [True] * 6 == [send(port, f"small{number}", 500, said) for number in range(6)], said
        sizes = {one.pid: one.memory_info().vms for one in psutil.Process(process.pid).children()}
        assert 2 == len(sizes)
        assert max(sizes.values()) < 350 * MEGABYTE, sizes
        assert "not enough memory" not in log.read_text()
    finally:
        process.terminate()
        process.wait(60)


@pytest.mark.parametrize("megabytes", [60, 100, 150, 250] if rig.FULL else [100, 250])
def test_a_start_in_too_little_memory_ends_in_a_sentence(megabytes: int, tmp_path: Path) -> None:
    process = run(tmp_path, 0, megabytes)
    log = tmp_path / "log"
    try:
        wait_until(
            lambda: "not enough memory" in log.read_text() or "listening on" in log.read_text(),
            90,
            "a sentence, or a desk",
        )
        # Of a desk that did start and has next to nothing left, Python itself may say later that a thread of
        # it could not begin.
        said = log.read_text()
    finally:
        process.terminate()
        process.wait(60)
    assert "Traceback" not in said
