"""How a desk fares: what is counted, and how it is shown."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import Run

from intake import app
from intake.commands.common import now
from intake.config import settings as configs


def test_status_tells_the_pulse_the_queue_and_the_room(intake: Run, mail: Callable[..., Path]) -> None:
    intake("ingest", str(mail()))
    said = json.loads(intake("status", "--json").output)
    assert (1, 0, 0) == (
        said["vitals"]["received"],
        said["vitals"]["promises_late"],
        said["vitals"]["decide_age"],
    )
    assert said["free"] > 0
    assert isinstance(said["queue"], int)
    shown = intake("status").output
    assert "GB free" in shown
    assert re.search(r"Queue +\d+ jobs?\b", shown)


@pytest.mark.parametrize("width", [40, 50, 60, 80, 120])
def test_status_fits_a_narrow_screen_and_keeps_its_numbers(
    width: int, intake: Run, mail: Callable[..., Path], config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = "[mailbox the-one-with-a-long-name]\ntype = imap\nhost = h\nuser = u\npassword = p\n"
    config.write_text(config.read_text(encoding="utf-8") + more, encoding="utf-8")
    intake("ingest", str(mail()), str(mail("Two", name="two")))
    desk = app.build(configs.load(config))
    desk.store.mailboxes.seen(
        "the-one-with-a-long-name", now(), "host: cannot connect to it. Correct the host"
    )
    desk.store.close()
    monkeypatch.setenv("COLUMNS", str(width))
    lines = intake("status").output.splitlines()
    assert max(map(len, lines)) <= width
    assert any(re.match(r" *2  Open tickets", line) for line in lines)
    assert any(re.match(r" *0  Messages in quarantine", line) for line in lines)
    # What is counted can be read; what to do about it is left out first.
    assert any(re.match(r" *0  SLA due within 1 h", line) for line in lines)
    assert (width >= 60) == any("intake ticket list" in line for line in lines)


def test_status_counts_what_is_kept_without_a_ticket(intake: Run, mail: Callable[..., Path]) -> None:
    """It is in no other number, and nobody is told of it."""
    for number, (whose, field) in enumerate(
        (
            (b"help@desk.example", b"Auto-Submitted: auto-generated"),
            (b"help@desk.example", b"Auto-Submitted: auto-replied\nReply-To: kim@buyer.example"),
            (b"help@desk.example", b"Return-Path: <>"),
            (b"wang@customer.example", b"Auto-Submitted: auto-replied"),
            (b"wang@customer.example", b"X-A: b"),
        )
    ):
        path = mail(name=f"m{number}")
        path.write_bytes(field + b"\n" + path.read_bytes().replace(b"wang@customer.example", whose))
        intake("ingest", str(path))
    counts = json.loads(intake("status", "--json").output)["counts"]
    assert (1, 3, 1) == (counts["open_tickets"], counts["own"], counts["automatic"])
    shown = intake("status").output
    assert re.search(r"(?m)^ *3  From us, without a ticket \(7 d\)", shown)
    assert re.search(r"(?m)^ *1  Automatic, without a ticket \(7 d\)", shown)
    assert "intake message list --outcome automatic" in shown
