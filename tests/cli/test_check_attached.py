"""`intake check` warns of a limit of files whose email providers refuse."""

from pathlib import Path

import pytest
from config_files import DIRECT, config_text

from intake.commands.check.sense import sense
from intake.config.settings import load


@pytest.mark.parametrize(("size", "warned"), [("", False), ("18", False), ("19", True), ("100", True)])
def test_a_limit_whose_email_providers_refuse_is_warned_of(tmp_path: Path, size: str, warned: bool) -> None:
    path = tmp_path / "intake.ini"
    path.write_text(config_text(desk=f"{DIRECT}\n{f'attach_mb = {size}' if size else ''}"))
    found = [finding for finding in sense(load(path, {}), ("en",), ()) if finding.key == "attach_mb"]
    assert warned == bool(found)
    assert ["warning"] * warned == [finding.level for finding in found]


@pytest.mark.parametrize(
    ("size", "base_url", "warned"),
    [("0", "", True), ("0", "https://help.desk.example", False), ("1", "", False)],
)
def test_without_files_and_without_links_to_them_agents_see_none(
    tmp_path: Path, size: str, base_url: str, warned: bool
) -> None:
    path = tmp_path / "intake.ini"
    path.write_text(config_text(desk=f"{DIRECT}\nattach_mb = {size}", web=f"base_url = {base_url}"))
    found = [finding for finding in sense(load(path, {}), ("en",), ()) if finding.key == "attach_mb"]
    assert warned == bool(found)
