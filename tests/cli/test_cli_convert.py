"""`intake import convert` and `intake import tickets` together: what an old desk had is in this one."""

import json
from pathlib import Path
from typing import Any

import pytest
from command_line import Run
from imports import test_convert_freshdesk as freshdesk
from imports import test_convert_zammad as zammad
from imports import test_convert_zendesk as zendesk
from imports.fake_api import FakeApi
from imports.folders import tickets
from imports.old_desks import FREESCOUT, OSTICKET, database

from intake.testing.mariadb import MariaDB


def imported(intake: Run, folder: Path, code: int = 0) -> dict[str, dict[str, Any]]:
    """Import a folder twice. Returns the tickets that are then there, by their subjects."""
    done = json.loads(intake("import", "tickets", str(folder), "--json", code=code).stdout)
    lines = tickets(folder)
    assert len(lines) == done["tickets"]
    assert sum(len(line["entries"]) for line in lines) == done["entries"]
    assert 0 == done["lost"]
    again = json.loads(intake("import", "tickets", str(folder), "--json", code=code).stdout)
    assert 0 == again["tickets"] == again["entries"]
    assert 0 == len(json.loads(intake("outbox", "list", "--json").stdout))
    rows = json.loads(intake("ticket", "list", "--status", "all", "--json").stdout)
    shown = [json.loads(intake("ticket", "show", str(row["id"]), "--json").stdout) for row in rows]
    return {ticket["subject"]: ticket for ticket in shown}


def test_an_export_of_zendesk_becomes_tickets(intake: Run, tmp_path: Path) -> None:
    lines = [json.dumps(zendesk.ticket(ref, subject=f"Coins {ref}")) for ref in (1, 2)]
    source = zendesk.export(tmp_path / "export", lines)
    intake("import", "convert", "zendesk", str(source), str(tmp_path / "out"))
    made = imported(intake, tmp_path / "out")
    assert {"Coins 1", "Coins 2"} == set(made)
    assert "pending" == made["Coins 1"]["status"]


def test_an_export_of_freshdesk_becomes_tickets(intake: Run, tmp_path: Path) -> None:
    source = freshdesk.export(tmp_path / "export")
    intake("import", "convert", "freshdesk", str(source), str(tmp_path / "out"), code=1)
    made = imported(intake, tmp_path / "out", code=1)
    assert ("closed", "low") == tuple(made["Coins"][key] for key in ("status", "priority"))


def test_a_zammad_becomes_tickets(intake: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All that is missing was lost there, so that nothing is: exit code 0 all along."""
    file = {"id": 5, "filename": "log.txt", "size": "3", "preferences": {"Mime-Type": "text/plain"}}
    monkeypatch.setenv("INTAKE_IMPORT_TOKEN", zammad.TOKEN)
    rows = [zammad.ticket(1), zammad.ticket(2, title="Hello", state="closed")]
    articles = [
        zammad.article(20, "Customer", body="Where?", attachments=[file]),
        zammad.article(21, "Agent", body="Here.", attachments=[{**file, "id": 6, "filename": "gone.txt"}]),
        zammad.article(22, "Agent", internal=True, type="note", body="SECRET-NOTE"),
    ]
    routes = zammad.routes(rows) | {
        "/api/v1/ticket_article_plain/10": zammad.RAW,
        "/api/v1/ticket_articles/by_ticket/2": articles,
        "/api/v1/ticket_attachment/2/20/5": b"abc",
    }
    out = tmp_path / "out"
    with FakeApi(routes, {}, f"Token token={zammad.TOKEN}") as api:
        said = intake("import", "convert", "zammad", api.url, str(out)).stdout
    assert "1 file is gone in the old desk itself" in said
    made = imported(intake, out)
    assert {"Coins": "open", "Hello": "closed"} == {name: row["status"] for name, row in made.items()}
    assert "lin@customer.example" == made["Coins"]["requester"]["mailbox"]
    entries = made["Hello"]["entries"]
    assert ["customer", "reply", "note"] == [entry["kind"] for entry in entries]
    assert [["log.txt"], [], []] == [[row["name"] for row in entry["files"]] for entry in entries]
    assert "Both sides are equal" in intake("import", "verify", "1", str(out)).stdout


@pytest.mark.parametrize(
    ("product", "tables", "subjects"),
    [
        ("osticket", OSTICKET, {"Coins missing", "Hello"}),
        ("freescout", FREESCOUT, {"Coins missing", "By chat", "Cheap pills"}),
    ],
)
def test_a_database_becomes_tickets(
    intake: Run,
    tmp_path: Path,
    maria: MariaDB,
    mailbox_name: str,
    product: str,
    tables: str,
    subjects: set[str],
) -> None:
    with database(maria, mailbox_name, tables) as url:
        intake("import", "convert", product, url, str(tmp_path / "out"), "--timezone", "UTC", code=1)
    made = imported(intake, tmp_path / "out", code=1)
    assert subjects == set(made)
    asked = made["Coins missing"]
    assert ("pending", "lin@home.example") == (asked["status"], asked["requester"]["mailbox"])
