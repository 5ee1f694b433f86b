"""Words that an agent keeps: `#draft`, `#drafts`, the yes that sends them, and the reminder of what waits."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from desk_mail import LIMITS, LIN, MailDesk, text_of, words_of

from intake.desk.effects import MailKind, Outgoing
from intake.desk.ticket import EntryKind
from intake.desk.tokens import Purpose
from intake.mail.parse import parse

WEI = "wei@staff.desk.example"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[MailDesk]:
    desk = MailDesk(tmp_path, f"{LIMITS}\nundo_seconds = 0")
    yield desk
    desk.close()


def anna(desk: MailDesk) -> str:
    return f"Anna <{desk.agent}>"


def told(desk: MailDesk, *kinds: MailKind) -> list[Outgoing]:
    return [one for one in desk.out(*(kinds or (MailKind.ALERT,))) if one.rcpt == desk.agent]


def relayed(desk: MailDesk) -> list[str]:
    return [text_of(one).strip() for one in desk.out(MailKind.RELAY)]


def test_words_below_draft_are_kept_and_a_yes_sends_them(desk: MailDesk) -> None:
    desk.reply("#draft\nDear Lin, look under the sofa.")
    (asked,) = told(desk)
    assert ["Dear Lin, look under the sofa."] == desk.said(EntryKind.DRAFT)
    assert "Your draft for ticket #1 is kept. Nothing was sent." in words_of(asked)
    assert "look under the sofa" in words_of(asked)
    assert [] == relayed(desk)

    desk.answer(asked, "yes", anna(desk))
    assert ["Dear Lin, look under the sofa."] == relayed(desk)
    desk.answer(asked, "yes", anna(desk))
    assert [] == relayed(desk)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Dear Lin,\n\n#note\nlook under the sofa.", "looks like a command"),
        ("FYI team: look under the sofa.", "colleagues"),
    ],
)
def test_what_is_odd_about_a_draft_is_said_at_once_and_a_yes_answers_it(
    desk: MailDesk, text: str, why: str
) -> None:
    desk.reply(f"#draft\n{text}")
    (asked,) = told(desk)
    assert why in words_of(asked)
    desk.answer(asked, "yes", anna(desk))
    (sent,) = relayed(desk)
    assert "look under the sofa" in sent
    desk.answer(asked, "yes", anna(desk))
    assert [] == relayed(desk)


@pytest.mark.parametrize("name", ["#draft", "#Draft.", "#草稿", "#keep"])
def test_it_is_written_in_many_ways(desk: MailDesk, name: str) -> None:
    desk.reply(f"{name}\nDear Lin, look under the sofa.")
    assert [] == relayed(desk)
    assert 1 == len(desk.said(EntryKind.DRAFT))


def test_the_commands_of_a_draft_are_carried_out_when_it_is_sent_and_not_before(desk: MailDesk) -> None:
    desk.reply("#draft\n#close\n#tag found\nDear Lin, look under the sofa.")
    (asked,) = told(desk)
    ticket = desk.store.tickets.get(1)
    assert ticket is not None
    assert (ticket.status.value, ticket.tags) == ("new", ())
    desk.answer(asked, "yes", anna(desk))
    ticket = desk.store.tickets.get(1)
    assert ticket is not None
    assert (ticket.status.value, ticket.tags) == ("closed", ("found",))
    assert ["Dear Lin, look under the sofa."] == relayed(desk)


def test_a_note_that_was_kept_stays_a_note(desk: MailDesk) -> None:
    desk.reply("#draft\n#note\nHe lies.")
    (asked,) = told(desk)
    desk.answer(asked, "yes", anna(desk))
    assert [] == relayed(desk)
    assert ["He lies."] == desk.said(EntryKind.NOTE)


def test_draft_with_nothing_below_it_says_so(desk: MailDesk) -> None:
    desk.reply("#draft")
    assert "#draft keeps the text below it, and there was none." in words_of(told(desk)[0])


def test_a_better_text_takes_the_place_of_a_kept_one(desk: MailDesk) -> None:
    desk.reply("#draft\nDear Lin, look under the sofa.")
    (asked,) = told(desk)
    desk.answer(asked, "Dear Lin, it is behind the door after all.", anna(desk))
    assert ["Dear Lin, it is behind the door after all."] == relayed(desk)
    assert [] == desk.store.tickets.unsent(1, desk.clock.now)


def test_drafts_lists_them_and_draft_with_its_number_asks_again(desk: MailDesk) -> None:
    desk.mail(f"Eve <{LIN}>", desk.address, "Another thing.", "Keys")
    desk.reply("#draft\nFirst answer, not ready.")
    desk.reply("#draft\nSecond answer, not ready.", ticket=2)
    desk.out()
    desk.command("#drafts")
    (listed,) = told(desk, MailKind.ANSWER)
    words = words_of(listed)
    assert "2 drafts of yours wait" in words
    first, second = re.findall(r"Ticket #\d, draft (\d+), [^:]+:\d\d[^:]*: (?:My coins are late|Keys)", words)
    assert "“First answer, not ready.”" in words
    assert "#draft with its number" in words

    desk.clock.later(days=8)
    desk.command(f"#draft {second}")
    # Others show it in the conversation, such as the alert that nobody has replied.
    (asked,) = [one for one in told(desk) if f"Draft {second} waits" in text_of(one)]
    assert "Your draft:\n\nSecond answer, not ready." in text_of(asked)
    desk.answer(asked, "yes", anna(desk))
    assert ["Second answer, not ready."] == relayed(desk)
    desk.command(f"#draft {second}")
    assert f"no draft {second} of yours waits" in words_of(told(desk)[-1])
    # One alone is asked about at once.
    desk.command("#drafts")
    (asked,) = [one for one in told(desk) if "First answer" in text_of(one)]
    desk.answer(asked, "yes", anna(desk))
    assert ["First answer, not ready."] == relayed(desk)
    desk.command("#drafts")
    assert "No draft of yours waits." in words_of(told(desk, MailKind.ANSWER)[-1])
    assert first != second


@pytest.mark.parametrize("again", [False, True], ids=["at once", "asked for again"])
def test_a_kept_draft_of_an_answer_to_a_colleague_stays_a_note(desk: MailDesk, again: bool) -> None:
    """What Wei keeps of an answer to Anna's question goes to no customer, whichever way it is sent."""
    desk.store.agents.add(WEI, "Wei", (), desk.clock())
    desk.reply("#note @wei do you know this wallet?\nIt looks odd.")
    (question,) = [one for one in desk.out(MailKind.NOTICE) if one.rcpt == WEI]
    desk.answer(question, "#draft\nIt is a fraud, do not tell Lin.", f"Wei <{WEI}>")
    assert "kept_note" == desk.outcome()[1]
    (asked,) = [one for one in desk.out(MailKind.ALERT) if one.rcpt == WEI]
    assert "It is a fraud, do not tell Lin." in words_of(asked)
    if again:
        desk.answer(question, "#drafts", f"Wei <{WEI}>")
        (asked,) = [one for one in desk.out(MailKind.ALERT) if one.rcpt == WEI]
    desk.answer(asked, "yes", f"Wei <{WEI}>")
    assert [] == [one for one in desk.out() if one.kind is MailKind.RELAY or LIN in one.rcpt]
    assert [] == desk.said(EntryKind.REPLY)
    assert "It is a fraud, do not tell Lin." in [text.strip() for text in desk.said(EntryKind.NOTE)]
    assert [] == desk.store.tickets.unsent(1, desk.clock.now)


