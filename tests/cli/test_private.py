"""What holds mail or a secret is its owner's alone, whatever the umask."""

import os
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from command_line import Run
from pump import letter

from intake import app
from intake.channels.opening import open_channel
from intake.cli import main
from intake.config import settings as configs
from intake.folders import private_folder
from intake.store.blobs import LARGEST_ROW


@pytest.fixture
def open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def others(folder: Path) -> list[str]:
    """What below a folder others than its owner may do something with."""
    return [
        f"{path.relative_to(folder)} {stat.S_IMODE(path.lstat().st_mode):o}"
        for path in (folder, *folder.rglob("*"))
        if path.lstat().st_mode & 0o077 and not path.is_symlink()
    ]


def test_nothing_that_the_desk_makes_is_readable_by_others(
    intake: Run, config: Path, tmp_path: Path, open_umask: None
) -> None:
    (tmp_path / "data/secret.key").unlink()
    (tmp_path / "data").rmdir()
    text = config.read_text().replace("[desk]\n", f"[desk]\ndata = {tmp_path}/made/by/us\n")
    config.write_text(text.replace("type = ingest", f"type = maildir\npath = {tmp_path}/box"))
    (tmp_path / "box").mkdir(mode=0o700)
    large = letter("lin@customer.example", "help@desk.example", "Large", "x" * (LARGEST_ROW + 9))
    (tmp_path / "large.eml").write_bytes(large)
    drop = tmp_path / "box/1.eml"
    drop.write_bytes(letter("ada@customer.example", "help@desk.example", "Dropped"))
    drop.chmod(0o600)
    os.utime(drop, (0, 0))
    intake("agent", "add", "anna@desk.example", "--name", "Anna")
    intake("ingest", str(tmp_path / "large.eml"))
    desk = app.build(configs.load(config))
    channel = open_channel("support", desk.settings, desk.store, desk.service.receive)
    assert channel is not None
    stop = threading.Event()
    channel.look(stop)
    desk.store.close()
    intake("dkim", "create")
    intake("backup", str(tmp_path / "backups/of/today"))
    assert (tmp_path / "box/done/1.eml").exists()
    assert 2 <= len([one for one in (tmp_path / "backups/of/today/blobs").rglob("*")])
    for folder in ("made", "box", "backups"):
        assert [] == others(tmp_path / folder)
    (tmp_path / "made").rename(tmp_path / "before")
    intake("restore", str(tmp_path / "backups/of/today"))
    assert (tmp_path / "made/by/us/blobs").is_dir()
    assert [] == others(tmp_path / "made")


def test_a_folder_that_is_there_stays_as_it_is(tmp_path: Path, open_umask: None) -> None:
    (tmp_path / "there").mkdir(mode=0o755)
    private_folder(tmp_path / "there/a/b")
    private_folder(tmp_path / "there/a/b")
    assert ["there 755"] == [one for one in others(tmp_path) if one.startswith("there")]
    (tmp_path / "file").write_text("")
    with pytest.raises(FileExistsError):
        private_folder(tmp_path / "file")


SECRETS = {
    "a password": ("[smtp]\n", "[smtp]\npassword = hunter2\n"),
    "a token": ("[smtp]\n", "[page]\nwebhook = https://x.example/y\n[smtp]\n"),
    "a password in a remark": ("[smtp]\n", "[smtp]\n# password = hunter2\n"),
    "a password in a URL": ("[smtp]\n", "[queue]\nurl = redis://:hunter2@127.0.0.1/9\n[smtp]\n"),
    "a key that its channel alone knows": ("type = ingest", "type = their.channel\napi_credential = hunter2"),
}
PLAIN = {
    "nothing of the kind": ("", ""),
    "where a password lies": ("[smtp]\n", "[smtp]\npassword_env = HOME\n"),
    "a remark on passwords": ("[smtp]\n", "[smtp]\n# Its password, or password_file. Default: none.\n"),
    "an empty key": ("[smtp]\n", "[page]\nwebhook =\ntoken =\n[smtp]\n"),
}


@pytest.mark.parametrize("name", [*SECRETS, *PLAIN])
def test_check_warns_of_a_config_with_secrets_that_others_may_read(name: str, config: Path) -> None:
    old, new = {**SECRETS, **PLAIN}[name]
    config.write_text(config.read_text().replace(old, new, 1) if old else config.read_text())
    for mode in (0o640, 0o604, 0o600):
        config.chmod(mode)
        said = checked(config)
        assert ("holds a secret and others may read it" in said) is (name in SECRETS and mode != 0o600), said


def checked(config: Path) -> str:
    """What `intake check` says, whatever it finds besides."""
    return " ".join(CliRunner().invoke(main, ["--config", str(config), "check", "--offline"]).output.split())
