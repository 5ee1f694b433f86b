"""Servers we send to, mail and pages: an answer without end costs neither memory nor the sender's day."""

import contextlib
import itertools
import socket
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from intake.channels import calls, smtp_bounds, webhook
from intake.channels.smtp import SmtpSession
from intake.config.sections import SmtpSettings
from intake.desk.effects import MailKind, Outgoing
from intake.ports import Ambiguous, OwedPage, Temporary

MIB = 2**20
MAIL = Outgoing(
    MailKind.RELAY, "", "lin@customer.example", "m1@desk.example", b"Subject: hello\r\n\r\nhello\r\n"
)
PAGE = OwedPage(1, "key", 12, {"ticket": "12"}, 1, datetime(2026, 1, 1, tzinfo=UTC))
STEPS = {"GREETING": "220", "EHLO": "250", "MAIL": "250", "RCPT": "250", "DATA": "354", "DOT": "250"}

Said = Callable[[str], Iterator[bytes]]


class Peer:
    """Speaks SMTP, or HTTP when it hears a POST; at the step `bad` it says `said(code)` and no more."""

    def __init__(self, bad: str, said: Said) -> None:
        self.bad, self.said = bad, said
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                sock, _ = self.listener.accept()
                threading.Thread(target=self._talk, args=(sock,), daemon=True).start()

    def _talk(self, sock: socket.socket) -> None:
        with contextlib.suppress(OSError), sock, sock.makefile("rb") as heard:
            if self.bad != "POST":
                self._say(sock, "GREETING")
            for line in heard:
                name = line.split()[0].decode().upper() if line.strip() else ""
                self._say(sock, name)
                if name == "DATA":
                    while heard.readline().strip() != b".":
                        pass
                    self._say(sock, "DOT")

    def _say(self, sock: socket.socket, step: str) -> None:
        if step == self.bad:
            for piece in self.said(STEPS.get(step, "100")):
                sock.sendall(piece)
        elif step in STEPS:
            sock.sendall(f"{STEPS[step]} fine\r\n".encode())


def lines_without_end(code: str) -> Iterator[bytes]:
    return itertools.repeat(f"{code}-and more\r\n".encode() * 5000)


def drops(code: str) -> Iterator[bytes]:
    for letter in itertools.cycle(f"{code}-wait\r\n".encode()):
        time.sleep(0.05)
        yield bytes([letter])


def sending(port: int) -> SmtpSession:
    smtp = SmtpSettings(host="127.0.0.1", port=port, security="none", timeout=5)
    return SmtpSession(smtp, "support@desk.example")


@pytest.mark.parametrize("step", STEPS)
def test_a_relay_that_answers_without_end_is_left(step):
    one = sending(Peer(step, lines_without_end).port)
    tracemalloc.start()
    # After the final dot nobody knows; before it, it is tried again.
    with pytest.raises(Ambiguous if step == "DOT" else Temporary):
        one.send(MAIL, lambda: True)
    assert tracemalloc.get_traced_memory()[1] < 20 * MIB
    tracemalloc.stop()
    one.close()


@pytest.mark.parametrize("step", STEPS)
def test_a_relay_that_drips_ends_with_the_dialogue(step, monkeypatch):
    monkeypatch.setattr("intake.channels.smtp.DIALOGUE", 1.0)
    monkeypatch.setattr(smtp_bounds.BoundedSmtp, "patience", 1.0)
    one = sending(Peer(step, drops).port)
    begun = time.monotonic()
    with pytest.raises(Ambiguous if step == "DOT" else Temporary):
        one.send(MAIL, lambda: True)
    assert time.monotonic() - begun < 10
    one.close()


HTTP = {
    "to be continued for ever": lambda _: itertools.repeat(b"HTTP/1.1 100 Continue\r\n\r\n" * 500),
    "headers without end": lambda _: itertools.chain(
        [b"HTTP/1.1 200 OK\r\n"], itertools.repeat(b"A: b\r\n" * 99)
    ),
    "a line without end": lambda _: itertools.repeat(b"x" * 65536),
    "drops": drops,
    "a body without end": lambda _: itertools.chain(
        [b"HTTP/1.1 500 No\r\nContent-Length: 99999999999\r\n\r\n"], itertools.repeat(b"x" * 65536)
    ),
}


@pytest.mark.parametrize("way", HTTP)
def test_a_webhook_that_answers_without_end_is_tried_again_later(way, monkeypatch):
    monkeypatch.setattr(calls, "WHOLE_SECONDS", 1.0)
    post = webhook.webhook(f"http://127.0.0.1:{Peer('POST', HTTP[way]).port}/x")
    tracemalloc.start()
    begun = time.monotonic()
    with pytest.raises(Temporary):
        post(PAGE)
    assert time.monotonic() - begun < 10
    assert tracemalloc.get_traced_memory()[1] < 20 * MIB
    tracemalloc.stop()
