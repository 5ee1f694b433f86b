"""A customer who only says thanks: what stands in the ticket, what goes out, and what digests tell of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_mail import LIN, MailDesk, words_of

from intake.desk.effects import MailKind, Outcome
from intake.desk.message import Envelope
from intake.desk.ticket import EntryKind, Status
from intake.desk.tokens import Purpose
from intake.ports import Arrival

THANKS = "Vielen Dank, es funktioniert jetzt!\n\nMit freundlichen Grüßen\nLin"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[MailDesk]:
    made = MailDesk(tmp_path / "desk")
    yield made
    made.close()


def solved(desk: MailDesk) -> None:
    """Anna answers and closes; nothing is owed."""
    desk.reply("#close\nPlease restart.")
    desk.clock.later(minutes=5)
    desk.out()


def status(desk: MailDesk) -> Status:
    ticket = desk.store.tickets.get(1)
    assert ticket is not None
    return ticket.status


def test_thanks_stay_in_the_closed_ticket_and_a_later_question_reopens_it(desk: MailDesk) -> None:
    solved(desk)
    before = desk.store.tickets.get(1)
    desk.customer(THANKS)
    assert ((Outcome.APPENDED, "thanks"), Status.CLOSED) == (desk.outcome(), status(desk))
    after = desk.store.tickets.get(1)
    assert before is not None
    assert after is not None
    assert (before.closed_at, None) == (after.closed_at, after.waiting_since), "the survey keeps its time"
    assert THANKS == desk.said(EntryKind.CUSTOMER)[-1]
    assert [] == desk.out()
    desk.customer("Thanks, one more question: is my old key still good?")
    assert ((Outcome.APPENDED, "follow_up"), Status.OPEN) == (desk.outcome(), status(desk))
    assert {MailKind.NOTICE, MailKind.STATUS} == {mail.kind for mail in desk.out()}


def test_an_agent_reopens_what_was_only_thanked_for(desk: MailDesk) -> None:
    solved(desk)
    desk.customer(THANKS)
    desk.reply("#reopen")
    assert status(desk) is Status.OPEN


def test_thanks_are_told_once_in_the_digest_of_the_tickets_agent(desk: MailDesk) -> None:
    desk.store.agents.add("wei@staff.desk.example", "Wei", (), desk.clock.now)
    for address in (desk.agent, "wei@staff.desk.example"):
        desk.store.agents.change(address, notify="digest", digest_minutes=30, shift=None)
    solved(desk)
    desk.service.send_digests()
    desk.out()
    desk.customer(THANKS)
    desk.clock.later(minutes=20)
    desk.service.send_digests()
    (told,) = desk.out()
    assert desk.agent == told.rcpt, "the ticket is Anna's"
    assert "They only said thanks, and their tickets stay closed: #1" in words_of(told)
    desk.clock.later(minutes=40)
    desk.service.send_digests()
    assert [] == desk.out(MailKind.ANSWER)


def test_several_thanks_that_wait_together_are_decided_on_as_alone(desk: MailDesk) -> None:
    for number in range(2, 6):
        desk.mail(f"Lin <{LIN}>", desk.address, f"Please help with {number}.", f"Order {number}")
        desk.reply("#close\nDone.", ticket=number)
    desk.clock.later(minutes=5)
    desk.out()
    arrivals = []
    for number in range(2, 6):
        to = desk.to(Purpose.CUSTOMER, number, 0)
        head = f"From: {LIN}\r\nTo: {to}\r\nSubject: Re: Order\r\nMessage-ID: <t{number}@x.example>"
        raw = f"{head}\r\n\r\nThank you!\r\n"
        arrivals.append(Arrival(raw.encode(), Envelope("ingest", "support", LIN, (to,))))
    taken = [one.ledger_id for one in desk.service.receive(arrivals)]
    desk.service.process(taken)
    rows = desk.store.ledger.list_messages(limit=4)
    assert [(Outcome.APPENDED, "thanks")] * 4 == [(row.outcome, row.rule) for row in rows]
    tickets = [desk.store.tickets.get(number) for number in range(2, 6)]
    assert {Status.CLOSED} == {ticket.status for ticket in tickets if ticket}
    assert [] == desk.out()


def test_thanks_for_an_answer_are_told_in_one_mail_hours_later_and_leave_the_ticket_waiting(
    desk: MailDesk,
) -> None:
    desk.reply("Please restart.")
    desk.clock.later(minutes=5)
    desk.out()
    desk.customer(THANKS)
    assert ((Outcome.APPENDED, "thanks"), Status.PENDING) == (desk.outcome(), status(desk))
    assert [] == desk.out()
    desk.clock.later(minutes=100)
    assert [] == desk.out()
    desk.clock.later(minutes=20)
    (told,) = desk.out()
    assert (desk.agent, MailKind.ANSWER) == (told.rcpt, told.kind)
    assert "They only said thanks; these tickets stay as they are" in words_of(told)
    assert "Vielen Dank, es funktioniert jetzt!" in words_of(told)
    desk.clock.later(hours=3)
    assert [] == desk.out(), "once"
    desk.customer("One more question: is my old key still good?")
    assert ((Outcome.APPENDED, "follow_up"), Status.OPEN) == (desk.outcome(), status(desk))
