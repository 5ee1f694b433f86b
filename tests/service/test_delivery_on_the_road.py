"""What becomes of mail when the server is gone for days, breaks off, or hangs on one of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pump import Clock, PumpedDesk

from intake.desk import lifecycle
from intake.desk.effects import MailKind, Outgoing
from intake.ports import Ambiguous, Temporary


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Iterator[PumpedDesk]:
    made = PumpedDesk(tmp_path / "one", "desk.example", clock)
    yield made
    made.close()


def reply(desk: PumpedDesk, number: int, text: str) -> int:
    ticket, anna = desk.store.tickets.get(number), desk.store.agents.by_address(desk.agent)
    assert ticket is not None
    assert anna is not None
    key = f"{number}:{text}"
    effects = lifecycle.reply(ticket, anna, text, key, desk.desk.policy)
    return desk.service.act(effects).outbox_ids[0]


def state(desk: PumpedDesk, outbox_id: int) -> str:
    row = desk.store.outbox.mail(outbox_id)
    assert row is not None
    return row.state


def down(mail: Outgoing) -> None:
    raise Temporary("nobody listens")


def silent(mail: Outgoing) -> None:
    raise Ambiguous("no answer after the final dot")


def said(mail: Outgoing) -> str:
    body = mail.raw.decode().partition("\r\n\r\n")[2]
    return next(line for line in body.splitlines() if line.startswith("Answer"))


def test_after_three_days_without_a_server_all_goes_out_once_and_in_order(
    desk: PumpedDesk, clock: Clock
) -> None:
    for number in (1, 2, 3):
        desk.write(f"c{number}@customer{number}.example", f"Question {number}")
    answers: dict[int, list[str]] = {1: [], 2: [], 3: []}
    for hour in range(72):
        if hour % 8 == 0:
            for number in answers:
                answers[number].append(f"Answer {number}-{hour:02}")
                reply(desk, number, answers[number][-1])
        desk.deliver(down)
        clock.later(hours=1)
    owed = desk.store.upkeep.counts()["due"]
    for _ in range(200):
        desk.deliver()
        clock.later(hours=1)
    relays = [one for one in desk.sent if one.kind is MailKind.RELAY]
    assert answers == {
        number: [said(one) for one in relays if one.rcpt.startswith(f"c{number}@")] for number in answers
    }
    assert (owed, owed) == (len(desk.sent), len({one.message_id for one in desk.sent}))
    assert (0, 0, 0) == tuple(desk.store.upkeep.counts()[one] for one in ("due", "failed", "unknown"))


def test_a_later_answer_waits_for_an_earlier_one_and_nobody_else_does(desk: PumpedDesk, clock: Clock) -> None:
    desk.write("c1@customer1.example", "Question 1")
    desk.write("c2@customer2.example", "Question 2")
    desk.deliver()
    first = reply(desk, 1, "Answer first")

    def hang(mail: Outgoing) -> None:
        if mail.rcpt.startswith("c1@"):
            raise Temporary("it hangs")

    desk.deliver(hang)
    second, other = reply(desk, 1, "Answer second"), reply(desk, 2, "Answer other")
    assert [other] == desk.store.outbox.due(clock.now, 10)
    # A job that names the row does not overtake either.
    assert desk.store.outbox.claim(second, "me", clock.now, clock.now - clock.now) is None
    desk.deliver(hang)
    assert ("due", "due", "sent") == (state(desk, first), state(desk, second), state(desk, other))
    clock.later(minutes=10)
    desk.deliver()
    desk.deliver()
    assert ["Answer other", "Answer first", "Answer second"] == [
        said(one) for one in desk.sent if one.kind is MailKind.RELAY
    ]


def test_an_answer_of_doubtful_fate_goes_out_once_more_and_an_acknowledgement_never(
    desk: PumpedDesk, clock: Clock
) -> None:
    desk.write("c1@customer1.example", "Question 1")
    relay = reply(desk, 1, "Answer")
    tries: list[Outgoing] = []

    def break_off(mail: Outgoing) -> None:
        tries.append(mail)
        silent(mail)

    for _ in range(50):
        desk.deliver(break_off)
        clock.later(hours=1)
    kinds = [one.kind for one in tries]
    assert (2, 1) == (kinds.count(MailKind.RELAY), kinds.count(MailKind.ACKNOWLEDGEMENT))
    assert 1 == len({one.message_id for one in tries if one.kind is MailKind.RELAY})
    assert "unknown" == state(desk, relay)
    assert {"unknown"} == {row.state for row in desk.store.outbox.list_mails(state="unknown")}


@pytest.mark.parametrize("when", ["after", "while it is sent"])
def test_a_mail_that_is_seen_in_the_archive_was_sent(desk: PumpedDesk, clock: Clock, when: str) -> None:
    desk.write("c1@customer1.example", "Question 1")
    relay = reply(desk, 1, "Answer")
    taken: list[Outgoing] = []

    def break_off(mail: Outgoing) -> None:
        taken.append(mail)
        if when != "after":
            desk.take(mail.raw, sender="")
        silent(mail)

    desk.deliver(break_off)
    if when == "after":
        desk.take(*(mail.raw for mail in taken), sender="")
    assert {"sent"} == {row.state for row in desk.store.outbox.list_mails()}
    assert "sent" == state(desk, relay)
    clock.later(days=2)
    desk.deliver(break_off)
    assert 3 == len(taken), "nothing goes out twice"
    assert {"own_mail", "new_ticket"} == {row.rule for row in desk.store.ledger.list_messages()}


def test_what_was_never_tried_is_not_settled_by_a_copy(desk: PumpedDesk) -> None:
    desk.write("c1@customer1.example", "Question 1")
    relay = reply(desk, 1, "Answer")
    desk.take(desk.store.outbox.raw(relay) or b"", sender="")
    assert "due" == state(desk, relay)
