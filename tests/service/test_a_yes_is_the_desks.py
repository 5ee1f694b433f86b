"""A yes or a no in reply to an email of the desk's about an agent's own email never reaches the customer."""

from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from desk_mail import LIMITS, LIN, MailDesk, words_of

from intake.desk.effects import MailKind, Outgoing
from intake.desk.ticket import EntryKind

# What an agent wrote that was not sent, and what they answer to the email that says so.
REFUSED = ["#noet\nAsk the bank.", "#assign Kai", "#note @nobody\nLook.", "#ask\n", "", "#tagg x"]
ASKED = ["Hello,\n\n#note\nA secret.", "#draft\nIt is under the sofa."]
WORDS = ["yes", "no", "No, that was not me.", "ja", "nein", "是", "取消", "确认", "Oui.", "cancel", "ok"]
BELOW = ["#mine\nno, that was not me", "#close\nno", "#priority high\nja", "#tag x\nok", "#close\nyes"]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[MailDesk]:
    desk = MailDesk(tmp_path, LIMITS)
    yield desk
    desk.close()


def answer(desk: MailDesk, mail: Outgoing, text: str) -> None:
    """Anna replies to an email of the desk's."""
    to = str(message_from_bytes(mail.raw, policy=default)["Reply-To"].addresses[0].addr_spec)
    desk.mail(f"Anna <{desk.agent}>", to, text, "Re: coins")


def alert(desk: MailDesk) -> Outgoing:
    """The email that Anna got last."""
    return [mail for mail in desk.out() if mail.kind is MailKind.ALERT and mail.rcpt == desk.agent][-1]


def outside(desk: MailDesk) -> list[bytes]:
    return [mail.raw for mail in desk.out() if mail.rcpt == LIN and mail.kind is MailKind.RELAY]


@pytest.mark.parametrize("words", WORDS)
def test_to_an_email_that_asks_nothing(desk: MailDesk, words: str) -> None:
    for first in REFUSED:
        desk.reply(first)
        answer(desk, alert(desk), words)
        assert [] == outside(desk), first
        # What is carried out ends a row of mistakes, of which more than three are told in one email.
        desk.reply("#tag seen")
    assert [] == [row for row in desk.store.tickets.entries(1) if row.kind is EntryKind.REPLY]


@pytest.mark.parametrize("words", BELOW)
def test_below_a_command_to_an_email_that_asks(desk: MailDesk, words: str) -> None:
    for first in ASKED:
        desk.reply(first)
        answer(desk, alert(desk), words)
        assert [] == outside(desk), first
        # What is carried out ends a row of mistakes, of which more than three are told in one email.
        desk.reply("#tag seen")
    assert [] == [row for row in desk.store.tickets.entries(1) if row.kind is EntryKind.REPLY]


def waiting(desk: MailDesk) -> list[str]:
    return [row.text for row in desk.store.tickets.entries(1) if row.waiting]


@pytest.mark.parametrize("sender", ["", "Anna <anna@home.example>"])
@pytest.mark.parametrize("words", ["yes", "no", "#mine\nno, that was not me", "#close\nyes"])
@pytest.mark.parametrize("first", ["#noet\nAsk the bank.", "#assign Kai", "#tagg x"])
def test_a_yes_to_what_asks_nothing_is_no_draft_whatever_is_answered_to_it(
    desk: MailDesk, first: str, words: str, sender: str
) -> None:
    desk.reply(first)
    before = waiting(desk)
    desk.answer(alert(desk), words, sender)
    for _ in range(2):
        told = alert(desk)
        assert "It is a yes or a no to an email of the desk" in words_of(told)
        desk.answer(told, "yes")
    assert ([], before) == (outside(desk), waiting(desk))


@pytest.mark.parametrize("words", ["#close\nyes", "#mine\nno, that was not me", "No, not me."])
def test_a_yes_below_a_command_asks_about_the_draft_again_and_the_next_sends_that(
    desk: MailDesk, words: str
) -> None:
    desk.reply("#draft\nIt is under the sofa.")
    desk.answer(alert(desk), words)
    told = alert(desk)
    assert "under the sofa" in words_of(told)
    assert ["It is under the sofa."] == waiting(desk)
    desk.answer(told, "yes")
    desk.clock.later(minutes=2)
    (sent,) = outside(desk)
    assert b"under the sofa" in sent
    assert [] == waiting(desk)


