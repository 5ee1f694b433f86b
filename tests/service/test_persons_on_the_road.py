"""What agents are told of a person, and what they note about them, by mail."""

from collections.abc import Iterator

import pytest
from desk_mail import LIN, MailDesk, text_of

from intake.desk.effects import MailKind
from intake.desk.ticket import EntryKind
from intake.store.schema.tables import Audit

EVE = "eve@elsewhere.example"
NOTE = "Prefers to be called after six."


@pytest.fixture
def desk(tmp_path) -> Iterator[MailDesk]:
    desk = MailDesk(tmp_path)
    yield desk
    desk.close()


def told(desk: MailDesk) -> str:
    (answer,) = desk.out(MailKind.ANSWER)
    assert desk.agent == answer.rcpt
    return text_of(answer)


@pytest.mark.parametrize("line", ["#person note {}", "#联系人备注 {}", "#聯絡人 備註：{}"])
def test_a_note_about_a_person_is_shown_to_agents_in_every_ticket_of_theirs(
    desk: MailDesk, line: str
) -> None:
    desk.reply(line.format(NOTE))
    assert [] == desk.out()
    desk.mail(f"Lin <{LIN}>", desk.address, "And now?", "Another matter")
    desk.out()
    desk.reply("#who", ticket=2)
    text = told(desk)
    assert f"1: {NOTE} (Anna, " in text
    for words in (f"Lin <{LIN}>", "Tickets: 2 open, 0 closed, 0 spam", "#1   My coins are late"):
        assert words in text
    # Neither the history nor the audit says what it is, for both may outlive the person.
    assert ["note about the requester added, by Anna"] == desk.said(EntryKind.EVENT)[-1:]
    rows = desk.store.db.rows(Audit.select())
    assert not any(NOTE in row.what for row in rows)


def test_notes_are_listed_and_removed_by_their_number(desk: MailDesk) -> None:
    desk.reply("#person note one")
    desk.reply("#person note two")
    desk.out()
    desk.reply("#person forget 1")
    desk.out()
    desk.reply("#person notes")
    text = told(desk)
    assert "2: two (Anna, " in text
    assert "1: one" not in text
    desk.reply("#person forget 7")
    (alert,) = desk.out(MailKind.ALERT)
    assert "there is no note 7 about this person" in text_of(alert)


def test_who_of_an_address_needs_no_ticket(desk: MailDesk) -> None:
    desk.command(f"#who {LIN}")
    assert "Tickets: 1 open, 0 closed, 0 spam" in told(desk)
    desk.command(f"#who {EVE}")
    assert "There are none." in told(desk)
    desk.command("#who")
    (alert,) = desk.out(MailKind.ALERT)
    assert "it needs an email address" in text_of(alert)


@pytest.mark.parametrize(
    "line", ["#person", "#person note", "#person forget", "#person Prefers calls", "#客户备注 x"]
)
def test_what_is_not_understood_goes_nowhere(desk: MailDesk, line: str) -> None:
    desk.reply(f"{line}\nDear Lin")
    assert [] == desk.out(MailKind.RELAY)
    assert 1 == len(desk.said(EntryKind.DRAFT))


def test_a_note_never_leaves(desk: MailDesk) -> None:
    desk.reply(f"#person note {NOTE}\n\nUnder the sofa.")
    mails = desk.out()
    assert [LIN] == [mail.rcpt for mail in mails if mail.kind is MailKind.RELAY]
    assert not any(b"called after six" in mail.raw for mail in mails)
