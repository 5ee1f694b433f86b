"""What proves what, in each form of reply addresses: the table in docs/reply-addresses.md, row by row."""

from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.policy import default
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from agent_desk import EVE, LIN
from reply_desk import ANNA, BARE, CATCHALL, FORMS, PLUS, STAFF, Desk, Reply, text_of

from intake.desk import partners, tokens
from intake.desk.effects import MailKind, Outcome, Outgoing
from intake.desk.sensitive import leaks
from intake.desk.ticket import EntryKind
from intake.desk.tokens import Purpose
from intake.mail.parse import parse

PARTNER, ALIAS = "wei@vendor.example", "anna@home.example"
WORDS = "It is under the sofa."


@pytest.fixture
def form() -> str:
    return BARE


@pytest.fixture
def desk(tmp_path: Path, form: str) -> Iterator[Desk]:
    made = Desk(tmp_path, form)
    yield made
    made.close()


in_each = pytest.mark.parametrize("form", FORMS)


@in_each
def test_each_kind_of_mail_is_answered_where_its_form_says(desk: Desk, form: str) -> None:
    for mail in (desk.answered(), desk.notice()):
        (to,) = parse(mail.raw).reply_to
        local, _, domain = to.mailbox.partition("@")
        fits = {
            PLUS: local.startswith("help+") and 49 == len(local) and domain == "desk.example",
            CATCHALL: 44 == len(local) and domain == "reply.desk.example",
            BARE: to.mailbox == desk.address,
        }
        assert fits[form], to.mailbox
        sent_from = mail.mail_from
        assert (sent_from == desk.address) is (form == BARE)
        assert desk.desk.policy.owns(to.key)


@in_each
@pytest.mark.parametrize(
    ("kept", "row"),
    [((True, True), 1), ((True, False), 1), ((False, True), 2)],
    ids=["all", "no quote", "no ids"],
)
@pytest.mark.parametrize("vouched", [None, True])
def test_rows_1_and_2_a_customers_reply_finds_its_ticket(
    desk: Desk, form: str, kept: tuple[bool, bool], row: int, vouched: bool | None
) -> None:
    desk.replies(desk.answered(), Reply(WORDS, LIN, *kept, vouched=vouched))
    assert (1, "follow_up", Outcome.APPENDED) == (
        desk.newest().ticket,
        desk.newest().rule,
        desk.newest().outcome,
    )
    assert WORDS == desk.said(EntryKind.CUSTOMER)[-1]
    # With a bare address it is theirs only if our server says so.
    assert (form == BARE and not vouched) is ("its sender is unverified" in desk.newest().reason)


@pytest.mark.parametrize(("vouched", "ticket"), [(None, 3), (True, 1)])
def test_row_3_a_number_leads_there_if_our_server_vouches(
    desk: Desk, vouched: bool | None, ticket: int
) -> None:
    reply = Reply(WORDS, LIN, ids=False, quote=False, vouched=vouched, subject="[#1] coins")
    desk.replies(desk.answered(), reply)
    assert ticket == desk.newest().ticket


@in_each
def test_row_4_a_stranger_with_our_message_id_is_no_more_than_a_stranger(desk: Desk, form: str) -> None:
    desk.replies(desk.answered(), Reply(WORDS, EVE, quote=False, to=desk.address))
    assert (1, "follow_up") == (desk.newest().ticket, desk.newest().rule)
    assert "its sender is unverified" in desk.newest().reason
    assert EVE not in desk.store.tickets.get(1).participants


@in_each
@pytest.mark.parametrize("vouched", [None, True])
def test_row_5_who_was_shown_a_customers_mail_opens_a_ticket_of_their_own(
    desk: Desk, form: str, vouched: bool | None
) -> None:
    desk.replies(
        desk.answered(), Reply(WORDS, EVE, ids=False, vouched=vouched, to=desk.address, subject="Hi")
    )
    assert (3, "new_ticket") == (desk.newest().ticket, desk.newest().rule)
    assert (1 if form == BARE else None) == desk.store.tickets.get(3).related


def test_row_5_it_does_not_help_to_write_a_customers_address_into_from(desk: Desk) -> None:
    desk.replies(desk.answered(), Reply(WORDS, LIN, ids=False, vouched=False, subject="Hi"))
    assert 1 != desk.newest().ticket


