"""`check` names each key that is broken, under its own name, and one that is broken hides no other."""

import json
import os
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from command_line import Run

from intake.channels.registry import CHANNELS
from intake.config.keys import Key
from intake.config.mailboxes import MAILBOX_COMMON
from intake.config.sections import SECTIONS

# A config in which everything that may stand there does. {section} marks where a key is broken.
WHOLE = {
    "desk": {"name": "Help", "address": "help@desk.example"},
    "store": {},
    "queue": {},
    "web": {"port": "0", "base_url": "https://help.desk.example"},
    "form": {},
    "field wallet": {"label": "Wallet"},
    "survey": {},
    "lifecycle": {"close_waiting_after": "7d"},
    "guard": {},
    "secrets": {},
    "scan": {},
    "report": {},
    "smtp": {"host": "127.0.0.1", "port": "1", "security": "none", "timeout": "2"},
    "page": {},
    "dkim": {},
    "audit": {},
    "brand shop": {"name": "Shop", "address": "shop@desk.example", "base_url": "https://shop.desk.example"},
    "oauth work": {
        "provider": "custom",
        "flow": "client",
        "client_id": "c",
        "client_secret": "s",
        "token_url": "https://login.desk.example/token",
    },
    "team printers": {},
    "group vip": {},
    "calendar office": {},
    "sla all": {"first_response": "4h"},
    "triage": {},
    "incident stolen": {},
    "rule one": {"subject": "printer", "tags": "printer"},
    "mailbox support": {"type": "ingest"},
    "mailbox shop": {"type": "ingest", "brand": "shop"},
    "mailbox box": {"type": "imap", "host": "127.0.0.1", "user": "u", "password": "p", "since": "2026-01-01"},
    "mailbox pipe": {"type": "lmtp", "port": "0"},
    "mailbox door": {"type": "smtp", "port": "0"},
    "mailbox dir": {"type": "maildir", "path": "dir"},
}
# What no text is wrong in: names, words, and what only a server knows.
FREE = {
    ("oauth", "client_id"), ("oauth", "client_secret"), ("oauth", "user"),
    ("oauth", "scope"), ("brand", "name"), ("brand", "signature"),
    ("desk", "name"), ("desk", "signature"), ("web", "brand_name"), ("web", "metrics_token"),
    ("smtp", "user"), ("smtp", "password"), ("smtp", "helo"), ("page", "token"), ("dkim", "selector"),
    ("dkim", "domain"), ("mailbox", "user"), ("mailbox", "password"),
    ("mailbox", "host"), ("mailbox", "folders"), ("mailbox", "move_to"), ("smtp", "host"),
    ("team", "name"), ("triage", "categories"), ("triage", "security_words"), ("rule", "subject"),
    ("rule", "text"), ("rule", "quarantine"), ("rule", "tags"), ("rule", "attachment"), ("desk", "data"),
    # It is made where it is missing.
    ("audit", "key_file"),
    # A key or a secret alone is told of under the name of the other.
    ("store", "blobs_region"), ("store", "blobs_key"), ("store", "blobs_secret"),
    # Without the team nobody but the desk's own agents is told, as the shipped config has it.
    ("triage", "security_team"),
}  # fmt: skip
# Wrong in a way that only this key has.
OWN = {
    ("desk", "language"): "xx",
    ("web", "host"): "no.such.host.invalid",
    ("web", "base_url"): "help.desk.example",
    ("web", "mailbox"): "nobody",
    ("web", "trusted_proxy"): "localhost",
    ("report", "mail"): "x",
    ("audit", "checkpoint_to"): "x",
    ("mailbox", "type"): "pigeon",
    ("mailbox", "team"): "nobody",
    ("mailbox", "brand"): "nobody",
    ("brand", "smtp"): "nobody",
    ("mailbox", "language"): "xx",
    ("mailbox", "accept"): "desk.example",
    ("mailbox", "path"): "nowhere",
    ("group", "addresses"): "ann",
    ("sla", "calendar"): "nobody",
    ("sla", "priority"): "huge",
    ("sla", "category"): "cars",
    ("sla", "team"): "nobody",
    ("sla", "language"): "xx",
    ("sla", "group"): "nobody",
    ("triage", "default_category"): "cars",
    ("rule", "mailbox"): "nobody",
    ("rule", "category"): "cars",
    ("rule", "team"): "nobody",
    ("rule", "language"): "xx",
    ("store", "url"): "oracle:x",
    ("queue", "url"): "oracle:x",
    ("page", "webhook"): "ftp://x.example",
    ("form", "promise"): " | zz",
    ("form", "categories"): "a\n  a",
    ("field", "label"): "Wallet | zz",
    ("field", "help"): "Help | zz",
    ("field", "choices"): "a\n  a",
    ("field", "pattern"): "[",
    ("field", "chains"): "zz",
    ("rule", "pattern"): "(",
    ("rule", "capture"): "zz",
    ("rule", "sender"): "ann",
    ("rule", "recipient"): "ann",
    ("rule", "field"): "zz",
    ("rule", "header"): "zz",
    ("rule", "machine"): "perhaps",
    ("desk", "status_mails"): "zz",
}
# Wrong by how the key is read.
KINDS = {
    "as_number": "many",
    "as_hosts": "https://blog.example.com/",
    "as_wallets": "bc1q",
    "as_digests": "abc",
    "as_steps": "not one word",
    "as_signing_keys": "short",
    "as_reply_form": "catchall",
    "as_server_names": "*.com",
    "one_of": "nonsense",
    "some_of": "nonsense",
    "member_of": "nonsense",
    "as_flag": "perhaps",
    "as_acknowledge": "perhaps",
    "as_maybe": "perhaps",
    "as_count": "many",
    "as_zone": "Mars/Base",
    "as_optional_zone": "Mars/Base",
    "as_address": "nobody",
    "as_bucket": "bucket",
    "as_site": "nonsense",
    "as_auth": "nonsense",
    "as_tenant": "../evil",
    "as_endpoint": "http://login.desk.example",
    "as_optional_address": "nobody",
    "as_optional_path": "missing/file",
    "as_colour": "red",
    "as_optional_colour": "red",
    "as_origins": "app",
    "as_optional_day": "yesterday",
    "as_week": "always",
    "as_places": "Atlantis",
    "as_dates": "yesterday",
    "as_extra_days": "yesterday",
    "as_domains": "x",
    "as_length": "soon",
    "as_days": "1w",
    "as_ladder": "soon",
    "as_optional_ladder": "soon",
}
BOX = {"imap": "mailbox box", "lmtp": "mailbox pipe", "smtp": "mailbox door", "maildir": "mailbox dir"}


