"""A desk whose servers have names that cannot be looked up for a while (F14); run by test_names.

Run in a network and a file system of its own, of which this is root: it brings up the
loopback interface, is the only DNS server there is, and has a mail server and a mailbox
on it. Prints what happened as JSON.
"""

import json
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from faults import rig
from faults.rig import letter

from intake import app
from intake.cli import main as cli
from intake.runtime.backoff import Backoff
from intake.store.schema.tables import Outbox
from intake.store.upkeep.integrity import IntegrityCheck
from intake.testing import SinkServer, imap_connect, pymap_server, wait_until

ANSWERS = {"SERVFAIL": 2, "NXDOMAIN": 3, "silence": None}


class Names:
    """Answers each question for an address with `how`: 0 (127.0.0.1), another RCODE, or nothing (None)."""

    def __init__(self) -> None:
        self.how: int | None = 0
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 53))
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            question, client = self._socket.recvfrom(512)
            if self.how is not None:
                self._socket.sendto(answer(question, self.how), client)


def answer(question: bytes, rcode: int) -> bytes:
    """Return a DNS response (RFC 1035 section 4.1): 127.0.0.1 for A, nothing for other types, or an error."""
    end = question.index(b"\0", 12) + 5
    found = rcode == 0 and question[end - 4 : end - 2] == b"\0\1"
    head = question[:2] + bytes((0x81, 0x80 | rcode)) + b"\0\1" + (b"\0\1" if found else b"\0\0") + b"\0" * 4
    record = b"\xc0\x0c\0\1\0\1" + b"\0\0\0\0" + b"\0\4\x7f\0\0\1"
    return head + question[12:end] + (record if found else b"")


def alone(folder: Path) -> None:
    """Make the loopback interface work, and have names asked for here."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    for path, text in {
        "/etc/resolv.conf": "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n",
        "/etc/nsswitch.conf": "hosts: files dns\n",
    }.items():
        (folder / "own").write_text(text)
        (folder / "own").rename(folder / Path(path).name)
        subprocess.run(["mount", "--bind", str(folder / Path(path).name), path], check=True)


def status(config: Path) -> str:
    """What `intake status` says, in one line."""
    said: Any = CliRunner().invoke(cli, ["--config", str(config), "status"], env={"COLUMNS": "300"})
    assert said.exit_code == 0, said.output
    return " ".join(said.output.split())


def main() -> None:
    folder = Path(tempfile.mkdtemp(dir=sys.argv[1]))
    alone(folder)
    names = Names()
    told: dict[str, Any] = {}
    with SinkServer() as sink, pymap_server() as server:
        with imap_connect(server, server.user) as client:
            for name in ANSWERS:
                client.create(name)
                client.append(name, "", None, letter(f"in.{name}"))
        kind = f"type = imap\nhost = imap.test\nport = {server.port}\nsecurity = none\nuser = {server.user}\n"
        kind += f"password = {server.password}\npoll_seconds = 5"
        config = rig.prepare(folder / "desk", sink.port, kind) / "intake.ini"
        relay = f"host = 127.0.0.1\nport = {sink.port}"
        config.write_text(config.read_text().replace(relay, f"host = relay.test\nport = {sink.port}"))
        desk = rig.desk_in(folder / "desk")
        for name, how in ANSWERS.items():
            names.how = how
            rig.give(desk, letter(f"out.{name}"))
            while desk.service.process_pending():
                pass
            with reading(desk, name):
                told[name] = tried(desk, config)
                names.how = 0
                moved = 2 * len(told)
                wait_until(lambda many=moved: len(desk.store.ledger.list_messages()) == many, 20)  # type: ignore[misc]
                wait_until(lambda: not errors(desk), 20)
            desk.service = replace(desk.service, clock=later(desk.service.clock))
            rig.settle(desk)
            told[name]["still in vain"] = desk.store.outbox.not_going(desk.service.clock())[0]
        told["sent"] = sorted(one.recipients[0].partition("@")[0] for one in sink.mails)
        told["faults"] = list(IntegrityCheck(desk.database.db, desk.database.blobs).faults())
        desk.store.close()
    print(json.dumps(told))


@contextmanager
def reading(desk: app.Desk, folder: str) -> Iterator[None]:
    """Read a folder of the mailbox in a thread, as `intake run` does."""
    channel: Any = desk.channel("support")
    channel._backoff, channel._login_backoff = Backoff((0.2,)), 0.2
    channel._section = replace(channel._section, folders=(folder,))
    stop = threading.Event()
    thread = threading.Thread(target=channel.run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def tried(desk: app.Desk, config: Path) -> dict[str, Any]:
    """Send what is due, in vain; return what became of it, and what is told."""
    began, session = time.monotonic(), desk.session()
    (due,) = desk.store.outbox.due(desk.service.clock(), 10)
    result, took = desk.service.deliver(due, session).result, time.monotonic() - began
    session.close()
    wait_until(lambda: errors(desk), 20, "it is told of the mailbox")
    long_ago = datetime.now(UTC) - timedelta(minutes=20)
    with desk.store.transaction():
        # The warning is not for a server that only asks to come again in a minute.
        desk.database.db.run(Outbox.update(due_since=long_ago).where(Outbox.id == due))
    return {"result": result, "took": took, "status": status(config)}


def errors(desk: app.Desk) -> list[str]:
    """What is wrong with mailboxes now."""
    return [one.last_error for one in desk.store.mailboxes.states() if one.last_error]


def later(clock: Any) -> Any:
    """The clock, an hour further on."""
    return lambda: clock() + timedelta(hours=1)


if __name__ == "__main__":
    main()
