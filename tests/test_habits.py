"""What a project owes those who come to it: true pages, the same checks everywhere, a changelog."""

import importlib.util
import os
import re
import subprocess
import tempfile
import tomllib
from pathlib import Path

import pytest
import yaml
from command_line import commands
from trove_classifiers import classifiers

from intake.cli import main

ROOT = Path(__file__).resolve().parent.parent
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
RELEASE = (ROOT / "docs" / "release.md").read_text(encoding="utf-8")
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
PAGES = ("README.md", "CONTRIBUTING.md", "SECURITY.md", "docs/release.md")
SECTIONS = ["Added", "Changed", "Fixed", "Security"]
MOST_LINES = 40


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def in_blocks(text: str) -> list[str]:
    """The lines of a page's blocks of code."""
    blocks = re.findall(r"^ *```\n(.*?)^ *```$", text, re.MULTILINE | re.DOTALL)
    return [line.strip() for block in blocks for line in block.splitlines()]


def test_a_commit_is_checked_by_what_make_lint_runs() -> None:
    hooks = [
        hook for repo in yaml.safe_load(page(".pre-commit-config.yaml"))["repos"] for hook in repo["hooks"]
    ]
    lint = MAKEFILE.partition("\nlint:")[2].partition("\n\n")[0].splitlines()[1:]
    assert [line.strip().replace("$(BIN)", ".venv/bin") for line in lint] == [hook["entry"] for hook in hooks]
    assert {"system"} == {hook["language"] for hook in hooks}


@pytest.mark.parametrize("name", PAGES)
def test_what_a_page_tells_to_make_can_be_made(name: str) -> None:
    assert set(re.findall(r"\bmake ([a-z-]+)(?=[ `\n])", "\n".join(in_blocks(page(name))))) <= TARGETS


@pytest.mark.parametrize("folder", ["/var/tmp", ""], ids=["as somebody says", "as the script finds"])
def test_what_tests_make_lies_where_there_is_room_for_it(folder: str) -> None:
    script = ["sh", ROOT / "scripts" / "test-folder.sh"]
    ran = subprocess.run(
        script, env={**os.environ, "TMPDIR": folder}, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() in ({folder} if folder else {"/dev/shm", "/tmp"})
    with tempfile.NamedTemporaryFile(dir=ran.stdout.strip()) as file:
        assert file.name


def test_make_keeps_bytecode_whatever_the_surroundings_say(tmp_path: Path) -> None:
    makefile = tmp_path / "Makefile"
    makefile.write_text(f"include {ROOT / 'Makefile'}\nasked:\n\t@echo [$$PYTHONDONTWRITEBYTECODE]\n")
    ran = subprocess.run(
        ["make", "--no-print-directory", "-f", makefile, "asked"],
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "[]" == ran.stdout.strip()


def test_the_commands_of_a_release_exist() -> None:
    lines = in_blocks(RELEASE)
    assert len(lines) > 15
    named = {re.split(r"[ =]", line)[0].rpartition("/")[2] for line in lines}
    assert {"make", "python", "python3", "pip", "cd", "intake", "git"} == named
    for module in re.findall(r"-m ([a-z]+)", "\n".join(line for line in lines if "python" in line)):
        assert importlib.util.find_spec(module), module
    known = {name.partition(" ")[2] for name in commands(main)} | {"--version"}
    for line in lines:
        if "/bin/intake " in line:
            assert line.split()[-1] in known, line
    assert set(re.findall(r"\b([A-Z]+)=", "\n".join(lines))) <= set(re.findall(r"\b[A-Z]+\b", MAKEFILE))


def test_a_release_names_files_that_are_there() -> None:
    named = re.findall(r"`([a-z_]+/[\w./]+\.\w+|CHANGELOG\.md)`", RELEASE)
    assert {"intake/__init__.py", "CHANGELOG.md"} <= set(named)
    assert [] == [name for name in named if not (ROOT / name).exists()]


def releases() -> dict[str, str]:
    found = re.findall(r"^## (\d+\.\d+\.\d+)[^\n]*\n(.*?)(?=^## |\Z)", CHANGELOG, re.MULTILINE | re.DOTALL)
    return dict(found)


def test_the_changelog_is_short_and_in_sections() -> None:
    assert releases()
    for version, text in releases().items():
        there = re.findall(r"^### (.+)$", text, re.MULTILINE)
        assert there == [name for name in SECTIONS if name in there], version
        assert len(text.strip().splitlines()) <= MOST_LINES, version
    assert SECTIONS == re.findall(r"^### (.+)$", releases()["0.1.0"], re.MULTILINE)


def test_the_metadata_says_what_it_is_to_those_who_look() -> None:
    project = tomllib.loads(page("pyproject.toml"))["project"]
    assert [{"name": "The Intake contributors"}] == project["authors"]
    assert set(project["classifiers"]) <= set(classifiers)
    assert {"help desk", "email"} <= set(project["keywords"])
    assert "urls" not in project
    pythons = {one.rpartition(" ")[2] for one in project["classifiers"] if " :: 3." in one}
    assert pythons == set(re.findall(r"python(3\.\d+)", MAKEFILE.partition("\n\n")[2].partition("VENV")[0]))


def test_the_page_of_the_house_has_its_figures() -> None:
    section = page("docs/architecture.md").partition("<!-- figures -->")[2].partition("<!-- /figures -->")[0]
    first, _, second = section.strip().partition("\n\n")
    assert [
        "Files",
        "Lines",
        "Lines of a file, median",
        "Longest file",
        "Functions",
        "Lines of a function, median",
        "Longest function",
        "Packages",
        "Arrows between packages",
        "Circles of imports",
        "Functions over 60 lines or 25 branches",
    ] == [line.split(" | ")[0].removeprefix("| ") for line in first.splitlines()[2:]]
    assert all(line.count("|") == 5 for line in second.splitlines())


def slug(heading: str) -> str:
    """What a host makes of a heading, to link to it."""
    text = re.sub(r"[^\w\- ]", "", re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).lower())
    return text.strip().replace(" ", "-")


def test_links_lead_to_headings_that_are_there() -> None:
    files = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")]
    wrong = []
    for file in files:
        for target, anchor in re.findall(r"\]\(([^)#\s]*)#([^)\s]+)\)", file.read_text(encoding="utf-8")):
            other = file.parent / target if target else file
            if "://" in target or other.suffix != ".md":
                continue
            headings = re.findall(r"^#+ (.+)$", other.read_text(encoding="utf-8"), re.MULTILINE)
            if anchor not in map(slug, headings):
                wrong.append(f"{file.name}: {target}#{anchor}")
    assert [] == wrong
