"""The form's server: waitress, set up so that slow and greedy clients stay harmless."""

import contextlib
import logging
import resource
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from waitress.adjustments import Adjustments
from waitress.buffers import OverflowableBuffer
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask, ThreadedTaskDispatcher, WSGITask
from waitress.utilities import RequestEntityTooLarge
from waitress.wasyncore import close_all, loop

from intake.config.sections import WebSettings
from intake.web.connections import Pace, in_the_way
from intake.web.limits import source_of
from intake.web.sent import WHEN_SENT, Sent
from intake.web.spool import Buffer

log = logging.getLogger("intake.web")

MIB = 1024 * 1024
# What a form holds beside its files: the fields, and the headers of its parts.
SLACK = MIB
# A post that is too large is read on and thrown away up to here, so that its sender
# gets a page instead of a broken connection. Its beginning holds what was typed.
DRAIN = 256 * MIB
KEPT = MIB
# 150 half-sent requests stopped everybody at waitress's default of 100. With that many, the slowest goes.
CONNECTIONS = 1000
SILENCE_SECONDS = 20
# How often who dawdles is looked for, and how many visitors are let in between two looks.
LOOK_SECONDS = 1
_AT_ONCE = 64
_OPEN_FILES = 4096
# Beside two descriptors a connection, for its spool file: databases, mailboxes, listeners.
_OTHER_FILES = 256
_TICK = 0.2
# Taken from a connection at once. Waitress's 8 KB make 25 rounds of its loop of one screenshot.
_RECEIVED_AT_ONCE = 128 * 1024

