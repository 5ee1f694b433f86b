"""A ticket of which nothing is heard: when its requester is reminded, when it is closed, and when never."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from each_case import each
from factories import ANNA, LIN, NOW, a_policy, a_ticket

from intake.desk import silence
from intake.desk.effects import AddEntry, Mail, SetStatus
from intake.desk.facts import Facts
from intake.desk.message import Address
from intake.desk.policy import Limits, MailboxPolicy, Policy, SilencePolicy
from intake.desk.silence import AGAIN, HOUR, MOST_LEAPS, Looks, Note, Step, Waiting, decide
from intake.desk.ticket import Status

DAY, NONE = timedelta(days=1), timedelta(0)
SINCE = NOW - 5 * DAY
CLOSING = SilencePolicy(7 * DAY, 2 * DAY)
REMINDED = Note(9, NONE, NOW, NOW - 2 * DAY, NOW)


def policy(**changes: Any) -> Policy:
    return a_policy(**{"silence": CLOSING, **changes})


def waiting(**changes: Any) -> Waiting:
    """Ticket 12, to which Anna answered (entry 9) five days ago."""
    ticket = a_ticket(**changes.pop("ticket", {}))
    facts = Facts(NOW, **changes.pop("facts", {}))
    values: dict[str, Any] = {"word": 9, "since": SINCE, "theirs": False, **changes}
    return Waiting(ticket, facts=facts, **values)


def reminded(**changes: Any) -> Waiting:
    """The same, two days after the reminder left."""
    values: dict[str, Any] = {"since": NOW - 7 * DAY, "note": REMINDED, "sent_at": NOW - 2 * DAY, **changes}
    return waiting(**values)


def done(step: Step) -> str:
    """What is done, in a word."""
    if step.full:
        return "full"
    if any(isinstance(effect, SetStatus) for effect in step.effects):
        return "closed"
    return "reminded" if step.effects else "looked at again" if step.note else "forgotten"


def test_the_reminder_says_when_the_ticket_is_closed() -> None:
    step = decide(waiting(), policy(), NOW, NONE)
    event, mail = step.effects
    assert isinstance(event, AddEntry)
    assert isinstance(mail, Mail)
    assert "the requester was reminded: without an answer it is closed at 2026-11-24 12:00 UTC" == event.text
    assert (LIN, "closing", NOW + 2 * DAY) == (mail.to, mail.event, mail.due)
    assert silence.reminder_key(12, 9) == mail.dedupe
    assert Note(9, NONE, NOW + 2 * DAY, NOW, NOW + 2 * DAY) == step.note


def test_closing_says_for_how_long_nothing_was_heard_and_writes_the_mail_of_any_closing() -> None:
    step = decide(reminded(), policy(), NOW, NONE)
    status, event, mail = step.effects
    assert SetStatus(12, Status.CLOSED) == status
    assert isinstance(event, AddEntry)
    assert isinstance(mail, Mail)
    assert "closed without an answer for 7 days" == event.text
    assert (LIN, "closed", "status:closed:silence:9:12") == (mail.to, mail.event, mail.dedupe)
    assert step.note is None, "what was remembered of it is not needed any more"
    assert [effect for effect in step.effects if isinstance(effect, Mail) and effect.agent != ANNA] == []


MACHINE = {"quiet": True}
KEPT: dict[str, dict[str, Any]] = {
    "the customer has the last word": {"theirs": True},
    "nobody said a word": {"word": 0},
    "snoozed": {"ticket": {"snoozed_until": NOW - DAY}},
    "a draft waits": {"draft": True},
    "something is owed": {"owed": "a question to paul@carrier.example is not answered"},
    "they wrote again, in another ticket": {"newer": 13},
    "escalated": {"escalated": True},
    "a machine asked": {"ticket": MACHINE},
    "a flood": {"flood": True},
    "nobody to write to": {"ticket": {"requester": Address("")}},
    "our own address": {"ticket": {"requester": Address("support+x@desk.example")}},
    "mail to them fails": {"facts": {"failed": "550 no such user"}},
    "our mail has not arrived": {"undelivered": True},
}


@each("name", KEPT)
@each("ticket", [waiting, reminded])
def test_what_is_left_to_people_is_looked_at_again(name: str, ticket: Any) -> None:
    step = decide(ticket(**KEPT[name]), policy(), NOW, NONE)
    assert ((), NOW + AGAIN) == (step.effects, step.note and step.note.look_at)


def test_a_mailbox_that_writes_nothing_by_itself_closes_nothing() -> None:
    box = MailboxPolicy("support", "support@desk.example", "support", acknowledge=False)
    assert "looked at again" == done(decide(reminded(), policy(mailboxes={"support": box}), NOW, NONE))


@pytest.mark.parametrize(
    "changes",
    [
        {"status": Status.OPEN}, {"status": Status.NEW}, {"status": Status.CLOSED}, {"spam": True},
        {"merged_into": 7},
    ],
)  # fmt: skip
def test_what_does_not_wait_for_anybody_is_forgotten(changes: dict[str, Any]) -> None:
    assert Step() == decide(reminded(ticket=changes), policy(), NOW, NONE)


@pytest.mark.parametrize("off", [SilencePolicy(), SilencePolicy(7 * DAY, 2 * DAY, reminds=False)])
def test_without_the_key_or_without_the_reminder_nothing_is_closed(off: SilencePolicy) -> None:
    assert Step() == decide(reminded(), policy(silence=off), NOW, NONE)
    assert silence.reminded_after(policy(silence=off)) is None


MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("ticket", "at", "expected", "look"),
    [
        (waiting(), NOW - MINUTE, "looked at again", NOW),
        (waiting(), NOW, "reminded", NOW + 2 * DAY),
        (waiting(since=NOW - 900 * DAY), NOW, "reminded", NOW + 2 * DAY),
        (waiting(since=NOW), NOW, "looked at again", NOW + 5 * DAY),
        # Said while the clock was ahead.
        (waiting(since=NOW + 30 * DAY), NOW, "looked at again", NOW + 7 * DAY),
        (reminded(), NOW - MINUTE, "looked at again", NOW),
        (reminded(), NOW, "closed", None),
        # It left late, has not left, or nobody knows whether it did.
        (reminded(sent_at=NOW - DAY), NOW, "looked at again", NOW + DAY),
        (reminded(sent_at=None), NOW, "looked at again", NOW + AGAIN),
        # It said another day, of a longer period that the config had then.
        (reminded(note=replace(REMINDED, closes_at=NOW + DAY)), NOW, "looked at again", NOW + DAY),
        # Another word since: an answer, or that we wait for theirs.
        (reminded(word=10, since=NOW - DAY), NOW, "looked at again", NOW + 4 * DAY),
        (reminded(word=10, since=NOW - 5 * DAY), NOW, "reminded", NOW + 2 * DAY),
    ],
)
def test_the_time_it_takes(ticket: Waiting, at: datetime, expected: str, look: datetime | None) -> None:
    step = decide(ticket, policy(), at, NONE)
    assert (expected, look) == (done(step), step.note and step.note.look_at)


@pytest.mark.parametrize(
    ("ticket", "lost", "expected"),
    [
        # A month ahead since it was written down, or since the reminder.
        (waiting(since=NOW - 31 * DAY, note=Note(9, NONE, NOW)), 30 * DAY, "looked at again"),
        (reminded(sent_at=NOW - 31 * DAY), 30 * DAY, "looked at again"),
        (reminded(sent_at=NOW - 32 * DAY), 30 * DAY, "closed"),
        # Written down while it was ahead; it was put right.
        (reminded(note=replace(REMINDED, lost=30 * DAY), sent_at=NOW + 28 * DAY), NONE, "closed"),
        # What was lost before counts for nothing.
        (reminded(note=replace(REMINDED, lost=30 * DAY)), 30 * DAY, "closed"),
        # Nothing was written down: what counts is how much had been lost when the word was said.
        (waiting(since=NOW - 31 * DAY, lost_then=NONE), 30 * DAY, "looked at again"),
        (waiting(since=NOW - 35 * DAY, lost_then=NONE), 30 * DAY, "reminded"),
        (waiting(lost_then=30 * DAY), 30 * DAY, "reminded"),
        # Another word was.
        (waiting(since=NOW - 6 * DAY, lost_then=NONE, note=Note(8, NONE, NOW)), 2 * DAY, "looked at again"),
        (waiting(lost_then=2 * DAY, note=Note(8, NONE, NOW)), 2 * DAY, "reminded"),
    ],
)
def test_time_that_was_lost_is_not_counted(ticket: Waiting, lost: timedelta, expected: str) -> None:
    assert expected == done(decide(ticket, policy(), NOW, lost))


@pytest.mark.parametrize(
    ("gap", "lost"),
    [
        (NONE, 0),
        (MINUTE, 0),
        (2 * HOUR, 0),
        (-2 * HOUR, 0),
        (3 * HOUR, 3),
        (30 * DAY, 720),
        (-30 * DAY, -720),
    ],
)
def test_a_leap_is_lost_whole_both_ways(gap: timedelta, lost: int) -> None:
    assert lost * HOUR == silence.lost_since(NOW, NOW + gap)


def test_how_much_had_been_lost_is_known_of_each_moment() -> None:
    looks = Looks()
    # At work for two hours, off for 30 days, at work for an hour, a month ahead and put right.
    off, on = NOW + HOUR, NOW + HOUR + 30 * DAY
    for now in (NOW, off, on, on + HOUR, on + 31 * DAY, on + 2 * HOUR):
        looks = looks.at(now)
    assert (on + 2 * HOUR, 30 * DAY + HOUR) == (looks.last, looks.lost)
    for moment, lost in (
        (NOW, NONE),
        (off, NONE),
        (off + MINUTE, NONE),
        (on, 30 * DAY),
        (on + HOUR, 30 * DAY),
    ):
        assert lost == looks.lost_then(moment), moment
    assert looks.lost == looks.lost_then(on + 3 * HOUR)


def test_no_more_leaps_are_remembered_than_there_is_room_for() -> None:
    looks = Looks(NOW)
    for day in range(1, 100):
        looks = looks.at(NOW + day * DAY)
    assert MOST_LEAPS == len(looks.leaps)
    assert 99 * DAY == looks.lost


def test_two_clocks_that_take_turns_lose_nothing_in_the_end() -> None:
    there, back = NOW + 30 * DAY, NOW + MINUTE
    assert -MINUTE < silence.lost_since(NOW, there) + silence.lost_since(there, back) <= MINUTE


TIGHT = Limits(automatic_per_hour=40)


@pytest.mark.parametrize("ticket", [waiting, reminded])
@pytest.mark.parametrize(
    ("changes", "limits", "goes"),
    [
        ({"lately": 9}, TIGHT, True),
        ({"lately": 10}, TIGHT, False),
        ({"facts": {"automatic_desk_hour": 29}}, TIGHT, True),
        ({"facts": {"automatic_desk_hour": 30}}, TIGHT, False),
        ({"facts": {"braked_at": NOW}}, TIGHT, False),
        ({}, Limits(automatic_per_hour=0), False),
        ({}, Limits(automatic_per_hour=1), True),
        ({"lately": 1}, Limits(automatic_per_hour=1), False),
    ],
)
def test_a_part_of_the_desks_automatic_mail_is_left_to_everything_else(
    ticket: Any, changes: dict[str, Any], limits: Limits, goes: bool
) -> None:
    asked = ticket(**changes)
    step = decide(asked, policy(limits=limits), NOW, NONE)
    assert goes == (not step.full)
    assert goes == bool(step.effects)


@pytest.mark.parametrize(
    ("facts", "limits"),
    [
        ({"automatic_last_hour": 1}, Limits()),
        ({"automatic_last_day": 5}, Limits()),
        ({"automatic_domain_hour": 30}, Limits()),
        ({"automatic_ticket_minutes": 5}, Limits()),
        ({}, Limits(automatic_per_address_hour=0)),
    ],
)
def test_a_person_with_many_old_tickets_is_reminded_of_them_one_after_the_other(
    facts: dict[str, Any], limits: Limits
) -> None:
    step = decide(waiting(facts=facts), policy(limits=limits), NOW, NONE)
    assert ((), NOW + HOUR) == (step.effects, step.note and step.note.look_at)
