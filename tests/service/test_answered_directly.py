"""An agent who answers the requester in their own mail program, with the desk in Cc."""

from collections.abc import Iterator

import pytest
from agent_desk import BORDER, EVE, LIN, StrictDesk
from desk_mail import MailDesk, plain_of, words_of
from pump import letter

from intake.desk.effects import MailKind, Outcome
from intake.desk.ticket import EntryKind, Status
from intake.desk.tokens import Purpose
from intake.mail.parse import parse

WORD = f"Authentication-Results: {BORDER}; dmarc=pass header.from=staff.desk.example\r\n"
ANOTHERS = f"Authentication-Results: {BORDER}; dmarc=pass header.from=evil.example\r\n"
NOT_OURS = "Authentication-Results: mx.evil.example; dmarc=pass header.from=staff.desk.example\r\n"
REFUTED = f"Authentication-Results: {BORDER}; dmarc=fail header.from=staff.desk.example\r\n"
INVOICE = "In-Reply-To: <inv77@customer.example>\r\n"
TEXT = "Here it is, Lin."
BEN = "ben@staff.desk.example"


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
    "another domain's word": (f"{ANOTHERS}{INVOICE}", LIN, TEXT),
    "a word of a server that is not ours": (f"{NOT_OURS}{INVOICE}", LIN, TEXT),
    "ours and another's word": (f"{ANOTHERS}{NOT_OURS}{INVOICE}", LIN, TEXT),
}
# What our server found forged, or a machine sent, is asked about by nobody, and kept.
FORGED = {
    "found forged": (f"{REFUTED}{INVOICE}Cc: help@desk.example\r\n", LIN),
    "found forged, with the desk in Bcc": (f"{REFUTED}{INVOICE}", LIN),
    "found forged, in no ticket": (f"{REFUTED}Cc: help@desk.example\r\n", "ted@buyer.example"),
    "in no ticket": ("Cc: help@desk.example\r\n", "ted@buyer.example"),
}


@pytest.mark.parametrize("name", FORGED)
def test_what_is_forged_is_no_answer_and_stops_no_clock(name, desk):
    headers, to = FORGED[name]
    desk.take(desk.mail(TEXT, headers, to=to), sender=EVE)
    ticket = desk.store.tickets.get(3)
    assert (None, None, Status.NEW) == (ticket.first_response_at, ticket.assignee, ticket.status)
    assert [] == [entry for number in (1, 2, 3) for entry in desk.said(EntryKind.REPLY, number)]
    assert "ted@buyer.example" not in opened(desk)
    desk.deliver()
    assert [] == [mail.rcpt for mail in desk.sent if mail.rcpt in (LIN, "ted@buyer.example")]


@pytest.mark.parametrize("name", DOUBTFUL)
def test_what_is_doubtful_is_a_draft_that_says_who_has_it(name, desk):
    headers, to, text = DOUBTFUL[name]
    desk.take(desk.mail(text, f"{headers}Cc: help@desk.example\r\n", to=to), sender=desk.agent)
    assert [] == desk.said(EntryKind.REPLY, 3)
    if name != "from two":
        (asked,) = desk.told()
        assert f"{LIN} got it from you directly" in " ".join(plain_of(asked).split())
    assert [] == desk.relayed()


@pytest.mark.parametrize("command", ["#close", "#关闭", "#note"])
def test_a_command_that_the_customer_has_read_waits_for_a_yes_and_the_reason_is_named(command, desk):
    raw = desk.mail(f"{command}\r\n{TEXT}", f"{WORD}{INVOICE}Cc: help@desk.example\r\n", to=LIN)
    desk.take(raw, sender=desk.agent)
    (asked,) = desk.told()
    words = " ".join(plain_of(asked).split())
    assert "with the command in it, so the command was not carried out" in words
    assert "Your email about ticket #3 is kept as a private draft." in words
    assert "Only replies to a notification" not in words
    assert "and not sent" not in words
    yes = desk.mail("yes", WORD, to=parse(asked).reply_to[0].mailbox)
    desk.take(yes, sender=desk.agent)
    kind = EntryKind.NOTE if command == "#note" else EntryKind.REPLY
    assert [TEXT] == desk.said(kind, 3)
    assert [] == desk.relayed()


