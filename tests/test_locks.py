"""What is installed is pinned: by name, version and hash, the same in every file of locks/."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
LOCKS = sorted((ROOT / "locks").glob("*.txt"))
_LINE = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)(.*)$")
# What each file is written from.
FROM = {
    "test": ("test",),
    "demo": ("demo",),
    "run": ("postgres", "redis", "s3", "images", "files", "import"),
    "build": (),
    "lock": (),
}


def _pins(path: Path) -> dict[str, str]:
    lines = path.read_text(encoding="ascii").splitlines()
    return {canonicalize_name(found[1]): found[2] for line in lines if (found := _LINE.match(line))}


def _asked(name: str) -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    if name in project["dependency-groups"]:
        return [Requirement(text) for text in project["dependency-groups"][name]]
    extras = project["project"]["optional-dependencies"]
    texts = [*project["project"]["dependencies"], *(text for extra in FROM[name] for text in extras[extra])]
    return [Requirement(text) for text in texts]


def test_there_is_a_lock_for_each_way_of_installing() -> None:
    assert set(FROM) == {path.stem for path in LOCKS}


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.stem)
def test_a_lock_holds_all_that_is_asked_for_within_its_range(path: Path) -> None:
    pins = _pins(path)
    assert pins
    for asked in _asked(path.stem):
        assert asked.specifier.contains(pins[canonicalize_name(asked.name)]), asked


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.stem)
def test_each_pin_has_a_hash_and_nothing_else_stands_in_a_lock(path: Path) -> None:
    entries = re.sub(r"\\\n\s+", " ", path.read_text(encoding="ascii")).splitlines()
    for entry in entries:
        assert _LINE.match(entry), entry
        assert " --hash=sha256:" in entry, entry
        assert "://" not in entry, entry


def test_what_stands_in_two_locks_has_one_version() -> None:
    known: dict[str, str] = {}
    for path in LOCKS:
        for name, version in _pins(path).items():
            assert known.setdefault(name, version) == version, (path.name, name)


@pytest.mark.parametrize("name", ["Makefile", "scripts/test-pythons.sh", "deploy/Dockerfile"])
def test_nothing_is_installed_past_the_lock(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
    # The one that names pip itself, to be used with what follows; then a command a line.
    text = re.sub(r"^(INSTALL :=|\s*install=).*$", "", text, flags=re.MULTILINE).replace("&&", "\n")
    calls = re.findall(r"^[^#\n]*(?:pip install|\$\(INSTALL\)|\{install\[@\]\}).*$", text, re.MULTILINE)
    assert len(calls) >= 3
    for call in calls:
        assert "--require-hashes" in call or "--no-deps" in call, call
