"""A note in the conversation with a partner is told to who works on the ticket, however it came about."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_mail import LIMITS, MailDesk, words_of

from intake.desk.effects import MailKind, Outgoing
from intake.mail.parse import parse

PAUL = "paul@partner.example"
BEN = "ben@staff.desk.example"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[MailDesk]:
    made = MailDesk(tmp_path / "desk", LIMITS)
    made.store.agents.add(BEN, "Ben", (), made.clock())
    made.reply("#assign Ben")
    made.out()
    yield made
    made.close()


def asked(desk: MailDesk) -> tuple[Outgoing, list[Outgoing]]:
    """The question that Anna asks Paul in Ben's ticket, and what Ben gets of it."""
    desk.reply(f"#ask {PAUL}\nWhere is parcel 4711?")
    sent = desk.out()
    (question,) = [mail for mail in sent if mail.kind is MailKind.PARTNER]
    return question, [mail for mail in sent if mail.rcpt == BEN]


def to_ben(desk: MailDesk) -> list[Outgoing]:
    desk.clock.later(minutes=11)
    return [mail for mail in desk.out() if mail.rcpt == BEN]


def test_the_question(desk: MailDesk) -> None:
    _, told = asked(desk)
    assert 1 == len(told)
    assert "Where is parcel 4711?" in words_of(told[0])


@pytest.mark.parametrize("level", ["all", "mine"])
def test_what_its_asker_writes_into_it(desk: MailDesk, level: str) -> None:
    desk.store.agents.change(BEN, notify=level)
    sent, _ = asked(desk)
    place = parse(sent.raw).reply_to[0].mailbox
    desk.mail(f"Anna <{desk.agent}>", PAUL, "Thank you, Paul.", more=f"Cc: {place}\r\n", by=place)
    (told,) = to_ben(desk)
    assert "Thank you, Paul." in words_of(told)


def test_what_an_agent_says_yes_to(desk: MailDesk) -> None:
    sent, _ = asked(desk)
    place = parse(sent.raw).reply_to[0].mailbox
    desk.mail(f"Anna <{desk.agent}>", PAUL, "#tag x\nThank you, Paul.", more=f"Cc: {place}\r\n", by=place)
    (alert,) = [mail for mail in desk.out() if mail.rcpt == desk.agent]
    desk.answer(alert, "yes")
    assert ["Thank you, Paul." in words_of(mail) for mail in to_ben(desk)] == [True]


def test_what_an_agent_answers_to_what_came_back(desk: MailDesk) -> None:
    sent, _ = asked(desk)
    desk.answer(sent, "It lies in Hamburg.")
    (notice,) = [mail for mail in desk.out() if mail.rcpt == desk.agent]
    desk.answer(notice, "He is always late.")
    assert ["He is always late." in words_of(mail) for mail in to_ben(desk)] == [True]


def test_what_also_went_to_the_partners_address(desk: MailDesk) -> None:
    from intake.desk.tokens import Purpose

    sent, _ = asked(desk)
    both = f"{desk.to(Purpose.AGENT, 1, 1)}, {parse(sent.raw).reply_to[0].mailbox}"
    desk.mail(f"Anna <{desk.agent}>", both, "Thank you, Paul.")
    assert ["Thank you, Paul." in words_of(mail) for mail in to_ben(desk)] == [True]