@pytest.mark.parametrize("first", ["#noet\nAsk the bank.", "#assign Kai\nThanks.", "#tagg x\nIt is here."])
def test_undo_to_an_alert_discards_the_one_draft_that_waits(desk: MailDesk, first: str) -> None:
    desk.reply(first)
    told = alert(desk)
    assert [first] == waiting(desk)
    desk.answer(told, "#undo")
    assert [] == waiting(desk)
    assert "draft discarded by Anna" in desk.said(EntryKind.EVENT)
    (said,) = [mail for mail in desk.out() if mail.rcpt == desk.agent]
    assert "is discarded" in words_of(said)


def test_undo_to_an_alert_takes_back_a_reply_first_and_chooses_between_no_drafts(desk: MailDesk) -> None:
    desk.reply("#noet\nAsk the bank.")
    told = alert(desk)
    desk.reply("#tagg x\nIt is here.")
    desk.answer(told, "#undo")
    assert 2 == len(waiting(desk))
    assert "#drafts lists your drafts" in words_of(alert(desk))


def test_undo_to_an_alert_from_elsewhere_discards_nothing(desk: MailDesk) -> None:
    desk.reply("#noet\nAsk the bank.")
    desk.answer(alert(desk), "#undo", "Eve <eve@elsewhere.example>")
    assert "#noet\nAsk the bank." in waiting(desk)


def test_a_better_text_goes_out_and_a_yes_to_a_customers_question_as_well(desk: MailDesk) -> None:
    desk.reply("#tagg x")
    answer(desk, alert(desk), "It is under the sofa, please look again.")
    assert 1 == len(outside(desk))
    desk.reply("Yes.")
    assert 1 == len(outside(desk))


@pytest.mark.parametrize(
    "first",
    [
        "#noet\nHe lies.",
        "#aks paul@partner.example\nWho is he?",
        "#ask\n",
        "#note @nobody\n",
        "#备住\n他骗人",
    ],
)
def test_what_was_meant_for_colleagues_stays_inside_on_a_second_try(desk: MailDesk, first: str) -> None:
    desk.reply(first)
    told = alert(desk)
    assert b"#reply" in told.raw
    answer(desk, told, "Do you know whether he is a fraud, before we answer?")
    assert [] == outside(desk)
    assert [] == desk.said(EntryKind.REPLY)
    answer(desk, told, "#reply\nWe look into it and write again tomorrow.")
    (sent,) = outside(desk)
    assert b"write again tomorrow" in sent


@pytest.mark.parametrize(
    "joined",
    [
        "Hi Lin,#note",
        "Thanks.#note",
        "Hi!#note",
        "Hi#note",
        "Hi,#note He lies.",
        "Internal:#note",
        "您好，#备注",
    ],
)
def test_a_note_that_a_program_joined_to_the_greeting_is_held(desk: MailDesk, joined: str) -> None:
    desk.reply(f"{joined}\nHe lies about the date.")
    assert [] == outside(desk)
    assert [] == desk.said(EntryKind.REPLY)


@pytest.mark.parametrize("page", ["https://docs.example/wallet#note", "docs.example.com/a,#note"])
def test_a_part_of_a_page_is_no_command(desk: MailDesk, page: str) -> None:
    desk.reply(f"Please read {page}\nIt says how to go on from there.")
    assert 1 == len(outside(desk))


def test_an_encrypted_reply_is_held_and_told_of(desk: MailDesk) -> None:
    armour = "-----BEGIN PGP MESSAGE-----\n\nwcBMA0000000000000AQf/\n=abcd\n-----END PGP MESSAGE-----"
    desk.reply(armour)
    told = alert(desk)
    assert b"encrypted" in told.raw
    assert [] == outside(desk)
    assert [] == desk.said(EntryKind.REPLY)


