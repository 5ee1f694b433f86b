"""The button "my money moved without me", on the form and on the page of a ticket."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from web_desk import Clock, MakeDesk, Served

from intake.app import Desk, build
from intake.desk import lifecycle
from intake.desk.message import Envelope
from intake.desk.text.language import LANGUAGES
from intake.desk.ticket import Status, Ticket
from intake.ports import Arrival
from intake.rendering.templates import Renderer
from intake.web import make_app

MAIL = (
    b"From: Lin <lin@customer.example>\r\nTo: support@desk.example\r\nSubject: A question\r\n\r\nHello.\r\n"
)
LEFT = "My money moved without me"
FIRST, THEN, NEVER = "First make a new wallet", "Then move what is left", "Never pay anyone"


def built(make_desk: MakeDesk, clock: Clock, more: str = "[team security]\n[team shop]\n") -> Desk:
    """A desk with a ticket of Lin's, an agent of the shop, and Sven of the security team."""
    desk = build(make_desk("base_url = https://help.example", more).settings)
    desk.service = replace(desk.service, clock=clock)
    desk.store.agents.add("anna@desk.example", "Anna", ("shop",), clock.now)
    desk.store.agents.add("sven@desk.example", "Sven", ("security",), clock.now)
    desk.service.receive([Arrival(MAIL, Envelope("imap", "support"))])
    desk.service.tick()
    clock.forward(minutes=1)
    return desk


@pytest.fixture
def desk(make_desk: MakeDesk, clock: Clock) -> Iterator[Desk]:
    made = built(make_desk, clock)
    yield made
    made.store.close()


@pytest.fixture
def client(desk: Desk) -> FlaskClient:
    return make_app(desk, patience=0).test_client()


def ticket(desk: Desk, number: int = 1) -> Ticket:
    found = desk.store.tickets.get(number)
    assert found is not None
    return found


def path(desk: Desk) -> str:
    link = desk.links.progress(ticket(desk), desk.service.clock(), mailed=True)
    return link.removeprefix("https://help.example")


def token_of(page: str) -> str:
    return re.findall(r'name="token" value="([^"]+)"', page)[-1]


def press(desk: Desk, client: FlaskClient) -> str:
    page = path(desk)
    posted = client.post(f"{page}/stolen", data={"token": token_of(client.get(page).text)})
    assert 303 == posted.status_code
    return client.get(posted.headers["Location"]).text


def alerted(desk: Desk) -> list[str]:
    return sorted(mail.rcpt for mail in desk.store.outbox.list_mails() if mail.kind == "alert")


def sent_by(client: FlaskClient, clock: Clock, **fields: str) -> str:
    """Press the button of the form; return the page that follows."""
    token = token_of(client.get("/").text)
    clock.forward(seconds=10)
    return client.post("/", data={"token": token, "stolen": "yes", **fields}, follow_redirects=True).text


def test_the_button_makes_a_ticket_urgent_and_the_security_teams(desk: Desk, client: FlaskClient) -> None:
    shown = press(desk, client)

    now = ticket(desk)
    assert ("urgent", "security", ("security",), "security") == (
        now.priority,
        now.category,
        now.tags,
        now.team,
    )
    pressed = "the requester pressed the button: money left without them"
    assert pressed in [entry.text for entry in desk.store.tickets.entries(1)]
    assert {"sven@desk.example"} <= set(alerted(desk))
    assert "Your request is now urgent" in shown
    assert shown.index(FIRST) < shown.index(THEN) < shown.index(NEVER)


def test_pressed_twice_within_the_hour_its_agents_are_told_once(desk: Desk, client: FlaskClient) -> None:
    press(desk, client)
    told = alerted(desk)
    press(desk, client)

    assert told == alerted(desk)


def test_a_closed_ticket_is_opened_again_by_it(desk: Desk, client: FlaskClient) -> None:
    desk.service.act(lifecycle.close(ticket(desk), "Anna", "k"))
    press(desk, client)

    assert Status.OPEN is ticket(desk).status


