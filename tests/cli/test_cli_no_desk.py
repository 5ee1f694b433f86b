"""What is looked at must be there: where a disk is not mounted, no new desk is put in its place and shown."""

import shutil
from pathlib import Path

import click
import pytest

from intake.cli import main
from intake.commands.common import needs_desk, needs_no_desk, says_of_desk

LOOKS = (
    "status", "ticket list", "ticket show 1", "escalation list", "search word", "survey list", "report",
    "message list", "why 1", "quarantine list", "outbox list", "fsck", "audit", "migrate",
    "person show a@b.example",
    "canned list",
    "faq list",
    "import list",
    "secret list",
    "act list",
    "incident list",
    "hold list",
    "phishing list",
)  # fmt: skip


@pytest.mark.parametrize("line", LOOKS)
def test_who_looks_at_a_desk_that_is_gone_is_told(line: str, config: Path, intake) -> None:
    shutil.rmtree(config.parent / "data")
    said = intake(*line.split(), code=1).output
    assert f"There is no desk in {config.parent / 'data'}: secret.key is missing." in said
    assert "`intake restore`" in said
    assert not (config.parent / "data").exists(), "nothing is made where a disk belongs"


def commands(
    group: click.Group, path: tuple[click.Command, ...] = ()
) -> dict[str, tuple[click.Command, ...]]:
    """Every command, and the groups above it."""
    found: dict[str, tuple[click.Command, ...]] = {}
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        assert command is not None
        here = (*path, command)
        below = commands(command, here) if isinstance(command, click.Group) else {"": here}
        found |= {f"{name} {rest}".strip(): one for rest, one in below.items()}
    return found


ALL = commands(main)


@pytest.mark.parametrize("name", ALL)
def test_every_command_says_whether_it_needs_a_desk(name: str) -> None:
    """Say @needs_desk or @needs_no_desk above a new command, or above its group."""
    assert says_of_desk(ALL[name]) is not None


def test_a_command_goes_before_its_group_and_silence_is_noticed() -> None:
    group, looks, makes, silent = click.Group("a"), click.Command("b"), click.Command("c"), click.Command("d")
    needs_desk(group)
    needs_no_desk(makes)

    said = [says_of_desk(one) for one in ((group, looks), (group, makes), (silent,), ())]
    assert [True, False, None, None] == said


def test_the_lines_tried_are_of_every_command_that_looks() -> None:
    tried = {line.split()[0] for line in LOOKS}
    needing = {name.split()[0] for name, path in ALL.items() if says_of_desk(path)}
    # These need more to get as far, and go the same way.
    assert {"escalate", "erase", "backup", "watch"} == needing - tried
    assert set() == tried - needing


def test_a_key_that_is_gone_is_not_replaced_by_who_only_looks(config: Path, intake) -> None:
    intake("agent", "add", "anna@staff.example")
    (config.parent / "data" / "secret.key").unlink()
    assert "secret.key is missing" in intake("status", code=1).output
    assert not (config.parent / "data" / "secret.key").exists()


def test_no_new_key_is_made_for_an_old_desk_by_who_takes_in_mail(config: Path, intake) -> None:
    mail = config.parent / "a.eml"
    mail.write_bytes(b"From: ann@customer.example\r\nTo: help@desk.example\r\nSubject: a\r\n\r\nb\r\n")
    intake("ingest", str(mail))
    key = config.parent / "data" / "secret.key"
    kept = key.read_bytes()
    key.unlink()
    said = " ".join(intake("ingest", str(mail), code=75).output.split())
    assert "secret.key is missing, and this desk signs with a key already" in said
    assert not key.exists(), "no other machine would recognise replies to what it sends"
    key.write_bytes(kept)
    intake("ingest", str(mail))


@pytest.mark.parametrize(
    "line", ["status", "ticket list", "fsck", "ingest {mail}", "agent add a@staff.example"]
)
def test_a_desk_that_moved_away_is_not_begun_anew(line: str, config: Path, intake, mail) -> None:
    data = config.parent / "data"
    intake("agent", "add", "anna@staff.example")
    (data / "intake.db").rename(data / "intake.db.moved")
    said = intake(*line.format(mail=mail()).split(), code=75 if line.startswith("ingest") else 1).output
    assert "This desk was moved to PostgreSQL" in " ".join(said.split())
    assert not (data / "intake.db").exists(), "a new desk in its place would give its numbers out again"


def test_an_empty_desk_that_was_made_where_one_moved_away_is_refused(config: Path, intake, mail) -> None:
    data = config.parent / "data"
    intake("status")
    (data / "intake.db").rename(data / "kept")
    intake("check", "--offline")
    (data / "kept").rename(data / "intake.db.moved")
    assert "was moved to PostgreSQL" in intake("status", code=1).output
    (data / "intake.db.moved").rename(data / "kept")
    intake("ingest", str(mail()))
    (data / "kept").rename(data / "intake.db.moved")
    assert "1 Open tickets" in " ".join(intake("status").output.split()), "it has begun, and goes on"


@pytest.mark.parametrize("line", LOOKS)
def test_who_looks_at_a_desk_whose_database_is_gone_is_told(line: str, config: Path, intake, mail) -> None:
    data = config.parent / "data"
    intake("ingest", str(mail()))
    (data / "intake.db").rename(data / "elsewhere")
    said = intake(*line.split(), code=0 if line == "migrate" else 1).output
    assert (
        "There are no tables yet" if line == "migrate" else f"The database {data / 'intake.db'} is gone"
    ) in said
    assert not (data / "intake.db").exists(), "nothing is made where another disk belongs"
    (data / "elsewhere").rename(data / "intake.db")
    assert "1 Open tickets" in " ".join(intake("status").output.split())
