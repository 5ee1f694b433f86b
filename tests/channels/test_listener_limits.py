"""The listener on the open side of a network: what it must refuse, bear, and never say (T36)."""

import asyncio
import contextlib
import resource
import smtplib
import socket
import time
from collections.abc import Iterator

import pytest

from intake.channels import guarded
from intake.channels.listener import Listener
from intake.channels.opening import open_channel
from intake.testing import wait_until

ADDRESS = "support@example.com"
HEAD = b"From: ann@example.org\r\nSubject: one\r\n\r\n"
CONSTANT = {
    250, 354, 220, 221, 421, 451, 452, 500, 501, 502, 503, 550, 552, 553, 555,
}  # fmt: skip


@pytest.fixture
def listening(settings_of, ledger, running):
    """Run a listener on a port of its own; yields (host, port)."""

    @contextlib.contextmanager
    def run(kind="smtp", **keys) -> Iterator[tuple[str, int]]:
        channel = open_channel("box", settings_of(type=kind, port=0, **keys), ledger, ledger.receive)
        with running(channel):
            wait_until(lambda: ledger.state == "")
            yield "127.0.0.1", channel.port

    return run


class Raw:
    """A client that sends bytes and reads whole replies."""

    def __init__(self, place):
        self.socket = socket.create_connection(place, timeout=20)
        self.file = self.socket.makefile("rb")
        assert self.reply() == 220

    def reply(self) -> int:
        while True:
            line = self.file.readline()
            if not line:
                return 0
            if line[3:4] != b"-":
                return int(line[:3])

    def say(self, data: bytes) -> int:
        self.socket.sendall(data)
        return self.reply()

    def begin(self, hello: bytes = b"EHLO x") -> None:
        assert 250 == self.say(hello + b"\r\n")
        assert 250 == self.say(b"MAIL FROM:<ann@example.org>\r\n")
        assert 250 == self.say(b"RCPT TO:<support@example.com>\r\n")
        assert 354 == self.say(b"DATA\r\n")

    def close(self) -> None:
        self.file.close()
        self.socket.close()


ENDS = {
    "LF.CRLF": b"\n.\r\n",
    "CRLF.LF": b"\r\n.\n",
    "LF.LF": b"\n.\n",
    "CR.CR": b"\r.\r",
    "CRLF.CR": b"\r\n.\r",
    "CR.CRLF": b"\r.\r\n",
    "NUL": b"\r\n\x00.\r\n",
    "NUL after": b"\r\n.\x00\r\n",
}


@pytest.mark.parametrize("kind", ["smtp", "lmtp"])
@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_what_is_not_the_end_of_a_mail_smuggles_no_second_one(listening, ledger, kind, end):
    inside = b"MAIL FROM:<boss@example.com>\r\nRCPT TO:<support@example.com>\r\nDATA\r\nforged\r\n"
    with listening(kind) as place, contextlib.closing(Raw(place)) as client:
        client.begin(b"LHLO x" if kind == "lmtp" else b"EHLO x")
        assert 250 == client.say(HEAD + b"hello" + end + inside + b".\r\n")
        assert 250 == client.say(b"NOOP\r\n"), "no reply is left over"
    [one] = ledger.arrivals
    assert one.envelope.sender == "ann@example.org"
    assert b"forged" in one.raw
    # Kept as it came: what is relayed is written anew by the composer, with CRLF only.
    assert end.replace(b"\r\n.", b"\r\n", 1) in one.raw or end in one.raw


def test_a_pipelined_dialogue_is_two_mails_and_each_has_its_answer(listening, ledger):
    one = b"MAIL FROM:<ann@example.org>\r\nRCPT TO:<support@example.com>\r\nDATA\r\n"
    two = HEAD + b"first\r\n.\r\n" + one + HEAD + b"second\r\n.\r\nQUIT\r\n"
    with listening() as place, contextlib.closing(Raw(place)) as client:
        assert 250 == client.say(b"EHLO x\r\n")
        client.socket.sendall(one + two)
        assert [250, 250, 354, 250, 250, 250, 354, 250, 221] == [client.reply() for _ in range(9)]
    assert [HEAD + b"first\r\n", HEAD + b"second\r\n"] == ledger.raws


