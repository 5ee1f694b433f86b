"""The examples do what they say: each is taken as it lies there, and run."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from config_files import config_text

from intake.cli import main

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
TRIAGE = EXAMPLES / "triage"
README = (EXAMPLES / "README.md").read_text(encoding="utf-8")

# What is decided on each mail: category, priority, team, the hours of its first answer, and the fields kept.
DECIDED = {
    "theft": ("security", "urgent", "security", 1, {}),
    "payout": ("payment", "high", "payments", 4, {"order": "20261120"}),
    "crash": ("technical", "normal", "", 8, {}),  # A day of the office.
}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A small config with the example below it."""
    path = tmp_path / "intake.ini"
    path.write_text(config_text(more=(TRIAGE / "triage.ini").read_text(encoding="utf-8")), encoding="utf-8")
    path.chmod(0o600)
    return path


def run(config: Path, *words: str) -> Any:
    """What a command prints as JSON; it must end well."""
    result = CliRunner().invoke(main, ["--config", str(config), *words, "--json"])
    assert 0 == result.exit_code, result.output
    return json.loads(result.output)


def test_every_example_is_in_the_list_and_has_a_test() -> None:
    there = {path.name for path in EXAMPLES.iterdir() if path.is_dir()}
    tests = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.rglob("test_*.py"))
    assert [] == [name for name in there if f"[{name}/]" not in README]
    own = {name for name in there if [*(EXAMPLES / name).glob("test_*.py")]}
    assert [] == [name for name in there - own if not re.search(rf"(?i)\bexamples\W+{name}\b", tests)]
    # Those that bring their tests along are collected with ours.
    pyproject = (EXAMPLES.parent / "pyproject.toml").read_text(encoding="utf-8")
    assert own <= {name for name in there if f'"examples/{name}"' in pyproject.partition("testpaths")[2]}


def test_the_rules_are_a_config_that_is_in_order(config: Path) -> None:
    problems = [one for one in run(config, "check", "--offline") if one["level"] == "problem"]
    assert [] == problems


def test_every_mail_of_the_rules_is_decided_on() -> None:
    assert set(DECIDED) == {path.stem for path in TRIAGE.glob("*.eml")}


@pytest.mark.parametrize("name", DECIDED)
def test_a_mail_is_decided_on_as_written_down(name: str, config: Path) -> None:
    category, priority, team, hours, fields = DECIDED[name]
    mail = str(TRIAGE / f"{name}.eml")
    tried = run(config, "rules", "test", mail)["result"]
    assert (category, priority, team) == (tried["category"], tried["priority"], tried["team"])

    run(config, "ingest", mail)
    shown = run(config, "ticket", "show", "1")
    assert (category, priority, team) == (shown["category"], shown["priority"], shown["team"])
    assert fields == {key: value for key, value in shown["fields"].items() if key in fields}
    (promise,) = [one for one in shown["promised"] if one["target"] == "first_response"]
    assert hours * 60 == promise["total_minutes"]
