"""A desk whose service records what it receives, and the form on a real server."""

import os
import threading
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from webpages import ARGUMENTS, CHROMIUM

from intake.app import Desk, build
from intake.config.settings import Settings, load
from intake.desk import lifecycle
from intake.desk.effects import Outcome
from intake.desk.links import Links
from intake.desk.message import Envelope
from intake.desk.policy import MailboxPolicy, Policy
from intake.ports import Arrival, Received
from intake.views import MessageRow
from intake.web import make_app, serve

CONFIG = """
[desk]
agent_authority = token
undo_seconds = 0
name = Example Desk
address = help@desk.example
{desk}
[smtp]
host = localhost
[web]
port = 0
{web}
[mailbox support]
type = ingest
address = support@desk.example
"""


class Clock:
    """A clock that a test moves by hand."""

    def __init__(self) -> None:
        self.now = datetime(2026, 5, 6, 7, 8, 9, 123456, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class RecordingDesk:
    """Stands in for `intake.app.Desk`: keeps arrivals in a list, finds the same bytes again."""

    settings: Settings
    policy: Policy
    keys: tuple[bytes, ...] = (b"k" * 32,)
    clock: Any = field(default_factory=lambda: lambda: datetime.now(UTC))
    arrivals: list[Arrival] = field(default_factory=list)
    rows: dict[int, MessageRow] = field(default_factory=dict)
    failure: Exception | None = None
    nudges: int = 0
    hits: list[tuple[str, datetime]] = field(default_factory=list)
    links: Links = field(default_factory=Links)

    @property
    def service(self) -> "RecordingDesk":
        return self

    @property
    def store(self) -> "RecordingDesk":
        return self

    @property
    def web(self) -> "RecordingDesk":
        return self

    @property
    def ledger(self) -> "RecordingDesk":
        return self

    @property
    def tickets(self) -> "RecordingDesk":
        return self

    def receive(self, arrivals: Sequence[Arrival]) -> list[Received]:
        if self.failure:
            raise self.failure
        return [self._keep(one) for one in arrivals]

    def _keep(self, arrival: Arrival) -> Received:
        for number, one in enumerate(self.arrivals, 1):
            if one.raw == arrival.raw:
                return Received(number, True)
        self.arrivals.append(arrival)
        number = len(self.arrivals)
        self.rows[number] = MessageRow(
            number, "", len(arrival.raw), "form", arrival.envelope.mailbox, self.clock(),
            "", "", "", "waiting", None, None, "", "", 0,
        )  # fmt: skip
        return Received(number, False)

    def receive_post(
        self, arrival: Arrival, rules: Mapping[str, Any], now: datetime
    ) -> tuple[Received | None, int]:
        known = any(one.raw == arrival.raw for one in self.arrivals)
        wait = 0 if known else self.wait(rules, now)
        if wait:
            return None, wait
        (got,) = self.receive([arrival])
        self.hits += [] if known else [(key, now) for key in rules]
        return got, 0

    def wait(self, rules: Mapping[str, Any], now: datetime) -> int:
        wait = 0.0
        for key, some in rules.items():
            for most, seconds in some:
                times = [at for name, at in self.hits if name == key]
                if len(times) >= most:
                    wait = max(wait, seconds - (now - times[-most]).total_seconds())
        return int(wait) + 1 if wait > 0 else 0

    def admit(self, rules: Mapping[str, Any], now: datetime) -> int:
        wait = self.wait(rules, now)
        self.hits += [] if wait else [(key, now) for key in rules]
        return wait

    def count(self, key: str, since: datetime) -> int:
        return sum(name == key and at > since for name, at in self.hits)

    def get(self, number: int) -> None:
        return None

    def message(self, number: int) -> MessageRow | None:
        return self.rows.get(number)

    def processed(self, number: int, ticket: int, outcome: Outcome = Outcome.TICKETED) -> None:
        """Pretend that a row was decided on."""
        self.rows[number] = replace(
            self.rows[number], outcome=outcome, ticket=ticket, state="done", sender="ada@example.com"
        )

    def nudge(self) -> None:
        self.nudges += 1


MakeDesk = Callable[..., RecordingDesk]


@pytest.fixture
def make_desk(tmp_path: Path) -> MakeDesk:
    def make(web: str = "", desk: str = "", clock: Any = None) -> RecordingDesk:
        path = tmp_path / "intake.ini"
        path.write_text(CONFIG.format(web=web, desk=desk), encoding="utf-8")
        policy = Policy({"support": MailboxPolicy("support", "support@desk.example")})
        made = RecordingDesk(load(path, {}), policy)
        made.settings.desk.data.mkdir(exist_ok=True)
        if clock:
            made.clock = clock
        return made

    return make


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(make_desk: MakeDesk, clock: Clock) -> RecordingDesk:
    return make_desk(clock=clock)


@pytest.fixture
def app(desk: RecordingDesk) -> Flask:
    return make_app(desk, desk.nudge, patience=0)  # type: ignore[arg-type]


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@dataclass
class Running:
    """The form on waitress at a port of its own."""

    desk: RecordingDesk
    port: int
    stop: threading.Event
    thread: threading.Thread

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def get(self, path: str = "") -> str:
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            return str(answer.read().decode())


@pytest.fixture
def running(make_desk: MakeDesk) -> Iterator[Callable[..., Running]]:
    started: list[Running] = []

    def run(web: str = "", desk: str = "") -> Running:
        made = make_desk(web, desk, Clock())
        stop, bound, port = threading.Event(), threading.Event(), [0]

        def listening(number: int) -> None:
            port[0] = number
            bound.set()

        app = make_app(made, made.nudge, patience=0)  # type: ignore[arg-type]
        thread = threading.Thread(target=serve, args=(app, made.settings.web, stop, listening))
        thread.start()
        assert bound.wait(10)
        started.append(Running(made, port[0], stop, thread))
        return started[-1]

    yield run
    for one in started:
        one.stop.set()
        one.thread.join(10)
        assert not one.thread.is_alive()


# -- a real browser ------------------------------------------------------------------------


QUESTION = b"From: Lin <lin@customer.example>\r\nSubject: My coins\r\n\r\nPlease help me.\r\n"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if not CHROMIUM.exists():
        if os.environ.get("CI") == "true":
            pytest.fail("the browser tests need chromium at /usr/bin/chromium")
        pytest.skip("no chromium at /usr/bin/chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser: Any, running: Callable[..., Any]) -> Iterator[Callable[..., tuple[Any, Any]]]:
    """Open the form; returns (page, running). A page that the policy had to protect fails the test."""
    contexts: list[Any] = []
    said: list[str] = []

    def open_page(web: str = "", **options: Any) -> tuple[Any, Any]:
        one = running(web=web)
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        page.set_default_timeout(15_000)
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(one.url)
        one.desk.clock.forward(seconds=10)
        return page, one

    yield open_page
    for context in contexts:
        context.close()
    assert [] == [line for line in said if not line.startswith("Failed to load resource: ")]


@dataclass
class Served:
    """A real desk on a real server, and pages opened in the browser."""

    desk: Desk
    url: str
    open: Callable[..., Any]

    def answer(self, text: str) -> None:
        """Let the agent answer the ticket."""
        ticket, agent = self.desk.store.tickets.get(1), self.desk.store.agents.enabled()[0]
        assert ticket is not None
        self.desk.service.act(lifecycle.reply(ticket, agent, text, text, self.desk.policy))

    def link(self, page: str) -> str:
        """Return the address of the ticket's page ("progress") or of its survey."""
        ticket, now = self.desk.store.tickets.get(1), self.desk.service.clock()
        assert ticket is not None
        links = self.desk.links
        whole = links.survey(ticket, now) if page == "survey" else links.progress(ticket, now, mailed=True)
        return self.url + whole.removeprefix("https://help.example/")


@pytest.fixture
def served(browser: Any, make_desk: Any, clock: Any) -> Iterator[Served]:
    desk = build(make_desk("base_url = https://help.example\n[survey]\nask_consent = yes").settings)
    desk.service.clock = clock
    desk.store.agents.add("anna@desk.example", "Anna", (), clock.now)
    desk.service.receive([Arrival(QUESTION, Envelope("imap", "support"))])
    desk.service.tick()
    stop, bound, port, said, contexts = threading.Event(), threading.Event(), [0], [], []

    def listening(number: int) -> None:
        port[0] = number
        bound.set()

    app = make_app(desk, lambda: None, patience=0)
    thread = threading.Thread(target=serve, args=(app, desk.settings.web, stop, listening))
    thread.start()
    assert bound.wait(10)

    def open_page(url: str, **options: Any) -> Any:
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        page.set_default_timeout(15_000)
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(url)
        return page

    yield Served(desk, f"http://127.0.0.1:{port[0]}/", open_page)
    for context in contexts:
        context.close()
    stop.set()
    thread.join(10)
    desk.store.close()
    assert [] == [line for line in said if not line.startswith("Failed to load resource: ")]
