"""`intake import …`: another desk's history, as the command line takes it in."""

import json
from datetime import UTC, datetime, timedelta
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


def shown(intake: Run, number: int) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(intake("ticket", "show", str(number), "--full", "--json").stdout)
    return made


def test_a_history_is_taken_in_as_it_was(intake: Run, old: Path) -> None:
    done = report(intake, str(old))
    assert (done["tickets"], done["entries"], done["equal"]) == (30, 120, True)
    ticket = shown(intake, 5)
    assert ticket["created_at"].startswith("2019-01-08T19:00:00")
    assert (ticket["status"], ticket["participants"]) == ("new", ["friend5@customers.example"])
    assert [entry["kind"] for entry in ticket["entries"]] == ["customer", "note", "reply", "event"]
    assert [entry["author_name"] for entry in ticket["entries"]] == ["Person 5", *["Mia Old"] * 3]
    assert [file["name"] for file in ticket["entries"][0]["files"]] == ["screen.txt"]
    assert ticket["first_response_at"].startswith("2019-01-08T19:09:00")
    assert intake("outbox", "list", "--json").stdout.strip() == "[]"
    assert "No problems found" in intake("fsck").stdout


def test_a_second_run_adds_nothing_and_says_the_same(intake: Run, old: Path) -> None:
    first, second = report(intake, str(old)), report(intake, str(old))
    assert (second["tickets"], second["entries"], second["known"], second["run"]) == (0, 0, 30, None)
    assert second["table"] == first["table"]
    assert "Both sides are equal" in intake("import", "verify", "1", str(old)).stdout


def test_verifying_counts_both_sides_again(intake: Run, old: Path) -> None:
    report(intake, str(old))
    with (old / "tickets.ndjson").open("a") as file:
        file.write(json.dumps(exports.ticket(31)) + "\n{")
    differs = json.loads(intake("import", "verify", "1", str(old), "--json", code=1).stdout)
    assert {line["kind"]: line["difference"] for line in differs["table"]}["ticket"] == 1
    assert [remark["where"] for remark in differs["remarks"]] == ["line 32"]
    assert "`intake import list`" in intake("import", "verify", "7", str(old), code=1).output


def test_a_dry_run_writes_nothing_and_shows_the_same_table(intake: Run, old: Path) -> None:
    dry = report(intake, str(old), "--dry-run")
    assert "Nothing was imported yet" in intake("import", "list").stdout
    assert json.loads(intake("ticket", "list", "--status", "all", "--json").stdout) == []
    assert dry["table"] == report(intake, str(old))["table"]


def test_what_was_added_there_is_added_here(intake: Run, tmp_path: Path) -> None:
    old = exports.write(tmp_path / "old", [exports.ticket(3)], {"source": "acme"})
    report(intake, str(old))
    later = exports.ticket(3)
    later["entries"].append(
        exports.entry(3, 9, "message", exports.person(3), exports.BEGUN + timedelta(days=30), text="Thanks!")
    )
    later["updated_at"], later["status"] = (exports.BEGUN + timedelta(days=31)).isoformat(), "closed"
    done = report(
        intake, str(exports.write(tmp_path / "old", [later, exports.ticket(4)])), "--source", "acme"
    )
    assert (done["tickets"], done["entries"], done["equal"]) == (1, 5, True)
    ticket = shown(intake, 1)
    assert [entry["text"] for entry in ticket["entries"]][-1] == "Thanks!"
    assert ticket["status"] == "closed"


def test_forgetting_takes_back_what_nobody_has_touched(intake: Run, old: Path) -> None:
    report(intake, str(old))
    intake("ticket", "note", "7", "--text", "Mine now.")
    said = intake("import", "forget", "1", "--yes").stdout
    assert "#7 stays: " in said
    assert "Erased 29 tickets and 116 entries; 1 ticket kept." in said
    assert shown(intake, 7)["entries"][-1]["text"] == "Mine now."
    assert "No problems found" in intake("fsck").stdout
    again = report(intake, str(old))
    assert (again["tickets"], again["known"], again["equal"]) == (29, 1, True)
    intake("import", "forget", "9", "--yes", code=1)
    assert intake("import", "forget", "1", text="n\n", code=1)


