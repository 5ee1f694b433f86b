"""The form with the real store and the real verbs behind it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from intake.ports import Temporary
from intake.service import Service
from intake.store import open_store
from intake.web import make_app

GOOD = {"name": "Ada", "email": "ada@example.com", "subject": "Cannot log in", "message": "It says no."}


def _unused(*_: Any) -> Any:
    raise AssertionError("a form post is only received, never processed, by the web")


@pytest.fixture
def stored(make_desk: Any, clock: Any, tmp_path: Path) -> Iterator[Any]:
    """A desk whose service and store are real."""
    desk = make_desk(clock=clock)
    store = open_store("sqlite:///intake.db", tmp_path)

    class Real:
        settings, policy, keys = desk.settings, desk.policy, desk.keys
        service = Service(store, desk.policy, desk.keys, _unused, _unused, _unused, clock=clock)

    Real.store = store  # type: ignore[attr-defined]
    yield Real
    store.close()


def opened(client: FlaskClient, clock: Any) -> str:
    found = re.search(r'name="token" value="([^"]+)"', client.get("/").text)
    assert found
    clock.forward(seconds=10)
    return found[1]


def test_a_post_lies_in_the_ledger_when_the_answer_is_given(stored: Any, clock: Any) -> None:
    client = make_app(stored).test_client()
    answer = client.post("/", data={"token": opened(client, clock), **GOOD})

    row = stored.store.message(1)
    assert 303 == answer.status_code
    assert ("form", "support", "", "waiting") == (
        row.channel,
        row.mailbox,
        row.sender,
        row.state,
    )
    assert b"Subject: Cannot log in\r\n" in stored.store.raw(1)
    page = client.get(answer.headers["Location"]).text
    assert "Show my request number" in page


def test_the_same_form_twice_is_one_row(stored: Any, clock: Any) -> None:
    client = make_app(stored).test_client()
    token = opened(client, clock)
    places = []
    for _ in range(2):
        places.append(client.post("/", data={"token": token, **GOOD}).status_code)
        clock.forward(seconds=5)

    assert [303, 303] == places
    assert stored.store.message(1) is not None
    assert stored.store.message(2) is None


def test_a_locked_database_gives_the_text_back(stored: Any, clock: Any, monkeypatch: Any) -> None:
    client = make_app(stored).test_client()
    token = opened(client, clock)

    def locked(*_: Any) -> Any:
        raise Temporary("database is locked")

    monkeypatch.setattr(type(stored.store), "receive", locked)
    answer = client.post("/", data={"token": token, **GOOD})

    assert 503 == answer.status_code
    assert "It says no.</textarea>" in answer.text
    assert stored.store.message(1) is None
