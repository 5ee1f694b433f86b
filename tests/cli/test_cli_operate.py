"""What an admin looks after a desk with: audit, migrate, watch, completion."""

import json
import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from intake import app, terminal
from intake.commands.common import now
from intake.commands.watch import frame
from intake.config import settings as configs
from intake.ports import Temporary

Run = Callable[..., Any]
OLD = Path(__file__).parent.parent / "store" / "tables-of-version-1.sql"


def test_the_audit_says_who_did_what_newest_first(intake: Run) -> None:
    assert "Nothing was done" in intake("audit").output
    intake("agent", "add", "anna@desk.example", "--name", "Anna")
    intake("brake", "release", "--as", "anna@desk.example")
    intake("backup", "kept-elsewhere-than-here", code=0)
    rows = json.loads(intake("audit", "--json").output)
    assert sorted((row["at"] for row in rows), reverse=True) == [row["at"] for row in rows]
    assert {"id", "at", "who", "what", "authority", "ticket", "message"} == set(rows[0])
    assert [] == json.loads(intake("audit", "--json", "--who", "Nobody").output)
    assert [] == json.loads(intake("audit", "--json", "--ticket", "9").output)
    assert len(rows) == len(json.loads(intake("audit", "--json", "--since", "2026-01-01").output))
    assert 1 == len(json.loads(intake("audit", "--json", "--limit", "1").output))


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_migrate_copies_then_upgrades_then_has_nothing_to_do(intake: Run, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir(exist_ok=True)
    with closing(sqlite3.connect(data / "intake.db")) as database:
        database.executescript(OLD.read_text(encoding="ascii"))
        database.execute("INSERT INTO meta (name, value) VALUES ('schema', '1')")
        database.commit()
    said = intake("migrate", "--check", code=1).output
    assert "version 1" in said
    assert not (data / "intake.db.version-1").exists()
    assert str(data / "intake.db.version-1") in intake("migrate").output.replace("\n", "")
    assert (data / "intake.db.version-1").exists()
    assert "nothing to do" in intake("migrate").output
    assert "brought the tables" in intake("audit").output


def test_migrate_makes_no_new_desk(intake: Run, tmp_path: Path) -> None:
    for line in ("migrate --check", "migrate"):
        said = " ".join(intake(*line.split()).output.split())
        assert "There are no tables yet, and nothing to bring up to date" in said
        assert "`intake restore`" in said
        assert not (tmp_path / "data" / "intake.db").exists()
    shutil.rmtree(tmp_path / "data")
    assert "There is no desk in" in intake("migrate", code=1).output
    assert not (tmp_path / "data").exists()


def test_watch_needs_a_terminal_and_paints_within_it(intake: Run) -> None:
    assert "needs a terminal" in intake("watch", code=1).output

    def draw() -> None:
        for n in range(50):
            terminal.say(f"line {n}")

    painted = frame(draw, 10)
    assert (9, True) == (painted.count("\n"), painted.startswith("\x1b[H"))

    def busy() -> None:
        raise Temporary("the database is locked")

    assert "the database is locked" in frame(busy, 10)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_a_script_that_names_the_command(intake: Run, shell: str) -> None:
    script = intake("completion", shell).output
    assert "_INTAKE_COMPLETE" in script
    assert re.search(r"\bintake\b", script)


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
    assert any(re.match(r" *2  Tickets open", line) for line in lines)
    assert any(re.match(r" *0  Messages set aside", line) for line in lines)
    # What is counted can be read; what to do about it is left out first.
    assert any(re.match(r" *0  Promises that end within t", line) for line in lines)
    assert (width >= 60) == any("intake ticket list" in line for line in lines)
