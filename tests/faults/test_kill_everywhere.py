"""Whatever dies and whenever: one mail makes one ticket and one acknowledgement (I1, I3, I5, I8, I11)."""

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAIL = (
    b"From: Lin <lin@customer.example>\r\nTo: support@desk.example\r\nSubject: help\r\n"
    b"Date: Sun, 22 Nov 2026 10:00:00 +0000\r\nMessage-ID: <one@customer.example>\r\n\r\nMy coins are gone.\r\n"
)


def _road(folder: Path, kill_at: int, minutes: int = 0) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            sys.executable,
            str(ROOT / "tests/faults/road.py"),
            str(folder / "intake.ini"),
            str(folder / "mail.eml"),
            str(folder / "client"),
            str(kill_at),
            str(minutes),
        ],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=60,
    )


def _prepare(folder: Path, sink_port: int) -> Path:
    folder.mkdir()
    (folder / "mail.eml").write_bytes(MAIL)
    (folder / "intake.ini").write_text(
        "[desk]\nname = X\naddress = support@desk.example\n"
        f"[smtp]\nhost = 127.0.0.1\nport = {sink_port}\nsecurity = none\n"
        "[mailbox support]\ntype = ingest\n",
        encoding="utf-8",
    )
    return folder


def _rows(folder: Path, sql: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(folder / "data" / "intake.db") as db:
        return db.execute(sql).fetchall()


@pytest.mark.timeout(500)
def test_killed_at_any_step_it_is_one_ticket_and_one_acknowledgement(tmp_path, sink):
    whole = _road(_prepare(tmp_path / "whole", sink.port), 0)
    assert 0 == whole.returncode, whole.stderr
    steps = int(whole.stdout)
    assert 20 < steps
    held = []
    for step in range(1, steps + 1):
        folder = _prepare(tmp_path / f"at-{step}", sink.port)
        sink.clear()
        killed = _road(folder, step)
        assert -9 == killed.returncode, (step, killed.stderr)
        # An hour later every lease is over and every retry due.
        again = _road(folder, 0, 60)
        assert 0 == again.returncode, (step, again.stderr)

        assert [("done", "ticketed")] == _rows(folder, "select state, outcome from message"), step
        assert [(1,)] == _rows(folder, "select count(*) from ticket"), step
        (row,) = _rows(folder, "select state from outbox")
        taken = len(sink.received)
        assert (taken, row[0]) in {(1, "sent"), (1, "unknown"), (0, "unknown")}, step
        if row[0] == "unknown":
            held.append(step)
    # Only between the note that DATA begins and the note that it ended may it be unknown.
    assert held == list(range(held[0], held[0] + len(held))), json.dumps(held)
    assert len(held) <= 4
