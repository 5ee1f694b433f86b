"""The page that says how a channel is added, taken at its word: its steps, as they stand there."""

import importlib
import json
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType

import pytest
from click.testing import CliRunner

from intake.channels.opening import open_channel
from intake.cli import main
from intake.config.sections import Settings
from intake.config.settings import load
from intake.ports import Channel
from intake.testing.channel_contract import ChannelContract, mail
from intake.testing.ledger import Ledger

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "adding.md").read_text(encoding="utf-8")
CHANNEL = PAGE[PAGE.index("## A channel") : PAGE.index("## A language")]


def block(language: str) -> str:
    """Return the one block of the page's section in that language."""
    (found,) = re.findall(rf"(?ms)^```{language}\n(.*?)^```$", CHANNEL)
    return str(found)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder in which the steps of the page were taken; yields its config."""
    (tmp_path / "pigeons").mkdir()
    (tmp_path / "pigeons" / "loft.py").write_text(block("python"), encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("WHISTLE", "three short, one long")
    importlib.invalidate_caches()
    config = tmp_path / "intake.ini"
    config.write_text(
        "[desk]\nname = Desk\naddress = help@desk.example\n[smtp]\nhost = 127.0.0.1\nport = 1\n"
        f"[web]\nenabled = no\n{block('ini')}",
        encoding="utf-8",
    )
    yield config
    for name in ("pigeons", "pigeons.loft"):
        sys.modules.pop(name, None)


def test_check_reads_its_keys_and_asks_it(desk: Path) -> None:
    def told() -> dict[str, str]:
        done = CliRunner().invoke(main, ["--config", str(desk), "check", "--offline", "--json"])
        return {
            one["key"]: one["level"] for one in json.loads(done.stdout) if one["section"] == "mailbox birds"
        }

    assert "problem" == told()["loft"]
    (desk.parent / "loft").mkdir()
    assert "ok" == told()["type"]
    desk.write_text(desk.read_text(encoding="utf-8") + "lofty = x\n", encoding="utf-8")
    assert "problem" == told()["lofty"]


class TestTheChannelOfThePage(ChannelContract):
    channel, name = "pigeons.loft", "birds"
    # The page says that the least there can be does without these two.
    test_one_message_that_cannot_be_kept_holds_up_no_other = None  # type: ignore[assignment]
    test_a_big_message_comes_whole_and_one_too_big_stays = None  # type: ignore[assignment]

    @pytest.fixture(autouse=True)
    def loft(self, desk: Path) -> None:
        self.settings: Settings = load(desk)
        assert "three short" not in repr(self.settings)
        self.loft_ = desk.parent / "loft"
        self.loft_.mkdir()
        self.number = 0

    def bring(self, text: str, pad: int = 0) -> None:
        self.number += 1
        path = self.loft_ / f"{self.number}.eml"
        path.with_suffix(".tmp").write_bytes(mail(text, pad))
        path.with_suffix(".tmp").rename(path)

    def kept(self) -> Sequence[bytes]:
        return [one.read_bytes() for one in self.loft_.iterdir()]

    def open(self, ledger: Ledger) -> Channel:
        made = open_channel("birds", self.settings, ledger, ledger.receive)
        assert made is not None
        return made


def test_the_page_names_what_is_there(desk: Path) -> None:
    root = Path(__file__).resolve().parents[1]
    assert [] == [
        path for path in re.findall(r"\]\((\.\.?/?[^)#]*)\)", CHANNEL) if not (root / "docs" / path).exists()
    ]
    loft: ModuleType = importlib.import_module("pigeons.loft")
    assert "Pigeon post" == loft.CHANNEL.title