def _keys() -> dict[str, tuple[str, Key[Any]]]:
    """Every key that may be broken, with the section that it is broken in."""
    found = {}
    for kind, keys in SECTIONS.items():
        full = next(one for one in WHOLE if one.partition(" ")[0] == kind)
        found |= {f"{kind}.{key.name}": (full, key) for key in keys if (kind, key.name) not in FREE}
    for type_, keys in {"": MAILBOX_COMMON, **{kind.name: kind.keys for kind in CHANNELS.values()}}.items():
        full = BOX.get(type_, "mailbox support")
        found |= {
            f"mailbox {type_}.{key.name}": (full, key)
            for key in keys
            if ("mailbox", key.name) not in FREE or key.convert.__qualname__.startswith("as_optional_path")
        }
    return found


KEYS = _keys()


def broken(section: str, key: Key[Any]) -> str:
    own = OWN.get((section.partition(" ")[0], key.name))
    return own if own is not None else KINDS[key.convert.__qualname__.partition(".")[0]]


def write(config: Path, *changes: tuple[str, str, str], more: str = "") -> None:
    """Write the whole config, with `changes` (section, key, value) in it."""
    sections = {name: dict(values) for name, values in WHOLE.items()}
    for section, key, value in changes:
        sections[section][key] = value
    # All pages are served below one path.
    path = sections["web"]["base_url"].removeprefix("https://help.desk.example")
    if path.startswith("/"):
        sections["brand shop"]["base_url"] += path
    text = ""
    for name, values in sections.items():
        text += f"[{name}]\n" + "".join(f"{key} = {value}\n" for key, value in values.items())
    config.write_text(text + more, encoding="utf-8")
    for name in ("new", "cur", "tmp"):
        (config.parent / "dir" / name).mkdir(parents=True, exist_ok=True)


