"""After an erasure nothing of a person is left in the data folder, and reading again brings nothing back."""

import json
from datetime import UTC, datetime
from pathlib import Path

from pump import letter

from intake import app
from intake import config as configs
from intake.store.blobs import LARGEST_ROW

CANARY = "canary7f3a9"
ADDRESS = f"{CANARY}@customer.example"


def traces(folder: Path) -> list[str]:
    return [
        path.name for path in folder.rglob("*") if path.is_file() and CANARY.encode() in path.read_bytes()
    ]


def test_nothing_of_an_erased_person_is_left(intake, mail, config, tmp_path) -> None:
    intake("agent", "add", "anna@staff.example", "--name", "Anna")
    large = letter(ADDRESS, "help@desk.example", "Large", CANARY * (LARGEST_ROW // 8))
    small = letter(ADDRESS, "help@desk.example", f"Help {CANARY}", f"I am {CANARY}")
    for name, raw in (("large", large), ("small", small)):
        (tmp_path / f"{name}.eml").write_bytes(raw)
    intake("ingest", str(mail()), str(tmp_path / "large.eml"), str(tmp_path / "small.eml"))
    intake("ticket", "reply", "3", "--text", f"Hello {CANARY}", "--as", "anna@staff.example")
    kept = tmp_path / "data"
    assert "intake.db" in " ".join(traces(kept))
    assert intake("erase", ADDRESS, text="n\n", code=1)
    assert 3 == len(json.loads(intake("ticket", "list", "--json").stdout))
    assert "Erased 2 tickets, 2 messages" in intake("erase", ADDRESS.upper(), "--yes").output
    assert [] == traces(kept)
    assert [1] == [one["id"] for one in json.loads(intake("ticket", "list", "--json").stdout)]
    assert "All is well" in intake("fsck").output
    intake("ingest", str(tmp_path / "large.eml"), str(tmp_path / "small.eml"))
    assert [] == traces(kept)
    again = json.loads(intake("message", "list", "--outcome", "erased", "--json").stdout)
    assert [("done", 0)] * 2 == [(row["state"], row["size"]) for row in again]
    assert "All is well" in intake("fsck").output
    assert "Erased 0 tickets" in intake("erase", ADDRESS, "--yes").output


def test_retention_erases_what_was_closed_long_ago(intake, mail, config, tmp_path) -> None:
    config.write_text(config.read_text().replace("[desk]\n", "[desk]\nretention_days = 30\n"))
    intake("ingest", str(mail()), str(mail("Open", "still open", "two")))
    intake("ticket", "close", "1")
    desk = app.build(configs.load(config))
    today = datetime.now(UTC)
    assert 0 == app.forget(desk, today)
    assert 1 == app.forget(desk, today.replace(year=today.year + 1))
    assert [2] == [one.id for one in desk.store.list_tickets()]
    assert [] == list(desk.store.faults())
    desk.store.close()
