"""A process dies with mail in hand, or with a mailbox: others go on, and who shares nothing at once (F13)."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from faults import rig
from faults.rig import Child, Stable, Truth, letter
from faults.test_stopped import beside, end

from intake.channels import imap, lease
from intake.runtime import lease_owner
from intake.store.taking import HOLD
from intake.testing import SinkServer, imap_append, imap_messages, wait_until
from intake.testing.dovecot import Dovecot

TAKING = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from intake.config.settings import load
from intake import app
from intake.runtime import lease_owner
desk = app.build(load(Path(sys.argv[1])))
taken = desk.store.ledger.take(datetime.now(UTC), 1, lease_owner.name(), lease_owner.gone)
print(*[row.ledger_id for row in taken.rows], flush=True)
time.sleep(60)
"""


@pytest.fixture
def desk(tmp_path: Path, sink: SinkServer, postgres_url: str) -> Iterator[rig.app.Desk]:
    """A desk on PostgreSQL in the folder `desk`."""
    folder = rig.prepare(tmp_path / "desk", sink.port, store=postgres_url.replace("%", "%%"))
    desk = rig.desk_in(folder)
    yield desk
    desk.store.close()


def killed_with_one_in_hand(tmp_path: Path) -> int:
    """Have another process take up a message, and kill it; return which."""
    process = subprocess.Popen(
        [sys.executable, "-c", TAKING, str(tmp_path / "desk" / "intake.ini")],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    with process.stdout as said:
        taken = int(said.readline())
    process.kill()
    process.wait()
    return taken


def test_of_a_process_that_was_killed_with_mail_in_hand_nobody_waits(
    tmp_path: Path, desk: rig.app.Desk
) -> None:
    rig.give(desk, letter("ann"), letter("bob"), letter("ann", 200))
    assert 1 == killed_with_one_in_hand(tmp_path)
    while desk.service.process_pending():
        pass
    assert ["ticketed", "ticketed", "appended"] == outcomes(desk)


def test_of_one_on_another_machine_only_those_wait_who_share_something_with_it(
    tmp_path: Path, desk: rig.app.Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig.give(desk, letter("ann"), letter("bob"), letter("ann", 200))
    assert 1 == killed_with_one_in_hand(tmp_path)
    monkeypatch.setattr(lease_owner.socket, "gethostname", lambda: "elsewhere")
    while desk.service.process_pending():
        pass
    assert ["", "ticketed", ""] == outcomes(desk)
    later: Any = rig.desk_in(tmp_path / "desk", minutes=HOLD.total_seconds() / 60 + 0.1)
    while later.service.process_pending():
        pass
    later.store.close()
    assert ["ticketed", "ticketed", "appended"] == outcomes(desk)


def outcomes(desk: rig.app.Desk) -> list[str]:
    rows = sorted(desk.store.ledger.list_messages(), key=lambda row: row.id)
    return [row.outcome.value if row.outcome else "" for row in rows]


def test_a_mailbox_is_read_by_another_within_a_minute_of_a_death() -> None:
    assert lease.LEASE.total_seconds() + imap.LEASE_RETRY_SECONDS < 60
    assert lease.RENEW_SECONDS * 2 < lease.LEASE.total_seconds(), "one renewal may be late"


@pytest.mark.timeout(200)
def test_a_reader_on_another_machine_takes_over_from_one_that_was_killed(
    tmp_path: Path, sink: SinkServer, stable: Stable, dovecot: Dovecot, user: str, postgres_url: str
) -> None:
    kind = f"type = imap\nhost = 127.0.0.1\nport = {dovecot.port}\nsecurity = none\nuser = {user}\n"
    kind += f"password = {dovecot.password}\npoll_seconds = 5"
    template = rig.prepare(tmp_path / "desk", sink.port, kind, postgres_url.replace("%", "%%"))
    desk, truth = rig.desk_in(template), Truth()
    running: list[Child] = []
    seconds = lease.LEASE.total_seconds() if rig.FULL else 3.0

    def arrive(name: str, count: int) -> None:
        imap_append(dovecot, user, [letter(name)])
        truth.accept(letter(name))
        wait_until(lambda: len(imap_messages(dovecot, user, "Intake")) == count, 60, f"{name} is read")

    try:
        for name, folder in zip(("one", "two"), beside(template, "one", "two"), strict=True):
            (folder / "host").write_text(f"{name}.example")
            (folder / "lease").write_text(str(seconds))
            running.append(stable.start("imap", folder))
            wait_until(lambda: desk.store.mailboxes.states(), 20, "somebody reads")
        arrive("p1", 1)
        assert reader(desk) == "one.example"
        os.kill(running[0].pid, signal.SIGKILL)
        died = time.monotonic()
        arrive("p2", 2)
        assert time.monotonic() - died < (60 if rig.FULL else 20)
        assert reader(desk) == "two.example"
    finally:
        end(running)
    rig.settle(desk)
    assert [] == rig.judge(desk, truth, sink)
    desk.store.close()


def reader(desk: rig.app.Desk) -> str:
    (state,) = desk.store.mailboxes.states()
    assert state.lease_until is not None
    assert state.lease_until > datetime.now(UTC)
    return re.split(" ", state.owner)[0]
