"""A process is stopped in the middle of its work, and goes on minutes later (F13): SIGSTOP, SIGCONT.

Another one is at work meanwhile. None is lost, none comes twice, and the end of none is unknown.
"""

import os
import signal
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from faults import rig
from faults.clients import template_of
from faults.proxy import Proxy
from faults.rig import Child, Stable, Truth, letter

from intake.testing import Delivery, SinkServer, imap_append, imap_messages, wait_until
from intake.testing.dovecot import Dovecot

STOPPED_SECONDS = 120.0 if rig.FULL else 3.0


def halt(child: Child) -> None:
    """Stop it as a shell does, or a machine that has no memory left."""
    os.kill(child.pid, signal.SIGSTOP)
    wait_until(lambda: ") T " in Path(f"/proc/{child.pid}/stat").read_text(), 5, "it is stopped")


def go_on(*children: Child) -> None:
    for one in children:
        os.kill(one.pid, signal.SIGCONT)


def end(running: list[Child]) -> None:
    """Ask them all to stop, and wait."""
    for child in running:
        if child.alive:
            go_on(child)
        (child.folder / "stop").touch()
    for child in running:
        child.wait(20)


def beside(template: Path, *names: str) -> list[Path]:
    """Folders of processes that share the data of `template`, and have files of their own for the rig."""
    folders = [template.with_name(name) for name in names]
    for folder in folders:
        folder.mkdir()
        text = (template / "intake.ini").read_text()
        (folder / "intake.ini").write_text(text.replace("[desk]\n", f"[desk]\ndata = {template / 'data'}\n"))
    return folders


@pytest.mark.timeout(400)
def test_workers_stopped_in_data_and_after_the_dot(tmp_path: Path, sink: SinkServer, stable: Stable) -> None:
    raws = [letter(f"p{number}") for number in range(8)]
    template, truth = template_of(tmp_path, sink), Truth()
    desk = rig.desk_in(template)
    desk.store.agents.add("anna@staff.example", "Anna", (), datetime.now(UTC))
    rig.give(desk, *raws)
    for raw in raws:
        truth.accept(raw)
    while desk.service.process_pending():
        pass
    running: list[Child] = []
    halted: list[str] = []
    to = [""]

    def within(line: bytes) -> None:
        # A notice: what is unclear about it is sent once more.
        if line.startswith(b"RCPT"):
            to[0] = line.decode()
        elif line.upper().startswith(b"DATA") and "anna@staff.example" in to[0] and not halted:
            halt(running[0])
            halted.append("within DATA")

    def taken(delivery: Delivery) -> None:
        # An acknowledgement: what is unclear about it is never sent again.
        if len(running) == 2 and len(halted) == 1 and "anna@staff.example" not in delivery.recipients:
            halt(running[1])
            halted.append("after the dot")

    sink.on_kept = taken
    with Proxy(sink.port) as proxy:
        proxy.told = within
        first, second, third = beside(template, "first", "second", "third")
        config = first / "intake.ini"
        config.write_text(config.read_text().replace(f"port = {sink.port}\n", f"port = {proxy.port}\n"))
        try:
            for folder in (first, second, third):
                running.append(stable.start("worker", folder))
                wait_until(lambda: len(halted) >= min(len(running), 2), 20, "it is stopped in the middle")
            until = time.monotonic() + STOPPED_SECONDS
            # The third sends all that is left; of what the others hold it keeps off.
            wait_until(lambda: len(sink.mails) == 15, 20, "the rest is sent")
            time.sleep(max(0.0, until - time.monotonic()))
            assert Counter(sending=2, sent=14) == states(desk)
            go_on(*running[:2])
            wait_until(lambda: states(desk) == Counter(sent=16), 20, "all is sent")
        finally:
            end(running)
    assert [] == rig.judge(desk, truth)
    assert ["within DATA", "after the dot"] == halted
    assert Counter({row.message_id: 1 for row in desk.store.outbox.list_mails(limit=100)}) == Counter(
        message_id(one) for one in sink.mails
    )
    desk.store.close()


def states(desk: rig.app.Desk) -> Counter[str]:
    return Counter(row.state for row in desk.store.outbox.list_mails(limit=100))


def message_id(delivery: Delivery) -> str:
    (line,) = (x for x in delivery.raw.split(b"\r\n") if x.lower().startswith(b"message-id:"))
    return line.partition(b":")[2].strip(b" <>").decode()


@pytest.mark.timeout(400)
def test_a_reader_stopped_while_it_fetches(
    tmp_path: Path, sink: SinkServer, stable: Stable, dovecot: Dovecot, user: str
) -> None:
    raws, truth = [letter(f"p{number}", 500 * number) for number in range(6)], Truth()
    imap_append(dovecot, user, raws)
    for raw in raws:
        truth.accept(raw)
    running: list[Child] = []
    halted: list[bytes] = []

    def fetching(line: bytes) -> None:
        if b"PEEK" in line and not halted:
            halted.append(line)
            halt(running[0])

    with Proxy(dovecot.port) as proxy:
        proxy.told = fetching
        kind = f"type = imap\nhost = 127.0.0.1\nport = {proxy.port}\nsecurity = none\nuser = {user}\n"
        kind += f"password = {dovecot.password}\npoll_seconds = 5"
        template = template_of(tmp_path, sink, kind)
        try:
            for folder in beside(template, "first", "second"):
                if not rig.FULL:
                    # Another one takes over while the first is stopped, as it does after 45 seconds.
                    (folder / "lease").write_text("1")
                running.append(stable.start("imap", folder))
                wait_until(lambda: halted, 20, "it is stopped while it fetches")
            time.sleep(STOPPED_SECONDS)
            assert running[1].alive
            if rig.FULL:
                go_on(running[0])
            wait_until(lambda: len(imap_messages(dovecot, user, "Intake")) == 6, 60, "all is read")
            go_on(running[0])
            wait_until(lambda: sum(b"MOVE" in line for line in proxy.lines) >= 2, 30, "the first ends it")
        finally:
            end(running)
    desk = rig.desk_in(template)
    rig.settle(desk)
    assert [] == rig.judge(desk, truth, sink)
    assert [] == imap_messages(dovecot, user)
    assert sorted(raws) == sorted(one.raw for one in imap_messages(dovecot, user, "Intake"))
    desk.store.close()
