"""Every machine of a desk signs with the same keys: another one does not start, and makes none of its own."""

import json
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from command_line import Run

from intake.app import build
from intake.config.settings import load
from intake.key_file import signing_keys
from intake.ports import UserError
from intake.store import open_store
from intake.store.schema.tables import Meta

Machine = Callable[..., None]
NOW = datetime(2026, 3, 1, tzinfo=UTC)
OLD, NEW, OTHER = ("11" * 32, "22" * 32, "33" * 32)


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/shared.db"
    found: str = request.getfixturevalue("postgres_url")
    return found


@pytest.fixture
def start(config: Path, url: str, tmp_path: Path) -> Machine:
    """Start the desk on a machine, with these lines in its key file; none: as they are there."""
    settings = load(config)

    def started(machine: str, *lines: str) -> None:
        data = tmp_path / machine
        if lines:
            data.mkdir(mode=0o700, exist_ok=True)
            (data / "secret.key").write_text("\n".join(lines))
        store = replace(settings.store, url=url)
        build(replace(settings, desk=replace(settings.desk, data=data), store=store)).store.close()

    return started


def test_a_machine_without_a_key_makes_none_where_a_desk_signs_with_one(
    start: Machine, tmp_path: Path
) -> None:
    start("first")
    with pytest.raises(UserError, match=r"secret\.key is missing.* Copy the file from a machine"):
        start("second")
    assert not (tmp_path / "second/secret.key").exists()
    (tmp_path / "second/secret.key").write_bytes((tmp_path / "first/secret.key").read_bytes())
    start("second")
    start("first")


def test_a_desk_of_an_older_intake_gets_its_mark_from_who_has_a_key(
    start: Machine, url: str, tmp_path: Path
) -> None:
    start("first", OLD)
    with closing(open_store(url, tmp_path)) as store:
        with store.transaction():
            store.db.run(Meta.delete().where(Meta.name == "keys"))
        store.agents.add("anna@staff.example", "Anna", (), NOW)
        with pytest.raises(UserError, match="is missing"):
            start("second")
        assert not (tmp_path / "second/secret.key").exists()
        start("first")
        (kept,) = store.db.rows(Meta.select(Meta.value).where(Meta.name == "keys").tuples())
        assert OLD not in kept[0]
    with pytest.raises(UserError, match="another key"):
        start("second", OTHER)


def test_another_key_is_refused_and_left_as_it_is(start: Machine, tmp_path: Path) -> None:
    start("first", OLD)
    with pytest.raises(UserError, match="another key than the one this desk signs with"):
        start("second", OTHER)
    assert OTHER == (tmp_path / "second/secret.key").read_text()
    start("first")


# What stands in the key files when the machines start in turn, and whether the last one may.
TURNS = {
    "the key is rotated": (("a", OLD), ("a", NEW, OLD), True),
    "rotated, and retired": (("a", OLD), ("a", NEW, OLD), ("a", NEW), True),
    "one has not got the new key, and the old one is kept": (("a", OLD), ("a", NEW, OLD), ("b", OLD), True),
    "it gets it": (("a", NEW, OLD), ("b", OLD), ("b", NEW, OLD), True),
    "it retires the old one later": (("a", NEW, OLD), ("a", NEW), ("b", NEW, OLD), True),
    "the old one is gone": (("a", NEW, OLD), ("a", NEW), ("b", OLD), False),
    "gone, though one had it still": (("a", NEW, OLD), ("a", NEW), ("b", NEW, OLD), ("c", OLD), False),
    "both rotate, each to its own": (("a", OLD), ("a", NEW, OLD), ("b", OTHER, OLD), False),
    "replaced, not rotated": (("a", OLD), ("a", NEW), False),
}


@pytest.mark.parametrize("case", TURNS)
def test_a_rotated_key_is_taken_as_long_as_everybody_knows_what_the_others_sign_with(
    case: str, start: Machine
) -> None:
    *turns, (last, fits) = [*TURNS[case][:-2], (TURNS[case][-2], TURNS[case][-1])]
    for machine, *lines in turns:
        start(machine, *lines)
    machine, *lines = last
    if fits:
        start(machine, *lines)
        start(machine)
    else:
        with pytest.raises(UserError, match="another key"):
            start(machine, *lines)


def test_check_says_it_and_a_lost_key_can_be_given_up(intake: Run, config: Path, mail) -> None:
    path = config.parent / "data/secret.key"
    intake("ingest", str(mail()))
    first = path.read_text()
    path.write_text(secrets.token_hex(32))
    problems = [
        one
        for one in json.loads(intake("check", "--offline", "--json", code=1).stdout)
        if one["level"] == "problem"
    ]
    assert [("desk", "data")] == [(one["section"], one["key"]) for one in problems]
    assert "another key than the one this desk signs with" in problems[0]["what"]
    assert "another key" in intake("status", code=1).output
    path.unlink()
    assert "secret.key is missing" in intake("agent", "add", "a@staff.example", code=1).output
    assert not path.exists()
    said = " ".join(intake("restore", "--accept-key").output.split())
    assert "Copy the file to every other machine" in said
    assert path.read_text() != first
    intake("status")
    assert "accepted another signing key" in intake("audit").output
    assert "Nothing was changed" in intake("restore", "--accept-key").output


def test_check_warns_who_has_not_got_the_newest_key(intake: Run, config: Path) -> None:
    path = config.parent / "data/secret.key"
    intake("agent", "add", "anna@staff.example")
    old = path.read_text()
    path.write_text(f"{NEW}\n{old}")
    intake("status")
    path.write_text(old)
    said = json.loads(intake("check", "--offline", "--json").stdout)
    assert ["warning"] == [one["level"] for one in said if "newest key" in one["what"]]


def test_a_key_is_accepted_only_by_a_desk(intake: Run, config: Path) -> None:
    assert "There is no desk" in intake("restore", "--accept-key", code=1).output
    assert not (config.parent / "data/intake.db").exists()
    assert 1 == len(signing_keys(config.parent / "data"))


def test_of_machines_that_begin_a_desk_at_once_one_makes_the_key(start: Machine, tmp_path: Path) -> None:
    names = [f"machine{number}" for number in range(4)]

    def begin(name: str) -> str:
        try:
            start(name)
        except UserError as err:
            return str(err)
        return ""

    with ThreadPoolExecutor(len(names)) as pool:
        told = list(pool.map(begin, names))
    assert [""] == [text for text in told if "secret.key is missing" not in text]
    assert 1 == len(list(tmp_path.glob("machine*/secret.key")))


def test_the_mark_moves_with_the_desk(intake: Run, config: Path, postgres_url: str, tmp_path: Path) -> None:
    intake("agent", "add", "anna@staff.example")
    config.write_text(f"{config.read_text()}\n[store]\nurl = {postgres_url.replace('%', '%%')}\n")
    intake("move")
    intake("status")
    (tmp_path / "data/secret.key").write_text(OTHER)
    assert "another key" in intake("status", code=1).output