def test_to_somebody_else_it_is_asked_about_as_ever(desk):
    desk.take(desk.mail(TEXT, f"{WORD}{INVOICE}Cc: help@desk.example\r\n", to=EVE), sender=desk.agent)
    (asked,) = desk.told()
    assert "got it from you" not in " ".join(plain_of(asked).split())
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


SOMEBODY = "new@buyer.example"
COPIED = "Cc: help@desk.example\r\n"


def opened(desk: StrictDesk) -> list[str]:
    """The requesters of the tickets since those of the fixture, the newest first."""
    return [row.requester for row in desk.store.listing.list_tickets() if row.id > 3]


@pytest.mark.parametrize("more", [COPIED, "", "Cc: help+orders@desk.example\r\n"])
def test_an_answer_in_no_ticket_opens_one_in_the_customers_name(more, desk):
    desk.take(desk.mail(TEXT, f"{WORD}{more}", to=f"New Buyer <{SOMEBODY}>"), sender=desk.agent)
    assert (Outcome.TICKETED, "answered_directly") == ends(desk)
    ticket = desk.store.tickets.get(4)
    assert (SOMEBODY, Status.PENDING, "Anna") == (
        ticket.requester.mailbox,
        ticket.status,
        ticket.assignee.name,
    )
    assert "My coins are late" == ticket.subject
    assert ticket.first_response_due is None or ticket.first_response_at is not None
    assert [TEXT] == desk.said(EntryKind.REPLY, 4)
    assert [] == desk.said(EntryKind.CUSTOMER, 4)
    desk.deliver()
    assert [] == desk.sent


def test_the_customers_answer_to_it_comes_into_its_ticket(desk):
    sent = desk.mail(TEXT, WORD, to=SOMEBODY)
    desk.take(sent, sender=desk.agent)
    known = parse(sent).message_id
    raw = (
        f"From: {SOMEBODY}\r\nTo: Anna <{desk.agent}>\r\nCc: {desk.address}\r\nSubject: Re: My coins\r\n"
        f"In-Reply-To: <{known}>\r\nMessage-ID: <thanks@buyer.example>\r\n\r\nOne more question.\r\n"
    )
    desk.take(raw.encode(), sender=SOMEBODY)
    assert ["One more question."] == desk.said(EntryKind.CUSTOMER, 4)


NO_ANSWERS = {
    "to the desk alone": ("", "help@desk.example"),
    "to the desk and a customer": ("", f"help@desk.example, {SOMEBODY}"),
    "to another address of our domain": ("", "sales@desk.example"),
    "to an alias that leads here": (f"Delivered-To: {SOMEBODY}\r\n", SOMEBODY),
    "by way of a list": (f"List-Id: <all.buyer.example>\r\n{COPIED}", SOMEBODY),
    "to themselves": (COPIED, "anna@staff.desk.example"),
}


TO_SEVERAL = {
    "to two": (COPIED, f"{SOMEBODY}, {EVE}"),
    "to one, with another in Cc": (f"Cc: help@desk.example, {EVE}\r\n", SOMEBODY),
    "to two, with the desk in Bcc": ("", f"{SOMEBODY}, {EVE}, {SOMEBODY.upper()}"),
    "to a colleague, with two in Cc": (
        f"Cc: {SOMEBODY}, help@desk.example, {EVE}\r\n",
        "anna@staff.desk.example",
    ),
}


