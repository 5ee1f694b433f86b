"""A listener a mail server delivers to: LMTP (RFC 2033), or SMTP for those that speak nothing else.

It checks the recipient, stores, and answers. 250 is said when the mail is durable
and not before; what goes wrong on our side is always 4xx, so the peer keeps the mail.
"""

import asyncio
import logging
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from aiosmtpd.smtp import SMTP

from intake.channels.checking import Looked, port_free
from intake.channels.guarded import COMMAND_SECONDS, MAX_COMMANDS, GuardedLmtp, GuardedSmtp
from intake.channels.listener import Listener
from intake.channels.mailbox_state import note
from intake.config.mailboxes import ListeningMailbox
from intake.config.sections import Settings
from intake.desk.message import Envelope
from intake.ports import Arrival, ChannelStore, Receive, Received, Temporary
from intake.runtime import exhausted
from intake.runtime.backoff import PEER

log = logging.getLogger("intake.channels.lmtp")

MAX_RECIPIENTS = 100
BATCH = 50
# How often it is seen to that the listener lives.
LOOK_SECONDS = 1.0
HEARTBEAT_SECONDS = 60.0

LATER = "451 4.3.0 try again later"
NO_SUCH = "550 5.1.1 no such address here"
MALFORMED = "553 5.1.3 malformed address"
ENOUGH = "452 4.5.3 too many recipients"


def accepts(recipient: str, address: str, accept: Sequence[str]) -> bool:
    """Return whether mail for `recipient` is ours: `address`, its plus-addresses, or in `accept`.

    Entries of `accept` are addresses (with their plus-addresses) or @domain.
    """
    wanted = recipient.lower()
    local, _, domain = wanted.rpartition("@")
    plain = f"{local.partition('+')[0]}@{domain}"
    ours = {entry.lower() for entry in (address, *accept) if entry}
    return bool(local) and bool(domain) and bool({wanted, plain, f"@{domain}"} & ours)


class Handler:
    """aiosmtpd's hooks for one mailbox. Lives in the event loop of its listener."""

    def __init__(self, name: str, section: ListeningMailbox, receive: Receive) -> None:
        self._name, self._section, self._receive = name, section, receive
        self._per_recipient = section.type == "lmtp"
        self._waiting: list[tuple[Arrival, asyncio.Future[Received]]] = []
        self._storing: asyncio.Task[None] | None = None

    async def handle_MAIL(self, server: SMTP, session: Any, envelope: Any, address: str, options: Any) -> str:
        """Take any sender that is text; "<>" is the null sender."""
        if not address.isprintable():
            return MALFORMED
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 ok"

    async def handle_RCPT(self, server: SMTP, session: Any, envelope: Any, address: str, options: Any) -> str:
        """Take only what is configured: this is never a relay."""
        if not address.isprintable():
            return MALFORMED
        if not accepts(address, self._section.address, self._section.accept):
            return NO_SUCH
        if len(envelope.rcpt_tos) >= MAX_RECIPIENTS:
            return ENOUGH
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        """Store, then answer; in LMTP once for each recipient (RFC 2033 section 4.2).

        The bytes are kept as they came, a bare CR or LF in them too.
        """
        sender = "" if envelope.mail_from == "<>" else envelope.mail_from
        way = Envelope(self._section.type, self._name, sender, tuple(envelope.rcpt_tos))
        stored = asyncio.get_running_loop().create_future()
        self._waiting.append((Arrival(bytes(envelope.original_content), way), stored))
        if self._storing is None or self._storing.done():
            self._storing = asyncio.create_task(self._store())
        try:
            # aiosmtpd cancels us when the client goes; storing is a task of its own and goes on.
            received = await stored
            answer = f"250 2.0.0 received as {received.ledger_id}"
        except Temporary as err:
            exhausted.note(err)
            log.warning("mail refused for now: %s", err, extra={"mailbox": self._name})
            answer = LATER
        except Exception as err:
            exhausted.note(err)
            log.exception("mail refused for now", extra={"mailbox": self._name})
            answer = LATER
        return "\r\n".join([answer] * len(envelope.rcpt_tos)) if self._per_recipient else answer

    async def handle_exception(self, error: Exception) -> str:
        """Answer for a fault of ours: temporary, and without a word about it."""
        log.error("listener fault", extra={"mailbox": self._name}, exc_info=error)
        return LATER

    async def drain(self) -> None:
        """Return when nothing is being stored and the peers know."""
        while self._storing is not None and not self._storing.done():
            await asyncio.wait([self._storing])
        # For the replies, without which the peer would send it all again.
        await asyncio.sleep(0.1)

    async def _store(self) -> None:
        # What arrives during one commit shares the next: fifty together cost little more than one.
        while self._waiting:
            batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
            try:
                await self._commit(batch)
            except Exception as err:
                if len(batch) == 1 or isinstance(err, Temporary):
                    for _, stored in batch:
                        _fail(stored, err)
                    continue
                for arrival in batch:
                    try:
                        await self._commit([arrival])
                    except Exception as alone:
                        _fail(arrival[1], alone)

    async def _commit(self, batch: list[tuple[Arrival, asyncio.Future[Received]]]) -> None:
        rows = await asyncio.to_thread(self._receive, [arrival for arrival, _ in batch])
        for (_, stored), row in zip(batch, rows, strict=True):
            if not stored.done():
                stored.set_result(row)


