"""`intake faq …`: a folder is checked, published whole or not at all, found, measured and withdrawn."""

import json
import os
from pathlib import Path

import pytest
from command_line import Run

from intake.config.faq_files import readings
from intake.ports import UserError

MEMO = (
    "---\ntitle: I forgot the memo\nalso: no tag on my deposit\ncategory: account\n---\nAsk the exchange.\n"
)
LATE = "---\ntitle: My coins are late\ncategory: account\nreview: 2020-01-01\n---\nLook up the hash.\n"


@pytest.fixture
def folder(config: Path) -> Path:
    folder = config.parent / "help"
    folder.mkdir()
    (folder / "memo.md").write_text(MEMO)
    (folder / "late.md").write_text(LATE)
    (folder / "README.md").write_text("How we write.")
    config.write_text(config.read_text() + "\n[faq]\nfolder = help\n")
    return folder


def test_a_folder_is_published_whole_found_measured_and_withdrawn(intake: Run, folder: Path) -> None:
    intake("agent", "add", "anna@desk.example")
    assert "2 articles: 0 problems, 1 note." in intake("faq", "check").stdout
    assert "new: late (en)" in intake("faq", "publish", "--dry-run").stdout
    assert "No articles yet" in intake("faq", "list").stdout
    assert "2 of 2 articles were published." in intake("faq", "publish").stdout
    assert "I forgot the memo" in intake("faq", "list").stdout
    assert ["memo"] == [row["name"] for row in json.loads(intake("faq", "search", "no tag", "--json").stdout)]
    assert "review" in intake("faq", "stale").stdout
    (folder / "q").write_text('{"text": "tag", "language": "en", "article": "memo"}\n')
    assert "1 (100%)" in intake("faq", "measure", str(folder / "q")).stdout
    shown = json.loads(intake("faq", "show", "memo", "--json").stdout)
    german = MEMO.replace("category", f"source: {shown['source']}\ncategory").replace(
        "I forgot", "Vergessen:"
    )
    (folder / "memo.de.md").write_text(german)
    # One that must not be published keeps all of them.
    (folder / "late.md").write_text(LATE.replace("Look", "Send us your recovery phrase. Look"))
    said = intake("faq", "publish", code=1).output
    assert "late (en), line 6: it seems to ask for a secret" in said
    assert "Nothing was published." in said
    assert "memo.de" not in intake("faq", "list").stdout
    (folder / "late.md").unlink()
    (folder / "memo.md").write_text(MEMO.replace("Ask", "Write to"))
    said = intake("faq", "publish").stdout
    assert "changed: memo (en), major change" in said
    assert "has no file, and stays: late (en)" in said
    assert "Ask the exchange" in intake("faq", "show", "memo", "--revision", "1").stdout
    assert "major" in intake("faq", "stale").stdout
    assert "memo is withdrawn in 2 languages." in intake("faq", "withdraw", "memo").stdout
    assert "There is no such article memo." in intake("faq", "withdraw", "memo", code=1).output
    intake("faq", "list", code=0)
    intake("faq", "show", "memo", "--language", "xx", code=2)


def test_a_folder_with_something_odd_in_it_says_what(folder: Path, intake: Run) -> None:
    os.mkfifo(folder / "pipe.md")
    (folder / "out.md").symlink_to("/etc/hostname")
    (folder / "odd.md").write_bytes(b"\xff\xfe")
    (folder / "large.md").write_text(MEMO + "x" * 70_000)
    (folder / "memo.en.md").write_text(MEMO)
    read = readings(folder, "en")
    said = {slug: [fault.text for fault in reading.faults] for (slug, _), reading in read.items()}
    assert {
        "late": [],
        "large": ["large.md is larger than 64 KB"],
        "memo": ["memo.md is the same article in the same language as another file"],
        "odd": ["odd.md cannot be read as UTF-8 text"],
        "out": ["out.md is a link that leads out of the folder"],
        "pipe": ["pipe.md is not a file"],
    } == said
    assert "5 articles of" in intake("check", "--offline").output
    with pytest.raises(UserError, match="There is no folder"):
        readings(folder / "nowhere", "en")
