"""Sockets on which an answer has a last moment: a timeout alone begins anew with every byte.

A peer that sends a byte each time before the timeout is over would otherwise hold its reader for ever.
"""

import math
import socket
import ssl
import time
from typing import Any


class _Timed:
    """Mixed into a socket. `until` is the last moment to receive anything, by the monotonic clock."""

    until = math.inf

    def recv(self, *args: Any) -> Any:
        """Receive. Raises TimeoutError after `until`."""
        self._in_time()
        return super().recv(*args)  # type: ignore[misc]

    def recv_into(self, *args: Any) -> Any:
        """Receive into a buffer. Raises TimeoutError after `until`."""
        self._in_time()
        return super().recv_into(*args)  # type: ignore[misc]

    def _in_time(self) -> None:
        if time.monotonic() > self.until:
            raise TimeoutError("the whole answer took too long")


class TimedSocket(_Timed, socket.socket):
    """A socket in clear with a last moment."""


class TimedTls(_Timed, ssl.SSLSocket):
    """The same over TLS; see `over_tls`."""


def connect(address: tuple[str, int], timeout: float | None, until: float = math.inf) -> TimedSocket:
    """Return a connected socket; `timeout` in seconds for each step. Raises OSError."""
    plain = socket.create_connection(address, timeout)
    timed = TimedSocket(plain.family, plain.type, plain.proto, plain.detach())
    timed.settimeout(timeout)
    timed.until = until
    return timed


def over_tls(context: ssl.SSLContext) -> ssl.SSLContext:
    """Return the context, which from now on makes sockets with a last moment."""
    context.sslsocket_class = TimedTls
    return context


def set_until(sock: object, until: float) -> None:
    """Set the last moment of a socket, where it is one that has one."""
    if isinstance(sock, _Timed):
        sock.until = until
