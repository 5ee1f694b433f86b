"""What lets an agent's mail act, by any road his token comes back; how one reply lets a draft out."""

import re
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy

import pytest
from agent_desk import BORDER, EVE, LIN, Domain, StrictDesk

from intake import app
from intake.desk.effects import MailKind, Outcome
from intake.desk.message import Envelope
from intake.desk.ticket import EntryKind, Status
from intake.store.upkeep.integrity import IntegrityCheck

STAFF = "staff.desk.example"
ANNA = f"anna@{STAFF}"
WORD = f"Authentication-Results: {BORDER}; dmarc=pass header.from={STAFF}\r\n"


@pytest.fixture(scope="module")
def staff() -> Domain:
    return Domain(STAFF)


@pytest.fixture
def desk(tmp_path, staff) -> Iterator[StrictDesk]:
    desk = StrictDesk(tmp_path, "automatic_per_address_hour = 90")
    desk.dns[staff.place] = staff.record
    yield desk
    desk.close()


def question(desk: StrictDesk) -> bytes:
    """The newest mail that asks Anna to confirm a draft."""
    desk.deliver()
    return [one.raw for one in desk.sent if one.rcpt == desk.agent and b"one word yes" in one.raw][-1]


def address_in(raw: bytes) -> str:
    return str(message_from_bytes(raw, policy=policy.default)["Reply-To"].addresses[0].addr_spec)


# -- by what a sender is authenticated ---------------------------------------------------------------


def test_the_word_of_our_own_server_is_enough(desk):
    desk.take(desk.mail("Under the sofa.", WORD), sender=ANNA)
    assert 1 == len(desk.relayed())
    assert [] == desk.asked


def test_a_signature_of_the_agents_domain_is_enough(desk, staff):
    desk.take(staff.sign(desk.mail("Under the sofa."), STAFF), sender=ANNA)
    assert 1 == len(desk.relayed())
    assert [staff.place] == desk.asked


def test_our_servers_word_counts_below_hops_of_its_own_network(desk):
    hops = (
        "Received: from mx (mx [10.0.0.1]) by imap.desk.example with LMTP; x\r\n"
        "Received: from x by localhost (Dovecot) with LMTP; x\r\n"
        "Received: from y by store7.internal; x\r\n"
    )
    desk.take(desk.mail("Under the sofa.", hops + WORD), sender=ANNA)
    assert 1 == len(desk.relayed())


def test_nobody_is_asked_about_mail_that_claims_nothing(desk, staff):
    desk.write(LIN, "Another question", extra="DKIM-Signature: v=1; d=customer.example; s=x\r\n")
    desk.take(staff.sign(desk.mail("Hello", to=desk.address), STAFF), sender=ANNA)
    desk.take(desk.mail("Hello", sender=EVE), sender=EVE)
    assert [] == desk.asked


def test_where_the_dns_is_down_a_reply_waits_and_in_the_end_becomes_a_draft(desk, staff):
    desk.down = True
    desk.take(staff.sign(desk.mail("Under the sofa."), STAFF), sender=ANNA)
    assert [] == desk.said(EntryKind.DRAFT)
    desk.clock.later(minutes=5)
    desk.take()
    assert [] == desk.said(EntryKind.DRAFT)
    desk.clock.later(minutes=5)
    desk.take()
    assert ["Under the sofa."] == desk.said(EntryKind.DRAFT)
    assert [] == desk.relayed()


def test_where_the_dns_is_back_the_reply_that_waited_goes_out(desk, staff):
    desk.down = True
    desk.take(staff.sign(desk.mail("Under the sofa."), STAFF), sender=ANNA)
    desk.down = False
    desk.clock.later(minutes=5)
    assert 1 == len(desk.relayed())


def test_a_desk_on_a_closed_network_asks_for_the_token_alone(tmp_path):
    desk = StrictDesk(tmp_path)
    text = desk.config.read_text().replace("agent_authority = strict", "agent_authority = token")
    desk.config.write_text(text)
    desk.store.close()
    from intake.config import settings as config

    desk.desk = app.build(config.load(desk.config))
    desk.store, desk.service = desk.desk.store, desk.desk.service
    desk.service = replace(desk.service, clock=desk.clock)
    desk.take(desk.mail("Under the sofa."), sender=ANNA)
    assert 1 == len(desk.relayed())
    assert [] == desk.asked
    desk.close()


