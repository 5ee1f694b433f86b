"""aiosmtpd with the limits it lacks: connections, commands, endless lines, time for DATA."""

import asyncio
import logging
from collections import Counter
from typing import Any

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP

from intake.runtime import exhausted

log = logging.getLogger("intake.channels.guarded")

# aiosmtpd logs commands, and at DEBUG the lines of the mail itself.
logging.getLogger("mail").setLevel(logging.WARNING)

# Real senders break the 998 octets of RFC 5322 section 2.1.1; one line of HTML may be long.
LINE_LIMIT = 2**16
# Bytes without CRLF after which we hang up: aiosmtpd would keep them all in memory.
ENDLESS = 2**20
MAX_CONNECTIONS = 200
MAX_CONNECTIONS_ADDRESS = 20
MAX_COMMANDS = 1000
COMMAND_SECONDS = 60
DATA_SECONDS = 300

BUSY = b"421 4.7.0 too many connections, try again later\r\n"
LATER = b"451 4.3.0 try again later\r\n"
TOO_LONG = b"500 5.5.2 line too long\r\n"


class GuardedSmtp(SMTP):
    """Limits aiosmtpd does not have. `open_by_address` is shared by all connections of a listener."""

    line_length_limit = LINE_LIMIT

    def __init__(self, handler: Any, open_by_address: Counter[str], **options: Any) -> None:
        super().__init__(handler, **options)
        self._open = open_by_address
        self._address = ""
        self._refused = False
        self._unbroken = 0
        self._last = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._address = str((transport.get_extra_info("peername") or ("",))[0])
        self._open[self._address] += 1
        if self._open[self._address] > MAX_CONNECTIONS_ADDRESS or self._open.total() > MAX_CONNECTIONS:
            self._hang_up(transport, BUSY)
            return
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._open[self._address] -= 1
        if not self._open[self._address]:
            del self._open[self._address]
        if self.session is not None:
            super().connection_lost(error)

    def eof_received(self) -> bool | None:
        return super().eof_received() if self.session is not None else False

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        seam = (self._last + data).rfind(b"\r\n")
        self._unbroken = self._unbroken + len(data) if seam < 0 else len(self._last + data) - seam - 2
        self._last = data[-1:]
        if self._unbroken > ENDLESS and self.transport is not None:
            self._hang_up(self.transport, TOO_LONG)
            return
        super().data_received(data)

    def _hang_up(self, transport: asyncio.BaseTransport, why: bytes) -> None:
        self._refused = True
        if isinstance(transport, asyncio.Transport):
            transport.write(why)
        transport.close()

    async def smtp_DATA(self, arg: str) -> None:
        # The timer set by the command must last for the whole mail and its storing.
        self._reset_timeout(DATA_SECONDS)
        try:
            await super().smtp_DATA(arg)
        except asyncio.CancelledError:
            raise
        except Exception as err:
            # What is left of the mail must not be read as commands: each line would get a 500.
            exhausted.note(err)
            if self.transport is not None:
                self._hang_up(self.transport, LATER)
            log.error("a mail could not be taken in", exc_info=err)
            return
        if self.transport is not None:
            self._reset_timeout()

    async def handle_exception(self, error: Exception) -> str:
        # aiosmtpd says 500 when the handler's own answer fails, as it does without memory.
        exhausted.note(error)
        try:
            return str(await self.event_handler.handle_exception(error))
        except Exception:
            # The first failure is in the log; the peer must hear that it is to come again, whatever happens.
            return LATER.decode("ascii").rstrip()

    smtp_DATA.__smtp_syntax__ = "DATA"  # type: ignore[attr-defined]
    smtp_DATA.__smtp_syntax_extended__ = ""  # type: ignore[attr-defined]
    smtp_DATA.__smtp_syntax_when__ = ""  # type: ignore[attr-defined]


class GuardedLmtp(GuardedSmtp, LMTP):
    """The same with LHLO (RFC 2033)."""
