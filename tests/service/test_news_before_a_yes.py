"""A yes to a draft, after the customer wrote once more or somebody closed the ticket, sends nothing yet."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_mail import LIMITS, MailDesk, text_of, words_of

from intake.desk.effects import MailKind, Outcome, Outgoing
from intake.desk.ticket import EntryKind, Status
from intake.desk.tokens import Purpose

WEI = "wei@staff.desk.example"
TEXT = "It is under the sofa."
WROTE, CLOSED = "has written meanwhile", "The ticket was closed meanwhile, at"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[MailDesk]:
    desk = MailDesk(tmp_path, f"{LIMITS}\nundo_seconds = 60")
    desk.store.agents.add(WEI, "Wei", (), desk.clock())
    yield desk
    desk.close()


def asked_about(desk: MailDesk, first: str = f"#draft\n{TEXT}") -> Outgoing:
    desk.reply(first)
    return alert(desk)


def alert(desk: MailDesk) -> Outgoing:
    return [mail for mail in desk.out(MailKind.ALERT) if mail.rcpt == desk.agent][-1]


def relayed(desk: MailDesk) -> list[str]:
    desk.clock.later(minutes=2)
    return [text_of(mail).strip() for mail in desk.out(MailKind.RELAY)]


def closes(desk: MailDesk) -> None:
    desk.clock.later(minutes=1)
    desk.mail(f"Wei <{WEI}>", desk.to(Purpose.AGENT, 1, 2), "#close")


def customer(desk: MailDesk, text: str = "I have found it myself, thank you!") -> None:
    desk.clock.later(minutes=1)
    desk.customer(text)


@pytest.mark.parametrize("first", [f"#draft\n{TEXT}", f"Note: {TEXT}", f"Hi,\n\n#note\n{TEXT}"])
def test_what_the_customer_wrote_since_is_shown_and_another_yes_sends_it(desk: MailDesk, first: str) -> None:
    question = asked_about(desk, first)
    customer(desk)
    desk.answer(question, "yes")
    told = alert(desk)

    assert [] == relayed(desk)
    assert Outcome.COMMAND == desk.outcome()[0]
    assert (WROTE in words_of(told), "I have found it myself" in words_of(told)) == (True, True)
    assert TEXT in words_of(told)
    desk.answer(told, "yes")
    (sent,) = relayed(desk)
    assert TEXT in sent


def test_what_came_before_the_question_or_after_the_second_one_is_told_as_it_should(desk: MailDesk) -> None:
    customer(desk, "Are you there?")
    question = asked_about(desk)
    desk.clock.later(minutes=1)
    desk.answer(question, "yes")
    assert 1 == len(relayed(desk))

    question = asked_about(desk)
    for words in ("First thing.", "Second thing."):
        customer(desk, words)
        desk.answer(question, "yes")
        question = alert(desk)
        assert words in words_of(question)
        assert [] == relayed(desk)
    desk.answer(question, "yes")
    assert 1 == len(relayed(desk))


def test_that_it_was_closed_meanwhile_is_told_once(desk: MailDesk) -> None:
    question = asked_about(desk)
    closes(desk)
    desk.answer(question, "yes")
    told = alert(desk)

    assert CLOSED in words_of(told)
    assert [] == relayed(desk)
    desk.answer(told, "yes")
    assert 1 == len(relayed(desk))


def test_a_ticket_that_was_closed_before_the_draft_was_written_asks_nothing(desk: MailDesk) -> None:
    closes(desk)
    desk.clock.later(minutes=1)
    question = asked_about(desk)
    desk.answer(question, "yes")

    assert 1 == len(relayed(desk))


def test_a_colleagues_answer_and_the_customers_are_told_in_one_mail(desk: MailDesk) -> None:
    question = asked_about(desk)
    desk.clock.later(minutes=1)
    desk.mail(f"Wei <{WEI}>", desk.to(Purpose.AGENT, 1, 2), "It is behind the door.")
    assert 1 == len(relayed(desk))
    customer(desk)
    desk.answer(question, "yes")
    told = alert(desk)

    assert ("Wei has already replied" in words_of(told), WROTE in words_of(told)) == (True, True)
    desk.answer(told, "yes")
    assert 1 == len(relayed(desk))


def test_a_note_needs_no_such_warning_and_a_no_discards_as_ever(desk: MailDesk) -> None:
    question = asked_about(desk, f"#draft\n#note\n{TEXT}")
    customer(desk)
    desk.answer(question, "yes")
    assert [TEXT] == desk.said(EntryKind.NOTE)

    question = asked_about(desk)
    customer(desk)
    desk.answer(question, "no")
    assert [False] * 2 == [
        row.waiting for row in desk.store.tickets.entries(1) if row.kind is EntryKind.DRAFT
    ]
    assert Status.CLOSED is not desk.store.tickets.get(1).status
