"""One entry for each channel: it is whole, and nobody keeps a list beside it."""

import ast
import importlib
import json
import re
import sys
from collections.abc import Callable
from dataclasses import make_dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import click
import pytest
from click.testing import CliRunner
from test_architecture import MODULES

from intake.channels.opening import check, claims, open_channel
from intake.channels.registry import (
    CHANNELS,
    PAGES,
    ChannelType,
    Mode,
    NoChannel,
    channel_mode,
    channel_type,
    in_mode,
    title_of,
)
from intake.cli import main
from intake.commands.init import example
from intake.commands.init_questions import QUESTIONS
from intake.commands.serve import listen, poll
from intake.config.backup_copy import config_copy
from intake.config.converters import as_text
from intake.config.keys import key
from intake.config.mailboxes import MailboxSettings
from intake.config.sections import Settings
from intake.config.settings import ConfigError, load, written
from intake.desk.form_origin import CHANNELS as FORMS
from intake.ports import UserError
from intake.testing.ledger import Ledger

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = example().read_text(encoding="utf-8")
CONFIGURE = (ROOT / "docs" / "configure.md").read_text(encoding="utf-8")
RUN = [kind for kind in CHANNELS.values() if kind.mode is not Mode.FED]


@pytest.mark.parametrize("kind", CHANNELS.values(), ids=list(CHANNELS))
def test_an_entry_says_what_people_and_the_example_need(kind: ChannelType) -> None:
    section = next(
        block for block in re.split(r"(?m)^\[", EXAMPLE) if re.search(rf"(?m)^type = {kind.name}$", block)
    )
    assert kind.example in section
    keys = [key.name for key in kind.keys]
    assert keys == re.findall(r"(?m)^([a-z_]+) =", kind.example)
    heading = f"### `[mailbox NAME]`, `type = {kind.name}`\n\n{kind.says}"
    assert heading in CONFIGURE
    assert {ask.key for ask in kind.asks} <= set(keys)
    must = {key.name for key in kind.keys if key.default is None}
    assert must <= {ask.key for ask in kind.asks}, "intake init must ask for what must be set"
    assert {f"{kind.name}_{ask.key}" for ask in kind.asks} <= {one.name for one in QUESTIONS}


@pytest.mark.parametrize("kind", RUN, ids=[kind.name for kind in RUN])
def test_the_module_of_an_entry_has_what_is_asked_of_it(kind: ChannelType) -> None:
    module = importlib.import_module(kind.module)
    for name in ("open_channel", "check", "claims"):
        assert callable(getattr(module, name)), name
    if kind.compares:
        assert callable(importlib.import_module(kind.compares).missing)


def test_titles_are_for_people_and_every_channel_of_a_message_has_one() -> None:
    assert {"form", "api", "command line", "import"} == set(PAGES)
    assert set(FORMS) <= set(PAGES)
    assert ("IMAP", "web form", "API") == (title_of("imap"), title_of("form"), title_of("api"))
    assert ("nobody.knows", "carrier") == (title_of("nobody.knows"), title_of("carrier"))
    assert ("imap or maildir", "lmtp or smtp") == (in_mode(Mode.POLLS), in_mode(Mode.LISTENS))


@pytest.mark.parametrize("kind", CHANNELS)
def test_a_kind_is_the_same_however_it_is_written(kind: str, tmp_path: Path) -> None:
    """In capitals LMTP would speak SMTP, and a mailbox that nobody reads would be missed."""
    keys = {"imap": "host = h\nuser = u\npassword = p\n", "maildir": "path = p\n"}.get(kind, "")
    file = tmp_path / "intake.ini"
    file.write_text(
        "[desk]\nname = Desk\naddress = help@desk.example\n[smtp]\nhost = localhost\n"
        f"[mailbox box]\ntype = {kind.upper()}\n{keys}",
        encoding="utf-8",
    )
    assert kind == load(file).mailboxes["box"].type


@pytest.mark.parametrize(("command", "mode"), [(poll, Mode.POLLS), (listen, Mode.LISTENS)])
def test_the_help_of_poll_and_listen_names_what_they_run(command: click.Command, mode: Mode) -> None:
    named = {name for name in CHANNELS if re.search(rf"\b{name}\b", str(command.help))}
    assert {kind.name for kind in CHANNELS.values() if kind.mode is mode} == named


# Where a kind is named and no list is kept: what `type` is when it is left out, what was read by IMAP.
NAMED = {
    "intake.config.mailboxes": 1,
    "intake.commands.init": 2,
    "intake.commands.init_questions": 1,
    "intake.desk.ticket": 2,
}


