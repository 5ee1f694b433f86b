"""Getting a ticket's files out: whatever strangers called them, and whatever lies in the folder."""

import json
import os
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from canaries import PHRASE
from command_line import Run

PNG = b"\x89PNG\r\n\x1a\n" + b"\x01" * 200


@pytest.fixture
def ticket(intake: Run, tmp_path: Path) -> Callable[[dict[str, bytes]], None]:
    """Take in a mail with these files, which becomes ticket 1."""

    def take(files: dict[str, bytes]) -> None:
        made = EmailMessage()
        made["From"] = "Wang <wang@customer.example>"
        made["To"] = "help@desk.example"
        made["Subject"] = "files"
        made["Message-ID"] = "<files@customer.example>"
        made.set_content("See below.")
        for name, content in files.items():
            made.add_attachment(content, maintype="image", subtype="png", filename=name)
        (tmp_path / "files.eml").write_bytes(made.as_bytes())
        intake("ingest", str(tmp_path / "files.eml"))

    return take


def test_what_was_too_large_for_agents_mail_is_listed_and_saved(
    intake: Run, ticket: Any, tmp_path: Path
) -> None:
    large = os.urandom(1 << 20) * 19
    ticket({"error.png": PNG, "big.png": large})
    text = intake("ticket", "files", "1").stdout
    assert "error.png" in text
    assert str(len(large)) in text
    [small, big] = json.loads(intake("ticket", "files", "1", "--json").stdout)
    assert ("error.png", len(PNG), "wang@customer.example") == (small["name"], small["size"], small["author"])
    assert "big.png" == big["name"]

    folder = tmp_path / "a" / "b"
    said = intake("ticket", "files", "1", "--save", str(folder)).stdout
    assert {"error.png": PNG, "big.png": large} == {one.name: one.read_bytes() for one in folder.iterdir()}
    assert {0o600} == {one.stat().st_mode & 0o777 for one in folder.iterdir()}
    assert str(folder / "big.png") in said


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "..",
        ".bashrc",
        "a\\b\\c.png",
        "x\x1b[31m.png",
        "\u202egnp.exe",
        "",
        "nul",
    ],
)
def test_a_name_of_a_stranger_leads_nowhere_but_into_the_folder(
    intake: Run, ticket: Any, tmp_path: Path, name: str
) -> None:
    ticket({name: PNG})
    before = {path for path in tmp_path.rglob("*") if "data" not in path.parts}
    said = intake("ticket", "files", "1", "--save", str(tmp_path / "out")).stdout

    made = {path for path in tmp_path.rglob("*") if "data" not in path.parts} - before
    [path] = made - {tmp_path / "out"}
    assert (tmp_path / "out", PNG) == (path.parent, path.read_bytes())
    assert not path.name.startswith(".")
    assert "\x1b" not in said
    assert "\u202e" not in said


def test_nothing_that_is_there_is_written_over_or_written_through(
    intake: Run, ticket: Any, tmp_path: Path
) -> None:
    ticket({"error.png": PNG, "link.png": PNG + b"2", "pipe.png": PNG + b"3"})
    folder, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere.write_bytes(b"mine")
    (folder / "error.png").write_bytes(b"mine too")
    (folder / "link.png").symlink_to(elsewhere)
    os.mkfifo(folder / "pipe.png")
    intake("ticket", "files", "1", "--save", str(folder))

    assert (b"mine", b"mine too") == (elsewhere.read_bytes(), (folder / "error.png").read_bytes())
    assert PNG == (folder / "error (2).png").read_bytes()
    assert PNG + b"2" == (folder / "link (2).png").read_bytes()
    assert PNG + b"3" == (folder / "pipe (2).png").read_bytes()
    # Once more: what was saved is there, and is not saved again.
    intake("ticket", "files", "1", "--save", str(folder))
    assert 6 == len(list(folder.iterdir()))


def test_what_cannot_be_done_is_said_with_what_to_do(intake: Run, ticket: Any, tmp_path: Path) -> None:
    ticket({})
    assert "No files." in intake("ticket", "files", "1").stdout
    assert "has no files" in intake("ticket", "files", "1", "--save", str(tmp_path / "out")).stdout
    assert "There is no ticket #9" in intake("ticket", "files", "9", code=1).output
    (tmp_path / "taken").write_text("x", encoding="utf-8")
    said = intake("ticket", "files", "1", "--save", str(tmp_path / "taken" / "out"), code=1).output
    assert "cannot be used" in said
    assert "Name another folder" in said


