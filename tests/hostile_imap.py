"""An IMAP server that says what a test wants it to: right answers, but for one command."""

import contextlib
import itertools
import re
import socket
import threading
from collections.abc import Callable, Iterator
from typing import BinaryIO

MAIL = b"From: ann@example.org\r\nSubject: number 1\r\n\r\nhello\r\n"
MIB = 2**20

Say = Callable[[], Iterator[bytes]]
"""Pieces to say before the right answer to a command; without an end, where they should have none."""


class HostileImap:
    """Listens on loopback. `bad` are pieces said before the answer to the command of that name
    ("GREETING" too); `announced` is the size it tells of its one message, `body` what it gives for it."""

    host, password = "127.0.0.1", "secret"

    def __init__(self) -> None:
        self.bad: dict[str, Say] = {}
        self.announced, self.uids = len(MAIL), b"7"
        self.header = b"Subject: large\r\n\r\n"
        self.body: Say = lambda: iter([b"{%d}\r\n" % len(MAIL), MAIL])
        self.connections, self.moved = 0, threading.Event()
        self._listener = socket.create_server((self.host, 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                sock, _ = self._listener.accept()
                # Else the second line of an answer waits 40 ms for word that the first one came.
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.connections += 1
                threading.Thread(target=self._talk, args=(sock,), daemon=True).start()

    def _talk(self, sock: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError), sock, sock.makefile("rb") as heard:
            self._misbehave(sock, "GREETING")
            sock.sendall(b"* OK ready\r\n")
            for line in heard:
                tag, command = line.strip().split(b" ", 1)
                name = re.sub(rb"^UID ", b"", command.upper()).split(b" ")[0].decode()
                if name == "FETCH" and b"BODY" in command:
                    name = "HEADER" if b"HEADER" in command else "BODY"
                self._misbehave(sock, name)
                for piece in self._answer(name, tag, heard, sock):
                    sock.sendall(piece)
                if name == "LOGOUT":
                    return

    def _misbehave(self, sock: socket.socket, name: str) -> None:
        for piece in self.bad.get(name, lambda: iter(()))():
            sock.sendall(piece)

    def _answer(self, name: str, tag: bytes, heard: BinaryIO, sock: socket.socket) -> Iterator[bytes]:
        there = b"" if self.moved.is_set() else self.uids
        match name:
            case "CAPABILITY":
                yield b"* CAPABILITY IMAP4rev1 IDLE MOVE UIDPLUS\r\n"
            case "LIST":
                yield b'* LIST () "/" Intake\r\n'
            case "SELECT":
                yield b"* FLAGS (\\Seen)\r\n* %d EXISTS\r\n* 0 RECENT\r\n" % bool(there)
                yield b"* OK [UIDVALIDITY 1]\r\n* OK [UIDNEXT 8]\r\n"
            case "SEARCH":
                yield b"* SEARCH %s\r\n" % there
            case "FETCH":
                row = (
                    b'* 1 FETCH (UID 7 RFC822.SIZE %d INTERNALDATE "01-Nov-2026 10:00:00 +0000" FLAGS ())\r\n'
                )
                yield row % self.announced
            case "HEADER":
                if self.header:
                    yield b"* 1 FETCH (UID 7 BODY[HEADER]<0> {%d}\r\n" % len(self.header)
                    yield self.header + b")\r\n"
            case "BODY":
                yield b"* 1 FETCH (UID 7 BODY[] "
                yield from self.body()
                yield b")\r\n"
            case "MOVE":
                self.moved.set()
                yield b"* 1 EXPUNGE\r\n"
            case "IDLE":
                yield b"+ idling\r\n"
                self._misbehave(sock, "IDLING")
                heard.readline()
        yield tag + b" OK done\r\n"


def endless(piece: bytes) -> Say:
    """Say a piece again and again, many at once."""
    many = piece * max(1, 65536 // len(piece))
    return lambda: itertools.repeat(many)


def once(*pieces: bytes) -> Say:
    """Say these pieces."""
    return lambda: iter(pieces)


def literal(size: int) -> Iterator[bytes]:
    """A literal of that many bytes, as far as it is taken."""
    yield b"{%d}\r\n" % size
    piece = b"x" * 65536
    for _ in range(size // len(piece)):
        yield piece
    yield piece[: size % len(piece)]
