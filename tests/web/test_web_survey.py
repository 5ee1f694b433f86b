"""The survey's pages with the real store: what a click does (nothing), and what an answer does."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from web_desk import Clock, MakeDesk

from intake.app import Desk, build
from intake.desk import lifecycle, tokens
from intake.desk.message import Envelope
from intake.desk.tokens import Purpose
from intake.ports import Arrival, Temporary
from intake.web import make_app

MAIL = b"From: Lin <lin@customer.example>\r\nTo: support@desk.example\r\nSubject: %s\r\n\r\nHelp.\r\n"
LINK = re.compile(r"https://help\.example/(survey/[a-z2-7]{44})\?score=(\d)")
MORE = "ask_consent = yes\n"


@pytest.fixture
def stored(make_desk: MakeDesk, clock: Clock) -> Iterator[Desk]:
    """A desk whose only ticket was answered, closed on a Monday, and asked about a week later."""
    desk = build(make_desk("base_url = https://help.example\n[survey]\n" + MORE).settings)
    desk.service = replace(desk.service, clock=clock)
    clock.now = datetime(2026, 5, 4, 9, tzinfo=UTC)
    desk.store.agents.add("anna@desk.example", "Anna", (), clock.now)
    desk.service.receive([Arrival(MAIL % b"Cannot log in", Envelope("imap", "support"))])
    desk.service.tick()
    ticket, agent = desk.store.tickets.get(1), desk.store.agents.enabled()[0]
    assert ticket is not None
    desk.service.act(lifecycle.reply(ticket, agent, "Try again.", "k1", desk.policy))
    answered = desk.store.tickets.get(1)
    assert answered is not None
    desk.service.act(lifecycle.close(answered, "Anna", "k2"))
    clock.forward(days=7)
    desk.service.tick()
    yield desk
    desk.store.close()


@pytest.fixture
def client(stored: Desk) -> FlaskClient:
    return make_app(stored, patience=0).test_client()


def owed(desk: Desk, kind: str) -> list[str]:
    """Return the mails of a kind, newest first, as text."""
    rows = [row for row in desk.store.outbox.list_mails(limit=100) if row.kind == kind]
    return [(desk.store.outbox.raw(row.id) or b"").decode() for row in rows]


def links(desk: Desk) -> dict[int, str]:
    (mail,) = owed(desk, "survey")
    return {int(score): f"/{path}?score={score}" for path, score in LINK.findall(mail)}


def state(desk: Desk) -> Any:
    return (
        desk.store.tickets.get(1),
        desk.store.tickets.entries(1),
        desk.store.outbox.list_mails(),
        desk.store.surveys.list_surveys(),
    )


def form(client: FlaskClient, link: str) -> dict[str, str]:
    found = re.search(r'name="token" value="([^"]+)"', client.get(link).text)
    assert found
    return {"token": found[1]}


def test_the_mail_has_a_link_for_each_face(stored: Desk) -> None:
    (mail,) = owed(stored, "survey")

    assert [5, 4, 3, 2, 1] == list(links(stored))
    assert "Subject: How would you rate our support? [#1] Cannot log in\r\n" in mail
    assert "Auto-Submitted: auto-generated" in mail
    assert "Very good" in mail


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_whoever_follows_the_links_changes_nothing(stored: Desk, client: FlaskClient, method: str) -> None:
    """T34: scanners fetch every link of every mail."""
    before = state(stored)
    for link in links(stored).values():
        for _ in range(10):
            assert 200 == getattr(client, method)(link).status_code
        getattr(client, method)(link.replace("?", "/thanks?"))

    assert before == state(stored)
    assert 'value="4" required checked' in client.get(links(stored)[4]).text


def test_an_answer_is_recorded_and_can_be_changed(stored: Desk, client: FlaskClient) -> None:
    link = links(stored)[5]
    answer = client.post(
        link, data={**form(client, link), "score": "5", "comment": "Anna was <b>quick</b>.", "consent": "yes"}
    )

    assert 303 == answer.status_code
    thanks = client.get(answer.headers["Location"])
    assert "Thank you" in thanks.text
    assert "Very good" in thanks.text
    [row] = stored.store.surveys.list_surveys()
    assert (5, "Anna was <b>quick</b>.", True) == (row.score, row.comment, row.consent)
    again = client.get(link).text
    assert "You have answered already" in again
    assert "Anna was &lt;b&gt;quick&lt;/b&gt;." in again
    client.post(link, data={**form(client, link), "score": "3", "comment": ""})
    [row] = stored.store.surveys.list_surveys()
    assert (3, "", False) == (row.score, row.comment, row.consent)


def test_the_same_answer_twice_counts_once(stored: Desk, client: FlaskClient) -> None:
    link = links(stored)[1]
    data = {**form(client, link), "score": "1", "comment": "Slow."}
    client.post(link, data=data)
    once = state(stored)

    assert 303 == client.post(link, data=data).status_code
    assert once == state(stored)
    assert 1 == len(owed(stored, "alert"))
    assert "Survey: 1 of 5. The requester wrote: Slow." in owed(stored, "alert")[0]


def test_a_poor_answer_says_that_people_were_told(stored: Desk, client: FlaskClient) -> None:
    link = links(stored)[2]
    answer = client.post(link, data={**form(client, link), "score": "2"}, follow_redirects=True)

    assert "We are sorry that it did not go well." in answer.text


@pytest.mark.parametrize(
    ("change", "status", "said"),
    [
        ({"score": ""}, 422, "Choose one of the five faces."),
        ({"score": "6"}, 422, "Choose one of the five faces."),
        ({"score": "5", "comment": "x" * 1001}, 422, "can have at most 1000 characters"),
        ({"score": "5", "token": ""}, 400, "press the button once more"),
        ({"score": "5", "token": "elsewhere"}, 400, "press the button once more"),
    ],
    ids=["no score", "no such score", "too long", "no token", "another token"],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(
    stored: Desk, client: FlaskClient, change: dict[str, str], status: int, said: str
) -> None:
    link, before = links(stored)[5], state(stored)
    sent = {**form(client, link), "comment": "It was fine.", **change}
    answer = client.post(link, data=sent)

    assert status == answer.status_code
    assert said in answer.text
    assert sent["comment"] in answer.text
    assert before == state(stored)


def test_another_sites_form_is_not_believed(stored: Desk, client: FlaskClient) -> None:
    link, before = links(stored)[1], state(stored)
    data = {**form(client, link), "score": "1"}
    for headers in (
        {"Origin": "https://evil.example"},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
        {"Referer": "https://evil.example/x"},
    ):
        assert 403 == client.post(link, data=data, headers=headers).status_code
    assert before == state(stored)
    ours = {"Origin": "null", "Sec-Fetch-Site": "same-origin"}
    assert 303 == client.post(link, data=data, headers=ours).status_code


def test_every_link_that_does_not_open_is_answered_alike(
    stored: Desk, client: FlaskClient, clock: Clock
) -> None:
    now = clock.now
    closing = stored.store.surveys.list_surveys()[0].closing
    wrong = {
        "not ours": "a" * 44,
        "not a token": "x",
        "another key": tokens.make(b"o" * 32, Purpose.SURVEY, 1, closing, now.replace(year=2027)),
        "another purpose": tokens.make(stored.keys[0], Purpose.CUSTOMER, 1, closing, now.replace(year=2027)),
        "no such ticket": tokens.make(stored.keys[0], Purpose.SURVEY, 9, closing, now.replace(year=2027)),
        "no such closing": tokens.make(
            stored.keys[0], Purpose.SURVEY, 1, closing + 1, now.replace(year=2027)
        ),
    }
    link = links(stored)[5].partition("?")[0]
    clock.forward(days=32)
    pages = {client.get(f"/survey/{token}").text for token in wrong.values()} | {client.get(link).text}

    assert 1 == len(pages)
    for path in (*(f"/survey/{token}" for token in wrong.values()), link):
        for answer in (
            client.get(path),
            client.post(path, data={"score": "5"}),
            client.get(f"{path}/thanks"),
        ):
            assert 404 == answer.status_code
            assert "Page not found" in answer.text


def test_what_the_pages_say_to_browsers(stored: Desk, client: FlaskClient) -> None:
    answer = client.get(links(stored)[5])

    assert ("no-referrer", "no-store", "noindex") == tuple(
        answer.headers[name] for name in ("Referrer-Policy", "Cache-Control", "X-Robots-Tag")
    )
    assert "lin@customer.example" not in answer.text


def test_a_locked_database_keeps_the_answer(stored: Desk, client: FlaskClient, monkeypatch: Any) -> None:
    link = links(stored)[5]
    data = {**form(client, link), "score": "4", "comment": "It was fine."}

    def locked(*_: Any) -> Any:
        raise Temporary("database is locked")

    monkeypatch.setattr(type(stored.service), "act", locked)
    answer = client.post(link, data=data)

    assert (503, "60") == (answer.status_code, answer.headers["Retry-After"])
    assert 'value="4" required checked' in answer.text
    assert "It was fine.</textarea>" in answer.text


def test_the_page_speaks_the_language_of_the_ticket(stored: Desk, client: FlaskClient) -> None:
    assert (
        "How would you rate our support?"
        in client.get(links(stored)[5], headers={"Accept-Language": "zh-CN"}).text
    )
    assert "您对我们的服务满意吗" in client.get(links(stored)[5] + "&lang=zh-Hans").text


def test_a_number_by_mail_is_recorded_and_the_ticket_stays_closed(stored: Desk) -> None:
    (mail,) = owed(stored, "survey")
    found = re.search(r"support\+[a-z2-7]{44}@desk\.example", mail)
    assert found
    before = stored.store.tickets.get(1)
    raw = f"From: lin@customer.example\r\nTo: {found[0]}\r\nSubject: Re: How was it?\r\n\r\n2\r\n"
    stored.service.receive([Arrival(raw.encode(), Envelope("imap", "support"))])
    stored.service.tick()

    assert before is not None
    after = stored.store.tickets.get(1)
    assert after is not None
    assert (before.status, before.closed_at) == (after.status, after.closed_at)
    assert [2] == [row.score for row in stored.store.surveys.list_surveys()]
    assert "Survey: 2 of 5." == stored.store.tickets.entries(1)[-1].text
    assert 1 == len(owed(stored, "alert"))
    row = stored.store.ledger.message(2)
    assert row is not None
    assert ("survey_answer", 1) == (row.rule, row.ticket)


def test_asking_happens_once_and_not_again_within_thirty_days(stored: Desk, clock: Clock) -> None:
    for _ in range(3):
        clock.forward(hours=1)
        stored.service.tick()
    assert 1 == len(owed(stored, "survey"))
    ticket = stored.store.tickets.get(1)
    assert ticket is not None
    stored.service.act(lifecycle.reopen(ticket, "Anna", "k3"))
    again = stored.store.tickets.get(1)
    assert again is not None
    stored.service.act(lifecycle.close(again, "Anna", "k4"))
    clock.forward(days=7)
    stored.service.tick()

    assert 1 == len(owed(stored, "survey"))
    assert "asked lately" == stored.store.surveys.list_surveys()[0].skipped
