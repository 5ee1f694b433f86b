"""The units and the compose file name commands that exist, and keep what they promise."""

import configparser
import re
from pathlib import Path

import pytest

from intake.cli import COMMANDS

ROOT = Path(__file__).resolve().parent.parent
UNITS = sorted((ROOT / "deploy" / "systemd").glob("*.service"))
PIECES = {"poll", "listen", "web", "worker"}


def unit(path: Path) -> configparser.ConfigParser:
    parsed = configparser.ConfigParser(interpolation=None, strict=True)
    parsed.optionxform = str  # type: ignore[assignment, method-assign]
    parsed.read_string(path.read_text(encoding="ascii"))
    return parsed


def test_there_is_a_unit_for_the_whole_and_for_each_piece() -> None:
    assert {"intake", *(f"intake-{piece}" for piece in PIECES)} == {path.stem for path in UNITS}
    target = unit(ROOT / "deploy" / "systemd" / "intake.target")
    assert {f"intake-{piece}.service" for piece in PIECES} == set(target["Unit"]["Wants"].split())


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_a_unit_starts_a_command_that_exists_as_a_user_who_may_do_little(path: Path) -> None:
    service = unit(path)["Service"]
    command = service["ExecStart"].split()[1]
    assert command in COMMANDS
    assert ("intake", "strict", "yes", "always") == (
        service["User"],
        service["ProtectSystem"],
        service["NoNewPrivileges"],
        service["Restart"],
    )
    # The desk itself stops within 30 seconds; the manager must not kill it before.
    assert int(service["TimeoutStopSec"]) > 30


def test_the_compose_file_starts_every_piece_by_commands_that_exist() -> None:
    text = (ROOT / "deploy" / "compose.yaml").read_text(encoding="ascii")
    commands = [line.split(",")[0] for line in re.findall(r"^    command: \[(.*)\]$", text, re.MULTILINE)]
    assert {*PIECES, "migrate"} == set(commands)
    assert set(commands) <= set(COMMANDS)
    # Anchors that are used are defined, and no secret stands in it.
    assert set(re.findall(r"\*(\w+)", text)) <= set(re.findall(r"&(\w+)", text))
    assert not re.search(r"PASSWORD: \S", text)
