"""The documents against the code: what is named in one exists in the other."""

import re
from pathlib import Path
from typing import Any

import pytest
from command_line import commands
from each_case import each

from intake.channels.registry import CHANNELS
from intake.config.keys import Key
from intake.config.mailboxes import MAILBOX_COMMON
from intake.config.sections import SECTIONS
from intake.desk.effects import MailKind

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
ARCHITECTURE = (DOCS / "architecture.md").read_text(encoding="utf-8")
CONFIGURE = (DOCS / "configure.md").read_text(encoding="utf-8")
INVARIANTS = 13


def _keys() -> list[tuple[str, Key[Any]]]:
    found = [(section, key) for section, keys in SECTIONS.items() for key in keys]
    found += [("mailbox", key) for key in MAILBOX_COMMON]
    found += [(f"mailbox {kind.name}", key) for kind in CHANNELS.values() for key in kind.keys]
    return found


def _tables() -> dict[str, dict[str, str]]:
    """The tables of configure.md: heading in brackets -> key -> its whole row."""
    tables: dict[str, dict[str, str]] = {}
    section = ""
    for line in CONFIGURE.splitlines():
        if line.startswith("#"):
            heading = re.match(r"#+ `\[(.+?)\]`(?:, `type = (\w+)`)?", line)
            section = (
                heading[1].partition(" ")[0] + (f" {heading[2]}" if heading[2] else "") if heading else ""
            )
        elif section and (row := re.match(r"\| `(\w+)` \|", line)):
            tables.setdefault(section, {})[row[1]] = line
    return tables


def test_every_key_is_documented_where_it_belongs_and_no_other() -> None:
    documented = {(section, key) for section, rows in _tables().items() for key in rows}
    assert {(section, key.name) for section, key in _keys()} == documented


@each(("section", "key"), [pytest.param(s, k, id=f"{s}-{k.name}") for s, k in _keys()])
def test_a_documented_default_is_the_real_one(section: str, key: Key[Any]) -> None:
    row = _tables()[section][key.name]
    shown = row.split("|")[2].strip()
    expected = "must be set" if key.default is None else f"`{key.default}`" if key.default else "empty"
    assert expected == shown


def test_the_example_is_a_valid_config_and_names_every_section(tmp_path: Path) -> None:
    example = (ROOT / "config.example.ini").read_text(encoding="utf-8")
    for section in ("desk", "store", "queue", "web", "smtp", "mailbox", "team"):
        assert re.search(rf"^[#; ]*\[{section}[\] ]", example, re.MULTILINE), section


def test_every_template_and_kind_of_mail_is_documented() -> None:
    templates = sorted(
        path.relative_to(ROOT / "templates") for path in (ROOT / "templates").rglob("*.j2") if path.is_file()
    )
    assert templates != []
    names = {path.name for path in templates if not path.name.startswith("_")}
    assert [] == sorted(name for name in names if name not in CONFIGURE)
    assert [] == [kind.value for kind in MailKind if f"`{kind.value}`" not in CONFIGURE]


def _named_tests() -> list[tuple[str, str, str]]:
    section = ARCHITECTURE.partition("## Invariants")[2].partition("\n## ")[0]
    found = []
    for number, text in re.findall(r"^(\d+)\. (.*?)(?=^\d+\. |\Z)", section, re.MULTILINE | re.DOTALL):
        found += [(number, path, name) for path, name in re.findall(r"`(tests/\S+\.py)::(\w+)`", text)]
    return found


def test_the_manual_of_commands_by_mail_is_the_table_of_the_code() -> None:
    from intake.desk.commands.manual import manual

    page = (DOCS / "commands-by-mail.md").read_text(encoding="utf-8")
    kept = page.partition("<!-- commands -->\n\n")[2].partition("\n\n<!-- /commands -->")[0]
    assert manual() == kept, "run `make reference`"


def test_every_command_by_mail_is_a_command_of_the_command_line_too() -> None:
    from intake.cli import main
    from intake.desk.commands.table import COMMANDS

    # These have no twin, and the manual says why; `#list` is called `todo` there, and `#due` is `todo due`.
    only_mail = {
        "block",
        "blocked",
        "copy",
        "draft",
        "due",
        "full",
        "help",
        "incident",
        "my",
        "person",
        "report",
        "snoozed",
        "step",
        "unblock",
        "unhide",
        "who",
    }
    manual = (DOCS / "commands.md").read_text(encoding="utf-8")
    assert [] == [one for one in only_mail if f"`#{one}`" not in manual]
    there = {name.rpartition(" ")[2] for name in commands(main) if name.startswith("intake ticket ")}
    assert only_mail == {kind.name for kind in COMMANDS} - there
    assert "todo" in there


def test_every_invariant_names_a_test() -> None:
    assert {str(n) for n in range(1, INVARIANTS + 1)} == {number for number, _, _ in _named_tests()}


@each(("number", "path", "name"), _named_tests())
def test_the_test_an_invariant_names_exists(number: str, path: str, name: str) -> None:
    assert (ROOT / path).is_file()
    source = (ROOT / path).read_text(encoding="utf-8")
    assert re.search(rf"^\s*def {name}\(", source, re.MULTILINE), f"invariant {number}"


def test_the_code_map_names_what_exists() -> None:
    section = ARCHITECTURE.partition("## Code map")[2].partition("\n## ")[0]
    named = re.findall(r"^\| `([^`]+)`", section, re.MULTILINE)
    assert named != []
    assert [] == [path for path in named if not (ROOT / path).exists()]


def test_every_bench_has_figures() -> None:
    figures = (DOCS / "benchmarks.md").read_text(encoding="utf-8")
    benches = [path.name for path in (ROOT / "bench").glob("*.py") if "ArgumentParser" in path.read_text()]
    assert benches != []
    assert [] == [name for name in benches if f"bench/{name}" not in figures]


def test_the_commands_of_the_readme_exist() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"^make ([a-z-]+)", readme, re.MULTILINE))
    assert {"run", "test"} <= named <= targets


def _links() -> list[tuple[Path, str]]:
    files = [
        *sorted(ROOT.glob("*.md")),
        *sorted((ROOT / "examples").rglob("*.md")),
        *sorted(DOCS.rglob("*.md")),
    ]
    return [
        (file, target)
        for file in files
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", file.read_text(encoding="utf-8"))
        if "://" not in target and not target.startswith("mailto:")
    ]


def test_links_between_the_documents_lead_somewhere() -> None:
    assert _links() != []
    assert [] == [(file.name, target) for file, target in _links() if not (file.parent / target).exists()]


def test_version_and_changelog_agree() -> None:
    from intake import __version__

    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert __version__ == re.findall(r"^## (\d+\.\d+\.\d+)", changelog, re.MULTILINE)[0]
