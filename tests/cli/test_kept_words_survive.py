"""What agents keep outlives a backup and a move: blocks, canned responses, notes, drafts, links to files."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from command_line import Run
from pump import letter

from intake import app
from intake.config import settings as configs
from intake.desk import file_tokens, tokens
from intake.desk.message import Envelope
from intake.ports import Arrival

ANNA, LIN = "anna@staff.example", "lin@customer.example"
DIGEST = "ab" * 32
ASKED: tuple[tuple[str, ...], ...] = (
    ("block", "list", "--json"),
    ("canned", "list", "--json"),
    ("canned", "show", "refund", "--json"),
    ("person", "show", LIN, "--json"),
    ("ticket", "drafts", "--json"),
    ("ticket", "show", "1", "--json"),
    ("agent", "list", "--json"),
)


def kept(intake: Run, config: Path, tmp_path: Path) -> dict[str, str]:
    """Make a desk with one of each; return the tokens of Anna's that a mail of before had."""
    intake("agent", "add", ANNA, "--name", "Anna")
    intake("agent", "set", ANNA, "--editor")
    (tmp_path / "lin.eml").write_bytes(letter(LIN, "help@desk.example", "Coins", "Where are they?"))
    intake("ingest", str(tmp_path / "lin.eml"))
    intake("block", "add", "@evil.example", "--reason", "phishing")
    (tmp_path / "refund.txt").write_text("Dear {name}, it is on its way.", encoding="utf-8")
    for _ in range(2):
        intake("canned", "edit", "refund", "--file", str(tmp_path / "refund.txt"))
    intake("person", "note", LIN, "Prefers the telephone", "--as", ANNA)
    desk = app.build(configs.load(config))
    later = desk.service.clock() + timedelta(days=9)
    token = tokens.make(desk.keys[0], tokens.Purpose.AGENT, 1, 1, later)
    to = tokens.address("help@desk.example", token)
    raw = letter(ANNA, to, "Re: Coins", "#draft\nUnder the sofa.")
    got = desk.service.receive([Arrival(raw, Envelope("ingest", "support", ANNA, (to,)))])
    desk.service.process([row.ledger_id for row in got])
    link = file_tokens.make(desk.keys[0], 1, 1, DIGEST, later)
    assert desk.store.downloads.begin("used up", 1, later, desk.service.clock())
    desk.store.close()
    return {"reply": token, "link": link, "to": to}


def assert_kept(intake: Run, config: Path, before: dict[str, str], shown: list[str]) -> None:
    assert shown == [intake(*one).stdout for one in ASKED]
    desk = app.build(configs.load(config))
    now = desk.service.clock()
    assert tokens.read(desk.keys, before["reply"], now) is not None
    assert file_tokens.read(desk.keys, before["link"]) is not None
    assert not desk.store.downloads.usable("used up", 1)
    raw = letter("eve@mail.evil.example", "help@desk.example", "Win", "You won")
    got = desk.service.receive([Arrival(raw, Envelope("ingest", "support", None))])
    desk.service.process([row.ledger_id for row in got])
    rule = desk.store.ledger.list_messages(limit=1)[0].rule
    desk.store.close()
    assert "blocked" == rule
    # The address of a mail of before the backup still works.
    desk = app.build(configs.load(config))
    raw = letter(ANNA, before["to"], "Re: Coins", "#note\nHe called.")
    got = desk.service.receive([Arrival(raw, Envelope("ingest", "support", ANNA, (before["to"],)))])
    desk.service.process([row.ledger_id for row in got])
    texts = [entry.text for entry in desk.store.tickets.entries(1)]
    desk.store.close()
    assert "He called." in texts


def there_is_one_of_each(shown: list[str]) -> None:
    found: list[Any] = [json.loads(text) for text in shown]
    assert "@evil.example" == found[0][0]["sender"]
    for text, words in zip(
        shown[1:5], ("refund", "on its way", "Prefers the telephone", "sofa"), strict=True
    ):
        assert words in text


def by_backup(intake: Run, config: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    intake("backup", str(tmp_path / "kept"))
    (tmp_path / "data").rename(tmp_path / "broken")
    intake("restore", str(tmp_path / "kept"))


def by_move(intake: Run, config: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    url = request.getfixturevalue("postgres_url").replace("%", "%%")
    config.write_text(f"{config.read_text()}\n[store]\nurl = {url}\n")
    intake("move")


Way = Callable[[Run, Path, Path, pytest.FixtureRequest], None]


@pytest.mark.parametrize("way", [by_backup, by_move])
def test_what_agents_keep_is_there_afterwards_and_counts(
    way: Way, intake: Run, config: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    before = kept(intake, config, tmp_path)
    shown = [intake(*one).stdout for one in ASKED]
    there_is_one_of_each(shown)
    way(intake, config, tmp_path, request)
    assert_kept(intake, config, before, shown)
    assert "No problems found" in intake("fsck").output
