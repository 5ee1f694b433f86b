"""What agents must know reaches them, whatever customers got: alerts have a ceiling of their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_mail import MailDesk, words_of

from intake.desk.effects import MailKind
from intake.desk.ticket import EntryKind


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[MailDesk]:
    # The ceilings as they are shipped.
    desk = MailDesk(tmp_path, "command_address = desk@desk.example")
    yield desk
    desk.close()


def test_each_answer_that_is_held_is_told_of_however_many_there_are(desk: MailDesk) -> None:
    for number in range(13):
        desk.reply(f"#clsoe\nAnswer {number}")
    told = [one for one in desk.out(MailKind.ALERT) if one.rcpt == desk.agent]

    assert 13 == len(desk.said(EntryKind.DRAFT)) == len(told)


def test_a_machine_that_answers_each_of_them_comes_to_an_end(desk: MailDesk) -> None:
    for number in range(120):
        desk.reply(f"#away\nI am away {number}")
        desk.clock.later(seconds=-29)
    told = [one for one in desk.out(MailKind.ALERT) if one.rcpt == desk.agent]

    assert 120 == len(desk.said(EntryKind.DRAFT))
    assert 90 == len(told)
    assert ["send #list for yours" in words_of(one) for one in told] == [False] * 88 + [True] * 2


def test_while_automatic_mail_is_stopped_a_held_answer_is_told_of(desk: MailDesk) -> None:
    with desk.store.transaction():
        desk.store.rates.pull_brake(desk.clock.now)
    desk.reply("#clsoe\nAnswer")

    assert [desk.agent] == [one.rcpt for one in desk.out(MailKind.ALERT)]


def test_alerts_to_agents_use_up_nothing_of_what_the_customer_of_the_ticket_gets(desk: MailDesk) -> None:
    for number in range(30):
        desk.reply(f"#clsoe\nAnswer {number}")
    desk.reply("#close")

    assert ["closed"] == [one.value for one in {desk.store.tickets.get(1).status}]
    assert 1 == len(desk.out(MailKind.STATUS))
