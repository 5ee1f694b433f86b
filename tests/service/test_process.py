"""What the service does with a message that cannot be processed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from config_files import config_text

from intake import app
from intake.config import settings as config
from intake.desk.effects import Outcome
from intake.desk.message import Envelope, Message
from intake.ports import Arrival, Temporary
from intake.service.hands import Hands
from intake.service.processing import MAX_ATTEMPTS

CONFIG = config_text()
ENVELOPE = Envelope("ingest", "support")


class Clock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[app.Desk]:
    (tmp_path / "intake.ini").write_text(CONFIG)
    made = app.build(config.load(tmp_path / "intake.ini"))
    made.service = replace(made.service, clock=Clock())
    yield made
    made.store.close()


def mail(word: str) -> Arrival:
    text = f"From: {word}@customer.example\r\nSubject: {word}\r\n\r\nMy question is about {word}.\r\n"
    return Arrival(text.encode(), ENVELOPE)


def rounds(desk: app.Desk, count: int) -> None:
    """Process what is due `count` times, an hour apart."""
    clock: Any = desk.service.clock
    for _ in range(count):
        while desk.service.process_pending(50):
            pass
        clock.now += timedelta(hours=1)


@pytest.mark.parametrize("step", ["parse", "vouched"])
def test_a_message_that_cannot_be_decided_is_set_aside_and_its_neighbours_go_on(
    desk: app.Desk, step: str
) -> None:
    whole = getattr(desk.service, step)

    def fails_on_one(first: Any, *rest: Any) -> Any:
        subject = first if isinstance(first, bytes) else getattr(first, "subject", "")
        if (b"poison" if isinstance(subject, bytes) else "poison") in subject:
            raise ValueError("it cannot be borne")
        return whole(first, *rest)

    desk.service = replace(desk.service, **{step: fails_on_one})
    if step == "vouched":
        box = desk.policy.mailboxes["support"]
        desk.service = replace(desk.service, policy=_trusting(desk, box))
    ids = [one.ledger_id for one in desk.service.receive([mail("bread"), mail("poison"), mail("salt")])]
    rounds(desk, 1)
    first = {row.id: row.outcome for row in desk.store.ledger.list_messages()}
    assert {ids[0]: Outcome.TICKETED, ids[1]: None, ids[2]: Outcome.TICKETED} == first
    rounds(desk, MAX_ATTEMPTS)
    row = desk.store.ledger.message(ids[1])
    assert row is not None
    assert ("quarantined", Outcome.QUARANTINED) == (row.state, row.outcome)
    assert "ValueError" in row.reason
    assert "borne" not in row.reason
    desk.service = replace(desk.service, **{step: whole})
    desk.store.ledger.requeue(ids[1], desk.service.clock())
    rounds(desk, 1)
    again = desk.store.ledger.message(ids[1])
    assert again is not None
    assert Outcome.TICKETED == again.outcome


def _trusting(desk: app.Desk, box: Any) -> Any:
    return replace(desk.policy, mailboxes={"support": replace(box, trusted_authserv="mx.desk.example")})


@pytest.mark.parametrize(("deaths", "state"), [(2, "done"), (3, "quarantined")])
def test_a_mail_that_was_in_hand_at_so_many_deaths(desk: app.Desk, deaths: int, state: str) -> None:
    """The third try is its last, and it has that one."""
    (got,) = desk.service.receive([mail("bread")])
    for _ in range(deaths):
        assert 1 == len(desk.store.ledger.begin([got.ledger_id], desk.service.clock()))
        desk.service.recover()
    rounds(desk, 1)
    row = desk.store.ledger.message(got.ledger_id)
    assert row is not None
    assert state == row.state
    assert ("ended abruptly" in row.reason) == (state == "quarantined")


# One that was in hand at two deaths may be what killed the process: others do not wait for it.
@pytest.mark.parametrize(("deaths", "tickets"), [(1, 1), (2, 2)])
def test_a_question_in_hand_at_a_death_is_decided_on_before_its_answer(
    desk: app.Desk, deaths: int, tickets: int
) -> None:
    head = b"From: ann@customer.example\r\nSubject: bread\r\n"
    question = Arrival(head + b"Message-ID: <one@customer.example>\r\n\r\nWhere is my bread?\r\n", ENVELOPE)
    answer = Arrival(head + b"In-Reply-To: <one@customer.example>\r\n\r\nThe brown one.\r\n", ENVELOPE)
    (got,) = desk.service.receive([question])
    for _ in range(deaths):
        assert 1 == len(desk.store.ledger.begin([got.ledger_id], desk.service.clock()))
        desk.service.recover()
    desk.service.receive([answer])
    rounds(desk, 1)
    assert tickets == len(desk.store.listing.list_tickets())


def test_when_one_is_anothers_those_after_it_are_given_back(
    desk: app.Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [one.ledger_id for one in desk.service.receive([mail("bread"), mail("salt"), mail("oil")])]
    ledger: Any = desk.store.ledger
    whole = ledger.lock_pending
    monkeypatch.setattr(desk.store, "together", _undone)
    monkeypatch.setattr(ledger, "lock_pending", lambda number, *how: number != ids[1] and whole(number, *how))
    desk.service.process(ids)
    states = [(row.state, row.attempts) for row in reversed(ledger.list_messages())]
    assert [("done", 1), ("waiting", 1), ("waiting", 0)] == states


def _undone(*_: Any) -> Any:
    raise Temporary("the database was away")


def test_a_reading_that_is_postponed_is_not_tried_before_its_time(desk: app.Desk) -> None:
    tries = []

    def fails(raw: bytes) -> Message:
        tries.append(raw)
        raise ValueError

    desk.service = replace(desk.service, parse=fails)
    desk.service.receive([mail("bread")])
    for _ in range(5):
        desk.service.process_pending(50)
    assert 1 == len(tries)


def test_what_this_process_took_and_could_not_give_back_is_nobodys() -> None:
    hands = Hands()
    with hands.taking() as name:
        assert not hands.gone(name)
        assert not Hands().gone("elsewhere 1 1 x"), "of another machine nothing is known"
    assert hands.gone(name)
