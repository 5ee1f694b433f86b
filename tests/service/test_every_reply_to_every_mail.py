"""What an agent may write in reply to each mail of a ticket, and what comes of it: a table of all of both."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from desk_mail import LIMITS, MailDesk, text_of, words_of

from intake.desk.effects import MailKind, Outgoing
from intake.desk.ticket import EntryKind
from intake.desk.tokens import Purpose

WEI = "wei@staff.desk.example"
BETTER, DRAFT = "Dear Lin, please look under the sofa once more.", "Dear Lin, it is under the sofa."


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[MailDesk]:
    desk = MailDesk(tmp_path, f"{LIMITS}\nundo_seconds = 60")
    desk.store.agents.add(WEI, "Wei", (), desk.clock())
    desk.store.agents.add("bob@staff.desk.example", "Bob", (), desk.clock())
    yield desk
    desk.close()


def newest(desk: MailDesk, kind: MailKind) -> Outgoing:
    return [one for one in desk.out() if one.kind is kind and one.rcpt == desk.agent][-1]


def notice(desk: MailDesk) -> Outgoing:
    desk.customer("Where are they?")
    return newest(desk, MailKind.NOTICE)


def alert(desk: MailDesk) -> Outgoing:
    desk.reply("#assign nobody-of-that-name")
    return newest(desk, MailKind.ALERT)


def shown(desk: MailDesk) -> Outgoing:
    desk.command("#show 1")
    return newest(desk, MailKind.ANSWER)


def full(desk: MailDesk) -> Outgoing:
    desk.reply("#full")
    return newest(desk, MailKind.ANSWER)


def assigned(desk: MailDesk) -> Outgoing:
    desk.mail(f"Wei <{WEI}>", desk.to(Purpose.AGENT, 1, 2), "#assign Anna")
    return newest(desk, MailKind.ALERT)


def unproven(desk: MailDesk) -> Outgoing:
    desk.mail("anna@home.example", desk.to(Purpose.AGENT, 1, 1), DRAFT)
    return newest(desk, MailKind.ALERT)


def collision(desk: MailDesk) -> Outgoing:
    desk.mail(f"Wei <{WEI}>", desk.to(Purpose.AGENT, 1, 2), "It is behind the door.")
    desk.reply(DRAFT)
    desk.clock.later(minutes=2)
    return newest(desk, MailKind.ALERT)


def kept(desk: MailDesk) -> Outgoing:
    desk.reply(f"#draft\n{DRAFT}")
    return newest(desk, MailKind.ALERT)


def again(desk: MailDesk) -> Outgoing:
    desk.reply(f"#draft\n{DRAFT}")
    desk.command("#drafts")
    return newest(desk, MailKind.ALERT)


def undone(desk: MailDesk) -> Outgoing:
    desk.reply(DRAFT)
    desk.reply("#undo")
    return newest(desk, MailKind.ALERT)


def files(desk: MailDesk) -> Outgoing:
    desk.reply("#files")
    return newest(desk, MailKind.ANSWER)


def files_of_a_number(desk: MailDesk) -> Outgoing:
    desk.command("#files 1")
    return newest(desk, MailKind.ANSWER)


def who(desk: MailDesk) -> Outgoing:
    desk.reply("#who")
    return newest(desk, MailKind.ANSWER)


def colleague_line(desk: MailDesk) -> Outgoing:
    desk.customer("Where are they?")
    desk.out()
    desk.mail(f"Wei <{WEI}>", desk.to(Purpose.AGENT, 1, 2), "#mine")
    desk.clock.later(minutes=12)
    mails = [mail for mail in desk.out() if mail.rcpt == desk.agent and "Wei" in text_of(mail)]
    return mails[-1]


def listed(desk: MailDesk) -> Outgoing:
    desk.command("#list")
    return newest(desk, MailKind.ANSWER)


def helped(desk: MailDesk) -> Outgoing:
    desk.command("#help")
    return newest(desk, MailKind.ANSWER)


def canned(desk: MailDesk) -> Outgoing:
    desk.command("#canned")
    return newest(desk, MailKind.ANSWER)


def drafts(desk: MailDesk) -> Outgoing:
    for text in ("First words.", "Second words."):
        desk.reply(f"#draft\n{text}")
    desk.command("#drafts")
    return newest(desk, MailKind.ANSWER)


def reminder(desk: MailDesk) -> Outgoing:
    for text in ("First words.", "Second words."):
        desk.reply(f"#draft\n{text}")
    desk.out()
    desk.clock.later(hours=25)
    return newest(desk, MailKind.ANSWER)


def gathered(desk: MailDesk) -> Outgoing:
    for number in range(6):
        desk.clock.later(seconds=-25)
        desk.reply(f"#clsoe\nAnswer {number}")
    desk.out()
    desk.clock.later(minutes=6)
    asked = newest(desk, MailKind.ALERT)
    # The next mistake is one of another row.
    desk.clock.later(minutes=10)
    return asked


def digest(desk: MailDesk) -> Outgoing:
    assert desk.store.agents.change(desk.agent, notify="digest")
    desk.out()
    desk.clock.later(minutes=40)
    desk.out()
    desk.customer("Where are they?")
    desk.clock.later(minutes=40)
    return newest(desk, MailKind.ANSWER)


Made = Callable[[MailDesk], Outgoing]
PLAIN: tuple[Made, ...] = (
    notice, alert, shown, full, assigned, files, files_of_a_number, who, colleague_line,
)  # fmt: skip
ASKING: tuple[Made, ...] = (unproven, collision, kept, again, undone)
# Of no ticket: a reply goes to the command address.
DESKWIDE: tuple[Made, ...] = (listed, helped, canned, drafts, reminder, gathered, digest)
# What is written -> what goes to the customer, and what else is to be seen.
NOTHING: tuple[str, ...] = ("", "-- \nAnna\nLumen", "\n> Where are they?\n> Lin\n")
COMMANDS: dict[str, str] = {
    "#note\nHe lies.": "note",
    "#close": "closed",
    "#assign Bob": "assigned",
    f"#close\n{BETTER}": "closed",
    f"#mine\n{BETTER}": "",
    "#tag found": "tagged",
}


def seen(desk: MailDesk) -> set[str]:
    ticket = desk.store.tickets.get(1)
    assert ticket is not None
    return {
        *(["note"] if "He lies." in desk.said(EntryKind.NOTE) else []),
        *(["closed"] if ticket.status.value == "closed" else []),
        *(["assigned"] if ticket.assignee is not None and ticket.assignee.name == "Bob" else []),
        *(["tagged"] if "found" in ticket.tags else []),
    }


def answered(desk: MailDesk, asked: Outgoing, text: str) -> tuple[list[str], list[str], set[str]]:
    """Anna replies; return what customers got, what she was told, and what has changed."""
    before = seen(desk)
    desk.clock.later(minutes=2)
    desk.out()
    desk.answer(asked, text, f"Anna <{desk.agent}>")
    desk.clock.later(minutes=2)
    mails = desk.out()
    sent = [text_of(one).strip() for one in mails if one.kind is MailKind.RELAY]
    told = [words_of(one) for one in mails if one.kind is MailKind.ALERT and one.rcpt == desk.agent]
    return sent, told, seen(desk) - before


@pytest.mark.parametrize("mail", [*PLAIN, *ASKING], ids=lambda mail: mail.__name__)
@pytest.mark.parametrize("text", COMMANDS)
def test_commands_work_in_reply_to_every_mail_of_the_ticket(desk: MailDesk, mail: Made, text: str) -> None:
    asked = mail(desk)
    sent, told, changed = answered(desk, asked, text)
    assert ([BETTER] if BETTER in text else []) == sent
    assert {COMMANDS[text]} - {""} == changed
    assert [] == told
    # Only a better text takes the place of a draft that is asked about.
    drafts = desk.store.tickets.unsent(1, desk.clock.now) if mail in ASKING else ()
    assert len(drafts) == (mail in ASKING and BETTER not in text)


@pytest.mark.parametrize("mail", [*PLAIN, *ASKING], ids=lambda mail: mail.__name__)
def test_undo_works_in_reply_to_every_mail_of_the_ticket(desk: MailDesk, mail: Made) -> None:
    asked = mail(desk)
    desk.clock.later(minutes=2)
    desk.out()
    desk.reply("Dear Lin, forget it.", ticket=1)
    desk.answer(asked, "#undo", f"Anna <{desk.agent}>")
    desk.clock.later(minutes=2)
    assert [] == [text_of(one) for one in desk.out(MailKind.RELAY)]
    assert "Dear Lin, forget it." in desk.said(EntryKind.DRAFT)


@pytest.mark.parametrize("mail", [*PLAIN, *ASKING], ids=lambda mail: mail.__name__)
@pytest.mark.parametrize("text", NOTHING, ids=["empty", "signature", "quote"])
def test_a_reply_that_says_nothing_sends_nothing_and_is_told_of(
    desk: MailDesk, mail: Made, text: str
) -> None:
    sent, told, changed = answered(desk, mail(desk), text)
    assert ([], set()) == (sent, changed)
    assert 1 == len(told)


@pytest.mark.parametrize("mail", PLAIN, ids=lambda mail: mail.__name__)
@pytest.mark.parametrize("text", [BETTER, "yes", "Ja, genau.", "是的"])
def test_a_reply_to_a_mail_that_asks_nothing_goes_to_the_customer(
    desk: MailDesk, mail: Made, text: str
) -> None:
    sent, told, changed = answered(desk, mail(desk), text)
    if mail is alert and text in ("yes", "是的"):
        # Of what the desk says of their own email a yes is the desk's, and they are told so.
        assert ([], 1, set()) == (sent, len(told), changed)
    else:
        assert ([text], [], set()) == (sent, told, changed)


@pytest.mark.parametrize("mail", ASKING, ids=lambda mail: mail.__name__)
@pytest.mark.parametrize("text", ["yes", "Ja", "是", "Yes.\n\nAnna", BETTER])
def test_a_yes_or_better_sends_one_answer(desk: MailDesk, mail: Made, text: str) -> None:
    asked = mail(desk)
    assert ([BETTER if text == BETTER else DRAFT], [], set()) == answered(desk, asked, text)
    assert [] == desk.store.tickets.unsent(1, desk.clock.now)
    # Whatever comes to that mail afterwards, no draft is sent twice.
    assert [] == answered(desk, asked, "yes")[0]


@pytest.mark.parametrize("mail", ASKING, ids=lambda mail: mail.__name__)
@pytest.mark.parametrize("text", ["Nein, das war ich nicht.", "yes\n#note\nHe lies.", "#noet\nHi."])
def test_what_is_no_yes_and_no_answer_keeps_everything(desk: MailDesk, mail: Made, text: str) -> None:
    sent, told, changed = answered(desk, mail(desk), text)
    assert ([], set()) == (sent, changed)
    assert 1 == len(told)
    assert desk.store.tickets.unsent(1, desk.clock.now)


@pytest.mark.parametrize("mail", DESKWIDE, ids=lambda mail: mail.__name__)
@pytest.mark.parametrize(
    "text",
    [BETTER, "yes", "#undo", "#note\nHe lies.", "#close", f"#close\n{BETTER}", f"#draft\n{BETTER}", *NOTHING],
)
def test_a_reply_to_a_mail_of_no_ticket_goes_to_no_customer_and_says_why(
    desk: MailDesk, mail: Made, text: str
) -> None:
    asked = mail(desk)
    sent, told, changed = answered(desk, asked, text)
    assert ([], set()) == (sent, changed)
    # What belongs into a ticket's reply is told of, with how it gets there.
    assert 1 == len(told)
    if text.startswith(("#undo", "#note", "#close")):
        assert "belongs in a reply in its ticket" in told[0]


@pytest.mark.parametrize("mail", DESKWIDE, ids=lambda mail: mail.__name__)
def test_commands_to_the_desk_work_in_reply_to_every_mail_of_no_ticket(desk: MailDesk, mail: Made) -> None:
    asked = mail(desk)
    desk.out()
    desk.answer(asked, "#show 1", f"Anna <{desk.agent}>")
    shown = [text_of(answer) for answer in desk.out(MailKind.ANSWER)]
    assert 1 == len(shown)
    assert "My coins are late" in shown[0]


def test_a_reply_that_was_taken_back_is_sent_by_a_yes_with_what_it_asked_for(desk: MailDesk) -> None:
    desk.reply(f"#close\n{DRAFT}")
    desk.reply("#undo")
    asked = newest(desk, MailKind.ALERT)
    assert "closed" not in seen(desk)
    assert ([DRAFT], [], {"closed"}) == answered(desk, asked, "yes")


def test_a_reply_that_took_another_back_can_be_taken_back_and_sent_itself(desk: MailDesk) -> None:
    desk.reply("It is behind the door.")
    desk.reply(f"#undo\n{DRAFT}")
    desk.reply("#undo")
    asked = newest(desk, MailKind.ALERT)
    assert ([DRAFT], [], set()) == answered(desk, asked, "yes")
