"""Sending by a server that takes nothing but tokens, over TLS; what becomes of mail while there is none."""

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult
from oauth_desk import account, clock, log_in, tokens_for
from smtp_server import SmtpServer

from intake.channels.smtp import SmtpSession
from intake.config.sections import SmtpSettings
from intake.desk.effects import MailKind, Outgoing
from intake.ports import NeedsLogin, NoLogin, Temporary
from intake.testing.oauth import AuthServer

USER = "desk@example.com"
MAIL = Outgoing(MailKind.RELAY, "", "lin@customer.example", "m1@desk.example", b"Subject: x\r\n\r\nhello\r\n")


class Long(SMTP):
    # RFC 4954 section 4 asks for 12288 octets in AUTH; a token of Microsoft's is longer than the usual line.
    line_length_limit = 16384


class Door:
    """Lets in who has a token of the mailbox, in Google's and Microsoft's way; `says` is another answer."""

    def __init__(self, server: AuthServer) -> None:
        self.server, self.says, self.hides = server, "", False
        self.tries: list[str] = []
        self.kept: list[bytes] = []

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> Any:
        assert ["XOAUTH2"] == args, "a token does not fit into the command's own line"
        shown = (await server.challenge_auth("")).decode()
        user, bearer = shown.rstrip("\x01").split("\x01")
        self.tries.append(shown)
        token = bearer.removeprefix("auth=Bearer ")
        if self.says:
            await server.push(self.says)
            return AuthResult(success=False, handled=True)
        if self.server.owner(token) == user.removeprefix("user="):
            return AuthResult(success=True)
        answer = await server.challenge_auth('{"status":"401","schemes":"Bearer","scope":"https://mail"}')
        assert b"" == answer, "the challenge wants an empty answer"
        await server.push("535 5.7.8 Username and Password not accepted")
        return AuthResult(success=False, handled=True)

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        self.kept.append(envelope.content)
        return "250 kept"


class Receiver(SmtpServer):
    def __init__(self, door: Door, context: ssl.SSLContext) -> None:
        self.context = context
        super().__init__(door)

    def protocol(self) -> SMTP:
        hidden = ["XOAUTH2"] if self.handler.hides else []
        return Long(self.handler, tls_context=self.context, auth_required=True, auth_exclude_mechanism=hidden)

    def _trigger_server(self) -> None:
        # The controller's own check of being reachable would trust no certificate of ours.
        socket.create_connection(("127.0.0.1", self.port)).close()


@pytest.fixture
def site(certificate: Path) -> Iterator[SimpleNamespace]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    with AuthServer(USER) as server:
        now, door = clock(), Door(server)
        tokens = tokens_for({"work": account(server)}, now)
        log_in(tokens, server)
        receiver = Receiver(door, context)
        receiver.start()
        settings = SmtpSettings(
            host="localhost",
            port=receiver.port,
            user=USER,
            auth="work",
            ca_file=certificate / "cert.pem",
            timeout=5,
        )
        session = SmtpSession(settings, "support@desk.example", access=tokens.of("work"))
        yield SimpleNamespace(server=server, clock=now, door=door, tokens=tokens, session=session)
        session.close()
        receiver.stop()


def send(site: SimpleNamespace) -> str:
    return site.session.send(MAIL, lambda: True)


def test_a_mail_is_sent_with_a_token_of_some_kilobytes(site) -> None:
    assert "250 kept" == send(site)
    assert 1 == len(site.door.kept)
    assert 1500 < len(site.door.tries[0])


def test_a_token_that_the_server_no_longer_takes_is_refreshed_once_and_the_mail_goes(site) -> None:
    site.server.spoil()
    site.clock.on(minutes=10)
    assert "250 kept" == send(site)
    assert 2 == len(site.door.tries)
    assert 1 == site.server.refreshes


def test_a_new_token_that_is_refused_is_told_with_the_servers_words_and_no_mail_is_at_fault(site) -> None:
    site.server.spoil()
    with pytest.raises(
        NoLogin, match=r"535 5\.7\.8 Username and Password not accepted, status 401"
    ) as failure:
        send(site)
    assert "intake oauth login work" in failure.value.cure
    assert 1 == len(site.door.tries)
    assert 0 == site.server.refreshes


REFUSALS = {
    "SMTP AUTH off for the tenant": (
        "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. "
        "Visit https://aka.ms/smtp_auth_disabled for more information.",
        "whole organisation",
        f"Set-CASMailbox -Identity {USER} -SmtpClientAuthenticationDisabled $false",
    ),
    "off for the mailbox": (
        "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox.",
        f"for the mailbox {USER}",
        "Set-CASMailbox",
    ),
    "security defaults": (
        "535 5.7.139 Authentication unsuccessful, user is locked by your "
        "organization's security defaults policy.",
        "security defaults",
        "Microsoft Entra",
    ),
    "no right to send": ("535 5.7.3 Authentication unsuccessful", "send as", "SMTP.SendAsApp"),
    "anything else": ("554 5.7.0 no", "refused the token of oauth:work", "intake oauth test work"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_is_told_in_words_with_its_cure(name, site) -> None:
    site.door.says, problem, cure = REFUSALS[name]
    with pytest.raises(NoLogin) as failure:
        send(site)
    assert problem in failure.value.problem
    assert cure in failure.value.cure
    assert "Bearer" not in str(failure.value)


def test_not_now_is_temporary_and_costs_no_refresh(site) -> None:
    site.door.says = "454 4.7.0 Temporary authentication failure"
    with pytest.raises(Temporary, match="454") as failure:
        send(site)
    assert not isinstance(failure.value, NoLogin)
    assert 0 == site.server.refreshes


def test_a_server_that_offers_no_tokens_gets_none(site) -> None:
    site.door.hides = True
    with pytest.raises(NoLogin, match=r"offers no login with a token \(XOAUTH2\)"):
        send(site)
    assert [] == site.door.tries


def test_while_the_login_is_over_nothing_is_connected_and_nothing_is_tried(site) -> None:
    site.server.revoke()
    site.clock.on(hours=2)
    with pytest.raises(NeedsLogin, match="the login is over"):
        send(site)
    assert [] == site.door.tries


def test_without_what_gives_tokens_no_password_is_tried(site) -> None:
    bare = SmtpSession(site.session._settings, "support@desk.example")
    with pytest.raises(NoLogin, match="nothing gives tokens"):
        bare.send(MAIL, lambda: True)
    bare.close()
    assert [] == site.door.tries
