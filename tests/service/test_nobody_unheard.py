"""What did not arrive is told to somebody: answers that bounce, and notices that are too large."""

import base64
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from pump import Clock, PumpedDesk

from intake.desk import lifecycle, mails
from intake.desk.effects import MailKind, Outgoing
from intake.desk.notices import GIVEN_UP, may_arrive_without
from intake.ports import Permanent

LIN = "lin@customer.example"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Iterator[PumpedDesk]:
    made = PumpedDesk(tmp_path / "desk", "desk.example", clock)
    yield made
    made.close()


def reply(desk: PumpedDesk, text: str, ticket: int = 1) -> Outgoing:
    """Send an answer of Anna's; return it as it left."""
    there, anna = desk.store.tickets.get(ticket), desk.store.agents.by_address(desk.agent)
    assert there is not None
    assert anna is not None
    desk.service.act(lifecycle.reply(there, anna, text, text, desk.desk.policy))
    desk.deliver()
    return [one for one in desk.sent if one.kind is MailKind.RELAY][-1]


def report(desk: PumpedDesk, about: Outgoing, number: int, status: str = "5.1.1", says: str = "") -> bytes:
    return (
        f"From: MAILER-DAEMON@mx.example\r\nTo: {about.mail_from}\r\nSubject: Undelivered {number}\r\n"
        f"Message-ID: <dsn{number}@mx.example>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nIt failed.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; {about.rcpt}\r\nAction: failed\r\nStatus: {status}\r\n"
        f"{f'Diagnostic-Code: smtp; {says}' if says else 'X-More: nothing'}\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{about.message_id}>\r\n\r\n--b--\r\n"
    ).encode()


def alerts(desk: PumpedDesk) -> list[str]:
    """The texts of the alerts to agents, oldest first."""
    desk.deliver()
    raws = [one.raw for one in desk.sent if one.kind is MailKind.ALERT]
    return [text_of(raw) for raw in raws]


def text_of(raw: bytes) -> str:
    body = message_from_bytes(raw, policy=default).get_body(("plain",))
    assert body is not None
    return " ".join(str(body.get_content()).split())


def test_every_answer_that_bounces_is_told_whatever_was_told_before(desk: PumpedDesk, clock: Clock) -> None:
    desk.write(LIN, "My coins are late")
    answers = [reply(desk, f"Answer {n}") for n in range(12)]
    desk.service.act(mails.alerts(_ticket(desk).id, _agents(desk), "Another trouble.", "other"))
    for number, answer in enumerate(answers):
        desk.take(report(desk, answer, number), sender="")
        clock.later(seconds=20)
    told = [one for one in alerts(desk) if "could not be delivered" in one]
    assert 12 == len(told)


def test_many_reports_of_one_answer_are_one_piece_of_news(desk: PumpedDesk, clock: Clock) -> None:
    desk.write(LIN, "My coins are late")
    answer = reply(desk, "We look.")
    for number in range(50):
        desk.take(report(desk, answer, number), sender="")
        clock.later(hours=1)
    assert 1 == len([one for one in alerts(desk) if "could not be delivered" in one])


# No text: nobody looks for a phrase in it.
LARGE = b"\0" * (2 << 20)
REFUSALS = {
    "RFC 3463": "552 5.3.4 Message too big for system",
    "the recipient's own limit": "550 5.2.3 Message length exceeds administrative limit",
    "a code alone": "552 message size exceeds fixed limit",
}


def with_file(desk: PumpedDesk, text: str = "My coins are late.") -> None:
    encoded = base64.encodebytes(LARGE).decode().replace("\n", "\r\n")
    raw = (
        f"From: Lin <{LIN}>\r\nTo: {desk.address}\r\nSubject: Help\r\nMessage-ID: <{len(text)}@x.example>\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
        f"--b\r\nContent-Type: text/plain\r\n\r\n{text}\r\n"
        "--b\r\nContent-Type: application/octet-stream\r\n"
        'Content-Disposition: attachment; filename="film.bin"\r\n'
        f"Content-Transfer-Encoding: base64\r\n\r\n{encoded}\r\n--b--\r\n"
    )
    desk.take(raw.encode(), sender=LIN)


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_a_notice_refused_for_its_size_goes_again_without_its_files(desk: PumpedDesk, refusal: str) -> None:
    def small_only(mail: Outgoing) -> None:
        if len(mail.raw) > 1 << 20:
            raise Permanent(refusal)

    with_file(desk)
    desk.deliver(small_only)
    desk.deliver(small_only)
    (notice,) = [one for one in desk.sent if one.kind is MailKind.NOTICE]
    text = text_of(notice.raw)
    assert desk.agent == notice.rcpt
    assert "New ticket" in text
    assert "My coins are late." in text
    assert "refused this email with its file, which is kept in the ticket: film.bin" in text
    assert len(notice.raw) < 10_000
    # It is answered like any other.
    assert desk.address not in str(message_from_bytes(notice.raw, policy=default)["Reply-To"])


def test_a_notice_that_comes_back_for_its_size_goes_again_too(desk: PumpedDesk) -> None:
    with_file(desk)
    desk.deliver()
    (notice,) = [one for one in desk.sent if one.kind is MailKind.NOTICE]
    desk.take(report(desk, notice, 1, "5.3.4", "552 5.3.4 too big"), sender="")
    desk.take(report(desk, notice, 2, "5.3.4", "552 5.3.4 too big"), sender="")
    desk.deliver()
    _, again = [one for one in desk.sent if one.kind is MailKind.NOTICE]
    assert "kept in the ticket: film.bin" in text_of(again.raw)


