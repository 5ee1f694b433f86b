"""The clock of the machine jumps while mail comes in and goes out (F13, I17), by libfaketime."""

import smtplib
import time
from pathlib import Path

import pytest
from conftest import unavailable
from faults import rig
from faults.clients import template_of
from faults.rig import Truth, letter

from intake.testing import Delivery, SinkServer, free_port, wait_until

# There and back: what was written while the clock was ahead must not wait until it is there again.
JUMPS = ("+0", "-1d", "+1d", "+30d", "+0", "+12y", "-30d", "+0")
EACH = 4


@pytest.mark.timeout(300)
def test_the_clock_of_the_machine_jumps_under_load(tmp_path: Path, sink: SinkServer) -> None:
    library = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
    if library is None:
        unavailable("libfaketime is not installed: scripts/install-test-servers.sh")
        raise AssertionError
    clock = tmp_path / "clock"
    clock.write_text(JUMPS[0])
    faked = {
        "LD_PRELOAD": str(library),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        # As on a real machine, where only the wall clock is set.
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    port, truth = free_port(), Truth()
    template = template_of(tmp_path, sink, f"type = lmtp\nport = {port}\naccept = support@desk.example")
    # A mail is in hand when the clock jumps, a day back and a month on for longer than sweeps are apart.
    held = {f"p{turn * EACH + EACH // 2 + 1}@customer.example": JUMPS[turn] for turn in (1, 3)}

    def take(delivery: Delivery) -> str | None:
        jump = held.get(delivery.recipients[0])
        if jump:
            clock.write_text(jump)
        time.sleep(7 if jump else 0.05)
        return None

    sink.on_kept = take
    folders = {name: tmp_path / name for name in ("desk", "worker")}
    for folder in folders.values():
        folder.mkdir()
        text = (template / "intake.ini").read_text()
        (folder / "intake.ini").write_text(text.replace("[desk]\n", f"[desk]\ndata = {template / 'data'}\n"))
    with rig.stable(faked) as one:
        running = [one.start(name, folder) for name, folder in folders.items()]
        try:
            number = 0
            for jump in JUMPS:
                for place in range(EACH):
                    number += 1
                    hand_in(port, letter(f"p{number}"), truth)
                    if place == EACH // 2 and jump not in held.values():
                        clock.write_text(jump)
                wait_until(lambda number=number: len(sink.mails) >= number, 60, f"{jump}: all is answered")
        finally:
            for child in running:
                (child.folder / "stop").touch()
                child.wait(20)
    desk = rig.desk_in(template)
    # None was put off, none given up, none sent in a burst of second tries.
    answers = [row for row in desk.store.outbox.list_mails(limit=1000) if row.kind == "acknowledgement"]
    assert ["sent"] * number == [row.state for row in answers]
    days = {row.received_at.date() for row in desk.store.ledger.list_messages(limit=1000)}
    assert 4 <= len(days), "the clock did jump"
    assert [] == rig.judge(desk, truth, sink)
    desk.store.close()


def hand_in(port: int, raw: bytes, truth: Truth) -> None:
    """Hand in a mail until it is taken."""
    truth.give(raw)
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            with smtplib.LMTP("127.0.0.1", port, timeout=10) as client:
                client.sendmail("a@customer.example", ["support@desk.example"], raw)
        except (OSError, smtplib.SMTPServerDisconnected):
            time.sleep(0.05)
            continue
        truth.accept(raw)
        return
    raise TimeoutError("the mail was not taken")
