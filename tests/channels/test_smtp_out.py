"""Our SMTP session against a real aiosmtpd that fails on purpose, at every step."""

import asyncio
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult
from smtp_server import SmtpServer

from intake.channels.smtp import DIALOGUE, IDLE, SmtpSession
from intake.config.sections import SmtpSettings
from intake.desk.effects import MailKind, Outgoing
from intake.ports import Ambiguous, Permanent, SenderRefused, Temporary
from intake.testing import free_port

RAW = b"From: <support@desk.example>\r\nSubject: hello\r\n\r\n.dot first\r\nin the \r\n..middle\r\n"


def a_mail(rcpt: str = "lin@customer.example", sender: str = "", raw: bytes = RAW) -> Outgoing:
    return Outgoing(MailKind.RELAY, sender, rcpt, "m1@desk.example", raw)


def yes() -> bool:
    return True


class Sink:
    """A handler that keeps what it gets. `script` maps a step to an SMTP reply or a behaviour."""

    def __init__(self) -> None:
        self.script: dict[str, str] = {}
        self.kept: list[tuple[str, list[str], bytes]] = []
        self.connections = 0
        self.open: set[SMTP] = set()
        self.logins: list[str] = []
        self.pipelining = False

    async def _say(self, step: str, server: SMTP) -> str | None:
        what = self.script.get(step)
        if what == "drop":
            # aiosmtpd would still write its answer; an aborted transport swallows it.
            server.transport.abort()
            return "250 never seen"
        if what == "silence":
            await asyncio.sleep(30)
        return what

    async def handle_EHLO(
        self, server: SMTP, session: Any, envelope: Any, name: str, lines: list[str]
    ) -> Any:
        session.host_name = name
        self.connections += 1
        return [lines[0], *["250-PIPELINING"] * self.pipelining, *lines[1:]]

    async def handle_MAIL(self, server: SMTP, session: Any, envelope: Any, address: str, options: Any) -> str:
        said = await self._say("mail", server)
        if said is not None:
            return said
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: SMTP, session: Any, envelope: Any, address: str, options: Any) -> str:
        said = await self._say("rcpt", server)
        if said is not None:
            return said
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        if "dot" in self.script and not self.script["dot"].startswith(("drop", "silence", "taken")):
            return self.script["dot"]
        self.kept.append((envelope.mail_from, list(envelope.rcpt_tos), envelope.content))
        return await self._say("dot", server) or "250 taken as 42"

    def login(self, server: SMTP, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        self.logins.append(mechanism)
        return AuthResult(success=data.password == b"secret", handled=False)


class Scripted(SMTP):
    """Drops the connection around 354, where no handler is asked."""

    async def smtp_DATA(self, arg: str) -> None:
        step = self.event_handler.script.get("data")
        if step == "drop":
            self.transport.abort()
        elif step == "drop within":
            await self.push("354 go on")
            await self._reader.readline()
            self.transport.abort()
        elif step:
            await self.push(step)
        else:
            await super().smtp_DATA(arg)

    def connection_made(self, transport: Any) -> None:
        self.event_handler.open.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self.event_handler.open.discard(self)
        super().connection_lost(error)


class Receiver(SmtpServer):
    """aiosmtpd on a free port of loopback."""

    def __init__(self, sink: Sink, **options: Any) -> None:
        self.options = options
        super().__init__(sink)

    def protocol(self) -> SMTP:
        return Scripted(self.handler, **{"enable_SMTPUTF8": True, **self.options})

    def _trigger_server(self) -> None:
        # The controller's own check of being reachable would trust no certificate of ours.
        socket.create_connection(("127.0.0.1", self.port)).close()

    def stop(self, no_assert: bool = False) -> None:
        """Wait for the clients to be gone, for a loop that stops under them complains."""
        while opened:
            opened.pop().close()
        end = time.monotonic() + 3
        while self.handler.open and time.monotonic() < end:
            time.sleep(0.01)
        super().stop(no_assert)


opened: list[SmtpSession] = []


def session(port: int, clock: Any = None, **changes: Any) -> SmtpSession:
    section = replace(SmtpSettings(host="127.0.0.1", port=port, security="none", timeout=2), **changes)
    opened.append(SmtpSession(section, "support@desk.example", clock or time.monotonic))
    return opened[-1]


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    while opened:
        opened.pop().close()


@pytest.fixture(params=[False, True], ids=["one by one", "in one flight"])
def sink(request: pytest.FixtureRequest) -> Sink:
    made = Sink()
    made.pipelining = request.param
    return made


@pytest.fixture
def port(sink: Sink) -> Iterator[int]:
    receiver = Receiver(sink)
    receiver.start()
    yield receiver.port
    receiver.stop()


def test_a_mail_arrives_unchanged_and_the_connection_is_kept(sink: Sink, port: int) -> None:
    one = session(port)

    replies = [one.send(a_mail(sender="support+t@desk.example"), yes), one.send(a_mail(), yes)]
    one.close()

    assert ["250 taken as 42"] * 2 == replies
    assert ("support+t@desk.example", ["lin@customer.example"], RAW) == sink.kept[0]
    assert "<>" == sink.kept[1][0]
    assert 1 == sink.connections


@pytest.mark.parametrize(
    ("step", "reply", "outcome"),
    [
        ("mail", "451 later", Temporary),
        ("mail", "550 no", SenderRefused),
        ("mail", "553 5.7.1 Sender address rejected: not owned by user", SenderRefused),
        ("mail", "501 Invalid MAIL FROM address provided", SenderRefused),
        ("mail", "552 5.3.4 message size exceeds fixed limit", Permanent),
        ("mail", "552 too much mail data", Permanent),
        ("mail", "550 5.6.7 needs SMTPUTF8", Permanent),
        ("mail", "530 log in first", Temporary),
        ("rcpt", "450 greylisted", Temporary),
        ("rcpt", "550 no such user", Permanent),
        ("rcpt", "421 going down", Temporary),
        ("data", "451 later", Temporary),
        ("data", "554 no valid recipients", Permanent),
        ("dot", "451 later", Temporary),
        ("dot", "554 spam", Permanent),
        ("dot", "421 going down", Temporary),
        ("dot", "354 what", Ambiguous),
        ("mail", "drop", Temporary),
        ("rcpt", "drop", Temporary),
        ("data", "drop", Temporary),
        ("data", "drop within", Ambiguous),
        ("dot", "drop", Ambiguous),
    ],
)
def test_what_a_failure_means_and_that_the_next_mail_goes(
    sink: Sink, port: int, step: str, reply: str, outcome: type[Exception]
) -> None:
    one = session(port)
    sink.script = {step: reply}

    with pytest.raises(outcome) as caught:
        one.send(a_mail(), yes)
    sink.script, before = {}, len(sink.kept)
    one.send(a_mail(), yes)
    one.close()

    assert outcome is caught.type
    assert before + 1 == len(sink.kept)


def test_silence_after_the_final_dot_is_ambiguous(sink: Sink, port: int) -> None:
    one = session(port, timeout=0.2)
    sink.script = {"dot": "silence"}

    with pytest.raises(Ambiguous):
        one.send(a_mail(), yes)

    assert 1 == len(sink.kept)


def test_the_reason_holds_what_the_server_said(sink: Sink, port: int) -> None:
    sink.script = {"rcpt": "550 5.1.1 no such user"}

    with pytest.raises(Permanent, match=r"refused the recipient: 550 5\.1\.1 no such user"):
        session(port).send(a_mail(), yes)


def test_a_connection_that_died_while_kept_is_replaced_silently(sink: Sink, port: int) -> None:
    one = session(port)
    one.send(a_mail(), yes)
    assert one._smtp is not None
    assert one._smtp.sock is not None
    one._smtp.sock.shutdown(socket.SHUT_RDWR)

    one.send(a_mail(), yes)

    assert (2, 2) == (len(sink.kept), sink.connections)


def test_a_421_on_a_kept_connection_asks_for_a_new_one(sink: Sink, port: int) -> None:
    one = session(port)
    one.send(a_mail(), yes)
    sink.script = {"mail": "421 too many mails here"}

    with pytest.raises(Temporary):
        one.send(a_mail(), yes)

    assert (1, 2) == (len(sink.kept), sink.connections)


def test_an_idle_connection_is_asked_before_it_is_used(sink: Sink, port: int) -> None:
    now = [1000.0]
    one = session(port, clock=lambda: now[0])
    one.send(a_mail(), yes)
    now[0] += IDLE + 1
    one.send(a_mail(), yes)
    assert one._smtp is not None
    one._smtp.close()
    now[0] += IDLE + 1

    one.send(a_mail(), yes)

    assert (3, 2) == (len(sink.kept), sink.connections)


def test_nothing_is_sent_when_the_claim_was_lost(sink: Sink, port: int) -> None:
    one = session(port)

    with pytest.raises(Temporary, match="claim"):
        one.send(a_mail(), lambda: False)
    one.send(a_mail("b@customer.example"), yes)

    assert [["b@customer.example"]] == [rcpts for _, rcpts, _ in sink.kept]
    assert 1 == sink.connections


def test_a_sender_that_was_stopped_for_minutes_does_not_end_the_mail(sink: Sink, port: int) -> None:
    """Without the final dot nobody has it (RFC 5321 section 4.1.1.4): what others did meanwhile stands."""
    now = [1000.0]
    one = session(port, clock=lambda: now[0])

    def stopped() -> bool:
        now[0] += DIALOGUE + 1
        return True

    with pytest.raises(Temporary, match="we were stopped"):
        one.send(a_mail(), stopped)
    one.send(a_mail("b@customer.example"), yes)

    assert [["b@customer.example"]] == [rcpts for _, rcpts, _ in sink.kept]


def test_an_error_in_the_outbox_leaves_the_session_usable(sink: Sink, port: int) -> None:
    one = session(port)

    def broken() -> bool:
        raise Temporary("database is locked")

    with pytest.raises(Temporary, match="locked"):
        one.send(a_mail(), broken)
    one.send(a_mail(), yes)

    assert 1 == len(sink.kept)


@pytest.mark.parametrize(
    "address",
    [
        "a@b.example>\r\nRCPT TO:<evil@x.example",
        "a@b.example\nDATA",
        "<a@b.example>",
        "a b@c.example",
        "a@b.example SIZE=1",
        "no-at-sign",
        "@b.example",
        "a@",
        "a,b@c.example",
        "a@b..example",
        "a\x00@b.example",
        "l" * 65 + "@b.example",
        "x" * 2000 + "@b.example",
        "a@-\u2028.example",
    ],
)
def test_no_address_gets_into_a_command_that_is_not_one(sink: Sink, port: int, address: str) -> None:
    for mail in (a_mail(address), a_mail(sender=address)):
        with pytest.raises(Permanent):
            session(port).send(mail, yes)

    assert (0, []) == (sink.connections, sink.kept)


def test_an_international_domain_goes_as_a_labels(sink: Sink, port: int) -> None:
    session(port).send(a_mail("lin@bücher.example"), yes)

    assert ["lin@xn--bcher-kva.example"] == sink.kept[0][1]


def test_an_international_local_part_needs_a_server_that_takes_it(sink: Sink) -> None:
    outcomes = []
    for able in (True, False):
        receiver = Receiver(sink, enable_SMTPUTF8=able)
        receiver.start()
        try:
            outcomes.append(session(receiver.port).send(a_mail("用户@例子.example"), yes)[:3])
        except Permanent as err:
            outcomes.append(str(err).partition(" ")[2])
        finally:
            receiver.stop()

    assert ["250", "cannot send to an address with letters outside ASCII"] == outcomes
    assert ["用户@例子.example"] == sink.kept[0][1]


def test_a_large_mail_arrives(sink: Sink, port: int) -> None:
    raw = RAW + b"x" * 76 + b"\r\n" + (b"y" * 76 + b"\r\n") * 20_000

    session(port).send(a_mail(raw=raw), yes)

    assert raw == sink.kept[0][2]


def test_a_server_that_is_not_there_is_temporary() -> None:
    with pytest.raises(Temporary, match="cannot be reached"):
        session(free_port()).send(a_mail(), yes)


def test_a_server_that_does_not_speak_is_temporary() -> None:
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        with pytest.raises(Temporary, match="cannot be reached"):
            session(mute.getsockname()[1], timeout=0.2).send(a_mail(), yes)


def test_close_never_raises_and_works_twice(sink: Sink, port: int) -> None:
    one = session(port)
    one.send(a_mail(), yes)
    assert one._smtp is not None
    one._smtp.close()

    one.close()
    one.close()


# -- TLS and login ---------------------------------------------------------------------


@pytest.fixture
def tls_port(sink: Sink, certificate: Path) -> Iterator[int]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    receiver = Receiver(sink, tls_context=context, authenticator=sink.login)
    receiver.start()
    yield receiver.port
    receiver.stop()


SECURE = {"host": "localhost", "security": "starttls", "user": "desk", "password": "secret"}


def test_it_logs_in_over_starttls_with_a_trusted_certificate(
    sink: Sink, tls_port: int, certificate: Path
) -> None:
    session(tls_port, **SECURE, ca_file=certificate / "cert.pem").send(a_mail(), yes)

    assert (1, 1) == (len(sink.logins), len(sink.kept))


def test_what_is_wrong_with_an_account_names_the_section_of_that_account(sink: Sink, port: int) -> None:
    refusals = [
        (SmtpSettings(host="127.0.0.1", port=port, security="none", user="desk", password="x"), "has a user"),
        (SmtpSettings(host="127.0.0.1", port=free_port(), security="none", timeout=1), "cannot be reached"),
        (SmtpSettings(host="127.0.0.1", port=port, security="starttls", timeout=2), "offers no STARTTLS"),
    ]
    for settings, words in refusals:
        opened.append(SmtpSession(settings, "help@beta.example", section="smtp beta"))
        with pytest.raises(Temporary, match=words) as caught:
            opened[-1].send(a_mail(), yes)
        assert "[smtp beta]" in str(caught.value)
        assert "[smtp]" not in str(caught.value)


def test_a_wrong_password_is_temporary_and_says_what_to_do(
    sink: Sink, tls_port: int, certificate: Path
) -> None:
    wrong = {**SECURE, "password": "not-the-secret", "ca_file": certificate / "cert.pem"}

    with pytest.raises(Temporary, match=r"refused the login of 'desk' \(535\): check user") as caught:
        session(tls_port, **wrong).send(a_mail(), yes)

    assert "not-the-secret" not in str(caught.value)
    assert [] == sink.kept


def test_an_untrusted_certificate_gets_no_login(sink: Sink, tls_port: int) -> None:
    with pytest.raises(Temporary, match="cannot be trusted"):
        session(tls_port, **SECURE).send(a_mail(), yes)

    assert ([], []) == (sink.logins, sink.kept)


def test_a_certificate_for_another_name_gets_no_login(sink: Sink, tls_port: int, certificate: Path) -> None:
    with pytest.raises(Temporary, match="cannot be trusted"):
        session(tls_port, **{**SECURE, "host": "127.0.0.1"}, ca_file=certificate / "cert.pem").send(
            a_mail(), yes
        )

    assert ([], []) == (sink.logins, sink.kept)


def test_stripped_starttls_gets_neither_login_nor_mail(sink: Sink) -> None:
    receiver = Receiver(sink, authenticator=sink.login, auth_require_tls=False)
    receiver.start()
    try:
        with pytest.raises(Temporary, match="offers no STARTTLS"):
            session(receiver.port, **SECURE).send(a_mail(), yes)
    finally:
        receiver.stop()

    assert ([], []) == (sink.logins, sink.kept)


def test_a_user_without_tls_is_refused_before_connecting(sink: Sink, port: int) -> None:
    with pytest.raises(Temporary, match="only sent over TLS"):
        session(port, user="desk", password="secret").send(a_mail(), yes)

    assert 0 == sink.connections


def test_tls_from_the_first_octet(sink: Sink, certificate: Path) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    receiver = Receiver(sink, authenticator=sink.login, auth_require_tls=False)
    receiver.ssl_context = context
    receiver.start()
    try:
        secure = {**SECURE, "security": "tls", "ca_file": certificate / "cert.pem"}
        session(receiver.port, **secure).send(a_mail(), yes)
    finally:
        receiver.stop()

    assert (1, 1) == (len(sink.logins), len(sink.kept))


def test_tls_towards_a_clear_port_says_what_to_change(port: int) -> None:
    with pytest.raises(Temporary, match="security = starttls"):
        session(port, **{**SECURE, "security": "tls"}).send(a_mail(), yes)


def test_a_slow_server_cannot_hold_a_mail_beyond_its_lease() -> None:
    """Each step waits for the timeout at most, and all of them together for less than the lease."""
    now = [0.0]
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()

        def serve() -> None:
            connection, _ = listener.accept()
            with connection, connection.makefile("rb") as lines:
                connection.sendall(b"220 slow\r\n")
                for line in lines:
                    # Nearly the whole dialogue has passed when RCPT is to be answered.
                    now[0] = 239.9 if line.startswith(b"MAIL") else now[0]
                    if line.startswith(b"RCPT"):
                        threading.Event().wait(1.0)
                    connection.sendall(b"250 OK\r\n")

        threading.Thread(target=serve, daemon=True).start()
        with pytest.raises(Temporary):
            session(listener.getsockname()[1], clock=lambda: now[0], timeout=30).send(a_mail(), yes)
