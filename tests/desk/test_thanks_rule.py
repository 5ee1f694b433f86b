"""Thanks to a closed or answered ticket are kept in it, nothing else follows; what says more opens it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from factories import (
    ANNA,
    NOW,
    STRANGER,
    a_message,
    a_policy,
    a_ticket,
    an_envelope,
    customer_token,
    found,
    some_facts,
)

from intake.desk.effects import AddEntry, Effect, Finish
from intake.desk.facts import Facts
from intake.desk.message import Attachment, Envelope, Message
from intake.desk.rules.table import decide
from intake.desk.sla_clocks import with_promises
from intake.desk.sla_policies import Length, ServiceLevel
from intake.desk.sla_target import Target
from intake.desk.ticket import EntryKind, Status, Ticket
from intake.desk.tokens import Purpose, Token

CLOSED = a_ticket(status=Status.CLOSED, closed_at=NOW - timedelta(days=1))
THANKS = "Thank you so much, Anna!\n\nBest regards\nLin"


def thanking(**changes: Any) -> Message:
    return a_message(**{"subject": "Re: My coins are late", "new_text": THANKS, "text": THANKS, **changes})


def about(ticket: Ticket = CLOSED, **changes: Any) -> Facts:
    return some_facts(by_token=found(ticket), token=customer_token(), **changes)


def rule_of(message: Message, facts: Facts, envelope: Envelope | None = None) -> str:
    effects = decide(message, envelope or an_envelope(), facts, a_policy())
    return finish_of(effects).rule


def finish_of(effects: list[Effect]) -> Finish:
    last = effects[-1]
    assert isinstance(last, Finish)
    return last


@pytest.mark.parametrize("channel", ["imap", "form"], ids=["by mail", "by the ticket's page"])
def test_thanks_for_a_closed_ticket_are_kept_and_nothing_follows(channel: str) -> None:
    effects = decide(thanking(), an_envelope(channel=channel), about(), a_policy())
    assert [AddEntry, Finish] == [type(effect) for effect in effects]
    kept = effects[0]
    assert isinstance(kept, AddEntry)
    assert (EntryKind.CUSTOMER, THANKS, True) == (kept.kind, kept.text, kept.from_message)
    assert "it only says thanks, so the ticket stays closed" in finish_of(effects).reason


def test_thanks_after_the_days_of_reopening_open_no_new_ticket() -> None:
    old = replace(CLOSED, closed_at=NOW - timedelta(days=90))
    assert "thanks" == rule_of(thanking(), about(old))
    assert "follow_up" == rule_of(thanking(), about(old, successor=found(a_ticket(id=40))))


@pytest.mark.parametrize(
    "message",
    [
        thanking(new_text="Thanks, but it is still gone.", text=""),
        thanking(attachments=(Attachment("a.png", "image/png", b"x"),)),
        thanking(subject="My account is locked"),
        thanking(sender=STRANGER),
    ],
    ids=["says more", "brings a file", "another subject", "a stranger's"],
)
def test_what_says_more_than_thanks_reopens(message: Message) -> None:
    effects = decide(message, an_envelope(), about(), a_policy())
    assert "follow_up" == finish_of(effects).rule
    assert "reopened: a new message came in" in [e.text for e in effects if isinstance(e, AddEntry)]


@pytest.mark.parametrize("subject", ["", "Thank you!", "My coins are late", "AW: [#12] My coins are late"])
def test_a_subject_that_says_nothing_new_is_no_question(subject: str) -> None:
    assert "thanks" == rule_of(thanking(subject=subject), about())


ANSWERED = a_ticket(status=Status.PENDING, assignee=ANNA, first_response_at=NOW - timedelta(hours=1))


def test_thanks_for_an_answer_leave_the_ticket_waiting_for_its_customer() -> None:
    effects = decide(thanking(), an_envelope(), about(ANSWERED), a_policy())
    assert [AddEntry, Finish] == [type(effect) for effect in effects]
    assert "it only says thanks, so the ticket goes on waiting for the customer" in finish_of(effects).reason


def test_thanks_start_no_clock() -> None:
    entry = AddEntry(ANSWERED.id, EntryKind.CUSTOMER, ANSWERED.requester, THANKS)
    level = ServiceLevel("all", {target: Length(rest=timedelta(hours=1)) for target in Target}, None)
    asked = with_promises([entry], {ANSWERED.id: ANSWERED}, a_policy(levels=(level,)), NOW)
    assert [entry] == asked


@pytest.mark.parametrize(
    ("ticket", "facts"),
    [
        (replace(ANSWERED, status=Status.OPEN), {}),
        (replace(ANSWERED, assignee=None), {}),
        (replace(ANSWERED, assignee=replace(ANNA, enabled=False)), {}),
        (replace(ANSWERED, snoozed_until=NOW + timedelta(hours=1)), {}),
        (a_ticket(status=Status.NEW), {}),
        (CLOSED, {"refuted": True}),
        (ANSWERED, {"refuted": True}),
    ],
    ids=[
        "an answer is owed",
        "nobody's",
        "theirs who is gone",
        "snoozed",
        "new",
        "forged",
        "forged for an answer",
    ],
)
def test_it_is_an_answer_as_ever_where_something_is_owed_or_the_sender_forged(
    ticket: Ticket, facts: dict[str, Any]
) -> None:
    assert "follow_up" == rule_of(thanking(), about(ticket, **facts))


def test_thanks_written_by_a_machine_stay_a_machines() -> None:
    assert "machine" == rule_of(thanking(automatic="Auto-Submitted"), about())


def test_a_score_with_thanks_below_reopens_nothing() -> None:
    token = Token(Purpose.SURVEY, 12, 1, NOW + timedelta(days=9))
    message = thanking(new_text="5\n\nThank you!", text="5\n\nThank you!")
    facts = some_facts(by_token=found(CLOSED, ANNA), token=token)
    assert finish_of(decide(message, an_envelope(), facts, a_policy())).rule in ("survey_answer", "thanks")
