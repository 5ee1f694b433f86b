"""From the config to the mailbox: a desk reads, compares and checks one that takes nothing but tokens."""

import json
import threading
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from config_files import config_text

from intake.app import build
from intake.channels.imap_connect import connect, hang_up
from intake.cli import main
from intake.config.mailboxes import ImapMailbox
from intake.config.settings import load
from intake.oauth.wire import Answer
from intake.testing import wait_until


@pytest.fixture
def config(by_token: Any, tmp_path: Path, user: str) -> Path:
    server, dovecot = by_token
    server.user, server.life, server.rotates = user, 3600.0, True
    where = f"host = {dovecot.host}\nport = {dovecot.port}\nsecurity = none"
    box = f"type = imap\n{where}\nuser = {user}\nauth = oauth:work"
    path = tmp_path / "intake.ini"
    path.write_text(
        config_text(desk="", web="enabled = no", mailbox=box, more=f"[oauth work]\n{server.section()}")
    )
    path.chmod(0o600)
    desk = build(load(path))
    desk.accounts.tokens().accept("work", Answer(server.login()))
    desk.store.close()
    return path


def intake(config: Path, *args: str) -> Any:
    ran = CliRunner().invoke(main, ["--config", str(config), *args])
    assert ran.exception is None or isinstance(ran.exception, SystemExit), ran.exc_info
    return ran


def put(config: Path, subject: str) -> None:
    desk = build(load(config))
    section = desk.settings.mailbox("support", ImapMailbox)
    client = connect(section, desk.accounts.access("work"))
    client.append("INBOX", f"From: ann@example.org\r\nSubject: {subject}\r\n\r\nhello\r\n".encode())
    hang_up(client, politely=True)
    desk.store.close()


def test_a_desk_reads_it(config: Path) -> None:
    put(config, "by token")
    desk = build(load(config))
    channel = desk.channel("support")
    assert channel is not None
    stop = threading.Event()
    thread = threading.Thread(target=channel.run, args=(stop,))
    thread.start()
    try:
        wait_until(lambda: desk.store.ledger.list_messages(limit=10), 15, "the mail")
    finally:
        stop.set()
        thread.join(15)
    [state] = desk.store.mailboxes.states()
    assert "" == state.last_error
    desk.store.close()


def test_commands_log_in_with_the_token_too(config: Path) -> None:
    put(config, "missed")
    tested = intake(config, "oauth", "test", "work")
    assert 0 == tested.exit_code, tested.output
    assert "[mailbox support] the mail server takes it" in " ".join(tested.output.split())
    compared = json.loads(intake(config, "mailbox", "reconcile", "support", "--json").stdout)
    assert ["missing" if row["fits"] and not row["taken"] else "" for row in compared] == ["missing"]
    checked = json.loads(intake(config, "check", "--json").stdout)
    [login] = [one for one in checked if one["section"] == "mailbox support" and one["key"] == "host"]
    assert "ok" == login["level"]