_REFUSAL = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{english}</title></head>
<body><h1>{english}</h1><p>{advice}</p><p lang="zh-Hans">{chinese}</p></body></html>
"""
_TOO_LARGE = _REFUSAL.format(
    english="That was too large to send",
    advice="Nothing was sent. Go back, choose fewer or smaller files, and send again.",
    chinese="内容过大，未能发送。请返回，减少文件或改用较小的文件，然后重新发送。",
)
_UNREADABLE = _REFUSAL.format(
    english="We could not read that request",
    advice="Nothing was sent. Go back and try again.",
    chinese="无法读取该请求，内容未发送。请返回后重试。",
)


class _Parser(HTTPRequestParser):  # type: ignore[misc]
    """Collects a post in the data folder.

    Reads on when one of known length is too large, or the disk takes no more, keeping only its beginning.
    """

    error: Any
    body_rcv: Any
    # Why: files_large or unkept (see intake/web/body.py).
    body_cut = ""
    _left = 0
    _kept = 0

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        if self.body_rcv is not None:
            self.body_rcv.buf = Buffer(self.adj.inbuf_overflow, self.adj.spool_folder)

    def received(self, data: bytes) -> int:
        if self.body_cut:
            return self._skip(data)
        try:
            taken: int = super().received(data)
        except OSError:
            if self.chunked:
                raise
            log.warning("a post could not be kept while it came in", exc_info=True)
            return self._give_up(data)
        known_length = self.headers_finished and not self.chunked and not self.body_bytes_received
        if isinstance(self.error, RequestEntityTooLarge) and known_length and self.content_length <= DRAIN:
            self.error, self.completed, self.body_cut = None, False, "files_large"
            self._left = self.content_length
        return taken

    def _give_up(self, data: bytes) -> int:
        """Keep the beginning in memory, and nothing else."""
        old, self._left = self.body_rcv.getbuf(), self.body_rcv.remain
        beginning = old.get(min(KEPT, self.content_length - self._left))
        old.close()
        self.body_rcv.buf = OverflowableBuffer(2 * KEPT)
        self.body_rcv.buf.append(beginning)
        self._kept, self.body_cut = len(beginning), "unkept"
        return self._skip(data)

    def _skip(self, data: bytes) -> int:
        taken = min(len(data), self._left)
        keep = min(taken, KEPT - self._kept)
        if keep > 0:
            self.body_rcv.getbuf().append(data[:keep])
            self._kept += keep
        self._left -= taken
        if not self._left:
            self.headers["CONTENT_LENGTH"] = str(self._kept)
            self.completed = True
        return taken


class _Task(WSGITask):  # type: ignore[misc]
    def get_environment(self) -> dict[str, Any]:
        environ: dict[str, Any] = super().get_environment()
        environ["intake.body_cut"] = self.request.body_cut
        environ[WHEN_SENT] = self.channel.sent.wait
        return environ


class _Refusal(ErrorTask):  # type: ignore[misc]
    """What waitress itself refuses, in words that a person can use."""

    def execute(self) -> None:
        error = self.request.error
        page = (_TOO_LARGE if error.code == 413 else _UNREADABLE).encode()
        self.status = f"{error.code} {error.reason}"
        self.response_headers.extend(
            [
                ("Content-Type", "text/html; charset=utf-8"),
                ("X-Content-Type-Options", "nosniff"),
                ("Content-Security-Policy", "default-src 'none'"),
                ("Connection", "close"),
            ]
        )
        self.set_close_on_finish()
        self.content_length = len(page)
        self.write(page)


class _Channel(HTTPChannel):  # type: ignore[misc]
    parser_class = _Parser
    task_class = _Task
    error_task_class = _Refusal
    request: Any
    requests: list[Any]
    will_close: bool

    def __init__(self, server: "_Server", sock: Any, addr: Any, adj: Any, map: Any = None) -> None:
        self._proxy = bool(adj.trusted_proxy) and adj.trusted_proxy in ("*", addr[0])
        self.pace = Pace("" if self._proxy else source_of(addr[0]), time.monotonic())
        # Of a connection that broke nobody knows whether the rest arrived.
        left = lambda: self.total_outbufs_len if self.connected else 1  # noqa: E731
        self.sent = Sent(left, server.task_dispatcher.add_task)
        super().__init__(server, sock, addr, adj, map=map)
        server.newest = self

    def received(self, data: bytes) -> bool:
        self.pace.received(len(data), self.request is None, time.monotonic())
        taken: bool = super().received(data)
        if self._proxy:
            self._counts_for()
        return taken

    def handle_write(self) -> None:
        super().handle_write()
        self.sent.look()

    def handle_close(self) -> None:
        # Closing throws away what is left, and counts it as nothing.
        self.sent.look()
        super().handle_close()

    def _counts_for(self) -> None:
        """Count a connection of the proxy for the visitor whose request is under way on it."""
        request, before = self.request, self.pace.source
        said = request.headers.get("X_FORWARDED_FOR", "") if request and request.headers_finished else ""
        source = source_of(said.rpartition(",")[2].strip()) if said else ""
        self.pace.source = "" if source == "?" else source
        if self.pace.source and self.pace.source != before:
            self.server.make_room(self)

    def overdue(self, now: float) -> bool:
        """Whether what it is at takes too long."""
        request = self.request
        in_header = request is not None and not request.headers_finished
        return self.pace.overdue(request is not None, in_header, self.total_outbufs_len, now)


class _Server(TcpWSGIServer):  # type: ignore[misc]
    """Always lets visitors in, and sends away who dawdles (see intake/web/connections.py)."""

    channel_class = _Channel
    connections = CONNECTIONS
    newest: _Channel | None = None
    next_channel_cleanup: float

    def readable(self) -> bool:
        now = time.time()
        if now >= self.next_channel_cleanup or now < self.next_channel_cleanup - 60:
            self.next_channel_cleanup = now + LOOK_SECONDS
            self.maintenance(now)
        return bool(self.accepting)

    def maintenance(self, now: float) -> None:
        super().maintenance(now)
        moment = time.monotonic()
        for connection in list(self.active_channels.values()):
            connection.sent.look()
            if connection.overdue(moment):
                connection.will_close = True

    def handle_accept(self) -> None:
        for _ in range(_AT_ONCE):
            self.newest = None
            super().handle_accept()
            if self.newest is None:
                return
            self.make_room(self.newest)

    def make_room(self, new: _Channel) -> None:
        """Close the slowest connection of whoever holds too many, now that `new` is there."""
        inside = [
            connection
            for connection in self._map.values()
            if isinstance(connection, _Channel) and not connection.will_close
        ]
        paces, busy = (
            [connection.pace for connection in inside],
            [bool(connection.requests) for connection in inside],
        )
        leaves = in_the_way(paces, busy, new.pace, self.connections, time.monotonic())
        for connection in inside:
            if connection.pace is leaves:
                connection.will_close = True


def serve(
    app: Flask, web: WebSettings, stop: threading.Event, bound: Callable[[int], None] = lambda port: None
) -> None:
    """Serve `app` on web.host and web.port until `stop` is set; then end requests under way and return.

    `bound` is told the port once the socket listens: with port 0 the system chooses it.
    Raises OSError when the address cannot be listened on.
    """
    room = _allow_open_files()
    sockets: dict[int, Any] = {}
    # Headers of a proxy are believed only from the one that the config names.
    proxy = (
        {
            "trusted_proxy": web.trusted_proxy,
            "trusted_proxy_count": 1,
            "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto"},
        }
        if web.trusted_proxy
        else {}
    )
    host = f"[{web.host}]" if ":" in web.host else web.host
    adj = Adjustments(
        listen=f"{host}:{web.port}",
        threads=4,
        recv_bytes=_RECEIVED_AT_ONCE,
        channel_timeout=SILENCE_SECONDS,
        asyncore_use_poll=True,
        max_request_header_size=64 * 1024,
        max_request_body_size=web.max_post_mb * MIB + SLACK,
        inbuf_overflow=256 * 1024,
        clear_untrusted_proxy_headers=True,
        ident=None,
        url_prefix=urlsplit(web.base_url).path.rstrip("/"),
        **proxy,
    )
    adj.spool_folder = app.config["SPOOL_FOLDER"]
    work = ThreadedTaskDispatcher()
    work.set_thread_count(adj.threads)
    listening = [_Server(app, map=sockets, dispatcher=work, adj=adj, sockinfo=where) for where in adj.listen]
    for listener in listening:
        listener.connections = min(CONNECTIONS, room)
    try:
        bound(int(listening[0].effective_port))
        while not stop.is_set():
            loop(timeout=_TICK, use_poll=True, map=sockets, count=1)
        for listener in listening:
            listener.accepting = False
        work.shutdown(cancel_pending=True, timeout=5)
        # What the threads have written last still goes out.
        loop(timeout=0, use_poll=True, map=sockets, count=3)
    finally:
        close_all(sockets)


def _allow_open_files() -> int:
    """Make room for every connection and its spool file; return for how many connections there is.

    A soft limit of 1024 is usual.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(_OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            soft = wanted
    return CONNECTIONS if soft == resource.RLIM_INFINITY else max(16, (soft - _OTHER_FILES) // 2)
