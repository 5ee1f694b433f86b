"""After `#merge`, on the road: the one ticket that is left shows the words and the files of both."""

from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from desk_mail import LIMITS, LIN, MailDesk, text_of

from intake.desk.effects import MailKind, Outgoing
from intake.desk.tokens import Purpose

WITH_FILE = (
    f"From: Lin <{LIN}>\r\nTo: help@desk.example\r\nSubject: Again\r\nMessage-ID: <again@customer.example>"
    "\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n"
    "Once more, with a log.\r\n--b\r\nContent-Type: text/csv\r\n"
    "Content-Disposition: attachment; filename=log.csv\r\n\r\na,b\r\n--b--\r\n"
)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[MailDesk]:
    made = MailDesk(tmp_path / "desk", LIMITS)
    made.take(WITH_FILE.encode(), sender=LIN)
    made.store.agents.add("ben@staff.desk.example", "Ben", (), made.clock())
    made.reply("#assign ben", ticket=1)
    made.out()
    yield made
    made.close()


def files(mail: Outgoing) -> list[str | None]:
    message = message_from_bytes(mail.raw, policy=policy.default)
    return [part.get_filename() for part in message.walk() if part.get_filename()]


def test_who_has_the_ticket_gets_the_words_and_the_files_of_the_other(desk: MailDesk) -> None:
    desk.reply("#merge 1", ticket=2)
    (told,) = [mail for mail in desk.out() if mail.rcpt.startswith("ben@")]
    assert "Once more, with a log." in text_of(told)
    assert "Lin (#2)" in text_of(told)
    assert ["log.csv"] == files(told)


@pytest.mark.parametrize("again", ["#assign ben", "#note @ben\nWhat do you think?"])
def test_what_a_merge_brought_is_not_brought_again(desk: MailDesk, again: str) -> None:
    desk.reply("#merge 1", ticket=2)
    (told,) = [mail for mail in desk.out() if mail.rcpt.startswith("ben@")]
    assert ["log.csv"] == files(told)
    desk.reply("#mine")
    desk.clock.later(minutes=11)
    desk.out()
    desk.reply(again)
    (given,) = [mail for mail in desk.out() if mail.rcpt.startswith("ben@")]
    assert [] == files(given)


def test_what_came_before_a_later_merge_is_brought_with_it(desk: MailDesk) -> None:
    desk.store.agents.change("ben@staff.desk.example", notify="mine")
    desk.reply("#note @ben\nWhat do you think?")
    desk.clock.later(minutes=11)
    desk.take(WITH_FILE.replace("again@", "third@").replace("log.csv", "old.csv").encode(), sender=LIN)
    desk.clock.later(minutes=11)
    desk.reply("#merge 1", ticket=2)
    desk.clock.later(minutes=11)
    desk.out()
    desk.reply("#merge 1", ticket=3)
    (told,) = [mail for mail in desk.out() if mail.rcpt.startswith("ben@")]
    assert ["old.csv"] == files(told)


@pytest.mark.parametrize("command", ["#show", "#full", "#files"])
def test_what_is_asked_of_it_has_both(desk: MailDesk, command: str) -> None:
    desk.reply("#merge 1", ticket=2)
    desk.out()
    desk.reply(command)
    (answer,) = desk.out(MailKind.ANSWER)
    if command == "#files":
        assert ["log.csv"] == files(answer)
        return
    assert "Please help." in text_of(answer)
    assert "Once more, with a log." in text_of(answer)
    assert "log.csv" in text_of(answer)


def test_the_next_notice_has_both_and_what_is_replied_goes_on(desk: MailDesk) -> None:
    desk.reply("#merge 1", ticket=2)
    desk.out()
    desk.mail(LIN, desk.to(Purpose.CUSTOMER, 2, 0), "Any news?")
    (notice,) = [mail for mail in desk.out(MailKind.NOTICE) if mail.rcpt.startswith("ben@")]
    assert "Once more, with a log." in text_of(notice)
    assert "Please help." in text_of(notice)
