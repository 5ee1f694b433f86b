"""The form with the real store and the real verbs behind it."""

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from web_desk import Clock, MakeDesk

from intake.app import Desk, build
from intake.desk.block_effects import Block
from intake.desk.effects import Outcome
from intake.ports import Temporary
from intake.web import make_app

GOOD = {"name": "Ada", "email": "ada@example.com", "subject": "Cannot log in", "message": "It says no."}


@pytest.fixture
def stored(make_desk: MakeDesk, clock: Clock) -> Iterator[Desk]:
    """A desk as `intake run` has it."""
    desk = build(make_desk().settings)
    desk.service = replace(desk.service, clock=clock)
    yield desk
    desk.store.close()


def opened(client: FlaskClient, clock: Clock) -> str:
    found = re.search(r'name="token" value="([^"]+)"', client.get("/").text)
    assert found
    clock.forward(seconds=10)
    return found[1]


def test_a_post_lies_in_the_ledger_when_the_answer_is_given(stored: Desk, clock: Clock) -> None:
    client = make_app(stored, patience=0).test_client()
    answer = client.post("/", data={"token": opened(client, clock), **GOOD})

    row = stored.store.ledger.message(1)
    assert row is not None
    assert 303 == answer.status_code
    assert ("form", "support", "", "waiting") == (
        row.channel,
        row.mailbox,
        row.sender,
        row.state,
    )
    assert b"Subject: Cannot log in\r\n" in (stored.store.ledger.raw(1) or b"")
    assert "Show my request number" in client.get(answer.headers["Location"]).text


def test_a_post_becomes_a_ticket_and_its_author_is_told_the_number(stored: Desk, clock: Clock) -> None:
    client = make_app(stored, patience=0).test_client()
    token = opened(client, clock)
    files = {"files": (io.BytesIO(b"\x89PNG\r\n\x1a\n" + b"\0" * 64), "截图.png")}
    answer = client.post("/", data={"token": token, **GOOD, "name": "艾达", **files})

    assert 1 == stored.service.process_pending()
    row = stored.store.ledger.message(1)
    assert row is not None
    assert (Outcome.TICKETED, 1, "Cannot log in") == (row.outcome, row.ticket, row.subject)
    (entry,) = stored.store.tickets.entries(1)
    assert ("ada@example.com", "艾达", "It says no.") == (entry.author, entry.author_name, entry.text.strip())
    assert [("截图.png", "image/png", 72)] == [(f.name, f.media_type, f.size) for f in entry.files]
    page = client.get(answer.headers["Location"]).text
    assert "#1<" in page
    assert "ada@example.com" in page


@pytest.mark.parametrize("typed", ["taro..yamada.@docomo.example", '"taro..yamada."@docomo.example'])
def test_an_odd_address_typed_into_the_form_is_written_to(stored: Desk, clock: Clock, typed: str) -> None:
    client = make_app(stored, patience=0).test_client()
    client.post("/", data={"token": opened(client, clock), **GOOD, "email": typed})

    assert 1 == stored.service.process_pending()
    ticket = stored.store.tickets.get(1)
    assert ticket is not None
    assert "taro..yamada.@docomo.example" == ticket.requester.mailbox
    assert "taro..yamada.@docomo.example" in [row.rcpt for row in stored.store.outbox.list_mails()]


def test_the_same_form_twice_is_one_row(stored: Desk, clock: Clock) -> None:
    client = make_app(stored, patience=0).test_client()
    token = opened(client, clock)
    places = []
    for _ in range(2):
        places.append(client.post("/", data={"token": token, **GOOD}).status_code)
        clock.forward(seconds=5)

    assert [303, 303] == places
    assert stored.store.ledger.message(1) is not None
    assert stored.store.ledger.message(2) is None


def test_a_locked_database_gives_the_text_back(stored: Desk, clock: Clock, monkeypatch: Any) -> None:
    client = make_app(stored, patience=0).test_client()
    token = opened(client, clock)

    def locked(*_: Any) -> Any:
        raise Temporary("database is locked")

    monkeypatch.setattr(type(stored.store.web), "receive_post", locked)
    answer = client.post("/", data={"token": token, **GOOD})

    assert 503 == answer.status_code
    assert "It says no.</textarea>" in answer.text
    assert stored.store.ledger.message(1) is None


def test_a_blocked_senders_post_is_kept_and_no_answer_is_promised(stored: Desk, clock: Clock) -> None:
    """Nothing they see says that they are blocked either; what they wrote can be put back."""
    stored.store.blocks.add(Block("@example.com", "Anna"), clock())
    client = make_app(stored, patience=0).test_client()
    answer = client.post("/", data={"token": opened(client, clock), **GOOD})
    assert 303 == answer.status_code
    before = client.get(answer.headers["Location"]).text
    assert 1 == stored.service.process_pending()
    row = stored.store.ledger.message(1)
    assert row is not None
    assert (Outcome.QUARANTINED, "blocked") == (row.outcome, row.rule)
    assert b"It says no." in (stored.store.ledger.raw(1) or b"")
    clock.forward(minutes=5)
    after = client.get(answer.headers["Location"])
    assert 200 == after.status_code
    assert "Your message is stored safely." in before
    assert "Your message is stored safely." in after.text
    assert "replies by email" in before
    shown = re.sub(r"<(script|style).*?</\1>|<[^>]*>", " ", after.text, flags=re.DOTALL)
    assert not re.search(
        r"replies by email|We will reply|Your request number|block|quarantine|refuse|spam", shown
    )
    assert [] == stored.store.outbox.due(clock(), 10)
    assert stored.store.ledger.requeue(1, clock())
    assert 1 == stored.service.process_pending()
    assert [1] == [ticket.id for ticket in stored.store.listing.list_tickets()]
    assert "#1" in client.get(answer.headers["Location"]).text