def test_starttls_is_not_offered_and_nothing_can_be_slipped_in_behind_it(listening, ledger):
    with listening() as place, contextlib.closing(Raw(place)) as client:
        client.socket.sendall(b"EHLO x\r\nSTARTTLS\r\nNOOP\r\n")
        assert [250, 454, 250] == [client.reply() for _ in range(3)]
    assert [] == ledger.raws


@pytest.mark.parametrize("where", ["before EHLO", "as a command", "in a header", "in the body"])
def test_a_line_without_end_is_cut_off_and_takes_no_memory(listening, ledger, where):
    with listening() as place, contextlib.closing(Raw(place)) as client:
        if where == "as a command":
            assert 250 == client.say(b"EHLO x\r\n")
        elif where != "before EHLO":
            client.begin()
            client.socket.sendall(b"Subject: " if where == "in a header" else HEAD)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        sent, piece = 0, b"x" * 65536
        with contextlib.suppress(OSError):
            while sent < 128 * 2**20:
                client.socket.sendall(piece)
                sent += len(piece)
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert sent < 32 * 2**20, "the connection was cut"
    assert grown < 16 * 1024, "kilobytes more than before"
    assert [] == ledger.raws


def test_twenty_thousand_noops_end_the_patience(listening):
    with listening() as place, contextlib.closing(Raw(place)) as client:
        assert 250 == client.say(b"EHLO x\r\n")
        answered = 0
        with contextlib.suppress(OSError):
            for _ in range(20_000):
                if client.say(b"NOOP\r\n") != 250:
                    break
                answered += 1
        assert answered <= guarded.MAX_COMMANDS
        # Others are served meanwhile and after.
        with smtplib.SMTP(*place) as other:
            assert 250 == other.noop()[0]


def test_five_thousand_recipients_are_a_hundred(listening, ledger):
    with listening() as place, contextlib.closing(Raw(place)) as client:
        assert 250 == client.say(b"EHLO x\r\n")
        assert 250 == client.say(b"MAIL FROM:<ann@example.org>\r\n")
        codes = []
        with contextlib.suppress(OSError):
            for n in range(5_000):
                codes.append(client.say(b"RCPT TO:<support+%d@example.com>\r\n" % n))
                if codes[-1] in (0, 421):
                    break
    assert 100 == codes.count(250)
    assert set(codes) <= {250, 452, 421, 0}
    assert len(codes) < 5_000, "and then it hangs up"


def test_a_thousand_idle_connections_leave_room_for_those_that_speak(listening, ledger, monkeypatch):
    monkeypatch.setattr(guarded, "MAX_CONNECTIONS_ADDRESS", 50)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with listening() as place:
        idle = []
        try:
            for _ in range(900):
                idle.append(socket.create_connection(place, timeout=10))
            told = sum(one.recv(3) == b"421" for one in idle)
            assert told == 850
        finally:
            for one in idle:
                one.close()
        wait_until(lambda: _greets(place), 10)
        with smtplib.SMTP(*place) as client:
            client.sendmail("ann@example.org", [ADDRESS], HEAD + b"hello\r\n")
    assert 1 == len(ledger.raws)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 * 1024


def _greets(place) -> bool:
    with socket.create_connection(place, timeout=10) as one:
        return one.recv(3) == b"220"


def test_a_silent_client_is_hung_up_on(listening, monkeypatch):
    monkeypatch.setattr("intake.channels.lmtp.COMMAND_SECONDS", 0.3)
    monkeypatch.setattr(guarded, "DATA_SECONDS", 0.5)
    with listening() as place:
        began = time.monotonic()
        with contextlib.closing(Raw(place)) as client:
            client.reply()
        with contextlib.closing(Raw(place)) as client:
            client.begin()
            client.socket.sendall(HEAD)
            client.reply()
        assert time.monotonic() - began < 5


