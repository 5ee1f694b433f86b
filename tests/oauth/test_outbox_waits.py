"""While nobody can log in, mail that is due is not tried and does not grow old; then it goes."""

import email
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from config_files import config_text

from intake.app import build
from intake.config.settings import load
from intake.oauth.wire import Answer
from intake.ports import Session
from intake.queue.worker import run
from intake.testing import wait_until
from intake.testing.oauth import AuthServer


@pytest.fixture
def desk(tmp_path: Path, server: AuthServer) -> Iterator[SimpleNamespace]:
    smtp = "host = 127.0.0.1\nport = 1\nuser = desk@example.com\nauth = oauth:work\ntimeout = 2"
    config = tmp_path / "intake.ini"
    text = config_text(desk="admin = root@desk.example", smtp=smtp, more=f"[oauth work]\n{server.section()}")
    config.write_text(text)
    made = build(load(config))
    yield SimpleNamespace(made=made, store=made.store)
    made.store.close()


def deliver(desk: SimpleNamespace, mail: int, session: Session) -> str:
    return str(desk.made.service.deliver(mail, session).result)


def test_a_mail_waits_for_a_login_through_a_week_and_then_goes(
    desk: SimpleNamespace, server: AuthServer
) -> None:
    service = desk.made.service
    now = service.clock()
    [mail] = service.tells.once("test", "A secret ends.", now)
    for day in range(40):
        row = desk.store.outbox.list_mails()[0]
        assert ("due", 0) == (row.state, row.attempts)
        moment = now + timedelta(hours=6 * day)
        claimed = desk.store.outbox.claim(mail, f"owner {day}", moment, timedelta(minutes=5))
        assert claimed is not None, day
        assert 1 == claimed.attempts
        assert desk.store.outbox.waits(claimed, "no login", moment)
    assert "due" == desk.store.outbox.list_mails()[0].state


def test_a_delivery_without_a_login_says_why_and_counts_nothing(
    desk: SimpleNamespace, server: AuthServer
) -> None:
    service = desk.made.service
    [mail] = service.tells.once("test", "A secret ends.", service.clock())
    session = desk.made.session()
    assert "retry" == deliver(desk, mail, session)
    [row] = desk.store.outbox.list_mails()
    assert ("due", 0) == (row.state, row.attempts)
    assert "nobody has logged in yet. Run `intake oauth login work`" in row.error
    # And with a login it is the mail server that is asked.
    desk.made.accounts.tokens().accept("work", Answer(server.login()))
    claimed = desk.store.outbox.claim(
        mail, "another", service.clock() + timedelta(minutes=5), timedelta(minutes=5)
    )
    assert claimed is not None
    session.close()


def test_the_worker_keeps_accounts_fresh_and_tells_the_admin(
    desk: SimpleNamespace, server: AuthServer
) -> None:
    server.life = 1
    desk.made.accounts.tokens().accept("work", Answer(server.login()))
    server.revoke()
    stop = threading.Event()
    worker = threading.Thread(target=run, args=(desk.made, stop))
    time.sleep(1.1)
    worker.start()
    try:
        wait_until(lambda: desk.store.outbox.list_mails(), 15, "the admin is told")
        [row] = desk.store.outbox.list_mails()
        text = " ".join(email.message_from_bytes(desk.store.outbox.raw(row.id)).get_payload().split())
        assert "root@desk.example" == row.rcpt
        assert "Account work: the login is over" in text
        assert "no mail is sent, this one too, and nothing is lost" in text
        # It leaves by the account that is dead, so it waits, untried.
        wait_until(lambda: "login is over" in desk.store.outbox.list_mails()[0].error, 15, "a try")
        [row] = desk.store.outbox.list_mails()
        assert ("due", 0) == (row.state, row.attempts)
        assert "logins" in desk.store.upkeep.job_runs()
    finally:
        stop.set()
        worker.join(30)
    assert not worker.is_alive()


def test_a_mail_that_was_told_ahead_is_owed_once(desk: SimpleNamespace) -> None:
    tells, now = desk.made.service.tells, desk.made.service.clock()
    assert 1 == len(tells.once("oauth:work:secret:30", "It ends.", now))
    assert [] == list(tells.once("oauth:work:secret:30", "It ends.", now + timedelta(days=1)))
    assert 1 == len(tells.once("oauth:work:secret:14", "It ends.", now + timedelta(days=16)))
    assert {"root@desk.example"} == {row.rcpt for row in desk.store.outbox.list_mails()}
