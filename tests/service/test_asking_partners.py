"""`#ask`: what goes to somebody outside a ticket and what comes back, on the road, with a real database."""

import base64
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path

import pytest
from desk_mail import EVE, LIMITS, LIN, MailDesk, subject_of, words_of

from intake.desk import tokens
from intake.desk.effects import MailKind, Outcome, Outgoing
from intake.desk.rules.partners import MOST_ALIKE
from intake.desk.ticket import EntryKind, Status
from intake.desk.tokens import Purpose
from intake.mail.parse import parse
from intake.ports import Permanent
from intake.store.upkeep.integrity import IntegrityCheck

PAUL = "paul@partner.example"
QUESTION = "Hello Paul,\n\ncan you trace parcel 4711?"
ANSWER = "It lies in Hamburg since Monday."
REPORT = (
    "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\nNo.\r\n--b\r\n"
    "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
    f"Final-Recipient: rfc822; {PAUL}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
    "Diagnostic-Code: smtp; 550 no such user\r\n\r\n--b--\r\n"
)


@pytest.fixture(params=["sqlite", "postgres"])
def desk(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[MailDesk]:
    url = request.getfixturevalue("postgres_url").replace("%", "%%") if request.param == "postgres" else ""
    made = MailDesk(tmp_path / "desk", f"{LIMITS}\n[store]\nurl = {url}\n" if url else LIMITS)
    made.store.agents.add("ben@staff.desk.example", "Ben", (), made.clock())
    yield made
    made.close()


def asked(desk: MailDesk, text: str = QUESTION) -> Outgoing:
    """Anna asks Paul; return what goes to him, which is all that goes out of the desk."""
    desk.reply(f"#ask {PAUL}\n{text}")
    assert (Outcome.APPENDED, "agent_reply") == desk.outcome()
    (sent,) = [mail for mail in desk.out() if not mail.kind.to_agent]
    assert (MailKind.PARTNER, PAUL) == (sent.kind, sent.rcpt)
    return sent


def ticket_status(desk: MailDesk) -> Status:
    ticket = desk.store.tickets.get(1)
    assert ticket is not None
    return ticket.status


def test_a_partner_gets_what_the_agent_wrote_and_nothing_of_the_ticket_but_its_subject(
    desk: MailDesk,
) -> None:
    desk.reply(f"#subject Parcel for {LIN}\n#ask {PAUL}\n{QUESTION}")
    (sent,) = desk.out()
    assert (MailKind.PARTNER, PAUL, "Parcel for …") == (sent.kind, sent.rcpt, subject_of(sent))
    message = message_from_bytes(sent.raw)
    assert "Anna" in message["From"]
    assert desk.address in message["From"]
    assert words_of(sent).startswith("Hello Paul, can you trace parcel 4711?")
    assert None is message["Auto-Submitted"], "a person wrote it"
    for inside in (b"customer.example", b"Please help", b"ref:", b"[#1]"):
        assert inside not in sent.raw
    assert [f"Sent as a question to {PAUL}, outside this ticket:\n\n{QUESTION}"] == desk.said(EntryKind.NOTE)
    assert ticket_status(desk) is Status.NEW, "the customer still waits"


def test_the_answer_is_a_note_that_tells_who_asked_and_what_they_reply_is_a_note(desk: MailDesk) -> None:
    desk.answer(asked(desk), ANSWER)
    assert (Outcome.APPENDED, "partner_reply") == desk.outcome()
    assert ANSWER == desk.said(EntryKind.NOTE)[-1]
    (told,) = desk.out()
    assert (MailKind.NOTICE, desk.agent, "[#1] My coins are late") == (told.kind, told.rcpt, subject_of(told))
    words = words_of(told)
    for said in (f"Answer from {PAUL}", ANSWER, f"#ask {PAUL}", "is an internal note: neither"):
        assert said in words
    assert "Your reply to this email is sent to the customer." not in words
    desk.answer(told, "Good to know.")
    assert "Good to know." == desk.said(EntryKind.NOTE)[-1]
    assert [] == desk.out()
    desk.answer(told, f"#ask {PAUL}\nSince when?")
    (again,) = desk.out()
    assert (MailKind.PARTNER, PAUL) == (again.kind, again.rcpt)
    desk.answer(told, "#reply\nIt lies in Hamburg.")
    assert [(MailKind.RELAY, LIN)] == [(mail.kind, mail.rcpt) for mail in desk.out()]


@pytest.mark.parametrize(
    "purpose", [each for each in Purpose if each is not Purpose.FILE], ids=lambda purpose: purpose.name
)
def test_no_token_of_ours_goes_to_a_partner(desk: MailDesk, purpose: Purpose) -> None:
    """Who holds a customer's writes as they; the pages behind links are the customer's as well."""
    token = tokens.make(desk.desk.keys[0], purpose, 1, 77, tokens.lifetime(desk.clock.now, 9))
    for dress in (tokens.address(desk.address, token), f"https://help.example/t/{token}", f"ref {token}"):
        desk.reply(f"#ask {PAUL}\nDo you know who writes from {dress} to us?")
        assert [] == [mail for mail in desk.out() if mail.kind is MailKind.PARTNER]
        desk.reply("#tag seen")
        desk.out()


def test_the_assignee_and_watchers_are_told_as_well_and_files_come_along(desk: MailDesk) -> None:
    desk.reply("#assign Ben")
    desk.out()
    where = parse(asked(desk).raw).reply_to[0].mailbox
    raw = (
        f"From: {PAUL}\r\nTo: {where}\r\nSubject: Re: coins\r\nMessage-ID: <p1@partner.example>\r\n"
        "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSee the file.\r\n"
        "--b\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; filename=trace.csv\r\n\r\n"
        "a,b\r\n--b--\r\n"
    )
    desk.take(raw.encode(), sender=PAUL)
    entry = desk.store.tickets.entries(1)[-1]
    assert (EntryKind.NOTE, ["trace.csv"]) == (entry.kind, [file.name for file in entry.files])
    told = desk.out(MailKind.NOTICE)
    assert {desk.agent, "ben@staff.desk.example"} == {mail.rcpt for mail in told}
    assert all(b"trace.csv" in mail.raw for mail in told)


def test_who_answers_without_the_address_is_known_by_the_id(desk: MailDesk) -> None:
    sent = asked(desk)
    ids = f"In-Reply-To: <{sent.message_id}>\r\n"
    desk.mail(PAUL, desk.address, ANSWER, "Re: My coins are late", ids)
    assert (Outcome.APPENDED, "partner_reply") == desk.outcome()


@pytest.mark.parametrize("sender", [EVE, LIN, "colleague@partner.example"])
def test_whoever_else_writes_there_is_a_marked_note_and_never_the_customer(
    desk: MailDesk, sender: str
) -> None:
    desk.answer(asked(desk), "Send it to my new address.", sender)
    assert (Outcome.APPENDED, "partner_reply") == desk.outcome()
    assert ["Please help."] == desk.said(EntryKind.CUSTOMER)
    assert [f"{sender} wrote in the place of {PAUL}, who was asked"] == desk.said(EntryKind.EVENT)[-1:]
    (told,) = desk.out()
    assert (MailKind.NOTICE, desk.agent) == (told.kind, told.rcpt)
    assert f"This came from {sender}, not from {PAUL}, who was asked." in words_of(told)
    words, theirs = words_of(told), sender == LIN
    assert theirs != ("Caution: this sender is not part of this ticket." in words)
    assert theirs == (f"{LIN} is the customer of this ticket." in words)
    assert theirs != ("The customer does not see it." in words.partition("What you reply")[0])


def test_what_a_partner_sends_to_the_customer_as_well_is_not_said_to_be_a_secret(desk: MailDesk) -> None:
    sent = asked(desk)
    where = parse(sent.raw).reply_to[0].mailbox
    desk.mail(PAUL, where, ANSWER, "Re: coins", f"Cc: {LIN}, bob@partner.example\r\n")
    (told,) = desk.out()
    words = words_of(told)
    assert f"It also went to people in this ticket, who have it already: {LIN}." in words
    assert "Also sent to: bob@partner.example." in words
    assert "Internal note. The customer does not see it." not in words


def test_whatever_names_a_mail_of_that_conversation_opens_no_customers(desk: MailDesk) -> None:
    """Somebody was in copy; of the desk's addresses only the bare one is left, and ids of partners' mails."""
    desk.answer(asked(desk), ANSWER)
    theirs = desk.store.ledger.list_messages(limit=1)[0]
    raw = desk.store.ledger.raw(theirs.id)
    assert raw is not None
    desk.mail(EVE, desk.address, "Me too", "Re: parcel", f"References: <{parse(raw).message_id}>\r\n")
    assert (Outcome.TICKETED, "new_ticket") == desk.outcome()
    assert 2 == len(desk.store.listing.list_tickets())


def test_an_automatic_answer_is_kept_and_tells_nobody(desk: MailDesk) -> None:
    sent = asked(desk)
    where = parse(sent.raw).reply_to[0].mailbox
    desk.mail(PAUL, where, "I am away.", more="Auto-Submitted: auto-replied\r\n")
    assert (Outcome.AUTOMATIC, "partner_reply") == desk.outcome()
    assert ["I am away."] == desk.said(EntryKind.AUTOMATIC)
    # Servers answer the envelope sender, which is the same conversation.
    desk.mail(PAUL, sent.mail_from, "I am away, too.", more="Precedence: auto_reply\r\n")
    assert (Outcome.AUTOMATIC, "partner_reply") == desk.outcome()
    assert [] == desk.out()


def test_a_question_that_bounces_is_told_to_who_asked_and_to_nobody_else(desk: MailDesk) -> None:
    desk.reply("#assign Ben")
    desk.out()
    sent = asked(desk)
    report = f"From: MAILER-DAEMON@mx.example\r\nTo: {sent.mail_from}\r\nSubject: Undelivered\r\n{REPORT}"
    desk.take(report.encode(), sender="")
    assert (Outcome.AUTOMATIC, "partner_reply") == desk.outcome()
    (told,) = desk.out()
    assert (MailKind.ALERT, desk.agent) == (told.kind, told.rcpt)
    assert f"Mail to {PAUL} could not be delivered: 550 no such user" in desk.said(EntryKind.EVENT)
    for words in (f"Your question to {PAUL} has not arrived.", "550 no such user", "is an internal note"):
        assert words in words_of(told)
    assert "To write to the customer, reply" not in words_of(told)
    desk.answer(told, "I will call them.")
    assert "I will call them." == desk.said(EntryKind.NOTE)[-1]
    assert ["ben@staff.desk.example"] == [mail.rcpt for mail in desk.out()]
    desk.take(report.replace("Undelivered", "Undelivered again").encode(), sender="")
    assert [] == desk.out(), "one alert for each question"


def test_a_question_that_a_server_refuses_is_told_to_who_asked(desk: MailDesk) -> None:
    desk.reply("#assign Ben")
    desk.out()
    desk.reply(f"#ask {PAUL}\n{QUESTION}")

    def refuse(mail: Outgoing) -> None:
        if mail.kind is MailKind.PARTNER:
            raise Permanent("550 no such user")

    desk.deliver(refuse)
    told = desk.out(MailKind.ALERT)
    assert [desk.agent] == [mail.rcpt for mail in told]
    desk.answer(told[0], "I will call them.")
    assert "I will call them." == desk.said(EntryKind.NOTE)[-1]


@pytest.mark.parametrize(
    ("address", "why"),
    [
        (LIN, "is in this ticket"),
        # It is the customer's own mailbox.
        (LIN.replace("@", "+x@"), "is in this ticket"),
        ("ben+x@staff.desk.example", "is an agent"),
        ("help@desk.example", "is an address of this desk"),
        ("help+x@desk.example", "is an address of this desk"),
        ("ben@staff.desk.example", "is an agent"),
        ("paul", "it needs an email address"),
    ],
)
def test_whom_no_agent_may_ask(desk: MailDesk, address: str, why: str) -> None:
    desk.reply(f"#ask {address}\n{QUESTION}")
    told = desk.out()
    assert [(MailKind.ALERT, desk.agent)] == [(mail.kind, mail.rcpt) for mail in told]
    assert why in words_of(told[0])
    assert [] == desk.said(EntryKind.NOTE)


@pytest.mark.parametrize("more", ["#note", "#reply", "#canned hello", "#copy", "#ask other@partner.example"])
def test_what_is_asked_goes_to_one_address_and_nowhere_else(desk: MailDesk, more: str) -> None:
    desk.reply(f"#ask {PAUL}\n{more}\n{QUESTION}")
    assert [(MailKind.ALERT, desk.agent)] == [(mail.kind, mail.rcpt) for mail in desk.out()]
    assert [] == [*desk.said(EntryKind.NOTE), *desk.said(EntryKind.REPLY)]


def test_a_question_without_words_is_refused(desk: MailDesk) -> None:
    desk.reply(f"#ask {PAUL}")
    (told,) = desk.out()
    assert "it needs the text of your question below it" in words_of(told)


def test_other_commands_go_with_it(desk: MailDesk) -> None:
    desk.reply(f"#ask {PAUL}\n#tag parcel\n#mine\n{QUESTION}")
    ticket = desk.store.tickets.get(1)
    assert ticket is not None
    assert (("parcel",), desk.agent) == (ticket.tags, ticket.assignee and ticket.assignee.address)
    assert [PAUL] == [mail.rcpt for mail in desk.out(MailKind.PARTNER)]


def test_an_answer_to_a_closed_ticket_is_a_note_and_does_not_reopen_it(desk: MailDesk) -> None:
    sent = asked(desk)
    desk.reply("#close\nIt is solved.")
    desk.out()
    desk.answer(sent, ANSWER)
    assert ticket_status(desk) is Status.CLOSED
    (told,) = desk.out()
    assert (MailKind.NOTICE, desk.agent) == (told.kind, told.rcpt)
    assert "The ticket is closed and stays so: #reopen opens it." in words_of(told)


def test_an_answer_wakes_a_ticket_that_was_put_off(desk: MailDesk) -> None:
    sent = asked(desk)
    desk.reply("#snooze 2d")
    desk.answer(sent, ANSWER)
    ticket = desk.store.tickets.get(1)
    assert ticket is not None
    assert ticket.snoozed_until is None


def test_an_answer_to_a_merged_ticket_stands_in_the_one_it_went_into(desk: MailDesk) -> None:
    sent = asked(desk)
    desk.mail(LIN, desk.address, "Once more", "Another matter")
    desk.reply("#merge 2")
    desk.out()
    desk.answer(sent, ANSWER)
    assert ANSWER == desk.said(EntryKind.NOTE, 2)[-1]
    assert ANSWER not in desk.said(EntryKind.NOTE, 1)


def test_a_partner_may_be_a_customer_of_their_own(desk: MailDesk) -> None:
    desk.mail(PAUL, desk.address, "My own wallet", "A wallet")
    assert (Outcome.TICKETED, "new_ticket") == desk.outcome()
    desk.out()
    sent = asked(desk)
    desk.mail(PAUL, desk.to(Purpose.CUSTOMER, 2, 0), "Any news of my wallet?")
    assert (Outcome.APPENDED, "follow_up") == desk.outcome()
    assert "Any news of my wallet?" == desk.said(EntryKind.CUSTOMER, 2)[-1]
    desk.answer(sent, ANSWER)
    assert ANSWER == desk.said(EntryKind.NOTE)[-1]


def test_a_mail_to_both_conversations_is_no_customers(desk: MailDesk) -> None:
    where = parse(asked(desk).raw).reply_to[0].mailbox
    desk.mail(PAUL, f"{desk.to(Purpose.CUSTOMER, 1, 0)}, {where}", ANSWER)
    assert (Outcome.APPENDED, "partner_reply") == desk.outcome()


def test_the_customers_next_answer_goes_the_usual_way(desk: MailDesk) -> None:
    desk.answer(asked(desk), ANSWER)
    desk.out()
    desk.customer("Any news?")
    assert (Outcome.APPENDED, "follow_up") == desk.outcome()
    assert {MailKind.NOTICE} == {mail.kind for mail in desk.out()}
    desk.reply("Soon.")
    (sent,) = desk.out(MailKind.RELAY)
    for inside in (b"partner.example", b"Hamburg", b"4711"):
        assert inside not in sent.raw


def test_an_unproven_question_is_a_draft_that_a_yes_sends(desk: MailDesk) -> None:
    desk.mail(EVE, desk.to(Purpose.AGENT, 1, 1), f"#ask {PAUL}\n{QUESTION}")
    (told,) = desk.out()
    assert MailKind.ALERT is told.kind
    assert [] == desk.said(EntryKind.NOTE)
    desk.answer(told, "yes")
    assert [(MailKind.PARTNER, PAUL)] == [(mail.kind, mail.rcpt) for mail in desk.out()]


def test_of_a_machine_that_says_the_same_again_and_again_agents_are_told_once(desk: MailDesk) -> None:
    where = parse(asked(desk).raw).reply_to[0].mailbox
    for _ in range(MOST_ALIKE):
        desk.mail(PAUL, where, "Your request was received.")
    assert MOST_ALIKE == len(desk.out(MailKind.NOTICE))
    for _ in range(8):
        desk.mail(PAUL, where, "Your request was received.")
    assert MOST_ALIKE + 8 == desk.said(EntryKind.NOTE).count("Your request was received.")
    (told,) = desk.out()
    assert f"{PAUL} writes so often that you will not be notified of each email." in words_of(told)
    desk.answer(told, "Who is that?")
    assert "Who is that?" == desk.said(EntryKind.NOTE)[-1]


@pytest.mark.parametrize(
    ("language", "shown"),
    [("zh-Hans", f"已作为询问发给工单外的 {PAUL}："), ("de", f"Als Frage an {PAUL} gesendet, außerhalb")],
)
def test_the_question_in_the_history_says_in_the_readers_language_where_it_went(
    desk: MailDesk, language: str, shown: str
) -> None:
    desk.store.agents.change(desk.agent, language=language)
    desk.answer(asked(desk), ANSWER)
    (told,) = desk.out()
    assert shown in words_of(told)
    assert "Sent as a question" not in words_of(told)


def test_a_returned_question_is_no_file_of_the_ticket(desk: MailDesk) -> None:
    sent = asked(desk)
    where = parse(sent.raw).reply_to[0].mailbox
    returned = REPORT.replace(
        "--b--", "--b\r\nContent-Type: message/rfc822\r\n\r\n" + sent.raw.decode() + "\r\n--b--"
    )
    raw = (
        f"From: mailer-daemon@mx.example\r\nTo: {where}\r\nSubject: Failed\r\nMIME-Version: 1.0\r\n{returned}"
    )
    desk.take(raw.encode(), sender="")
    entry = desk.store.tickets.entries(1)[-1]
    assert (EntryKind.AUTOMATIC, True) == (entry.kind, bool(entry.files))
    (told,) = desk.out(MailKind.ALERT)
    desk.answer(told, "#files")
    (answer,) = desk.out(MailKind.ANSWER)
    assert "Ticket #1 has no files." in words_of(answer)
    assert where.encode() not in answer.raw
    assert "delivery-status" not in words_of(told) + words_of(answer)


@pytest.mark.parametrize("encoded", [False, True], ids=["as it is", "in base64"])
def test_a_mail_of_ours_that_comes_back_as_a_file_is_no_file_for_an_agent(
    desk: MailDesk, encoded: bool
) -> None:
    """Not as a report, but attached by a person; its token is another's."""
    sent = asked(desk)
    content, how = sent.raw.decode(), ""
    if encoded:
        content, how = base64.encodebytes(sent.raw).decode(), "Content-Transfer-Encoding: base64\r\n"
    raw = (
        f"From: {LIN}\r\nTo: {desk.to(Purpose.CUSTOMER, 1, 0)}\r\nSubject: Look\r\n"
        "Message-ID: <f1@customer.example>\r\n"
        "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSee the files.\r\n"
        f"--b\r\nContent-Type: application/octet-stream; name=ours.eml\r\n{how}"
        f"Content-Disposition: attachment; filename=ours.eml\r\n\r\n{content}\r\n"
        "--b\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; filename=a.csv\r\n\r\n"
        "a,b\r\n--b--\r\n"
    )
    desk.take(raw.encode(), sender=LIN)
    desk.out()
    desk.reply("#files")
    (answer,) = desk.out(MailKind.ANSWER)
    assert ["a.csv"] == [
        part.get_filename() for part in message_from_bytes(answer.raw).walk() if part.get_filename()
    ]
    assert "ours.eml" in words_of(answer)
    assert "/file/" not in words_of(answer)


def test_what_an_agent_writes_into_two_conversations_is_a_note_in_both_and_they_are_told(
    desk: MailDesk,
) -> None:
    desk.mail(EVE, desk.address, "Mine too.", "My parcel")
    desk.out()
    first = asked(desk)
    desk.reply(f"#ask {PAUL}\n{QUESTION}", ticket=2)
    (second,) = desk.out()
    one, two = (parse(sent.raw).reply_to[0].mailbox for sent in (first, second))
    desk.mail(desk.agent, PAUL, "Thank you for both.", more=f"Cc: {one}, {two}\r\n", by=one)
    told = [words_of(mail) for mail in desk.out() if mail.rcpt == desk.agent]

    assert ["Thank you for both."] * 2 == [desk.said(EntryKind.NOTE, ticket)[-1] for ticket in (1, 2)]
    assert any("also went into the conversation of #2, and is a note there, too." in words for words in told)
    assert not any("copy there what belongs there" in words for words in told)
    assert [] == list(IntegrityCheck(desk.store.db, desk.store.blobs).faults())


def test_an_answer_to_the_questions_of_two_tickets_is_a_note_in_both(desk: MailDesk) -> None:
    desk.mail(EVE, desk.address, "Mine too.", "My parcel")
    desk.out()
    first = asked(desk)
    desk.reply(f"#ask {PAUL}\n{QUESTION}", ticket=2)
    (second,) = desk.out()
    one, two = (parse(sent.raw).reply_to[0].mailbox for sent in (first, second))
    desk.mail(PAUL, f"{one}, {two}", "Both lie in Hamburg.", by=one)
    told = {words_of(mail): subject_of(mail) for mail in desk.out() if mail.rcpt == desk.agent}
    assert 2 == len(told)
    for words, subject in told.items():
        other = 2 if "[#1]" in subject else 1
        assert f"It answers the question in #{other} as well, and is a note there, too." in words
    assert ["Both lie in Hamburg."] * 2 == [desk.said(EntryKind.NOTE, ticket)[-1] for ticket in (1, 2)]
    assert [] == list(IntegrityCheck(desk.store.db, desk.store.blobs).faults())
    desk.mail(PAUL, f"{one}, {one}", "In Hamburg, as I said.", by=one)
    (told,) = desk.out()
    assert "also sent to the conversation" not in words_of(told)