def test_a_better_text_in_place_of_a_kept_note_is_the_only_one(desk: MailDesk) -> None:
    desk.store.agents.add(WEI, "Wei", (), desk.clock())
    desk.reply("#note @wei do you know this wallet?\nIt looks odd.")
    (question,) = [one for one in desk.out(MailKind.NOTICE) if one.rcpt == WEI]
    desk.answer(question, "#draft\nIt is a fraud, I think.", f"Wei <{WEI}>")
    (asked,) = [one for one in desk.out(MailKind.ALERT) if one.rcpt == WEI]
    desk.answer(asked, "I have looked again: it is a fraud for certain.", f"Wei <{WEI}>")
    assert [] == desk.store.tickets.unsent(1, desk.clock.now)
    desk.answer(asked, "yes", f"Wei <{WEI}>")
    notes = [text.strip() for text in desk.said(EntryKind.NOTE)]
    assert "I have looked again: it is a fraud for certain." in notes
    assert "It is a fraud, I think." not in notes
    assert [] == [one for one in desk.out() if one.kind is MailKind.RELAY or LIN in one.rcpt]


def test_nobody_sees_the_drafts_of_another(desk: MailDesk) -> None:
    desk.store.agents.add(WEI, "Wei", (), desk.clock())
    desk.reply("#draft\nFirst answer, not ready.")
    (draft,) = desk.store.tickets.unsent(1, desk.clock.now)
    desk.out()
    desk.mail(f"Wei <{WEI}>", desk.to(Purpose.COMMAND, 0, 2), f"#draft {draft.entry}")
    desk.mail(f"Wei <{WEI}>", desk.to(Purpose.COMMAND, 0, 2), "#drafts")
    assert not any("First answer" in text_of(one) for one in desk.out())