def test_what_was_erased_does_not_come_back(intake: Run, old: Path) -> None:
    report(intake, str(old))
    intake("erase", "person7@customers.example", "--yes")
    again = report(intake, str(old))
    assert (again["tickets"], again["entries"]) == (0, 0)
    assert [line["erased"] for line in again["table"]][:2] == [1, 1]
    assert json.loads(intake("ticket", "search", "Person 7", "--json").stdout) == []


def test_a_ticket_is_found_by_its_words_and_lists_show_it(intake: Run, old: Path) -> None:
    report(intake, str(old), "--team", "printers")
    assert [row["id"] for row in json.loads(intake("ticket", "search", "Wallet 17", "--json").stdout)] == [17]
    rows = json.loads(intake("ticket", "list", "--team", "printers", "--json").stdout)
    assert len(rows) == 15
    assert {row["status"] for row in rows} == {"new", "open", "pending"}
    assert "Import" not in intake("import", "list").stderr


def test_lists_of_a_time_leave_no_ticket_out(intake: Run, old: Path, mail: Any) -> None:
    intake("ingest", str(mail()))
    report(intake, str(old))
    intake("ingest", str(mail(subject="Another", name="two")))
    since = ("ticket", "list", "--status", "all", "--json", "--since", "2d")
    assert [row["id"] for row in json.loads(intake(*since).stdout)] == [32, 1]
    until = ("ticket", "list", "--status", "all", "--json", "--until", "2020-01-01", "--limit", "100")
    assert len(json.loads(intake(*until).stdout)) == 30


def test_all_may_be_closed(intake: Run, old: Path) -> None:
    report(intake, str(old), "--closed")
    assert json.loads(intake("ticket", "list", "--json").stdout) == []


AGENTS = [
    ("agents.ini", "mia@old.example = anna@desk.example\n", "Anna"),
    ("agents.ini", "[agents]\nMia Old = anna@desk.example\n", "Anna"),
    ("agents.csv", "old,new\nmia@old.example,anna@desk.example\n", "Anna"),
]


@pytest.mark.parametrize(("name", "text", "who"), AGENTS)
def test_agents_are_who_the_file_says(
    intake: Run, old: Path, tmp_path: Path, name: str, text: str, who: str
) -> None:
    intake("agent", "add", "anna@desk.example", "--name", "Anna")
    (tmp_path / name).write_text(text)
    done = report(intake, str(old), "--agents", str(tmp_path / name))
    assert done["remarks"] == []
    assert shown(intake, 5)["assignee"]["address"] == "anna@desk.example"
    assert {entry["author_name"] for entry in shown(intake, 5)["entries"][1:3]} == {who}


def test_a_map_of_agents_that_are_not_there_is_refused(intake: Run, old: Path, tmp_path: Path) -> None:
    (tmp_path / "map.ini").write_text("mia@old.example = nobody@desk.example\n")
    refused = intake("import", "tickets", str(old), "--agents", str(tmp_path / "map.ini"), code=1).output
    assert "nobody@desk.example is no agent here" in refused


def bad(**more: Any) -> dict[str, Any]:
    return {**exports.ticket(1), **more}


def first(**more: Any) -> dict[str, Any]:
    made = exports.ticket(1)
    made["entries"][0] |= more
    return made


def without(name: str) -> dict[str, Any]:
    made = exports.ticket(1)
    made["entries"][0].pop(name)
    return made