@pytest.mark.parametrize("name", TO_SEVERAL)
def test_an_answer_to_several_customers_is_the_first_ones_and_its_agent_is_told(name, desk):
    more, to = TO_SEVERAL[name]
    desk.take(desk.mail(TEXT, f"{WORD}{more}", to=to), sender=desk.agent)
    assert (Outcome.TICKETED, "answered_directly") == ends(desk)
    assert [SOMEBODY] == opened(desk)
    assert ([TEXT], []) == (desk.said(EntryKind.REPLY, 4), desk.said(EntryKind.CUSTOMER, 4))
    assert () == desk.store.tickets.get(4).participants
    desk.deliver()
    (told,) = desk.sent
    assert (MailKind.ALERT, desk.agent) == (told.kind, told.rcpt)
    words = words_of(told)
    assert f"It counts as your reply in a new ticket of {SOMEBODY}, and nothing was sent again." in words
    assert f"{EVE}: not in the ticket until you add them with #cc add ADDRESS." in words


def test_to_several_where_no_server_vouches_a_yes_records_it_and_sends_nothing(plain):
    raw = letter(plain.agent, f"{SOMEBODY}, {EVE}", "Your order", TEXT, f"Cc: {plain.address}\r\n")
    plain.take(raw, sender=plain.agent)
    number = plain.store.listing.list_tickets()[0].id
    (asked,) = plain.out()
    assert (MailKind.ALERT, SOMEBODY) == (asked.kind, plain.store.tickets.get(number).requester.mailbox)
    assert f"{EVE}: not in the ticket until you add them with #cc add ADDRESS." in words_of(asked)
    plain.answer(asked, "yes")
    assert [] == plain.out(MailKind.RELAY, MailKind.ACKNOWLEDGEMENT)
    assert [TEXT] == plain.said(EntryKind.REPLY, number)


def test_the_second_customers_answer_to_all_comes_into_the_ticket(desk):
    sent = desk.mail(TEXT, f"{WORD}{COPIED}", to=f"{SOMEBODY}, {EVE}")
    desk.take(sent, sender=desk.agent)
    raw = (
        f"From: {EVE}\r\nTo: Anna <{desk.agent}>\r\nCc: {desk.address}, {SOMEBODY}\r\n"
        f"Subject: Re: My coins\r\nIn-Reply-To: <{parse(sent).message_id}>\r\n"
        "Message-ID: <me@too.example>\r\n\r\nAnd me?\r\n"
    )
    desk.take(raw.encode(), sender=EVE)
    assert ["And me?"] == desk.said(EntryKind.CUSTOMER, 4)


@pytest.mark.parametrize("verified", [WORD, ""])
@pytest.mark.parametrize(
    ("to", "more"),
    [
        (f"help@desk.example, {SOMEBODY}", ""),
        ("help@desk.example", f"Cc: {SOMEBODY}\r\n"),
        (f"{SOMEBODY}, {EVE}", COPIED),
        (SOMEBODY, COPIED),
    ],
)
def test_an_agent_who_writes_to_customers_is_never_acknowledged_as_one(to, more, verified, desk):
    desk.take(desk.mail(TEXT, f"{verified}{more}", to=to), sender=desk.agent)
    desk.deliver()
    assert MailKind.ACKNOWLEDGEMENT not in [mail.kind for mail in desk.sent]
    assert not [mail for mail in desk.sent if mail.rcpt in (SOMEBODY, EVE)]


def test_an_agent_who_asks_the_desk_alone_is_acknowledged_as_ever(desk):
    desk.take(desk.mail(TEXT, WORD, to="help@desk.example"), sender=desk.agent)
    desk.deliver()
    assert [desk.agent] == [mail.rcpt for mail in desk.sent if mail.kind is MailKind.ACKNOWLEDGEMENT]


@pytest.mark.parametrize("name", NO_ANSWERS)
def test_what_is_no_answer_to_one_customer_opens_no_ticket_in_their_name(name, desk):
    more, to = NO_ANSWERS[name]
    desk.take(desk.mail(TEXT, f"{WORD}{more}", to=to), sender=desk.agent)
    assert "answered_directly" != ends(desk)[1]
    assert SOMEBODY not in opened(desk)