@in_each
def test_row_6_what_our_server_found_forged_is_led_by_an_address_alone(desk: Desk, form: str) -> None:
    desk.replies(desk.answered(), Reply(WORDS, LIN, vouched=False))
    assert (3 if form == BARE else 1) == desk.newest().ticket


@in_each
@pytest.mark.parametrize(
    "kept", [(True, True), (True, False), (False, True)], ids=["all", "no quote", "no ids"]
)
@pytest.mark.parametrize("proof", ["signed", "vouched"])
def test_row_7_an_agents_reply_that_is_authenticated_is_sent(
    desk: Desk, form: str, kept: tuple[bool, bool], proof: str
) -> None:
    how = {"signed": True} if proof == "signed" else {"vouched": True}
    desk.replies(desk.notice(), Reply(WORDS, f"Anna <{ANNA}>", *kept, **how))
    relayed = desk.relayed()
    assert 1 == len(relayed)
    assert WORDS in text_of(desk.last(MailKind.RELAY))


@in_each
@pytest.mark.parametrize("vouched", [None, False])
def test_row_8_an_agents_reply_that_is_not_is_a_draft_and_is_asked_about(
    desk: Desk, form: str, vouched: bool | None
) -> None:
    desk.replies(desk.notice(), Reply(WORDS, f"Anna <{ANNA}>", vouched=vouched))
    assert [] == desk.relayed()
    assert [WORDS] == desk.said(EntryKind.DRAFT)
    assert desk.told()


@in_each
@pytest.mark.parametrize("subject", ["[#1] coins", "something new"])
def test_row_9_an_agents_reply_without_a_token_is_never_sent(desk: Desk, form: str, subject: str) -> None:
    bald = Reply(WORDS, f"Anna <{ANNA}>", False, False, vouched=True, to=desk.address, subject=subject)
    desk.replies(desk.notice(), bald)
    assert [] == desk.relayed()
    if form == BARE and subject.startswith("[#1]"):
        assert [WORDS] == desk.said(EntryKind.DRAFT)
        assert desk.told()
    else:
        assert (3, "new_ticket") == (desk.newest().ticket, desk.newest().rule)


def test_row_9_a_number_and_an_agents_from_that_nobody_vouches_for_open_nothing(desk: Desk) -> None:
    bald = Reply(WORDS, f"Anna <{ANNA}>", False, False, to=desk.address, subject="[#1] coins")
    desk.replies(desk.notice(), bald)
    assert ([], []) == (desk.relayed(), desk.said(EntryKind.DRAFT))
    assert 3 == desk.newest().ticket


@in_each
@pytest.mark.parametrize("kept", [(True, False), (False, True)], ids=["ids", "quote"])
def test_row_10_an_agents_other_address_makes_a_draft_and_no_words_of_a_customers(
    desk: Desk, form: str, kept: tuple[bool, bool]
) -> None:
    desk.replies(desk.notice(), Reply(f"#note {WORDS}", ALIAS, *kept, vouched=True))
    assert [] == desk.relayed()
    assert 1 == len(desk.entries(EntryKind.DRAFT))
    assert not any(WORDS in one.text for one in desk.entries(EntryKind.CUSTOMER))
    assert desk.told()


@in_each
@pytest.mark.parametrize("kept", [(True, False), (False, True)], ids=["ids", "quote"])
def test_row_11_a_customer_to_whom_a_notification_was_forwarded_writes_as_themselves(
    desk: Desk, form: str, kept: tuple[bool, bool]
) -> None:
    desk.replies(desk.notice(), Reply(WORDS, LIN, *kept, vouched=True, to=desk.address))
    assert ([], []) == (desk.relayed(), desk.said(EntryKind.DRAFT))
    if kept[0] or form == BARE:
        assert WORDS in desk.entries(EntryKind.CUSTOMER)[-1].text


@in_each
def test_row_12_who_else_has_a_notification_reaches_no_customer(desk: Desk, form: str) -> None:
    desk.replies(desk.notice(), Reply(WORDS, EVE, vouched=True, to=desk.address))
    assert [] == desk.relayed()
    assert ([WORDS] if form == BARE else []) == desk.said(EntryKind.DRAFT)


