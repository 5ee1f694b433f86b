"""`intake canned …`: canned responses of the database and of the folder, at the keyboard."""

import json
from pathlib import Path

import pytest
from command_line import Run

ANNA = "anna@desk.example"


@pytest.fixture
def folder(intake: Run, config: Path) -> Path:
    folder = config.parent / "canned"
    folder.mkdir()
    (folder / "refund.txt").write_text("We pay {name}.\n", encoding="utf-8")
    (folder / "refund.zh-Hans.txt").write_text("我们会退款。\n", encoding="utf-8")
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("[desk]\n", "[desk]\ncanned = canned\n"), encoding="utf-8")
    intake("agent", "add", ANNA, "--name", "Anna")
    return folder


def rows(intake: Run) -> dict[tuple[str, str, str], tuple[bool, str]]:
    listed = json.loads(intake("canned", "list", "--json").stdout)
    return {(row["name"], row["language"], row["source"]): (row["counts"], row["text"]) for row in listed}


def test_a_text_is_written_shown_and_deleted_and_the_older_ones_stay(
    intake: Run, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "text").write_text("We pay {name} at once. {order}", encoding="utf-8")
    intake("canned", "edit", "Refund", "--language", "all", "--file", str(tmp_path / "text"), "--as", ANNA)
    assert {
        ("refund", "", "database"): (True, "We pay {name} at once. {order}"),
        ("refund", "", "folder"): (False, "We pay {name}."),
        ("refund", "zh-Hans", "folder"): (True, "我们会退款。"),
    } == rows(intake)
    checked = intake("canned", "check").stdout
    assert "refund (every language, folder) is not used" in checked
    assert "no fields: {order}" in checked
    assert "by Anna" in intake("canned", "show", "refund", "--language", "all").stdout
    assert "我们会退款" in intake("canned", "show", "refund", "--language", "zh-Hans").stdout
    intake("canned", "delete", "refund")
    assert (True, "We pay {name}.") == rows(intake)["refund", "", "folder"]
    assert "at once" in intake("canned", "show", "refund", "--older").stdout
    audit = intake("audit").stdout
    assert "#canned save refund" in audit
    assert "#canned delete refund" in audit


def test_the_folder_is_taken_in_once_and_written_out_again(intake: Run, folder: Path, tmp_path: Path) -> None:
    assert "2 canned responses were taken" in intake("canned", "import").stdout
    assert "0 canned responses were taken" in intake("canned", "import").stdout
    (folder / "refund.txt").write_text("We pay {name} soon.\n", encoding="utf-8")
    assert "another wording: refund" in intake("canned", "import").stdout
    assert (True, "We pay {name}.") == rows(intake)["refund", "", "database"]
    intake("canned", "import", "--replace")
    intake("canned", "export", str(tmp_path / "out"))
    assert {"refund.txt": "We pay {name} soon.\n", "refund.zh-Hans.txt": "我们会退款。\n"} == {
        path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "out").iterdir()
    }
    intake("canned", "export", str(tmp_path / "out"), code=1)


def test_what_cannot_be_done_is_said(intake: Run, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "seed").write_text(
        "legal winner thank year wave sausage worth useful legal winner thank yellow", encoding="utf-8"
    )
    refused = intake("canned", "edit", "refund", "--file", str(tmp_path / "seed"), code=1).output
    assert "recovery phrase" in refused
    intake("canned", "edit", "refund", "--language", "xx", "--file", str(tmp_path / "seed"), code=2)
    intake("canned", "show", "nothing", code=1)
    # What is in the folder alone is not the database's to delete.
    intake("canned", "delete", "refund", code=1)
    intake("ticket", "canned", "1", "save", "refund", "--as", ANNA, code=2)


def test_an_agent_is_made_an_editor(intake: Run, folder: Path) -> None:
    for option, editor in (("--editor", True), ("--no-editor", False)):
        intake("agent", "set", ANNA, option)
        (row,) = json.loads(intake("agent", "list", "--json").stdout)
        assert editor == row["editor"]


def test_an_erased_address_stands_in_no_text_and_under_none(
    intake: Run, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "text").write_text("Write to lin@customer.example.", encoding="utf-8")
    intake("canned", "edit", "refund", "--language", "all", "--file", str(tmp_path / "text"))
    (tmp_path / "text").write_text("Write to us.", encoding="utf-8")
    intake("canned", "edit", "refund", "--language", "all", "--file", str(tmp_path / "text"))
    intake("erase", "lin@customer.example", "--yes")
    older = intake("canned", "show", "refund", "--older").stdout
    assert "Write to [erased]." in older
    assert "lin@" not in older
