"""What the second person and the author do with a draft that another agent must confirm, on the road."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from agent_desk import BORDER, StrictDesk
from desk_mail import LIMITS, LIN, MailDesk, words_of

from intake.desk import tokens
from intake.desk.effects import MailKind, Outgoing
from intake.desk.ticket import EntryKind
from intake.desk.tokens import Purpose
from intake.mail.parse import parse

WEI = "wei@staff.desk.example"
WORD = f"Authentication-Results: {BORDER}; dmarc=pass header.from=staff.desk.example\r\n"
BY_WEI = f"Wei <{WEI}>"
WALLET = "0x52908400098527886E0F7030069857D2E4169EE7"
HELD = f"Send the rest to {WALLET}."
BETTER = "Dear Lin, please wait until tomorrow morning."


@pytest.fixture(params=["sqlite", "postgres"])
def desk(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[MailDesk]:
    url = request.getfixturevalue("postgres_url").replace("%", "%%") if request.param == "postgres" else ""
    made = MailDesk(tmp_path / "desk", f"{LIMITS}\n[store]\nurl = {url}\n" if url else LIMITS)
    made.store.agents.add(WEI, "Wei", (), made.clock.now)
    yield made
    made.close()


def held(desk: MailDesk) -> tuple[Outgoing, Outgoing]:
    """Anna has written what needs Wei's yes; return the mail to her and the one to Wei."""
    desk.reply(HELD)
    mails = {mail.rcpt: mail for mail in desk.out(MailKind.ALERT)}
    return mails[desk.agent], mails[WEI]


def relayed(desk: MailDesk) -> list[str]:
    return [words_of(mail) for mail in desk.out(MailKind.RELAY)]


def only_to(desk: MailDesk, rcpt: str) -> Outgoing:
    (mail,) = [mail for mail in desk.out(MailKind.ALERT, MailKind.ANSWER) if mail.rcpt == rcpt]
    return mail


@pytest.mark.parametrize("word", ["no", "#undo", "Nein", "#undo\n\nAnna"])
def test_what_its_author_withdraws_no_second_yes_sends(desk: MailDesk, word: str) -> None:
    hers, question = held(desk)
    desk.answer(hers, word)
    desk.out()
    desk.answer(question, "yes", BY_WEI)
    assert "This draft was already confirmed, replaced or discarded" in words_of(only_to(desk, WEI))
    assert [] == relayed(desk)


@pytest.mark.parametrize("way", ["the mail about the draft", "the notice of the ticket"])
def test_a_reply_of_the_author_that_leaves_takes_the_drafts_place(desk: MailDesk, way: str) -> None:
    hers, question = held(desk)
    if way == "the mail about the draft":
        desk.answer(hers, BETTER)
    else:
        desk.reply(BETTER)
    assert [True] == [BETTER in text for text in relayed(desk)]
    desk.answer(question, "yes", BY_WEI)
    assert [] == relayed(desk)
    assert [] == desk.store.tickets.unsent(1, desk.clock())


@pytest.mark.parametrize("better", [f"Please send it to {WALLET} now.", "See https://other.net/page for it."])
def test_a_better_text_that_is_held_itself_takes_the_drafts_place(desk: MailDesk, better: str) -> None:
    hers, _ = held(desk)
    desk.answer(hers, better)
    (waits,) = desk.store.tickets.unsent(1, desk.clock())
    assert better == waits.text


def test_a_draft_that_is_asked_about_for_a_doubt_is_replaced_by_a_held_text_as_well(desk: MailDesk) -> None:
    desk.reply("FYI team: he is angry.")
    asked = only_to(desk, desk.agent)
    desk.answer(asked, "Write this:\n#help\nto see more of it.")
    (waits,) = desk.store.tickets.unsent(1, desk.clock())
    assert "Write this" in waits.text


