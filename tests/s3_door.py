"""An S3 server between us and a real one that fails on purpose: refuses, is slow, or breaks off."""

import contextlib
import http.client
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from intake.store.files.bucket import Bucket, Patience, Place
from intake.testing.s3 import KEY, SECRET, S3Server

# Long enough for a busy machine, and no longer than a test may take.
QUICK = Patience(connect=2, request=20, tries=5, again=1)


def bucket_of(server: "S3Server | Door", name: str, prefix: str = "desk/files", **more: Any) -> Bucket:
    """Return a bucket as the config would name it."""
    values: dict[str, Any] = {"key": KEY, "secret": SECRET, "patience": QUICK, "endpoint": server.endpoint}
    return Bucket(Place(name, prefix, **(values | more)))


def error(code: str, message: str = "") -> bytes:
    """Return the body of an answer as S3 writes it."""
    return f'<?xml version="1.0"?><Error><Code>{code}</Code><Message>{message}</Message></Error>'.encode()


class Door:
    """Passes requests on to a real server, their signature and all.

    answer   called with method and path; returns (status, body) to say that instead, or None to ask
    slow     seconds to wait before each answer
    cut      how many requests end in the middle of what they carry
    requests what was asked: method and path
    """

    def __init__(self, server: S3Server) -> None:
        self.answer: Callable[[str, str], tuple[int, bytes] | None] = lambda method, path: None
        self.slow = 0.0
        self.cut = 0
        self.requests: list[tuple[str, str]] = []
        door = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _pass(self) -> None:
                door._serve(self, server.port)

            do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _pass

            def log_message(self, *args: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True

    @property
    def endpoint(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    @contextmanager
    def open(self) -> Iterator["Door"]:
        """Serve for as long as the block lasts."""
        thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._http.shutdown()
            self._http.server_close()

    def _serve(self, request: BaseHTTPRequestHandler, port: int) -> None:
        self.requests.append((request.command, request.path))
        length = int(request.headers.get("Content-Length", 0))
        if self.cut and length > 1000:
            self.cut -= 1
            request.rfile.read(length // 2)
            # A reset, and not an end.
            request.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            request.close_connection = True
            with contextlib.suppress(OSError):
                request.connection.shutdown(socket.SHUT_RDWR)
            return
        body = request.rfile.read(length)
        time.sleep(self.slow)
        said = self.answer(request.command, request.path)
        if said is None:
            client = http.client.HTTPConnection("127.0.0.1", port)
            client.request(request.command, request.path, body, dict(request.headers))
            answer = client.getresponse()
            status, headers, body = answer.status, answer.getheaders(), answer.read()
            client.close()
        else:
            (status, body), headers = said, [("Content-Type", "application/xml")]
        with contextlib.suppress(OSError):
            request.send_response_only(status)
            for name, value in headers:
                if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                    request.send_header(name, value)
            sized = request.command == "HEAD" and said is None
            there = dict((name.lower(), value) for name, value in headers)
            request.send_header(
                "Content-Length", there.get("content-length", "0") if sized else str(len(body))
            )
            request.end_headers()
            if request.command != "HEAD":
                request.wfile.write(body)
