"""The page `/check`: one of four answers, in every language; nothing is kept, and nobody asks often."""

import io
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from web_desk import Clock, MakeDesk
from werkzeug.test import TestResponse

from intake.app import Desk, build
from intake.desk.message import Envelope
from intake.ports import Arrival
from intake.web import make_app
from intake.web.languages import LANGUAGES

LIN = "lin@customer.example"
MAIL = b"From: Lin <lin@customer.example>\r\nTo: support@desk.example\r\nSubject: Help\r\n\r\nHelp.\r\n"
FOREIGN = (
    "From: support@desk.example\nTo: lin@customer.example\nSubject: Your wallet\n"
    "Message-ID: <x@desk.example>\n"
    "Date: Wed, 06 May 2026 09:00:00 +0000\n\nClick here: https://evil.example\n"
)
# In English, by what the page says.
SAYS = {
    "yours": "This email is from us. We sent it to you on",
    "elsewhere": "but to a different address",
    "foreign": "We did not send this email.",
    "inline": "is not the email as it arrived",
    "changed": "that was changed",
    "missing": "and give us the file or the source",
    "often": "There were many checks",
}


@pytest.fixture
def desk(make_desk: MakeDesk, clock: Clock) -> Iterator[Desk]:
    made = build(make_desk().settings)
    made.service = replace(made.service, clock=clock)
    made.store.agents.add("anna@desk.example", "Anna", (), clock.now)
    made.service.receive([Arrival(MAIL, Envelope("imap", "support"))])
    made.service.tick()
    made.database.db.sql("UPDATE outbox SET state = 'sent'")
    yield made
    made.store.close()


@pytest.fixture
def client(desk: Desk) -> FlaskClient:
    return make_app(desk, patience=0).test_client()


def ours(desk: Desk) -> bytes:
    rows = [row for row in desk.store.outbox.list_mails(limit=9) if row.rcpt == LIN]
    return desk.store.outbox.raw(rows[0].id) or b""


def ask(client: FlaskClient, email: str, source: str = "", file: bytes = b"", **more: str) -> TestResponse:
    data = {"email": email, "source": source, "mail": (io.BytesIO(file), "shown.eml")}
    return client.post("/check?lang=en", data=data, headers=more)


def test_the_page_says_one_of_four_things_and_keeps_nothing(
    desk: Desk, client: FlaskClient, clock: Clock
) -> None:
    raw, before = ours(desk), desk.store.ledger.list_messages()
    changed = raw.replace(b"Subject: ", b"Subject: Urgent: ", 1)
    asked = {
        "yours": (LIN, "", raw),
        "elsewhere": ("bo@customer.example", raw.decode(), b""),
        "foreign": (LIN, FOREIGN, b""),
        "inline": (LIN, "Click here: https://evil.example", b""),
        "changed": (LIN, "", changed),
        "missing": ("no address", "", raw),
    }
    wrong = {}
    for name, (email, source, file) in asked.items():
        answer = ask(client, email, source, file)
        text = answer.get_data(as_text=True)
        said = [each for each, words in SAYS.items() if words in text.partition("<form")[0]]
        if said != [name] or answer.status_code != (422 if name == "missing" else 200):
            wrong[name] = (answer.status_code, said)
        # What was shown stands in no page, and an answer in no cache.
        assert "evil.example" not in text
        assert "no-store" == answer.headers["Cache-Control"]
        clock.forward(minutes=2)
    assert {} == wrong
    assert before == desk.store.ledger.list_messages()
    # A page of another site asks nothing, and who asks often waits.
    assert 403 == ask(client, LIN, "", raw, Origin="https://evil.example").status_code
    statuses = [ask(client, LIN, "", raw).status_code for _ in range(6)]
    assert [200, 200, 200, 200, 200, 429] == statuses


def test_the_page_is_there_in_every_language_and_works_without_a_script(client: FlaskClient) -> None:
    wrong = []
    for language in LANGUAGES:
        answer = client.get(f"/check?lang={language}")
        text = answer.get_data(as_text=True)
        if answer.status_code != 200 or f'lang="{language}"' not in text or "data-send" in text:
            wrong.append(language)
    assert [] == wrong


def test_nothing_that_is_typed_acts_in_the_page(client: FlaskClient) -> None:
    text = ask(client, '"><script>alert(1)</script>', "x").get_data(as_text=True)
    assert "<script>alert" not in text