RELAYS = [
    f"{local}@{domain}"
    for domain in ("example.org", "example.com.example.org", "[127.0.0.1]", "localhost", "sub.example.com")
    for local in ("a", "support", "support+x", "a%example.org", "postmaster", '"a b"', "a!b", "example.com!a")
] + [
    "support@example.com@example.org",
    "@example.com:a@example.org",
    "@example.com,@example.org:a@example.net",
    "a%example.org@example.com",
    "a@example.org%example.com",
    '"a@example.org"@example.com',
    "a",
    "postmaster",
    "support@example.com.",
    "support@",
]


def test_fifty_ways_to_ask_for_a_relay_are_refused(listening, ledger):
    assert 50 == len(RELAYS)
    with listening() as place:
        codes = {}
        for one in RELAYS:
            with contextlib.closing(Raw(place)) as client:
                assert 250 == client.say(b"EHLO x\r\n")
                assert 250 == client.say(b"MAIL FROM:<ann@example.org>\r\n")
                codes[one] = client.say(f"RCPT TO:<{one}>\r\n".encode())
                # And without a recipient there is no DATA.
                assert client.say(b"DATA\r\n") == 503
    assert {one: True for one in RELAYS} == {one: code in (501, 550, 553) for one, code in codes.items()}


PROBES = [
    b"VRFY root",
    b"EXPN all",
    b"HELP",
    b"HELP RCPT",
    b"AUTH PLAIN AAAA",
    b"WIZ",
    b"MAIL FROM:<a b>",
    b"RCPT TO:<support@example.com>",
    b"DATA",
    b"\xff\xfe",
    b"MAIL FROM:<\x1b]0;x\x07@example.org>",
    b"EHLO",
    b"MAIL",
    b"MAIL FROM:<a@b.c> SIZE=99999999999",
    b"MAIL FROM:<a@b.c> SIZE=x",
]


def test_no_answer_tells_who_we_are(listening):
    with listening() as place:
        said = b""
        for probe in PROBES:
            with socket.create_connection(place, timeout=20) as one:
                said += one.recv(1000)
                one.sendall(b"EHLO x\r\n")
                said += one.recv(4000)
                one.sendall(probe + b"\r\nQUIT\r\n")
                with contextlib.suppress(OSError):
                    while data := one.recv(4000):
                        said += data
    lowered = said.lower()
    for secret in (
        b"aiosmtpd",
        b"python",
        b"error: (",
        b"traceback",
        b"intake",
        socket.gethostname().encode(),
    ):
        assert secret.lower() not in lowered, secret
    assert {int(line[:3]) for line in said.splitlines() if line[:3].isdigit()} <= CONSTANT | {
        252,
        454,
        530,
        538,
    }
    assert not any(byte < 32 and byte not in b"\r\n" for byte in said)


@pytest.mark.parametrize("after", ["HELO", "MAIL", "RCPT", "DATA", "half a mail", "the dot"])
def test_a_client_that_leaves_at_any_step_disturbs_nobody(listening, ledger, after):
    steps = [b"EHLO x\r\n", b"MAIL FROM:<ann@example.org>\r\n", b"RCPT TO:<support@example.com>\r\n"]
    steps += [b"DATA\r\n", HEAD, b"hello\r\n.\r\n"]
    names = ["HELO", "MAIL", "RCPT", "DATA", "half a mail", "the dot"]
    with listening() as place:
        client = Raw(place)
        for name, step in zip(names, steps, strict=True):
            if name in ("half a mail", "the dot"):
                client.socket.sendall(step)
            else:
                client.say(step)
            if name == after:
                break
        client.close()
        with smtplib.SMTP(*place) as other:
            other.sendmail("bob@example.org", [ADDRESS], HEAD + b"from another\r\n")
        wait_until(lambda: len(ledger.raws) >= (2 if after == "the dot" else 1), 5)
    assert HEAD + b"from another\r\n" in ledger.raws
    assert len(ledger.raws) == (2 if after == "the dot" else 1)


