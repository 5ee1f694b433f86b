""" "Was this email really from you?": nothing is called ours that was changed, and what servers change is."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from pump import Clock, PumpedDesk

from intake.commands.dkim import _new_key
from intake.desk.origin import Answer, Lacks, Origin
from intake.origin.asking import was_ours
from intake.origin.keys import keep_keys, public_of
from intake.store.schema.tables import Outbox

LIN = "lin@customer.example"
Change = Callable[[bytes], bytes]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[PumpedDesk]:
    key = tmp_path / "dkim.key"
    key.write_bytes(_new_key())
    made = PumpedDesk(tmp_path, "desk.example", Clock(), f"[dkim]\nkey_file = {key}\nselector = s1")
    keep_keys(made.desk)
    made.write(LIN, "Help", "My coins are late, café.")
    made.deliver()
    yield made
    made.close()


def ours(desk: PumpedDesk) -> bytes:
    return next(mail.raw for mail in desk.sent if mail.rcpt == LIN)


def encoded(raw: bytes, how: str) -> bytes:
    """The mail with its texts in another encoding, as a server writes it for the next one."""
    mail = message_from_bytes(raw, policy=policy.SMTP)
    for part in mail.walk():
        if part.get_content_maintype() == "text":
            text = part.get_content()
            part.set_content(text, subtype=part.get_content_subtype(), cte=how)
    return mail.as_bytes()


def attached(raw: bytes) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = LIN, "check@desk.example", "Is this you?"
    mail["Message-ID"], mail["Date"] = "<ask@x.example>", "Thu, 01 Jan 2026 09:00:00 +0000"
    mail.set_content("Is this you?")
    mail.add_attachment(message_from_bytes(raw, policy=policy.SMTP))
    return mail.as_bytes(policy=policy.SMTP)


def swapped(old: bytes, new: bytes) -> Change:
    def change(raw: bytes) -> bytes:
        assert re.search(old, raw), old
        return re.sub(old, new, raw, count=1)

    return change


SAME: dict[str, Change] = {
    "as it came": lambda raw: raw,
    "with fields of servers on top": lambda raw: (
        b"Return-Path: <>\r\nReceived: from a by b;\r\n\tnow\r\n" + raw
    ),
    "with the line ends of a page": lambda raw: raw.replace(b"\r\n", b"\n"),
    "without its signature": lambda raw: re.sub(rb"(?is)^dkim-signature:.*?\r\n(?![ \t])", b"", raw),
    "its text in base64": lambda raw: encoded(raw, "base64"),
    "its text in quoted-printable": lambda raw: encoded(raw, "quoted-printable"),
    "with blank lines at its end": lambda raw: raw + b"\r\n\r\n",
    "attached to another mail": attached,
}
TO_LIN = rb"(?im)^to: .*?\r\n"
OTHERS: dict[str, Change] = {
    "another link in its text": swapped(rb"(?i)coins|ticket|received", b"https://evil.example"),
    "a line below": lambda raw: (
        raw.replace(b"\r\n-- \r\n", b"\r\nSend us your phrase.\r\n-- \r\n")
        if b"\r\n-- \r\n" in raw
        else raw.rstrip(b"\r\n") + b"\r\nSend us your phrase.\r\n"
    ),
    "another sender's name": swapped(rb"(?im)^from: .*?<", b"From: Evil <"),
    "a second From": lambda raw: b"From: evil@evil.example\r\n" + raw,
    "another Reply-To": swapped(rb"(?im)^reply-to: .*?\r\n", b"Reply-To: evil@evil.example\r\n"),
    "a second Reply-To": lambda raw: b"Reply-To: evil@evil.example\r\n" + raw,
    "another subject": swapped(rb"(?im)^subject: .*?\r\n", b"Subject: Your wallet\r\n"),
    "another addressee": swapped(TO_LIN, b"To: bo@customer.example\r\n"),
    "another date": swapped(rb"(?im)^date: .*?\r\n", b"Date: Thu, 01 Jan 2026 11:00:00 +0000\r\n"),
    "another charset": swapped(rb"(?i)charset=\"?utf-8\"?", b'charset="utf-7"'),
    "two types": swapped(rb"(?im)^content-type:", b"Content-Type: text/html\r\nContent-Type:"),
    "no more than its Message-ID": lambda raw: (re.search(rb"(?im)^message-id:.*\r\n", raw) or [b""])[0],
    "its Message-ID on another mail": lambda raw: (
        b"From: help@desk.example\r\nTo: lin@customer.example\r\n"
        b"Date: Thu, 01 Jan 2026 08:00:00 +0000\r\nSubject: Your wallet\r\n"
        + (re.search(rb"(?im)^message-id:.*\r\n", raw) or [b""])[0]
        + b"\r\nSend us your phrase.\r\n"
    ),
}


def test_what_servers_change_is_ours_and_to_them(desk: PumpedDesk) -> None:
    raw = ours(desk)
    wrong = {name: was_ours(desk.desk, change(raw), LIN) for name, change in SAME.items()}
    wrong = {
        name: made for name, made in wrong.items() if made.origin is not Origin.YOURS or not made.sent_at
    }
    assert {} == wrong
    # Who it was not sent to learns that it was another's, and nothing more.
    assert Answer(Origin.ELSEWHERE) == was_ours(desk.desk, raw, "bo@customer.example")
    assert Answer(Origin.ELSEWHERE) == was_ours(desk.desk, raw, "")


def test_nothing_that_was_changed_is_called_ours(desk: PumpedDesk) -> None:
    raw = ours(desk)
    wrong = {}
    for name, change in OTHERS.items():
        for shown in (change(raw), attached(change(raw))):
            made = was_ours(desk.desk, shown, LIN)
            if made.origin in (Origin.YOURS, Origin.ELSEWHERE):
                wrong[name] = made
    assert {} == wrong


def test_a_signature_proves_what_the_desk_forgot_also_by_a_key_that_was_replaced(desk: PumpedDesk) -> None:
    raw, database = ours(desk), desk.desk.database
    database.db.run(Outbox.delete())
    database.origins.keep_keys("s1", ["desk.example"], public_of(_new_key()), desk.clock())
    assert 2 == len(database.origins.keys("s1._domainkey.desk.example"))
    assert Origin.YOURS is was_ours(desk.desk, raw, LIN).origin
    assert Origin.ELSEWHERE is was_ours(desk.desk, raw, "bo@customer.example").origin
    wrong = {}
    for name, change in OTHERS.items():
        made = was_ours(desk.desk, change(raw), LIN)
        if made.origin in (Origin.YOURS, Origin.ELSEWHERE):
            wrong[name] = made
    assert {} == wrong
    # Without a signature it cannot be told: nothing is known of that time any more.
    assert Lacks.OLD is was_ours(desk.desk, SAME["without its signature"](raw), LIN).lacks


def test_a_foreign_mail_is_not_ours_only_where_all_of_ours_are_known(desk: PumpedDesk) -> None:
    head = (
        b"From: help@desk.example\r\nTo: lin@customer.example\r\nMessage-ID: <x@desk.example>\r\nDate: %s\r\n"
    )
    mail = head + b"Subject: Your wallet\r\n\r\nClick here.\r\n"
    assert Origin.FOREIGN is was_ours(desk.desk, mail % b"Fri, 02 Jan 2026 08:00:00 +0000", LIN).origin
    assert Lacks.OLD is was_ours(desk.desk, mail % b"Wed, 31 Dec 2025 08:00:00 +0000", LIN).lacks
    desk.store.upkeep.record_audit("admin", "erased 1 ticket", desk.clock() + timedelta(days=3))
    assert Lacks.OLD is was_ours(desk.desk, mail % b"Fri, 02 Jan 2026 08:00:00 +0000", LIN).lacks
    assert Lacks.INLINE is was_ours(desk.desk, b"Click here: https://evil.example", LIN).lacks


def test_what_did_not_leave_is_not_called_ours(desk: PumpedDesk) -> None:
    raw = ours(desk)
    desk.desk.database.db.run(Outbox.update(state="cancelled"))
    shown = SAME["without its signature"](raw)
    assert Origin.FOREIGN is was_ours(desk.desk, shown, LIN).origin
