"""Words that may be another's, through the whole road: whose ticket they go to, and what agents are told.

And mail that our own server found forged: it is kept, and nothing acts on it.
"""

from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy

import pytest
from agent_desk import BORDER, EVE, LIN, Domain, StrictDesk
from desk_mail import plain_of

from intake.desk import lifecycle
from intake.desk.effects import MailKind
from intake.desk.message import Envelope
from intake.desk.surveys import closing_of
from intake.desk.ticket import EntryKind, Status
from intake.desk.tokens import Purpose
from intake.ports import Arrival

STAFF = "staff.desk.example"
ANNA = f"anna@{STAFF}"
PASSED = f"Authentication-Results: {BORDER}; dmarc=pass header.from=customer.example\r\n"
FAILED = f"Authentication-Results: {BORDER}; dmarc=fail (p=none) header.from=customer.example\r\n"
FORGED = f"Authentication-Results: {BORDER}; dkim=pass header.d={STAFF}; dmarc=fail header.from={STAFF}\r\n"
WORD = f"Authentication-Results: {BORDER}; dmarc=pass header.from={STAFF}\r\n"
NOT_PROVEN = "Not proven: anybody may have written this"
NOT_FROM = "found that this email does not come from the address it names"


@pytest.fixture
def desk(tmp_path) -> Iterator[StrictDesk]:
    desk = StrictDesk(tmp_path, "automatic_per_unverified_day = 9\nautomatic_per_address_hour = 90")
    yield desk
    desk.close()


def notice(desk: StrictDesk) -> str:
    """The newest notification to Anna, as one line."""
    desk.deliver()
    raw = [one.raw for one in desk.sent if one.kind is MailKind.NOTICE and one.rcpt == desk.agent][-1]
    return " ".join(plain_of(raw).split())


def newest(desk: StrictDesk) -> int:
    return desk.store.listing.list_tickets(limit=1)[0].id


# -- a number in the subject --------------------------------------------------------------------------


@pytest.mark.parametrize(("word", "warning"), [("", NOT_PROVEN), (FAILED, NOT_FROM)])
def test_a_number_in_the_requesters_name_opens_a_ticket_of_its_own(word, warning, desk):
    desk.write(LIN, "Re: My coins are late [#1]", "Send them to me instead.", word)
    assert ["Where are they?"] == desk.said(EntryKind.CUSTOMER)
    ticket = desk.store.tickets.get(newest(desk))
    assert (3, 1) == (ticket.id, ticket.related)
    assert ["Send them to me instead."] == desk.said(EntryKind.CUSTOMER, 3)
    said = notice(desk)
    assert warning in said
    assert "may be related to #1" in said
    assert [] == [one for one in desk.sent if one.rcpt == LIN]


def test_a_number_counts_where_our_server_vouches_for_its_requester(desk):
    desk.write(LIN, "Re: My coins are late [#1]", "Any news?", PASSED)
    assert ["Where are they?", "Any news?"] == desk.said(EntryKind.CUSTOMER)
    assert NOT_PROVEN not in notice(desk)


@pytest.mark.parametrize("subject", ["Re: Your request #1", "お問い合わせ＃１の件", "[#1]", "Order #1"])
def test_a_number_in_our_words_counts_as_one_in_brackets_does(subject, desk):
    desk.write(LIN, subject, "Any news?", PASSED)
    assert ["Where are they?", "Any news?"] == desk.said(EntryKind.CUSTOMER)


@pytest.mark.parametrize("word", ["", FAILED])
def test_a_number_in_our_words_in_the_requesters_name_is_no_proof_either(word, desk):
    desk.write(LIN, "Re: Your request #1", "Send them to me instead.", word)
    assert ["Where are they?"] == desk.said(EntryKind.CUSTOMER)
    assert 1 == desk.store.tickets.get(newest(desk)).related
    assert [] == [one for one in desk.sent if one.rcpt == LIN]


