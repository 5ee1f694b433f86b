"""What is looked at must be there: where a disk is not mounted, no new desk is put in its place and shown."""

import shutil
from pathlib import Path

import pytest

from intake.app import build
from intake.commands.common import _LOOKING
from intake.config import load

LOOKS = (
    "status", "ticket list", "ticket show 1", "escalation list", "search word", "survey list", "report",
    "message list", "why 1", "quarantine list", "outbox list", "fsck", "audit",
)  # fmt: skip


@pytest.mark.parametrize("line", LOOKS)
def test_who_looks_at_a_desk_that_is_gone_is_told(line: str, config: Path, intake) -> None:
    shutil.rmtree(config.parent / "data")
    said = intake(*line.split(), code=1).output
    assert f"There is no desk in {config.parent / 'data'}: secret.key is missing." in said
    assert "`intake restore`" in said
    assert not (config.parent / "data").exists(), "nothing is made where a disk belongs"


def test_the_lines_tried_are_of_every_command_that_looks() -> None:
    tried = {line.split()[0] for line in LOOKS}
    # These need more to get as far, and go the same way.
    assert set() == _LOOKING - tried - {"escalate", "erase", "backup", "watch"}


def test_a_key_that_is_gone_is_not_replaced_by_who_only_looks(config: Path, intake) -> None:
    intake("agent", "add", "anna@staff.example")
    (config.parent / "data" / "secret.key").unlink()
    assert "secret.key is missing" in intake("status", code=1).output
    assert not (config.parent / "data" / "secret.key").exists()


def test_a_new_key_for_an_old_desk_is_told(config: Path, intake, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr("intake.app.log.warning", lambda text, **_: told.append(text))
    mail = config.parent / "a.eml"
    mail.write_bytes(b"From: ann@customer.example\r\nTo: help@desk.example\r\nSubject: a\r\n\r\nb\r\n")
    intake("ingest", str(mail))
    build(load(config)).store.close()
    assert [] == told
    (config.parent / "data" / "secret.key").unlink()
    build(load(config)).store.close()
    assert ["the key file was missing"] == [one.partition(" and ")[0] for one in told]