def test_nobody_lists_channels_beside_the_registry() -> None:
    found: dict[str, int] = {}
    for name, path in MODULES.items():
        if name.startswith(("intake.channels", "intake.testing", "intake.demo")):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            # "smtp" is the name of a section too.
            if isinstance(node, ast.Constant) and node.value in {"imap", "lmtp", "maildir"}:
                found[name] = found.get(name, 0) + 1
    assert {} == {name: count for name, count in found.items() if count > NAMED.get(name, 0)}


# -- channels of other people ------------------------------------------------------------

THEIRS = """
from intake.channels.registry import ChannelType, Mode
from dataclasses import dataclass
from pathlib import Path
from intake.config.converters import as_number, as_path, as_text
from intake.config.keys import key
from intake.config.mailboxes import MailboxSettings

@dataclass(frozen=True, slots=True, kw_only=True)
class CarrierMailbox(MailboxSettings):
    nest: Path = key(as_path)
    birds: int = key(as_number(1, 9), "3")
    call: str = key(as_text, "", secret=True)

CHANNEL = ChannelType("carrier", "Carrier", "Brings.", mode=Mode.LISTENS, settings=CarrierMailbox)

def open_channel(name, settings, store, receive):
    return (name, settings.mailbox(name, CarrierMailbox).birds, settings.desk.max_message_mb)

def check(section):
    return [("birds", "they are all grey", "Paint them")] if section.birds == 3 else []

def claims(section):
    yield "nest", ("nest", section.nest)
"""
OLD = """
def open_channel(name, section, store, receive):
    return (name, section.birds, section.call)
"""


@pytest.fixture
def theirs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Settings]:
    """Load a config whose mailbox is of somebody else's channel, written with this source."""
    monkeypatch.syspath_prepend(tmp_path)
    number = [0]

    def make(source: str, keys: str) -> Settings:
        number[0] += 1
        package = f"carrier{number[0]}x{abs(hash(tmp_path)) % 10**9}"
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").touch()
        (tmp_path / package / "Post.py").write_text(source, encoding="utf-8")
        file = tmp_path / "intake.ini"
        file.write_text(
            "[desk]\nname = Desk\naddress = help@desk.example\n[smtp]\nhost = localhost\n"
            f"[mailbox box]\ntype = {package}.Post\n{keys}",
            encoding="utf-8",
        )
        return load(file)

    return make


def test_keys_of_theirs_are_read_as_ours_are(theirs: Callable[..., Settings], tmp_path: Path) -> None:
    (tmp_path / "call").write_text("tulip\n", encoding="utf-8")
    settings = theirs(THEIRS, "nest = nest\ncall_file = call\n")
    box: Any = settings.mailboxes["box"]
    assert (tmp_path / "nest", 3, "tulip") == (box.nest, box.birds, box.call)
    assert "tulip" not in repr(settings)
    assert Mode.LISTENS is channel_mode(box.type)
    assert "Carrier" == title_of(box.type)
    opened: Any = open_channel("box", settings, Ledger(), Ledger().receive)
    assert ("box", 3, 35) == opened
    assert [("birds", "they are all grey", "Paint them", "problem")] == [tuple(one) for one in check(box)]
    assert [("nest", ("nest", tmp_path / "nest"))] == list(claims(box))


def test_a_backup_keeps_what_they_say_is_harmless(theirs: Callable[..., Settings], tmp_path: Path) -> None:
    for source, kept in ((THEIRS, True), (OLD, False)):
        theirs(source, "nest = oak\ncall = tulip\n")
        copy = config_copy(written(tmp_path / "intake.ini"))
        assert ("nest = oak" in copy) is kept
        assert "tulip" not in copy


WRONG = [
    ("", "nest: is missing"),
    ("nest = x\nbirds = many\n", "birds: 'many' is not a valid whole number"),
    ("nest = x\nbird = 3\n", "bird: is not a known key. Did you mean birds?"),
    ("nest = x\ncall = a\ncall_env = B\n", "call: is set in more than one way"),
]


@pytest.mark.parametrize(("keys", "told"), WRONG)
def test_wrong_keys_of_theirs_are_told(theirs: Callable[..., Settings], keys: str, told: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(f"[mailbox box] {told}")):
        theirs(THEIRS, keys)


def test_a_channel_without_an_entry_works_as_before_and_its_keys_are_not_shown(
    theirs: Callable[..., Settings],
) -> None:
    settings = theirs(OLD, "birds = many\ncall = tulip\n")
    opened: Any = open_channel("box", settings, Ledger(), Ledger().receive)
    assert ("box", "many", "tulip") == opened
    assert "tulip" not in repr(settings)
    assert [] == check(settings.mailboxes["box"])
    assert Mode.POLLS is channel_mode(settings.mailboxes["box"].type)


