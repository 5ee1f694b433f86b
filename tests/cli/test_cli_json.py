"""What `--json` prints keeps its keys: programs are written against them.

`json_shapes.json` holds the shape of each command's answer. A key may be added, which is written
down with `INTAKE_WRITE_SHAPES=1 pytest tests/cli/test_cli_json.py`; one that is gone or
means something else breaks somebody's script, and needs a line in the changes.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from command_line import Run
from imports import exports

from intake.cli import main

SHAPES = Path(__file__).with_name("json_shapes.json")
# What each command is given; a row for every command that prints JSON.
GIVEN: dict[str, list[str]] = {
    "agent list": [],
    "apikey create": ["An app"],
    "apikey list": [],
    "audit list": [],
    "audit verify": [],
    "calendar list": [],
    "calendar show": ["weekdays"],
    "check": ["--offline"],
    "escalation history": [],
    "escalation list": [],
    "escalation show": ["1"],
    "fsck": [],
    "import tickets": ["new"],
    "import mail": ["one.eml"],
    "import list": [],
    "import verify": ["1", "old"],
    "import forget": ["1", "--yes"],
    "ingest": ["one.eml"],
    "mailbox list": [],
    "message list": [],
    "message show": ["1"],
    "message why": ["1"],
    "why": ["1"],
    "outbox list": [],
    "outbox show": ["1"],
    "outbox verify": ["one.eml", "--for", "lin@customer.example"],
    "parse": ["one.eml"],
    "block add": ["eve@elsewhere.example"],
    "block list": [],
    "guard list": [],
    "guard test": ["one.eml"],
    "guard approve": ["refund"],
    "act list": [],
    "audit reads": [],
    "act show": ["1"],
    "block remove": ["mallory@elsewhere.example"],
    "faq check": ["help"],
    "faq list": [],
    "faq show": ["memo"],
    "faq search": ["memo"],
    "faq stale": [],
    "faq measure": ["questions.jsonl"],
    "canned list": [],
    "canned show": ["refund"],
    "person show": ["lin@customer.example"],
    "policy list": [],
    "policy show": ["normal"],
    "policy test": ["1"],
    "quarantine list": [],
    "quarantine show": ["1"],
    "report": [],
    "rules list": [],
    "rules test": ["one.eml"],
    "search": ["打印机"],
    "status": [],
    "phishing list": [],
    "evidence verify": ["evidence.zip"],
    "hold list": [],
    "incident list": ["--all"],
    "incident show": ["1"],
    "secret list": [],
    "secret show": ["1"],
    "secret clear": ["1"],
    "secret scan": [],
    "secret key list": [],
    "secret test": ["one.eml"],
    "survey list": ["--all"],
    "team list": [],
    "team show": ["printers"],
    "template list": [],
    "template show": ["acknowledgement"],
    "ticket drafts": [],
    "ticket files": ["1"],
    "ticket list": ["--since", "1d"],
    "ticket next": ["--as", "anna@desk.example"],
    "ticket search": ["打印机"],
    "ticket show": ["1"],
    "ticket todo": ["team", "--as", "anna@desk.example"],
}
# They need a server, which these tests have none of; their own tests hold their keys.
ELSEWHERE = {"mailbox reconcile", "oauth status"}


def printing(group: click.Group, path: str = "") -> dict[str, click.Command]:
    found: dict[str, click.Command] = {}
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        if isinstance(command, click.Group):
            found |= printing(command, f"{path}{name} ")
        elif command is not None and any("--json" in one.opts for one in command.params):
            found[f"{path}{name}"] = command
    return found


def shape(value: Any) -> Any:
    """Return keys and kinds: what a program may rely on."""
    if isinstance(value, dict):
        return {key: shape(one) for key, one in sorted(value.items())}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    # What may be missing in one answer is there in another.
    return "null" if value is None else type(value).__name__


def test_every_command_that_prints_json_is_held_to_its_shape() -> None:
    assert set(GIVEN) | ELSEWHERE == set(printing(main))


@pytest.fixture
def shown(intake: Run, mail: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.chdir(tmp_path)
    intake("agent", "add", "anna@desk.example", "--name", "Anna", "--team", "printers")
    intake("ingest", str(mail()))
    exports.export(tmp_path / "old", 5)
    exports.write(tmp_path / "new", [exports.ticket(1, status="odd")], {"source": "another desk"})
    intake("import", "tickets", "old")
    text = tmp_path / "refund.txt"
    text.write_text("We pay.", encoding="utf-8")
    intake("block", "add", "mallory@elsewhere.example")
    (tmp_path / "help").mkdir()
    for name, head in (("memo", ""), ("memo.de", "source: en@000000\n")):
        file = f"---\ntitle: The memo\ncategory: account\n{head}---\nAsk for it.\n"
        (tmp_path / "help" / f"{name}.md").write_text(file, encoding="utf-8")
    question = {"text": "zebra", "language": "en", "article": "memo"}
    (tmp_path / "questions.jsonl").write_text(json.dumps(question), encoding="utf-8")
    intake("faq", "publish", "help")
    intake("canned", "edit", "refund", "--file", str(text))
    # Likely: its checksum is wrong.
    phrase = "legal winner thank year wave sausage worth useful legal winner thank year"
    intake("ticket", "note", "1", "--text", phrase, "--as", "anna@desk.example")
    intake("agent", "factor", "anna@desk.example")
    intake("agent", "factor", "anna@desk.example", "--reason", "lost phone", code=75)
    intake("ticket", "show", "1")
    intake("escalate", "1", "--to", "printers", "--reason", "smoke")

    def show(name: str) -> Any:
        if name == "evidence verify":
            intake("incident", "start", "1", "leak")
            handing = ("incident", "export", "1", "--to", ".", "--for", "the police")
            intake(*handing, "--reason", "they asked", "--break-glass")
            next(tmp_path.glob("ticket-1-evidence-*.zip")).rename("evidence.zip")
        if name.startswith(("incident", "hold")):
            # It makes its ticket another one for all the rest.
            intake("incident", "start", "1", "stolen", "--as", "anna@desk.example")
            intake("incident", "step", "1", "wallet", "--as", "anna@desk.example")
        return json.loads(intake(*name.split(), *GIVEN[name], "--json").stdout)

    return show


@pytest.mark.parametrize("name", GIVEN)
def test_the_keys_of_an_answer_stay(name: str, shown: Any) -> None:
    kept = json.loads(SHAPES.read_text(encoding="utf-8")) if SHAPES.exists() else {}
    found = shape(shown(name))
    if os.environ.get("INTAKE_WRITE_SHAPES"):
        kept[name] = found
        SHAPES.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    assert kept[name] == found
