"""Nothing of ours leaves within an answer: a notification that is quoted, attached or pasted stops it."""

import base64
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from desk_mail import LIN, MailDesk, words_of

from intake.desk.effects import MailKind
from intake.desk.message import Envelope
from intake.desk.ticket import EntryKind
from intake.desk.tokens import Purpose
from intake.ports import Arrival, UserError
from intake.store.upkeep.integrity import IntegrityCheck


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[MailDesk]:
    desk = MailDesk(tmp_path)
    yield desk
    desk.close()


def answer(desk: MailDesk, text: str, *files: tuple[str, str, bytes], to: str = "") -> None:
    """Anna answers ticket 1 with files."""
    mail = EmailMessage()
    mail["From"], mail["To"] = f"Anna <{desk.agent}>", to or desk.to(Purpose.AGENT, 1, 1)
    mail["Subject"], mail["Message-ID"] = "Re: coins", f"<{desk.clock.now.timestamp()}@x.example>"
    mail.set_content(text)
    for name, kind, content in files:
        mail.add_attachment(content, *kind.split("/"), filename=name)
    got = desk.service.receive(
        [Arrival(mail.as_bytes(), Envelope("ingest", "support", desk.agent, (mail["To"],)))]
    )
    desk.service.process([one.ledger_id for one in got])


def held(desk: MailDesk) -> str:
    """Nothing went to the customer, the words are kept, and Anna was told; return what."""
    mails = desk.out()
    assert [] == [one for one in mails if one.rcpt == LIN]
    assert 1 == len(desk.said(EntryKind.DRAFT))
    (told,) = mails
    assert (MailKind.ALERT, desk.agent) == (told.kind, told.rcpt)
    return words_of(told)


def own(desk: MailDesk) -> str:
    return desk.to(Purpose.AGENT, 1, 1)


FILES = {
    "Outlook's .msg": lambda one: ("mail.msg", "application/x-msg", f"Reply to {one}".encode("utf-16-le")),
    "a file named for it": lambda one: (f"{one}.png", "image/png", b"\x89PNG\r\n\x1a\n"),
    "an .eml in base64": lambda one: (
        "mail.eml",
        "application/octet-stream",
        b"Subject: x\r\n\r\n" + base64.encodebytes(b"Hello, hello, hello. " + one.encode()),
    ),
    "a page": lambda one: ("mail.html", "text/html", one.replace("+", "&#x2b;").encode()),
    "our words": lambda one: ("mail.txt", "text/plain", b"##- Please type your reply above this line -##"),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_a_notification_in_a_file_holds_the_answer(desk: MailDesk, name: str) -> None:
    answer(desk, "See this.", FILES[name](own(desk)))
    assert "A notification was attached to it" in held(desk)


def test_a_token_that_only_its_key_tells_is_found_at_the_last_gate(desk: MailDesk) -> None:
    token = own(desk).partition("+")[2].partition("@")[0]
    answer(desk, f"Look at {token}, please.")
    assert "A part of our notification, with your reply address, was found" in held(desk)
    answer(desk, "See.", ("a.txt", "text/plain", token[:20].encode() + b"\r\n" + token[20:].encode()))
    assert "A part of our notification" in words_of(desk.out()[0])


@pytest.mark.parametrize(
    "text",
    [
        "Your reply to this email is sent to the customer.",
        "> Your reply to this email\n> is sent to the customer.",
        "您好\n直接回复本邮件，您的回复将发送给客户。",
        "If you wrote this and want it to go ahead, reply to this email with the one word yes.",
    ],
)
def test_a_sentence_of_a_notification_is_found_at_the_last_gate(desk: MailDesk, text: str) -> None:
    answer(desk, f"Hello Lin,\n{text}\nBye")
    assert "A part of our notification, with your reply address, was found" in held(desk)


def test_the_first_mail_of_a_ticket_is_looked_at_too(desk: MailDesk) -> None:
    token = desk.to(Purpose.COMMAND, 0, 1).partition("+")[2].partition("@")[0]
    desk.command(f"#new eve@elsewhere.example\nHello, {token}")
    (told,) = desk.out()
    assert (MailKind.ALERT, desk.agent) == (told.kind, told.rcpt)
    assert None is desk.store.tickets.get(2)


def test_what_a_customer_writes_that_only_looks_like_ours_stops_no_answer(desk: MailDesk) -> None:
    subject = f"ref:a{'b2' * 21}c ##- Please type your reply above this line -##"
    desk.mail(f"Lin <{LIN}>", desk.address, "Please help.", subject)
    desk.out()
    desk.reply("Look under the sofa.", ticket=2)
    assert [LIN] == [one.rcpt for one in desk.out(MailKind.RELAY)]


def test_whoever_is_at_the_keyboard_is_told(desk: MailDesk) -> None:
    from intake.desk import lifecycle

    ticket, agent = desk.store.tickets.get(1), desk.store.agents.enabled()[0]
    assert ticket is not None
    effects = lifecycle.reply(ticket, agent, f"Write to {own(desk)}", "cli:1", desk.service.policy)
    with pytest.raises(UserError, match="the reply contains an agent's reply address"):
        desk.service.act(effects)
    assert ([], []) == (desk.said(EntryKind.REPLY), desk.out(MailKind.RELAY))


def test_nothing_half_done_is_left_by_an_answer_that_was_stopped(desk: MailDesk) -> None:
    token = own(desk).partition("+")[2].partition("@")[0]
    answer(desk, f"#close\nLook at {token}, please.")
    held(desk)
    ticket = desk.store.tickets.get(1)
    assert ticket is not None
    assert ("new", []) == (ticket.status.value, desk.said(EntryKind.REPLY))
    assert [] == list(IntegrityCheck(desk.store.db, desk.store.blobs).faults())
