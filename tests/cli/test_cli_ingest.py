"""`intake ingest` as a mail server calls it: a real process, a real pipe, and the exit code it reads."""

import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from command_line import Run

from intake.config.settings import load
from intake.store import open_store

ROOT = Path(__file__).resolve().parents[2]
Write = Callable[..., Path]


def pipe(config: Path, raw: bytes, *args: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "intake", "--config", str(config), "ingest", *args, "-"]
    return subprocess.run(command, input=raw, cwd=ROOT, capture_output=True, timeout=60)


def test_a_mail_from_a_pipe_is_stored_byte_for_byte(config: Path, mail: Write) -> None:
    # Line ends of both kinds, a lone CR, a NUL and no end of the last line: none is ours to mend.
    raw = mail().read_bytes() + b"one\r\ntwo\rthree\n\x00\xff \t\n.\n\nend"
    ran = pipe(config, raw, "--sender", "<wang@customer.example>", "--recipient", "help@desk.example")
    assert (0, b"") == (ran.returncode, ran.stderr)
    settings = load(config)
    with closing(open_store(settings.store.url, settings.desk.data)) as store:
        assert raw == store.ledger.raw(1)
        row = store.ledger.message(1)
    assert row is not None
    assert ("done", 1) == (row.state, row.ticket)


def test_the_line_that_a_pipe_puts_before_the_header_is_not_mail(config: Path, mail: Write) -> None:
    raw = mail().read_bytes()
    assert 0 == pipe(config, b"From wang@customer.example Sun Nov 22 06:00:00 2026\n" + raw).returncode
    settings = load(config)
    with closing(open_store(settings.store.url, settings.desk.data)) as store:
        assert raw == store.ledger.raw(1)


def test_a_database_that_cannot_be_used_leaves_the_mail_with_the_server(config: Path, mail: Write) -> None:
    (config.parent / "data" / "intake.db").write_bytes(b"this is no database" * 1000)
    ran = pipe(config, mail().read_bytes())
    assert 75 == ran.returncode, ran.stderr
    assert b"Traceback" not in ran.stderr


def test_a_mail_that_is_stored_is_taken_even_if_deciding_on_it_must_wait(
    intake: Run, mail: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> int:
        raise RuntimeError("no room to think")

    monkeypatch.setattr("intake.service.service.Service.process", fail)
    assert "message 1, waiting" in intake("ingest", str(mail())).stdout


def test_a_mistake_of_ours_before_that_leaves_the_mail_with_the_server(
    intake: Run, mail: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> int:
        raise RuntimeError("my bank account is 12345")

    monkeypatch.setattr("intake.service.service.Service.receive", fail)
    told = intake("ingest", str(mail()), code=75).stderr
    assert "not stored, try again later: RuntimeError" in told
    assert "12345" not in told


def test_exit_codes_are_those_of_sysexits(intake: Run, config: Path, mail: Write, tmp_path: Path) -> None:
    good = str(mail())
    empty, large = tmp_path / "empty.eml", tmp_path / "large.eml"
    empty.write_bytes(b"\n")
    large.write_bytes(b"Subject: x\n\n" + b"x" * 1024 * 1024)
    config.write_text(config.read_text(encoding="utf-8").replace("[web]", "max_message_mb = 1\n[web]"))
    intake("ingest", code=64)
    intake("ingest", "--flavour", "x", good, code=64)
    intake("ingest", str(tmp_path / "missing.eml"), code=66)
    intake("ingest", str(tmp_path), code=66)
    intake("ingest", str(empty), code=66)
    intake("ingest", str(large), code=65)
    intake("ingest", "--mailbox", "nowhere", good, code=78)
    assert "No messages." in intake("message", "list").stdout
    config.write_text("[desk]\n", encoding="utf-8")
    intake("ingest", good, code=78)


def test_one_bad_file_does_not_stop_the_others(intake: Run, mail: Write, tmp_path: Path) -> None:
    files = [str(mail(name="one")), str(tmp_path / "missing.eml"), str(mail(name="two", body="Other."))]
    result = intake("ingest", *files, "--json", code=66)
    assert ["ticketed", "ticketed"] == [one["outcome"] for one in json.loads(result.stdout)]
    assert "missing.eml" in result.stderr


def test_the_same_mail_again_is_known_and_changes_nothing(intake: Run, mail: Write) -> None:
    path = str(mail())
    intake("ingest", path)
    [again] = json.loads(intake("ingest", path, "--json").stdout)
    assert (True, 1, 1) == (again["known"], again["message"], again["ticket"])
    assert 1 == len(json.loads(intake("ticket", "list", "--json").stdout))


def test_a_dry_run_shows_what_would_be_decided_and_stores_nothing(intake: Run, mail: Write) -> None:
    text = intake("ingest", "--dry-run", str(mail())).stdout
    for told in (
        "王小明 <wang@customer.example>",
        "您好，打印机坏了。",
        "- open a ticket",
        "- acknowledge it to",
    ):
        assert told in text
    # Words, as `intake parse` has them, and no names of ours.
    assert "OpenTicket" not in text
    assert "dedupe" not in text
    [told_json] = json.loads(intake("ingest", "--dry-run", "--json", str(mail())).stdout)
    decided = ["OpenTicket", "AddEntry", "Mail", "SetPromises", "Finish"]
    assert decided == [one["effect"] for one in told_json["effects"]]
    assert all(f"- {one['words']}" in text for one in told_json["effects"])
    assert "打印机坏了" == told_json["read"]["subject"]
    assert "No messages." in intake("message", "list").stdout


def test_a_mistake_in_a_template_is_told_though_a_pipe_shows_it_to_nobody(intake, mail, config: Path) -> None:
    own = config.parent / "own/mail"
    own.mkdir(parents=True)
    (own / "acknowledgement.j2").write_text(
        '{% extends "default/mail/acknowledgement.j2" %}{% block subject %}{{ nickname }}{% endblock %}'
    )
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("[desk]\n", "[desk]\ntemplates = own\nadmin = boss@desk.example\n", 1))
    assert "ticketed" in intake("ingest", str(mail())).output
    assert "A template of yours has a mistake" in " ".join(intake("status").output.split())
    assert "boss@desk.example" in intake("outbox", "list").output
