"""What is read at the keyboard is counted for who logged in."""

import json
from collections.abc import Callable
from pathlib import Path

from command_line import Run

from intake.commands.who import first_login


def test_each_reading_is_counted_and_lists_are_not(
    intake: Run, mail: Callable[..., Path], tmp_path: Path
) -> None:
    intake("ingest", str(mail()))
    for line in ("ticket show 1", "ticket show 1", "message show 1", "message show 1 --raw", "search 打印机",
                 "ticket search 打印机", "ticket list", "message list", "status"):  # fmt: skip
        intake(*line.split())
    intake("ticket", "files", "1")
    intake("ticket", "files", "1", "--save", str(tmp_path / "out"))
    rows = json.loads(intake("audit", "reads", "--json").stdout)
    assert {row["who"] for row in rows} == {first_login()}
    assert sorted((row["kind"], row["ticket"], row["n"]) for row in rows if row["ticket"]) == [
        ("file", 1, 1), ("raw", 1, 1), ("show", 1, 3),
    ]  # fmt: skip
    assert [("search", 2)] == [(row["kind"], row["n"]) for row in rows if not row["ticket"]]
    assert "Nothing was read." in intake("audit", "reads", "--who", "nobody").output