def test_what_has_become_of_its_ticket_is_said(desk: MailDesk) -> None:
    desk.reply("#draft\nFirst answer, not ready.")
    desk.reply("Dear Lin, here it is.")
    desk.reply("#close")
    desk.out()
    desk.command("#drafts")
    (asked,) = told(desk)
    assert "Its ticket is closed. Somebody has replied since." in words_of(asked)


def test_who_lets_a_draft_wait_is_reminded_once_a_day_and_three_times(desk: MailDesk) -> None:
    desk.reply("#draft\nFirst answer, not ready.")
    desk.out()
    reminders = []
    for _ in range(6 * 4):
        desk.clock.later(hours=6)
        reminders += [one for one in told(desk) if "waits. Nothing of it was sent." in words_of(one)]
    assert 3 == len(reminders)
    desk.answer(reminders[-1], "yes", anna(desk))
    assert ["First answer, not ready."] == relayed(desk)


def test_nobody_is_reminded_of_what_was_answered_since(desk: MailDesk) -> None:
    desk.reply("#draft\nFirst answer, not ready.")
    desk.reply("Dear Lin, here it is.")
    desk.out()
    desk.clock.later(days=2)
    assert not any("waits. Nothing of it was sent." in words_of(one) for one in told(desk))
    assert [False] == [draft.pending for draft in desk.store.tickets.unsent(None, desk.clock.now)]
    assert desk.clock.now - timedelta(days=3) < desk.store.tickets.unsent(None, desk.clock.now)[0].at


@pytest.mark.parametrize("text", ["#tagg x", "", "#merge 99"])
def test_an_email_without_words_for_the_customer_is_no_draft_that_waits(desk: MailDesk, text: str) -> None:
    desk.reply(text)
    assert 1 == len(desk.said(EntryKind.DRAFT))
    assert [] == desk.store.tickets.unsent(None, desk.clock.now)
    (mail,) = told(desk)
    assert "waiting to be sent" not in words_of(mail)
    desk.reply("#tagg x\nDear Lin, look under the sofa.")
    assert 1 == len(desk.store.tickets.unsent(None, desk.clock.now))


def test_a_command_that_is_not_proven_waits_for_its_yes_though_it_has_no_words(desk: MailDesk) -> None:
    desk.mail("anna@home.example", desk.to(Purpose.AGENT, 1, 1), "#close")
    (asked,) = told(desk)
    assert 1 == len(desk.store.tickets.unsent(None, desk.clock.now))
    desk.answer(asked, "yes", anna(desk))
    assert "closed" == desk.store.tickets.get(1).status.value
    assert [] == desk.store.tickets.unsent(None, desk.clock.now)


@pytest.mark.parametrize("text", ["no", "No.", "#discard", "不要", "nein\n\n-- \nAnna"])
def test_a_no_discards_a_draft_and_a_yes_after_it_sends_nothing(desk: MailDesk, text: str) -> None:
    desk.reply("#draft\nDear Lin, look under the sofa.")
    (asked,) = told(desk)
    assert "reply no: the draft is discarded" in words_of(asked)
    desk.answer(asked, text, anna(desk))
    assert [] == desk.store.tickets.unsent(None, desk.clock.now)
    (gone,) = told(desk, *MailKind)
    assert "is discarded. Nothing of it was sent" in words_of(gone)
    assert "draft discarded by Anna" in desk.said(EntryKind.EVENT)
    assert ["Dear Lin, look under the sofa."] == desk.said(EntryKind.DRAFT)
    desk.answer(gone, "yes", anna(desk))
    desk.answer(asked, "yes", anna(desk))
    assert [] == relayed(desk)