def test_a_notice_that_is_refused_again_ends(desk: PumpedDesk) -> None:
    def nothing(mail: Outgoing) -> None:
        if mail.kind is MailKind.NOTICE:
            raise Permanent("552 5.3.4 Message too big for system")

    with_file(desk)
    for _ in range(5):
        desk.deliver(nothing)
    rows = [row.state for row in desk.store.outbox.list_mails() if row.kind == "notice"]
    assert ["failed", "failed"] == rows


# What servers say of the files of a mail, in words and codes of their own.
OF_FILES = {
    "too many": "550 5.7.1 attachments blocked by policy",
    "Exchange Online": "550 5.7.0 message size limit exceeded",
    "Gmail, of a kind of file": "552 5.7.0 This message was blocked because its content presents a potential "
    "security issue. Please visit https://support.google.com/mail/?p=BlockedMessage - gsmtp",
    "Postfix, header_checks": "550 5.7.1 message content rejected: .exe attachments are not allowed",
    "Postfix, milter": "554 5.7.1 Command rejected",
    "Exim": "554 This message contains an attachment of a blocked file type (.zip)",
    "Mimecast": "554 Email rejected due to security policies - MCSpamSignature.x.x",
    "Proofpoint": "554 5.7.0 Blocked - see https://support.proofpoint.com/dnsbl-lookup.cgi",
    "Amavis": "554 5.7.0 Reject, id=1234-01 - BANNED: .exe,.exe-ms,film.exe",
    "ClamAV": "550 5.7.1 virus Heuristics.Encrypted.Zip detected by ClamAV - http://www.clamav.net",
    "Barracuda": "550 permanent failure for one or more recipients (anna@staff.example:blocked)",
    "Rspamd": "554 5.7.1 Spam message rejected",
    "QQ": "550 Mail content denied. https://service.mail.qq.com/detail/122/169",
    "163": "554 DT:SPM 163 smtp10,DsCowAB, http://mail.163.com/help/help_spam_16.htm",
    "a full mailbox": "552 5.2.2 mailbox full",
    "a code alone": "550",
    "odd": "550 5.2.34 odd",
}


@pytest.mark.parametrize("refusal", OF_FILES.values(), ids=OF_FILES)
def test_whatever_a_server_says_of_files_they_are_left_out(refusal: str) -> None:
    assert may_arrive_without(refusal)
    assert not may_arrive_without(f"{GIVEN_UP} 5 days: 451 4.7.1 try later")


@pytest.mark.parametrize("refusal", [OF_FILES["too many"], OF_FILES["QQ"]])
@pytest.mark.parametrize("comes_back", [False, True], ids=["refused", "returned"])
def test_what_a_server_refuses_goes_once_more_without_its_files(
    desk: PumpedDesk, refusal: str, comes_back: bool
) -> None:
    def small_only(mail: Outgoing) -> None:
        if len(mail.raw) > 1 << 20:
            raise Permanent(refusal)

    with_file(desk)
    desk.deliver(*([] if comes_back else [small_only]))
    if comes_back:
        (notice,) = [one for one in desk.sent if one.kind is MailKind.NOTICE]
        desk.take(report(desk, notice, 1, "", refusal), sender="")
    desk.deliver(small_only)
    notice = [one for one in desk.sent if one.kind is MailKind.NOTICE][-1]
    assert "refused this email with its file, which is kept in the ticket: film.bin" in text_of(notice.raw)
    assert len(notice.raw) < 10_000


@pytest.mark.parametrize(
    "refusal", ["550 5.1.1 unknown user", "550 5.1.10 RecipientNotFound", "553 5.1.3 bad"]
)
def test_a_notice_to_an_address_that_is_none_goes_nowhere_again(desk: PumpedDesk, refusal: str) -> None:
    def none(mail: Outgoing) -> None:
        if mail.kind is MailKind.NOTICE:
            raise Permanent(refusal)

    with_file(desk)
    desk.deliver(none)
    assert ["failed"] == [row.state for row in desk.store.outbox.list_mails() if row.kind == "notice"]


def test_of_a_notice_that_the_agent_of_the_ticket_cannot_get_the_others_are_told(desk: PumpedDesk) -> None:
    def anna_is_gone(mail: Outgoing) -> None:
        if mail.rcpt == desk.agent:
            raise Permanent("550 5.1.1 no such user")

    desk.write(LIN, "My coins are late")
    desk.deliver()
    wei = desk.store.agents.add("wei@staff.desk.example", "Wei", (), desk.clock())
    desk.service.act(lifecycle.assign(_ticket(desk), _agents(desk)[0], "", "Anna", "k", notify=False))
    desk.deliver()
    desk.write(LIN, "My coins are late", "Is anybody there?", ticket=1)
    for _ in range(3):
        desk.deliver(anna_is_gone)
    told = [one for one in desk.sent if one.kind is MailKind.ALERT]
    assert [wei.address] == [one.rcpt for one in told]
    assert desk.agent in text_of(told[0].raw)


def _ticket(desk: PumpedDesk):  # type: ignore[no-untyped-def]
    found = desk.store.tickets.get(1)
    assert found is not None
    return found


def _agents(desk: PumpedDesk):  # type: ignore[no-untyped-def]
    found = desk.store.agents.by_address(desk.agent)
    assert found is not None
    return [found]