def found(intake: Run, code: int = 1) -> dict[tuple[str, str], str]:
    """What `check` says beside that all is well: the level by section and key."""
    said = json.loads(intake("check", "--offline", "--json", code=code).stdout)
    return {(one["section"], one["key"]): one["level"] for one in said if one["level"] != "ok"}


EXPECTED = {(f"mailbox {name}", "trusted_authserv"): "warning" for name in ("box", "pipe", "door", "dir")}
# Nothing logs in by it.
EXPECTED |= {("oauth work", ""): "warning"}


def test_the_whole_config_has_nothing_wrong_in_it(intake: Run, config: Path) -> None:
    write(config)
    assert {**EXPECTED, ("desk", ""): "warning"} == found(intake, code=0)


@pytest.mark.parametrize("name", KEYS)
def test_a_broken_key_is_named_by_check(name: str, intake: Run, config: Path) -> None:
    section, key = KEYS[name]
    write(config, (section, key.name, broken(section, key)))
    assert (section, key.name) in found(intake)


@pytest.mark.parametrize("name", [name for name, (_, key) in KEYS.items() if key.default is None])
def test_a_key_that_must_be_there_is_named_by_check(name: str, intake: Run, config: Path) -> None:
    section, key = KEYS[name]
    write(config, (section, key.name, ""))
    assert "problem" == found(intake)[section, key.name]


def test_everything_broken_at_once_is_all_named(intake: Run, config: Path) -> None:
    changes = [
        ("desk", "reopen_days", "many"), ("desk", "canned", "no-canned"), ("desk", "templates", "none"),
        ("web", "logo", "no.png"), ("web", "base_url", "desk.example"), ("web", "trusted_proxy", "localhost"),
        ("dkim", "key_file", "no.key"), ("smtp", "ca_file", "no.pem"), ("mailbox box", "ca_file", "no.pem"),
        ("mailbox box", "since", ""), ("sla all", "category", "cars"), ("sla all", "language", "xx"),
        ("report", "mail", "x"), ("team printers", "lead", "boss@desk.example"),
        ("mailbox dir", "path", "nowhere"), ("desk", "language", "xx"), ("web", "mailbox", "nobody"),
    ]  # fmt: skip
    write(config, *changes, more="[form]\n[desk]\n[web]\n")
    said = found(intake)
    wanted = {(section, key) for section, key, _ in changes}
    # A section that is there twice is told, and what stands in the first of them is judged.
    assert wanted <= set(said)
    assert {("form", ""), ("desk", ""), ("web", "")} <= set(said)


def test_a_key_that_stands_twice_hides_no_other(intake: Run, config: Path) -> None:
    write(config, ("smtp", "port", "many"), more="poll_seconds = 7\npoll_seconds = 8\nnot a line\n")
    said = found(intake)
    assert {("smtp", "port"), ("mailbox dir", "poll_seconds"), (str(config), "")} <= set(said)
    assert "poll_seconds is already in [mailbox dir]" in intake("check", "--offline", code=1).output


def test_a_desk_that_lost_its_mailboxes_is_checked_all_the_same(intake: Run, config: Path) -> None:
    write(config)
    intake("agent", "add", "anna@staff.example")
    desk = "[desk]\nname = Help\naddress = help@desk.example\n[smtp]\nhost = 127.0.0.1\n"
    config.write_text(desk, encoding="utf-8")
    assert ("mailbox NAME", "") in found(intake)
    config.write_text(f"{desk}[mailbox]\ntype = ingest\n", encoding="utf-8")
    # Once, and not as an unknown section too.
    assert 1 == intake("check", "--offline", code=1).stdout.count("[mailbox]")


@pytest.mark.parametrize(("section", "key"), [("store", "url"), ("queue", "url")])
def test_a_url_that_is_wrong_is_named_without_the_password_in_it(
    section: str, key: str, intake: Run, config: Path
) -> None:
    write(config, (section, key, "mysql://desk:hunter2@db.example/desk"))
    said = intake("check", "--offline", code=1).stdout
    assert f"[{section}] {key}: it is not a valid URL" in said
    assert "hunter2" not in said


