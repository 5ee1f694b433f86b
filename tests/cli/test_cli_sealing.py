"""`intake secret key`, `reveal`, `open`: a key that the desk does not have, and two persons to open."""

import io
import stat
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from canaries import PHRASE, leaks
from click.testing import Result
from command_line import Run
from phones import Phone

from intake import terminal
from intake.app import build
from intake.commands import sealing
from intake.commands.common import now
from intake.config.settings import load
from intake.ports import UserError
from intake.sealed.keeper import keep_sealed

Write = Callable[..., Path]


@pytest.fixture
def key(tmp_path: Path) -> Path:
    return tmp_path / "stick.key"


@pytest.fixture
def sealed(intake: Run, config: Path, mail: Write, key: Path) -> Run:
    """A desk with two agents and one sealed phrase, which is find 1."""
    intake("agent", "add", "anna@desk.example", "--name", "Anna")
    intake("agent", "add", "ben@desk.example", "--name", "Ben")
    intake("secret", "key", "create", str(key))
    intake("ingest", str(mail("Help", f"My words are {PHRASE}")))
    desk = build(load(config))
    keep_sealed(desk)
    desk.store.close()
    return intake


def test_the_private_half_is_in_a_private_file_outside_of_the_data_folder(
    intake: Run, config: Path, key: Path
) -> None:
    inside = config.parent / "data" / "stick.key"
    assert "lies in the data folder" in intake("secret", "key", "create", str(inside), code=1).output
    assert not inside.exists()
    assert "Give a FILE" in intake("secret", "key", "create", code=2).output
    assert "no key yet" in intake("secret", "key", "rotate", str(key), code=1).output
    said = intake("secret", "key", "create", str(key)).output
    assert 0o600 == stat.S_IMODE(key.stat().st_mode)
    private = key.read_text().splitlines()[-1]
    assert private.startswith("AGE-SECRET-KEY-1")
    assert "sealed for age1" in said
    assert private not in said
    data = b"".join(file.read_bytes() for file in (config.parent / "data").rglob("*") if file.is_file())
    assert private.encode() not in data
    assert "already exists" in intake("secret", "key", "rotate", str(key), code=1).output
    assert "already" in intake("secret", "key", "create", str(key), code=1).output
    assert "no age recipient" in intake("secret", "key", "rotate", "--recipient", "x", code=1).output
    intake("secret", "key", "rotate", str(key.with_name("another.key")))
    assert "sealed from now on for age1" in intake("audit").output


def test_two_persons_open_what_is_certain_and_each_act_is_written_down(sealed: Run, key: Path) -> None:
    out = key.with_name("original.eml")
    opens = ["secret", "open", "1", "--identity", str(key), "--to", str(out)]
    assert "nobody asked" in sealed(*opens, code=1).output
    asked = sealed("secret", "reveal", "1", "--reason", "police file", "--as", "anna@desk.example").output
    assert "a second person has not agreed yet" in asked
    assert "has not agreed" in sealed(*opens, code=1).output
    mine = sealed("secret", "reveal", "1", "--agree", "--as", "anna@desk.example", code=1).output
    assert "Another person must agree" in mine
    assert not out.exists()
    assert "Agreed" in sealed("secret", "reveal", "1", "--agree", "--as", "ben@desk.example").output
    twice = sealed("secret", "reveal", "1", "--agree", "--as", "ben@desk.example", code=1).output
    assert "Nobody asked" in twice
    # Not onto what is no terminal, and not over a file that is there.
    assert "on a terminal only" in sealed("secret", "open", "1", "--identity", str(key), code=1).output
    shown: list[Result] = [sealed(*opens)]
    assert "sausage worth useful" in out.read_text()
    assert 0o600 == stat.S_IMODE(out.stat().st_mode)
    assert "already exists" in sealed(*opens, code=1).output
    shown += [
        sealed("audit"),
        sealed("outbox", "list"),
        sealed("ticket", "show", "1"),
        sealed("secret", "list"),
    ]
    assert [] == leaks("".join(each.output for each in shown))
    for act in ("asked to open sealed find 1", "agreed to open sealed find 1", "opened sealed find 1"):
        assert act in shown[1].output


def test_who_is_told_that_somebody_asked(sealed: Run, config: Path) -> None:
    sealed("secret", "reveal", "1", "--reason", "police file", "--as", "anna@desk.example")
    desk = build(load(config))
    told = [
        mail.rcpt
        for mail in desk.store.outbox.list_mails(limit=50)
        if b"police file" in (desk.store.outbox.raw(mail.id) or b"")
    ]
    desk.store.close()
    assert "ben@desk.example" in told


def test_alone_one_waits_for_a_day(sealed: Run, key: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sealed("agent", "disable", "ben@desk.example")
    out = key.with_name("original.eml")
    opens = ["secret", "open", "1", "--identity", str(key), "--to", str(out)]
    said = sealed("secret", "reveal", "1", "--reason", "police file", "--as", "anna@desk.example").output
    assert "there is no second person here, so it waits until" in said
    assert "waits until" in sealed(*opens, code=1).output
    later = now() + timedelta(hours=24, seconds=1)
    monkeypatch.setattr(sealing, "now", lambda: later)
    sealed(*opens)
    assert "sausage worth useful" in out.read_text()


def test_once_there_are_second_factors_both_show_a_code(sealed: Run) -> None:
    asks = ("secret", "reveal", "1", "--reason", "police file", "--as", "anna@desk.example")
    agrees = ("secret", "reveal", "1", "--agree", "--as", "ben@desk.example")
    sealed(*asks)
    phones = {
        name: Phone(sealed("agent", "factor", f"{name}@desk.example").output) for name in ("anna", "ben")
    }
    for without in (asks, agrees):
        assert "have second factors" in " ".join(sealed(*without, code=1).output.split()), without
    assert "wrong" in sealed(*agrees, "--code", "000000", code=1).output
    assert "Asked to open" in sealed(*asks, *phones["anna"].code()).output
    assert "wrong" in sealed(*agrees, *phones["anna"].code(), code=1).output
    assert "Agreed" in sealed(*agrees, *phones["ben"].code()).output


def test_what_was_destroyed_is_opened_by_nobody(sealed: Run, key: Path) -> None:
    assert "Destroyed 1 sealed original" in sealed("secret", "destroy", "1", "--yes").output
    said = sealed("secret", "open", "1", "--identity", str(key), "--to", str(key.with_name("x")), code=1)
    assert "is destroyed" in said.output
    assert "No secret was found" in sealed("secret", "list", "--state", "sealed").output


class Tty(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_secret_is_shown_on_a_terminal_and_what_acts_on_it_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", tty := Tty())
    terminal.say_secret(f"{PHRASE}\x1b[2J")
    assert f"{PHRASE}\\x1b[2J\n" == tty.getvalue()
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    with pytest.raises(UserError, match="on a terminal only"):
        terminal.say_secret(PHRASE)