def test_a_second_person_is_shown_what_a_colleague_answered_since_and_asked_again(desk: MailDesk) -> None:
    desk.store.agents.add("jana@staff.desk.example", "Jana", (), desk.clock.now)
    _, question = held(desk)
    desk.mail("Jana <jana@staff.desk.example>", desk.to(Purpose.AGENT, 1, 3), "Dear Lin, send nothing.")
    desk.out()
    desk.answer(question, "yes", BY_WEI)
    again = only_to(desk, WEI)
    assert "Jana has already replied" in words_of(again)
    assert [] == relayed(desk)
    desk.answer(again, "yes", BY_WEI)
    assert [True] == [WALLET in text for text in relayed(desk)]


def test_no_second_yes_sends_what_stands_in_spam(desk: MailDesk) -> None:
    _, question = held(desk)
    desk.mail(BY_WEI, desk.to(Purpose.AGENT, 1, 2), "#spam")
    desk.out()
    desk.answer(question, "yes", BY_WEI)
    assert "Ticket #1 is marked as spam, so nothing was sent." in words_of(only_to(desk, WEI))
    assert [] == relayed(desk)


@pytest.mark.parametrize("word", ["no", "#undo"])
def test_the_author_is_told_of_the_second_persons_no(desk: MailDesk, word: str) -> None:
    _, question = held(desk)
    desk.answer(question, word, BY_WEI)
    told = words_of(only_to(desk, desk.agent))
    assert "Wei did not confirm your draft" in told
    assert WALLET in told
    assert [] == desk.store.tickets.unsent(1, desk.clock())


OBJECTIONS = (
    "Please do not send it there, that is a thief's wallet.",
    "#note\nThat is a thief's wallet.",
    "That is a thief's wallet. #close",
)


@pytest.mark.parametrize("text", OBJECTIONS)
def test_an_objection_is_a_note_that_its_author_is_told_and_never_goes_to_the_customer(
    desk: MailDesk, text: str
) -> None:
    _, question = held(desk)
    desk.answer(question, text, BY_WEI)
    told = only_to(desk, desk.agent)
    assert "Wei was asked to confirm your draft" in words_of(told)
    assert "thief's wallet" in words_of(told)
    assert [True] == ["thief's wallet" in note for note in desk.said(EntryKind.NOTE)]
    assert [HELD] == desk.said(EntryKind.DRAFT)
    desk.answer(question, "yes", BY_WEI)
    (sent,) = relayed(desk)
    assert (True, False) == (WALLET in sent, "thief" in sent)


def test_a_second_person_is_asked_in_words_of_their_own_and_the_author_waits(desk: MailDesk) -> None:
    hers, question = map(words_of, held(desk))
    assert "Your draft" not in question
    assert "If you wrote this" not in question
    assert "Anything else you write goes to its author as an internal note" in question
    assert "To take your draft back, reply no." in hers
    assert "with the one word yes" not in hers


def test_of_a_draft_that_waits_for_another_agent_no_reminder_offers_its_author_a_yes(desk: MailDesk) -> None:
    held(desk)
    desk.clock.later(hours=25)
    desk.service.tick()
    told = next(mail for mail in desk.out(MailKind.ALERT) if "Draft 2 waits." in words_of(mail))
    assert "with the one word yes" not in words_of(told)
    desk.answer(told, "yes")
    refused = only_to(desk, desk.agent)
    assert "This draft needs the yes of another agent, not yours." in words_of(refused)
    desk.answer(refused, "no")
    assert [] == desk.store.tickets.unsent(1, desk.clock())


def test_who_is_away_is_no_second_person(desk: MailDesk) -> None:
    desk.store.agents.change(WEI, away_until=desk.clock.now + timedelta(days=9))
    desk.reply(HELD)
    assert "Your reply waits for 24 hours" in words_of(only_to(desk, desk.agent))
    desk.clock.later(hours=25)
    assert [True] == [WALLET in text for text in relayed(desk)]


