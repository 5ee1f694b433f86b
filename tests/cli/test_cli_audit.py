"""What was done at a desk, and by whom."""

import json
from pathlib import Path

import pytest
from command_line import Run


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_the_audit_says_who_did_what_newest_first(intake: Run) -> None:
    assert "The audit log is empty" in intake("audit").output
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
