"""What was meant for the customer of a merged ticket reaches no other customer, by whatever way it came."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from desk_mail import EVE, LIMITS, LIN, MailDesk, words_of

from intake.desk.effects import MailKind, Outgoing
from intake.desk.ticket import EntryKind, Status
from intake.desk.tokens import Purpose

KIM = "kim@new.example"
WORDS = "Dear Eve, your test came back"
# What Anna writes to the old address of Eve's ticket, and who stands in To where that is in Cc.
WAYS = {
    "plain": (WORDS, ""),
    "draft": (f"#draft\n{WORDS}", ""),
    "aside": (f"@ben look\n{WORDS}", ""),
    "stray": (f"Hello,\n#note\n{WORDS}", ""),
    "unknown": (f"#frob\n{WORDS}", ""),
    "copy": (f"#copy\n{WORDS}", ""),
    "reply": (f"#reply\n{WORDS}", ""),
    "close": (f"#close\n{WORDS}", ""),
    "to her": (WORDS, EVE),
    "to a stranger": (WORDS, KIM),
}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[MailDesk]:
    made = MailDesk(tmp_path / "desk", f"{LIMITS}\nundo_seconds = 0")
    made.store.agents.add("ben@staff.desk.example", "Ben", (), made.clock())
    made.mail(f"Eve <{EVE}>", made.address, "Am I ill?", "Eve's test")
    made.out()
    yield made
    made.close()


def merge(desk: MailDesk) -> None:
    desk.reply("#merge 1 anyway", ticket=2)
    assert 1 == desk.store.tickets.get(2).merged_into
    desk.out()


def write(desk: MailDesk, text: str, to: str = "", sender: str = "") -> None:
    """Anna answers an old notice of Eve's ticket."""
    old = desk.to(Purpose.AGENT, 2, 1)
    more = f"Cc: {old}\r\n" if to else ""
    desk.mail(sender or f"Anna <{desk.agent}>", to or old, text, more=more, by=old)


def theirs(desk: MailDesk) -> list[Outgoing]:
    """What Anna gets; nothing goes to a customer."""
    mails = desk.out()
    assert [] == [mail for mail in mails if mail.rcpt in (LIN, EVE, KIM)]
    return [mail for mail in mails if mail.rcpt == desk.agent]


@pytest.mark.parametrize("way", WAYS)
def test_no_way_leads_to_the_other_nor_does_a_yes(desk: MailDesk, way: str) -> None:
    merge(desk)
    text, to = WAYS[way]
    write(desk, text, to)
    (told,) = theirs(desk)
    assert "one word yes" not in words_of(told)
    for answer in ("yes", "#reply\nyes, send it", "#undo", WORDS):
        desk.answer(told, answer)
        theirs(desk)
    assert [] == desk.said(EntryKind.REPLY) + desk.said(EntryKind.REPLY, 2)


@pytest.mark.parametrize("way", [way for way in WAYS if way != "to her"])
def test_what_was_asked_before_the_merge_is_not_sent_by_a_yes_after_it(desk: MailDesk, way: str) -> None:
    text, to = WAYS[way]
    if way in ("plain", "copy", "reply", "close"):
        text = f"#draft\n{text}"
    write(desk, text, to)
    (told,) = [mail for mail in desk.out() if mail.rcpt == desk.agent]
    merge(desk)
    desk.answer(told, "yes")
    theirs(desk)


@pytest.mark.parametrize("sender", ["Anna <anna@home.example>", ""])
def test_nor_does_what_nothing_proves(desk: MailDesk, sender: str) -> None:
    merge(desk)
    if not sender:
        desk.service = replace(desk.service, policy=replace(desk.service.policy, agent_authority="strict"))
    write(desk, WORDS, sender=sender)
    (told,) = theirs(desk)
    assert "we could not verify" in words_of(told)
    assert "one word yes" not in words_of(told)
    desk.answer(told, "yes")
    theirs(desk)


def test_the_advice_is_true_and_an_answer_to_it_stays_inside(desk: MailDesk) -> None:
    merge(desk)
    write(desk, WORDS)
    (told,) = theirs(desk)
    assert "send it again" not in words_of(told)
    assert "stays an internal note" in words_of(told)
    desk.answer(told, "Dear Eve, your parcel is at the post office.")
    theirs(desk)
    assert "Dear Eve, your parcel is at the post office." in desk.said(EntryKind.NOTE)


@pytest.mark.parametrize("command", ["#close", "#reopen", "#spam", "#snooze 2d", "#subject Eve"])
def test_no_command_changes_the_others_request(desk: MailDesk, command: str) -> None:
    desk.reply("#close") if command == "#reopen" else None
    merge(desk)
    before = desk.store.tickets.get(1)
    write(desk, command)
    (told,) = theirs(desk)
    assert "was merged into #1" in words_of(told)
    assert before.status is desk.store.tickets.get(1).status
    assert before.subject == desk.store.tickets.get(1).subject


@pytest.mark.parametrize("text", ["#note\nShe called.", "#show", "#note @ben\nLook."])
def test_what_stays_inside_is_done(desk: MailDesk, text: str) -> None:
    merge(desk)
    write(desk, text)
    theirs(desk)
    assert "agent_reply" == desk.outcome()[1]


def test_a_reply_that_is_taken_back_after_the_merge_stays_eves(tmp_path: Path) -> None:
    desk = MailDesk(tmp_path / "desk", f"{LIMITS}\nundo_seconds = 60")
    desk.mail(f"Eve <{EVE}>", desk.address, "Am I ill?", "Eve's test")
    desk.out()
    write(desk, WORDS)
    desk.reply("#merge 1 anyway", ticket=2)
    desk.out()
    write(desk, "#undo")
    (told,) = theirs(desk)
    desk.answer(told, "yes")
    desk.clock.later(minutes=3)
    theirs(desk)
    assert (Status.NEW, Status.CLOSED) == tuple(desk.store.tickets.get(it).status for it in (1, 2))
    desk.close()


def test_of_one_customers_two_tickets_each_answer_goes_out(desk: MailDesk) -> None:
    desk.mail(f"Lin <{LIN}>", desk.address, "And another thing.", "Again")
    desk.out()
    desk.reply("#merge 1", ticket=3)
    desk.out()
    desk.reply("It is under the sofa.", ticket=3)
    assert [LIN] == [mail.rcpt for mail in desk.out(MailKind.RELAY)]
