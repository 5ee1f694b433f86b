"""Paging against a real server: what is sent, what its answers mean, and what is never told of it."""

import json
import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from intake.channels.webhook import signed, signing_keys, webhook
from intake.ports import OwedPage, Permanent, Temporary

PAGE = OwedPage(
    1,
    "escalation:7:150% page",
    12,
    {"ticket": "12", "step": "150% page"},
    2,
    datetime(2026, 1, 1, tzinfo=UTC),
)

# A traceback shows the lines of the source: the words must not stand in those.
NOBODY, TOKEN = "http://127.0.0.1:1/SECRET-PATH", "SECRET-TOKEN"


@dataclass
class Server:
    """Answers as told, and keeps what it got."""

    port: int = 0
    answer: int = 204
    got: list[tuple[dict[str, str], Any]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/SECRET-PATH"


@pytest.fixture
def server() -> Iterator[Server]:
    told = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.got.append((dict(self.headers), json.loads(body)))
            self.send_response(told.answer)
            if told.answer in (301, 302, 307):
                self.send_header("Location", told.url + "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST

        def log_message(self, *args: Any) -> None:
            pass

    httpd = HTTPServer(("127.0.0.1", 0), Handler)
    told.port = httpd.server_port
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield told
    httpd.shutdown()
    thread.join()
    httpd.server_close()


def test_what_the_other_side_gets(server: Server) -> None:
    webhook(server.url, "SECRET-TOKEN")(PAGE)
    ((headers, body),) = server.got
    assert {"id": "escalation:7:150% page", "ticket": "12", "step": "150% page", "attempt": 2} == body
    assert "escalation:7:150% page" == headers["Idempotency-Key"]
    assert "Bearer SECRET-TOKEN" == headers["Authorization"]
    assert "application/json" == headers["Content-Type"]


def test_without_a_token_there_is_none(server: Server) -> None:
    webhook(server.url)(PAGE)
    assert "Authorization" not in server.got[0][0]


ANSWERS = {
    200: None, 202: None, 302: Temporary, 307: Temporary, 400: Permanent, 401: Permanent, 404: Permanent,
    408: Temporary, 409: Temporary, 425: Temporary, 429: Temporary, 500: Temporary, 503: Temporary,
}  # fmt: skip


@pytest.mark.parametrize(("answer", "raised"), ANSWERS.items(), ids=map(str, ANSWERS))
def test_what_an_answer_means(server: Server, answer: int, raised: type[Exception] | None) -> None:
    server.answer = answer
    post = webhook(server.url, "SECRET-TOKEN")
    if raised is None:
        post(PAGE)
    else:
        with pytest.raises(raised, match=f"^it answered {answer}$"):
            post(PAGE)
    # Nobody is sent on to another address, with our token in hand.
    assert 1 == len(server.got)


def test_neither_the_address_nor_the_token_is_ever_told(caplog: pytest.LogCaptureFixture) -> None:
    post = webhook(NOBODY, TOKEN)
    with pytest.raises(Temporary) as caught:
        post(PAGE)
    logging.getLogger("test").error("it failed", exc_info=caught.value)
    assert "could not be reached" in caplog.text
    assert "SECRET" not in caplog.text


def test_an_address_that_is_none_is_told_without_it() -> None:
    post = webhook("http://[SECRET/")
    with pytest.raises(Temporary, match=r"^it could not be reached \(\w+\)$"):
        post(PAGE)


def test_a_call_is_signed_with_each_key_as_standard_webhooks_has_it(server: Server) -> None:
    # The example of the specification, standardwebhooks.com.
    (key,) = signing_keys("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    made = signed((key,), "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" == made["Webhook-Signature"]
    webhook(
        server.url, keys=signing_keys("a-new-key-of-some-length, whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    )(PAGE)
    ((headers, body),) = server.got
    assert PAGE.key == headers["Webhook-Id"] == body["id"]
    assert abs(time.time() - int(headers["Webhook-Timestamp"])) < 60
    content = json.dumps(body).encode()
    moment = int(headers["Webhook-Timestamp"])
    each = [
        signed((key,), PAGE.key, moment, content)["Webhook-Signature"]
        for key in (b"a-new-key-of-some-length", key)
    ]
    assert " ".join(each) == headers["Webhook-Signature"]
    webhook(server.url)(PAGE)
    assert "Webhook-Signature" not in server.got[1][0]
