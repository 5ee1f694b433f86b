"""The form: in a test client, on a real server, and in a real browser."""

import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from config_files import DIRECT, config_text
from flask import Flask
from flask.testing import FlaskClient
from web_desk import Clock, MakeDesk, RecordingDesk, Run, Running, Served, Visit
from webpages import ARGUMENTS, CHROMIUM

from intake.app import build
from intake.config.settings import load
from intake.desk.message import Envelope
from intake.desk.policy import MailboxPolicy, Policy
from intake.ports import Arrival
from intake.web import make_app, serve

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page


@pytest.fixture
def make_desk(tmp_path: Path) -> MakeDesk:
    def make(web: str = "", desk: str = "", clock: Clock | None = None) -> RecordingDesk:
        path = tmp_path / "intake.ini"
        text = config_text(
            name="Example Desk",
            address="help@desk.example",
            desk=f"{DIRECT}\n{desk}",
            web=f"port = 0\n{web}",
            mailbox="type = ingest\naddress = support@desk.example",
        )
        path.write_text(text, encoding="utf-8")
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


@pytest.fixture
def running(make_desk: MakeDesk) -> Iterator[Run]:
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
def browser() -> "Iterator[Browser]":
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
def visit(browser: "Browser", running: Run) -> Iterator[Visit]:
    """Open the form; returns (page, running). A page that the policy had to protect fails the test."""
    contexts: list[BrowserContext] = []
    said: list[str] = []

    def open_page(web: str = "", **options: Any) -> "tuple[Page, Running]":
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


@pytest.fixture
def served(browser: "Browser", make_desk: MakeDesk, clock: Clock) -> Iterator[Served]:
    desk = build(make_desk("base_url = https://help.example\n[survey]\nask_consent = yes").settings)
    desk.service = replace(desk.service, clock=clock)
    desk.store.agents.add("anna@desk.example", "Anna", (), clock.now)
    desk.service.receive([Arrival(QUESTION, Envelope("imap", "support"))])
    desk.service.tick()
    stop, bound, port = threading.Event(), threading.Event(), [0]
    said: list[str] = []
    contexts: list[BrowserContext] = []

    def listening(number: int) -> None:
        port[0] = number
        bound.set()

    app = make_app(desk, lambda: None, patience=0)
    thread = threading.Thread(target=serve, args=(app, desk.settings.web, stop, listening))
    thread.start()
    assert bound.wait(10)

    def open_page(url: str, **options: Any) -> "Page":
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
