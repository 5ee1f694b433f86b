"""A yes or a no that nothing proves, in reply to a question about a draft, is about that draft alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_mail import EVE, LIMITS, LIN, MailDesk, words_of

from intake.desk.effects import MailKind, Outgoing
from intake.desk.ticket import EntryKind

WORDS = "Please look under the sofa."


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[MailDesk]:
    desk = MailDesk(tmp_path, f"{LIMITS}\nundo_seconds = 0")
    yield desk
    desk.close()


def asked(desk: MailDesk) -> Outgoing:
    """The one email that asks Anna now."""
    (told,) = [mail for mail in desk.out() if mail.kind is MailKind.ALERT and mail.rcpt == desk.agent]
    return told


def waiting(desk: MailDesk) -> list[str]:
    return [one.text for one in desk.store.tickets.entries(1) if one.waiting]


def sent(desk: MailDesk) -> list[str]:
    return [words_of(mail) for mail in desk.out(MailKind.RELAY) if mail.rcpt == LIN]


@pytest.mark.parametrize("word", ["yes", "Ja", "是的"])
def test_a_yes_from_elsewhere_is_asked_about_and_a_yes_sends_the_draft_once(
    desk: MailDesk, word: str
) -> None:
    desk.reply(f"#draft\n{WORDS}")
    question = asked(desk)
    desk.answer(question, word, f"Anna <{EVE}>")
    again = asked(desk)
    assert (f"It came from {EVE}" in words_of(again), WORDS in words_of(again)) == (True, True)
    assert [WORDS] == waiting(desk)
    desk.answer(again, "yes")
    assert [WORDS] == [text.strip() for text in sent(desk)]
    desk.answer(again, "yes")
    desk.answer(question, "yes")
    assert ([], [WORDS], []) == (sent(desk), desk.said(EntryKind.REPLY), waiting(desk))


def test_a_no_from_elsewhere_discards_nothing_until_its_agent_says_so(desk: MailDesk) -> None:
    desk.reply(f"#draft\n{WORDS}")
    desk.answer(asked(desk), "no", f"Anna <{EVE}>")
    again = asked(desk)
    assert [WORDS] == waiting(desk)
    desk.answer(again, "no")
    assert ([], [], []) == (sent(desk), desk.said(EntryKind.REPLY), waiting(desk))


def test_a_better_text_from_elsewhere_is_a_draft_of_its_own(desk: MailDesk) -> None:
    desk.reply(f"#draft\n{WORDS}")
    desk.answer(asked(desk), "Please look behind the door instead.", f"Anna <{EVE}>")
    assert 2 == len(waiting(desk))


def test_a_yes_from_elsewhere_to_what_is_over_sends_nothing_and_waits_for_nobody(desk: MailDesk) -> None:
    desk.reply(f"#draft\n{WORDS}")
    question = asked(desk)
    desk.answer(question, "yes")
    desk.out()
    desk.answer(question, "yes", f"Anna <{EVE}>")
    told = asked(desk)
    assert "already confirmed, replaced or discarded" in words_of(told)
    desk.answer(told, "yes")
    assert ([], []) == (sent(desk), [text for text in waiting(desk) if text != "yes"])
