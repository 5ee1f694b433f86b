"""Three agents and one ticket: what one of them does is told to those who think it open."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from desk_mail import LIMITS, MailDesk, subject_of, text_of, words_of

from intake.desk.effects import MailKind, Outgoing
from intake.desk.ticket import EntryKind, Status
from intake.desk.tokens import Purpose
from intake.mail.parse import parse

WEI, BOB = "wei@staff.desk.example", "bob@staff.desk.example"
ANNA = "anna@staff.desk.example"


class Office(MailDesk):
    """Anna, Wei and Bob, who were all told of ticket 1."""

    def __init__(self, folder: Path, more: str = LIMITS) -> None:
        super().__init__(folder, more)
        for address, name in ((WEI, "Wei Chen"), (BOB, "Bob")):
            self.store.agents.add(address, name, ("security",) if name == "Bob" else (), self.clock())
        self.mail("mia@customer.example", self.address, "Please help me.", "Where is it")
        self.out()

    def writes(self, who: int, text: str, ticket: int = 2) -> None:
        """An agent (by id) replies to a notification."""
        address, name = ((self.agent, "Anna"), (WEI, "Wei Chen"), (BOB, "Bob"))[who - 1]
        self.mail(f"{name} <{address}>", self.to(Purpose.AGENT, ticket, who), text)

    def lines(self, ticket: int = 2) -> dict[str, str]:
        """What each agent is told now in one line, by their first name."""
        told = {}
        for mail in self.out(MailKind.NOTICE):
            if "##-" in text_of(mail) and "wrote:" not in text_of(mail):
                assert f"[#{ticket}]" in subject_of(mail)
                assert mail.rcpt not in told
                told[mail.rcpt.partition("@")[0]] = said_in(mail)
        return told


def said_in(mail: Outgoing) -> str:
    """Return the one line of such a mail."""
    return text_of(mail).split("\n\n")[1].strip()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with closing(Office(tmp_path)) as desk:
        yield desk


def test_who_was_told_of_a_ticket_hears_at_once_that_somebody_took_it(office: Office) -> None:
    office.writes(1, "#mine")
    taken = "Anna has taken this ticket."
    assert {"wei": taken, "bob": taken} == office.lines()
    assert {} == office.lines()


def test_an_answer_takes_the_ticket_and_is_told_as_an_answer(office: Office) -> None:
    office.writes(2, "It is in the cupboard.")
    line = "Wei Chen answered; waiting for the customer."
    assert {"anna": line, "bob": line} == office.lines()


def test_what_follows_in_a_ticket_that_is_taken_is_told_to_nobody_else(office: Office) -> None:
    office.writes(1, "#mine")
    office.lines()
    office.clock.later(minutes=20)
    office.writes(1, "It is in the cupboard.")
    office.writes(1, "#close")
    assert {} == office.lines()


def test_the_mail_is_one_line_in_the_tickets_thread_whose_reply_is_an_agents(office: Office) -> None:
    office.writes(1, "#mine")
    told = {mail.rcpt: mail for mail in office.out(MailKind.NOTICE)}
    read = parse(told[WEI].raw)
    assert "Please help me." not in text_of(told[WEI])
    assert read.references == parse(told[BOB].raw).references
    office.answer(told[WEI], "I know where it is.")
    assert ["I know where it is."] == office.said(EntryKind.REPLY, 2)


def test_of_many_steps_in_ten_minutes_the_first_goes_at_once_and_the_rest_together(office: Office) -> None:
    office.writes(3, "#watch")
    office.writes(1, "#mine")
    assert "Anna has taken this ticket." == office.lines()["bob"]
    office.writes(1, "It is in the cupboard.")
    assert {} == office.lines()
    office.clock.later(minutes=2)
    office.writes(1, "#assign wei")
    assert {} == office.lines()
    office.clock.later(minutes=8)
    whole = "Anna answered; waiting for the customer. Anna gave this ticket to Wei Chen."
    assert {"bob": whole} == office.lines()
    assert {} == office.lines()


def test_whose_ticket_it_was_hears_that_another_took_it_over(office: Office) -> None:
    office.writes(1, "#mine")
    office.lines()
    office.clock.later(minutes=11)
    office.writes(2, "#mine")
    assert {"anna": "Wei Chen has taken this ticket."} == office.lines()


def test_a_new_answer_of_the_customer_makes_it_open_again_for_who_gets_it(office: Office) -> None:
    office.writes(1, "Look in the cupboard.")
    office.writes(2, "Or under the sofa.")
    office.out()
    office.clock.later(minutes=20)
    office.customer("It is not there.", ticket=2)
    office.out()
    office.writes(1, "Then behind the door.")
    assert {"wei": "Anna answered; waiting for the customer."} == office.lines()


SILENT = {
    "away": {"away": True},
    "a digest": {"notify": "digest"},
    "no such mails": {"colleagues": False},
}


@pytest.mark.parametrize("why", SILENT)
def test_who_wants_no_such_mail_or_is_away_gets_none(office: Office, why: str) -> None:
    wish = dict(SILENT[why])
    if wish.pop("away", False):
        wish["away_until"] = office.clock.now.replace(year=2027)
    office.store.agents.change(WEI, **wish)
    office.writes(1, "#mine")
    assert ["bob"] == list(office.lines())


def test_of_spam_nobody_is_told(office: Office) -> None:
    office.writes(1, "#spam")
    assert {} == office.lines()


def test_a_desk_of_one_agent_writes_nothing_down(tmp_path: Path) -> None:
    with closing(MailDesk(tmp_path)) as desk:
        desk.reply("#mine")
        assert [] == desk.store.colleagues.due(desk.clock(), 9)


def test_an_answer_that_was_taken_back_is_told_as_taken_back(tmp_path: Path) -> None:
    with closing(Office(tmp_path, f"undo_seconds = 3600\n{LIMITS}")) as office:
        office.writes(1, "It is in the cupboard.")
        assert {"wei", "bob"} == set(office.lines())
        office.writes(1, "#undo")
        office.clock.later(minutes=10)
        line = "Anna took the answer back; the customer still waits."
        assert {"wei": line, "bob": line} == office.lines()


def test_watchers_get_what_the_assignee_gets_until_they_watch_no_more(office: Office) -> None:
    office.store.agents.change(WEI, notify="mine")
    office.writes(1, "#mine")
    office.writes(2, "#关注")
    office.out()
    office.customer("One thing more.", ticket=2)
    assert {ANNA, WEI} == {mail.rcpt for mail in office.out(MailKind.NOTICE)}
    office.writes(2, "#unwatch")
    office.customer("And another.", ticket=2)
    assert {ANNA} == {mail.rcpt for mail in office.out(MailKind.NOTICE)}


def test_watchers_go_along_when_a_ticket_is_merged(office: Office) -> None:
    office.writes(2, "#watch", ticket=1)
    office.writes(1, "#merge 2 anyway", ticket=1)
    office.out()
    office.writes(1, "#mine")
    office.out()
    office.customer("Where is it now?", ticket=1)
    assert {ANNA, WEI} == {mail.rcpt for mail in office.out(MailKind.NOTICE)}


def test_a_note_goes_to_all_who_work_on_the_ticket_and_never_to_the_customer(office: Office) -> None:
    office.writes(1, "#mine")
    office.writes(3, "#watch")
    office.writes(2, "Look in the cupboard.")
    office.out()
    office.writes(1, "#note\nThey called; it is urgent.")
    sent = office.out()
    assert {WEI, BOB} == {mail.rcpt for mail in sent}
    assert all("They called" in text_of(mail) for mail in sent)


def test_what_somebody_who_was_asked_replies_is_a_note_for_who_asked(office: Office) -> None:
    office.writes(1, "#note @wei do you know this wallet?\nIt looks odd.")
    asked = {mail.rcpt: mail for mail in office.out(MailKind.NOTICE)}
    assert {WEI} == set(asked)
    words = words_of(asked[WEI])
    assert words.index("is an internal note for Anna") < words.index("do you know this wallet?")
    assert "goes to the customer" not in words
    office.answer(asked[WEI], "Yes, it is a fake.")
    assert ["@wei do you know this wallet?\nIt looks odd.", "Yes, it is a fake."] == office.said(
        EntryKind.NOTE, 2
    )
    assert {ANNA} == {mail.rcpt for mail in office.out()}
    assert Status.NEW is office.store.tickets.get(2).status


def test_who_was_asked_answers_the_customer_by_reply(office: Office) -> None:
    office.writes(1, "#note @wei")
    (asked,) = office.out(MailKind.NOTICE)
    office.answer(asked, "#reply\nIt is a fake.")
    assert ["It is a fake."] == office.said(EntryKind.REPLY, 2)
    assert ["mia@customer.example"] == [mail.rcpt for mail in office.out(MailKind.RELAY)]


def test_the_reply_of_who_was_asked_stays_inside_when_it_is_confirmed(office: Office) -> None:
    """It came from another address of Wei's, so he is asked; his yes makes a note of it."""
    office.writes(1, "#note @wei")
    (asked,) = office.out(MailKind.NOTICE)
    office.answer(asked, "It is a fake, but do not tell them.", sender="wei@home.example")
    assert ["It is a fake, but do not tell them."] == office.said(EntryKind.DRAFT, 2)
    (question,) = office.out(MailKind.ALERT)
    office.answer(question, "yes")
    assert "It is a fake, but do not tell them." in office.said(EntryKind.NOTE, 2)
    assert [] == office.said(EntryKind.REPLY, 2)
    assert [] == office.out(MailKind.RELAY)


def test_a_better_text_in_place_of_that_yes_is_a_note_too(office: Office) -> None:
    office.writes(1, "#note @wei")
    (asked,) = office.out(MailKind.NOTICE)
    office.answer(asked, "A fake.", sender="wei@home.example")
    (question,) = office.out(MailKind.ALERT)
    office.answer(question, "It is a fake wallet, somebody copied the whole page of theirs.")
    assert [] == office.out(MailKind.RELAY)
    assert [] == office.said(EntryKind.REPLY, 2)


def test_a_note_is_kept_whatever_names_stand_in_it(tmp_path: Path) -> None:
    with closing(Office(tmp_path, f"{LIMITS}\n[team security]\n")) as office:
        office.writes(1, "#note\n@zoe and @Security: look at this")
        sent = {mail.rcpt: mail for mail in office.out()}
        assert ["@zoe and @Security: look at this"] == office.said(EntryKind.NOTE, 2)
        assert {BOB: MailKind.NOTICE, ANNA: MailKind.ALERT} == {who: sent[who].kind for who in sent}
        assert "Your note was kept. Nobody is called @zoe." in words_of(sent[ANNA])
