"""osTicket and FreeScout are read out of a real database, which goes on as it was."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from imports.folders import everything, public, tickets
from imports.old_desks import FREESCOUT, OSTICKET, database

from intake.cli import main
from intake.imports.converters import mysql
from intake.ports import UserError
from intake.testing.mariadb import MariaDB


@pytest.fixture
def osticket(maria: MariaDB, mailbox_name: str) -> Iterator[str]:
    with database(maria, mailbox_name, OSTICKET) as url:
        yield url


@pytest.fixture
def freescout(maria: MariaDB, mailbox_name: str) -> Iterator[str]:
    with database(maria, mailbox_name, FREESCOUT) as url:
        yield url


def run(product: str, url: str, folder: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["import", "convert", product, url, str(folder), *options])


def by_ref(ticket: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {entry["ref"]: entry for entry in ticket["entries"]}


def test_a_ticket_of_osticket_comes_with_its_people_fields_dates_and_files(
    osticket: str, tmp_path: Path
) -> None:
    run("osticket", osticket, tmp_path / "out", "--timezone", "Europe/Berlin")

    ticket, _other = tickets(tmp_path / "out")
    entries = by_ref(ticket)
    assert ("1", "100001", "Coins missing", "pending", "urgent") == tuple(
        ticket[key] for key in ("ref", "number", "subject", "status", "priority")
    )
    assert {"address": "lin@home.example", "name": "Lin Chen"} == ticket["requester"]
    assert [{"address": "bo@customer.example", "name": "Bo Berg"}] == ticket["participants"]
    assert {"address": "kim@old.example", "name": "Alex Kim"} == ticket["assignee"]
    assert ("Billing", "Refunds") == (ticket["team"], ticket["category"])
    assert {"Your plan": "Pro plan", "source": "Email"} == ticket["fields"]
    # Summer time in Berlin.
    assert "2024-07-01T08:00:00+00:00" == ticket["created_at"] == entries["1"]["created_at"]
    assert "c1@customer.example" == entries["1"]["message_id"]
    assert "<p>Where are my coins?</p>" == entries["1"]["html"]
    assert b"abcdefgh" == (tmp_path / "out" / entries["1"]["files"][0]["path"]).read_bytes()
    assert ("pass wd.txt", 8) == (entries["1"]["files"][0]["name"], entries["1"]["files"][0]["size"])
    assert ("keytwo", True) == (entries["1"]["files"][1]["content_id"], entries["1"]["files"][1]["inline"])


@pytest.mark.parametrize(
    ("ref", "kind", "author"),
    [
        ("1", "message", {"address": "lin@customer.example", "name": "Lin Chen"}),
        ("2", "note", {"address": "alex@old.example", "name": "Alex Kim"}),
        ("3", "answer", {"address": "kim@old.example", "name": "Alex Kim"}),
        # A version before it was edited, and a type that nobody knows yet: private.
        ("4", "note", {"address": "kim@old.example", "name": "Alex Kim"}),
        ("5", "note", {"address": "kim@old.example", "name": "Alex Kim"}),
    ],
)
def test_an_entry_of_osticket_is_what_its_type_says_and_private_when_unknown(
    osticket: str, tmp_path: Path, ref: str, kind: str, author: dict[str, str]
) -> None:
    run("osticket", osticket, tmp_path / "out", "--timezone", "UTC")

    ticket = tickets(tmp_path / "out")[0]
    entry = by_ref(ticket)[ref]
    assert (kind, author) == (entry["kind"], entry["author"])
    assert "SECRET" not in public(ticket)
    assert "bakc" not in public(ticket)
    assert ["1", "2", "4", "3", "5"] == [entry["ref"] for entry in ticket["entries"]]


def test_deleted_people_and_lost_files_of_osticket_are_named_and_nothing_stops(
    osticket: str, tmp_path: Path
) -> None:
    ran = run("osticket", osticket, tmp_path / "out", "--timezone", "UTC")

    assert 1 == ran.exit_code
    ticket = tickets(tmp_path / "out")[1]
    entries = by_ref(ticket)
    assert ({"name": "Old Friend"}, "closed") == (ticket["requester"], ticket["status"])
    assert {"name": "Agent 7 (deleted)"} == entries["7"]["author"]
    remarks = (tmp_path / "out/remarks.txt").read_text()
    assert "ticket 2: Its requester has no address." in remarks
    assert "ticket 3: It was left out: deleted in osTicket." in remarks
    assert (
        "The file disk.txt is missing: a plugin keeps it outside of the database: give its folder" in remarks
    )
    assert "The file lost.txt is missing: osTicket lost it: its chunks are gone." in remarks
    assert "2 agents are called alex kim: alex@old.example, kim@old.example." in remarks
    row_gone = by_ref(tickets(tmp_path / "out")[0])["3"]["files"][0]
    assert ("osTicket lost it: its row is gone", True) == (row_gone["missing"], row_gone["gone"])
    files = [file for entry in ticket["entries"] for file in entry.get("files", [])]
    assert {"disk.txt": False, "lost.txt": True}.items() <= {
        file["name"]: file.get("gone", False) for file in files
    }.items()
    assert "Left out: 1 ticket, deleted in osTicket." in ran.output


def test_a_second_run_fetches_what_was_missing_and_changes_nothing_else(
    osticket: str, tmp_path: Path
) -> None:
    disk = tmp_path / "attachments"
    (disk / "k").mkdir(parents=True)
    out = tmp_path / "out"
    run("osticket", osticket, out, "--timezone", "UTC")
    first = everything(out)
    run("osticket", osticket, out, "--timezone", "UTC")
    assert first == everything(out)

    (disk / "k" / "kdisk").write_bytes(b"12345")
    run("osticket", osticket, out, "--timezone", "UTC", "--files", str(disk))
    again = everything(out)
    assert {name: data for name, data in first.items() if name.startswith("files/")}.items() <= again.items()
    assert b"12345" == again["files/2/4-disk.txt"]
    assert "disk.txt is missing" not in again["remarks.txt"].decode()


def test_a_conversation_of_freescout_comes_with_what_belongs_to_it(freescout: str, tmp_path: Path) -> None:
    storage = tmp_path / "app"
    (storage / "attachment/1/2/1").mkdir(parents=True)
    (storage / "attachment/1/2/1/screen.png").write_bytes(b"\x89PNG")
    (tmp_path / "secret").write_bytes(b"!")

    ran = run("freescout", freescout, tmp_path / "out", "--timezone", "UTC", "--files", str(storage))

    assert 1 == ran.exit_code
    ticket, chat, spam = tickets(tmp_path / "out")
    entries = by_ref(ticket)
    assert ("1", "501", "pending", "Support") == tuple(
        ticket[key] for key in ("ref", "number", "status", "team")
    )
    assert {"address": "lin@home.example", "name": "Lin Chen"} == ticket["requester"]
    assert [{"address": "bo@customer.example"}] == ticket["participants"]
    assert ["coins", "vip"] == ticket["tags"]
    assert {"address": "mia@old.example", "name": "Mia Ito"} == ticket["assignee"] == entries["3"]["author"]
    assert b"\x89PNG" == (tmp_path / "out" / entries["1"]["files"][0]["path"]).read_bytes()
    assert "cannot be read below --files" in entries["1"]["files"][1]["missing"]
    assert "FreeScout names a place outside of its folder" == entries["1"]["files"][2]["missing"]
    assert "The status was changed to pending." == entries["4"]["text"]
    assert {"name": "Agent 9 (deleted)"} == entries["7"]["author"]
    assert ({"name": "Customer 2 (deleted)"}, "new") == (chat["requester"], chat["status"])
    assert (True, "closed") == (spam["spam"], spam["status"])
    assert "Left out: 1 ticket, a draft that was never sent." in ran.output


def test_what_freescout_did_not_publish_stays_inside(freescout: str, tmp_path: Path) -> None:
    run("freescout", freescout, tmp_path / "out", "--timezone", "UTC")

    ticket = tickets(tmp_path / "out")[0]
    kinds = {ref: entry["kind"] for ref, entry in by_ref(ticket).items()}
    assert {
        "1": "message", "2": "note", "3": "answer", "4": "event", "5": "note", "6": "note", "7": "note",
    } == kinds  # fmt: skip
    assert "SECRET" not in public(ticket)


def test_nothing_can_be_written_and_one_moment_is_read(osticket: str, maria: MariaDB) -> None:
    import pymysql

    reader = mysql.Database(mysql.place(osticket, ""))
    with pytest.raises(UserError, match="READ ONLY"):
        list(reader.rows("DELETE FROM ost_ticket"))
    name = mysql.place(osticket, "").database
    writer = pymysql.connect(unix_socket=str(maria.socket), user="root", database=name, autocommit=True)
    with writer.cursor() as cursor:
        cursor.execute("INSERT INTO ost_staff VALUES (9, 'New', 'Comer', 'new@old.example')")
    assert 2 == len(list(reader.rows("SELECT staff_id FROM ost_staff")))
    reader.close()
    writer.close()


def test_many_tickets_are_read_in_portions(
    osticket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("osticket", osticket, tmp_path / "whole", "--timezone", "UTC")
    monkeypatch.setattr(mysql, "PORTION", 1)
    run("osticket", osticket, tmp_path / "one", "--timezone", "UTC")
    assert everything(tmp_path / "whole") == everything(tmp_path / "one")


@pytest.mark.parametrize(
    ("url", "options", "said"),
    [
        ("mysql://root:hunter2@db/x", [], "Leave the password out of SOURCE"),
        ("postgresql://root@db/x", [], "Write SOURCE as mysql://USER@HOST/DATABASE"),
        ("mysql://root@db/", [], "Write SOURCE as mysql://USER@HOST/DATABASE"),
        ("mysql://root@/x?socket=/nowhere/s", [], "There is no socket /nowhere/s."),
        ("mysql://root@localhost:1/x", [], "The database does not answer"),
        ("mysql://root@db/x", ["--timezone", "Mars/Olympus"], "is no time zone"),
    ],
)
def test_a_source_that_is_none_is_refused_in_a_sentence(
    tmp_path: Path, url: str, options: list[str], said: str
) -> None:
    ran = run("osticket", url, tmp_path / "out", "--timezone", "UTC", *options)
    assert 0 != ran.exit_code
    assert said in ran.output
    assert "hunter2" not in ran.output
    assert "Traceback" not in ran.output


def test_another_database_than_expected_is_said(freescout: str, tmp_path: Path) -> None:
    ran = run("osticket", freescout, tmp_path / "out", "--timezone", "UTC")
    assert 1 == ran.exit_code
    assert "The database is not as expected" in ran.output
    assert not (tmp_path / "out/tickets.ndjson").exists()


def test_without_pymysql_a_sentence_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pymysql", None)
    ran = run("freescout", "mysql://root@db/x", tmp_path / "out", "--timezone", "UTC")
    assert 1 == ran.exit_code
    assert "pip install 'intake-desk[import]'" in ran.output


def test_the_folder_says_what_it_is_and_is_for_nobody_else_to_read(osticket: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run("osticket", osticket, out, "--timezone", "UTC")
    about = json.loads((out / "export.json").read_text())
    assert 2 == about["tickets"]
    assert about["source"].startswith("osticket:t")
    assert 2 == len(about["agents"])
    assert 0o700 == out.stat().st_mode & 0o777
    assert 0o600 == (out / "tickets.ndjson").stat().st_mode & 0o777
