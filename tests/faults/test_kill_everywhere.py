"""Whatever dies and whenever: one mail makes one ticket and one acknowledgement (I1, I3, I5, I8, I11)."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAIL = (
    b"From: Lin <lin@customer.example>\r\nTo: support@desk.example\r\nSubject: help\r\n"
    b"Date: Sun, 22 Nov 2026 10:00:00 +0000\r\nMessage-ID: <one@customer.example>\r\n\r\n"
    b"My coins are late.\r\n"
)


@pytest.fixture
def road():
    """Go one mail's road: (folder, kill at step, minutes later) -> (exit code, steps)."""
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "tests/faults/road.py")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
    )

    def go(folder: Path, kill_at: int, minutes: int = 0) -> tuple[int, int]:
        process.stdin.write(f"{folder} {kill_at} {minutes}\n")
        process.stdin.flush()
        code, steps = process.stdout.readline().split()
        return int(code), int(steps)

    with process:
        yield go
        process.stdin.close()


def _prepare(folder: Path, sink_port: int) -> Path:
    folder.mkdir()
    (folder / "mail.eml").write_bytes(MAIL)
    (folder / "intake.ini").write_text(
        "[desk]\nname = X\naddress = support@desk.example\nagent_authority = token\nundo_seconds = 0\n"
        f"[smtp]\nhost = 127.0.0.1\nport = {sink_port}\nsecurity = none\n"
        "[mailbox support]\ntype = ingest\n",
        encoding="utf-8",
    )
    return folder


def _rows(folder: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(folder / "data" / "intake.db")) as db:
        return db.execute(sql).fetchall()


@pytest.mark.timeout(300)
def test_killed_at_any_step_it_is_one_ticket_and_one_acknowledgement(tmp_path, sink, road):
    code, steps = road(_prepare(tmp_path / "whole", sink.port), 0)
    assert 0 == code
    assert 20 < steps
    held: list[int] = []
    twice: list[int] = []
    for step in range(1, steps + 1):
        folder = _prepare(tmp_path / f"at-{step}", sink.port)
        sink.clear()
        assert -9 == road(folder, step)[0], step
        # An hour later every lease is over and every retry due.
        assert 0 == road(folder, 0, 60)[0], step

        assert [("done", "ticketed")] == _rows(folder, "select state, outcome from message"), step
        assert [(1,)] == _rows(folder, "select count(*) from ticket"), step
        ended = dict(_rows(folder, "select kind, state from outbox"))
        assert {"acknowledgement", "notice"} == ended.keys(), step
        state = ended["acknowledgement"]
        answers, notices = len(sink.to("lin@customer.example")), len(sink.to("anna@staff.example"))
        assert (answers, state) in {(1, "sent"), (1, "unknown"), (0, "unknown")}, step
        assert (notices, ended["notice"]) in {(1, "sent"), (2, "sent")}, step
        if state == "unknown":
            held.append(step)
        if notices == 2:
            twice.append(step)
    # Only between the note that DATA begins and the note that it ended may it be unknown. The first of
    # two mails is noted as sent together with the claim on the second, which takes steps of its own.
    for steps_of_one, most in ((held, 4), (twice, 8)):
        one_after_the_other = list(range(steps_of_one[0], steps_of_one[0] + len(steps_of_one)))
        assert steps_of_one == one_after_the_other, json.dumps([held, twice])
        assert len(steps_of_one) <= most, json.dumps([held, twice])
