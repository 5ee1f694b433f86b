"""`intake import …`: another desk's history, as the command line takes it in."""

import json
from pathlib import Path
from typing import Any

import pytest
from command_line import Run

from imports import exports


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return exports.export(tmp_path / "old", 30)


def report(intake: Run, *args: str, code: int = 0) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(intake("import", "tickets", *args, "--json", code=code).stdout)
    return made


def test_a_history_is_taken_in_as_it_was(intake: Run, old: Path) -> None:
    done = report(intake, str(old))
    assert (done["tickets"], done["entries"], done["equal"]) == (30, 120, True)
    shown = json.loads(intake("ticket", "show", "5", "--full", "--json").stdout)
    print(json.dumps(shown, indent=1)[:3000])
    again = report(intake, str(old))
    assert (again["tickets"], again["entries"], again["known"], again["run"]) == (0, 0, 30, None)
    assert again["table"] == done["table"]
    print(intake("import", "tickets", str(old)).output)
    print(intake("import", "list").output)
    print(intake("import", "verify", "1", str(old)).output)
    print(intake("fsck").output)
    print(intake("import", "forget", "1", "--yes").output)
    print(intake("fsck").output)
    print(intake("import", "list").output)
