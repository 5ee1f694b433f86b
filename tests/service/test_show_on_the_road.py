"""`#show`, `#full` and `#next` by mail: the ticket's page, and what a reply to it does."""

import re
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
from desk_mail import EVE, LIN, MailDesk, html_of, subject_of, text_of, words_of

from intake.desk import talk
from intake.desk.effects import MailKind, Outgoing
from intake.desk.sensitive.leaks import MARK
from intake.desk.ticket import EntryKind
from intake.desk.tokens import Purpose
from intake.mail.parse import parse

# What stands in the answer without the mark: the line to reply above, the state, the reference.
BARE = re.compile(r"##- .* -##|Ticket #\d+, .*|ref:\w+|")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[MailDesk]:
    desk = MailDesk(tmp_path)
    desk.store.agents.add("wei@staff.desk.example", "Wei", (), desk.clock())
    desk.store.agents.change("wei@staff.desk.example", notify="none")
    desk.mail(f"Lin <{LIN}>", desk.address, "It does not open.", "My safe")
    desk.mail(f"Eve <{EVE}>", desk.address, "Where is my parcel?", "My parcel")
    desk.out()
    yield desk
    desk.close()


def asked(desk: MailDesk, text: str, ticket: int = 0) -> Outgoing:
    desk.out()
    if ticket:
        desk.reply(text, ticket=ticket)
    else:
        desk.command(text)
    (answer,) = desk.out(MailKind.ANSWER)
    return answer


@pytest.mark.parametrize("command", ["#show 1", "#full 1", "#next", "#查看 1"])
def test_what_an_agent_asks_for_is_the_tickets_page(desk: MailDesk, command: str) -> None:
    desk.reply("#mine\n#priority urgent\n#note\nHe called twice.")
    answer = asked(desk, command)
    assert "[#1] My coins are late" == subject_of(answer)
    for shown in (text_of(answer), html_of(answer)):
        for words in (
            "Ticket #1, new, assigned to Anna",
            LIN,
            "urgent",
            "Please help.",
            "He called twice.",
            "internal note",
            "My safe",
            "Your reply to this email is sent to the customer.",
            "#close",
        ):
            assert words in shown, words
        assert "My parcel" not in shown
        # It has a reply address of its own; the other one is not to be quoted to customers.
        assert "Your personal address" not in shown


@pytest.mark.parametrize("command", ["#show 1", "#full 1"])
def test_every_line_of_it_begins_with_the_mark(desk: MailDesk, command: str) -> None:
    desk.reply("#note\nHe called twice.\n\nAnd wrote.")
    text = parse(asked(desk, command).raw).text
    assert [] == [
        line for line in text.splitlines() if not line.startswith(MARK) and not BARE.fullmatch(line.strip())
    ]


def test_the_newest_come_first_and_at_most_twenty_of_them(desk: MailDesk) -> None:
    for number in range(30):
        desk.customer(f"This is number {number}.")
    text = text_of(asked(desk, "#show", ticket=1))
    shown = [int(number) for number in re.findall(r"This is number (\d+)\.", text)]
    assert sorted(shown, reverse=True) == shown
    assert 29 == shown[0]
    assert 10 < len(shown) <= 20
    assert re.search(r"\d+ earlier entries: #full", text)


def test_full_brings_every_entry(desk: MailDesk) -> None:
    for number in range(60):
        desk.customer(f"This is number {number}.")
    text = text_of(asked(desk, "#full", ticket=1))
    assert [*range(59, -1, -1)] == [int(number) for number in re.findall(r"This is number (\d+)\.", text)]
    assert "Please help." in text
    assert "earlier" not in text


