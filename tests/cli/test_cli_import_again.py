"""`intake import tickets`: what is kept whole, what a later run mends, and what it says of that."""

import email
import email.policy
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from command_line import Run
from imports import exports

from intake.ports import UserError

MAIL = b"From: ann@customers.example\r\nMessage-ID: <a@customers.example>\r\n\r\nFrom the mail\r\n"


def report(intake: Run, *args: str, code: int = 0) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(intake("import", "tickets", *args, "--json", code=code).stdout)
    return made


def shown(intake: Run, number: int) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(intake("ticket", "show", str(number), "--full", "--json").stdout)
    return made


def test_a_text_that_is_too_long_to_show_is_kept_whole_in_the_ledger(intake: Run, tmp_path: Path) -> None:
    text = "word " * 300_000 + "THE_END_OF_IT"
    record = exports.ticket(1)
    for place in (0, 3):
        record["entries"][place]["text"] = text
    done = report(intake, str(exports.write(tmp_path / "old", [record])))
    told = [remark for remark in done["remarks"] if "longer than 1,000,000 characters" in remark["what"]]
    assert [("line 1, entry 1", "t1"), ("line 1, entry 4", "t1")] == [(r["where"], r["ticket"]) for r in told]
    kept = [
        email.message_from_bytes(
            intake("message", "show", str(number), "--bytes").stdout_bytes, policy=email.policy.default
        )
        for number in range(1, 5)
    ]
    assert [True, False, False, True] == ["THE_END_OF_IT" in mail.get_content() for mail in kept]


def test_a_mail_that_is_missing_and_has_no_text_is_missing_until_it_is_there(
    intake: Run, tmp_path: Path
) -> None:
    record = exports.ticket(1)
    record["entries"][0] |= {"text": "", "raw": {"path": "files/a.eml"}}
    old = exports.write(tmp_path / "old", [record])
    for args in (["--dry-run"], []):
        done = report(intake, str(old), *args, code=1)
        assert (done["entries"], done["missing_files"], done["equal"]) == (3, 1, False)
        assert any("has no text and is not imported" in remark["cure"] for remark in done["remarks"])
    assert "They differ" in intake("import", "verify", "1", str(old), code=1).stdout
    (old / "files").mkdir()
    (old / "files/a.eml").write_bytes(MAIL)
    done = report(intake, str(old))
    assert (done["tickets"], done["entries"], done["equal"]) == (0, 1, True)
    entries = shown(intake, 1)["entries"]
    assert "From the mail" in next(entry["text"] for entry in entries if entry["kind"] == "customer")
    assert "Both sides are equal" in intake("import", "verify", "1", str(old)).stdout
    assert "No problems found" in intake("fsck").stdout


def test_a_status_that_changed_there_changes_here_unless_somebody_worked_with_it(
    intake: Run, tmp_path: Path
) -> None:
    records = [exports.ticket(number, status="open") for number in (1, 2, 3)]
    old = exports.write(tmp_path / "old", records)
    report(intake, str(old))
    intake("ticket", "note", "2", "--text", "Mine now.")
    for record in records[:2]:
        record["status"] = "closed"
    exports.write(old, records)
    assert report(intake, str(old), "--dry-run")["changed"] == 1
    assert [shown(intake, number)["status"] for number in (1, 2, 3)] == ["open", "open", "open"]
    said = intake("import", "tickets", str(old)).stdout
    assert "1 ticket given the status that they have there now; 3 tickets imported before" in said
    assert [shown(intake, number)["status"] for number in (1, 2, 3)] == ["closed", "open", "open"]
    assert report(intake, str(old))["changed"] == 0
    records[0]["status"] = "open"
    assert report(intake, str(exports.write(old, records)))["changed"] == 1
    assert shown(intake, 1)["status"] == "open"
    assert intake("outbox", "list", "--json").stdout.strip() == "[]"
    assert "No problems found" in intake("fsck").stdout


def test_what_a_later_run_adds_is_counted_and_all_tickets_are(intake: Run, tmp_path: Path) -> None:
    records = [exports.ticket(1), exports.ticket(2, entries=[]), exports.ticket(3)]
    old = exports.write(tmp_path / "old", records)
    exports.with_file(old, records[0], b"a log\n")
    exports.write(old, records)
    log = old / "files/t1/screen.txt"
    log.rename(tmp_path / "aside")
    report(intake, str(old), code=1)
    assert report(intake, str(old), code=1)["known"] == 3
    (tmp_path / "aside").rename(log)
    for args, said in ((["--dry-run"], "1 file would be added"), ([], "1 file added")):
        told = intake("import", "tickets", str(old), *args).stdout
        assert f"; {said}; 3 tickets imported before." in told


def test_agents_and_desks_among_the_participants_get_no_mail_of_customers(
    intake: Run, tmp_path: Path
) -> None:
    intake("agent", "add", "anna@desk.example", "--name", "Anna")
    (tmp_path / "map.ini").write_text("MIA@old.example = anna@desk.example\n")
    left_out = ["Mia@Old.example", "anna@desk.example", "tom@old.example", "auto@old.example"]
    people = [*left_out, "help@desk.example", "friend@customers.example"]
    record = exports.ticket(1, participants=[{"address": address} for address in people])
    record["entries"][3] |= {"kind": "answer", "author": {"address": "auto@old.example"}, "automatic": True}
    old = exports.write(tmp_path / "old", [record], {"agents": [{"address": "tom@old.example"}]})
    report(intake, str(old), "--agents", str(tmp_path / "map.ini"))
    assert shown(intake, 1)["participants"] == ["friend@customers.example"]


