"""Every command is documented, and the help comes at once."""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from command_line import commands

from intake.cli import main

ROOT = Path(__file__).resolve().parents[2]
DOCS = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")


ALL = commands(main)


@pytest.mark.parametrize("name", ALL)
def test_every_command_has_a_heading_an_example_and_exit_codes(name: str) -> None:
    sections = re.split(r"(?m)^### ", DOCS)
    [section] = [one for one in sections if f"`{name}`" in one.partition("\n")[0]]
    assert re.search(rf"(?m)^    .*\b{name}\b", section), "no example"
    assert "Exit codes" in section


def test_no_heading_names_a_command_that_is_gone() -> None:
    named = re.findall(r"`(intake[a-z -]+)`", "\n".join(re.findall(r"(?m)^### .*$", DOCS)))
    assert set(ALL) == set(named)


def test_the_options_in_the_examples_exist() -> None:
    for name, command in ALL.items():
        known = {option for one in command.params for option in one.opts}
        for line in re.findall(rf"(?m)^    .*?\b{name} .*$", DOCS):
            used = set(re.findall(r" (--[a-z-]+)", line.partition(f"{name} ")[2]))
            assert used <= known, (line, used - known)


@pytest.mark.parametrize("name", ALL)
def test_every_command_and_option_has_help(name: str) -> None:
    command = ALL[name]
    assert command.help
    assert [] == [one.name for one in command.params if isinstance(one, click.Option) and not one.help]


def test_help_loads_neither_rich_nor_the_database_nor_the_queue() -> None:
    before = os.times()
    ran = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "intake", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    after = os.times()
    took = after.children_user + after.children_system - before.children_user - before.children_system
    assert 0 == ran.returncode
    loaded = {line.rpartition("|")[2].strip() for line in ran.stderr.splitlines()}
    assert set() == loaded & {
        "rich",
        "peewee",
        "huey",
        "flanker",
        "flask",
        "jinja2",
        "imapclient",
        "aiosmtpd",
    }
    # 0.13 s of a quiet processor; ten times as much for a busy one.
    assert took < 1.5


@pytest.mark.parametrize("name", ALL)
def test_the_help_ends_with_an_example_of_the_command_itself(name: str) -> None:
    epilog = ALL[name].epilog or ""
    assert epilog.startswith(f"Example: {name}")


def test_the_reference_is_what_the_commands_say() -> None:
    spec = importlib.util.spec_from_file_location("reference", ROOT / "scripts" / "command-reference.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    kept = (ROOT / "docs" / "command-reference.md").read_text(encoding="utf-8")
    assert made.reference() == kept, "run `make reference`"