@pytest.mark.parametrize("subject", ["Order #1 has not come", "Your request #1", "#1"])
def test_a_strangers_own_number_has_nothing_to_do_with_a_ticket(subject, desk):
    desk.write(EVE, subject, "Where is it?", PASSED.replace("customer.example", "evil.example"))
    assert ["Where are they?"] == desk.said(EntryKind.CUSTOMER)
    ticket = desk.store.tickets.get(newest(desk))
    assert (EVE, None) == (ticket.requester.mailbox, ticket.related)
    said = notice(desk)
    assert "may be related" not in said
    assert NOT_PROVEN not in said


def test_our_servers_word_from_before_a_foreign_hop_does_not_count(desk):
    desk.write(LIN, "Re: [#1]", "Any news?", "Received: from a by mx.elsewhere.test; x\r\n" + PASSED)
    assert ["Where are they?"] == desk.said(EntryKind.CUSTOMER)


@pytest.mark.parametrize("channel", ["form", "api"])
def test_words_typed_in_somebodys_name_are_not_theirs(channel, desk):
    raw = (
        f"From: {LIN}\r\nTo: {desk.address}\r\nSubject: Coins [#1]\r\nMessage-ID: <form-1@desk.example>\r\n"
        f"X-Intake-Form: 1\r\n\r\nSend them to me instead.\r\n"
    ).encode()
    desk.service.receive([Arrival(raw, Envelope(channel, "support", None, ()))])
    desk.service.process_pending()
    assert ["Where are they?"] == desk.said(EntryKind.CUSTOMER)
    assert 1 == desk.store.tickets.get(3).related
    assert NOT_PROVEN in notice(desk)


def test_a_form_acts_for_no_agent(desk):
    """Not even where the token alone counts: an agent's reply address got out, and somebody types it."""
    raw = desk.mail(f"Buy here.\r\n\r\n> ref:{desk.token()}", to=desk.address)
    desk.service = replace(desk.service, policy=replace_policy(desk, agent_authority="token"))
    desk.service.receive([Arrival(raw, Envelope("form", "support", None, ()))])
    desk.service.process_pending()
    assert [] == desk.relayed()


def replace_policy(desk: StrictDesk, **changes):
    return replace(desk.service.policy, **changes)


# -- a reply to our mail needs nothing else -----------------------------------------------------------


def test_the_acknowledgement_gives_the_address_that_leads_back_to_its_ticket(desk):
    """Who has no provider that signs answers our mail, and is in their ticket."""
    desk.write("ben@no-dkim.example", "My phone", "It is broken.")
    desk.deliver()
    (ack,) = [one.raw for one in desk.sent if one.rcpt == "ben@no-dkim.example"]
    to = message_from_bytes(ack, policy=policy.default)["Reply-To"].addresses[0].addr_spec
    assert "+" in to
    raw = desk.mail("It still is.", sender="ben@no-dkim.example", to=to)
    desk.take(raw, sender="ben@no-dkim.example")
    assert ["It is broken.", "It still is."] == desk.said(EntryKind.CUSTOMER, 3)
    assert NOT_PROVEN not in notice(desk)


def test_a_message_id_alone_leads_there_and_is_told_of(desk):
    (ack,) = [one for one in desk.store.outbox.list_mails(ticket=1) if one.kind == "acknowledgement"]
    desk.write(LIN, "Re: coins", "Any news?", f"In-Reply-To: <{ack.message_id}>\r\n")
    assert ["Where are they?", "Any news?"] == desk.said(EntryKind.CUSTOMER)
    assert NOT_PROVEN in notice(desk)


def test_a_token_whose_mail_is_found_forged_is_kept_told_of_and_not_answered(desk):
    desk.service.act(desk_closed(desk))
    desk.deliver()
    desk.sent.clear()
    desk.write(LIN, "Re: coins", "Not at all solved.", FAILED, ticket=1)
    assert "Not at all solved." in desk.said(EntryKind.CUSTOMER)
    assert NOT_FROM in notice(desk)
    assert [] == [one for one in desk.sent if one.rcpt == LIN]


def desk_closed(desk: StrictDesk):
    return lifecycle.close(desk.store.tickets.get(1), "an admin", "key")