def test_what_is_withheld_is_saved_only_where_that_is_asked_for(
    intake: Run, ticket: Any, tmp_path: Path
) -> None:
    ticket({"error.png": PNG, "backup.txt": PHRASE.encode()})
    assert "seed phrase" in intake("ticket", "files", "1").stdout
    listed = json.loads(intake("ticket", "files", "1", "--json").stdout)
    assert {"error.png": False, "backup.txt": True} == {file["name"]: file["withheld"] for file in listed}
    saved = intake("ticket", "files", "1", "--save", str(tmp_path / "a"))
    assert ["error.png"] == [path.name for path in (tmp_path / "a").iterdir()]
    assert "backup.txt is withheld: seed phrase. --withheld saves it." in " ".join(saved.output.split())
    intake("ticket", "files", "1", "--save", str(tmp_path / "b"), "--withheld")
    assert {"error.png", "backup.txt"} == {path.name for path in (tmp_path / "b").iterdir()}


@pytest.mark.parametrize("how", ["reply", "new"])
def test_nothing_at_the_keyboard_carries_a_file_with_a_secret(
    intake: Run, ticket: Any, tmp_path: Path, how: str
) -> None:
    ticket({})
    intake("agent", "add", "anna@desk.example", "--name", "Anna")
    (tmp_path / "words.txt").write_text(PHRASE)
    about = ("eve@customer.example", "--subject", "Hello") if how == "new" else ("1",)
    with_it = ("--attach", str(tmp_path / "words.txt"))
    refused = intake(
        "ticket", how, *about, "--text", "See this.", *with_it, "--as", "anna@desk.example", code=1
    )
    said = " ".join(refused.output.split())
    assert "Nothing was sent: words.txt contains what must not leave (seed phrase)" in said
    assert [] == json.loads(intake("ticket", "files", "1", "--json").stdout)


def test_a_file_whose_bytes_are_gone_stops_no_other(intake: Run, ticket: Any, tmp_path: Path) -> None:
    large = os.urandom(2 << 20)
    ticket({"gone.png": large, "error.png": PNG})
    [blob] = [
        one
        for one in (tmp_path / "data" / "blobs").rglob("*")
        if one.is_file() and one.stat().st_size == len(large)
    ]
    blob.unlink()
    said = intake("ticket", "files", "1", "--save", str(tmp_path / "out"), code=1).output

    assert "gone.png: its content is gone" in said
    assert ["error.png"] == [one.name for one in (tmp_path / "out").iterdir()]


@pytest.mark.parametrize("how", ["reply", "note", "new"])
def test_files_at_the_keyboard_go_with_what_is_written(
    intake: Run, ticket: Any, tmp_path: Path, how: str
) -> None:
    ticket({})
    intake("agent", "add", "anna@desk.example", "--name", "Anna")
    (tmp_path / "log 截.txt").write_bytes(b"all is well\n")
    (tmp_path / "shot.png").write_bytes(PNG)
    with_them = ("--attach", str(tmp_path / "log 截.txt"), "--attach", str(tmp_path / "shot.png"))
    number = "2" if how == "new" else "1"
    about = ("eve@customer.example", "--subject", "Hello") if how == "new" else ("1",)
    intake("ticket", how, *about, "--text", "See these.", *with_them, "--as", "anna@desk.example")

    rows = json.loads(intake("ticket", "files", number, "--json").stdout)
    assert [("log 截.txt", "text/plain", 12), ("shot.png", "image/png", len(PNG))] == [
        (row["name"], row["media_type"], row["size"]) for row in rows
    ]
    if how != "note":
        mails = json.loads(intake("outbox", "list", "--json").stdout)
        (relay,) = [row["id"] for row in mails if row["kind"] == "relay"]
        assert "shot.png" in intake("outbox", "show", str(relay), "--raw").stdout


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "cannot be read: No such file"), (b"", "is empty"), (bytes(19 << 20), "is too large: one email")],
    ids=["not there", "empty", "too large"],
)
def test_a_file_that_cannot_go_stops_the_whole(
    intake: Run, ticket: Any, tmp_path: Path, content: bytes | None, said: str
) -> None:
    ticket({})
    intake("agent", "add", "anna@desk.example", "--name", "Anna")
    if content is not None:
        (tmp_path / "a.bin").write_bytes(content)
    result = intake(
        "ticket", "reply", "1", "--text", "See.", "--as", "anna@desk.example",
        "--attach", str(tmp_path / "a.bin"), code=1,
    )  # fmt: skip
    assert said in result.stderr
    assert "See." not in intake("ticket", "show", "1").stdout