@pytest.mark.parametrize("text", ["#undo", "#撤回", "#Undo\n\n-- \nAnna", "#undo\nno"])
@pytest.mark.parametrize("kept", ["#draft\nDear Lin, look.", "Dear Lin, look."])
def test_an_undo_in_reply_to_the_question_discards_the_draft(desk: MailDesk, text: str, kept: str) -> None:
    sender = "anna@home.example" if kept[0] != "#" else anna(desk)
    desk.mail(sender, desk.to(Purpose.AGENT, 1, 1), kept)
    (asked,) = told(desk)
    desk.answer(asked, text, anna(desk))
    assert [] == desk.store.tickets.unsent(None, desk.clock.now)
    (gone,) = told(desk, *MailKind)
    assert "is discarded. Nothing of it was sent" in words_of(gone)
    assert [] == relayed(desk)


def test_a_better_text_below_an_undo_is_sent_in_its_place(desk: MailDesk) -> None:
    desk.reply("#draft\nDear Lin, look under the sofa.")
    (asked,) = told(desk)
    desk.answer(asked, "#undo\n#tag sofa\nDear Lin, please look under the bed.", anna(desk))
    assert ["Dear Lin, please look under the bed."] == desk.said(EntryKind.REPLY)
    assert [] == desk.store.tickets.unsent(None, desk.clock.now)


def test_an_undo_takes_a_reply_back_while_that_can_be_done(tmp_path: Path) -> None:
    desk = MailDesk(tmp_path, f"{LIMITS}\nundo_seconds = 600")
    try:
        desk.reply("#draft\nDear Lin, look under the sofa.")
        (asked,) = told(desk)
        desk.reply("Dear Lin, look under the bed.")
        desk.answer(asked, "#undo", anna(desk))
        assert [] == desk.said(EntryKind.REPLY)
        assert 2 == len(desk.store.tickets.unsent(None, desk.clock.now))
    finally:
        desk.close()


def test_an_undo_with_a_yes_below_sends_nothing(desk: MailDesk) -> None:
    desk.reply("#draft\nDear Lin, look under the sofa.")
    (asked,) = told(desk)
    desk.answer(asked, "#undo\nyes", anna(desk))
    assert [] == relayed(desk)


@pytest.mark.parametrize("text", ["No, that was not me, please look into it.", "no\n#note\nHm."])
def test_more_than_a_no_discards_nothing(desk: MailDesk, text: str) -> None:
    desk.reply("#draft\nDear Lin, look under the sofa.")
    (asked,) = told(desk)
    desk.answer(asked, text, anna(desk))
    assert "Dear Lin, look under the sofa." in [
        draft.text for draft in desk.store.tickets.unsent(None, desk.clock.now)
    ]
    assert [] == relayed(desk)


def test_a_note_in_place_of_words_for_colleagues_settles_them(desk: MailDesk) -> None:
    desk.reply("Note: she lies, do not pay\n\nHi Lin")
    (asked,) = told(desk)
    desk.answer(asked, "#note\nshe lies, do not pay", anna(desk))
    desk.out()
    desk.answer(asked, "yes", anna(desk))
    assert [] == relayed(desk)
    assert [] == desk.store.tickets.unsent(1, desk.clock.now)


def test_a_draft_waits_on_beside_a_note_but_not_where_others_got_its_address(desk: MailDesk) -> None:
    for more, waiting in (("", 1), ("Cc: paul@carrier.example\r\n", 0)):
        desk.reply("#draft\nDear Lin, look under the sofa.")
        asked = told(desk)[-1]
        address = parse(asked.raw).reply_to[0].mailbox
        desk.mail(anna(desk), address, "#note\nI must ask first.", more=more)
        desk.out()
        assert waiting == len(desk.store.tickets.unsent(1, desk.clock.now))
        desk.answer(asked, "yes", anna(desk))
        assert waiting == len(relayed(desk))


def test_a_note_without_words_is_none(desk: MailDesk) -> None:
    desk.reply("#note")
    assert "#note keeps the text below it, and there was none." in words_of(told(desk)[0])
    desk.reply("#note\n#tag lost")
    assert [] == desk.said(EntryKind.NOTE)
    assert ("lost",) == desk.store.tickets.get(1).tags
