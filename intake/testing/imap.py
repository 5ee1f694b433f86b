"""What tests do to an IMAP server from the outside, and pymap: a second server to be right with.

Uses the standard library's imaplib, so that a fault of the client we ship cannot hide here.
"""

import contextlib
import imaplib
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib.util import find_spec
from typing import Protocol

from intake.testing.tools import Unavailable, end_process, free_port, listening, wait_until


class ImapServer(Protocol):
    """Where an IMAP server listens without TLS, and the password that every user of it has."""

    host: str
    port: int
    password: str


@dataclass(frozen=True, slots=True)
class Stored:
    """A message in a folder. `flags` holds system flags and keywords as the server writes them."""

    uid: int
    flags: frozenset[str]
    raw: bytes = field(repr=False)


@contextlib.contextmanager
def imap_connect(server: ImapServer, user: str) -> Iterator[imaplib.IMAP4]:
    """Yield a connection that is logged in."""
    client = imaplib.IMAP4(server.host, server.port, timeout=20)
    try:
        # imaplib sends a name as it is; of what is not ASCII it makes nothing.
        client.authenticate("PLAIN", lambda _: f"\0{user}\0{server.password}".encode())
        yield client
    finally:
        with contextlib.suppress(OSError, imaplib.IMAP4.error):
            client.logout()


def imap_append(
    server: ImapServer,
    user: str,
    raw: bytes | Sequence[bytes],
    folder: str = "INBOX",
    flags: str = "",
    at: datetime | None = None,
) -> None:
    """Put one message, or several, into a folder. `at` becomes its INTERNALDATE (aware)."""
    when = imaplib.Time2Internaldate(at or time.time())
    with imap_connect(server, user) as client:
        for message in [raw] if isinstance(raw, bytes) else raw:
            _ok(client.append(_quoted(folder), flags, when, message))


def imap_create(server: ImapServer, user: str, *folders: str) -> None:
    """Make folders."""
    with imap_connect(server, user) as client:
        for folder in folders:
            _ok(client.create(_quoted(folder)))


def imap_messages(server: ImapServer, user: str, folder: str = "INBOX") -> list[Stored]:
    """Return what lies in a folder, by UID; an empty list when there is no such folder. Changes nothing."""
    with imap_connect(server, user) as client:
        status, _ = client.select(_quoted(folder), readonly=True)
        if status != "OK":
            return []
        (uids,) = _ok(client.uid("SEARCH", "ALL"))
        if not uids:
            return []
        rows = _ok(client.uid("FETCH", ",".join(uids.decode().split()), "(UID FLAGS BODY.PEEK[])"))
        messages = []
        for head, raw in (row for row in rows if isinstance(row, tuple)):
            # The UID and flags may stand before or after the literal.
            tail = rows[rows.index((head, raw)) + 1]
            text = (head + (tail if isinstance(tail, bytes) else b"")).decode()
            flags = re.search(r"FLAGS \(([^)]*)\)", text)
            uid = re.search(r"UID (\d+)", text)
            if flags is None or uid is None:
                raise RuntimeError(f"the IMAP server's answer is not understood: {text}")
            messages.append(Stored(int(uid[1]), frozenset(flags[1].split()), raw))
        return sorted(messages, key=lambda message: message.uid)


def _quoted(folder: str) -> str:
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _ok(answer: tuple[str, list]) -> list:  # type: ignore[type-arg]
    status, data = answer
    if status != "OK":
        raise RuntimeError(f"the IMAP server answered {status} {data!r}")
    return data


@dataclass(slots=True)
class Pymap:
    """A pymap server with mailboxes in memory and one user."""

    host: str
    port: int
    user: str
    password: str


@contextlib.contextmanager
def pymap_server() -> Iterator[Pymap]:
    """Run pymap. It knows one user and forgets all when it ends. Raises Unavailable without the package."""
    if find_spec("pymap") is None:
        raise Unavailable("pymap is not installed: pip install pymap")
    server = Pymap("127.0.0.1", free_port(), "demo", "demo-password")
    program = [sys.executable, "-c", "from pymap.main import main; main()"]
    options = ["--host", server.host, "--port", str(server.port), "--no-tls", "dict"]
    options += ["--demo-data", "--demo-user", server.user, "--demo-password", server.password]
    process = subprocess.Popen(
        [*program, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        wait_until(lambda: listening(server.port), 20, "pymap listens")
        yield server
    finally:
        # It would wait for its clients, and has nothing to save.
        end_process(process, signal.SIGKILL)