def test_a_file_of_a_secret_that_is_no_text_is_told_without_a_byte_of_it(
    intake: Run, config: Path, tmp_path: Path
) -> None:
    (tmp_path / "password").write_bytes(b"\x92secret")
    write(config, ("smtp", "password_file", "password"))
    said = intake("check", "--offline", code=1).stdout
    assert "password cannot be read: it is not text in UTF-8" in said
    assert "0x92" not in said


def test_two_mailboxes_on_one_account_are_told(intake: Run, config: Path) -> None:
    write(
        config,
        ("mailbox pipe", "port", "8124"),
        ("mailbox door", "port", "8124"),
        more="[mailbox twin]\ntype = imap\nhost = 127.0.0.1\nuser = U\npassword = p\nsince = 2026-01-01\n"
        "[mailbox twins]\ntype = maildir\npath = ./dir\n",
    )
    said = found(intake)
    assert {("mailbox twin", "user"), ("mailbox twins", "path"), ("mailbox door", "port")} <= set(said)
    assert ("mailbox box", "user") not in said


@pytest.mark.parametrize(
    ("section", "key", "value", "level"),
    [
        ("web", "base_url", "", "warning"),
        ("web", "base_url", "http://help.desk.example", "warning"),
        ("web", "base_url", "http://localhost:8080", ""),
        ("web", "base_url", "https://help.desk.example/desk", ""),
        ("web", "base_url", "https://help desk.example", "problem"),
        ("web", "base_url", "https://[::1", "problem"),
        ("web", "trusted_proxy", "127.0.0.1", ""),
        ("web", "trusted_proxy", "::1", ""),
        ("web", "trusted_proxy", "*", ""),
        ("mailbox box", "since", "", "warning"),
        ("mailbox box", "since", "2999-01-01", "warning"),
        ("desk", "admin", "help+x@desk.example", "problem"),
        ("desk", "admin", "boss@desk.example", ""),
        ("page", "on_call", "help@desk.example", "problem"),
        ("report", "mail", "boss@desk.example, HELP@desk.example", "problem"),
        ("audit", "checkpoint_to", "boss@elsewhere.example, help@desk.example", "problem"),
        ("audit", "checkpoint_to", "a@b.example, c@b.example, d@b.example, e@b.example", "problem"),
        ("team printers", "lead", "help@desk.example", "problem"),
        ("queue", "url", "sqlite:///intake.db", "problem"),
        ("queue", "url", "sqlite:///:memory:", "problem"),
        ("team printers", "lead", "boss@desk.example", "warning"),
        ("team printers", "lead", "Anna@staff.example", ""),
        ("page", "on_call", "boss@desk.example", "warning"),
        ("page", "on_call", "Anna@staff.example", ""),
        ("sla all", "language", "zh", ""),
        ("sla all", "category", "technical, Security", ""),
        ("group vip", "addresses", "ann@x.example, bob@y.example", ""),
        ("lifecycle", "close_waiting_after", "", ""),
        ("lifecycle", "close_waiting_after", "3650D", ""),
        ("lifecycle", "close_waiting_after", "0d", "problem"),
        ("lifecycle", "close_waiting_after", "3651d", "problem"),
        ("lifecycle", "close_waiting_after", "12h", "problem"),
        ("lifecycle", "remind_waiting_before", "6d", ""),
        ("lifecycle", "remind_waiting_before", "7d", "problem"),
        ("lifecycle", "remind_waiting_before", "", "problem"),
        ("desk", "status_mails", "resolved", "warning"),
        ("desk", "status_mails", "closing", ""),
        ("desk", "automatic_per_hour", "0", "warning"),
        ("desk", "reply_address", "bare", "warning"),
        ("desk", "reply_address", "Plus", ""),
        # Beside a brand: its customers see the domain, too.
        ("desk", "reply_address", "catchall:@reply.desk.example", "warning"),
        ("desk", "reply_address", "catchall: Reply.Desk.Example", "warning"),
        ("desk", "reply_address", "catchall", "problem"),
        ("desk", "reply_address", "catchall:@", "problem"),
        ("desk", "reply_address", "catchall:@example", "problem"),
        ("desk", "reply_address", "bare:@reply.desk.example", "problem"),
        ("desk", "reply_address", "catchall:@desk.example", "problem"),
        ("desk", "reply_address", "catchall:@staff.example", "problem"),
    ],
)
def test_what_fits_a_key_and_will_fail_is_told_and_nothing_else(
    section: str, key: str, value: str, level: str, intake: Run, config: Path
) -> None:
    write(config)
    intake("agent", "add", "anna@staff.example")
    write(config, (section, key, value))
    told = found(intake, code=1 if level == "problem" else 0)
    assert {**EXPECTED, **({(section, key): level} if level else {})} == told


