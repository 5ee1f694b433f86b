"""The channel keeps to what every channel keeps to, and to its own."""

import contextlib
import json
import os
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

from intake.channels.opening import check, open_channel
from intake.config.sections import Settings
from intake.config.settings import ConfigError, load
from intake.ports import Channel
from intake.testing.channel_contract import ChannelContract
from intake.testing.ledger import Ledger


def settings_of(folder: Path, more: str = "") -> Settings:
    """Return the settings of a desk with one mailbox, called box, that reads `folder`/drop."""
    (folder / "intake.ini").write_text(
        "[desk]\nname = Desk\naddress = support@example.com\nmax_message_mb = 1\n[smtp]\nhost = localhost\n"
        f"[mailbox box]\ntype = jsondrop.channel\nfolder = drop\npoll_seconds = 1\n{more}",
        encoding="utf-8",
    )
    return load(folder / "intake.ini")


def drop(folder: Path, name: str, **said: str) -> None:
    """Write a file as the other program does."""
    whole = {"id": name, "at": "2026-03-01T10:00:00+00:00", "from": "ann@example.org", **said}
    (folder / f"{name}.tmp").write_text(json.dumps(whole), encoding="utf-8")
    os.rename(folder / f"{name}.tmp", folder / f"{name}.json")


class TestJsonDrop(ChannelContract):
    channel = "jsondrop.channel"

    @pytest.fixture(autouse=True)
    def set_up(self, tmp_path: Path) -> None:
        self.prepare(tmp_path)

    def prepare(self, tmp_path: Path) -> None:
        self.drop = tmp_path / "drop"
        self.drop.mkdir()
        self.settings = settings_of(tmp_path)

    def bring(self, text: str, pad: int = 0) -> None:
        drop(self.drop, text, subject="Hello", text=f"{text}\n" + "A line of words.\n" * (pad // 10))

    def kept(self) -> Sequence[bytes]:
        found = []
        for one in self.drop.iterdir():
            # It may be taken away this moment.
            with contextlib.suppress(OSError):
                found.append(one.read_bytes())
        return found

    def open(self, ledger: Ledger) -> Channel:
        made = open_channel("box", self.settings, ledger, ledger.receive)
        assert made is not None
        return made

    def disturbances(self) -> Iterable[Callable[[], object]]:
        yield lambda: (self.drop / "folder.json").mkdir()
        yield lambda: (self.drop / "link.json").symlink_to("/etc/hostname")
        yield lambda: (self.drop / "junk.json").write_bytes(b"\x00\xff")
        yield lambda: (self.drop / "number.json").write_bytes(b"7")
        yield lambda: drop(self.drop, "header", subject="two\r\nlines", text="-")
        yield self.take_the_folder_away

    def take_the_folder_away(self) -> None:
        os.rename(self.drop, self.drop.with_name("gone"))
        time.sleep(0.1)
        os.rename(self.drop.with_name("gone"), self.drop)


def test_a_file_without_the_token_is_left_and_named(tmp_path: Path) -> None:
    (tmp_path / "drop").mkdir()
    (tmp_path / "token").write_text("right\n", encoding="utf-8")
    settings, ledger = settings_of(tmp_path, "token_file = token\n"), Ledger()
    channel: Any = open_channel("box", settings, ledger, ledger.receive)
    drop(tmp_path / "drop", "1", subject="a", text="a", token="wrong")
    drop(tmp_path / "drop", "2", subject="b", text="b", token="right")
    assert channel.look(threading.Event()) == "'1.json': does not hold the token"
    assert len(ledger.raws) == 1
    assert "right" not in repr(settings)


def test_a_key_that_is_wrong_is_named_as_those_of_other_channels_are(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"\[mailbox box\] timeout: is not a known key"):
        settings_of(tmp_path, "timeout = 5\n")


def test_a_folder_that_is_missing_is_told_by_check(tmp_path: Path) -> None:
    section = settings_of(tmp_path).mailboxes["box"]
    assert [("problem", "folder")] == [(one.level, one.key) for one in check(section)]
    (tmp_path / "drop").mkdir()
    assert ["ok"] == [one.level for one in check(section)]
