"""Delivery reports, and people's mail that looks like one."""

import logging
import time

import pytest

from intake.desk.message import Bounce, BounceKind
from intake.mail.machines.bounces import read
from intake.mail.parse import parse
from intake.mail.parts import Fields, Part

STATUS = (
    "Reporting-MTA: dns; mx.example.net\r\nOriginal-Message-ID: <second@desk.example>\r\n\r\n"
    "Final-Recipient: rfc822; ann@example.com\r\nAction: {action}\r\nStatus: {status}\r\n"
    "Diagnostic-Code: smtp; 550 5.1.1 <ann@example.com>:\r\n    no such\x1b[31m user\r\n"
)
RETURNED = (
    "From: help@desk.example\r\nMessage-ID:\r\n <first@desk.example>\r\nSubject: Re: Login\r\n\r\n"
    "Hi <other@desk.example>\r\n"
)


def report(action: str = "failed", status: str = "5.1.1") -> tuple[Part, ...]:
    said = STATUS.format(action=action, status=status)
    return (
        Part("text/plain", b"", "I am sorry to have to inform you."),
        Part("message/delivery-status", said.encode(), said),
        Part("message/rfc822", RETURNED.encode(), RETURNED),
    )


def judge(
    *fields: tuple[str, str],
    parts: tuple[Part, ...] = (),
    sender: str = "MAILER-DAEMON@mx.example.net",
    subject: str = "",
    text: str = "",
    raw: bytes = b"",
) -> Bounce | None:
    top: Fields = (*fields, ("from", sender), ("subject", subject))
    raw = raw or "".join(f"{name}: {value}\r\n" for name, value in top).encode() + b"\r\n" + text.encode()
    parts = parts or (Part("text/plain", text.encode(), text),)
    return read(top, parts, sender=sender, subject=subject, text=text, raw=raw)


MULTIPART = ("content-type", "multipart/report; report-type=delivery-status; boundary=x")

ACTIONS = {
    "failed": BounceKind.FAILED,
    "delayed": BounceKind.DELAYED,
    "delivered": BounceKind.DELIVERED,
    "relayed": BounceKind.DELIVERED,
    "expanded": BounceKind.DELIVERED,
}


@pytest.mark.parametrize(("action", "kind"), ACTIONS.items())
def test_a_standard_report_is_read_by_its_fields(action: str, kind: BounceKind) -> None:
    found = judge(MULTIPART, parts=report(action))
    assert found == Bounce(
        kind,
        ("ann@example.com",),
        ("first@desk.example", "second@desk.example"),
        "5.1.1",
        "550 5.1.1 <ann@example.com>: no such [31m user",
    )


def test_those_who_got_it_are_not_among_those_who_did_not() -> None:
    said = (
        "Reporting-MTA: dns; x\n\n"
        "Final-Recipient: rfc822; ok@example.com\nAction: delivered\nStatus: 2.0.0\n\n"
        "Final-Recipient: rfc822; bad@example.com\nAction: failed\nStatus: 5.2.2\n"
    )
    found = judge(MULTIPART, parts=(Part("message/delivery-status", said.encode(), said),))
    assert found is not None
    assert (found.kind, found.recipients, found.status) == (BounceKind.FAILED, ("bad@example.com",), "5.2.2")


def test_a_report_in_words_names_the_mail_it_returns() -> None:
    text = (
        "Hi. This is the qmail-send program at mx.example.net.\nI'm afraid I wasn't able to deliver your "
        "message to the following addresses.\nThis is a permanent error; I've given up.\n\n"
        "<ann@example.com>:\n192.0.2.1 does not like recipient.\nRemote host said: 550 5.1.1 no such user\n\n"
        "--- Below this line is a copy of the message.\n\nReturn-Path: <help@desk.example>\n"
        "Message-ID: <first@desk.example>\nFrom: help@desk.example\n"
    )
    found = judge(subject="failure notice", text=text, sender="MAILER-DAEMON@mx.example.net")
    assert found is not None
    assert found.kind is BounceKind.FAILED
    assert found.recipients == ("ann@example.com",)
    assert found.about == ("first@desk.example",)
    assert "550 5.1.1 no such user" in found.diagnostic


