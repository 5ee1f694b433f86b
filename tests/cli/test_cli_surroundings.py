"""Every command in each broken surrounding: a sentence that says what to do, and never a traceback."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from intake.cli import main
from intake.commands.alone import hold
from intake.commands.errors import MOST, TRACEBACK, Errors
from intake.ports import UserError
from intake.store.blobs import LARGEST_ROW

NOBODY = 65534
CONFIG = """[desk]
name = Help
address = help@desk.example
[web]
port = 0
[smtp]
host = 127.0.0.1
port = 1
timeout = 1
[mailbox box]
type = ingest
[mailbox pipe]
type = lmtp
port = 0
[mailbox dir]
type = maildir
path = md
"""
# These open no desk, and do what they do anywhere.
APART = (
    "parse",
    "faq check",
    "secret test",
    "template list",
    "template show",
    "template check",
    "calendar",
    "rules",
    "policy list",
)


def _commands(group: click.Group, path: str = "") -> dict[str, click.Command]:
    found: dict[str, click.Command] = {}
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        assert command is not None
        here = f"{path} {name}".strip()
        found |= _commands(command, here) if isinstance(command, click.Group) else {here: command}
    return found


ALL = _commands(main)


# Where something for each argument is not yet what the command takes.
WORDS = {
    "ticket assign": ["1", "anna@staff.example"],
    "ticket tag": ["1", "refund"],
    "ticket merge": ["1", "2"],
    "ticket link": ["1", "2"],
    "ticket subject": ["1", "Coins"],
    "ticket canned": ["1", "refund"],
    "ticket search": ["coins"],
    "search": ["coins"],
    "ticket survey": ["1", "off"],
    "ticket language": ["1", "de"],
    "ticket cc": ["1", "add", "eve@x.example"],
    "ticket priority": ["1", "high"],
    "ticket snooze": ["1", "monday 9:00"],
    "escalation assign": ["1", "anna@staff.example"],
    "agent set": ["anna@staff.example", "--notify", "all"],
    "restore": ["{folder}/md"],
    "poll": ["dir"],
    "listen": ["pipe"],
    "outbox cancel": ["1"],
    "quarantine retry": ["1"],
    "mailbox reconcile": ["dir"],
    "template show": ["notice"],
    "template preview": ["notice"],
    "dkim show": [],
}


def words(name: str, folder: Path, number: str = "1") -> list[str]:
    """Words that the command takes: something for each argument, and what it asks for beside."""
    command = ALL[name]
    found = ["--yes"] if any("--yes" in one.opts for one in command.params) else []
    given = WORDS.get(name)
    for one in command.params:
        if isinstance(one, click.Argument) and one.required and given is None:
            found.append(_word(one, folder, number))
        elif isinstance(one, click.Option) and (one.required or one.name in ("as_", "text", "subject")):
            found += [one.opts[0], _word(one, folder, number)]
    given = [number if one.isdigit() else one for one in given or ()]
    return found + [one.replace("{folder}", str(folder)) for one in given]


def _word(param: click.Parameter, folder: Path, number: str) -> str:
    if isinstance(param.type, click.types.IntParamType):
        return number
    if isinstance(param.type, click.Choice):
        return str(param.type.choices[0])
    if isinstance(param.type, click.Path) and not param.type.file_okay:
        return str(folder)
    if isinstance(param.type, click.Path) or param.name in ("file", "files", "mail"):
        return str(folder / "there")
    return "anna@staff.example" if param.name in ("as_", "address") else "high"


@contextmanager
def as_nobody() -> Iterator[None]:
    """What an ordinary user may do, also where root runs the tests."""
    if os.geteuid() != 0:
        yield
        return
    os.setegid(NOBODY)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Everything is imported: an ordinary user may not enter the folder of root's Python."""
    folder = tmp_path_factory.mktemp("warm")
    made(folder)
    with pytest.MonkeyPatch.context() as patched:
        nothing_lasts(patched)
        for name in ALL:
            if name.partition(" ")[0] not in ("demo", "init", "erase"):
                run(folder, *name.split(), *words(name, folder))


