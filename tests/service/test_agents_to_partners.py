"""What agents and customers write into a conversation with a partner: nothing is lost or crosses over."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_mail import EVE, LIMITS, LIN, MailDesk, words_of

from intake.desk.effects import MailKind, Outcome, Outgoing
from intake.desk.rules.partners import MOST_TOLD
from intake.desk.ticket import EntryKind
from intake.desk.tokens import Purpose
from intake.mail.parse import parse

PAUL = "paul@partner.example"
BEN = "ben@staff.desk.example"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[MailDesk]:
    made = MailDesk(tmp_path / "desk", LIMITS)
    made.store.agents.add(BEN, "Ben", (), made.clock())
    yield made
    made.close()


def asked(desk: MailDesk) -> Outgoing:
    desk.reply(f"#ask {PAUL}\nWhere is parcel 4711?")
    (sent,) = desk.out()
    return sent


def place(sent: Outgoing) -> str:
    """The address that answers to a question go to."""
    return parse(sent.raw).reply_to[0].mailbox


def anna(desk: MailDesk) -> str:
    return f"Anna <{desk.agent}>"


@pytest.mark.parametrize("first", ["the partner's", "the customer's"])
def test_what_a_customer_writes_to_both_is_their_answer(desk: MailDesk, first: str) -> None:
    theirs, partners = desk.to(Purpose.CUSTOMER, 1, 0), place(asked(desk))
    both = (partners, theirs) if first == "the partner's" else (theirs, partners)
    desk.mail(LIN, ", ".join(both), "Any news?", by=both[0])
    assert (Outcome.APPENDED, "follow_up") == desk.outcome()
    assert "Any news?" == desk.said(EntryKind.CUSTOMER)[-1]
    (told,) = desk.out(MailKind.NOTICE)
    assert "not from" not in words_of(told)


@pytest.mark.parametrize("sender", [PAUL, EVE])
def test_what_others_write_to_both_is_a_note(desk: MailDesk, sender: str) -> None:
    both = f"{desk.to(Purpose.CUSTOMER, 1, 0)}, {place(asked(desk))}"
    desk.mail(sender, both, "It lies in Hamburg.")
    assert (Outcome.APPENDED, "partner_reply") == desk.outcome()


@pytest.mark.parametrize("first", ["the partner's", "the agent's"])
def test_what_an_agent_writes_to_both_is_obeyed_and_its_words_are_a_note(desk: MailDesk, first: str) -> None:
    mine, partners = desk.to(Purpose.AGENT, 1, 1), place(asked(desk))
    both = (partners, mine) if first == "the partner's" else (mine, partners)
    desk.mail(anna(desk), ", ".join(both), "#tag parcel\nThank you, Paul.", by=both[0])
    ticket = desk.store.tickets.get(1)
    assert ticket is not None
    assert ("parcel",) == ticket.tags
    assert "Thank you, Paul." == desk.said(EntryKind.NOTE)[-1]
    assert [] == desk.said(EntryKind.REPLY)
    told = desk.out()
    assert [(MailKind.ALERT, desk.agent)] == [(mail.kind, mail.rcpt) for mail in told]
    assert "kept as an internal note" in words_of(told[0])


def test_a_partner_who_also_has_an_agents_address_writes_a_note(desk: MailDesk) -> None:
    both = f"{desk.to(Purpose.AGENT, 1, 1)}, {place(asked(desk))}"
    desk.mail(PAUL, both, "#close\nIt lies in Hamburg.")
    assert (Outcome.APPENDED, "partner_reply") == desk.outcome()


@pytest.mark.parametrize("how", ["their address", "the thread"])
def test_a_command_to_a_partner_waits_for_a_yes_and_is_done(desk: MailDesk, how: str) -> None:
    sent = asked(desk)
    copy = place(sent) if how == "their address" else desk.address
    ids = f"<{sent.message_id}> <p@partner.example>"
    more = f"Cc: {copy}\r\nIn-Reply-To: <p@partner.example>\r\nReferences: {ids}\r\n"
    desk.mail(anna(desk), PAUL, "#tag parcel\nThank you, Paul.", more=more, by=copy)
    (told,) = desk.out()
    assert (MailKind.ALERT, desk.agent) == (told.kind, told.rcpt)
    assert f"It went to the conversation with {PAUL}" in words_of(told)
    assert ["#tag parcel\nThank you, Paul."] == desk.said(EntryKind.DRAFT)
    desk.answer(told, "yes")
    ticket = desk.store.tickets.get(1)
    assert ticket is not None
    assert ("parcel",) == ticket.tags
    assert "Thank you, Paul." == desk.said(EntryKind.NOTE)[-1]
    assert [] == [mail for mail in desk.out() if not mail.kind.to_agent]
    assert 1 == len(desk.store.listing.list_tickets())


@pytest.mark.parametrize("how", ["their address", "the thread"])
@pytest.mark.parametrize("who", ["anna", "ben"])
def test_words_to_a_partner_are_a_note_and_their_agent_is_told(desk: MailDesk, how: str, who: str) -> None:
    sent = asked(desk)
    copy = place(sent) if how == "their address" else desk.address
    more = f"Cc: {copy}\r\nReferences: <{sent.message_id}>\r\n"
    sender = desk.agent if who == "anna" else BEN
    desk.mail(sender, PAUL, "Thank you, Paul.", more=more, by=copy)
    assert (Outcome.APPENDED, "partner_reply") == desk.outcome()
    assert "Thank you, Paul." == desk.said(EntryKind.NOTE)[-1]
    assert not any("in the place of" in text for text in desk.said(EntryKind.EVENT))
    told = {mail.kind: mail for mail in desk.out()}
    assert sender == told[MailKind.ALERT].rcpt
    assert "was kept as an internal note" in words_of(told[MailKind.ALERT])
    assert (who == "ben") == (MailKind.NOTICE in told), "Anna asked"
    assert 1 == len(desk.store.listing.list_tickets())
    desk.answer(told[MailKind.ALERT], "That was Paul.")
    assert "That was Paul." == desk.said(EntryKind.NOTE)[-1]


def test_a_forger_cannot_make_us_write_to_an_agent_for_ever(desk: MailDesk) -> None:
    partners = place(asked(desk))
    for number in range(40):
        desk.mail(anna(desk), partners, f"#close\nOnce more, {number}.")
        desk.mail(anna(desk), partners, f"Once more, {number}.")
    assert len(desk.out()) <= 12


def test_what_a_machine_of_an_agents_answers_there_tells_nobody(desk: MailDesk) -> None:
    desk.mail(anna(desk), place(asked(desk)), "#close I am away.", more="Auto-Submitted: auto-replied\r\n")
    assert (Outcome.AUTOMATIC, "partner_reply") == desk.outcome()
    assert [] == desk.out()


def test_many_who_write_to_a_partners_address_are_told_of_together(desk: MailDesk) -> None:
    """Each sender by itself is no flood."""
    partners = place(asked(desk))
    for number in range(120):
        desk.mail(f"eve{number}@e{number}.example", partners, f"Buy number {number}.")
    assert 120 == sum(text.startswith("Buy number") for text in desk.said(EntryKind.NOTE))
    told = desk.out()
    assert MOST_TOLD == sum(mail.kind is MailKind.NOTICE for mail in told)
    alerts = [mail for mail in told if mail.kind is MailKind.ALERT]
    assert 1 <= len(alerts) <= 6
    assert "you will not be notified of each" in words_of(alerts[0])
    desk.clock.later(hours=2)
    desk.mail(PAUL, partners, "It lies in Hamburg.")
    assert [MailKind.NOTICE] == [mail.kind for mail in desk.out()]


@pytest.mark.parametrize(
    ("text", "promise", "kept"),
    [
        ("#reply\nIt lies in Hamburg.", "sends its words to the customer", EntryKind.REPLY),
        ("#tag parcel\nIt lies in Hamburg.", "keeps its words as an internal note", EntryKind.NOTE),
    ],
)
def test_a_yes_does_what_its_question_says(desk: MailDesk, text: str, promise: str, kept: EntryKind) -> None:
    desk.mail(anna(desk), place(asked(desk)), text)
    (question,) = [mail for mail in desk.out() if mail.rcpt == desk.agent]
    assert promise in words_of(question)
    desk.answer(question, "yes")
    assert "It lies in Hamburg." == desk.said(kept)[-1]


@pytest.mark.parametrize("before", ["It is on its way.", "#draft\nIt is on its way."])
def test_what_a_partner_writes_to_an_agents_address_is_a_note(desk: MailDesk, before: str) -> None:
    asked(desk)
    shown = desk.to(Purpose.AGENT, 1, 1)
    if before.startswith("#"):
        desk.reply(before)
        (question,) = [mail for mail in desk.out() if mail.rcpt == desk.agent]
        shown = parse(question.raw).reply_to[0].mailbox
    for text in ("Do not tell the customer: it was stolen.", "yes"):
        desk.mail(PAUL, shown, text)
        assert (Outcome.APPENDED, "partner_reply") == desk.outcome()
        assert text == desk.said(EntryKind.NOTE)[-1]
        (told,) = desk.out()
        assert (desk.agent, MailKind.NOTICE) == (told.rcpt, told.kind)
        assert "one word yes" not in words_of(told)