def test_a_warning_is_a_delay() -> None:
    text = (
        "A message that you sent has not yet been delivered to one or more of its recipients after more than "
        "24 hours.\nThe address to which the message has not yet been delivered is:\n\n  ann@example.com\n"
    )
    found = judge(
        ("auto-submitted", "auto-replied"), subject="Warning: message 1abc delayed 24 hours", text=text
    )
    assert found is not None
    assert (found.kind, found.recipients) == (BounceKind.DELAYED, ("ann@example.com",))


def test_a_report_that_breaks_the_library_is_still_read() -> None:
    raw = (
        "From: Почта <MAILER-DAEMON@x.example>\r\nSubject: failure notice\r\n\r\n"
        "<ann@example.com>: user unknown\r\n"
    )
    found = judge(subject="failure notice", text="<ann@example.com>: user unknown", raw=raw.encode("koi8-r"))
    assert found is not None
    assert found.recipients == ("ann@example.com",)


def test_what_the_other_side_says_is_one_short_line() -> None:
    said = STATUS.format(action="failed", status="5.0.0") + " " + "long \x00\u202e" * 500
    found = judge(MULTIPART, parts=(Part("message/delivery-status", said.encode(), said),))
    assert found is not None
    assert len(found.diagnostic) == 300
    assert [char for char in found.diagnostic if not char.isprintable()] == []


PEOPLE = {
    "a-question-about-a-bounce": ("ann@example.com", "Undeliverable", "I get this when I write. What is it?"),
    "a-reply": ("ann@example.com", "Re: Delivery Status Notification", "I saw 550 5.1.1 user unknown"),
    "a-forward": ("ann@example.com", "Fwd: Undelivered Mail", "Received: from x\nuser unknown"),
    "japanese-errors": ("ann@example.com", "エラーが届きません", "送信できません。エラーです。"),
    "german-delivery": ("ann@example.com", "Zustellung meines Pakets", "Das Paket wurde nicht zugestellt."),
    "spanish-delivery": ("ann@example.com", "No se pudo entregar", "El pedido no se pudo entregar."),
    "a-kernel-bug": ("ann@example.com", "kernel BUG at fs/inode.c: failure", "it failed, permanent error"),
    "a-postmaster-who-replies": ("postmaster@example.com", "Re: Login", "Could not deliver it myself."),
    "plain": ("ann@example.com", "Login", "It failed."),
}  # fmt: skip


@pytest.mark.parametrize(("sender", "subject", "text"), PEOPLE.values(), ids=PEOPLE.keys())
def test_peoples_mail_is_no_report(sender: str, subject: str, text: str) -> None:
    assert judge(sender=sender, subject=subject, text=text) is None


def test_a_read_receipt_is_no_delivery_report() -> None:
    kind = ("content-type", "multipart/report; report-type=disposition-notification; boundary=x")
    assert judge(kind, sender="ann@example.com", subject="Read: Login") is None


PUMPED = [
    "a@",
    "<",
    "a.",
    "delivery ",
    "550 ",
    "5.1.1",
    "\n",
    "a\n",
    "Message-ID: ",
    "<a@b>",
    "Received: x\n",
]


