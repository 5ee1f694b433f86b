"""The example names every key and no other, and `init` and `check` work hand in hand."""

import itertools
import re
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner
from command_line import Run

from intake import testing
from intake.channels.registry import CHANNELS
from intake.cli import main
from intake.commands.init import example
from intake.config import settings
from intake.config.converters import LONGEST_LOCAL
from intake.config.mailboxes import MAILBOX_COMMON
from intake.config.sections import SECTIONS
from intake.desk.policy import Limits

EXAMPLE = example()
FOR_BOTH = {key.name for key in MAILBOX_COMMON}


def example_keys() -> dict[str, list[str]]:
    """Section name to its keys, in the order of the file; mailboxes by their type."""
    found: dict[str, list[str]] = {}
    for block in re.split(r"(?m)^\[", EXAMPLE.read_text(encoding="utf-8"))[1:]:
        name = block.partition("]")[0]
        keys = re.findall(r"(?m)^([a-z_]+) =", block)
        kind = re.search(r"(?m)^type = (\w+)", block)
        mailbox = kind and name.startswith("mailbox ")
        found[f"mailbox {kind[1]}" if kind and mailbox else name.partition(" ")[0]] = keys
    return found


EXPECTED = {
    **{name: [key.name for key in keys] for name, keys in SECTIONS.items()},
    **{f"mailbox {kind.name}": [key.name for key in kind.keys] for kind in CHANNELS.values()},
}


@pytest.mark.parametrize("section", EXPECTED)
def test_the_example_has_every_key_in_both_directions(section: str) -> None:
    there = example_keys()[section]
    if section.startswith("mailbox "):
        common = FOR_BOTH if section == "mailbox imap" else {"type"}
        assert common <= set(there)
        there = [key for key in there if key not in common]
    assert EXPECTED[section] == there


def test_the_example_has_no_section_of_its_own() -> None:
    assert set(EXPECTED) == set(example_keys())


def test_every_key_of_the_example_has_a_comment_above_it() -> None:
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    bare = [
        line
        for above, line in itertools.pairwise(lines)
        if "=" in line and line[0] not in "# " and not above.startswith("#")
    ]
    assert [] == bare


def test_every_comment_tells_the_default() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    silent = [
        key
        for comment, key in re.findall(r"((?:^#.*\n)+)^([a-z_]+) =", text, re.MULTILINE)
        if not re.search(r"[Dd]efault", comment) and key != "type"
    ]
    assert [] == silent


def test_the_example_loads_and_its_values_are_the_defaults() -> None:
    loaded = settings.load(EXAMPLE)
    for name in ("desk", "store", "queue", "web", "smtp", "dkim"):
        section = getattr(loaded, name)
        for key in SECTIONS[name]:
            if key.default and not key.name.startswith(("data", "signature", "host")):
                holder = section.limits if key.name in Limits.__slots__ else section
                assert key.convert(key.default) == getattr(holder, key.name), (name, key.name)


MISTAKES = """
[desk]
address = not an address
reopen_days = soon
color = red
[smtp]
host = localhost
[mailbox support]
type = pigeon
team = nobody
"""


def test_a_config_with_several_mistakes_reports_each_with_its_cure(tmp_path: Path) -> None:
    path = tmp_path / "bad.ini"
    path.write_text(MISTAKES, encoding="utf-8")
    result = CliRunner().invoke(main, ["--config", str(path), "check"])
    assert 1 == result.exit_code
    for place in (
        "[desk] name: is missing",
        "[desk] address: 'not an address'",
        "[desk] reopen_days: 'soon'",
        "[desk] color: is not a known key",
        "[mailbox support] type: 'pigeon'",
        "[mailbox support] team: there is no team",
    ):
        assert place in result.stdout
    # The seventh is the mail server: its section is sound, so it is tried.
    assert "7 problems, 2 warnings." in result.stdout
    # Every other command says the same, without looking further.
    result = CliRunner().invoke(main, ["--config", str(path), "status"])
    assert (1, 6) == (result.exit_code, len(result.stderr.splitlines()))


def test_a_type_with_a_dot_is_somebody_elses_channel(tmp_path: Path) -> None:
    path = tmp_path / "own.ini"
    path.write_text(
        "[desk]\nname = a\naddress = a@b.example\n[smtp]\nhost = x\n"
        "[mailbox m]\ntype = theirs.pigeon\nloft = 3\n",
        encoding="utf-8",
    )
    box = settings.load(path).mailboxes["m"]
    assert ("theirs.pigeon", "3") == (box.type, box.loft)


SECRET = "s3cr#t;=%(x)s [a]"