@in_each
@pytest.mark.parametrize("kept", [(True, False), (False, True)], ids=["ids", "quote"])
def test_row_13_a_yes_lets_the_draft_out(desk: Desk, form: str, kept: tuple[bool, bool]) -> None:
    desk.replies(desk.notice(), Reply(WORDS, f"Anna <{ANNA}>"))
    assert [] == desk.relayed()
    desk.replies(desk.last(MailKind.ALERT, to=ANNA), Reply("yes", f"Anna <{ANNA}>", *kept))
    assert 1 == len(desk.relayed())
    assert WORDS in text_of(desk.last(MailKind.RELAY))


@in_each
def test_row_13_a_yes_of_somebody_else_lets_nothing_out(desk: Desk, form: str) -> None:
    desk.replies(desk.notice(), Reply(WORDS, f"Anna <{ANNA}>"))
    desk.replies(desk.last(MailKind.ALERT, to=ANNA), Reply("yes", EVE, vouched=True))
    assert [] == desk.relayed()


@in_each
@pytest.mark.parametrize("kept", [(True, False), (False, True)], ids=["ids", "quote"])
def test_row_14_what_a_colleague_is_asked_is_answered_by_a_note(
    desk: Desk, form: str, kept: tuple[bool, bool]
) -> None:
    wei = f"wei@{STAFF}"
    desk.store.agents.add(wei, "Wei", (), desk.clock())
    desk.replies(desk.notice(), Reply("#note @wei have you seen it?", f"Anna <{ANNA}>", vouched=True))
    desk.replies(desk.last(*MailKind, to=wei), Reply(WORDS, f"Wei <{wei}>", *kept, vouched=True))
    assert [] == desk.relayed()
    assert WORDS in desk.said(EntryKind.NOTE)


@in_each
def test_row_15_commands_without_a_ticket_come_back(desk: Desk, form: str) -> None:
    desk.replies(
        desk.notice(),
        Reply("#list", f"Anna <{ANNA}>", vouched=True, to="desk@desk.example", ids=False, quote=False),
    )
    refused = desk.last(*MailKind, to=ANNA)
    desk.replies(refused, Reply("#list team", f"Anna <{ANNA}>", vouched=True))
    assert Outcome.COMMAND is desk.newest().outcome
    listed = desk.last(MailKind.ANSWER, to=ANNA)
    assert "My coins are late" in text_of(listed)
    # A list has no ticket either.
    desk.replies(listed, Reply("#search coins", f"Anna <{ANNA}>", vouched=True, ids=False))
    assert "asked: #search" in desk.newest().reason


def test_row_15_a_link_in_a_list_begins_a_mail_that_is_obeyed(desk: Desk) -> None:
    desk.replies(desk.notice(), Reply("#list team", f"Anna <{ANNA}>", vouched=True))
    listed = desk.last(MailKind.ANSWER, to=ANNA)
    page = message_from_bytes(listed.raw, policy=default).get_body(("html",))
    assert page is not None
    link = next(
        part.split('"')[0] for part in unescape(page.get_content()).split('href="')[1:] if "%23mine" in part
    )
    asked = parse_qs(urlsplit(link).query)
    assert desk.address == urlsplit(link).path
    begun = Reply(asked["body"][0], f"Anna <{ANNA}>", False, False, vouched=True, subject=asked["subject"][0])
    desk.replies(listed, begun)
    assert "asked: #mine" in desk.newest().reason


@in_each
@pytest.mark.parametrize("vouched", [None, True])
@pytest.mark.parametrize("kept", [(True, False), (False, True)], ids=["ids", "quote"])
def test_row_16_a_number_is_a_score_of_who_is_known_to_have_written_it(
    desk: Desk, form: str, vouched: bool | None, kept: tuple[bool, bool]
) -> None:
    survey = surveyed(desk)
    desk.replies(survey, Reply("4", LIN, *kept, vouched=vouched))
    scored = form != BARE or vouched
    assert ("survey_answer" if scored else "follow_up") == desk.newest().rule
    assert 1 == desk.newest().ticket


