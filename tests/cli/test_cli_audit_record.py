"""The record that shows tampering, at the command line: kept, carried out, held against lies."""

import json
import os
import pwd
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from command_line import Run


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def data(intake: Run, tmp_path: Path) -> Path:
    intake("agent", "add", "anna@desk.example", "--name", "Anna")
    intake("brake", "release", "--as", "anna@desk.example")
    (found,) = tmp_path.rglob("intake.db")
    return found


def lie(data: Path, text: str) -> None:
    with closing(sqlite3.connect(data)) as database:
        database.execute(text)
        database.commit()


def test_a_checkpoint_is_printed_and_what_is_there_agrees_with_it(intake: Run, data: Path) -> None:
    assert "has not begun" in intake("audit", "verify").output
    note = intake("audit", "checkpoint").stdout
    assert re.fullmatch(r"intake-desk/[0-9a-f]{16}\n\d+\n[\w+/]{43}=\n\n\u2014 \S+ \S+\n", note)
    Path("kept.txt").write_text(note)
    said = intake("audit", "verify", "--checkpoint", "kept.txt", "--full").output
    assert "No problems found." in said
    assert "1 checkpoint kept here, 1 from outside" in said
    key = intake("audit", "key").stdout
    assert key.startswith(f"{note.splitlines()[0]}+")
    assert 0o600 == data.with_name("record.key").stat().st_mode & 0o777


def test_a_lie_is_told_and_ends_with_one(intake: Run, data: Path) -> None:
    Path("kept.txt").write_text(intake("audit", "checkpoint").stdout)
    lie(data, "UPDATE audit SET who = 'Ben' WHERE id = 1")
    said = intake("audit", "verify", "--checkpoint", "kept.txt", code=1).output
    assert "audit row 1 is not as it was recorded: its who" in " ".join(said.split())
    row = json.loads(intake("audit", "verify", "--json", code=1).stdout)
    assert row["faults"][0].startswith("audit row 1")


def test_what_is_no_text_is_told_by_its_row_and_is_no_fault_of_the_program(intake: Run, data: Path) -> None:
    intake("audit", "checkpoint")
    lie(data, "UPDATE audit SET what = CAST(x'ff' AS TEXT), at = 'x' WHERE id = 1")
    said = " ".join(intake("audit", "verify", "--full", code=1).output.split())
    assert "audit row 1 cannot be compared: its what, its at cannot be read" in said
    assert "bug" not in said


def test_a_file_without_a_checkpoint_is_refused_with_a_cure(intake: Run, data: Path) -> None:
    Path("empty.txt").write_text("nothing\n")
    assert "Save the whole mail" in intake("audit", "verify", "--checkpoint", "empty.txt", code=1).output
    assert "cannot be read" in intake("audit", "verify", "--checkpoint", "gone.txt", code=1).output


def test_a_key_that_is_gone_or_another_makes_no_checkpoint_until_somebody_accepts_it(
    intake: Run, data: Path
) -> None:
    intake("audit", "checkpoint")
    file = data.with_name("record.key")
    file.unlink()
    assert "--accept" in intake("audit", "checkpoint", code=1).output
    assert not file.exists()
    file.write_text("ab" * 32 + "\n")
    assert "is another key than the record names" in " ".join(
        intake("audit", "checkpoint", code=1).output.split()
    )
    assert "names the key" in intake("audit", "key", "--accept").output
    assert "Nothing was changed" in intake("audit", "key", "--accept").output
    intake("audit", "checkpoint")
    assert "No problems found" in intake("audit", "verify").output
    assert "accepted another key of checkpoints" in intake("audit").output


def test_a_restored_desk_goes_on_with_the_same_record_and_says_so(
    intake: Run, data: Path, tmp_path: Path
) -> None:
    first = intake("audit", "checkpoint").stdout
    said = intake("backup", "kept").output
    assert "record.key" in said
    assert not list(Path("kept").rglob("record.key"))
    intake("brake", "release", "--as", "anna@desk.example")
    Path("later.txt").write_text(intake("audit", "checkpoint").stdout)
    data.parent.rename(tmp_path / "old")
    intake("restore", "kept")
    assert "--accept" in intake("audit", "checkpoint", code=1).output
    data.with_name("record.key").write_bytes((tmp_path / "old" / "record.key").read_bytes())
    Path("first.txt").write_text(first)
    assert first.splitlines()[0] == intake("audit", "checkpoint").stdout.splitlines()[0]
    said = " ".join(intake("audit", "verify", "--checkpoint", "first.txt").output.split())
    assert "a backup was restored on" in said
    # What came after the backup is gone, and a checkpoint of then says so.
    said = " ".join(intake("audit", "verify", "--checkpoint", "later.txt", code=1).output.split())
    assert "a backup was restored on" in said


def test_who_did_it_is_what_the_kernel_says_and_not_the_environment(
    intake: Run, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LOGNAME", "USER", "USERNAME", "LNAME"):
        monkeypatch.setenv(name, "the-ceo")
    monkeypatch.setenv("SUDO_UID", "4711")
    intake("agent", "add", "ben@desk.example", "--name", "Ben")
    row = json.loads(intake("audit", "--json").stdout)[0]
    assert pwd.getpwuid(os.getuid()).pw_name == row["who"]
    assert row["authority"].startswith(f"command line (uid {os.getuid()} ")
    assert "sudo by 4711" in row["authority"]
    intake("block", "add", "eve@elsewhere.example", "--as", "anna@desk.example")
    row = json.loads(intake("audit", "list", "--json").stdout)[0]
    assert ("Anna", True) == (row["who"], f"uid {os.getuid()}" in row["authority"])
