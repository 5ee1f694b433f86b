"""aiosmtpd's own server on a free port, for tests that need its TLS and its answers."""

import asyncio
import weakref
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from intake.testing import free_port


class SmtpServer(Controller):
    """Hangs up when it stops: the controller leaves that to the tidying of memory, which warns of it in
    whatever test runs then."""

    def __init__(self, handler: Any, **options: Any) -> None:
        self._inside: weakref.WeakSet[asyncio.Transport] = weakref.WeakSet()
        super().__init__(handler, hostname="127.0.0.1", port=free_port(), **options)

    def protocol(self) -> SMTP:
        """Return what speaks with one client."""
        raise NotImplementedError

    def factory(self) -> SMTP:
        protocol = self.protocol()
        made = protocol.connection_made

        def connection_made(transport: Any) -> None:
            self._inside.add(transport)
            made(transport)

        protocol.connection_made = connection_made  # type: ignore[method-assign]
        return protocol

    def stop(self, no_assert: bool = False) -> None:
        asyncio.run_coroutine_threadsafe(self._hang_up(), self.loop).result(10)
        super().stop(no_assert)

    async def _hang_up(self) -> None:
        assert self.server is not None
        self.server.close()
        # Until then whoever was let in is inside.
        await asyncio.sleep(0.05)
        for transport in list(self._inside):
            transport.abort()
        await asyncio.sleep(0)
