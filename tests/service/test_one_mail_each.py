"""Two things done in one email are told in one: a note with an assignment, a merge."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_mail import LIMITS, LIN, MailDesk, words_of

from intake.desk.effects import MailKind
from intake.desk.ticket import EntryKind

WEI = "wei@staff.desk.example"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[MailDesk]:
    desk = MailDesk(tmp_path, f"{LIMITS}\nundo_seconds = 0")
    desk.store.agents.add(WEI, "Wei", (), desk.clock())
    yield desk
    desk.close()


def test_who_is_asked_and_assigned_in_one_email_gets_one_and_answers_with_a_note(desk: MailDesk) -> None:
    desk.reply("#assign Wei\n#note @wei do you know this wallet?")
    (mail,) = [mail for mail in desk.out() if mail.rcpt == WEI]
    for words in ("Anna assigned this ticket to you.", "Anna asks you.", "do you know this wallet?"):
        assert words in words_of(mail)
    desk.answer(mail, "It is a fraud, I think, and not the first one.", f"Wei <{WEI}>")
    assert [] == desk.out(MailKind.RELAY)
    assert "It is a fraud, I think, and not the first one." in desk.said(EntryKind.NOTE)


def test_whose_ticket_was_merged_gets_one_email_of_it(desk: MailDesk) -> None:
    desk.mail(f"Lin <{LIN}>", desk.address, "Another thing.", "Keys")
    desk.reply("#assign Wei", ticket=2)
    desk.out()
    desk.clock.later(hours=1)
    desk.reply("#merge 1", ticket=2)
    told = [mail for mail in desk.out() if mail.rcpt == WEI]
    for _ in range(20):
        desk.clock.later(minutes=1)
        desk.service.tick()
        told += [mail for mail in desk.out() if mail.rcpt == WEI]
    (mail,) = told
    assert "Anna merged ticket #2 into this one." in words_of(mail)
