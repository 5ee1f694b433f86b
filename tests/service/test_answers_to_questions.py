"""What agents and leads answer to the mails that ask or alert them, beside the one word yes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from agent_desk import Domain, StrictDesk
from desk_mail import LIMITS, MailDesk, subject_of, text_of, words_of

from intake.desk.effects import Mail, MailKind, Outcome, Outgoing
from intake.desk.message import Address
from intake.desk.text.language import LANGUAGES
from intake.desk.ticket import EntryKind, Status
from intake.desk.tokens import Purpose
from intake.mail.parse import parse
from intake.rendering.composer import Composer
from intake.rendering.templates import renderer
from intake.store.upkeep.integrity import IntegrityCheck

WEI = "wei@staff.desk.example"
BETTER = "Dear Lin, please look under the sofa once more."


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[MailDesk]:
    desk = MailDesk(tmp_path, f"{LIMITS}\nundo_seconds = 60")
    desk.store.agents.add(WEI, "Wei", (), desk.clock())
    yield desk
    desk.close()


def wei_answers(desk: MailDesk, text: str) -> None:
    desk.mail(f"Wei <{WEI}>", desk.to(Purpose.AGENT, 1, 2), text)


def overtaken(desk: MailDesk) -> Outgoing:
    """Anna has written while Wei answered; return the mail that asks her."""
    wei_answers(desk, "It is behind the door.")
    desk.reply("It is under the sofa.")
    (asked,) = [one for one in desk.out(MailKind.ALERT) if one.rcpt == desk.agent]
    assert "Wei has already replied" in words_of(asked)
    return asked


def relayed(desk: MailDesk) -> list[str]:
    desk.clock.later(minutes=2)
    return [text_of(one).strip() for one in desk.out(MailKind.RELAY)]


@pytest.mark.parametrize("first", ["Hi,\n\n#note\nIt is under the sofa.", "#draft\nIt is under the sofa."])
def test_a_yes_after_a_colleague_answered_shows_that_answer_and_asks_once_more(
    desk: MailDesk, first: str
) -> None:
    desk.reply(first)
    (asked,) = [one for one in desk.out(MailKind.ALERT) if one.rcpt == desk.agent]
    wei_answers(desk, "It is behind the door.")
    desk.answer(asked, "yes")
    assert ["It is behind the door."] == relayed(desk)
    desk.answer(asked, "yes")
    told = [one for one in desk.out(MailKind.ALERT) if one.rcpt == desk.agent][-1]
    assert "Wei has already replied" in words_of(told)
    assert "It is under the sofa." in words_of(told)
    desk.answer(told, "yes")
    (sent,) = relayed(desk)
    assert "It is under the sofa." in sent
    desk.answer(told, "yes")
    assert [] == relayed(desk)


def test_what_else_is_odd_about_a_second_answer_is_asked_in_one_mail(desk: MailDesk) -> None:
    wei_answers(desk, "It is behind the door.")
    desk.reply("Hi,\n\n#note\nIt is under the sofa.")
    (asked,) = [one for one in desk.out(MailKind.ALERT) if one.rcpt == desk.agent]
    assert "Wei has already replied" in words_of(asked)
    assert "looks like a command" in words_of(asked)
    relayed(desk)
    desk.answer(asked, "yes")
    assert 1 == len(relayed(desk))


def test_a_better_answer_in_its_place_goes_out_and_the_draft_waits_no_more(desk: MailDesk) -> None:
    asked = overtaken(desk)
    relayed(desk)
    desk.answer(asked, BETTER, f"Anna <{desk.agent}>")

    assert [BETTER] == relayed(desk)
    assert [False] == [one.waiting for one in desk.store.tickets.entries(1) if one.kind is EntryKind.DRAFT]
    desk.answer(asked, "yes", f"Anna <{desk.agent}>")
    assert [] == relayed(desk)
    assert [] == list(IntegrityCheck(desk.store.db, desk.store.blobs).faults())


def test_undo_in_reply_to_it_takes_the_last_answer_back(desk: MailDesk) -> None:
    desk.mail("anna@home.example", desk.to(Purpose.AGENT, 1, 1), "From home.")
    (question,) = [one for one in desk.out(MailKind.ALERT) if one.rcpt == desk.agent]
    desk.reply("It is under the sofa.")
    desk.answer(question, "#undo", f"Anna <{desk.agent}>")

    assert [] == relayed(desk)
    assert "It is under the sofa." in desk.said(EntryKind.DRAFT)


@pytest.mark.parametrize(
    ("text", "kind"), [("#note\nHe is nice.", EntryKind.NOTE), ("#close", EntryKind.EVENT)]
)
def test_commands_in_reply_to_it_are_obeyed_and_the_draft_still_waits(
    desk: MailDesk, text: str, kind: EntryKind
) -> None:
    desk.answer(overtaken(desk), text, f"Anna <{desk.agent}>")

    assert desk.said(kind)
    assert [True] == [one.waiting for one in desk.store.tickets.entries(1) if one.kind is EntryKind.DRAFT]
    assert (Status.CLOSED is desk.store.tickets.get(1).status) == (text == "#close")


TO_US = (
    "no", "No, that was not me, please look into it.", "yes please do it", "Not me!", "不是我写的", "ok go on"
)  # fmt: skip


@pytest.mark.parametrize("text", TO_US)
def test_a_word_to_us_is_never_taken_for_an_answer(desk: MailDesk, text: str) -> None:
    asked = overtaken(desk)
    relayed(desk)
    desk.answer(asked, text, f"Anna <{desk.agent}>")

    assert [] == relayed(desk)


def test_another_answer_needs_the_proof_that_a_yes_does_not(tmp_path: Path) -> None:
    staff = Domain("staff.desk.example")
    desk = StrictDesk(tmp_path, "automatic_per_address_hour = 90")
    desk.dns[staff.place] = staff.record
    desk.take(desk.mail("Under the sofa."), sender=desk.agent)
    (asked,) = desk.told()
    to = parse(asked).reply_to[0].mailbox
    desk.take(desk.mail(BETTER, to=to), sender=desk.agent)
    assert [] == desk.relayed()
    desk.take(staff.sign(desk.mail(BETTER, to=to), staff.name), sender=desk.agent)
    (sent,) = desk.relayed()
    assert BETTER.encode() in sent
    desk.close()


# -- leads -------------------------------------------------------------------------------

LEAD = "lead@boss.example"


@pytest.fixture
def led(tmp_path: Path) -> Iterator[MailDesk]:
    desk = MailDesk(tmp_path, f"{LIMITS}\nundo_seconds = 0\n[team support]\nlead = {LEAD}")
    desk.reply("#assign support")
    desk.out()
    yield desk
    desk.close()


def alerted(desk: MailDesk) -> Outgoing:
    desk.reply("#escalate he is a lawyer")
    (told,) = [one for one in desk.out(MailKind.ALERT) if one.rcpt == LEAD]
    return told


def test_a_lead_who_is_no_agent_is_told_what_a_reply_of_theirs_does(led: MailDesk) -> None:
    alert = alerted(led)
    told = words_of(alert)

    assert "goes to the agents of this ticket as an internal note" in told
    assert "To write to the customer" not in told
    # What it is about stands in its first line: the subject is the thread's.
    assert told.startswith("##- Please type your reply above this line -## Escalated by Anna")
    assert "[#1] My coins are late" == subject_of(alert)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("event", ["", "brake"])
def test_nobody_without_the_reply_address_of_an_agent_reads_that_a_reply_goes_to_the_customer(
    led: MailDesk, language: str, event: str
) -> None:
    """Whatever an alert tells, and in every language; each of them says what they can do."""
    ticket = led.store.tickets.get(1)
    assert ticket is not None
    settings = led.desk.settings
    composer = Composer(settings, led.service.policy, led.desk.keys)
    mail = Mail(MailKind.ALERT, 1, Address(LEAD), "x", text="It is not solved yet.", event=event)
    letter = composer.letter(mail, ticket, led.clock.now, language, html=False)

    for name in ("alert_do_reply", "notice_reply", "confirm_how", "alert_do_again"):
        said = renderer(settings.desk.templates).sentence(name, language)
        assert said
        assert said not in letter.text
    if not event:
        assert "intake agent add" in letter.text


def test_their_reply_is_a_private_remark_that_the_agents_get(led: MailDesk) -> None:
    led.answer(alerted(led), "Offer him a refund.", f"The Boss <{LEAD}>")
    mails = led.out()

    assert ["Offer him a refund."] == led.said(EntryKind.NOTE)
    assert [(MailKind.ALERT, led.agent)] == [(one.kind, one.rcpt) for one in mails]
    assert "The Boss has answered an alert. The customer does not see it." in words_of(mails[0])
    assert "Offer him a refund." in words_of(mails[0])
    assert (Outcome.APPENDED, "lead_reply") == led.outcome()


def test_a_stranger_who_writes_so_is_one(led: MailDesk) -> None:
    led.answer(alerted(led), "Offer him a refund.", "eve@elsewhere.example")

    assert [] == led.said(EntryKind.NOTE)
