"""Which of an agent's mails that were not sent they are told of at once, and which are gathered.

Gathered is only what they mistyped, from the fourth in a row. A reply that was right and could not be sent
is told of at once, whatever they mistyped before, and a mail that was carried out ends a row.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from desk_mail import LIMITS, LIN, MailDesk, text_of, words_of

from intake.desk import gathered
from intake.desk.effects import MailKind, Outgoing
from intake.desk.ticket import EntryKind
from intake.desk.tokens import Purpose

WEI = "wei@staff.desk.example"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[MailDesk]:
    desk = MailDesk(tmp_path, LIMITS)
    desk.store.agents.add(WEI, "Wei", (), desk.clock())
    yield desk
    desk.close()


def told(desk: MailDesk) -> list[Outgoing]:
    return [mail for mail in desk.out(MailKind.ALERT) if mail.rcpt == desk.agent]


def anna(desk: MailDesk, text: str, more: str = "") -> None:
    desk.mail(f"Anna <{desk.agent}>", desk.to(Purpose.AGENT, 1, 1), text, "Re: coins", more)


def mistyped(desk: MailDesk, count: int = 4) -> None:
    """Anna mistypes so often; the fourth and what follows are gathered."""
    for number in range(count):
        desk.clock.later(seconds=-25)
        desk.reply(f"#clsoe\nAnswer {number}")
    desk.out()


def collision(desk: MailDesk) -> None:
    desk.mail(f"Wei <{WEI}>", desk.to(Purpose.AGENT, 1, 2), "It is behind the door.")
    desk.reply("It is under the sofa.")


def merged(desk: MailDesk) -> None:
    desk.mail("eve@elsewhere.example", desk.address, "Me too.", "Mine")
    desk.reply("#merge 2 anyway")
    desk.out()
    desk.reply("It is under the sofa.")


def same_id(desk: MailDesk) -> None:
    for text in ("It is under the sofa.", "It is under the bed."):
        now = desk.clock.now
        anna(desk, text)
        desk.clock.now = now
    desk.clock.later(minutes=1)


def new_with_our_mail(desk: MailDesk) -> None:
    quoted = f"write to {desk.to(Purpose.COMMAND, 0, 1)}"
    desk.command(f"#new me@customer.example\nDear Mei,\n{quoted}")


AT_ONCE: dict[str, Callable[[MailDesk], None]] = {
    "a colleague has answered": collision,
    "our notification stands in it": lambda desk: desk.reply(f"Write to {desk.to(Purpose.AGENT, 1, 1)}"),
    "its ticket was merged into another person's": merged,
    "another email had its Message-ID": same_id,
    "a first email to a customer, our mail in it": new_with_our_mail,
    "from another address of theirs": lambda desk: desk.mail(
        "anna@home.example", desk.to(Purpose.AGENT, 1, 1), "It is under the sofa."
    ),
}
GATHERED: dict[str, Callable[[MailDesk], None]] = {
    "a mistyped command": lambda desk: desk.reply("#clsoe\nAnswer"),
    "a command below the words": lambda desk: desk.reply("Dear Lin,\n#note\nhe lies"),
    "a command that is refused": lambda desk: desk.reply("#assign nobody-of-that-name"),
    "nothing new": lambda desk: desk.reply(""),
    "an empty envelope sender, as machines have": lambda desk: anna(desk, "Hi", "Return-Path: <>\r\n"),
    "a mistyped command to the desk": lambda desk: desk.command("#lsit"),
    "a text below #drafts": lambda desk: desk.reply("#drafts\nhe lies"),
}


@pytest.mark.parametrize("way", AT_ONCE)
def test_a_reply_that_was_right_and_is_not_sent_is_told_of_at_once(desk: MailDesk, way: str) -> None:
    mistyped(desk)
    AT_ONCE[way](desk)
    mails = told(desk)
    assert 1 == len(mails)
    assert "emails were not carried out" not in words_of(mails[0])
    # What was gathered before waits for its own mail.
    assert len(desk.store.tellings.waiting(1)) <= 1


@pytest.mark.parametrize("way", GATHERED)
def test_a_mistake_after_three_in_a_row_waits_for_the_mail_that_tells_of_all(
    desk: MailDesk, way: str
) -> None:
    mistyped(desk)
    GATHERED[way](desk)
    assert [] == told(desk)
    assert 2 == len(desk.store.tellings.waiting(1))
    desk.clock.later(minutes=6)
    (mail,) = told(desk)
    assert "2 emails were not carried out" in words_of(mail)


SUCCESSES: dict[str, Callable[[MailDesk], None]] = {
    "a reply": lambda desk: desk.reply("It is under the sofa."),
    "a note": lambda desk: desk.reply("#note\nhe is nice"),
    "a command": lambda desk: desk.reply("#mine"),
    "a draft kept on purpose": lambda desk: desk.reply("#draft\nDear Lin"),
    "a command to the desk": lambda desk: desk.command("#list"),
}


@pytest.mark.parametrize("way", SUCCESSES)
@pytest.mark.parametrize("before", [3, 4, 7])
def test_a_mail_that_was_carried_out_ends_a_row(desk: MailDesk, way: str, before: int) -> None:
    mistyped(desk, before)
    SUCCESSES[way](desk)
    desk.out()
    for number in range(gathered.AT_ONCE):
        desk.reply(f"#clsoe\nOnce more {number}")
        (mail,) = told(desk)
        assert f"Once more {number}" in text_of(mail)
    desk.reply("#clsoe\nAnd again")
    assert [] == told(desk)


def test_mistakes_that_are_not_in_a_row_are_never_gathered(desk: MailDesk) -> None:
    for number in range(8):
        desk.clock.later(seconds=-20)
        desk.reply(f"#clsoe\nAnswer {number}")
        assert 1 == len(told(desk))
        desk.reply("#mine")
    assert [] == desk.store.tellings.waiting(1)


def test_in_one_set_of_messages_a_success_ends_a_row_too(
    desk: MailDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids: list[int] = []
    with monkeypatch.context() as patched:
        patched.setattr(type(desk.service), "process", lambda service, numbers: ids.extend(numbers))
        for text in ["#clsoe\nx"] * 3 + ["#mine"] + ["#clsoe\ny"] * 4:
            desk.reply(text)
    assert 8 == len(ids)
    desk.service.process(ids)
    # Three before it, three after it, and the fourth waits.
    assert 6 == len(told(desk))
    assert 1 == len(desk.store.tellings.waiting(1))


def test_a_mail_of_a_customers_or_a_colleagues_ends_nobodys_row(desk: MailDesk) -> None:
    mistyped(desk)
    desk.customer("Hello?")
    desk.mail(f"Wei <{WEI}>", desk.to(Purpose.AGENT, 1, 2), "#note\nhm")
    desk.out()
    desk.reply("#clsoe\nOnce more")
    assert [] == told(desk)


def test_who_says_the_same_again_and_again_is_a_machine_and_is_told_of_few(desk: MailDesk) -> None:
    """An answering machine that does not say so, and quotes our mail in each answer."""
    mails = 0
    for _ in range(12):
        desk.clock.later(seconds=-29)
        desk.reply(f"I am away. Write to {desk.to(Purpose.AGENT, 1, 1)}")
        mails += len(told(desk))
    assert mails <= 2 * gathered.AT_ONCE
    assert [] == [mail for mail in desk.out(MailKind.RELAY) if mail.rcpt == LIN]
    assert 12 == len(desk.said(EntryKind.DRAFT))
