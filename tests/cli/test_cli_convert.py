"""`intake import convert` and `intake import tickets` together: what an old desk had is in this one."""

import json
from pathlib import Path
from typing import Any

import pytest
from command_line import Run
from imports import test_convert_freshdesk as freshdesk
from imports import test_convert_zendesk as zendesk
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
