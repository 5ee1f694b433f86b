"""A server that answers as another desk's API does: scripted, with its limits and a clock of its own."""

import json
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Answer:
    """A status, a body and headers."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


def answer(value: Any) -> Answer:
    """Return a value as JSON."""
    return Answer(200, json.dumps(value).encode(), (("Content-Type", "application/json"),))


def limited(seconds: int) -> Answer:
    """Return what is said when there were too many calls, as Zendesk, Freshdesk and RFC 6585 have it."""
    return Answer(429, b"", (("Retry-After", str(seconds)),))


Route = Any  # a value, an Answer, a list of these for one call after the other, or a function of the query


@dataclass
class FakeApi:
    """Routes by path (or path?query, which comes first); what is on none is 404."""

    routes: dict[str, Route]
    # Paths that begin so may be called this often in a minute.
    limits: dict[str, int] = field(default_factory=dict)
    authorization: str = ""
    now: float = 0.0
    slept: list[float] = field(default_factory=list)
    # What was shown with each path.
    shown: dict[str, str] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    _window: dict[str, list[float]] = field(default_factory=dict)
    _server: ThreadingHTTPServer | None = None

    def __enter__(self) -> Self:
        api = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                said = api.answer(self.path, self.headers.get("Authorization", ""))
                self.send_response(said.status)
                for name, value in said.headers:
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(said.body)))
                self.end_headers()
                self.wfile.write(said.body)

            def log_message(self, *_args: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Where it is."""
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def sleep(self, seconds: float) -> None:
        """Let time go by without waiting for it."""
        self.slept.append(seconds)
        self.now += seconds

    def answer(self, path: str, authorization: str) -> Answer:
        """Return what is answered to a call."""
        bare, query = urlsplit(path).path, urlsplit(path).query
        for begin, most in self.limits.items():
            if bare.startswith(begin):
                calls = self._window.setdefault(begin, [])
                calls[:] = [at for at in calls if at > self.now - 60]
                if len(calls) >= most:
                    self.refused[begin] += 1
                    return limited(int(calls[0] + 60 - self.now) + 1)
                calls.append(self.now)
        self.calls[bare] += 1
        self.shown[bare] = authorization
        key = path if path in self.routes else bare
        if key not in self.routes:
            return Answer(404)
        if self.authorization and authorization != self.authorization and not key.startswith("/open"):
            return Answer(401)
        return self._said(self.routes[key], query)

    def _said(self, route: Route, query: str) -> Answer:
        if isinstance(route, Answer):
            return route
        if isinstance(route, bytes):
            return Answer(200, route)
        if callable(route):
            function: Callable[[str], Route] = route
            return self._said(function(query), query)
        if isinstance(route, Script):
            return self._said(route.answers.pop(0) if len(route.answers) > 1 else route.answers[0], query)
        return answer(route)


@dataclass
class Script:
    """One answer after the other; the last stays."""

    answers: list[Route]