def test_where_everybody_else_left_the_authors_yes_sends_it_a_day_later(desk: MailDesk) -> None:
    hers, _ = held(desk)
    desk.store.agents.change(WEI, away_until=desk.clock.now + timedelta(days=9))
    desk.answer(hers, "yes")
    assert "Your reply waits for 24 hours" in words_of(only_to(desk, desk.agent))
    desk.clock.later(hours=23)
    assert [] == relayed(desk)
    desk.clock.later(hours=2)
    assert [LIN] == [mail.rcpt for mail in desk.out(MailKind.RELAY)]


EXPIRED = "The question that you answered is too old, so nothing was done, and nothing was sent."


@pytest.mark.parametrize("word", ["yes", "no", "Yes, please send it."])
@pytest.mark.parametrize("quoted", [True, False])
def test_an_answer_to_an_expired_question_is_no_draft(desk: MailDesk, word: str, quoted: bool) -> None:
    notice = tokens.reference(token_of(desk))
    desk.reply("#draft\nDear Lin, look under the sofa.")
    asked = only_to(desk, desk.agent)
    desk.clock.later(hours=24 * 9)
    desk.out()
    desk.answer(asked, f"{word}\n\n> {notice}" if quoted else word)
    assert EXPIRED in words_of(only_to(desk, desk.agent))
    assert [] == relayed(desk)
    waiting = [draft.text for draft in desk.store.tickets.unsent(1, desk.clock())]
    assert ["Dear Lin, look under the sofa."] == waiting


def token_of(desk: MailDesk) -> str:
    """Return the token of the notice that Anna has, which is valid for months."""
    expires = tokens.lifetime(desk.clock.now, 90)
    return tokens.make(desk.desk.keys[0], Purpose.AGENT, 1, 1, expires)


def test_a_second_person_whose_yes_is_not_proven_is_asked_again_and_the_author_is_not(tmp_path: Path) -> None:
    desk = StrictDesk(tmp_path)
    try:
        desk.store.agents.add(WEI, "Wei", (), desk.clock.now)
        desk.take(desk.mail(HELD, WORD), sender=desk.agent)
        desk.deliver()
        question = next(mail for mail in desk.sent if (mail.rcpt, mail.kind) == (WEI, MailKind.ALERT))
        to = parse(question.raw).reply_to[0].mailbox
        desk.sent.clear()
        for text in ("yes", "That is a thief's wallet, do not send it."):
            desk.take(desk.mail(text, sender=BY_WEI, to=to), sender=WEI)
            desk.deliver()
            (told,) = desk.sent
            assert (WEI, True) == (told.rcpt, "we could not verify that it was you" in words_of(told))
            desk.sent.clear()
        assert [HELD] == [draft.text for draft in desk.store.tickets.unsent(None, desk.clock())]
        desk.take(desk.mail("yes", WORD, sender=BY_WEI, to=to), sender=WEI)
        assert [True] == [WALLET.encode() in raw for raw in desk.relayed()]
    finally:
        desk.close()


def test_a_bare_yes_or_no_to_another_email_of_the_ticket_is_meant_for_the_draft_that_is_asked_about(
    desk: MailDesk,
) -> None:
    held(desk)
    for word in ("yes", "no", "是", "OK\n\nWei"):
        desk.mail(BY_WEI, desk.to(Purpose.AGENT, 1, 2), word)
        asked = only_to(desk, WEI)
        assert "while a draft of Anna waits in ticket #1" in words_of(asked), word
        assert [] == relayed(desk)
    assert [HELD] == [draft.text for draft in desk.store.tickets.unsent(1, desk.clock())]
    desk.answer(asked, "yes", BY_WEI)
    assert [True] == [WALLET in text for text in relayed(desk)]


