"""A file that must not be lost appears whole, durably and in one step, or not at all."""

import os
import stat
from pathlib import Path

import pytest

from intake.folders import durable_file, settle


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of what was made durable, in order."""
    names: list[str] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        names.append(Path(os.readlink(f"/proc/self/fd/{descriptor}")).name)
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    return names


def test_the_bytes_are_durable_before_the_name_is(tmp_path: Path, synced: list[str]) -> None:
    with durable_file(tmp_path / "key") as file:
        file.write(b"new")
        assert not (tmp_path / "key").exists()
    assert b"new" == (tmp_path / "key").read_bytes()
    assert 0o600 == stat.S_IMODE((tmp_path / "key").stat().st_mode)
    assert [True, False] == [name.startswith(".key.") for name in synced]
    assert tmp_path.name == synced[-1]


@pytest.mark.parametrize(("replace", "left"), [(True, b"new"), (False, b"old")])
def test_a_file_that_is_there_is_replaced_where_that_is_wanted(
    replace: bool, left: bytes, tmp_path: Path
) -> None:
    (tmp_path / "key").write_bytes(b"old")
    with durable_file(tmp_path / "key", replace=replace) as file:
        file.write(b"new")
    assert left == (tmp_path / "key").read_bytes()
    assert ["key"] == os.listdir(tmp_path)


def test_what_fails_in_between_leaves_what_was_there_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"old")

    def half() -> None:
        with durable_file(tmp_path / "key") as file:
            file.write(b"half")
            raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        half()
    assert b"old" == (tmp_path / "key").read_bytes()
    assert ["key"] == os.listdir(tmp_path)


def test_a_link_in_the_place_of_the_unfinished_file_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(b"another's")
    with durable_file(tmp_path / "first") as file:
        name = Path(os.readlink(f"/proc/self/fd/{file.fileno()}")).name
    (tmp_path / name.replace("first", "key")).symlink_to(tmp_path / "elsewhere")
    with durable_file(tmp_path / "key") as file:
        file.write(b"secret")
    assert b"another's" == (tmp_path / "elsewhere").read_bytes()
    assert b"secret" == (tmp_path / "key").read_bytes()


def test_what_another_program_wrote_is_durable_before_it_is_named(tmp_path: Path, synced: list[str]) -> None:
    (tmp_path / "part").write_bytes(b"copy")
    settle(tmp_path / "part", tmp_path / "whole")
    assert ["part", tmp_path.name] == synced
    assert b"copy" == (tmp_path / "whole").read_bytes()