# -- nothing acts on what is found forged -------------------------------------------------------------


def test_a_score_that_is_found_forged_is_not_counted(desk):
    desk.service.act(desk_closed(desk))
    desk.clock.later(hours=30)
    desk.deliver()
    token = desk.token(1, survey_person(desk), Purpose.SURVEY)
    desk.take(desk.mail("1", FAILED, sender=LIN, to=desk.to(token)), sender=LIN)
    assert "survey_answer" != desk.store.ledger.list_messages(limit=1)[0].rule
    desk.take(desk.mail("1", PASSED, sender=LIN, to=desk.to(token)), sender=LIN)
    assert "survey_answer" == desk.store.ledger.list_messages(limit=1)[0].rule


def survey_person(desk: StrictDesk) -> int:
    return closing_of(desk.store.tickets.get(1).closed_at)


@pytest.mark.parametrize("authority", ["strict", "token"])
def test_an_agents_reply_that_is_found_forged_is_a_draft(authority, desk):
    desk.service = replace(desk.service, policy=replace_policy(desk, agent_authority=authority))
    desk.take(desk.mail("#close\nUnder the sofa.", FORGED), sender=ANNA)
    assert [] == desk.relayed()
    assert Status.CLOSED is not desk.store.tickets.get(1).status
    assert ["#close\nUnder the sofa."] == desk.said(EntryKind.DRAFT)
    assert "Our own mail server found" in " ".join(plain_of(desk.told()[-1]).split())


def test_a_forgery_with_a_good_signature_is_a_forgery(desk):
    staff = Domain(STAFF)
    desk.dns[staff.place] = staff.record
    desk.take(FORGED.encode() + staff.sign(desk.mail("Under the sofa."), STAFF), sender=ANNA)
    assert [] == desk.relayed()


def test_a_yes_that_is_found_forged_lets_nothing_out_and_asks_no_more(desk):
    desk.take(desk.mail("Under the sofa."), sender=ANNA)
    draft = desk.entries(EntryKind.DRAFT)[-1].id
    to = desk.to(desk.token(1, draft, Purpose.CONFIRM))
    desk.take(desk.mail("yes", FORGED, to=to), sender=ANNA)
    assert [] == desk.relayed()
    assert b"one word yes" not in desk.told()[-1]
    desk.take(desk.mail("yes", to=to), sender=ANNA)
    assert 1 == len(desk.relayed())


HOLIDAY = "Auto-Submitted: auto-replied\r\n"


def away(desk: StrictDesk) -> bool:
    return any(one.away_until is not None for one in desk.store.agents.enabled())


@pytest.mark.parametrize(
    ("word", "to", "gone"),
    [
        (FORGED, "agent", False),
        (FORGED, "bounce", False),
        ("", "agent", False),
        ("", "bounce", False),
        (WORD, "agent", True),
        (WORD, "bounce", True),
        (WORD, "bounce of a customer's mail", False),
        (WORD, "customer", False),
    ],
)
def test_only_a_proven_agent_is_away(word, to, gone, desk):
    purpose, person = {
        "agent": (Purpose.AGENT, 1),
        "bounce": (Purpose.BOUNCE, 1),
        "customer": (Purpose.CUSTOMER, 0),
    }.get(to, (Purpose.BOUNCE, 0))
    raw = desk.mail("I am away until Monday.", word + HOLIDAY, to=desk.to(desk.token(1, person, purpose)))
    desk.take(raw, sender="")
    assert gone is away(desk)
    assert "Where are they?" in desk.said(EntryKind.CUSTOMER)
    assert [] == desk.relayed()


def test_the_return_address_of_a_mail_to_an_agent_names_that_agent(desk):
    """What a customer's mail came from is known to the customer, and sends nobody away."""
    desk.write(LIN, "Another question", "Hello")
    desk.take(desk.mail("Under the sofa.", WORD), sender=ANNA)
    desk.deliver()
    senders = {one.kind: one.mail_from for one in desk.sent if one.kind in (MailKind.NOTICE, MailKind.RELAY)}
    raw = desk.mail("I am away until Monday.", WORD + HOLIDAY, to=senders[MailKind.RELAY])
    desk.take(raw, sender="")
    assert not away(desk)
    desk.take(desk.mail("I am away.", WORD + HOLIDAY, to=senders[MailKind.NOTICE]), sender="")
    assert away(desk)