@pytest.mark.parametrize("words", ["yes", "No, that was not me."])
def test_to_an_alert_whose_answers_are_notes(desk: MailDesk, words: str) -> None:
    desk.reply("#noet\nHe lies.")
    answer(desk, alert(desk), words)
    assert [] == desk.said(EntryKind.NOTE)
    assert [] == outside(desk)


@pytest.mark.parametrize(
    "words",
    [
        "Yes, please send it.",
        "Ja, bitte senden.",
        "是的，可以发",
        "ok then, send it to her please",
        "Oui, merci.",
    ],
)
def test_a_yes_in_more_words_is_asked_about_again_and_the_next_yes_sends_the_draft(
    desk: MailDesk, words: str
) -> None:
    desk.reply("#draft\nIt is under the sofa.")
    answer(desk, alert(desk), words)
    mails = desk.out()
    assert [] == [mail for mail in mails if mail.rcpt == LIN]
    (asked,) = [mail for mail in mails if mail.rcpt == desk.agent]
    assert "under the sofa" in words_of(asked)
    answer(desk, asked, "yes")
    (sent,) = outside(desk)
    assert b"under the sofa" in sent
    assert ["It is under the sofa."] == [
        row.text for row in desk.store.tickets.entries(1) if row.kind is EntryKind.REPLY
    ]


@pytest.mark.parametrize("words", ["ja bitte", "passt", "可以", "行", "Go ahead!", "Bitte senden."])
def test_what_people_say_for_yes_sends_the_draft(desk: MailDesk, words: str) -> None:
    desk.reply("#draft\nIt is under the sofa.")
    answer(desk, alert(desk), words)
    (sent,) = outside(desk)
    assert b"under the sofa" in sent


BARE = [
    "yes",
    "Yes!",
    "是",
    "ja",
    "nein",
    "No.",
    "ok",
    "#close\nyes",
    "ja\n\nViele Grüße\nJana",
    "是的\n小王",
]


@pytest.mark.parametrize("words", BARE)
def test_to_an_ordinary_email_while_a_draft_waits_is_asked_about_and_not_sent(
    desk: MailDesk, words: str
) -> None:
    desk.reply("#draft\nIt is under the sofa.")
    desk.out()
    desk.reply(words)
    told = alert(desk)

    assert "You wrote only a yes or a no while a draft of yours waits in ticket #1" in words_of(told)
    assert ["It is under the sofa."] == waiting(desk)
    assert ([], []) == (outside(desk), desk.said(EntryKind.REPLY))
    answer(desk, told, "yes")
    (sent,) = outside(desk)
    assert b"under the sofa" in sent


@pytest.mark.parametrize(
    "words",
    ["#reply\nYes.", "Yes, that is so.", "No, it takes a day more.", "Yes.\nYou can use it again now."],
)
def test_a_sentence_and_a_reply_that_says_so_go_to_the_customer_while_a_draft_waits(
    desk: MailDesk, words: str
) -> None:
    desk.reply("#draft\nIt is under the sofa.")
    desk.out()
    desk.reply(words)

    assert 1 == len(outside(desk))


def test_a_draft_in_another_ticket_or_of_a_colleague_asks_nothing_about_a_yes(desk: MailDesk) -> None:
    desk.mail("Eve <eve@elsewhere.example>", desk.address, "Where is it?", "Lost")
    desk.reply("#draft\nIt is under the sofa.", ticket=2)
    desk.out()
    desk.reply("Yes.")

    assert 1 == len(outside(desk))


def test_of_several_drafts_the_agent_gets_the_list(desk: MailDesk) -> None:
    desk.reply("#draft\nIt is under the sofa.")
    desk.reply("#draft\nIt is behind the door.")
    desk.out()
    desk.reply("yes")

    (listed,) = [mail for mail in desk.out() if mail.rcpt == desk.agent]
    assert "#draft" in words_of(listed)
    assert "only a yes or a no while a draft" in words_of(listed)
    assert 2 == len(waiting(desk))
