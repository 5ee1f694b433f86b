"""Mail that is too large: its header in quarantine, and who is told of it, from ledger to what goes out."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_mail import EVE, LIMITS, LIN, MailDesk, subject_of, text_of, words_of

from intake.desk.effects import MailKind, Outcome, Outgoing
from intake.desk.message import Envelope
from intake.desk.ticket import EntryKind
from intake.desk.tokens import Purpose
from intake.mail.parse import parse
from intake.ports import Arrival, Origin

SIZE = 40 * 2**20
OTHERS = {
    "zh-Hans": ("我的钱包里的币不见了，请帮忙", "邮件太大"),
    "de": ("Meine Münzen sind verschwunden, bitte helfen Sie mir", "höchstens 35 MB"),
    "ru": ("Мои монеты пропали, помогите пожалуйста", "не более 35 МБ"),
    "ja": ("ウォレットのコインが消えてしまいました", "35 MB まで"),
}
MACHINES = {
    "a notification": "Auto-Submitted: auto-generated\r\n",
    "an out-of-office reply": "Auto-Submitted: auto-replied\r\n",
    "a list": "Precedence: list\r\nList-Id: <x.example>\r\n",
    "a report": "Return-Path: <>\r\n",
}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[MailDesk]:
    desk = MailDesk(tmp_path, LIMITS)
    yield desk
    desk.close()


def top(sender: str, to: str, subject: str, more: str = "", number: int = 1) -> bytes:
    return (
        f"From: {sender}\r\nTo: {to}\r\nSubject: {subject}\r\nMessage-ID: <{number}@x.example>\r\n{more}"
        'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
    ).encode()


def oversize(desk: MailDesk, header: bytes, uid: int = 1, size: int = SIZE) -> None:
    envelope = Envelope("imap", "support", oversize=size)
    desk.service.receive([Arrival(header, envelope, Origin("INBOX", 1, uid))])
    while desk.service.process_pending(200):
        pass


def told(desk: MailDesk) -> tuple[list[Outgoing], list[Outgoing]]:
    """What its sender got, and what agents got."""
    out = desk.out()
    mine = [mail for mail in out if mail.kind is MailKind.ACKNOWLEDGEMENT]
    return mine, [mail for mail in out if mail not in mine]


def test_a_mail_too_large_stands_in_quarantine_and_both_sides_are_told(desk: MailDesk) -> None:
    oversize(desk, top(f"Eve <{EVE}>", desk.address, "My screenshots of the trouble"))
    (row, *_) = desk.store.ledger.list_messages(limit=1)
    assert (Outcome.QUARANTINED, "oversize", None) == (row.outcome, row.rule, row.ticket)
    assert (EVE, "My screenshots of the trouble") == (row.sender, row.subject)
    assert "40.0 MB" in row.reason
    assert desk.store.tickets.get(2) is None, "nobody has read what it says"
    (answer,), (alert,) = told(desk)
    assert (EVE, desk.agent) == (answer.rcpt, alert.rcpt)
    assert "at most 35 MB" in words_of(answer)
    assert "fewer or smaller files" in words_of(answer)
    assert "#" not in subject_of(answer), "there is no number"
    read = parse(answer.raw)
    assert ("1@x.example",) == read.in_reply_to
    assert read.automatic
    assert "" == answer.mail_from
    assert [desk.address] == [one.mailbox for one in read.reply_to], "no token of a ticket there is not"
    assert "An email was too large" == subject_of(alert)
    assert f"An email from {EVE} is too large to be taken in: it has 40.0 MB" in words_of(alert)
    assert "My screenshots of the trouble" in words_of(alert)
    assert f"still in the mailbox support ({desk.address})" in words_of(alert)
    assert "type your reply above" not in words_of(alert), "it is about no ticket"
    assert "Its sender was asked to send it again" in words_of(alert)


def test_its_answer_is_no_larger_than_what_a_forger_sends_for_it(desk: MailDesk) -> None:
    header = top(f"BUY NOW <{EVE}>", desk.address, "BUY MY THINGS")
    oversize(desk, header)
    (answer,), _ = told(desk)
    assert "BUY" not in text_of(answer)
    assert "BUY" not in subject_of(answer)


@pytest.mark.parametrize(("subject", "words"), OTHERS.values(), ids=OTHERS)
def test_its_sender_is_told_in_their_language(desk: MailDesk, subject: str, words: str) -> None:
    oversize(desk, top(EVE, desk.address, subject))
    (answer,), _ = told(desk)
    assert words in text_of(answer)


@pytest.mark.parametrize("more", MACHINES.values(), ids=MACHINES)
def test_no_machine_is_answered(desk: MailDesk, more: str) -> None:
    oversize(desk, top(EVE, desk.address, "Report of today", more))
    answers, _ = told(desk)
    assert [] == answers
    assert (Outcome.QUARANTINED, "oversize") == desk.outcome()


def test_the_same_header_again_is_the_same_message(desk: MailDesk) -> None:
    header = top(EVE, desk.address, "My screenshots")
    for uid in (1, 7, 1):
        oversize(desk, header, uid)
    answers, alerts = told(desk)
    assert (1, 1) == (len(answers), len(alerts))
    assert {1, 7} == desk.store.mailboxes.oversize_uids("support", "INBOX", 1)
    assert {1, 7} == desk.store.mailboxes.known_uids("support", "INBOX", 1)


def test_many_of_them_are_answered_within_the_limits_of_acknowledgements(tmp_path: Path) -> None:
    desk = MailDesk(tmp_path, "automatic_per_address_hour = 3\ncommand_address = desk@desk.example")
    for number in range(20):
        oversize(desk, top(EVE, desk.address, "Again", number=number), number)
    answers, alerts = told(desk)
    assert len(answers) <= 3
    assert 20 == len(alerts), "each is somebody's mail"
    desk.close()


def test_an_answer_in_a_ticket_that_is_too_large_is_told_of_there(desk: MailDesk) -> None:
    desk.out()
    oversize(desk, top(LIN, desk.to(Purpose.CUSTOMER, 1, 0), "Re: My coins are late [#1]"))
    (answer,), (alert,) = told(desk)
    assert (LIN, desk.agent) == (answer.rcpt, alert.rcpt)
    assert subject_of(alert).startswith("[#1]")
    assert ["An email of 40.0 MB from lin@customer.example was too large and was not taken in"] == [
        text for text in desk.said(EntryKind.EVENT) if "too large" in text
    ]
    assert [] == [text for text in desk.said(EntryKind.CUSTOMER)[1:]]
    desk.answer(answer, "Here are smaller ones.", LIN)
    assert (Outcome.APPENDED, "follow_up") == desk.outcome()


def test_an_agents_reply_that_is_too_large_is_not_sent_and_its_agent_hears_so(desk: MailDesk) -> None:
    oversize(desk, top(f"Anna <{desk.agent}>", desk.to(Purpose.AGENT, 1, 1), "Re: My coins are late"))
    answers, (alert,) = told(desk)
    assert ([], desk.agent) == (answers, alert.rcpt)
    assert "Nothing of it was sent or written down" in words_of(alert)
    assert (Outcome.QUARANTINED, "oversize") == desk.outcome()


def test_a_command_that_is_too_large_does_nothing(desk: MailDesk) -> None:
    oversize(desk, top(f"Anna <{desk.agent}>", desk.to(Purpose.COMMAND, 0, 1), "#close 1"))
    _, (alert,) = told(desk)
    assert "too large" in words_of(alert)
    ticket = desk.store.tickets.get(1)
    assert ticket is not None
    assert ticket.closed_at is None


def test_a_blocked_senders_is_told_of_to_nobody(desk: MailDesk) -> None:
    desk.command(f"#block {EVE}")
    desk.out()
    oversize(desk, top(EVE, desk.address, "My screenshots"))
    assert [] == desk.out()
    assert (Outcome.QUARANTINED, "blocked") == desk.outcome()


def test_put_back_it_is_kept_again_and_nobody_hears_of_it_twice(desk: MailDesk) -> None:
    oversize(desk, top(EVE, desk.address, "My screenshots"))
    desk.out()
    (row, *_) = desk.store.ledger.list_messages(limit=1)
    assert desk.store.ledger.requeue(row.id, desk.clock.now)
    desk.service.process_pending(200)
    assert (Outcome.QUARANTINED, "oversize") == desk.outcome()
    assert [] == desk.out()


def test_the_mail_itself_is_a_message_of_its_own_once_it_fits(desk: MailDesk) -> None:
    header = top(EVE, desk.address, "My screenshots")
    oversize(desk, header)
    desk.out()
    body = b"--b\r\nContent-Type: text/plain\r\n\r\nHere they are.\r\n--b--\r\n"
    desk.service.receive([Arrival(header + body, Envelope("imap", "support"), Origin("INBOX", 1, 1))])
    desk.service.process_pending(200)
    assert (Outcome.TICKETED, "new_ticket") == desk.outcome()
    assert ["Here they are."] == [text.strip() for text in desk.said(EntryKind.CUSTOMER, 2)]


def test_an_older_database_gets_the_column_and_knows_of_no_such_mail(tmp_path: Path) -> None:
    desk = MailDesk(tmp_path, LIMITS)
    desk.close()
    (file,) = [path for path in tmp_path.rglob("intake.db")]
    with sqlite3.connect(file) as db:
        db.execute("DROP INDEX message_mailbox")
        db.execute("ALTER TABLE message DROP COLUMN oversize")
    desk = MailDesk(tmp_path, LIMITS)
    assert set() == desk.store.mailboxes.oversize_uids("support", "INBOX", 1)
    desk.close()