# -- where the token is found ------------------------------------------------------------------------

ROADS = {
    "the address": lambda d, t: d.mail("Under the sofa.", WORD),
    "the address, in capitals": lambda d, t: d.mail("Under the sofa.", WORD, to=d.to(t.upper())),
    "In-Reply-To": lambda d, t: d.mail(
        "Under the sofa.", f"{WORD}In-Reply-To: <ref.{t}.0123@desk.example>\r\n", to=d.address
    ),
    "References": lambda d, t: d.mail(
        "Under the sofa.", f"{WORD}References: <a@b>\r\n <ref.{t}.0123@desk.example>\r\n", to=d.address
    ),
    "the quoted text": lambda d, t: d.mail(
        f"Under the sofa.\r\n\r\nOn Monday the desk wrote:\r\n> ##- Please type -##\r\n> ref:{t}",
        WORD,
        to=d.address,
    ),
    "a forward's own copy of it, deep down": lambda d, t: d.mail(
        f"Under the sofa.\r\n\r\nOn Monday X wrote:\r\n>> ##- Please type -##\r\n>> ref:{t}\r\n>",
        WORD,
        to=d.address,
    ),
}


@pytest.mark.parametrize("road", ROADS)
def test_the_token_comes_back_by_any_road(road, desk):
    desk.take(ROADS[road](desk, desk.token()), sender=ANNA)
    (sent,) = desk.relayed()
    assert b"Under the sofa." in sent
    assert desk.token().encode() not in sent.lower()


def test_a_notification_carries_the_token_three_times(desk):
    desk.write(LIN, "Re: My coins are late [#1]", "Still gone.")
    desk.deliver()
    (notice,) = [one.raw for one in desk.sent if one.kind is MailKind.NOTICE and one.rcpt == desk.agent]
    message = message_from_bytes(notice, policy=policy.default)
    token = address_in(notice).partition("+")[2].partition("@")[0]
    assert str(message["Message-ID"]).startswith(f"<ref.{token}.")
    body = message.get_body(("plain",))
    assert body is not None
    assert f"ref:{token}" == body.get_content().strip().splitlines()[-1]


def test_a_customer_who_writes_a_reference_leads_nobody_astray(desk):
    """The one in the quote of a customer's words is masked, so that the notification's own counts."""
    other = desk.token(2)
    desk.write(LIN, "Re: My coins are late [#1]", f"See ref:{other}")
    desk.deliver()
    (notice,) = [one.raw for one in desk.sent if one.kind is MailKind.NOTICE and one.rcpt == desk.agent]
    assert f"ref:{other}".encode() not in notice


def test_a_forwarded_notification_is_no_reply_to_it(desk):
    quoted = (
        "See below.\r\n\r\n---------- Forwarded message ---------\r\nFrom: Desk <help@desk.example>\r\n"
        "Date: Mon, 5 Jan 2026 10:00\r\nSubject: [#1] My coins are late\r\nTo: <anna@staff.desk.example>\r\n"
        f"\r\nLin wrote\r\nref:{desk.token()}\r\n"
    )
    raw = desk.mail(quoted, WORD, to=desk.address).replace(b"Subject: Re: My", b"Subject: Fwd: My")
    desk.take(raw, sender=ANNA)
    assert [] == desk.relayed()


# -- drafts, and the one reply that lets them out ----------------------------------------------------


@pytest.mark.parametrize("yes", ["yes", "YES!", "Yes.\r\n\r\nSent from my iPhone", "是的", "> x\r\n\r\nyes"])
def test_one_reply_lets_a_draft_out_as_if_it_had_been_proven(yes, desk):
    desk.take(desk.mail("#close\nUnder the sofa."), sender=ANNA)
    assert (["#close\nUnder the sofa."], []) == (desk.said(EntryKind.DRAFT), desk.relayed())
    asked = question(desk)
    assert b"Under the sofa." in asked
    desk.take(desk.mail(yes, to=address_in(asked)), sender=ANNA)
    (sent,) = desk.relayed()
    assert b"Under the sofa." in sent
    assert Status.CLOSED is desk.store.tickets.get(1).status
    assert ["Under the sofa."] == desk.said(EntryKind.REPLY)
    assert "draft confirmed by Anna" in desk.said(EntryKind.EVENT)