def test_who_has_the_ticket_keeps_it_and_the_security_team_is_told_as_well(
    desk: Desk, client: FlaskClient
) -> None:
    anna = next(agent for agent in desk.store.agents.enabled() if agent.name == "Anna")
    desk.service.act(lifecycle.assign(ticket(desk), anna, "", "Anna", "k"))
    press(desk, client)

    assert ticket(desk).assignee == anna
    assert {"anna@desk.example", "sven@desk.example"} <= set(alerted(desk))


def test_nothing_happens_without_the_pages_own_form(desk: Desk, client: FlaskClient) -> None:
    for data in ({}, {"token": "made up"}):
        assert 400 == client.post(f"{path(desk)}/stolen", data=data).status_code
    assert 405 == client.get(f"{path(desk)}/stolen").status_code
    assert "normal" == ticket(desk).priority


@pytest.mark.parametrize("switch", ["security = no", "ask_about_theft = no"])
def test_a_desk_that_does_not_ask_has_no_button(make_desk: MakeDesk, clock: Clock, switch: str) -> None:
    desk = built(make_desk, clock, f"[triage]\n{switch}\n")
    client = make_app(desk, patience=0).test_client()

    assert LEFT not in client.get("/").text
    assert LEFT not in client.get(path(desk)).text
    client.post(f"{path(desk)}/stolen", data={"token": token_of(client.get(path(desk)).text)})
    assert "normal" == ticket(desk).priority
    desk.store.close()


def test_the_button_of_the_form_needs_an_address_and_nothing_else(
    desk: Desk, client: FlaskClient, clock: Clock
) -> None:
    shown = sent_by(client, clock, email="ada@example.com")
    desk.service.tick()

    now = ticket(desk, 2)
    assert (LEFT, "urgent", "security", "security") == (now.subject, now.priority, now.category, now.team)
    assert shown.index(FIRST) < shown.index(THEN) < shown.index(NEVER)
    assert "triage by security (the button)" in desk.store.ledger.list_messages()[0].reason


def test_what_was_typed_before_the_button_is_kept(desk: Desk, client: FlaskClient, clock: Clock) -> None:
    sent_by(client, clock, email="ada@example.com", subject="Hello", message="It was at nine.")
    desk.service.tick()

    assert "Hello" == ticket(desk, 2).subject
    assert "It was at nine." in desk.store.tickets.entries(2)[0].text


def test_without_an_address_the_form_comes_back(desk: Desk, client: FlaskClient, clock: Clock) -> None:
    shown = sent_by(client, clock)

    assert "Enter your email address" in shown
    assert LEFT in shown


def test_a_message_sent_by_the_other_button_is_as_it_was(
    desk: Desk, client: FlaskClient, clock: Clock
) -> None:
    sent_by(client, clock, email="ada@example.com", subject="Hello", message="How are you?", stolen="")
    desk.service.tick()

    assert "normal" == ticket(desk, 2).priority


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_what_to_do_now_in_every_language(
    desk: Desk, client: FlaskClient, language: str
) -> None:
    words = Renderer().words(language)
    page = client.get(f"{path(desk)}?done=stolen&lang={language}").text

    for name in ("done_stolen", "now_title", "now_wallet", "now_move", "now_never", "stolen_button"):
        assert words[name] in page


@pytest.mark.parametrize("script", [False, True], ids=["without JavaScript", "with JavaScript"])
def test_in_a_browser_one_press_is_enough(served: Served, clock: Clock, script: bool) -> None:
    page = served.open(served.url, java_script_enabled=script)
    page.fill("#email", "zoe@else.example")
    clock.forward(seconds=20)
    page.get_by_role("button", name=LEFT).click()
    page.get_by_text(FIRST).wait_for()
    served.desk.service.tick()

    tickets = served.desk.store.tickets
    (row,) = [one for one in served.desk.store.ledger.list_messages() if one.channel == "form"]
    made = tickets.get(row.ticket) if row.ticket is not None else None
    assert made is not None
    assert ("urgent", "security") == (made.priority, made.category)
