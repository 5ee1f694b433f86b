"""An SMTP server that keeps what it is sent, and fails on purpose when asked to."""

import asyncio
import itertools
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP

from intake.channels.listener import Listener

HANG_UP = "hang up"
"""What a hook returns to have the connection cut without an answer."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One mail as it was received. `raw` has the dots of the transport removed and nothing else changed.

    `sender` is "" for the null sender; `at` is aware, UTC.
    """

    sender: str
    recipients: tuple[str, ...]
    raw: bytes = field(repr=False)
    at: datetime


class _Fast(SMTP):
    """aiosmtpd, but DATA is read in large pieces: line by line it is too slow to measure a sender with."""

    async def smtp_DATA(self, arg: str) -> None:
        if self.envelope is None or not self.envelope.rcpt_tos:
            await self.push("503 5.5.1 need RCPT first")
            return
        await self.push("354 go on")
        # The final dot ends a flight (RFC 2920 section 3.1): nothing follows it until it is answered.
        data = bytearray(b"\r\n")
        while not data.endswith(b"\r\n.\r\n"):
            piece = await self._reader.read(2**18)
            if not piece:
                return
            data += piece
        self.envelope.original_content = re.sub(rb"\r\n\.", b"\r\n", data[:-3])[2:]
        status = await self._call_handler_hook("DATA")
        self.envelope = self._create_envelope()
        await self.push(status)


class SinkServer:
    """Receive mail on loopback in a thread of its own; use it as a context manager.

    Hooks, settable at any time, answer an SMTP reply such as "451 4.3.0 later",
    HANG_UP, or None for "go on". They run in worker threads and may sleep.

    With `pipelining` it says that commands may come in one flight (RFC 2920).

    on_rcpt(address)   at RCPT
    on_data(delivery)  after the final dot; with an answer the mail is not kept
    on_kept(delivery)  after the mail was kept, before the reply: HANG_UP leaves
                       the client not knowing
    """

    def __init__(self, maildir: Path | None = None, port: int = 0, pipelining: bool = False) -> None:
        self.host = "127.0.0.1"
        self.on_rcpt: Callable[[str], str | None] | None = None
        self.on_data: Callable[[Delivery], str | None] | None = None
        self.on_kept: Callable[[Delivery], str | None] | None = None
        self.connections = 0
        self._kept: list[Delivery] = []
        self._lock = threading.Lock()
        self._numbers = itertools.count()
        self._maildir = maildir
        self._pipelining = pipelining
        if maildir is not None:
            for name in ("tmp", "new", "cur"):
                (maildir / name).mkdir(parents=True, exist_ok=True)
        self._listener = Listener(self._protocol, self.host, port)

    @property
    def port(self) -> int:
        """The port it listens on, once started."""
        return self._listener.port

    @property
    def mails(self) -> list[Delivery]:
        """A copy of what was received so far, oldest first."""
        with self._lock:
            return list(self._kept)

    def to(self, address: str) -> list[Delivery]:
        """Return what was received for one address, oldest first."""
        return [mail for mail in self.mails if address in mail.recipients]

    def clear(self) -> None:
        """Forget what was received, and the hooks."""
        with self._lock:
            self._kept.clear()
        self.on_rcpt = self.on_data = self.on_kept = None

    def start(self) -> None:
        """Listen. After `stop` it can be started again, on the same port."""
        self._listener.start()

    def stop(self) -> None:
        """Stop listening and hang up."""
        self._listener.stop()

    def __enter__(self) -> "SinkServer":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _protocol(self) -> SMTP:
        self.connections += 1
        return _Fast(
            self,
            hostname="sink.test",
            ident="sink",
            enable_SMTPUTF8=True,
            loop=asyncio.get_running_loop(),
        )

    # The hooks of aiosmtpd.

    async def handle_EHLO(
        self, server: SMTP, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        # It reads line by line, so it can do it, and does not say so.
        return [responses[0], *["250-PIPELINING"] * self._pipelining, *responses[1:]]

    async def handle_MAIL(self, server: SMTP, session: Any, envelope: Any, address: str, options: Any) -> str:
        envelope.mail_from = address
        return "250 2.1.0 ok"

    async def handle_RCPT(self, server: SMTP, session: Any, envelope: Any, address: str, options: Any) -> str:
        answer = await self._ask(server, self.on_rcpt, address)
        if answer is not None:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        # aiosmtpd writes the null sender as "<>".
        sender = "" if envelope.mail_from == "<>" else envelope.mail_from
        delivery = Delivery(sender, tuple(envelope.rcpt_tos), envelope.original_content, datetime.now(UTC))
        answer = await self._ask(server, self.on_data, delivery)
        if answer is not None:
            return answer
        with self._lock:
            self._kept.append(delivery)
        if self._maildir is not None:
            # Not `mailbox.Maildir`, whose fsync for each mail is the slowest thing here.
            name = f"{time.time_ns()}.{next(self._numbers)}.sink"
            (self._maildir / "tmp" / name).write_bytes(delivery.raw)
            (self._maildir / "tmp" / name).rename(self._maildir / "new" / name)
        return await self._ask(server, self.on_kept, delivery) or "250 2.0.0 kept"

    async def _ask(self, server: SMTP, hook: Callable[[Any], str | None] | None, value: Any) -> str | None:
        answer = await asyncio.to_thread(hook, value) if hook is not None else None
        if answer == HANG_UP:
            if isinstance(server.transport, asyncio.Transport):  # None: the client has gone already
                server.transport.abort()
            await asyncio.sleep(5)  # cancelled as soon as the loop sees the end of the connection
        return answer
