"""A link in a folder of the desk's never leads it to what lies elsewhere: its key, its mail, a file."""

import os
import threading
from pathlib import Path

import pytest
from config_files import config_text

from intake.channels.maildir_reconcile import differences
from intake.channels.opening import open_channel
from intake.config.canned_files import read_folder, readable
from intake.config.sections import Settings
from intake.config.settings import load
from intake.folders import inside, own_bytes
from intake.ports import UserError
from intake.rendering.catalogue import Catalogue
from intake.rendering.templates import Renderer

SECRET = "secret-of-the-machine"


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret.key"
    path.write_text(SECRET)
    return path


def test_a_prepared_answer_that_is_a_link_out_of_its_folder_is_refused(tmp_path: Path, secret: Path) -> None:
    folder = tmp_path / "canned"
    folder.mkdir()
    (folder / "kept.txt").write_text("Hello")
    # What leads from one file of the folder to another is as good as a file.
    (folder / "other.txt").symlink_to("kept.txt")
    assert {"kept": {"": "Hello"}, "other": {"": "Hello"}} == read_folder(folder)
    (tmp_path / "linked").symlink_to(folder)
    assert {"kept", "other"} == set(read_folder(tmp_path / "linked"))
    (folder / "key.txt").symlink_to(secret)
    with pytest.raises(UserError, match=r"key\.txt is a link that leads out of the folder"):
        read_folder(folder)


@pytest.mark.parametrize("what", ["a pipe", "a folder", "a circle", "nothing"])
def test_what_is_no_file_among_prepared_answers_is_named_and_not_waited_for(
    what: str, tmp_path: Path
) -> None:
    folder = tmp_path / "canned"
    folder.mkdir()
    (folder / "kept.txt").write_text("Hello")
    odd = folder / "odd.txt"
    if what == "a pipe":
        os.mkfifo(odd)
    elif what == "a folder":
        odd.mkdir()
    else:
        odd.symlink_to("odd.txt" if what == "a circle" else "gone.txt")
    found, faults = readable(folder)
    assert {"kept": {"": "Hello"}} == found
    (said,) = faults
    assert str(odd) in said


def test_a_template_that_is_a_link_out_of_its_folder_is_not_used(tmp_path: Path, secret: Path) -> None:
    folder = tmp_path / "templates"
    (folder / "web").mkdir(parents=True)
    (folder / "web/problem.html.j2").symlink_to(secret)
    (folder / "web/thanks.html.j2").write_text("mine")
    (folder / "outside").symlink_to(tmp_path)
    made = Renderer(folder)
    with pytest.raises(Exception, match="undefined"):
        # The shipped one, which wants its values.
        made.page("problem")
    assert "mine" == made.page("thanks")
    catalogue = Catalogue(folder)
    with pytest.raises(KeyError):
        catalogue.source("outside/secret.key")
    assert SECRET not in catalogue.source("web/problem.html.j2")[0]
    assert ["web/problem.html.j2: is a link that leads out of the folder, and not used"] == [
        f"{one.path}: {one.what}" for one in catalogue.faults()
    ]


def settings(tmp_path: Path) -> Settings:
    path = tmp_path / "intake.ini"
    path.write_text(config_text(mailbox=f"type = maildir\npath = {tmp_path}/box"))
    return load(path)


@pytest.mark.parametrize("folder", ["box", "box/new"])
def test_a_link_in_a_maildir_is_no_mail(folder: str, tmp_path: Path, secret: Path, caplog) -> None:
    (tmp_path / folder).mkdir(parents=True)
    for name in ("1.eml", "2.eml"):
        (tmp_path / folder / name).symlink_to(secret)
    taken: list[object] = []

    class Seen:
        @property
        def mailboxes(self) -> "Seen":
            return self

        def seen(self, *args: object, **more: object) -> None:
            pass

    channel = open_channel("support", settings(tmp_path), Seen(), taken.append)
    assert channel is not None
    for _ in range(2):
        channel.look(threading.Event())
    assert [] == taken
    assert 2 == len([one for one in caplog.records if "a link is no mail" in one.getMessage()])
    box = settings(tmp_path).mailboxes["support"]
    assert [] == list(differences("support", box, 1000, lambda names: set()))
    with pytest.raises(OSError, match="symbolic links"):
        own_bytes(tmp_path / folder / "1.eml")


def test_what_lies_in_a_folder(tmp_path: Path, secret: Path) -> None:
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "a/up").symlink_to("..")
    assert inside(tmp_path / "a/b", tmp_path / "a")
    assert not inside(tmp_path / "a/up/secret.key", tmp_path / "a")
    assert not inside(tmp_path / "ab", tmp_path / "a")