@pytest.fixture
def desk(
    warm: None, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """A desk with a ticket, in a folder that every user may enter; nothing of it runs for ever."""
    folder = Path(f"/tmp/intake-surroundings-{os.getpid()}-{tmp_path_factory.getbasetemp().name}")
    folder.mkdir(mode=0o755)
    for name in ("INTAKE_CONFIG", "INTAKE_AGENT", "COLUMNS", TRACEBACK):
        monkeypatch.delenv(name, raising=False)
    made(folder)
    nothing_lasts(monkeypatch)
    yield folder
    for path in (folder, folder / "data"):
        with suppress(FileNotFoundError):
            path.chmod(0o755)
    shutil.rmtree(folder)


def made(folder: Path) -> None:
    """Make a desk with a ticket in a folder."""
    (folder / "intake.ini").write_text(CONFIG)
    for name in ("new", "cur", "tmp"):
        (folder / "md" / name).mkdir(parents=True)
    (folder / "there").write_text("From: ann@x.example\nTo: help@desk.example\nSubject: a\n\nb\n")
    run(folder, "agent", "add", "anna@staff.example")
    run(folder, "ingest", str(folder / "there"))


def nothing_lasts(patched: pytest.MonkeyPatch) -> None:
    """Have what runs until it is stopped end at once, when it has come so far."""
    patched.setattr("os.execv", _ends)
    patched.setattr("intake.commands.serve.run_pieces", lambda *_, **__: None)
    patched.setattr("intake.commands.watch.time.sleep", _ends)


def _ends(*_: Any) -> None:
    raise UserError("It runs until it is stopped. Stop it.")


def run(folder: Path, *line: str) -> Result:
    return CliRunner().invoke(main, ["--config", str(folder / "intake.ini"), *line], input="")


def unreadable_key(folder: Path) -> None:
    (folder / "data").chmod(0o755)
    (folder / "data/secret.key").chmod(0o000)


def unwritable_data(folder: Path) -> None:
    if os.geteuid() == 0:
        for path in (folder / "data").iterdir():
            os.chown(path, NOBODY, NOBODY)
    for path in (folder / "data").iterdir():
        path.chmod(0o400)
    (folder / "data").chmod(0o555)


def closed_data(folder: Path) -> None:
    (folder / "data").chmod(0o000)


def no_data(folder: Path) -> None:
    shutil.rmtree(folder / "data")
    folder.chmod(0o555)


def data_is_a_file(folder: Path) -> None:
    shutil.rmtree(folder / "data")
    (folder / "data").write_text("x")


def key_without_a_key(folder: Path) -> None:
    (folder / "data/secret.key").write_text("nonsense")


def strange_schema(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "data/intake.db")) as database:
        database.execute("ALTER TABLE ticket RENAME COLUMN subject TO title")
        database.execute("ALTER TABLE message RENAME COLUMN state TO condition")
        database.commit()
    open_to_all(folder)


def newer_schema(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "data/intake.db")) as database:
        database.execute("UPDATE meta SET value = '99' WHERE name = 'schema'")
        database.commit()
    open_to_all(folder)


def damaged_database(folder: Path) -> None:
    (folder / "data/intake.db").write_bytes(b"this is no database" * 1000)
    open_to_all(folder)


def unreadable_config(folder: Path) -> None:
    (folder / "intake.ini").chmod(0o000)


def no_config(folder: Path) -> None:
    (folder / "intake.ini").unlink()


def open_to_all(folder: Path) -> None:
    """So that only what is broken on purpose is."""
    for path in (folder, folder / "data", *(folder / "data").iterdir()):
        path.chmod(0o777)


SURROUNDINGS: dict[str, Callable[[Path], None]] = {
    one.__name__: one
    for one in (
        unreadable_key, unwritable_data, closed_data, no_data, data_is_a_file, key_without_a_key,
        strange_schema, newer_schema, damaged_database, unreadable_config, no_config,
    )
}  # fmt: skip
# What the last lines must hold: what is to be done.
CURES = (
    "check", "restore", "run `intake", "install", "chown", "owner", "name another", "put ", "name a file",
    "write", "give ", "make it", "correct", "set ", "free", "try again", "stop", "run:", "move", "--help",
    "take ", "delete",
)  # fmt: skip