@in_each
def test_row_16_who_was_shown_a_survey_gives_no_score(desk: Desk, form: str) -> None:
    desk.replies(surveyed(desk), Reply("1", EVE, vouched=True, to=desk.address))
    assert "survey_answer" != desk.newest().rule


def surveyed(desk: Desk) -> Outgoing:
    desk.answered()
    desk.replies(desk.notice(), Reply("#close\nUnder the sofa.", f"Anna <{ANNA}>", vouched=True))
    for _ in range(30):
        desk.clock.later(hours=6)
        desk.service.tick()
        desk.deliver()
    return desk.last(MailKind.SURVEY, to=LIN)


@in_each
def test_row_17_who_was_asked_writes_a_note_and_never_a_customers_words(desk: Desk, form: str) -> None:
    question = asked(desk)
    desk.replies(question, Reply(WORDS, PARTNER, quote=False))
    assert (1, "partner_reply") == (desk.newest().ticket, desk.newest().rule)
    assert any(WORDS in one for one in desk.said(EntryKind.NOTE))


def test_row_17_without_an_id_their_answer_is_no_customers(desk: Desk) -> None:
    desk.replies(asked(desk), Reply(WORDS, PARTNER, ids=False))
    assert 3 == desk.newest().ticket
    assert "new_ticket" == desk.newest().rule


def asked(desk: Desk) -> Outgoing:
    question = Reply(f"#ask {PARTNER}\nWhere may a wallet hide?", f"Anna <{ANNA}>", vouched=True)
    desk.replies(desk.notice(), question)
    return desk.last(MailKind.PARTNER)


@in_each
def test_row_18_a_bounce_is_matched(desk: Desk, form: str) -> None:
    for mail, rule in ((desk.answered(), "delivery_report"), (asked(desk), "partner_reply")):
        desk.arrive(bounce(mail), "", mail.mail_from)
        assert (1, rule) == (desk.newest().ticket, desk.newest().rule)
        told = desk.last(MailKind.ALERT, to=ANNA)
        assert mail.rcpt in text_of(told)


def bounce(mail: Outgoing) -> bytes:
    """What a mail server says that could not deliver it."""
    return (
        f"Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example\r\nTo: {mail.mail_from}\r\n"
        "Subject: Undelivered Mail Returned to Sender\r\nMIME-Version: 1.0\r\n"
        "Auto-Submitted: auto-replied\r\n"
        f"Message-ID: <b{hash(mail.message_id)}@mx.example>\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nIt could not be delivered.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; {mail.rcpt}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 no such user\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{mail.message_id}>\r\n"
        f"From: {parse(mail.raw).sender.mailbox}\r\nTo: {mail.rcpt}\r\n\r\n--b--\r\n"
    ).encode()


DRESSES: dict[str, Callable[[str], str]] = {
    "address": lambda token: f"Write to {token}@reply.desk.example, please.",
    "mailto": lambda token: f"mailto:{token}%40reply.desk.example",
    "brackets": lambda token: f"To: Help <{token.upper()}@reply.desk.example>",
    "reference": lambda token: f"ref:{token}",
    "id": lambda token: f"<ref.{token}.12ab@desk.example>",
}


@pytest.mark.parametrize("dress", DRESSES)
@pytest.mark.parametrize("purpose", [*tokens.ACTING, Purpose.PARTNER])
def test_row_19_no_token_of_an_agents_stands_in_what_leaves(desk: Desk, dress: str, purpose: Purpose) -> None:
    text = DRESSES[dress](desk.token(1, 1, purpose))
    assert leaks.TOKEN == leaks.held(text.encode(), desk.desk.keys)
    if purpose is not Purpose.PARTNER or dress not in ("mailto",):
        assert leaks.TOKEN == leaks.held(text.encode())
    desk.replies(desk.notice(), Reply(f"{WORDS}\n{text}", f"Anna <{ANNA}>", vouched=True, quote=False))
    assert [] == desk.relayed()
    assert 1 == len(desk.entries(EntryKind.DRAFT))


