# ruff: noqa: E501 (a field stays on its line)
"""What becomes of emoji reactions and of calendars' answers, from the mail to the history of a ticket."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_mail import LIN, MailDesk

from intake.desk.effects import MailKind, Outcome, Outgoing
from intake.desk.ticket import EntryKind, Status

JSON = '{"emoji": "👍", "version": 1}'
QUOTE = "On Tue, 5 Mar 2024, Support <help@desk.example> wrote:\n> Please restart.\n"
ICS = (
    "BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nUID:u1\nSUMMARY:Call\n{}"
    "ATTENDEE;PARTSTAT=DECLINED:mailto:lin@customer.example\nEND:VEVENT\nEND:VCALENDAR\n"
)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[MailDesk]:
    made = MailDesk(tmp_path / "desk")
    yield made
    made.close()


def gmail(about: str, number: int = 1, sender: str = LIN) -> bytes:
    """A reaction of Gmail's to the mail with this Message-ID."""
    return (
        f"From: {sender}\nTo: help@desk.example\nSubject: Re: My coins are late\nMessage-ID: <g{number}@x.example>\n"
        f"In-Reply-To: <{about}>\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=B\n\n"
        f"--B\nContent-Type: text/plain; charset=utf-8\n\n👍\n\nLin reacted via Gmail\n\n{QUOTE}\n"
        f"--B\nContent-Type: text/vnd.google.email-reaction+json; charset=utf-8\n\n{JSON}\n"
        "--B\nContent-Type: text/html; charset=utf-8\n\n<p>👍</p><p>Lin reacted via Gmail</p>\n--B--\n"
    ).encode()


def outlook(about: str) -> bytes:
    return (
        f"From: Lin <{LIN}>\nTo: help@desk.example\nSubject: Re: My coins are late\nMessage-ID: <o1@x.example>\n"
        f"In-Reply-To: <{about}>\nThread-Index: Ad\nContent-Type: text/plain; charset=utf-8\n\n"
        "[like] Lin reacted to your message:\n________________________________\n"
        "From: Support <help@desk.example>\nSent: Tuesday\nTo: Lin\nSubject: Re: My coins are late\n\nPlease restart.\n"
    ).encode()


def calendar(about: str, text: str, more: str = "") -> bytes:
    return (
        f"From: Lin <{LIN}>\nTo: help@desk.example\nSubject: Declined: Call\nMessage-ID: <c1@x.example>\n"
        f"In-Reply-To: <{about}>\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=B\n\n"
        f"--B\nContent-Type: text/plain; charset=utf-8\n\n{text}\n"
        f"--B\nContent-Type: text/calendar; charset=utf-8; method=REPLY\n\n{ICS.format(more)}--B--\n"
    ).encode()


def answered(desk: MailDesk, closed: bool = False) -> Outgoing:
    """Anna answers Lin; return her answer as it left, nothing being owed."""
    desk.reply("#close\nPlease restart." if closed else "Please restart.")
    relay = desk.out(MailKind.RELAY)[-1]
    desk.out()
    return relay


@pytest.mark.parametrize("closed", [False, True], ids=["pending", "closed"])
@pytest.mark.parametrize("form", [gmail, outlook])
def test_a_reaction_is_seen_in_the_history_and_changes_nothing(form, closed: bool, desk: MailDesk) -> None:
    relay = answered(desk, closed)
    before = desk.store.tickets.get(1)
    desk.take(form(relay.message_id), sender=LIN)
    assert (Outcome.AUTOMATIC, "reaction") == desk.outcome()
    assert f"Reaction: 👍, from {LIN}" == desk.said(EntryKind.EVENT)[-1]
    assert before.status is desk.store.tickets.get(1).status is (Status.CLOSED if closed else Status.PENDING)
    assert [] == desk.out()


def test_an_agent_who_reacts_to_a_notification_sends_nothing_to_the_customer(desk: MailDesk) -> None:
    desk.customer("It is still gone.")
    notice = desk.out(MailKind.NOTICE)[-1]
    desk.take(gmail(notice.message_id, sender=f"Anna <{desk.agent}>"), sender=desk.agent)
    assert (Outcome.AUTOMATIC, "reaction") == desk.outcome()
    assert [] == desk.out()


def test_a_reaction_to_nothing_we_know_is_kept_and_said(desk: MailDesk) -> None:
    desk.take(gmail("unknown@elsewhere.example"), sender=LIN)
    row = desk.store.ledger.list_messages(limit=1)[0]
    assert (Outcome.AUTOMATIC, None) == (row.outcome, row.ticket)
    assert "an emoji reaction (👍) to an email that is in no ticket" == row.reason
    assert None is desk.store.tickets.get(2)
    assert [] == desk.out()


WITH_WORDS = {
    "words": ("My account is locked since yesterday.", ""),
    "a comment": ("", "COMMENT:My account is locked.\n"),
}


@pytest.mark.parametrize(("text", "more"), WITH_WORDS.values(), ids=WITH_WORDS.keys())
def test_a_calendars_answer_with_words_is_told_to_the_agent(text: str, more: str, desk: MailDesk) -> None:
    relay = answered(desk)
    desk.take(calendar(relay.message_id, text, more), sender=LIN)
    assert (Outcome.APPENDED, "follow_up") == desk.outcome()
    assert "My account is locked" in desk.said(EntryKind.CUSTOMER)[-1]
    assert [MailKind.NOTICE] == [mail.kind for mail in desk.out()]


def test_a_calendars_answer_without_words_is_kept_in_its_ticket(desk: MailDesk) -> None:
    relay = answered(desk)
    desk.take(calendar(relay.message_id, "Lin has declined this invitation."), sender=LIN)
    assert (Outcome.AUTOMATIC, "machine") == desk.outcome()
    assert 1 == len(desk.said(EntryKind.AUTOMATIC))
    assert [] == desk.out()