def test_a_draft_goes_out_once(desk):
    desk.take(desk.mail("Under the sofa."), sender=ANNA)
    asked = question(desk)
    for _ in range(3):
        desk.take(desk.mail("yes", to=address_in(asked)), sender=ANNA)
    assert 1 == len(desk.relayed())
    assert any(b"already confirmed" in one for one in desk.told())


def test_the_same_confirmation_twice_in_one_batch_sends_once(desk):
    desk.take(desk.mail("Under the sofa."), sender=ANNA)
    to = address_in(question(desk))
    desk.take(desk.mail("yes", to=to), desk.mail("yes", to=to), sender=ANNA)
    assert 1 == len(desk.relayed())


def test_the_files_of_a_draft_go_out_with_it(desk):
    raw = desk.mail("x").partition(b"MIME-Version")[0] + (
        b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSee the file.\r\n"
        b"--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\nwords\r\n"
        b"--b--\r\n"
    )
    desk.take(raw, sender=ANNA)
    desk.take(desk.mail("yes", to=address_in(question(desk))), sender=ANNA)
    (sent,) = desk.relayed()
    assert b"a.txt" in sent
    assert ["a.txt"] == [file.name for one in desk.entries(EntryKind.REPLY) for file in one.files]


def test_anything_but_a_yes_sends_nothing_and_is_kept(desk):
    desk.take(desk.mail("Under the sofa."), sender=ANNA)
    desk.take(
        desk.mail("I am on holiday until Monday. Yes, really.", to=address_in(question(desk))), sender=ANNA
    )
    assert [] == desk.relayed()
    assert 2 == len(desk.said(EntryKind.DRAFT))


def test_a_machines_yes_lets_nothing_out(desk):
    desk.take(desk.mail("Under the sofa."), sender=ANNA)
    to = address_in(question(desk))
    desk.take(desk.mail("yes", "Auto-Submitted: auto-replied\r\n", to=to), sender=ANNA)
    desk.take(desk.mail("yes", to=to), sender="")
    assert [] == desk.relayed()


def test_an_agent_who_writes_from_his_other_address_is_asked_at_the_registered_one(desk):
    alias = "anna@home.example"
    desk.take(desk.mail("Under the sofa.", sender=alias), sender=alias)
    assert [] == desk.relayed()
    desk.take(desk.mail("yes", sender=alias, to=address_in(question(desk))), sender=alias)
    assert 1 == len(desk.relayed())


def test_what_a_stranger_wrote_can_be_confirmed_by_its_agent_alone(desk):
    desk.take(desk.mail("Under the sofa."), sender=ANNA)
    to = address_in(question(desk))
    desk.take(desk.mail("yes", sender=EVE, to=to), sender=EVE)
    assert [] == desk.relayed()


def test_a_draft_with_a_command_that_cannot_be_done_stays_and_its_agent_is_told(desk):
    desk.take(desk.mail("#nonsense\nUnder the sofa."), sender=ANNA)
    desk.take(desk.mail("yes", to=address_in(question(desk))), sender=ANNA)
    assert [] == desk.relayed()
    assert ["#nonsense\nUnder the sofa."] == desk.said(EntryKind.DRAFT)
    assert any(b"nonsense is not a command" in b" ".join(one.split()) for one in desk.told())


def test_a_question_can_be_answered_where_the_host_takes_plus_parts_away(desk):
    desk.take(desk.mail("Under the sofa."), sender=ANNA)
    asked = message_from_bytes(question(desk), policy=policy.default)
    raw = desk.mail("yes", f"In-Reply-To: {asked['Message-ID']}\r\n", to=desk.address)
    desk.take(raw, sender=ANNA)
    assert 1 == len(desk.relayed())


