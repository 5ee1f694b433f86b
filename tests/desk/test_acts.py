"""What needs a second person, who is one, and when an act may be done."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from intake.desk.acts import Actor, Plan, Request, State, lasting, needs_two, same_person

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
DAY = timedelta(hours=24)
BY_HAND = Actor("root")
AS_ANNA = Actor("root", "anna@desk.example")
ANNA = Actor("root", "anna@desk.example", proven=True)


def test_a_second_person_is_another_agent_with_a_factor_of_their_own() -> None:
    ben = Actor("root", "ben@desk.example", proven=True)
    cases = [
        # who asked, who agrees, whether they count as one
        (ANNA, ben, False),
        (ANNA, ANNA, True),
        (ANNA, replace(ben, proven=False), True),
        (ANNA, Actor("other"), True),
        (AS_ANNA, ben, True),
        (AS_ANNA, replace(ben, login="ben"), False),
        (BY_HAND, ben, True),
        (BY_HAND, replace(ben, login="ben"), False),
        (ANNA, Actor("ben", "A.nna+2@desk.example", proven=True), True),
        (ANNA, Actor("ben", "ANNA@DESK.EXAMPLE", proven=True), True),
        (ANNA, Actor("ben", "anna@elsewhere.example", proven=True), False),
    ]
    wrong = [(first, other) for first, other, alike in cases if same_person(first, other) is not alike]
    assert [] == wrong


def test_what_may_never_be_done_alone_needs_two_and_the_rest_once_there_is_a_factor() -> None:
    kinds = ("reveal", "export", "lift", "erase-held", "factor", "erase", "redact")
    assert [True] * 5 + [False] * 2 == [needs_two(kind, 0) for kind in kinds]
    assert all(needs_two(kind, 1) for kind in kinds)


def test_a_plan_has_one_form_and_any_other_fact_makes_another() -> None:
    plan = Plan("export", 12, details={"revision": "7", "for": "警察 ref/4"})
    same = Plan("export", 12, details={"for": "警察 ref/4", "revision": "7"})
    assert plan.canonical == same.canonical
    assert plan.digest == same.digest
    others = [
        Plan("export", 13, details=plan.details),
        Plan("reveal", 12, details=plan.details),
        Plan("export", 12, "a@b.example", plan.details),
        Plan("export", 12, details={"revision": "8", "for": "警察 ref/4"}),
    ]
    assert len({each.digest for each in (plan, *others)}) == 5


def test_when_an_act_may_be_done() -> None:
    with_another, alone = lasting(False, NOW), lasting(True, NOW)
    cases = [
        (State.WAITING, with_another, timedelta(hours=1), False),
        (State.APPROVED, with_another, timedelta(hours=23), True),
        (State.APPROVED, with_another, timedelta(hours=25), False),
        (State.REFUSED, with_another, timedelta(hours=1), False),
        (State.DONE, with_another, timedelta(hours=1), False),
        (State.WAITING, alone, timedelta(hours=23), False),
        (State.WAITING, alone, timedelta(hours=24), True),
        (State.REFUSED, alone, timedelta(hours=25), False),
        (State.WAITING, alone, timedelta(hours=49), False),
    ]
    wrong = []
    for state, (ready, expires), after, may in cases:
        asked = Request(1, "erase", 0, "{}", "d", "why so", ANNA, NOW, ready, expires, state)
        if asked.usable(NOW + after) is not may:
            wrong.append((state, after))
    assert [] == wrong
