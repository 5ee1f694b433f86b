"""An agent who answers the requester in their own mail program, with the desk in Cc."""

from collections.abc import Iterator

import pytest
from agent_desk import BORDER, EVE, LIN, StrictDesk
from desk_mail import MailDesk, plain_of, words_of

from intake.desk.effects import MailKind, Outcome
from intake.desk.ticket import EntryKind, Status
from intake.desk.tokens import Purpose

WORD = f"Authentication-Results: {BORDER}; dmarc=pass header.from=staff.desk.example\r\n"
INVOICE = "In-Reply-To: <inv77@customer.example>\r\n"
TEXT = "Here it is, Lin."


@pytest.fixture
def desk(tmp_path) -> Iterator[StrictDesk]:
    """Lin wrote to Anna, with the desk in Cc; #3."""
    desk = StrictDesk(tmp_path)
    raw = (
        f"From: Lin <{LIN}>\r\nTo: Anna <{desk.agent}>\r\nCc: {desk.address}\r\nSubject: Invoice 77\r\n"
        "Message-ID: <inv77@customer.example>\r\n\r\nAnna, please send the invoice.\r\n"
    )
    desk.take(raw.encode(), sender=LIN)
    desk.deliver()
    desk.sent.clear()
    yield desk
    desk.close()


def ends(desk: StrictDesk) -> tuple[Outcome | None, str]:
    row = desk.store.ledger.list_messages(limit=1)[0]
    return row.outcome, row.rule


@pytest.mark.parametrize(
    ("to", "more"),
    [
        (LIN, "Cc: help@desk.example\r\n"),
        ("help@desk.example", f"Cc: Lin <{LIN.upper()}>\r\n"),
        (f"boss@customer.example, {LIN}", "Cc: help@desk.example\r\n"),
    ],
)
def test_an_answer_that_the_requester_has_is_kept_as_one_and_not_sent_again(to, more, desk):
    desk.take(desk.mail(TEXT, f"{WORD}{INVOICE}{more}", to=to), sender=desk.agent)
    assert (Outcome.APPENDED, "agent_reply") == ends(desk)
    ticket = desk.store.tickets.get(3)
    assert (Status.PENDING, "Anna") == (ticket.status, ticket.assignee.name)
    assert ticket.first_response_at is not None
    assert [TEXT] == desk.said(EntryKind.REPLY, 3)
    assert f"Anna wrote to {LIN} directly; it was not sent again" in desk.said(EntryKind.EVENT, 3)
    desk.deliver()
    assert [] == desk.sent


DOUBTFUL = {
    "nothing vouches for it": (INVOICE, LIN, TEXT),
    "a command in it": (f"{WORD}{INVOICE}", LIN, f"#close\r\n{TEXT}"),
    "no text": (f"{WORD}{INVOICE}", LIN, ""),
    "from two": (f"From: {EVE}\r\n{WORD}{INVOICE}", LIN, TEXT),
}


@pytest.mark.parametrize("name", DOUBTFUL)
def test_what_is_doubtful_is_a_draft_that_says_who_has_it(name, desk):
    headers, to, text = DOUBTFUL[name]
    desk.take(desk.mail(text, f"{headers}Cc: help@desk.example\r\n", to=to), sender=desk.agent)
    assert [] == desk.said(EntryKind.REPLY, 3)
    if name != "from two":
        (asked,) = desk.told()
        assert f"{LIN} got it from you directly" in " ".join(plain_of(asked).split())
    assert [] == desk.relayed()


def test_to_somebody_else_it_is_asked_about_as_ever(desk):
    desk.take(desk.mail(TEXT, f"{WORD}{INVOICE}Cc: help@desk.example\r\n", to=EVE), sender=desk.agent)
    (asked,) = desk.told()
    assert "got it from you" not in " ".join(asked.decode().split())
    assert [] == desk.said(EntryKind.REPLY, 3)


def test_a_machine_of_the_agents_answers_nobody(desk):
    raw = desk.mail(TEXT, f"{WORD}{INVOICE}Auto-Submitted: auto-replied\r\nCc: help@desk.example\r\n", to=LIN)
    desk.take(raw, sender="")
    assert [] == desk.said(EntryKind.REPLY, 3)


@pytest.fixture
def plain(tmp_path) -> Iterator[MailDesk]:
    desk = MailDesk(tmp_path)
    yield desk
    desk.close()


def test_a_yes_records_it_and_sends_it_to_those_who_lack_it(plain):
    plain.mail(
        LIN, plain.address, "The invoice, please.", "Invoice", f"Message-ID: <inv@x.example>\r\nCc: {EVE}\r\n"
    )
    number = plain.store.listing.list_tickets()[0].id
    plain.reply(f"#cc add {EVE}", ticket=number)
    plain.out()
    known = plain.store.tickets.get(number).message_ids[0]
    plain.mail(
        f"Anna <{plain.agent}>",
        LIN,
        TEXT,
        "Re: Invoice",
        f"In-Reply-To: <{known}>\r\nCc: {plain.address}\r\n",
    )
    (asked,) = plain.out(MailKind.ALERT)
    assert f"{LIN} got it from you directly" in words_of(asked)
    plain.answer(asked, "yes")
    assert [EVE] == [one.rcpt for one in plain.out(MailKind.RELAY)]
    assert [TEXT] == plain.said(EntryKind.REPLY, number)
    assert Status.PENDING is plain.store.tickets.get(number).status


def test_a_reply_to_a_notification_with_the_requester_in_cc_reaches_them_once(plain):
    to = plain.to(Purpose.AGENT, 1, 1)
    plain.mail(f"Anna <{plain.agent}>", to, "We look.", more=f"Cc: {LIN}\r\n")
    assert [] == plain.out(MailKind.RELAY)
    assert ["We look."] == plain.said(EntryKind.REPLY)
    assert Status.PENDING is plain.store.tickets.get(1).status