@pytest.mark.parametrize("surrounding", SURROUNDINGS)
def test_no_command_ends_in_a_traceback(surrounding: str, desk: Path) -> None:
    SURROUNDINGS[surrounding](desk)
    wrong = []
    for name in ALL:
        if name.partition(" ")[0] in ("demo", "init") or name == "completion":
            continue
        with as_nobody():
            result = run(desk, *name.split(), *words(name, desk))
        said = result.output
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            wrong.append(f"{name}: {result.exc_info!r}")
        elif "Traceback" in said or "nobody foresaw" in said or "Usage:" in said:
            wrong.append(f"{name}: {said}")
        elif result.exit_code and not any(cure in said.lower()[-500:] for cure in CURES):
            wrong.append(f"{name}: it says nothing to do: {said}")
        elif not result.exit_code and not name.startswith(APART):
            wrong.append(f"{name}: it went well: {said}")
    assert [] == wrong, "\n".join(wrong)


def _numbered(name: str, param: click.Parameter, desk: Path, number: str) -> list[str]:
    """The words of a command with this number for one of its parameters."""
    if isinstance(param, click.Option):
        return [*words(name, desk), param.opts[0], number]
    return [number] if not param.required else words(name, desk, number)


def test_a_number_that_no_row_can_have_is_wrong_usage(desk: Path) -> None:
    numbers = click.types.IntParamType | click.types.FloatParamType
    wrong = []
    for name, command in ALL.items():
        for param in (one for one in command.params if isinstance(one.type, numbers)):
            for number in (str(2**63), str(MOST + 1)):
                result = run(desk, *name.split(), *_numbered(name, param, desk, number))
                if result.exit_code != 2 or "Usage:" not in result.output:
                    wrong.append(f"{name} {param.name}: {result.output}")
    assert [] == wrong, "\n".join(wrong)