def test_who_writes_in_the_name_of_an_agent_opens_no_ticket_in_a_customers(desk):
    desk.take(desk.mail(TEXT, COPIED, to=SOMEBODY), sender=EVE)
    assert SOMEBODY not in opened(desk)
    assert [] == desk.said(EntryKind.REPLY, 4)


def test_the_number_in_the_subject_counts_where_it_goes_to_the_tickets_own_requester(desk):
    for to, said in ((EVE, []), (LIN, [TEXT])):
        raw = desk.mail(TEXT, f"{WORD}{COPIED}", to=to).replace(
            b"Subject: Re: My coins", b"Subject: Re: [#1] My coins"
        )
        desk.take(raw, sender=desk.agent)
        assert said == desk.said(EntryKind.REPLY, 1)
    assert [] == desk.relayed()


@pytest.mark.parametrize("verified", [WORD, ""])
@pytest.mark.parametrize("to", [SOMEBODY, BEN, f"{BEN}, {SOMEBODY}"])
def test_what_names_a_ticket_and_goes_to_others_is_asked_about_in_that_ticket(to, verified, desk):
    desk.store.agents.add(BEN, "Ben", (), desk.clock())
    before = len(desk.store.listing.list_tickets())
    raw = desk.mail(TEXT, f"{verified}{COPIED}", to=to)
    desk.take(raw.replace(b"Subject: Re: My coins", b"Subject: Re: [#1] My coins"), sender=desk.agent)
    (asked,) = desk.told()
    assert f"It is addressed to {to}, with this desk in copy" in " ".join(plain_of(asked).split())
    assert ([TEXT], []) == (desk.said(EntryKind.DRAFT, 1), desk.said(EntryKind.REPLY, 1))
    assert before == len(desk.store.listing.list_tickets())
    assert [desk.agent] == [mail.rcpt for mail in desk.sent]


def test_a_mail_to_a_colleague_with_the_desk_in_copy_is_not_acknowledged(desk):
    desk.store.agents.add(BEN, "Ben", (), desk.clock())
    desk.take(desk.mail(TEXT, f"{WORD}{COPIED}", to=BEN), sender=desk.agent)
    desk.deliver()
    assert MailKind.ACKNOWLEDGEMENT not in [mail.kind for mail in desk.sent]


def test_where_no_server_vouches_a_yes_records_it_and_sends_nothing(plain):
    raw = letter(plain.agent, SOMEBODY, "Your order", TEXT, f"Cc: {plain.address}\r\n")
    plain.take(raw, sender=plain.agent)
    number = plain.store.listing.list_tickets()[0].id
    assert SOMEBODY == plain.store.tickets.get(number).requester.mailbox
    assert ([], [TEXT]) == (plain.said(EntryKind.REPLY, number), plain.said(EntryKind.DRAFT, number))
    out = plain.out()
    assert [MailKind.ALERT] == [mail.kind for mail in out]
    assert f"You wrote to {SOMEBODY} with this desk in copy" in words_of(out[0])
    plain.answer(out[0], "yes")
    assert [] == plain.out(MailKind.RELAY)
    assert [TEXT] == plain.said(EntryKind.REPLY, number)
    assert Status.PENDING is plain.store.tickets.get(number).status


def test_an_agent_for_whom_nothing_vouches_is_told_and_the_ticket_says_so(desk):
    raw = desk.mail(TEXT, COPIED, to=SOMEBODY).replace(b"Re: My coins are late", b"Your order")
    desk.take(raw, sender=desk.agent)
    desk.deliver()
    (told,) = desk.told()
    words = " ".join(plain_of(told).split())
    assert f"You wrote to {SOMEBODY} with this desk in copy, but we could not verify" in words
    (number,) = [row.id for row in desk.store.listing.list_tickets() if row.subject == "Your order"]
    assert any(f"{SOMEBODY} got it directly" in text for text in desk.said(EntryKind.EVENT, number))
