"""When promises begin, stand still, go on and end: what each decision does to a ticket's clocks."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from factories import ANNA, DESK_ADDRESS, LIN, NOW, STRANGER, a_policy, a_ticket

from intake.desk import lifecycle
from intake.desk.business_time import office
from intake.desk.effects import (
    AddEntry,
    Amend,
    Assign,
    Effect,
    Finish,
    Mail,
    MailKind,
    OpenTicket,
    Outcome,
    SetStatus,
)
from intake.desk.merge_effects import SplitOff
from intake.desk.message import Address
from intake.desk.policy import Policy
from intake.desk.sla_clocks import start, with_promises
from intake.desk.sla_effects import SetPromises
from intake.desk.sla_policies import Group, Length, ServiceLevel, level_for, shipped
from intake.desk.sla_target import PromiseState, SlaTarget, Target
from intake.desk.ticket import EntryKind, Status, Ticket

FIRST, NEXT, RESOLUTION = Target.FIRST_RESPONSE, Target.NEXT_RESPONSE, Target.RESOLUTION
HOUR = timedelta(hours=1)


def hours(number: float) -> Length:
    return Length(rest=number * HOUR)


URGENT = ServiceLevel(
    "urgent", {FIRST: hours(4), NEXT: hours(2), RESOLUTION: hours(8)}, priorities=("urgent",)
)
# Monday to Friday, 9 to 17: NOW is a Sunday noon.
NORMAL = ServiceLevel("normal", {FIRST: hours(8), NEXT: hours(8), RESOLUTION: hours(40)}, office())
POLICY = a_policy(levels=(URGENT, NORMAL))

OPENED = OpenTicket("Coins", LIN, "en", "support", "support", "imap")
ACK = Mail(MailKind.ACKNOWLEDGEMENT, None, LIN, "ack")
DONE = Finish(Outcome.TICKETED)


def said(kind: EntryKind, ticket: int | None = 12) -> AddEntry:
    return AddEntry(ticket, kind, LIN, "words")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def promised(ticket: Ticket, *targets: Target, at: datetime = NOW, level: ServiceLevel = NORMAL) -> Ticket:
    """The ticket with promises that began at `at`, as the store would have numbered them."""
    made = [start(target, level, at) for target in targets]
    numbered = tuple(replace(one, id=place) for place, one in enumerate(made, 1) if one)
    return replace(ticket, promises=numbered)


def decide(
    effects: list[Effect], ticket: Ticket | None = None, now: datetime = NOW, policy: Policy = POLICY
) -> SetPromises | None:
    known = {ticket.id: ticket} if ticket else {}
    found = [one for one in with_promises(effects, known, policy, now) if isinstance(one, SetPromises)]
    return found[0] if found else None


def states(effect: SetPromises | None) -> dict[Target, PromiseState]:
    assert effect is not None
    return {one.target: one.state for one in effect.promises}


def after_it(ticket: Ticket, effect: SetPromises | None) -> Ticket:
    """The ticket as the store would have it afterwards."""
    if effect is None:
        return ticket
    there = {one.target: one for one in ticket.promises}
    for number, one in enumerate(effect.promises, 10):
        there.pop(one.target, None)
        if one.state.open:
            there[one.target] = replace(one, id=one.id or number)
    first, waiting = effect.first_response_at, effect.waiting_since
    return replace(ticket, promises=tuple(there.values()), first_response_at=first, waiting_since=waiting)


# -- beginning ---------------------------------------------------------------------------


def test_a_new_ticket_is_promised_an_answer_and_the_acknowledgement_says_when() -> None:
    effects = with_promises([OPENED, said(EntryKind.CUSTOMER, None), ACK, DONE], {}, POLICY, NOW, 480)
    promise = next(one for one in effects if isinstance(one, SetPromises))
    due = {FIRST: utc("2026-11-23 17:00"), RESOLUTION: utc("2026-11-27 17:00")}
    assert due == promise.due
    assert NOW == promise.waiting_since
    assert promise.first_response_at is None
    mail = next(one for one in effects if isinstance(one, Mail))
    assert utc("2026-11-23 17:00") == mail.due
    assert 480 == next(one.utc_offset for one in effects if isinstance(one, OpenTicket))
    assert DONE == effects[-1]


def test_what_triage_says_in_the_same_decision_chooses_the_policy() -> None:
    effect = decide([OPENED, said(EntryKind.CUSTOMER, None), Amend(None, {"priority": "urgent"}), DONE])
    assert effect
    assert {FIRST: NOW + 4 * HOUR, RESOLUTION: NOW + 8 * HOUR} == effect.due


NOTHING_PROMISED: dict[str, list[Effect]] = {
    "an old mail, closed at once": [replace(OPENED, status=Status.CLOSED), said(EntryKind.CUSTOMER, None)],
    "spam": [OPENED, said(EntryKind.CUSTOMER, None), Amend(None, {"spam": True})],
    "a note in a ticket": [said(EntryKind.NOTE)],
    "a machine's mail": [said(EntryKind.AUTOMATIC)],
    "a draft": [said(EntryKind.DRAFT)],
    "an event": [said(EntryKind.EVENT)],
    "an acknowledgement alone": [ACK],
    "nothing at all": [],
}


@pytest.mark.parametrize("effects", NOTHING_PROMISED.values(), ids=NOTHING_PROMISED)
def test_nothing_follows_from(effects: list[Effect]) -> None:
    ticket = promised(a_ticket(status=Status.NEW, waiting_since=NOW), FIRST, at=NOW - HOUR)
    assert decide(effects, ticket) is None


def test_where_no_policy_fits_nothing_is_promised() -> None:
    effect = decide([OPENED, said(EntryKind.CUSTOMER, None)], policy=a_policy(levels=(URGENT,)))
    assert effect
    assert (() , {}) == (effect.promises, effect.due)  # fmt: skip


# -- answering ---------------------------------------------------------------------------

MONDAY = utc("2026-11-23 10:00")


def waiting_ticket() -> Ticket:
    """Opened on Sunday; the answer is due on Monday at 17, the solution on Friday at 17."""
    ticket = a_ticket(status=Status.NEW, created_at=NOW, waiting_since=NOW)
    return promised(ticket, FIRST, RESOLUTION)


def test_an_answer_keeps_the_promise_and_the_clock_of_the_solution_stops() -> None:
    reply = lifecycle.reply(waiting_ticket(), ANNA, "Look again.", "key", POLICY)
    effect = decide(reply, waiting_ticket(), MONDAY)
    assert effect
    assert {FIRST: PromiseState.KEPT, RESOLUTION: PromiseState.PAUSED} == states(effect)
    assert ({}, MONDAY, None) == (effect.due, effect.first_response_at, effect.waiting_since)
    solution = next(one for one in effect.promises if one.target is RESOLUTION)
    # One of the forty hours has passed since Monday at 9.
    assert 39 * HOUR == solution.left


def test_an_answer_that_comes_late_breaks_it() -> None:
    reply = lifecycle.reply(waiting_ticket(), ANNA, "Sorry.", "key", POLICY)
    late = utc("2026-11-23 17:00") + timedelta(seconds=1)
    assert PromiseState.BROKEN == states(decide(reply, waiting_ticket(), late))[FIRST]
    assert PromiseState.KEPT == states(decide(reply, waiting_ticket(), utc("2026-11-23 17:00")))[FIRST]


def test_when_the_customer_answers_the_remaining_time_goes_on_and_the_next_answer_is_promised() -> None:
    reply = lifecycle.reply(waiting_ticket(), ANNA, "Look again.", "key", POLICY)
    answered = replace(
        after_it(waiting_ticket(), decide(reply, waiting_ticket(), MONDAY)), status=Status.PENDING
    )
    # A week later: the 39 hours were kept, however long it took.
    back = utc("2026-11-30 12:00")
    effect = decide([said(EntryKind.CUSTOMER), SetStatus(12, Status.OPEN)], answered, back)
    assert effect
    # 5 hours on Monday and 34 more: four days and two hours.
    due = {NEXT: utc("2026-12-01 12:00"), RESOLUTION: utc("2026-12-07 11:00")}
    assert due == effect.due
    assert (MONDAY, back) == (effect.first_response_at, effect.waiting_since)


def test_a_second_mail_of_the_customer_does_not_put_the_answer_off() -> None:
    again = decide([said(EntryKind.CUSTOMER)], waiting_ticket(), MONDAY)
    assert again is None


def test_a_status_set_by_hand_stops_the_clock_and_lets_it_go_on() -> None:
    paused = decide([SetStatus(12, Status.PENDING)], waiting_ticket(), MONDAY)
    assert {FIRST: PromiseState.PAUSED, RESOLUTION: PromiseState.PAUSED} == states(paused)
    there = replace(after_it(waiting_ticket(), paused), status=Status.PENDING)
    effect = decide([SetStatus(12, Status.OPEN)], there, utc("2026-11-25 09:00"))
    assert effect
    assert utc("2026-11-25 16:00") == effect.due[FIRST]


# -- closing and reopening -----------------------------------------------------------------


def test_closing_keeps_the_solution_and_drops_the_answer() -> None:
    effect = decide(lifecycle.close(waiting_ticket(), "Anna", "key"), waiting_ticket(), MONDAY)
    assert effect
    assert {RESOLUTION: PromiseState.KEPT, FIRST: PromiseState.DROPPED} == states(effect)
    assert ({}, "resolved", None) == (effect.due, effect.settled, effect.waiting_since)


def test_closing_after_the_time_breaks_both() -> None:
    effect = decide(
        lifecycle.close(waiting_ticket(), "Anna", "key"), waiting_ticket(), NOW + timedelta(days=9)
    )
    assert {RESOLUTION: PromiseState.BROKEN, FIRST: PromiseState.BROKEN} == states(effect)


def test_answering_and_closing_at_once_keeps_both() -> None:
    effects = lifecycle.reply(waiting_ticket(), ANNA, "Done.", "key", POLICY)
    effects += lifecycle.close(waiting_ticket(), "Anna", "key")
    effect = decide(effects, waiting_ticket(), MONDAY)
    assert {FIRST: PromiseState.KEPT, RESOLUTION: PromiseState.KEPT} == states(effect)


ENDINGS = {"spam": {"spam": True}, "merged away": {"merged_into": 3}}


@pytest.mark.parametrize("changes", ENDINGS.values(), ids=ENDINGS)
def test_nothing_is_owed_to(changes: Any) -> None:
    effect = decide([Amend(12, changes)], waiting_ticket(), MONDAY)
    assert effect
    assert {FIRST: PromiseState.DROPPED, RESOLUTION: PromiseState.DROPPED} == states(effect)
    assert "cancelled" == effect.settled


def test_a_closed_ticket_reopened_by_its_requester_is_promised_anew() -> None:
    closed = a_ticket(status=Status.CLOSED, first_response_at=NOW - HOUR)
    effect = decide([said(EntryKind.CUSTOMER), SetStatus(12, Status.OPEN)], closed, MONDAY)
    assert effect
    assert {RESOLUTION, NEXT} == set(effect.due)
    assert MONDAY == effect.waiting_since


def test_reopened_by_an_agent_nobody_waits_for_an_answer() -> None:
    closed = a_ticket(status=Status.CLOSED, first_response_at=NOW - HOUR)
    effect = decide(lifecycle.reopen(closed, "Anna", "key"), closed, MONDAY)
    assert effect
    assert ({RESOLUTION}, None) == (set(effect.due), effect.waiting_since)


ANSWERS_ALONE = a_policy(levels=shipped())


@pytest.mark.parametrize("first", [None, NOW - HOUR], ids=["never answered", "answered before"])
@pytest.mark.parametrize("waits", [True, False], ids=["by its requester", "by an agent"])
def test_whoever_opens_a_ticket_again_starts_a_clock(first: datetime | None, waits: bool) -> None:
    closed = a_ticket(status=Status.CLOSED, first_response_at=first)
    effect = decide(lifecycle.reopen(closed, "somebody", "key", waits), closed, MONDAY, ANSWERS_ALONE)
    assert effect
    assert {NEXT if first else FIRST} == set(effect.due)


def test_a_requester_who_opens_it_again_by_a_button_waits_for_an_answer() -> None:
    closed = a_ticket(status=Status.CLOSED, first_response_at=NOW - HOUR)
    effect = decide(lifecycle.reopen(closed, "the requester", "key", waits=True), closed, MONDAY)
    assert effect
    assert ({RESOLUTION, NEXT}, MONDAY) == (set(effect.due), effect.waiting_since)


def test_opened_again_with_an_answer_nobody_waits() -> None:
    closed = a_ticket(status=Status.CLOSED, first_response_at=NOW - HOUR)
    effects = [said(EntryKind.REPLY), SetStatus(12, Status.PENDING), SetStatus(12, Status.OPEN)]
    effect = decide(effects, closed, MONDAY, ANSWERS_ALONE)
    assert effect is None or not effect.due


def test_what_is_split_off_is_promised_an_answer_of_its_own() -> None:
    old = a_ticket(status=Status.OPEN, priority="urgent", first_response_at=NOW - HOUR)
    split = [SplitOff(12, 5, LIN, "Another matter"), AddEntry(None, EntryKind.EVENT, LIN, "split off")]
    notice = Mail(MailKind.NOTICE, None, LIN, "notice")
    effects = with_promises([*split, notice], {12: old}, POLICY, MONDAY)
    (made,) = [one for one in effects if isinstance(one, SetPromises) and one.ticket is None]
    assert {FIRST: MONDAY + 4 * HOUR, RESOLUTION: MONDAY + 8 * HOUR} == made.due
    assert MONDAY == made.waiting_since
    assert [MONDAY + 4 * HOUR] == [one.due for one in effects if isinstance(one, Mail)]


# -- under another policy ------------------------------------------------------------------


def priority(to: str) -> list[Effect]:
    return [Amend(12, {"priority": to})]


def test_made_urgent_the_shorter_time_counts_from_now() -> None:
    effect = decide(priority("urgent"), waiting_ticket(), MONDAY)
    assert effect
    assert MONDAY + 4 * HOUR == effect.due[FIRST]
    # The old promises end, and new rows take their place.
    assert [PromiseState.DROPPED] * 2 == [one.state for one in effect.promises if one.id]
    assert ["urgent"] * 2 == [one.policy for one in effect.promises if one.id is None]


def test_made_urgent_shortly_before_the_end_nothing_is_put_off() -> None:
    effect = decide(priority("urgent"), waiting_ticket(), utc("2026-11-23 16:00"))
    assert effect
    assert utc("2026-11-23 17:00") == effect.due[FIRST]


def test_no_longer_urgent_the_time_counts_from_the_beginning() -> None:
    urgent = promised(a_ticket(status=Status.NEW, priority="urgent"), FIRST, level=URGENT, at=MONDAY)
    effect = decide(priority("normal"), urgent, MONDAY + 2 * HOUR)
    assert effect
    assert utc("2026-11-24 10:00") == effect.due[FIRST]


def test_a_paused_promise_learns_its_new_length() -> None:
    paused = after_it(waiting_ticket(), decide([SetStatus(12, Status.PENDING)], waiting_ticket(), MONDAY))
    paused = replace(paused, status=Status.PENDING)
    effect = decide(priority("urgent"), paused, MONDAY)
    assert effect
    new = {one.target: one for one in effect.promises if one.id is None}
    assert {FIRST: 3 * HOUR, RESOLUTION: 7 * HOUR} == {target: one.left for target, one in new.items()}
    assert {PromiseState.PAUSED} == {one.state for one in new.values()}


def test_what_changes_no_policy_changes_no_promise() -> None:
    same = [Amend(12, {"subject": "Other"}), Assign(12, ANNA, "other"), Amend(12, {"priority": "high"})]
    assert decide(same, waiting_ticket(), MONDAY) is None


def test_a_ticket_that_comes_under_a_policy_is_promised_from_then_on() -> None:
    policy = a_policy(levels=(URGENT,))
    ticket = a_ticket(status=Status.NEW, waiting_since=NOW)
    effect = decide(priority("urgent"), ticket, MONDAY, policy)
    assert effect
    assert {FIRST: MONDAY + 4 * HOUR, RESOLUTION: MONDAY + 8 * HOUR} == effect.due


def test_a_ticket_that_leaves_every_policy_is_promised_nothing_more() -> None:
    urgent = promised(a_ticket(status=Status.NEW, priority="urgent"), FIRST, level=URGENT, at=MONDAY)
    effect = decide(priority("low"), urgent, MONDAY, a_policy(levels=(URGENT,)))
    assert effect
    assert {} == effect.due
    assert {FIRST: PromiseState.DROPPED} == states(effect)


# -- choosing a policy ---------------------------------------------------------------------

GROUP = Group("vip", frozenset({"lin@customer.example"}), frozenset({"bank.example"}))
TARGETS = {FIRST: hours(1)}
FITTING: dict[str, tuple[dict[str, Any], dict[str, Any], bool]] = {
    "anything": ({}, {}, True),
    "its priority": ({"priorities": ("Urgent", "high")}, {"priority": "urgent"}, True),
    "another priority": ({"priorities": ("urgent",)}, {}, False),
    "its category": ({"categories": ("security",)}, {"category": "security"}, True),
    "not a valid category": ({"categories": ("security",)}, {}, False),
    "its team": ({"teams": ("support",)}, {}, True),
    "another team": ({"teams": ("keys",)}, {}, False),
    "its language": ({"languages": ("en",)}, {}, True),
    "a kind of its language": ({"languages": ("zh",)}, {"language": "zh-Hans"}, True),
    "a language that begins alike": ({"languages": ("e",)}, {}, False),
    "an address of the group": ({"groups": (GROUP,)}, {}, True),
    "a domain of the group": ({"groups": (GROUP,)}, {"requester": Address("a@bank.example")}, True),
    "below a domain of it": ({"groups": (GROUP,)}, {"requester": Address("a@asia.Bank.example")}, True),
    "a domain that ends alike": ({"groups": (GROUP,)}, {"requester": Address("a@notbank.example")}, False),
    "a stranger": ({"groups": (GROUP,)}, {"requester": STRANGER}, False),
    "all but one": ({"teams": ("support",), "priorities": ("urgent",)}, {}, False),
}


@pytest.mark.parametrize(("level", "ticket", "fits"), FITTING.values(), ids=FITTING)
def test_a_policy_fits(level: dict[str, Any], ticket: dict[str, Any], fits: bool) -> None:
    assert fits == ServiceLevel("one", TARGETS, **level).fits(a_ticket(**ticket))


def test_the_first_policy_of_the_file_wins() -> None:
    one, two = ServiceLevel("one", TARGETS), ServiceLevel("two", TARGETS)
    assert one == level_for((one, two), a_ticket())
    assert level_for((), a_ticket()) is None


def test_where_the_config_says_nothing_urgent_is_four_hours_and_the_rest_a_business_day() -> None:
    policy = Policy({}, levels=shipped())
    friday = utc("2026-11-27 15:00")
    for priority_, due in (("urgent", friday + 4 * HOUR), ("normal", utc("2026-11-30 15:00"))):
        opened = [replace(OPENED, priority=priority_), said(EntryKind.CUSTOMER, None)]
        effect = decide(opened, now=friday, policy=policy)
        assert effect
        assert {FIRST: due} == effect.due


def test_a_day_is_a_working_day_of_the_calendar() -> None:
    assert 16 * HOUR == Length(2).on(office())
    assert 49 * HOUR == Length(2, HOUR).on(None)


def test_of_a_policy_that_left_the_config_the_clock_is_the_walls() -> None:
    gone = SlaTarget(FIRST, "gone", 8 * HOUR, NOW, NOW, 8 * HOUR, NOW + 8 * HOUR, id=1)
    ticket = a_ticket(status=Status.NEW, promises=(gone,))
    effect = decide([SetStatus(12, Status.PENDING)], ticket, NOW + HOUR)
    assert effect
    assert 7 * HOUR == effect.promises[0].left


def test_our_own_address_is_no_requester_of_a_promise_told() -> None:
    # The acknowledgement of another ticket in the same decision is not this one's.
    other = replace(ACK, ticket=12, to=Address(DESK_ADDRESS))
    effects = with_promises([OPENED, said(EntryKind.CUSTOMER, None), other], {}, POLICY, NOW)
    assert next(one for one in effects if isinstance(one, Mail)).due is None


# -- what agents are told ------------------------------------------------------------------


def notice(ticket: int | None) -> Mail:
    return Mail(MailKind.NOTICE, ticket, Address(ANNA.address), f"notice:{ticket}", agent=ANNA)


def told(effects: list[Effect], ticket: Ticket | None = None, now: datetime = NOW) -> list[datetime | None]:
    known = {ticket.id: ticket} if ticket else {}
    made = with_promises(effects, known, POLICY, now)
    return [one.due for one in made if isinstance(one, Mail)]


AGAIN: list[Effect] = [said(EntryKind.CUSTOMER), SetStatus(12, Status.OPEN), notice(12)]
TOLD: dict[str, tuple[list[Effect], Ticket | None, datetime | None]] = {
    "a new ticket": ([OPENED, said(EntryKind.CUSTOMER, None), notice(None)], None, utc("2026-11-23 17:00")),
    "urgent, by this very decision": (
        [OPENED, said(EntryKind.CUSTOMER, None), Amend(None, {"priority": "urgent"}), notice(None)],
        None,
        NOW + 4 * HOUR,
    ),
    "written again, the first answer is still due": (AGAIN, waiting_ticket(), utc("2026-11-23 17:00")),
    "answered before, now the next answer is due": (
        AGAIN,
        replace(a_ticket(), first_response_at=NOW - HOUR),
        utc("2026-11-23 17:00"),
    ),
    "spam": ([OPENED, said(EntryKind.CUSTOMER, None), Amend(None, {"spam": True}), notice(None)], None, None),
    "nothing but the solution is promised": (
        [said(EntryKind.NOTE), notice(12)],
        promised(a_ticket(status=Status.OPEN), RESOLUTION),
        None,
    ),
    "of another ticket": ([OPENED, said(EntryKind.CUSTOMER, None), notice(12)], None, None),
}


@pytest.mark.parametrize(("effects", "ticket", "due"), TOLD.values(), ids=TOLD)
def test_notices_know_until_when_an_answer_is_promised(
    effects: list[Effect], ticket: Ticket | None, due: datetime | None
) -> None:
    assert [due] == told(effects, ticket)


def test_a_notice_is_not_told_of_an_answer_that_was_given_in_the_same_decision() -> None:
    effects = [said(EntryKind.REPLY), SetStatus(12, Status.PENDING), notice(12)]
    assert [None] == told(effects, waiting_ticket(), MONDAY)