@pytest.mark.parametrize("unit", PUMPED)
def test_a_pumped_report_ends_soon(unit: str) -> None:
    text = unit * (64 * 1024 // len(unit))
    began = time.process_time()
    judge(subject="failure notice", text=text, parts=(Part("message/delivery-status", text.encode(), text),))
    assert time.process_time() - began < 1.0


# Each makes one of flufl.bounce's detectors fail (6.0.0).
BREAKING = {
    "a raw letter in a field": "From: mailer-daemon@x.example\nSubject: Undelivered Mail\nX: \xe9\n",
    "a From of a name alone": "From: MAILER-DAEMON\nSubject: failure notice\n",
    "a From in code": "From: =?utf-8?b?w6k=?= <mailer-daemon@x.example>\nSubject: failure notice\n",
}


@pytest.mark.parametrize("head", BREAKING.values(), ids=BREAKING.keys())
def test_a_reader_that_fails_says_nothing_on_stderr(
    head: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(self: object, msg: object) -> None:
        raise AttributeError("a detector that does not know such a mail")

    monkeypatch.setattr("flufl.bounce._detectors.sina.Sina.process", fails)
    # As in a process of which nobody set up a log.
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    message = parse(f"{head}\nYour mail could not be delivered to <ann@x.example>.\n".encode("latin-1"))
    assert message.bounce is not None
    assert ("", "") == capfd.readouterr()


WORDS = 'Hello, your app says "unknown user" when I log in, though I paid 500 dollars. What now?\n\nMia\n'
ABOUT_ERRORS = {
    "a name without an address": "From: Mia Example\nSubject: Login\n",
    "an address in words": "From: mia at example dot net\nSubject: unknown user\n",
    "a name beyond ASCII": "From: \u738b\u5c0f\u660e\nSubject: user unknown\n",
    "no From at all": "Subject: message not delivered\n",
    "an empty From": "From:\nSubject: rejected\n",
    "empty brackets": "From: <>\nSubject: error sending your mail\n",
}
FROM_A_SERVER = {
    "a system by its name": ("From: Mail Delivery Subsystem\n", "The user unknown, sorry.\n"),
    "a daemon without a domain": ("From: MAILER-DAEMON\n", "Sorry, ann@x.example was not delivered.\n"),
    "empty brackets and an address where servers put it": ("From: <>\n", "<ann@x.example>:\nuser unknown\n"),
    "an empty From and a code": (
        "From:\n",
        "The user unknown at ann@x.example:\n550 5.1.1 no mailbox here\n",
    ),
    "no From and a returned header": ("", "Not delivered: ann@x.example\n\nReceived: from a by b\n"),
}


@pytest.mark.parametrize("head", ABOUT_ERRORS.values(), ids=ABOUT_ERRORS.keys())
def test_a_person_whose_from_cannot_be_read_may_ask_about_a_servers_words(head: str) -> None:
    words = "My mail to bob@x.example came back: 550 5.1.1 unknown user. Why is that?\n\nMia\n"
    assert parse(f"{head}To: help@desk.example\nMessage-ID: <1@x.example>\n\n{words}".encode()).bounce is None


@pytest.mark.parametrize("head", ABOUT_ERRORS.values(), ids=ABOUT_ERRORS.keys())
def test_a_person_whose_from_cannot_be_read_may_write_of_errors(head: str) -> None:
    message = parse(f"{head}To: help@desk.example\nMessage-ID: <1@x.example>\n\n{WORDS}".encode())
    assert (None, "", None) == (message.sender, message.automatic, message.bounce)
    # Nobody is there to be answered, and the mail opens a ticket all the same.
    assert "it names no sender" == message.suppress


@pytest.mark.parametrize(("head", "text"), FROM_A_SERVER.values(), ids=FROM_A_SERVER.keys())
def test_a_report_without_an_address_in_its_from_is_still_one(head: str, text: str) -> None:
    message = parse(
        f"{head}Subject: Returned mail: user unknown\nMessage-ID: <1@x.example>\n\n{text}".encode()
    )
    assert message.bounce is not None


def test_a_bounce_of_a_system_by_its_name_says_for_whom() -> None:
    raw = b"From: Mail Delivery System\nSubject: failure notice\n\n<ann@x.example>:\nuser unknown\n"
    bounce = parse(raw).bounce
    assert bounce is not None
    assert ("ann@x.example",) == bounce.recipients