def _fail(stored: "asyncio.Future[Received]", err: Exception) -> None:
    if not stored.done():
        stored.set_exception(err)
        # Marks it as looked at: when the client has gone nobody else will.
        stored.exception()


class ListenChannel:
    """A mailbox that is delivered to. `port` is the one listened on (after `run` began)."""

    def __init__(
        self, name: str, section: ListeningMailbox, max_bytes: int, store: ChannelStore, receive: Receive
    ) -> None:
        self.name, self._section, self._max_bytes = name, section, max_bytes
        self._store = store
        self._handler = Handler(name, section, receive)
        self._open: Counter[str] = Counter()
        self._listener = Listener(self._protocol, section.host, section.port, self._handler.drain)

    @property
    def port(self) -> int:
        """The TCP port; what the config says until listening began (0: chosen then)."""
        return self._listener.port

    def run(self, stop: threading.Event) -> None:
        """Listen until `stop` is set; while the port cannot be had, try again."""
        failures = 0
        while not stop.is_set():
            try:
                self._listener.start()
            except OSError as err:
                key, problem, cure = _explain(err, self._section)
                log.warning("cannot listen: %s", problem, extra={"mailbox": self.name})
                note(self._store, self.name, f"{key}: {problem}. {cure}")
                failures += 1
                stop.wait(PEER.seconds(failures))
                continue
            log.info("listening on %s:%s", self._section.host, self.port, extra={"mailbox": self.name})
            note(self._store, self.name, "")
            noted = time.monotonic()
            while not stop.wait(LOOK_SECONDS) and self._listener.alive:
                if time.monotonic() - noted >= HEARTBEAT_SECONDS:
                    noted = time.monotonic()
                    note(self._store, self.name, "")
            if not stop.is_set():
                log.error("the listener died and is started again", extra={"mailbox": self.name})
                note(
                    self._store,
                    self.name,
                    "the listener died; it is started again. Look at the log, and report it",
                )
            self._listener.stop()

    def _protocol(self) -> SMTP:
        kind = GuardedLmtp if self._section.type == "lmtp" else GuardedSmtp
        return kind(
            self._handler,
            self._open,
            # Neither the name of this machine nor any version is a stranger's business.
            hostname=self._section.address.rpartition("@")[2] or "localhost",
            ident="ready",
            data_size_limit=self._max_bytes,
            enable_SMTPUTF8=True,
            timeout=COMMAND_SECONDS,
            command_call_limit=MAX_COMMANDS,
            loop=asyncio.get_running_loop(),
        )


def open_channel(name: str, settings: Settings, store: ChannelStore, receive: Receive) -> ListenChannel:
    """Return the listener of a mailbox of type lmtp or smtp."""
    section = settings.mailbox(name, ListeningMailbox)
    return ListenChannel(name, section, settings.desk.max_message_mb * 2**20, store, receive)


def check(section: ListeningMailbox) -> list[Looked]:
    """Return whether the port may be listened on, or is taken, as by ourselves."""
    return [port_free(section.host, section.port)]


def claims(section: ListeningMailbox) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    """Yield the port, which one alone can listen on."""
    if section.port:
        yield "port", ("listen", section.host.lower(), section.port)


def _explain(err: OSError, section: ListeningMailbox) -> tuple[str, str, str]:
    if isinstance(err, socket.gaierror):
        return "host", f"there is no host {section.host!r}", "Write an address of this machine, or 127.0.0.1"
    if isinstance(err, PermissionError):
        return "port", f"port {section.port} needs rights we do not have", "Choose a port above 1023"
    problem = f"cannot listen on {section.host}:{section.port}: {err.strerror or err}"
    return "port", problem, "Stop what listens there (another intake?), or choose another port"