def test_nobody_is_asked_more_often_than_alerts_are_allowed(tmp_path, staff):
    desk = StrictDesk(tmp_path, "alerts_per_hour = 3")
    desk.sent.clear()
    for number in range(12):
        desk.take(desk.mail(f"Forged {number}"), sender=ANNA)
    desk.deliver()
    assert 12 == len(desk.said(EntryKind.DRAFT))
    assert 3 >= len([one for one in desk.sent if one.kind is MailKind.ALERT])
    desk.close()


# -- the rest of reliability's list ------------------------------------------------------------------


def test_t11_guessed_numbers_lead_strangers_nowhere(desk):
    """T11: the number of another's ticket in a subject opens nothing and tells nothing."""
    before = len(desk.store.tickets.entries(1))
    desk.write(EVE, "Re: something [#1]", "Let me in")
    assert before == len(desk.store.tickets.entries(1))
    desk.deliver()
    assert not any(b"coins" in one.raw for one in desk.sent if one.rcpt == EVE)


def test_t13_a_reply_to_of_another_domain_gets_nothing(desk):
    """T13: identity is From; neither the acknowledgement nor the answer goes to a Reply-To."""
    desk.write("ben@customer.example", "Help", extra=f"Reply-To: {EVE}\r\n")
    desk.take(desk.mail("Hello Ben", WORD, to=desk.to(desk.token(3))), sender=ANNA)
    desk.deliver()
    assert {"ben@customer.example", desk.agent} == {one.rcpt for one in desk.sent}


def test_t14_whom_a_header_names_is_let_into_nothing(desk):
    """T14: Cc adds nobody; what the agent answers goes to the requester alone."""
    desk.write(LIN, "Re: My coins are late [#1]", extra=f"Cc: {EVE}\r\n")
    desk.take(desk.mail("Hello Lin", f"{WORD}Cc: {EVE}\r\n"), sender=ANNA)
    desk.deliver()
    assert () == desk.store.tickets.get(1).participants
    assert EVE not in {one.rcpt for one in desk.sent}
    assert not any(EVE.encode() in one for one in desk.relayed())


def test_t16_fields_of_the_incoming_mail_are_not_obeyed_and_not_passed_on(desk):
    """T16: control fields are ignored, and no field of an agent's mail reaches the customer."""
    extra = "X-Intake-Ticket: 2\r\nX-Priority: 1\r\nX-Secret: internal\r\n"
    extra += "Received: from inside by office.lan; x\r\n"
    desk.take(desk.mail("Hello Lin", WORD + extra), sender=ANNA)
    (sent,) = desk.relayed()
    head = sent.partition(b"\r\n\r\n")[0]
    assert re.search(rb"(?im)^(x-|received|return-path|sender|authentication)", head) is None
    assert b"staff.desk.example" not in sent
    assert [] == desk.said(EntryKind.REPLY, 2)


def test_the_ledger_says_what_became_of_each(desk):
    desk.take(desk.mail("Under the sofa."), sender=ANNA)
    desk.take(desk.mail("yes", to=address_in(question(desk))), sender=ANNA)
    rows = desk.store.ledger.list_messages(limit=2)
    assert [("confirmed_draft", Outcome.COMMAND), ("unproven_agent", Outcome.APPENDED)] == [
        (one.rule, one.outcome) for one in rows
    ]


def test_what_a_dry_run_says_is_what_is_done(desk, staff):
    raw = staff.sign(desk.mail("Under the sofa."), STAFF)
    _, effects = desk.service.examine(raw, Envelope("imap", "support", ANNA, ()))
    assert "agent_reply" == effects[-1].rule


def test_a_confirmed_draft_with_commands_is_obeyed_and_the_store_stays_sound(desk):
    desk.take(desk.mail("#tag vip\n#merge 99\nUnder the sofa."), sender=ANNA)
    desk.take(desk.mail("yes", to=address_in(question(desk))), sender=ANNA)
    assert [] == desk.relayed()
    assert () == desk.store.tickets.get(1).tags
    desk.take(desk.mail("#tag vip\n#search coins\nUnder the bed."), sender=ANNA)
    desk.take(desk.mail("yes", to=address_in(question(desk))), sender=ANNA)
    assert 1 == len(desk.relayed())
    assert ("vip",) == desk.store.tickets.get(1).tags
    assert [] == list(IntegrityCheck(desk.store.db, desk.store.blobs).faults())
