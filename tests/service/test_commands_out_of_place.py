"""A command that is not obeyed holds what an agent wrote, in any client: nothing private leaves."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from agent_replies import ADDRESS, CLIENTS, Line, mail
from desk_mail import EVE, MailDesk, text_of, words_of
from factories import ANNA, KEY, LIN, NOW, a_policy, a_ticket, agent_token, an_envelope, found, some_facts

from intake.config import settings as config
from intake.desk import tokens
from intake.desk.effects import AddEntry, Effect, Mail, MailKind, Outcome
from intake.desk.message import Address
from intake.desk.rules.table import decide
from intake.desk.ticket import EntryKind, Status
from intake.desk.tokens import Purpose
from intake.mail.parse import parse
from intake.rendering.composer import Composer

SECRET = "This customer is a fraudster, do not answer."
CAUTION = (
    "CAUTION: This email originated from outside of the organization. Do not click links or open "
    "attachments unless you recognize the sender."
)


def plain(text: str) -> Line:
    return text, text


OWN: dict[str, tuple[Line, ...]] = {
    "a blank": (plain("# note"), plain(SECRET)),
    "two signs": (plain("##note"), plain(SECRET)),
    "Chinese": (plain("# 备注"), plain(SECRET)),
    "below a greeting": (plain("Hi,"), plain(""), plain("#note"), plain(SECRET)),
    "below an answer": (plain("OK."), plain(""), plain("#note"), plain(SECRET)),
    "bold": (("*#note*", "<b>#note</b>"), plain(SECRET)),
    "bold below an answer": (plain("OK."), ("*#note*", "<b>#note</b>"), plain(SECRET)),
    "closing at the end": (plain(SECRET), plain(""), plain("#close")),
    "misspelt": (plain("OK."), plain("#noet"), plain(SECRET)),
    "in a list": (plain("OK."), ("  * #note", "<ul><li>#note</li></ul>"), plain(SECRET)),
    "with a signature": (plain("OK."), plain("#note"), plain(SECRET), plain("-- "), plain("Anna")),
}
OBEYED: dict[str, tuple[Line, ...]] = {
    "a banner": (plain(CAUTION), plain(""), plain("#note"), plain(SECRET)),
    "a tag": (plain("[EXTERNAL EMAIL]"), plain(""), plain("#note"), plain(SECRET)),
    "a class": (plain("Classification: Internal"), plain(""), plain("#note"), plain(SECRET)),
}


@pytest.fixture(scope="module")
def notice(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The text of the notification that Anna replies to."""
    path = tmp_path_factory.mktemp("config") / "intake.ini"
    path.write_text(
        "[desk]\nname = Lumen Support\naddress = support@desk.example\n[smtp]\nhost = 127.0.0.1\n"
    )
    path.write_text(path.read_text() + "[mailbox support]\ntype = ingest\n")
    asked = Mail(
        MailKind.NOTICE, 12, Address(ANNA.address, "Anna"), "n", agent=ANNA, author=LIN, text="Help!"
    )
    composer = Composer(config.load(path), a_policy(), (KEY,))
    return composer.letter(asked, a_ticket(), NOW, "en", False).text.strip()


def decided(raw: bytes) -> list[Effect]:
    facts = some_facts(token=agent_token(), by_token=found(a_ticket(), ANNA), token_agent=ANNA, agent=ANNA)
    return decide(parse(raw), an_envelope(), facts, a_policy())


def written(client: str, own: tuple[Line, ...], parts: str, notice: str) -> bytes:
    token = tokens.make(KEY, Purpose.AGENT, 12, ANNA.id, tokens.lifetime(NOW, 9))
    text, html = CLIENTS[client].make(own, notice, False)
    return mail(text, html, tokens.address(ADDRESS, token), parts)


def kinds(effects: list[Effect]) -> tuple[list[EntryKind], list[MailKind]]:
    entries = [one.kind for one in effects if isinstance(one, AddEntry)]
    return entries, [one.kind for one in effects if isinstance(one, Mail)]