@pytest.mark.parametrize(
    "top", ["In-Reply-To: {id}\r\n", "References: {id}\r\n", "Delivered-To: {reply}\r\n"]
)
def test_a_mail_of_an_agents_to_somebody_else_sends_nobody_away(top, desk):
    """Who has any mail that Anna's server signed makes dmarc pass, and puts what is not signed on top."""
    desk.take(desk.mail("Under the sofa.", WORD), sender=ANNA)
    answer = message_from_bytes(desk.relayed()[0], policy=policy.default)
    reply = answer["Reply-To"].addresses[0].addr_spec
    top = top.format(id=answer["Message-ID"], reply=reply)
    desk.take(desk.mail("See you at lunch.", WORD + HOLIDAY + top, to=EVE), sender=ANNA)
    assert not away(desk)


def test_a_mail_that_was_obeyed_is_no_holiday_when_it_comes_again(desk):
    raw = desk.mail("Under the sofa.", WORD)
    desk.take(raw, sender=ANNA)
    desk.take(HOLIDAY.encode() + raw, sender=ANNA)
    assert not away(desk)
    assert 1 == len(desk.relayed())


def test_a_token_in_an_address_of_somebody_elses_is_none(desk):
    """Anna answers Eve, who wrote from eve+TOKEN@, and hands the signed answer on to the desk."""
    desk.take(desk.mail("For Eve alone.", WORD, to=f"eve+{desk.token()}@evil.example"), sender=ANNA)
    assert [] == desk.relayed()
    assert [] == desk.said(EntryKind.REPLY)


# -- sent again ---------------------------------------------------------------------------------------


def test_a_mail_that_acted_does_not_act_again_with_other_blanks(desk):
    raw = desk.mail("Under the sofa.", WORD)
    desk.take(raw, sender=ANNA)
    assert 1 == len(desk.relayed())
    desk.take(raw, b"X-Spam: no\r\n" + raw, sender=ANNA)
    assert 1 == len(desk.relayed())
    assert [] == desk.said(EntryKind.DRAFT)
    desk.take(raw.replace(b"the sofa", b"the  sofa"), sender=ANNA)
    assert 1 == len(desk.relayed())
    assert ["Under the  sofa."] == desk.said(EntryKind.DRAFT)
    assert "was processed before" in " ".join(desk.told()[-1].decode().split())


# -- the original is not lost for a copy that came before it -------------------------------------------


@pytest.mark.parametrize(
    "extra",
    [
        "Content-Type: application/octet-stream\r\n",
        "Content-Transfer-Encoding: base64\r\n",
        "Auto-Submitted: auto-replied\r\n",
        "X-Autoreply: yes\r\n",
        "From: eve@evil.example\r\n",
        "Content-Disposition: attachment; filename=a.txt\r\n",
    ],
)
def test_the_original_is_a_ticket_whatever_copy_of_it_came_first(extra, desk):
    raw = (
        f"From: {LIN}\r\nTo: {desk.address}\r\nSubject: Another question\r\n"
        "Date: Thu, 1 Jan 2026 08:00:00 +0000\r\nMessage-ID: <1@customer.example>\r\n\r\n"
        "Where is my wallet?\r\n"
    ).encode()
    desk.take(extra.encode() + raw, sender=EVE)
    desk.take(raw, sender=LIN)
    row = desk.store.ledger.list_messages(limit=1)[0]
    assert row.rule in ("new_ticket", "list_copy")
    (said,) = [one for one in desk.store.tickets.entries(row.ticket) if one.message == row.id]
    assert (EntryKind.CUSTOMER, "Where is my wallet?") == (said.kind, said.text)
    assert "Where is my wallet?" in notice(desk)