@pytest.mark.parametrize("args", [["--dry-run"], []])
def test_tickets_that_are_erased_soon_are_told_before(
    intake: Run, config: Path, tmp_path: Path, args: list[str]
) -> None:
    lately = datetime.now(UTC) - timedelta(days=9)
    closings = {"closed_at": lately.isoformat(), "updated_at": lately.isoformat()}
    records = [exports.ticket(number, status="closed") for number in (1, 2)]
    records += [exports.ticket(3, status="open"), exports.ticket(4, status="closed", **closings)]
    old = exports.write(tmp_path / "old", records)
    text = config.read_text()
    config.write_text(text.replace("[desk]", "[desk]\nretention_days = 365", 1))
    (told,) = [row for row in report(intake, str(old), *args)["remarks"] if "retention" in row["where"]]
    assert told["what"] == "2 tickets closed more than 365 days ago"
    assert "erases them" in told["cure"]


def test_an_answer_and_a_note_without_an_author_have_no_name_in_any_language(
    intake: Run, tmp_path: Path
) -> None:
    record = exports.ticket(1)
    for place in (1, 2):
        del record["entries"][place]["author"]
    report(intake, str(exports.write(tmp_path / "old", [record])))
    entries = shown(intake, 1)["entries"]
    assert [entry["author_name"] for entry in entries[1:3]] == ["", ""]
    assert ", reply: unknown" in intake("ticket", "show", "1").stdout
    assert "No problems found" in intake("fsck").stdout


def test_verifying_says_what_no_other_import_would_add(intake: Run, tmp_path: Path) -> None:
    old = exports.write(tmp_path / "old", [exports.ticket(1), "{broken"])
    report(intake, str(old), code=1)
    told = intake("import", "verify", "1", str(old), code=1)
    assert "Equal, but 1 thing was not imported: see above." in told.output
    assert "They differ" not in told.output


@pytest.mark.parametrize(
    ("said", "broken", "cut_off"),
    [(2, True, False), (3, True, True), (1, False, False), (2, False, False)],
)
def test_an_export_is_cut_off_where_lines_are_missing_and_not_where_something_in_them_is(
    intake: Run, tmp_path: Path, said: int, broken: bool, cut_off: bool
) -> None:
    records = [exports.ticket(1), exports.ticket(2)]
    if broken:
        records[0]["entries"].append("no entry")
    old = exports.write(tmp_path / "old", records, {"tickets": said})
    for args in (["--dry-run"], []):
        done = report(intake, str(old), *args, code=int(broken or cut_off))
        assert any("it may be cut off" in remark["cure"] for remark in done["remarks"]) is cut_off
    verified = intake("import", "verify", "1", str(old), "--json", code=int(broken or cut_off)).stdout
    assert ("it may be cut off" in verified) is cut_off


def test_an_import_that_was_broken_off_is_told_as_stopped_until_it_ended(
    intake: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = [exports.ticket(number) for number in range(1, 121)]
    old = exports.write(tmp_path / "old", records)
    exports.with_file(old, records[110], b"a log\n")
    exports.write(old, records)

    def broken_off(*_args: Any) -> bytes:
        raise UserError("the power went")

    with monkeypatch.context() as patched:
        patched.setattr("intake.imports.folder.TicketsFolder.read", broken_off)
        intake("import", "tickets", str(old), code=1)
    (row,) = json.loads(intake("import", "list", "--json").stdout)
    assert row["state"] == "stopped"
    assert 0 < row["tickets"] < 120
    assert "Import 1 was stopped before its end. Run it again: it goes on." in intake("import", "list").output
    report(intake, str(old))
    (row,) = json.loads(intake("import", "list", "--json").stdout)
    assert (row["state"], row["told"]["tickets"], row["told"]["entries"]) == ("done", "120", "480")
    assert "stopped" not in intake("import", "list").output


def test_an_export_of_nothing_is_told(intake: Run, tmp_path: Path) -> None:
    old = exports.write(tmp_path / "old", ["", ""])
    assert ["there is nothing in it"] == [row["what"] for row in report(intake, str(old))["remarks"]]


@pytest.mark.parametrize("address", ["not an address", "help@desk.example"])
def test_a_requester_who_cannot_be_answered_is_told(intake: Run, tmp_path: Path, address: str) -> None:
    record = exports.ticket(1, requester={"address": address, "name": "Ann"})
    remarks = report(intake, str(exports.write(tmp_path / "old", [record])))["remarks"]
    (told,) = [remark for remark in remarks if "can be answered" in remark["what"]]
    assert ("line 1", "t1") == (told["where"], told["ticket"])
    assert told["what"].endswith(address)


@pytest.mark.parametrize(
    ("text", "line"), [("a@old.example = anna@desk.example\nnonsense\n", 2), ("[agents\na = b\n", 1)]
)
def test_a_map_of_agents_that_cannot_be_read_names_the_line(
    intake: Run, tmp_path: Path, text: str, line: int
) -> None:
    intake("agent", "add", "anna@desk.example", "--name", "Anna")
    (tmp_path / "map.ini").write_text(text)
    old = exports.write(tmp_path / "old", [exports.ticket(1)])
    said = intake("import", "tickets", str(old), "--agents", str(tmp_path / "map.ini"), code=1).output
    assert f"map.ini, line {line} cannot be read. Write lines old = new." in " ".join(said.split())