SOON = (datetime.now(UTC) + timedelta(days=400)).isoformat()
ONE_FILE = [{"path": "files/gone.png", "name": "gone.png"}]
# What stands in the export, what is told of it with which line, and whether all of it was imported.
WRONG: list[tuple[list[Any], str, str, bool, int]] = [
    ([exports.ticket(2), '{"ref": "x", "entr', exports.ticket(3)], "line 2", "is no JSON", False, 2),
    ([[1, 2], exports.ticket(3)], "line 1", "is no ticket", False, 1),
    ([bad(ref="")], "line 1", "has no ref", False, 0),
    ([bad(requester={})], "line 1", "has no requester: it is person1@customers.example", True, 1),
    ([bad(requester={}, entries=[])], "line 1", "no requester with an address", True, 1),
    ([exports.ticket(1), exports.ticket(1)], "line 2", "it is line 1 once more", True, 1),
    ([exports.ticket(1), bad(subject="Other")], "line 2", "have the ref t1", True, 2),
    ([first(ref="2")], "line 1, entry 2", "two entries have the ref 2", True, 1),
    ([first(created_at=SOON)], "line 1, entry 1", "lies in the future", True, 1),
    ([first(created_at="2024-05-01T09:30:00")], "line 1, entry 1", "no time zone", True, 1),
    ([first(created_at="yesterday")], "line 1, entry 1", "created_at is no date", True, 1),
    ([without("created_at")], "line 1, entry 1", "no date that can be read", True, 1),
    ([without("author")], "line 1, entry 1", "has no author", True, 1),
    ([without("ref")], "line 1, entry 1", "has no ref", True, 1),
    ([first(kind="whisper")], "line 1, entry 1", "is no kind of entry", True, 1),
    ([first(files=ONE_FILE)], "line 1, entry 1", "it is not in the folder", False, 1),
    ([first(files=[{"path": "../x"}])], "line 1, entry 1", "outside of the folder", False, 1),
    ([bad(status="weird")], "line 1", "'weird' is no status", True, 1),
    ([bad(team="Moon")], "line 1", "there is no team Moon", True, 1),
    ([bad(colour="red")], "line 1", "'colour' is no key", True, 1),
]


@pytest.mark.parametrize(("records", "where", "what", "whole", "tickets"), WRONG)
def test_what_is_wrong_is_told_with_its_line_and_nothing_else_is_lost(
    intake: Run, tmp_path: Path, records: list[Any], where: str, what: str, whole: bool, tickets: int
) -> None:
    lines = [record if isinstance(record, str) else json.dumps(record) for record in records]
    old = exports.write(tmp_path / "old", lines)
    done = report(intake, str(old), code=0 if whole else 1)
    told = [remark for remark in done["remarks"] if what in remark["what"]]
    assert [remark["where"] for remark in told] == [where]
    assert told[0]["cure"]
    assert (done["tickets"], done["equal"]) == (tickets, whole)
    again = report(intake, str(old), code=0 if whole else 1)
    assert (again["tickets"], again["entries"]) == (0, 0)
    assert "No problems found" in intake("fsck").stdout


def test_an_entry_without_a_date_is_as_old_as_its_ticket(intake: Run, tmp_path: Path) -> None:
    record = without("created_at")
    report(intake, str(exports.write(tmp_path / "old", [record])))

    assert [record["created_at"][:16]] * 2 == [
        shown(intake, 1)["created_at"][:16],
        shown(intake, 1)["entries"][0]["created_at"][:16],
    ]


def test_an_unknown_kind_and_a_note_are_for_agents_only(intake: Run, tmp_path: Path) -> None:
    record = first(kind="whisper")
    report(intake, str(exports.write(tmp_path / "old", [record])))
    assert [entry["kind"] for entry in shown(intake, 1)["entries"]] == ["note", "note", "reply", "event"]


def test_two_agents_of_one_name_are_not_taken_for_one(intake: Run, tmp_path: Path) -> None:
    intake("agent", "add", "anna@desk.example", "--name", "Anna")
    twins = [{"address": f"mia{n}@old.example", "name": "Mia Old"} for n in (1, 2)]
    record = exports.ticket(1, assignee={})
    record["entries"][1]["author"], record["entries"][2]["author"] = twins
    old = exports.write(tmp_path / "old", [record], {"agents": twins})
    (tmp_path / "map.ini").write_text("Mia Old = anna@desk.example\n")
    done = report(intake, str(old), "--agents", str(tmp_path / "map.ini"))
    assert "2 people are called Mia Old" in done["remarks"][0]["what"]
    assert {entry["author_name"] for entry in shown(intake, 1)["entries"][1:3]} == {"Mia Old"}


