"""An asyncio server in a thread of its own, which starts and stops cleanly."""

import asyncio
import contextlib
import logging
import threading
import weakref
from collections.abc import Awaitable, Callable

log = logging.getLogger("intake.channels.listener")

# A stopping server waits this long for what it is storing, then hangs up (the peer sends again).
GRACE_SECONDS = 10.0


async def _nothing() -> None:
    return None


class Listener:
    """Serve `factory()` protocols on host and port; port 0 lets the system choose.

    `drain` is awaited between closing the door and hanging up on who is inside.
    aiosmtpd's own controller is not used: it cannot listen on port 0, and it
    connects to itself to see whether it lives.
    """

    def __init__(
        self,
        factory: Callable[[], asyncio.Protocol],
        host: str,
        port: int,
        drain: Callable[[], Awaitable[None]] = _nothing,
    ) -> None:
        self._factory, self.host, self.port, self._drain = factory, host, port, drain
        self._ready = threading.Event()
        self._error: OSError | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._thread: threading.Thread | None = None
        self._inside: weakref.WeakSet[asyncio.BaseTransport] = weakref.WeakSet()

    def start(self) -> None:
        """Listen; returns when connections are accepted. Raises OSError when the port cannot be had."""
        self._ready.clear()
        self._error = None
        self._thread = threading.Thread(target=self._run, name="listener", daemon=True)
        self._thread.start()
        self._ready.wait()
        if self._error is not None:
            self._thread.join()
            raise self._error
        if self._loop is None:
            raise OSError("the listener could not be started")

    @property
    def alive(self) -> bool:
        """Whether its thread runs. One that has died takes no connections, and nobody else would notice."""
        return self._thread is not None and self._thread.is_alive()

    def stop(self) -> None:
        """Close the door, let what is being stored end, hang up. Returns when the thread has ended."""
        if self._loop is None or self._stop is None or self._thread is None:
            return
        with contextlib.suppress(RuntimeError):
            # The loop of a thread that died is closed.
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        self._loop = self._stop = self._thread = None

    def call(self, function: Callable[[], object]) -> None:
        """Run `function` soon in the server's thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(function)

    def _run(self) -> None:
        try:
            asyncio.run(self._main())
        except BaseException:
            # Told here, once; whoever watches `alive` begins anew.
            log.exception("the listener died")
        finally:
            self._ready.set()

    async def _main(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            server = await loop.create_server(self._protocol, self.host, self.port, backlog=128)
        except OSError as err:
            self._error = err
            self._ready.set()
            return
        self.port = server.sockets[0].getsockname()[1]
        self._loop, self._stop = loop, asyncio.Event()
        self._ready.set()
        try:
            await self._stop.wait()
            # Not `wait_closed`: since Python 3.12 it waits for clients, who may stay for ever.
            server.close()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._drain(), GRACE_SECONDS)
        finally:
            server.close()
            await self._hang_up()

    def _protocol(self) -> asyncio.Protocol:
        protocol = self._factory()
        made = protocol.connection_made

        def connection_made(transport: asyncio.BaseTransport) -> None:
            self._inside.add(transport)
            made(transport)

        protocol.connection_made = connection_made  # type: ignore[method-assign]
        return protocol

    async def _hang_up(self) -> None:
        # Neither `server.close()` nor the end of the loop closes them (`asyncio.Server.close_clients` is of
        # Python 3.13): a peer would wait for an end that comes when the memory is tidied.
        inside = [transport for transport in self._inside if isinstance(transport, asyncio.Transport)]
        for transport in inside:
            # This one still sends what is written, where the peer takes it.
            transport.close()
        await asyncio.sleep(0)
        for transport in inside:
            transport.abort()
        await asyncio.sleep(0)
