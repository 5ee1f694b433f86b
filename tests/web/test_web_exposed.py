"""Who sends a recovery phrase reads on the next page, and on that of their ticket, to move their coins."""

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlencode

import pytest
from canaries import CARD, PHRASE, leaks
from flask.testing import FlaskClient
from web_desk import Clock, MakeDesk

from intake.app import Desk, build
from intake.desk.find_effects import ClearFind
from intake.desk.message import Envelope
from intake.desk.text.language import LANGUAGES
from intake.ports import Arrival
from intake.web import make_app

WARNING = "move what is in it to a new wallet now"


@pytest.fixture
def stored(make_desk: MakeDesk, clock: Clock) -> Iterator[Desk]:
    made = build(make_desk("base_url = https://help.example").settings)
    made.service = replace(made.service, clock=clock)
    yield made
    made.store.close()


@pytest.fixture
def client(stored: Desk) -> FlaskClient:
    return make_app(stored, patience=0).test_client()


def page_of(desk: Desk, client: FlaskClient, language: str = "en") -> str:
    ticket = desk.store.tickets.get(1)
    assert ticket is not None
    link = desk.links.progress(ticket, desk.service.clock(), mailed=True)
    return client.get(link.removeprefix("https://help.example"), query_string={"lang": language}).text


def mailed(desk: Desk, text: str) -> None:
    raw = f"From: lin@customer.example\r\nTo: support@desk.example\r\nSubject: Help\r\n\r\n{text}\r\n"
    desk.service.receive([Arrival(raw.encode(), Envelope("imap", "support"))])
    desk.service.tick()


@pytest.mark.parametrize(("text", "warned"), [(PHRASE, True), (CARD, False), ("My printer", False)])
def test_the_page_of_a_ticket_warns_its_requester(
    text: str, warned: bool, stored: Desk, client: FlaskClient
) -> None:
    mailed(stored, text)
    page = page_of(stored, client)
    assert warned is (WARNING in page)
    assert [] == leaks(page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_warns_in_every_language(language: str, stored: Desk, client: FlaskClient) -> None:
    mailed(stored, PHRASE)
    warning = re.search(
        r'<div class="warning" role="alert">\s*<p>(.+?)</p>', page_of(stored, client, language)
    )
    assert warning is not None
    assert (language == "en") is (WARNING in warning[1])


def test_a_page_warns_no_more_of_what_was_a_false_alarm(stored: Desk, client: FlaskClient) -> None:
    mailed(stored, PHRASE)
    (find,) = stored.store.finds.list_finds(1)
    stored.service.act([ClearFind(find.id)])
    assert "cleared" == stored.store.finds.list_finds(1)[0].state
    assert WARNING not in page_of(stored, client)


def test_after_a_form_with_a_phrase_the_next_page_warns(
    stored: Desk, client: FlaskClient, clock: Clock
) -> None:
    token = re.search(r'name="token" value="([^"]+)"', client.get("/").text)
    assert token is not None
    clock.forward(seconds=10)
    typed = {"token": token[1], "name": "Lin", "email": "lin@customer.example", "subject": "Help",
             "message": f"My words: {PHRASE}"}  # fmt: skip
    answer = client.post("/", data=urlencode(typed), content_type="application/x-www-form-urlencoded")
    stored.service.tick()
    page = client.get(answer.headers["Location"]).text
    assert "#1" in page
    assert WARNING in page
    assert [] == leaks(page)