def test_check_bears_whatever_a_channel_of_theirs_does(
    theirs: Callable[..., Settings], tmp_path: Path
) -> None:
    source = THEIRS.replace("    yield", "    raise KeyError('nest')\n    yield")
    source = source.replace('as_number(1, 9), "3")', "as_number(1, 9))")

    def told() -> set[tuple[str, str]]:
        done = CliRunner().invoke(
            main, ["--config", str(tmp_path / "intake.ini"), "check", "--offline", "--json"]
        )
        assert done.exit_code == 1, done.output
        found = json.loads(done.stdout)
        return {(one["key"], one["level"]) for one in found if one["section"] == "mailbox box"}

    with pytest.raises(ConfigError):
        theirs(source, "nest = x\n")
    assert ("birds", "problem") in told()
    theirs(source, "nest = x\nbirds = 3\n")
    assert {("birds", "problem"), ("type", "problem")} <= told()


BROKEN = {
    "not there": None,
    "a mistake in it": "def",
    "raises": "raise RuntimeError('no birds')",
    "ends the program": "import sys; sys.exit(3)",
    "no channel": "",
    "keys that nobody can read": THEIRS.replace('key(as_number(1, 9), "3")', "3"),
    "a key that is none": THEIRS.replace('birds: int = key(as_number(1, 9), "3")', "birds: int"),
    "settings of no mailbox": THEIRS.replace("settings=CarrierMailbox", "settings=Path"),
    "settings that are no class": THEIRS.replace("settings=CarrierMailbox", "settings=(key,)"),
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_channel_that_cannot_be_had_is_told_where_it_is_opened_and_the_rest_can_be_read(
    how: str, theirs: Callable[..., Settings], tmp_path: Path
) -> None:
    settings = theirs(BROKEN[how] or "", "call = tulip\n")
    if BROKEN[how] is None:
        text = (tmp_path / "intake.ini").read_text(encoding="utf-8")
        (tmp_path / "intake.ini").write_text(
            re.sub("type = .*", "type = nobody.knows", text), encoding="utf-8"
        )
        settings = load(tmp_path / "intake.ini")
    assert "tulip" not in repr(settings)
    with pytest.raises(
        UserError, match=r"\[mailbox box\] type: '.*' is not a known channel .*Install the package"
    ):
        open_channel("box", settings, Ledger(), Ledger().receive)
    if how != "no channel":
        assert ["type"] == [one.key for one in check(settings.mailboxes["box"])]


def test_reading_the_config_imports_no_library_of_a_channel(tmp_path: Path) -> None:
    import subprocess

    file = tmp_path / "intake.ini"
    file.write_text(
        "[desk]\nname = Desk\naddress = help@desk.example\n[smtp]\nhost = localhost\n"
        "[mailbox a]\nhost = h\nuser = u\npassword = p\n[mailbox b]\ntype = lmtp\n",
        encoding="utf-8",
    )
    code = (
        "import sys, pathlib; from intake.config.settings import load; load(pathlib.Path(sys.argv[1]));"
        "print(sorted({'imapclient', 'aiosmtpd', 'imaplib'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(file)], capture_output=True, text=True, check=True)
    assert "[]" == done.stdout.strip()


# What a module of somebody else's may name as its entry, and what is wrong with it.
UNSOUND = {
    "a key of every mailbox is declared again": {
        "settings": make_dataclass(
            "Anew", [("address", str, key(as_text))], bases=(MailboxSettings,), frozen=True, kw_only=True
        )
    },
    "'flies' is not a Mode": {"mode": "flies"},
    "title, says and module must be text": {"module": 7},
    "tries: its default cannot be read (ValueError)": {
        "settings": make_dataclass(
            "Odd", [("tries", int, key(int, "zz"))], bases=(MailboxSettings,), frozen=True, kw_only=True
        )
    },
}


@pytest.mark.parametrize("why", UNSOUND)
def test_an_entry_that_nothing_can_be_read_by_is_told(why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("their.own")
    entry: Any = UNSOUND[why]
    vars(module)["CHANNEL"] = ChannelType("own", "Own", "It is theirs.", **entry)
    monkeypatch.setitem(sys.modules, "their", ModuleType("their"))
    monkeypatch.setitem(sys.modules, "their.own", module)
    with pytest.raises(NoChannel, match=re.escape(why)):
        channel_type("their.own")