def test_what_nobody_foresaw_is_one_sentence_and_the_way_to_report_it(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise KeyError("odd")

    monkeypatch.setattr("intake.commands.status.show", fail)
    result = run(desk, "status")
    assert 1 == result.exit_code
    assert "Unexpected error: KeyError: 'odd'." in result.output
    assert f"set {TRACEBACK}=1" in result.output
    monkeypatch.setenv(TRACEBACK, "1")
    assert isinstance(run(desk, "status").exception, KeyError)


@pytest.mark.parametrize(
    ("err", "said"),
    [
        (OSError(28, "No space left on device", "/data/x"), "/data/x: the disk is full. Free some space"),
        (OSError(13, "Permission denied", "/data/x"), "/data/x: permission denied. Check its owner and mode"),
        (MemoryError(), "There is not enough memory, or there are too many threads: raise"),
    ],
)
def test_what_the_machine_refuses_is_said_in_words(
    err: Exception, said: str, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise err

    monkeypatch.setattr("intake.commands.status.show", fail)
    assert said in " ".join(run(desk, "status").output.split())


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make what is another's")
def test_root_leaves_nothing_of_its_own_in_the_folder_of_another(desk: Path) -> None:
    """desk-faults 21: an admin uses the command line as root once."""
    shutil.rmtree(desk / "data")
    (desk / "data").mkdir(mode=0o700)
    os.chown(desk / "data", NOBODY, NOBODY)
    (desk / "large.eml").write_bytes(b"Subject: a\n\n" + b"x" * (LARGEST_ROW + 1))
    run(desk, "ingest", str(desk / "there"), str(desk / "large.eml"))
    for name in ALL:
        if name.partition(" ")[0] not in ("demo", "init", "erase"):
            run(desk, *name.split(), *words(name, desk))
    made = [path for path in (desk / "data").rglob("*")]
    assert {"intake.db", "secret.key", "queue.db", "blobs", "dkim.key"} <= {path.name for path in made}
    assert [] == [path.name for path in made if path.stat().st_uid != NOBODY]
    with as_nobody():
        said = run(desk, "ingest", str(desk / "there"), str(desk / "large.eml")).output
        assert 2 == said.count(": message ")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make what is another's")
def test_what_root_left_there_is_told_by_check(desk: Path) -> None:
    os.chown(desk / "data", NOBODY, NOBODY)
    (desk / "data/blobs").mkdir()
    said = " ".join(run(desk, "check", "--offline").output.split())
    assert "[desk] data: does not belong to the folder's owner: " in said
    assert f"chown -R --reference={desk}/data {desk}/data" in said


def test_a_second_run_on_one_folder_says_so_and_ends(desk: Path) -> None:
    held = hold(desk / "data")
    said = run(desk, "run")
    assert 1 == said.exit_code
    assert f"`intake run` already uses {desk}/data (process {os.getpid()} on " in said.output
    # What works beside it, on this machine or another, is not held up.
    for line in ("worker", "web", "poll dir", "listen pipe"):
        assert 0 == run(desk, *line.split()).exit_code
    os.close(held)
    assert "It runs until it is stopped." in run(desk, "run").output


def test_the_folder_is_held_until_the_process_ends_however_that_is(desk: Path) -> None:
    # As `intake run` does: what holds it becomes another program, which has children of its own.
    then = "import subprocess; subprocess.Popen(['sleep', '5']); print('held', flush=True); input()"
    held = "import os, sys; from pathlib import Path; from intake.commands.alone import hold; "
    held += f"hold(Path(sys.argv[1])); os.execv(sys.executable, [sys.executable, '-c', {then!r}])"
    with subprocess.Popen(
        [sys.executable, "-c", held, str(desk / "data")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as one:
        assert one.stdout is not None
        assert b"held\n" == one.stdout.readline()
        with pytest.raises(UserError, match="already uses"):
            hold(desk / "data")
        one.kill()
        one.wait()
    os.close(hold(desk / "data"))


@pytest.fixture
def small(desk: Path) -> Iterator[Path]:
    """The data folder of the desk on a disk of its own, of 2 MB, and full."""
    data = desk / "data"
    kept = desk / "kept"
    shutil.copytree(data, kept)
    if (
        os.geteuid() != 0
        or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "none", data]).returncode
    ):
        pytest.skip("a full disk needs root and mount")
    shutil.copytree(kept, data, dirs_exist_ok=True)
    (data / "queue.db").unlink(missing_ok=True)
    with suppress(OSError), (data / "filler").open("wb", buffering=0) as file:
        while file.write(b"x" * 4096):
            pass
    yield desk
    subprocess.run(["umount", "-l", data], check=True)


def test_a_full_disk_is_told_as_a_full_disk(small: Path) -> None:
    # Some need no room, and do what they are asked.
    wrong = []
    for name in ALL:
        if name.partition(" ")[0] in ("demo", "init") or name == "completion":
            continue
        result = run(small, *name.split(), *words(name, small))
        said = result.output.lower()
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            wrong.append(f"{name}: {result.exc_info!r}")
        elif "traceback" in said or "nobody foresaw" in said or "owner" in said:
            wrong.append(f"{name}: {said}")
    assert [] == wrong, "\n".join(wrong)
    assert "disk is full" in run(small, "ingest", str(small / "there")).output
    said = run(small, "check").output
    assert "[desk] data: the disk of" in said
    assert "is full" in said


def test_a_reader_that_has_gone_and_a_break_end_quietly(desk: Path) -> None:
    line = [sys.executable, "-m", "intake", "--config", str(desk / "intake.ini")]
    with subprocess.Popen([*line, "ticket", "list"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as one:
        assert one.stdout is not None
        one.stdout.close()
        assert one.stderr is not None
        said = one.stderr.read().decode()
    assert "" == said

    class Breaks(Errors):
        def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
            def stop() -> None:
                raise KeyboardInterrupt

            return click.Command(cmd_name, callback=stop)

    result = CliRunner().invoke(Breaks("intake"), ["x"])
    assert (1, "Aborted!") == (result.exit_code, result.output.strip())


@pytest.mark.parametrize(
    ("line", "meant"),
    [("tikcet list", "intake ticket"), ("statsu", "intake status"), ("ticket shwo 1", "intake ticket show")],
)
def test_a_command_that_is_misspelt_is_asked_about(line: str, meant: str, desk: Path) -> None:
    result = run(desk, *line.split())
    assert 2 == result.exit_code
    assert f"Did you mean `{meant}`?" in result.output.replace("main", "intake")
    assert "Did you mean" not in run(desk, "xyzzyplugh").output