@pytest.mark.parametrize("kind", ["imap", "lmtp", "smtp", "maildir", "ingest"])
def test_init_writes_a_private_config_that_loads(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTAKE_IMAP_PASSWORD", SECRET)
    path = tmp_path / "new" / "intake.ini"
    more = ["--maildir-path", "mail"] if kind == "maildir" else []
    result = CliRunner().invoke(
        main,
        ["--config", str(path), "init", "--yes", "--address", "help@desk.example", "--type", kind, *more],
    )
    assert 0 == result.exit_code, result.output
    assert SECRET not in result.output
    assert "check" in result.stdout.partition("Next:")[2]
    assert 0o600 == stat.S_IMODE(path.stat().st_mode)
    made = settings.load(path)
    assert [kind] == [box.type for box in made.mailboxes.values()]
    assert 0o600 == stat.S_IMODE((made.desk.data / "secret.key").stat().st_mode)
    if kind == "imap":
        box = made.mailboxes["support"]
        assert ("imap.desk.example", SECRET, "help@desk.example") == (box.host, box.password, box.user)
        assert (SECRET, "starttls") == (made.smtp.password, made.smtp.security)
        assert box.since is not None
    else:
        assert ("localhost", "") == (made.smtp.host, made.smtp.user)
    left = sorted(one.name for one in path.parent.iterdir())
    assert ["data", "intake.ini"] == left


def test_init_asks_and_hides_the_password(tmp_path: Path) -> None:
    path = tmp_path / "intake.ini"
    answers = ["Shop", "help@shop", "help" * 5 + "@shop.example", "help@shop.example"]
    answers += ["", "Shanghai", "Asia/Shanghai", "imap", "mail.shop.example", "", "", "", "pass word"]
    answers += ["mx shop", "mx.shop.example", "mail.shop.example", "0", "587", "", "", ""]
    answers += ["yes", "", "help.shop.example", "https://help.shop.example", ""]
    result = CliRunner().invoke(main, ["--config", str(path), "init"], input="\n".join(answers) + "\n")
    assert 0 == result.exit_code, result.output
    assert "pass word" not in result.output
    made = settings.load(path)
    assert ("Shop", "pass word", True) == (made.desk.name, made.smtp.password, made.web.enabled)
    assert "SMTP password, empty for that of IMAP" in result.output
    assert ("mx.shop.example", "https://help.shop.example") == (
        made.mailboxes["support"].trusted_authserv,
        made.web.base_url,
    )
    # Each wrong answer was told of at once, and asked again.
    assert ("help@shop.example", "Asia/Shanghai", 587) == (
        made.desk.address,
        str(made.desk.timezone),
        made.smtp.port,
    )
    for wrong in (
        "'help@shop' is not a valid email address",
        "the part before the @ is longer than 19 characters",
        "'Shanghai' is not a valid time zone",
        "'mx shop' is not a valid server name",
        "0 is out of range",
        "'help.shop.example' is not a valid web address",
    ):
        assert wrong in result.output


@pytest.mark.parametrize("kind", ["imap", "lmtp", "smtp", "maildir", "ingest"])
def test_init_writes_whose_word_is_trusted_for_every_type(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "intake.ini"
    line = ["init", "--yes", "--address", "help@shop.example", "--type", kind]
    line += ["--trusted-authserv", "mx.shop.example"]
    line += {"imap": ["--imap-password", "one"], "maildir": ["--maildir-path", "mail"]}.get(kind, [])
    result = CliRunner().invoke(main, ["--config", str(path), *line])
    assert 0 == result.exit_code, result.output
    assert "mx.shop.example" == settings.load(path).mailboxes["support"].trusted_authserv


DROPPED = {
    "a key of another type": (["--type", "lmtp", "--imap-host", "x.example"], "--imap-host", "--type imap"),
    "a key of IMAP with ingest": (["--type", "ingest", "--imap-user", "me"], "--imap-user", "--type imap"),
    "a Maildir with IMAP": (
        ["--imap-password", "one", "--maildir-path", "mail"],
        "--maildir-path",
        "--type maildir",
    ),
    "a form's address without a form": (
        ["--type", "lmtp", "--web", "no", "--base-url", "https://help.shop.example"],
        "--base-url",
        "--web yes",
    ),
    "a password without a user": (
        ["--type", "lmtp", "--smtp-user", "-", "--smtp-password", "one"],
        "--smtp-password",
        "--smtp-user",
    ),
}


@pytest.mark.parametrize(("line", "option", "needs"), DROPPED.values(), ids=list(DROPPED))
def test_init_drops_no_option_without_a_word(
    line: list[str], option: str, needs: str, tmp_path: Path
) -> None:
    path = tmp_path / "intake.ini"
    whole = ["--config", str(path), "init", "--yes", "--address", "help@shop.example", *line]
    result = CliRunner().invoke(main, whole)
    assert 2 == result.exit_code, result.output
    assert f"{option} has an effect only with {needs}" in " ".join(result.stderr.split())
    assert not path.exists()


def test_init_takes_no_password_over_without_a_word(tmp_path: Path) -> None:
    line = ["init", "--yes", "--address", "help@shop.example", "--imap-password", "one"]
    result = CliRunner().invoke(main, ["--config", str(tmp_path / "a.ini"), *line])
    assert "SMTP password: using that of IMAP, because the user is the same." in result.output
    result = CliRunner().invoke(main, ["--config", str(tmp_path / "b.ini"), *line, "--smtp-password", "two"])
    assert "that of IMAP" not in result.output
    assert "two" == settings.load(tmp_path / "b.ini").smtp.password


def test_init_and_the_config_know_the_same_longest_address(tmp_path: Path) -> None:
    for length, code in ((LONGEST_LOCAL, 0), (LONGEST_LOCAL + 1, 1)):
        line = ["init", "--yes", "--type", "ingest", "--address", "h" * length + "@shop.example"]
        result = CliRunner().invoke(main, ["--config", str(tmp_path / f"{length}.ini"), *line])
        assert code == result.exit_code, result.output


@pytest.mark.parametrize(
    ("zone", "expected"), [("Europe/Berlin", "Europe/Berlin"), ("UTC", "UTC"), (":nonsense", "UTC")]
)
def test_init_takes_the_zone_of_the_machine(
    zone: str, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", zone)
    path = tmp_path / "intake.ini"
    args = ["--config", str(path), "init", "--yes", "--address", "a@b.example", "--type", "ingest"]
    assert 0 == CliRunner().invoke(main, args).exit_code
    assert expected == str(settings.load(path).desk.timezone)


def test_init_touches_no_config_that_is_there(intake: Run, config: Path) -> None:
    before = config.read_bytes()
    assert "already exists" in intake("init", "--yes", "--address", "a@b.example", code=1).stderr
    assert before == config.read_bytes()


@pytest.mark.parametrize(
    ("args", "code", "told"),
    [
        (["--yes"], 2, "--address, --imap-password"),
        (["--yes", "--type", "ingest", "--address", "help"], 1, "is not a valid email address"),
        (["--yes", "--type", "ingest", "--address", "a@b.example", "--name", "a\nb = c"], 2, "line break"),
        (["--yes", "--type", "ingest", "--address", "a@b.example", "--port", "x"], 1, "whole number"),
    ],
    ids=["answers missing", "not an address", "line break", "not a port"],
)
def test_init_writes_nothing_when_answers_do_not_work(
    args: list[str], code: int, told: str, tmp_path: Path
) -> None:
    path = tmp_path / "intake.ini"
    result = CliRunner().invoke(
        main, ["--config", str(path), "init", *args], env={"INTAKE_IMAP_PASSWORD": None}
    )
    assert code == result.exit_code, result.output
    assert told in result.stderr
    assert [] == list(tmp_path.iterdir())


def test_what_init_writes_passes_check(tmp_path: Path) -> None:
    path = tmp_path / "intake.ini"
    run = CliRunner().invoke
    run(main, ["--config", str(path), "init", "--yes", "--address", "a@b.example", "--type", "ingest"])
    result = run(main, ["--config", str(path), "check", "--offline"])
    assert 0 == result.exit_code, result.output
    # Nobody would be told of tickets yet, mails have no link, and no server vouches for who writes.
    assert "\n3 warnings." in result.stdout
    assert "intake agent add" in result.stdout
    assert "trusted_authserv" in result.stdout


def test_check_tells_what_is_wrong_outside_the_config(intake: Run, config: Path, tmp_path: Path) -> None:
    templates = tmp_path / "own" / "mail" / "en"
    templates.mkdir(parents=True)
    (templates / "notice.txt.j2").write_text(
        "{% block subject %}{{ nonsense }}{% endblock %}{% block body %}x{% endblock %}", encoding="utf-8"
    )
    text = config.read_text(encoding="utf-8").replace("[web]", "templates = own\n[web]")
    config.write_text(text + "\n[mailbox box]\ntype = maildir\npath = nowhere\n", encoding="utf-8")
    result = intake("check", code=1)
    assert "mail/en/notice.txt.j2" in result.stdout
    assert "nonsense" in result.stdout
    assert "[mailbox box] path: there is no folder" in result.stdout
    assert "127.0.0.1:1 cannot be reached" in result.stdout
    assert "3 problems, 4 warnings." in result.stdout
    assert "[desk] agent_authority: is token" in result.stdout
    assert "[mailbox box] trusted_authserv: sender authentication is not configured" in result.stdout


@pytest.mark.parametrize(
    ("folders", "after", "said"),
    [
        ((), "move", "ok       [mailbox box] path:"),
        (("new", "cur", "tmp"), "leave", "ok       [mailbox box] path:"),
        (("new",), "move", "problem  [mailbox box] path:"),
    ],
    ids=["a folder of .eml files", "a Maildir", "half a Maildir"],
)
def test_check_takes_a_folder_for_what_the_desk_reads_it_as(
    intake: Run, config: Path, tmp_path: Path, folders: tuple[str, ...], after: str, said: str
) -> None:
    (tmp_path / "box").mkdir()
    for name in folders:
        (tmp_path / "box" / name).mkdir()
    more = f"\n[mailbox box]\ntype = maildir\npath = {tmp_path / 'box'}\nafter = {after}\n"
    config.write_text(config.read_text(encoding="utf-8") + more, encoding="utf-8")
    result = intake("check", "--offline", code=1 if said.startswith("problem") else 0)

    assert said in result.stdout


def test_check_asks_the_channel_of_somebody_else(
    intake: Run, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "starlings").mkdir()
    (tmp_path / "starlings" / "__init__.py").write_text("", encoding="utf-8")
    (tmp_path / "starlings" / "loft.py").write_text(
        "def open_channel(name, section, store, receive):\n    return None\n\n\n"
        "def check(section):\n"
        "    if section.colour == 'none':\n"
        "        raise KeyError('colour')\n"
        "    return [('colour', 'they are all grey', 'Paint them')]\n",
        encoding="utf-8",
    )
    monkeypatch.syspath_prepend(tmp_path)
    text = config.read_text(encoding="utf-8")
    config.write_text(text + "\n[mailbox box]\ntype = starlings.loft\ncolour = red\n", encoding="utf-8")
    found = intake("check", "--offline", code=1).stdout
    assert "[mailbox box] colour: they are all grey" in found
    assert "Paint them" in found

    config.write_text(text + "\n[mailbox box]\ntype = starlings.loft\ncolour = none\n", encoding="utf-8")
    assert "[mailbox box] type: KeyError: 'colour'" in intake("check", "--offline", code=1).stdout


def test_check_names_a_module_that_opens_no_channel(intake: Run, config: Path) -> None:
    text = config.read_text(encoding="utf-8")
    config.write_text(f"{text}\n[mailbox box]\ntype = os.path\n", encoding="utf-8")
    said = intake("check", "--offline", code=1).stdout
    assert "[mailbox box] type: 'os.path' is not a known channel (no open_channel)" in said


def test_a_mistake_in_one_section_does_not_keep_the_servers_of_others_from_being_tried(
    intake: Run, config: Path
) -> None:
    text = config.read_text(encoding="utf-8").replace("[desk]", "[desk]\nreopen_days = many")
    config.write_text(text, encoding="utf-8")

    said = intake("check", code=1).output
    assert "[desk] reopen_days" in said
    assert "[smtp] host: 127.0.0.1:1 cannot be reached" in said
    assert "2 problems" in said


def test_check_names_a_language_that_no_mail_is_written_in(intake: Run, config: Path) -> None:
    text = config.read_text(encoding="utf-8").replace("type = ingest", "type = ingest\nlanguage = xx")
    config.write_text(text, encoding="utf-8")

    assert "[mailbox support] language: no templates for 'xx'" in intake("check", code=1).output


def test_check_warns_of_a_password_that_others_may_read(intake: Run, config: Path) -> None:
    config.write_text(
        config.read_text(encoding="utf-8").replace("timeout = 2", "password = x"), encoding="utf-8"
    )
    config.chmod(0o644)
    assert "chmod 600" in intake("check", "--offline").stdout


def test_check_logs_into_the_mailboxes_and_tells_what_is_wrong(
    intake: Run, config: Path, pymap: testing.Pymap, sink: testing.SinkServer
) -> None:
    text = config.read_text(encoding="utf-8").replace("port = 1\n", f"port = {sink.port}\n")
    box = (
        f"\n[mailbox {{}}]\nhost = {pymap.host}\nport = {pymap.port}\nsecurity = none\n"
        f"user = {pymap.user}\npassword = {{}}\ntype = imap\n"
    )
    config.write_text(text + box.format("good", pymap.password), encoding="utf-8")
    told = intake("check").stdout
    assert f"[mailbox good] host: login to {pymap.host}:{pymap.port} as {pymap.user} works" in told
    assert f"[smtp] host: 127.0.0.1:{sink.port} accepts mail" in told
    config.write_text(text + box.format("bad", "wrong-secret"), encoding="utf-8")
    told = intake("check", code=1).stdout
    assert "[mailbox bad] " in told
    assert "\n1 problem, " in told
    assert "wrong-secret" not in told


def test_no_config_says_where_it_was_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("INTAKE_CONFIG", raising=False)
    result = CliRunner().invoke(main, ["status"])
    assert 1 == result.exit_code
    assert "intake init" in result.stderr