def test_a_database_that_cannot_be_used_hides_nothing_else(intake: Run, config: Path, tmp_path: Path) -> None:
    write(config, ("web", "base_url", "desk.example"), ("sla all", "category", "cars"))
    (tmp_path / "data" / "intake.db").write_bytes(b"this is no database at all" * 100)
    assert {("store", "url"), ("web", "base_url"), ("sla all", "category")} <= set(found(intake))


def test_check_of_a_broken_config_makes_no_desk(intake: Run, config: Path, tmp_path: Path) -> None:
    write(config, ("desk", "reopen_days", "many"), ("desk", "data", "elsewhere"))
    found(intake)
    assert not (tmp_path / "elsewhere").exists()


class Healthy(BaseHTTPRequestHandler):
    """What answers like the web form, below a path."""

    def do_GET(self) -> None:
        """Answer /desk/healthz alone."""
        good = self.path == "/desk/healthz"
        self.send_response(200 if good else 404)
        self.end_headers()
        self.wfile.write(b"ok\n")

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.mark.parametrize(("path", "level"), [("/desk", ""), ("/other", "warning")])
def test_a_port_that_is_taken_by_the_desk_itself_is_as_it_should_be(
    path: str, level: str, intake: Run, config: Path
) -> None:
    with HTTPServer(("127.0.0.1", 0), Healthy) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        port = str(server.server_port)
        write(config, ("web", "port", port), ("web", "base_url", f"https://help.desk.example{path}"))
        said = found(intake, code=0)
        server.shutdown()
        thread.join()
    assert level == said.get(("web", "port"), "")


# Longer than a name may be: asking whether it is there raises, as behind a folder that one may not enter.
HIDDEN = "x" * 300


@pytest.mark.parametrize(
    ("section", "key", "value"),
    [
        ("desk", "data", HIDDEN),
        ("desk", "templates", HIDDEN),
        ("desk", "canned", HIDDEN),
        ("web", "logo", HIDDEN),
        ("smtp", "ca_file", HIDDEN),
        ("dkim", "key_file", HIDDEN),
        ("store", "url", f"sqlite:///{HIDDEN}"),
        ("mailbox dir", "path", HIDDEN),
        ("mailbox dir", "move_to", HIDDEN),
    ],
)
def test_a_path_that_cannot_even_be_asked_for_is_told_under_its_key_and_hides_nothing(
    section: str, key: str, value: str, intake: Run, config: Path
) -> None:
    write(config, (section, key, value), ("team printers", "lead", "boss@desk.example"))
    said = found(intake, code=0 if key == "move_to" else 1)
    assert ("mailbox dir", "trusted_authserv") in said
    assert said.get((section, key)) == (None if key == "move_to" else "problem")


def test_a_file_system_that_may_only_be_read_is_told_as_such(
    intake: Run, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(config)
    real = os.statvfs(config)
    flags = [*real]
    flags[8] |= os.ST_RDONLY
    monkeypatch.setattr(os, "statvfs", lambda path: os.statvfs_result(flags))
    said = json.loads(intake("check", "--offline", "--json", code=1).stdout)
    (told,) = [one for one in said if one["level"] == "problem"]
    assert ("desk", "data") == (told["section"], told["key"])
    assert "is read-only" in told["what"]
    assert "Mount it for writing" in told["cure"]