def test_its_authors_undo_in_reply_to_any_email_of_the_ticket_ends_a_draft_that_waits(desk: MailDesk) -> None:
    for text, left in (
        ("#undo", []),
        (f"#undo\n\n{BETTER}", [True]),
        (f"#undo\nThen use {WALLET} today.", []),
    ):
        _, question = held(desk)
        desk.reply(text)
        assert left == [BETTER in sent for sent in relayed(desk)], text
        waiting = [draft.text for draft in desk.store.tickets.unsent(1, desk.clock())]
        assert ([text] if WALLET in text else []) == waiting, text
        desk.out()
        desk.answer(question, "yes", BY_WEI)
        assert [] == relayed(desk), text


MEANWHILE: dict[str, Callable[[MailDesk, Outgoing], None]] = {
    "the customer writes": lambda desk, _: desk.customer("It arrived, do nothing please."),
    "a colleague answers": lambda desk, _: desk.mail(BY_WEI, desk.to(Purpose.AGENT, 1, 2), BETTER),
    "a better text": lambda desk, _: desk.reply(BETTER),
    "a better text in reply to the mail": lambda desk, waits: desk.answer(waits, BETTER),
    "a colleague closes": lambda desk, _: desk.mail(BY_WEI, desk.to(Purpose.AGENT, 1, 2), "#close"),
    "the author closes": lambda desk, _: desk.reply("#close"),
    "the author's no": lambda desk, waits: desk.answer(waits, "no"),
}


def test_what_waits_a_day_for_want_of_a_second_person_is_taken_back_by_what_happens_meanwhile(
    tmp_path: Path,
) -> None:
    wrong = []
    for number, (name, act) in enumerate(MEANWHILE.items()):
        desk = MailDesk(tmp_path / str(number))
        desk.store.agents.add(WEI, "Wei", (), desk.clock.now)
        desk.store.agents.change(WEI, away_until=desk.clock.now + timedelta(days=9))
        desk.reply(HELD)
        act(desk, only_to(desk, desk.agent))
        desk.service.tick()
        after = desk.out()
        asked = [mail for mail in after if "was withdrawn before it was sent" in words_of(mail)]
        desk.clock.later(hours=26)
        desk.service.tick()
        left = [words_of(mail) for mail in (*after, *desk.out()) if mail.kind is MailKind.RELAY]
        if name == "the customer writes":
            # Their yes has it wait for another day.
            desk.answer(asked[0], "yes")
            again = words_of(only_to(desk, desk.agent))
            wrong += [] if "Your reply waits for 24 hours" in again else [(name, ["asked"], [again])]
        if [desk.agent] != [mail.rcpt for mail in asked] or any(WALLET in text for text in left):
            wrong.append((name, [mail.rcpt for mail in asked], left))
        desk.close()
    assert [] == wrong


def test_a_yes_after_a_yes_that_was_taken_back_sends_the_draft(tmp_path: Path) -> None:
    wrong = []
    kept = (
        "#draft\nDear Lin, look under the sofa.",
        "See https://other.net/page for it.",
        "FYI team: he is angry. Tell Lin so.",
    )
    for number, text in enumerate(kept):
        desk = MailDesk(tmp_path / str(number), f"{LIMITS}\nundo_seconds = 60")
        desk.reply(text)
        for _ in range(2):
            desk.answer(only_to(desk, desk.agent), "yes")
            desk.reply("#undo")
        desk.answer(only_to(desk, desk.agent), "yes")
        desk.clock.later(minutes=2)
        if [True] != [text.rpartition("\n")[2] in sent for sent in relayed(desk)]:
            wrong.append((text, desk.said(EntryKind.REPLY)))
        desk.close()
    assert [] == wrong


def test_what_answers_a_mistaken_yes_to_a_note_that_was_held_is_a_note_too(tmp_path: Path) -> None:
    desk = MailDesk(tmp_path)
    desk.reply("#notee\nhe is a fraud")
    for word in ("yes", "no"):
        desk.answer(only_to(desk, desk.agent), word)
    desk.answer(only_to(desk, desk.agent), "he really is a fraud")
    assert [] == relayed(desk)
    assert ["he really is a fraud"] == desk.said(EntryKind.NOTE)
    desk.close()