def test_full_says_what_it_has_no_room_for(desk: MailDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(talk, "MOST_IN_ALL", 3_000)
    monkeypatch.setattr(talk, "MOST_SHORT", 2_000)
    for number in range(10):
        desk.customer(f"Number {number}: " + "many words " * 80)
    text = words_of(asked(desk, "#full", ticket=1))
    assert "Number 9:" in text
    assert "Number 0:" not in text
    left = re.search(
        r"(\d+) earlier entries did not fit into this email\. An admin can print them: (.*) --full", text
    )
    assert left is not None
    assert (11 - len(re.findall(r"Number \d:", text)), "intake ticket show 1") == (int(left[1]), left[2])


@pytest.mark.parametrize("command", ["#show 1", "#full 1", "#next"])
def test_a_reply_to_it_answers_the_customer_of_that_ticket(desk: MailDesk, command: str) -> None:
    # Asked in another ticket: it is still the one that is shown.
    answer = asked(desk, command, ticket=3) if command != "#next" else asked(desk, command)
    desk.answer(answer, "Look under the sofa.", f"Anna <{desk.agent}>")
    (relay,) = desk.out(MailKind.RELAY)
    assert (LIN, ["Look under the sofa."]) == (relay.rcpt, desk.said(EntryKind.REPLY))


def test_show_of_a_ticket_that_went_into_another_customers_says_that_no_reply_is_sent(desk: MailDesk) -> None:
    desk.reply("#merge 3 anyway")
    answer = asked(desk, "#show 1")
    assert "Merged into #3, another customer's ticket: a reply to this email is not sent." in words_of(answer)
    assert "is sent to the customer" not in words_of(answer)
    desk.answer(answer, "Look under the sofa.", f"Anna <{desk.agent}>")
    assert [] == desk.out(MailKind.RELAY)


def test_show_of_a_ticket_that_went_into_another_says_where_a_reply_goes(desk: MailDesk) -> None:
    desk.reply("#merge 2")
    answer = asked(desk, "#show 1")
    assert "Merged into #2: a reply to this email goes there." in words_of(answer)
    desk.answer(answer, "Look under the sofa.", f"Anna <{desk.agent}>")
    assert [LIN] == [relay.rcpt for relay in desk.out(MailKind.RELAY)]
    assert ["Look under the sofa."] == desk.said(EntryKind.REPLY, 2)


def test_a_snoozed_ticket_says_until_when(desk: MailDesk) -> None:
    desk.reply("#snooze 2d")
    assert "Snoozed until " in words_of(asked(desk, "#show 1"))


def test_it_is_in_the_agents_language(desk: MailDesk) -> None:
    desk.store.agents.change(desk.agent, language="zh-Hans")
    desk.reply("#mine")
    for number in range(30):
        desk.customer(f"Number {number}.\n\n-- \nLin\nCustomer")
    answer = asked(desk, "#show 1")
    words = words_of(answer)
    assert "由我们邮件中的回复地址证实" in words
    assert "行：#full 1" in words
    assert "more line" not in words
    assert "earlier" not in words


@pytest.mark.parametrize(
    ("language", "words"), [("en", "You have no open tickets."), ("zh-Hans", "您没有未关闭的工单。")]
)
def test_next_says_that_there_is_none(desk: MailDesk, language: str, words: str) -> None:
    desk.store.agents.change(desk.agent, language=language)
    for number in (1, 2, 3):
        desk.reply("#close", ticket=number)
    assert words in words_of(asked(desk, "#next"))


def test_watchers_stand_in_it(desk: MailDesk) -> None:
    desk.reply("#watch")
    assert "Watched by" in text_of(asked(desk, "#show 1"))


# -- pictures ----------------------------------------------------------------------------

PNG = b"\x89PNG\r\n\x1a\n" + bytes(60)


def pictured(desk: MailDesk, name: str, sender: str, to: str, more: str = "") -> None:
    """Somebody writes with a picture between two lines."""
    desk.clock.later(seconds=30)
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, "Re: coins"
    mail["Message-ID"] = f"<{desk.clock.now.timestamp()}@x.example>"
    mail.set_content("plain")
    mail.add_alternative(f'{more}<p>This is</p><img src="cid:one@x"><p>what I see.</p>', subtype="html")
    mail.get_payload()[1].add_related(PNG, "image", "png", cid="<one@x>", filename=name)
    desk.take(mail.as_bytes(policy=SMTP), sender=sender)


@pytest.mark.parametrize("command", ["#show", "#full"])
def test_a_customers_picture_is_shown_where_it_stood(desk: MailDesk, command: str) -> None:
    pictured(desk, "screen.png", LIN, desk.to(Purpose.CUSTOMER, 1, 0))
    desk.customer("Did you see it?")
    answer = asked(desk, command, ticket=1)
    (place,) = re.findall(r'<img class="w" src="cid:([^"]+)" alt="\[image: screen\.png\]"', html_of(answer))
    html = html_of(answer)
    assert html.index("This is") < html.index(place) < html.index("what I see.")
    assert f"Content-ID: <{place}>".encode() in answer.raw
    assert "[image: screen.png]" in text_of(answer)


def test_of_two_pictures_with_one_name_neither_is_shown(desk: MailDesk) -> None:
    for _ in range(2):
        pictured(desk, "image001.png", LIN, desk.to(Purpose.CUSTOMER, 1, 0))
    answer = asked(desk, "#show", ticket=1)
    assert "<img" not in html_of(answer)
    assert "[image: image001.png]" in text_of(answer)


def test_pictures_of_notes_and_of_strangers_stay_out(desk: MailDesk) -> None:
    anna = desk.to(Purpose.AGENT, 1, 1)
    pictured(desk, "inside.png", desk.agent, anna, "<p>#note</p>")
    pictured(desk, "eve.png", EVE, desk.to(Purpose.CUSTOMER, 1, 0))
    answer = asked(desk, "#full", ticket=1)
    assert "inside.png" in text_of(answer)
    assert "eve.png" in text_of(answer)
    assert "<img" not in html_of(answer)
    assert b"Content-ID" not in answer.raw


# -- what is known of the requester ------------------------------------------------------


def test_notes_about_a_person_stand_in_the_next_notifications(desk: MailDesk) -> None:
    desk.reply("#person note Is hard of hearing: write, do not call.")
    desk.out()
    desk.customer("And now?")
    desk.mail(f"Lin <{LIN}>", desk.address, "It does not open either.", "My door")
    desk.mail(f"Eve <{EVE}>", desk.address, "And my letter?", "My letter")
    notices = [notice for notice in desk.out(MailKind.NOTICE) if notice.rcpt == desk.agent]
    assert [True, True, False] == ["Is hard of hearing" in words_of(notice) for notice in notices]
    assert "Is hard of hearing" in html_of(notices[0])
    assert "Is hard of hearing" in words_of(asked(desk, "#show 2"))


def test_a_note_about_a_person_is_in_no_mail_to_anybody_else(desk: MailDesk) -> None:
    desk.reply("#person note CANARY the person")
    desk.out()
    desk.customer("And now?")
    sent = desk.out()
    (notice, *_) = [mail for mail in sent if mail.kind is MailKind.NOTICE]
    quoted = "".join(f"> {line}\n" for line in parse(notice.raw).text.splitlines())
    desk.answer(notice, f"Look under the sofa.\n\nOn Sunday Desk wrote:\n{quoted}", f"Anna <{desk.agent}>")
    desk.reply("#close\nGood bye.")
    desk.mail(f"Lin <{LIN}>", desk.address, "Another one.", "New")
    sent += desk.out()
    desk.clock.later(days=10)
    desk.service.tick()
    sent += desk.out()
    assert {MailKind.RELAY, MailKind.SURVEY} <= {mail.kind for mail in sent}
    outside = [mail for mail in sent if not mail.kind.to_agent]
    assert outside
    assert [] == [mail.kind for mail in outside if "CANARY" in parse(mail.raw).text + parse(mail.raw).subject]
    assert [] == [mail.kind for mail in outside if b"CANARY" in mail.raw]


BORDER = "Authentication-Results: mx.desk.example; dmarc={} header.from=customer.example\r\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "level 0: address not proven"),
        (BORDER.format("pass"), "level 1: proven by our mail server"),
        (BORDER.format("fail"), "forged"),
    ],
)
def test_the_card_says_how_far_the_requester_is_proven(tmp_path: Path, words: str, said: str) -> None:
    desk = MailDesk(tmp_path)
    policy = desk.service.policy
    box = replace(policy.mailbox("support"), trusted_authserv="mx.desk.example")
    desk.service = replace(desk.service, policy=replace(policy, mailboxes={"support": box}))
    desk.mail(f"Lin <{LIN}>", desk.address, "It does not open.", "My safe", words)
    (notice,) = desk.out(MailKind.NOTICE)
    assert f"Lin <{LIN}> · {said}" in words_of(notice)
    # Whoever is given it later is told the same.
    answer = asked(desk, "#show 2")
    assert said in words_of(answer)
    desk.customer("More.", ticket=2)
    assert "proven by the reply address we mailed" in words_of(asked(desk, "#show 2"))
    desk.close()


def test_what_an_agent_forwarded_is_said_to_be_that(desk: MailDesk) -> None:
    desk.mail(
        f"Anna <{desk.agent}>",
        desk.address,
        "See.\n\n---------- Forwarded message ---------\nFrom: Bob <bob@else.example>\n"
        "Date: Mon, Jan 5, 2026 at 9:00 AM\nSubject: Refund\nTo: <anna@staff.desk.example>\n\nMoney back.\n",
        "Fwd: Refund",
    )
    (notice,) = [mail for mail in desk.out(MailKind.NOTICE) if mail.rcpt == desk.agent]
    assert "forwarded by an agent, address not proven" in words_of(notice)
