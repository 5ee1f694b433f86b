"""Every command is documented, and the help comes at once."""

import importlib.util
import os
import re
import shlex
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


def groups(group: click.Group, path: str = "intake") -> dict[str, click.Group]:
    """Return every group below `group`, by its name on the command line."""
    below: dict[str, click.Group] = {}
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            below |= {f"{path} {name}": command, **groups(command, f"{path} {name}")}
    return below


GROUPS = groups(main)
# What a short help begins with: each is a verb in its plain form.
VERBS = frozenset(
    (
        "Acknowledge", "Add", "Ask",
        "Approve", "Assign", "Back", "Cancel", "Change", "Check", "Close", "Create", "Disable",
        "End", "Export", "Hold", "Keep", "Verify",
        "Discard", "Erase", "Escalate", "Explain", "Find", "Import", "Link", "List", "Listen", "Log", "Make",
        "Manage", "Merge", "Move", "Open", "Permanently", "Preview", "Print", "Read", "Release", "Reopen",
        "Reply", "Report", "Requeue", "Resend", "Resolve", "Restore", "Resume", "Revoke", "Run", "Search",
        "Send", "Serve", "Set", "Show", "Snooze", "Start", "Take", "Test", "Try", "Turn", "Undo", "Upgrade",
        "Watch", "Remove", "Withdraw",
    )
)  # fmt: skip
# The words that our help must not come back to.
ARCHAIC = re.compile(
    r"\b(whoever|somebody|anew|for good|let (?:in|out)|told|void|in vain|as ever|see to|by machine)\b", re.I
)


@pytest.mark.parametrize("name", [*ALL, *GROUPS])
def test_a_short_help_is_a_verb_and_its_object_in_one_line_of_a_terminal(name: str) -> None:
    short = {**ALL, **GROUPS}[name].get_short_help_str(limit=200)
    assert short.partition(" ")[0].rstrip(",") in VERBS
    assert short.endswith(".")
    assert ARCHAIC.search(short) is None


@pytest.mark.parametrize("name", ["intake", *GROUPS])
def test_no_short_help_is_cut_off_in_a_list_80_columns_wide(name: str) -> None:
    group = GROUPS.get(name, main)
    context = click.Context(group, info_name=name, terminal_width=80, max_content_width=80)
    listed = group.get_help(context).partition("Commands:")[2]
    assert listed
    assert "..." not in listed


@pytest.mark.parametrize("name", ALL)
def test_the_help_and_the_options_say_nothing_archaic(name: str) -> None:
    command = ALL[name]
    helps = [command.help or "", *(one.help or "" for one in command.params if isinstance(one, click.Option))]
    assert [] == [text for text in helps if ARCHAIC.search(text)]


@pytest.mark.parametrize("name", [*ALL, *GROUPS])
def test_the_example_of_a_command_can_be_parsed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTAKE_AGENT", "anna@example.com")
    epilog = {**ALL, **GROUPS}[name].epilog or ""
    assert epilog.startswith(f"Example: {name}")
    words = shlex.split(epilog.removeprefix("Example: ").partition(" > ")[0])[1:]
    group: click.Command = main
    context: click.Context | None = None
    while isinstance(group, click.Group):
        found = group.get_command(click.Context(group), words[0])
        assert found is not None
        group, words = found, words[1:]
        context = context or click.Context(main)
    wrong = ""
    try:
        group.make_context("example", [*words], parent=context)
    except click.BadParameter as err:
        wrong = err.message
    # A file or folder of the example is not here; that is not wrong usage.
    assert not wrong or "does not exist" in wrong
