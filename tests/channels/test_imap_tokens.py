"""Reading mail from a Dovecot that takes nothing but tokens, which it asks the authorization server about."""

import logging
import time
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from imapclient.exceptions import LoginError
from oauth_desk import account, clock, log_in, tokens_for

from intake.channels.imap import ImapChannel, check
from intake.channels.imap_connect import TokenRefused, connect, explain, hang_up
from intake.config.mailboxes import ImapMailbox
from intake.runtime.backoff import Backoff
from intake.testing import wait_until
from intake.testing.ledger import Ledger

USER = "desk@example.com"


@pytest.fixture
def site(by_token: Any) -> SimpleNamespace:
    """A mailbox, and an account that is logged in to, of a server that was told nothing else."""
    server, dovecot = by_token
    server.user, server.rotates, server.life, server.faults = USER, True, 3600.0, []
    now = clock()
    tokens = tokens_for({"work": account(server)}, now)
    log_in(tokens, server)
    section = ImapMailbox(
        host=dovecot.host,
        port=dovecot.port,
        security="none",
        user=USER,
        auth="work",
        address=USER,
        timeout=10,
    )
    return SimpleNamespace(server=server, dovecot=dovecot, clock=now, tokens=tokens, section=section)


def deliver(site: SimpleNamespace, text: str) -> None:
    """Put a mail into the inbox by another login, for there is no password."""
    client = connect(site.section, site.tokens.of("work"))
    client.append("INBOX", f"From: ann@example.org\r\nSubject: {text}\r\n\r\nhello\r\n".encode())
    hang_up(client, politely=True)


def test_a_mailbox_is_read_with_a_token(site, ledger, running) -> None:
    deliver(site, "one")
    with running(channel(site, ledger)):
        wait_until(lambda: ledger.raws, 10, "the mail")
    assert b"Subject: one" in ledger.raws[0]
    assert "" == ledger.state


def test_a_token_that_ran_out_at_the_server_is_refreshed_once_and_the_mail_is_read(site) -> None:
    """As after an hour in which the server's clock went faster: the token still looks good here."""
    site.server.spoil()
    site.clock.on(minutes=10)
    client = connect(site.section, site.tokens.of("work"))
    hang_up(client, politely=True)
    assert "." in site.tokens.token("work")


def test_a_good_token_of_another_mailbox_is_refused_with_the_servers_status(site) -> None:
    site.server.user = "other@example.com"
    log_in(site.tokens, site.server)
    with pytest.raises(TokenRefused) as failure:
        connect(site.section, site.tokens.of("work"))
    key, problem, cure = explain(failure.value, site.section)
    assert "auth" == key
    assert USER in problem
    assert "intake oauth" in cure or "docs/" in cure
    assert not site.tokens.store.get("work").dead, "the login is good, and may be for another mailbox"


def test_a_new_token_that_is_refused_is_not_refreshed_again_and_again(site) -> None:
    site.server.user = "other@example.com"
    log_in(site.tokens, site.server)
    before = site.server.requests
    for _ in range(3):
        with pytest.raises(TokenRefused):
            connect(site.section, site.tokens.of("work"))
    assert before == site.server.requests


def test_a_revoked_login_names_itself_and_the_command_that_cures_it(site) -> None:
    site.server.revoke(access_too=True)
    site.clock.on(hours=1)
    with pytest.raises(TokenRefused) as failure:
        connect(site.section, site.tokens.of("work"))
    _, problem, cure = explain(failure.value, site.section)
    assert "Account work: the login is over" in problem
    assert "Run `intake oauth login work`" == cure
    [looked] = [one for one in check(site.section, site.tokens.of("work")) if one.level == "problem"]
    assert ("auth", cure) == (looked.key, looked.cure)


def test_a_mailbox_whose_login_is_over_goes_on_after_a_new_one(site, ledger, running) -> None:
    deliver(site, "after")
    site.server.revoke(access_too=True)
    site.clock.on(hours=1)
    with running(channel(site, ledger)):
        wait_until(lambda: "the login is over" in (ledger.state or ""), 10, "the trouble")
        log_in(site.tokens, site.server)
        wait_until(lambda: any(b"after" in raw for raw in ledger.raws), 10, "the mail")


def test_while_a_token_is_revoked_idle_goes_on_and_the_refresh_tells(site, ledger, running) -> None:
    with running(channel(site, ledger)):
        wait_until(lambda: ledger.state == "", 10, "a round")
        site.server.revoke(access_too=True)
        site.clock.on(minutes=56)
        time.sleep(0.3)
        assert "" == ledger.state, "the connection knows nothing of it"
        site.tokens.token("work")
        assert site.tokens.store.get("work").dead


def test_a_password_is_never_tried(site) -> None:
    """Neither that of another time, nor where nothing gives tokens."""
    with pytest.raises(TokenRefused, match="nothing gives tokens"):
        connect(site.section)


def test_a_password_at_microsoft_is_told_that_it_takes_a_token(site) -> None:
    section = replace(site.section, host="outlook.office365.com", auth="", password="p")
    key, problem, cure = explain(LoginError("LOGIN failed."), section)
    assert "password" == key
    assert "takes none for IMAP any more" in problem
    assert "auth = oauth:NAME" in cure
    assert "app password" in explain(LoginError("LOGIN failed."), site.section)[2]


def test_the_token_stands_in_no_log_and_no_error(site, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    token = site.tokens.token("work")
    site.server.user = "other@example.com"
    site.server.spoil()
    with pytest.raises(TokenRefused) as failure:
        connect(site.section, site.tokens.of("work"))
    assert token[:20] not in caplog.text + repr(failure.value)


def channel(site: SimpleNamespace, ledger: Ledger) -> ImapChannel:
    made = ImapChannel("box", site.section, 2**20, ledger, ledger.receive, access=site.tokens.of("work"))
    made._backoff, made._login_backoff = Backoff((0.05, 0.1)), 0.2
    return made
