"""What agents must know reaches them, whatever customers got: no ceiling, brake or flood keeps it from them.

Of mails of theirs that were kept in a row the first three are told at once, all others in one mail.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from desk_mail import LIN, MailDesk, subject_of, text_of, words_of

from intake.desk import gathered
from intake.desk.effects import MailKind, Outgoing
from intake.desk.ticket import EntryKind
from intake.desk.tokens import Purpose

# The ceilings as they are shipped, and narrow ones.
SHIPPED = "command_address = desk@desk.example"
NARROW = (
    f"{SHIPPED}\nalerts_per_hour = 1\nautomatic_per_hour = 1\nautomatic_per_address_hour = 1\n"
    "automatic_per_ticket_burst = 1\nflood_per_address_hour = 1"
)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[MailDesk]:
    desk = MailDesk(tmp_path, NARROW)
    yield desk
    desk.close()


def told(desk: MailDesk) -> list[Outgoing]:
    return [one for one in desk.out(MailKind.ALERT) if one.rcpt == desk.agent]


def brake(desk: MailDesk) -> None:
    with desk.store.transaction():
        desk.store.rates.pull_brake(desk.clock.now)


def mistyped(desk: MailDesk, count: int) -> list[Outgoing]:
    """Anna sends so many mails with a mistyped command within ten minutes; return what she is told."""
    mails: list[Outgoing] = []
    for number in range(count):
        desk.clock.later(seconds=-25)
        desk.reply(f"#clsoe\nAnswer {number}")
        mails += told(desk)
    return mails


def test_of_a_row_of_mistypes_the_first_three_are_told_at_once_and_the_rest_in_one_mail(
    desk: MailDesk,
) -> None:
    at_once = mistyped(desk, 13)
    assert [f"Answer {number}" for number in range(3)] == [
        re.findall(r"Answer \d+", text_of(one))[0] for one in at_once
    ]
    desk.clock.later(minutes=5)
    (rest,) = told(desk)
    assert [f"Answer {number}" for number in range(3, 13)] == re.findall(r"Answer \d+", text_of(rest))
    assert "10 emails were not carried out" in words_of(rest)
    assert "Emails of yours were not sent" in subject_of(rest)
    desk.clock.later(minutes=20)
    assert [] == told(desk)


def test_one_alone_that_was_gathered_asks_and_a_yes_sends_it(desk: MailDesk) -> None:
    mistyped(desk, 3)
    desk.reply("Look below.\n#note\nunder the sofa")
    assert [] == told(desk)
    desk.clock.later(minutes=5)
    (asked,) = told(desk)
    assert "reply to this email with the one word yes" in words_of(asked)
    desk.answer(asked, "yes", f"Anna <{desk.agent}>")
    (sent,) = desk.out(MailKind.RELAY)
    assert "under the sofa" in text_of(sent)


def test_who_mistypes_again_a_quarter_of_an_hour_later_is_told_at_once(desk: MailDesk) -> None:
    mistyped(desk, 4)
    desk.clock.later(minutes=15)
    assert 1 == len(told(desk))
    desk.reply("#clsoe\nOnce more")
    assert 1 == len(told(desk))


def test_a_machine_that_answers_each_of_them_gets_few_and_all_are_named(desk: MailDesk) -> None:
    mails = mistyped(desk, 120)
    for _ in range(48):
        desk.clock.later(minutes=30)
        for one in told(desk):
            mails.append(one)
            desk.answer(one, "#away\nI am away", f"Anna <{desk.agent}>")
    # What it wrote last is told of later.
    desk.clock.later(hours=2)
    mails += told(desk)
    drafts = desk.said(EntryKind.DRAFT)

    assert len(mails) < 60
    numbers = {number for one in mails for number in re.findall(r"Answer \d+", text_of(one))}
    assert {f"Answer {number}" for number in range(120)} == numbers
    assert [] == desk.store.tellings.waiting(1)
    assert len(drafts) >= 120


def forged(desk: MailDesk, number: int) -> None:
    desk.mail("eve@evil.example", desk.to(Purpose.AGENT, 1, 1), f"Send me all. Mail {number}")


def test_a_forger_makes_us_write_a_few_times_an_hour_and_each_of_theirs_is_named(desk: MailDesk) -> None:
    for number in range(40):
        desk.clock.later(seconds=-29)
        forged(desk, number)
    at_once = told(desk)
    assert len(at_once) <= 10
    desk.clock.later(minutes=61)
    gathered = told(desk)
    assert len(gathered) == 1
    named = {number for one in (*at_once, *gathered) for number in re.findall(r"Mail \d+", text_of(one))}
    assert {f"Mail {number}" for number in range(40)} == named


def _twice(desk: MailDesk) -> None:
    desk.command("#lsit")
    desk.command("#lsit")


# Every way in which a mail of an agent's is kept, or is not carried out.
KEPT: dict[str, Callable[[MailDesk], None]] = {
    "a mistyped command": lambda desk: desk.reply("#clsoe\nAnswer"),
    "a command further down": lambda desk: desk.reply("Dear Lin,\n#note\nhe lies"),
    "a command that is refused": lambda desk: desk.reply("#assign nobody-of-that-name"),
    "nothing new in it": lambda desk: desk.reply(""),
    "an empty envelope sender": lambda desk: desk.mail(
        f"Anna <{desk.agent}>", desk.to(Purpose.AGENT, 1, 1), "Answer", more="Return-Path: <>\r\n"
    ),
    "our notification in it": lambda desk: desk.reply(
        f"Write to {desk.to(Purpose.AGENT, 1, 1)}"
    ),
    "another address of theirs": lambda desk: desk.mail(
        "anna@home.example", desk.to(Purpose.AGENT, 1, 1), "Answer"
    ),
    "no reply to a notification": lambda desk: desk.mail(
        f"Anna <{desk.agent}>", desk.address, "Answer", "Re: [#1] My coins are late",
        f"In-Reply-To: <{desk.store.tickets.get(1).message_ids[0]}>\r\n",
    ),
    "a mistyped command to the desk": lambda desk: desk.command("#lsit"),
    "no command to the desk": lambda desk: desk.command("Hello"),
    "the same mistake three times": _twice,
    "a command without a token": lambda desk: desk.mail(
        f"Anna <{desk.agent}>", "desk@desk.example", "#list"
    ),
    "a command from home": lambda desk: desk.mail(
        "anna@home.example", desk.to(Purpose.COMMAND, 0, 1), "#list"
    ),
    "a command twice under one Message-ID": lambda desk: desk.mail(
        f"Anna <{desk.agent}>", desk.to(Purpose.COMMAND, 0, 1), "#new me@x.example", "x"
    ),
}  # fmt: skip


@pytest.mark.parametrize("flooded", [False, True], ids=["braked", "braked and flooded"])
@pytest.mark.parametrize("way", KEPT)
def test_each_mail_of_an_agents_that_is_not_sent_is_told_of(desk: MailDesk, way: str, flooded: bool) -> None:
    if flooded:
        for number in range(11):
            desk.clock.later(seconds=-29)
            forged(desk, number)
        desk.out()
    brake(desk)
    rows = len(desk.store.tellings.waiting(1))
    KEPT[way](desk)
    mails = told(desk)
    waiting = len(desk.store.tellings.waiting(1)) - rows

    assert len(mails) + waiting == (2 if way.startswith("the same") else 1)
    if waiting:
        desk.clock.later(hours=1)
        mails = told(desk)
        assert 1 == sum("kept" in words_of(one) for one in mails)
        assert [] == desk.store.tellings.waiting(1)
    assert [] == [one for one in desk.out(MailKind.RELAY) if one.rcpt == LIN]


def test_alerts_to_agents_use_up_nothing_of_what_the_customer_of_the_ticket_gets(tmp_path: Path) -> None:
    desk = MailDesk(tmp_path, SHIPPED)
    for number in range(30):
        desk.reply(f"#clsoe\nAnswer {number}")
    desk.reply("#close")

    assert ["closed"] == [one.value for one in {desk.store.tickets.get(1).status}]
    assert 1 == len(desk.out(MailKind.STATUS))
    desk.close()


def test_the_figures_are_those_that_the_manual_names() -> None:
    assert (3, 5, 60) == (
        gathered.AT_ONCE,
        gathered.SOON.total_seconds() / 60,
        gathered.LATER.total_seconds() / 60,
    )
