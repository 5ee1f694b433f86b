"""Logging in with names and passwords as people have them, at a real server and at one that hears all."""

import contextlib
import re
import socket
import threading
from collections.abc import Iterator

import pytest

from intake.channels.opening import check
from intake.testing import dovecot as run_dovecot
from intake.testing import imap_append, wait_until

MAIL = b"From: ann@example.org\r\nSubject: hello\r\n\r\nhello\r\n"
USERS = {
    "a blank": "support team@desk.example",
    "quotes": 'the "desk"',
    "a backslash": "anna@desk.example\\support",
    "an umlaut": "jürgen@desk.example",
    "Chinese": "客服@desk.example",
    "a bracket": "desk (new) [1] {3}",
    "a star": "desk*%",
}
PASSWORDS = {
    "a blank": "open sesame",
    "quotes": 'say "please"',
    "a backslash": "back\\slash\\",
    "an umlaut": "schön geheim",
    "a brace": "{5}",
    "a percent sign": "100%u",
}


@pytest.mark.parametrize("name", USERS.values(), ids=USERS)
def test_every_user_name_gets_in_at_dovecot(dovecot, mailbox_name, ledger, reading, name):
    user = f"{mailbox_name} {name}"
    imap_append(dovecot, user, MAIL)
    with reading(dovecot, user):
        wait_until(lambda: ledger.raws, 5, "the mail")
        wait_until(lambda: ledger.state == "")
    assert [MAIL] == ledger.raws


@pytest.mark.parametrize("password", PASSWORDS.values(), ids=PASSWORDS)
def test_every_password_gets_in_at_dovecot_and_a_wrong_one_does_not(imap_settings, password):
    with run_dovecot(password=password) as server:
        imap_append(server, "anna", MAIL)
        settings = imap_settings(server, "anna", password=password)
        assert ["ok"] == [found.level for found in check(settings.mailboxes["box"])]
        wrong = imap_settings(server, "anna", password=password + "x")
        assert ["password"] == [found.key for found in check(wrong.mailboxes["box"])]


class Listening:
    """Takes one kind of login, and keeps what it was told as it came."""

    host, password = "127.0.0.1", "secret"

    def __init__(self, capabilities: str) -> None:
        self.capabilities, self.heard = capabilities, bytearray()
        self._listener = socket.create_server((self.host, 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                sock, _ = self._listener.accept()
                threading.Thread(target=self._talk, args=(sock,), daemon=True).start()

    def _talk(self, sock: socket.socket) -> None:
        with sock, sock.makefile("rb") as lines, contextlib.suppress(OSError):
            sock.sendall(b"* OK ready\r\n")
            for line in lines:
                self.heard += line
                rest = line
                while literal := re.search(rb"\{(\d+)(\+?)\}\r\n$", rest):
                    if not literal[2]:
                        sock.sendall(b"+ go on\r\n")
                    self.heard += lines.read(int(literal[1]))
                    rest = lines.readline()
                    self.heard += rest
                tag, command = line.split(b" ", 1)
                if command.startswith(b"CAPABILITY"):
                    sock.sendall(b"* CAPABILITY IMAP4rev1 %s\r\n" % self.capabilities.encode())
                sock.sendall(tag + (b" NO no" if command.startswith(b"SELECT") else b" OK done") + b"\r\n")

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


@pytest.fixture
def listening() -> Iterator[type[Listening]]:
    made: list[Listening] = []

    class Made(Listening):
        def __init__(self, capabilities: str) -> None:
            super().__init__(capabilities)
            made.append(self)

    yield Made
    for server in made:
        server.close()


WIRE = {
    "plain words": ("", "anna", "secret", b'LOGIN "anna" "secret"\r\n'),
    "blanks and quotes": ("", "the desk", 'a "b" \\', b'LOGIN "the desk" "a \\"b\\" \\\\"\r\n'),
    "literals": ("", "jürgen", "schön", b"LOGIN {7}\r\nj\xc3\xbcrgen {6}\r\nsch\xc3\xb6n\r\n"),
    "literals at once": ("LITERAL+", "jürgen", "x", b'LOGIN {7+}\r\nj\xc3\xbcrgen "x"\r\n'),
    "no LOGIN": ("LOGINDISABLED AUTH=PLAIN", "anna", "secret", b"AUTHENTICATE PLAIN\r\n"),
    "UTF-8 by SASL": ("AUTH=PLAIN", "jürgen", "x", b"AUTHENTICATE PLAIN\r\n"),
}


@pytest.mark.parametrize(("capabilities", "user", "password", "wire"), WIRE.values(), ids=WIRE)
def test_what_a_server_hears_of_name_and_password(
    listening, imap_settings, capabilities, user, password, wire
):
    server = listening(capabilities)
    settings = imap_settings(server, user, password=password, after="leave")
    check(settings.mailboxes["box"])
    assert wire in bytes(server.heard)


NAMED = b'ID ("name" "Intake" "version" "1" "vendor" "Intake")\r\n'


def test_a_server_that_wants_to_know_is_told_which_program_reads_and_nothing_else(listening, imap_settings):
    server = listening("ID IDLE")
    check(imap_settings(server, "anna@desk.example", after="leave").mailboxes["box"])
    heard = bytes(server.heard)
    assert (
        heard.index(b"LOGIN")
        < heard.index(NAMED)
        < heard.index(b"SELECT" if b"SELECT" in heard else b"EXAMINE")
    )
    assert 1 == heard.count(b'"Intake" "version"')


def test_a_server_that_does_not_ask_is_told_nothing(listening, imap_settings):
    server = listening("IDLE")
    check(imap_settings(server, "anna", after="leave").mailboxes["box"])
    assert b"ID (" not in bytes(server.heard)