@in_each
def test_row_19_an_answer_that_quotes_its_customer_is_no_leak(desk: Desk, form: str) -> None:
    """A customer's own reference, in what they quoted, is shown to agents and may go back to them."""
    mail = desk.answered()
    desk.replies(mail, Reply(f"{WORDS}\n{text_of(mail)}", LIN, vouched=True, quote=False))
    shown = text_of(desk.last(MailKind.NOTICE, to=ANNA))
    assert tokens.in_text(desk.desk.keys, shown, desk.clock(), tokens.SHOWN) is None
    desk.replies(desk.last(MailKind.NOTICE, to=ANNA), Reply("Thank you.", f"Anna <{ANNA}>", vouched=True))
    assert 2 == len(desk.relayed())


def test_what_customers_get_holds_the_reference_above_the_signature_in_text_and_html(tmp_path: Path) -> None:
    desk = Desk(tmp_path, f"{BARE}\nsignature = Lumen Ltd")
    mail = desk.answered()
    text, html = text_of(mail), message_from_bytes(mail.raw, policy=default).get_body(("html",)).get_content()
    above, _, below = text.partition("\n-- \n")
    token = tokens.in_text(desk.desk.keys, above, desk.clock(), tokens.SHOWN)
    assert (Purpose.QUOTED, 1) == (token.purpose, token.ticket)
    assert "Lumen Ltd" in below
    assert "ref:" not in below
    assert above.rstrip().rpartition("\n")[2] in html
    assert not tokens.holds_internal(mail.raw)
    desk.close()


@pytest.mark.parametrize("form", [PLUS, CATCHALL])
def test_other_forms_have_no_reference_in_what_customers_get(desk: Desk, form: str) -> None:
    assert "ref:" not in desk.answered().raw.decode()


def test_a_question_is_known_by_its_message_id_where_its_envelope_sender_is_bare(desk: Desk) -> None:
    mail = asked(desk)
    assert desk.address == mail.mail_from
    ticket, _ = partners.question_of(mail.mail_from, mail.message_id)
    assert 1 == ticket


@pytest.mark.parametrize("form", [CATCHALL])
def test_a_token_counts_in_its_own_domain_and_nowhere_else(desk: Desk, form: str) -> None:
    mail = desk.notice()
    token = parse(mail.raw).reply_to[0].mailbox.partition("@")[0]
    for domain in ("other.example", "desk.example"):
        reply = Reply(WORDS, f"Anna <{ANNA}>", False, False, vouched=True, to=f"{token}@{domain}")
        desk.replies(mail, reply)
        assert [] == desk.relayed()


@pytest.mark.parametrize("form", [CATCHALL])
@pytest.mark.parametrize("field", ["Delivered-To", "X-Original-To"])
def test_an_address_that_only_the_server_tells_is_a_customers_and_no_agents(
    desk: Desk, form: str, field: str
) -> None:
    mine = tokens.make(desk.desk.keys[0], Purpose.CUSTOMER, 1, 0, desk.clock.now.replace(year=2027))
    for place, rule in ((mine, "follow_up"), (desk.token(), "new_ticket")):
        there = f"{field}: {place}@reply.desk.example\r\n"
        raw = desk.mail(WORDS, there, sender=f"Anna <{ANNA}>", to=desk.address)
        desk.arrive(raw.replace(b"anna@staff", b"lin@staff"), "lin@staff.desk.example")
        assert rule == desk.newest().rule
    assert [] == desk.relayed()


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
@in_each
def test_a_conversation_ends_as_it_should_on_both_engines(
    tmp_path: Path, form: str, engine: str, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("postgres_url").replace("%", "%%") if engine == "postgres" else ""
    desk = Desk(tmp_path, form, url)
    desk.replies(desk.answered(), Reply("And now?", LIN, ids=False))
    desk.replies(desk.last(MailKind.NOTICE, to=ANNA), Reply(WORDS, f"Anna <{ANNA}>", ids=False, vouched=True))
    desk.replies(desk.last(MailKind.RELAY, to=LIN), Reply("It was there.", LIN, ids=False))
    assert ["Where are they?", "And now?", "It was there."] == desk.said(EntryKind.CUSTOMER)
    assert ["We look.", WORDS] == desk.said(EntryKind.REPLY)
    assert [1] * 3 == [row.ticket for row in desk.store.ledger.list_messages(limit=3)]
    desk.close()
