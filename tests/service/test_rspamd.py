"""What rspamd says of a mail, over a server that speaks its protocol."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from pump import Clock, PumpedDesk, letter

LIN = "lin@customer.example"


class Filter:
    """A rspamd: answers with `body` and `status`, and keeps what it was sent."""

    def __init__(self) -> None:
        self.status, self.body, self.asked = 200, b"", list[bytes]()
        keeper = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                assert "/checkv2" == self.path
                keeper.asked.append(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(keeper.status)
                self.send_header("Content-Length", str(len(keeper.body)))
                self.end_headers()
                self.wfile.write(keeper.body)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def says(self, action: str) -> None:
        """Answer as rspamd 3 does."""
        self.body = json.dumps(
            {
                "is_skipped": False,
                "score": 9.5,
                "required_score": 15.0,
                "action": action,
                "symbols": {"BAYES_SPAM": {"name": "BAYES_SPAM", "score": 5.1, "options": ["100.00%"]}},
                "messages": {},
                "message-id": "x@x.example",
            }
        ).encode()


@pytest.fixture
def rspamd() -> Iterator[Filter]:
    made = Filter()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def desk(tmp_path: Path, rspamd: Filter) -> Iterator[PumpedDesk]:
    url = f"http://127.0.0.1:{rspamd.server.server_port}"
    made = PumpedDesk(tmp_path, "desk.example", Clock(), f"[scan]\nrspamd = {url}")
    yield made
    made.close()


@pytest.mark.parametrize(
    ("action", "spam"),
    [
        ("no action", False),
        ("greylist", False),
        ("soft reject", False),
        ("add header", True),
        ("rewrite subject", True),
        ("reject", True),
    ],
)
# Whatever a sender writes of their own mail, rspamd is asked.
@pytest.mark.parametrize("forged", ["", "X-Spam-Flag: NO\r\nX-Spamd-Result: default: False [0.0 / 15.0]\r\n"])
def test_what_rspamd_takes_for_spam_is_a_ticket_of_which_nobody_is_told(
    desk: PumpedDesk, rspamd: Filter, action: str, spam: bool, forged: str
) -> None:
    rspamd.says(action)
    raw = letter(LIN, desk.address, "Win", "Win a prize.", forged)
    desk.take(raw, sender=LIN)
    ticket = desk.store.tickets.get(1)
    assert ticket is not None
    assert spam == ticket.spam
    desk.deliver()
    assert spam == (desk.sent == [])
    assert [raw] == rspamd.asked


@pytest.mark.parametrize("answer", [(500, b"{}"), (200, b"no json"), (200, b"[]"), (200, b"{}")])
def test_without_a_verdict_a_mail_is_an_ordinary_one_and_the_next_does_not_wait(
    desk: PumpedDesk, rspamd: Filter, answer: tuple[int, bytes]
) -> None:
    rspamd.status, rspamd.body = answer
    for number in range(3):
        desk.write(LIN, f"Help {number}")
    assert [False] * 3 == [ticket.spam for number in (1, 2, 3) if (ticket := desk.store.tickets.get(number))]
    assert 1 == len(rspamd.asked)


def test_an_answer_in_a_ticket_is_none(desk: PumpedDesk, rspamd: Filter) -> None:
    rspamd.says("no action")
    desk.write(LIN, "Help")
    desk.deliver()
    rspamd.says("reject")
    desk.write(LIN, "Re: Help", "One thing more.", ticket=1)
    ticket = desk.store.tickets.get(1)
    # An answer with a token of ours is no spam, as with the mark in a header.
    assert ticket is not None
    assert not ticket.spam