def test_a_file_that_is_put_there_later_is_added(intake: Run, tmp_path: Path) -> None:
    record = exports.ticket(1)
    old = exports.write(tmp_path / "old", [])
    exports.with_file(old, record, b"a log\n")
    exports.write(old, [record])
    (old / "files/t1/screen.txt").rename(tmp_path / "aside")
    done = report(intake, str(old), code=1)
    assert (done["missing_files"], done["equal"]) == (1, False)
    (tmp_path / "aside").rename(old / "files/t1/screen.txt")
    assert report(intake, str(old))["equal"] is True
    assert [file["name"] for file in shown(intake, 1)["entries"][0]["files"]] == ["screen.txt"]
    assert report(intake, str(old))["entries"] == 0


def test_a_file_that_the_old_desk_had_lost_is_counted_apart_and_is_no_difference(
    intake: Run, tmp_path: Path
) -> None:
    lost = {"path": "files/t1/lost.txt", "name": "lost.txt", "missing": "deleted there", "gone": True}
    record = exports.ticket(1)
    old = exports.write(tmp_path / "old", [])
    exports.with_file(old, record, b"a log\n")
    record["entries"][0]["files"].append(lost)
    exports.write(old, [record])
    for args in (["--dry-run"], []):
        done = report(intake, str(old), *args)
        assert (done["missing_files"], done["missing_at_source"], done["equal"]) == (0, 1, True)
        (row,) = [line for line in done["table"] if line["kind"] == "file"]
        assert (2, 1, 1, 0) == tuple(
            row[key] for key in ("source", "missing_at_source", "imported", "difference")
        )
        told = [remark for remark in done["remarks"] if "deleted there" in remark["what"]]
        assert [("the entry is imported without it", False)] == [(r["cure"], r["lost"]) for r in told]
    assert "Both sides are equal" in intake("import", "verify", "1", str(old)).stdout
    # It is not looked for again, and nothing else hides behind it.
    again = report(intake, str(old))
    assert (again["known"], again["entries"], again["remarks"]) == (1, 0, [])
    record["entries"].append(exports.entry(1, 9, "note", exports.MIA, exports.BEGUN, files=ONE_FILE))
    exports.write(old, [record])
    assert report(intake, str(old), code=1)["missing_files"] == 1
    assert "They differ" in intake("import", "verify", "1", str(old), code=1).stdout


def test_a_file_that_was_imported_before_the_old_desk_lost_it_is_no_difference(
    intake: Run, tmp_path: Path
) -> None:
    record = exports.ticket(1)
    old = exports.write(tmp_path / "old", [])
    exports.with_file(old, record, b"a log\n")
    exports.write(old, [record])
    report(intake, str(old))
    record["entries"][0]["files"][0] |= {"missing": "deleted there", "gone": True}
    exports.write(old, [record])
    assert report(intake, str(old))["equal"] is True
    assert "Both sides are equal" in intake("import", "verify", "1", str(old)).stdout


def test_a_file_that_is_not_what_the_export_says_is_not_taken(intake: Run, tmp_path: Path) -> None:
    record = exports.ticket(1)
    old = exports.write(tmp_path / "old", [])
    exports.with_file(old, record, b"a log\n")
    exports.write(old, [record])
    (old / "files/t1/screen.txt").write_bytes(b"a l\n")
    done = report(intake, str(old), code=1)
    assert any("it has 4 bytes, and the export says 6" in remark["what"] for remark in done["remarks"])


def test_an_export_that_is_shorter_than_it_says_was_cut(intake: Run, tmp_path: Path) -> None:
    old = exports.write(tmp_path / "old", [exports.ticket(1)], {"tickets": 2})
    remarks = report(intake, str(old), code=1)["remarks"]
    assert any("has 2 tickets, and 1 were read" in remark["what"] for remark in remarks)
