"""One mail after the other: what is recorded as sent, and the claim on the next, are one commit."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from config_files import config_text

from intake import app
from intake.config import settings as config
from intake.desk.effects import Outgoing
from intake.desk.message import Envelope
from intake.ports import Arrival, Temporary

CONFIG = config_text()


class Session:
    """Takes every mail, after `before`; a session that refuses raises in it."""

    def __init__(self, before: Callable[[], None] = lambda: None) -> None:
        self.before, self.sent = before, list[str]()

    def send(self, mail: Outgoing, before_data: Callable[[], bool]) -> str:
        self.before()
        assert before_data()
        self.sent.append(mail.rcpt)
        return "250 taken"

    def close(self) -> None:
        pass


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[app.Desk]:
    """A desk that owes two acknowledgements, rows 1 and 2."""
    (tmp_path / "intake.ini").write_text(CONFIG)
    made = app.build(config.load(tmp_path / "intake.ini"))
    texts = [f"From: {name}@customer.example\r\nSubject: {name}\r\n\r\nHello.\r\n" for name in ("ann", "bob")]
    got = made.service.receive([Arrival(text.encode(), Envelope("ingest", "support")) for text in texts])
    made.service.process([one.ledger_id for one in got])
    assert {"due": 2} == states(made)
    yield made
    made.store.close()


def states(desk: app.Desk) -> dict[str, int]:
    return dict(Counter(row.state for row in desk.store.outbox.list_mails()))


def test_a_sent_mail_and_the_claim_on_the_next_are_one_commit(desk: app.Desk) -> None:
    session: Any = Session()
    commits: list[str] = []
    desk.store.db.database.connection().set_trace_callback(
        lambda text: commits.append(text) if text == "COMMIT" else None
    )
    first = desk.service.deliver(1, session, following=2)
    assert ("sent", 2) == (first.result, first.following and first.following.outbox_id)
    assert 3 == len(commits), "the claim, data_started, and sent with the next claim"
    second = desk.service.deliver(2, session, first.following)
    assert ("sent", None, 5) == (second.result, second.following, len(commits))
    assert ["ann@customer.example", "bob@customer.example"] == session.sent
    assert {"sent": 2} == states(desk)


def test_who_lost_his_lease_claims_nothing_further(desk: app.Desk) -> None:
    def late() -> None:
        desk.service = replace(desk.service, clock=lambda: datetime.now(UTC) + timedelta(hours=1))

    class Late(Session):
        def send(self, mail: Outgoing, before_data: Callable[[], bool]) -> str:
            assert before_data()
            late()
            desk.service.store.outbox.expire_leases(desk.service.clock())
            # An admin, who was told that nobody knows, has it sent again.
            assert desk.service.store.outbox.send_again(1, desk.service.clock())
            return "250 taken"

    session: Any = Late()
    done = desk.service.deliver(1, session, following=2)
    assert ("lost", None) == (done.result, done.following)
    assert {"due": 2} == states(desk)


def test_a_mail_that_must_be_tried_again_claims_nothing_further(desk: app.Desk) -> None:
    def refuse() -> None:
        raise Temporary("greylisted")

    session: Any = Session(refuse)
    done = desk.service.deliver(1, session, following=2)
    assert ("retry", None) == (done.result, done.following)
    assert {"due": 2} == states(desk)