@pytest.mark.parametrize("parts", ["both", "text", "html"])
@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("own", OWN.values(), ids=OWN.keys())
def test_no_client_makes_a_customer_read_what_stands_below(
    client: str, own: tuple[Line, ...], parts: str, notice: str
) -> None:
    entries, mails = kinds(decided(written(client, own, parts, notice)))

    # HTML alone has no marks of bold in it: there the command is what it says.
    obeyed = [EntryKind.NOTE] if parts == "html" and own is OWN["bold"] else [EntryKind.DRAFT]
    assert (obeyed, [MailKind.ALERT] if obeyed == [EntryKind.DRAFT] else []) == (entries, mails)


@pytest.mark.parametrize("parts", ["both", "text", "html"])
@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("own", OBEYED.values(), ids=OBEYED.keys())
def test_a_gateways_banner_above_a_command_is_skipped(
    client: str, own: tuple[Line, ...], parts: str, notice: str
) -> None:
    effects = decided(written(client, own, parts, notice))

    assert ([EntryKind.NOTE], []) == kinds(effects)
    assert [SECRET] == [one.text for one in effects if isinstance(one, AddEntry)]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[MailDesk]:
    desk = MailDesk(tmp_path)
    yield desk
    desk.close()


def test_the_agent_is_told_which_line_it_was_and_gets_his_words(desk: MailDesk) -> None:
    desk.reply(f"Hi,\n\n#note\n{SECRET}")
    (alert,) = desk.out()

    assert (MailKind.ALERT, desk.agent) == (alert.kind, alert.rcpt)
    assert "The line “#note” looks like a command." in words_of(alert)
    assert SECRET in words_of(alert)
    assert (Outcome.APPENDED, "stray_command") == desk.outcome()


def test_a_yes_sends_it_as_it_stands_because_its_agent_says_so(desk: MailDesk) -> None:
    text = "Write this on the first line:\n#help\nand the list comes."
    desk.reply(text)
    (asked,) = desk.out()
    desk.answer(asked, "yes")

    assert [text] == [text_of(one).strip() for one in desk.out(MailKind.RELAY)]


@pytest.mark.parametrize("below", ["#note", "# note", "*#备注*", "#close", "#noet"])
def test_a_yes_with_a_command_below_it_is_no_yes_and_is_kept(desk: MailDesk, below: str) -> None:
    desk.reply(f"Hi,\n\n#note\n{SECRET}")
    (alert,) = desk.out()
    desk.answer(alert, f"yes\n\n{below}\nAnother secret")
    mails = desk.out()

    assert [MailKind.ALERT] == [one.kind for one in mails]
    assert "reply with the one word yes" in words_of(mails[0])
    assert "Another secret" in desk.said(EntryKind.DRAFT)[-1]
    assert [] == desk.said(EntryKind.REPLY)


def test_a_yes_to_one_question_answers_no_other(desk: MailDesk) -> None:
    """Whether it was he, and what he meant: where both are in doubt, one mail asks both."""
    desk.mail("anna@home.example", desk.to(Purpose.AGENT, 1, 1), f"OK.\n\n#note\n{SECRET}")
    (asked,) = desk.out()

    assert "It came from anna@home.example" in words_of(asked)
    assert "The line “#note” looks like a command." in words_of(asked)


def test_a_command_in_the_subject_of_a_reply_holds_it(desk: MailDesk) -> None:
    desk.reply(SECRET, "Re: #note")

    assert [SECRET] == desk.said(EntryKind.DRAFT)
    assert [] == desk.out(MailKind.RELAY)


def test_a_ticket_whose_subject_is_a_command_can_be_answered(desk: MailDesk) -> None:
    desk.reply("Hello", "Re: [#1] #close my account")

    assert 1 == len(desk.out(MailKind.RELAY))


def test_the_first_mail_of_a_ticket_is_held_too(desk: MailDesk) -> None:
    desk.command(f"#new {EVE}\nHello Eve,\n\n#note\n{SECRET}")
    (told,) = desk.out()

    assert (MailKind.ALERT, desk.agent) == (told.kind, told.rcpt)
    assert "The line “#note” looks like a command." in words_of(told)
    assert None is desk.store.tickets.get(2)


def test_a_command_within_a_note_is_not_lost_unseen(desk: MailDesk) -> None:
    desk.reply(f"#note\n{SECRET}\n#close")
    (told,) = desk.out()

    assert Status.NEW is desk.store.tickets.get(1).status
    assert "The line “#close” looks like a command." in words_of(told)