@pytest.mark.parametrize("kind", ["smtp", "lmtp"])
def test_of_several_recipients_each_is_answered(listening, ledger, kind):
    with listening(kind) as place, contextlib.closing(Raw(place)) as client:
        client.begin(b"LHLO x" if kind == "lmtp" else b"EHLO x")
        assert 250 == client.say(HEAD + b"one\r\n.\r\n")
        assert 250 == client.say(b"MAIL FROM:<>\r\n")
        codes = [
            client.say(b"RCPT TO:<%s>\r\n" % to)
            for to in (b"support@example.com", b"x@example.org", b"support+a@example.com")
        ]
        assert [250, 550, 250] == codes
        assert 354 == client.say(b"DATA\r\n")
        client.socket.sendall(HEAD + b"two\r\n.\r\n")
        expected = 2 if kind == "lmtp" else 1
        assert [250] * expected == [client.reply() for _ in range(expected)]
        assert 221 == client.say(b"QUIT\r\n"), "no reply is left over"


@pytest.mark.parametrize(
    ("kind", "wrong"), [("lmtp", b"EHLO x\r\n"), ("lmtp", b"HELO x\r\n"), ("smtp", b"LHLO x\r\n")]
)
def test_lmtp_and_smtp_each_know_only_their_own_greeting(listening, kind, wrong):
    with listening(kind) as place, contextlib.closing(Raw(place)) as client:
        assert 500 == client.say(wrong)


# -- when the thread that listens dies -------------------------------------------------------------------


def _die() -> None:
    # Nothing that a loop catches.
    raise SystemExit


def test_a_listener_that_died_is_told_of_and_begun_again(ledger, settings_of, running, caplog):
    settings = settings_of(type="lmtp", port=0)
    channel = open_channel("box", settings, ledger, ledger.receive)
    with running(channel):
        wait_until(lambda: ledger.state == "")
        channel._listener.call(_die)
        wait_until(lambda: any("died" in one for one in ledger.errors) and ledger.state == "")
        with socket.create_connection(("127.0.0.1", channel.port), 10) as link:
            assert link.recv(100).startswith(b"220 ")
    assert "the listener died" in caplog.text


def test_a_listener_that_cannot_begin_for_an_unknown_reason_keeps_nobody_waiting(monkeypatch, caplog):
    one = Listener(asyncio.Protocol, "127.0.0.1", 0)
    monkeypatch.setattr(one, "_main", lambda: _die())
    with pytest.raises(OSError, match="could not be started"):
        one.start()
    assert "the listener died" in caplog.text


class _Kept(asyncio.Protocol):
    """A peer's connection that somebody still holds, as a stuck handler does."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        assert isinstance(transport, asyncio.Transport)
        transport.write(b"220 hello\r\n")


@pytest.mark.parametrize("how", ["stopped", "died"])
def test_whoever_is_inside_hears_the_end_of_a_listener(how):
    kept = []
    one = Listener(lambda: kept.append(_Kept()) or kept[-1], "127.0.0.1", 0)
    one.start()
    with socket.create_connection(("127.0.0.1", one.port), 10) as idle:
        assert idle.recv(100) == b"220 hello\r\n"
        if how == "died":
            one.call(_die)
            wait_until(lambda: not one.alive)
        one.stop()
        assert idle.recv(100) == b""
    assert kept[0].transport.is_closing()


def test_a_peer_that_does_not_read_does_not_keep_a_listener_from_stopping():
    kept = []
    one = Listener(lambda: kept.append(_Kept()) or kept[-1], "127.0.0.1", 0)
    one.start()
    with socket.create_connection(("127.0.0.1", one.port), 10):
        wait_until(lambda: kept)
        one.call(lambda: kept[0].transport.write(bytes(2**26)))
        one.call(lambda: None)
        one.stop()
    assert not one.alive
    assert kept[0].transport.is_closing()
