"""The sections of the config are typed values: every key once, known to mypy, and no secret shown."""

import dataclasses
import typing
from collections.abc import Mapping
from dataclasses import FrozenInstanceError, replace
from pathlib import Path
from typing import Any

import pytest
from each_case import each
from factories import some_settings
from mypy import api

from intake.channels.registry import CHANNELS
from intake.config import sections
from intake.config.converters import as_number, as_text
from intake.config.keys import key, keys_of, made
from intake.config.mailboxes import ImapMailbox, LmtpMailbox, OtherMailbox
from intake.config.sections import PageSettings, QueueSettings, Settings, SmtpSettings, StoreSettings
from intake.config.settings import ConfigError, load
from intake.config.to_policy import policy_of
from intake.desk.policy import Limits
from intake.desk.triage.engine import TriageRule

CLASSES: dict[str, type[Any]] = {
    **{one.word: one.section for one in sections.KINDS},
    **{f"mailbox {kind.name}": kind.settings for kind in CHANNELS.values()},
}
# Fields that the reader fills itself.
NO_KEYS = {("rule", "name")}
SOUND = "[desk]\nname = D\naddress = help@desk.example\n[smtp]\nhost = h\n"

USES = """
from intake.config.sections import Settings

def use(settings: Settings) -> None:
    reveal_type(settings.smtp.port)
    reveal_type(settings.desk.templates)
    reveal_type(settings.desk.limits.automatic_per_hour)
    reveal_type(settings.teams["support"].lead)
    settings.smtp.prot
    settings.desk.automatic_per_hour
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "intake.ini"
    path.write_text(text, encoding="utf-8")
    return path


def test_mypy_knows_every_key(tmp_path: Path) -> None:
    probe = tmp_path / "probe.py"
    probe.write_text(USES, encoding="utf-8")
    options = ["--config-file=", "--strict", "--follow-imports=silent", f"--cache-dir={tmp_path / 'cache'}"]
    said, _, code = api.run([*options, "--no-error-summary", str(probe)])

    assert 1 == code
    assert [
        'Revealed type is "int"',
        'Revealed type is "pathlib.Path | None"',
        'Revealed type is "int"',
        'Revealed type is "str"',
        '"SmtpSettings" has no attribute "prot"  [attr-defined]',
        '"DeskSettings" has no attribute "automatic_per_hour"  [attr-defined]',
    ] == [line.split(": ", 2)[2] for line in said.splitlines()]


def loose(hint: object) -> bool:
    return hint in (Any, object) or any(loose(one) for one in typing.get_args(hint))


@each("name", CLASSES)
def test_no_key_is_of_just_any_type(name: str) -> None:
    hints = typing.get_type_hints(CLASSES[name])
    assert [] == [field for field, hint in hints.items() if loose(hint)]


@each("name", CLASSES)
def test_every_field_of_a_section_is_a_key_and_no_two_have_one_name(name: str) -> None:
    def fields(section: type[Any]) -> list[str]:
        found = []
        for one in dataclasses.fields(section):
            inner = one.metadata.get("part")
            found += fields(inner) if inner else [one.name] * ((name, one.name) not in NO_KEYS)
        return found

    keys = [one.name for one in keys_of(CLASSES[name])]
    assert len(keys) == len(fields(CLASSES[name])) == len(set(keys))


@each("name", CLASSES)
def test_a_default_is_what_its_text_is_read_as(name: str) -> None:
    section = CLASSES[name]
    values = {one.name: one.stand_in() for one in keys_of(section)}
    needed = {one.name: values[one.name] for one in keys_of(section) if one.default is None}
    more = {field: "x" for kind, field in NO_KEYS if kind == name}
    assert made(section, values, **more) == section(**needed, **more)


def test_a_key_without_a_default_must_be_given() -> None:
    with pytest.raises(TypeError, match="host"):
        SmtpSettings()


def test_settings_cannot_be_changed() -> None:
    settings = some_settings()
    for value, name in (
        (settings, "desk"),
        (settings.desk, "data"),
        (settings.desk.limits, "flood_digest_minutes"),
    ):
        with pytest.raises(FrozenInstanceError):
            setattr(value, name, None)


def test_the_desk_is_given_its_own_values_and_no_copies(tmp_path: Path) -> None:
    more = "automatic_per_robot_day = 7\n[survey]\npoor = 4\n[rule a]\ntags = x\n[mailbox m]\ntype = ingest\n"
    settings = load(written(tmp_path, SOUND.replace("[smtp]", f"{more}[smtp]")))
    policy = policy_of(settings)
    assert (policy.limits, policy.survey) == (settings.desk.limits, settings.survey)
    assert (7, 4) == (policy.limits.automatic_per_robot_day, policy.survey.poor)
    assert tuple(settings.rules.values()) == policy.triage.rules
    assert isinstance(settings.rules["a"], TriageRule)
    assert isinstance(settings.desk.limits, Limits)


SHOWN = {
    "imap": ImapMailbox(host="h", user="u", password="hunter"),
    "smtp": SmtpSettings(host="h", password="hunter"),
    "page": PageSettings(webhook="https://x.example/hunter", token="hunter"),
    "store": StoreSettings(url="postgresql://intake:hunter@db.example/intake"),
    "queue": QueueSettings(url="redis://:hunter@db.example/0"),
    "somebody else's": OtherMailbox(type="theirs.pigeon", values={"seed": "hunter"}),
    "all": replace(some_settings(), smtp=SmtpSettings(host="h", password="hunter")),
}


@pytest.mark.parametrize("value", SHOWN.values(), ids=SHOWN)
def test_no_secret_shows_in_a_repr(value: object) -> None:
    assert "hunter" not in repr(value)


@each("name", CLASSES)
def test_every_key_that_is_a_secret_is_kept_out_of_the_repr(name: str) -> None:
    hidden = {one.name for one in dataclasses.fields(CLASSES[name]) if not one.repr}
    assert {one.name for one in keys_of(CLASSES[name]) if one.secret} <= hidden


BROKEN = """
[desk]
reopen_days = soon
admin = nobody
[smtp]
port = many
password_env = NOT_SET
[mailbox box]
since = yesterday
[sla a]
first_response = soon
[rule a]
priority = extreme
"""


def test_a_config_with_problems_is_whole_all_the_same(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(written(tmp_path, BROKEN), {})
    settings = caught.value.settings
    assert settings is not None
    box = settings.mailbox("box", ImapMailbox)
    assert ("-", "desk@localhost", 14, "") == (
        settings.desk.name,
        settings.desk.address,
        settings.desk.reopen_days,
        settings.desk.admin,
    )
    assert (587, "unset", None, "desk@localhost") == (
        settings.smtp.port,
        settings.smtp.password,
        box.since,
        box.address,
    )
    assert (tmp_path / "data", None) == (settings.desk.data, settings.slas["a"].first_response)
    # What stands there in place of a broken value is not complained of.
    said = [(one.section, one.key) for one in caught.value.problems]
    assert ("rule a", "priority") in said
    assert ("rule a", "") not in said
    # Every key that is missing or wrong is told once.
    assert len(said) == len(set(said))


def test_the_keys_of_somebody_elses_channel_are_kept_as_they_stand(tmp_path: Path) -> None:
    text = SOUND + "[mailbox m]\ntype = Theirs.Pigeon\nloft = 3\npath = ./grain\nteam =\n"
    box = load(written(tmp_path, text)).mailbox("m", OtherMailbox)
    assert {"loft": "3", "path": "./grain"} == dict(box.values)
    # The path of a module is told by its case too.
    assert ("3", "Theirs.Pigeon", "help@desk.example") == (box.loft, box.type, box.address)
    with pytest.raises(AttributeError, match="roost"):
        _ = box.roost


@pytest.mark.parametrize("name", CHANNELS)
def test_the_type_of_a_mailbox_may_be_written_in_any_case(name: str, tmp_path: Path) -> None:
    keys = "host = h\nuser = u\npassword = p\n" if name == "imap" else "path = x\n" * (name == "maildir")
    box = load(written(tmp_path, f"{SOUND}[mailbox m]\ntype = {name.upper()}\n{keys}")).mailboxes["m"]
    assert (name, CHANNELS[name].settings) == (box.type, type(box))


def test_a_mailbox_is_asked_for_by_its_kind() -> None:
    settings = replace(some_settings(), mailboxes={"box": LmtpMailbox(type="lmtp")})
    assert 8024 == settings.mailbox("box", LmtpMailbox).port
    with pytest.raises(TypeError, match=r"\[mailbox box\] is of the type lmtp"):
        settings.mailbox("box", ImapMailbox)


def test_the_manual_says_how_a_key_is_added() -> None:
    page = (Path(__file__).parents[2] / "docs" / "adding.md").read_text(encoding="utf-8")
    code = page.partition("## A key")[2].partition("```python\n")[2].partition("```")[0]
    names: dict[str, Any] = {
        "dataclass": dataclasses.dataclass,
        "key": key,
        "as_number": as_number,
        "as_text": as_text,
        "as_words": sections.as_words,
    }
    exec(code, names)
    section = names["PageSettings"]
    kinds: Mapping[str, tuple[str | None, bool]] = {
        one.name: (one.default, one.secret) for one in keys_of(section)
    }
    assert {"repeat_minutes": ("10", False), "quiet_days": ("", False), "api_token": (None, True)} == kinds
    assert (10, ()) == (section(api_token="x").repeat_minutes, section(api_token="x").quiet_days)
    for name in ("sections.py", "mailboxes.py", "form_keys.py", "service_level_keys.py", "triage_keys.py"):
        assert f"{name}" in page
        assert (Path(sections.__file__).parent / name).is_file()


def test_the_settings_hold_a_section_for_each_heading() -> None:
    assert {one.name for one in dataclasses.fields(Settings)} == {
        "file",
        *(one.attribute for one in sections.KINDS),
    }


# What is written, without its scheme, and what is said of it.
BAD_URLS = {
    "mysql://intake:canary@localhost/intake": "it is not a valid URL",
    "{}://intake:canary@localhost:port/intake": "its host or port is not valid",
    "{}://intake:canary@localhost:70000/intake": "its host or port is not valid",
    "{}://intake:canary@[::1/intake": "its host or port is not valid",
}


@pytest.mark.parametrize(("section", "scheme"), [("store", "postgresql"), ("queue", "redis")])
@pytest.mark.parametrize("url", BAD_URLS)
def test_a_url_that_is_not_valid_is_not_quoted(tmp_path: Path, section: str, scheme: str, url: str) -> None:
    """Its password stands in it, and `intake check` is copied into reports of faults."""
    file = tmp_path / "config.ini"
    file.write_text(f"{SOUND}[{section}]\nurl = {url.format(scheme)}\n")
    with pytest.raises(ConfigError) as raised:
        load(file)
    assert f"[{section}] url: {BAD_URLS[url]}" in str(raised.value)
    assert "canary" not in str(raised.value)
