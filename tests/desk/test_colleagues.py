"""The rule of who is told what a colleague did, as a table; and what stands in the line."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from each_case import each
from factories import ANNA, NOW, WEI, a_policy, a_ticket

from intake.desk import colleagues, lifecycle, spam
from intake.desk.colleagues import Pending, Standing, Waiting, line, news_of, telling, tells
from intake.desk.draft_effects import Withdraw
from intake.desk.effects import Amend, Assign, Effect, Mail, Record, SetStatus
from intake.desk.people_effects import ColleagueNews, Happened, Mark, MarkColleagues
from intake.desk.ticket import Agent, Status

BOB = Agent(3, "Bob", "bob@staff.example")
MINUTE = timedelta(minutes=1)
BY_ANNA = Record("Anna", "reply token", "", 12, ANNA.id)
BY_ADMIN = Record("admin", "command line", "", 12)
FREE = a_ticket(status=Status.NEW, assignee=None)


def news(happened: Happened = Happened.TAKEN, by: Agent = ANNA, **more: Any) -> ColleagueNews:
    return ColleagueNews(12, happened, by.name, by.id, **more)


def at(minutes: float, happened: Happened = Happened.TAKEN, by: Agent = ANNA, **more: Any) -> Waiting:
    return Waiting(int(minutes * 10) + 1, NOW + minutes * MINUTE, news(happened, by, **more))


# What happened at 0 minutes; who; when it was shown to them, up to when they knew, when they were told;
# whether they watch.
TELLS: dict[str, tuple[Waiting, Agent, tuple[float | None, float | None, float | None], bool, bool]] = {
    "who was shown it as new": (at(0), WEI, (-30, None, None), False, True),
    "who was never shown it": (at(0), WEI, (None, None, None), False, False),
    "who was shown it three weeks ago": (at(0), WEI, (-21 * 1440, None, None), False, False),
    "who took it": (at(0, by=WEI), WEI, (-30, None, None), False, False),
    "who got a newer mail about it": (at(0), WEI, (1, None, None), False, False),
    "who gets another mail of the same decision": (at(0, knowing=(2,)), WEI, (-30, None, None), False, False),
    "who was told that it was taken": (at(0, Happened.ANSWERED), WEI, (-30, -20, -20), False, False),
    "the same, closed": (at(0, Happened.CLOSED), WEI, (-30, -20, -20), False, False),
    "the same, and then the customer wrote to them": (
        at(0, Happened.ANSWERED), WEI, (-10, -20, -20), False, True,
    ),
    "the same, watching": (at(0, Happened.ANSWERED), WEI, (-30, -20, -20), True, True),
    "a watcher who was never shown it": (at(0), WEI, (None, None, None), True, True),
    "a watcher who took it": (at(0, by=WEI), WEI, (-30, None, None), True, False),
    "whose ticket it was": (at(0, concerned=(2,)), WEI, (-30, -20, -20), False, True),
    "whose ticket it was, and who got a newer mail about it": (
        at(0, concerned=(2,)), WEI, (1, None, None), False, False,
    ),
    "a watcher who got a newer mail about it": (at(0), WEI, (1, None, None), True, False),
    "who answered first, of the second": (
        at(0, Happened.SECOND, concerned=(2,)), WEI, (-30, -20, None), False, True,
    ),
    "a watcher, of the second": (at(0, Happened.SECOND, concerned=(1,)), WEI, (-30, None, None), True, False),
    "who was shown it as new, of the second": (
        at(0, Happened.SECOND, concerned=(1,)), WEI, (-30, None, None), False, False,
    ),
    "who knows it already": (at(0, concerned=(2,)), WEI, (-30, 0, 0), True, False),
    "who was told that it was answered, taken back": (
        at(0, Happened.WITHDRAWN), WEI, (-30, -20, -20), False, True,
    ),
    "who was told that it was taken, put back": (at(0, Happened.FREE), WEI, (-30, -20, -20), False, True),
    "who answered themselves, taken back by another": (
        at(0, Happened.WITHDRAWN), WEI, (-30, -20, None), False, False,
    ),
}  # fmt: skip


@each("case", TELLS)
def test_who_is_told(case: str) -> None:
    waiting, agent, (shown, known, told), watches, expected = TELLS[case]
    moments = (None if minutes is None else NOW + minutes * MINUTE for minutes in (shown, known, told))
    assert expected is tells(waiting, Standing(agent, *moments), watches)


HAPPENED: dict[str, tuple[list[Effect], list[tuple[Happened, str]]]] = {
    "taken": ([Assign(12, ANNA), BY_ANNA], [(Happened.TAKEN, "")]),
    "answered": (lifecycle.reply(FREE, ANNA, "Look.", "k", a_policy()), [(Happened.ANSWERED, "")]),
    "answered and closed": (
        [*lifecycle.reply(FREE, ANNA, "Look.", "k", a_policy()), SetStatus(12, Status.CLOSED)],
        [(Happened.SOLVED, "")],
    ),
    "closed": ([*lifecycle.close(FREE, "Anna", "k"), BY_ANNA], [(Happened.CLOSED, "")]),
    "given on": ([Assign(12, WEI), BY_ANNA], [(Happened.GIVEN, "Wei")]),
    "given to a team": ([Assign(12, None, "security"), BY_ANNA], [(Happened.GIVEN_TO_TEAM, "security")]),
    "put back": ([Assign(12, None), BY_ADMIN], [(Happened.FREE, "")]),
    "given by an admin": ([Assign(12, ANNA), BY_ADMIN], [(Happened.GIVEN, "Anna")]),
    "merged": (
        [Amend(12, {"merged_into": 7}), SetStatus(12, Status.CLOSED), BY_ANNA],
        [(Happened.MERGED, "7")],
    ),
    "taken back": ([Withdraw(12, 1, (1,)), BY_ANNA], [(Happened.WITHDRAWN, "")]),
    "answered and given on": (
        [*lifecycle.reply(FREE, ANNA, "Look.", "k", a_policy()), Assign(12, WEI), BY_ANNA],
        [(Happened.ANSWERED, ""), (Happened.GIVEN, "Wei")],
    ),
    "marked as spam": ([*spam.mark(FREE, "Anna"), BY_ANNA], []),
    "a note": ([*lifecycle.note(FREE, "Psst", "Anna", "k", ANNA), BY_ANNA], []),
    "a step of the clock": ([Assign(12, WEI)], []),
    "another priority": ([Amend(12, {"priority": "high"}), BY_ANNA], []),
}


@pytest.mark.parametrize("case", HAPPENED)
def test_what_happened_is_read_off_the_decision(case: str) -> None:
    effects, expected = HAPPENED[case]
    assert expected == [(each.happened, each.whom) for each in news_of(effects, {12: FREE})]


def test_a_new_ticket_is_no_news() -> None:
    assert [] == news_of([Assign(None, ANNA), BY_ANNA], {12: FREE})


def test_whose_work_it_was_and_is_are_concerned_and_who_acted_is_not() -> None:
    (given,) = news_of([Assign(12, BOB), BY_ANNA], {12: a_ticket(assignee=WEI)})
    assert (WEI.id, BOB.id) == given.concerned


LINES = {
    "taken, then answered": (
        [at(0), at(1, Happened.ANSWERED)],
        "Anna answered; waiting for the customer.",
    ),
    "answered, then closed": (
        [at(0, Happened.ANSWERED), at(1, Happened.CLOSED)],
        "Anna answered; waiting for the customer. Anna closed this ticket.",
    ),
    "answered twice": (
        [at(0, Happened.ANSWERED), at(1, Happened.ANSWERED)],
        "Anna answered; waiting for the customer.",
    ),
    "given on and on": (
        [at(0, Happened.GIVEN, whom="Wei"), at(1, Happened.GIVEN, WEI, whom="Bob")],
        "Wei gave this ticket to Bob.",
    ),
    "an answer that was taken back before anybody heard": (
        [at(0, Happened.ANSWERED), at(1, Happened.WITHDRAWN)],
        "",
    ),
    "a second answer that then went out": (
        [at(0, Happened.SECOND), at(1, Happened.ANSWERED)],
        "Anna answered; waiting for the customer.",
    ),
    "two who answered": (
        [at(0, Happened.ANSWERED), at(1, Happened.ANSWERED, WEI)],
        "Anna answered; waiting for the customer. Wei answered; waiting for the customer.",
    ),
}


@pytest.mark.parametrize("case", LINES)
def test_what_the_line_says(case: str) -> None:
    waiting, expected = LINES[case]
    assert expected == line(waiting)


def pending(*waiting: Waiting, told: float | None = None, watchers: tuple[Agent, ...] = (BOB,)) -> Pending:
    told_at = NOW + told * MINUTE if told is not None else None
    standings = (Standing(ANNA, NOW - MINUTE), Standing(BOB, NOW - MINUTE, told_at, told_at))
    return Pending(replace(FREE, watchers=watchers), waiting, standings)


def mails(effects: list[Effect]) -> list[str]:
    return [effect.text for effect in effects if isinstance(effect, Mail)]


def test_the_first_goes_at_once_and_the_next_at_the_end_of_ten_minutes() -> None:
    first = telling(pending(at(0)), NOW)
    assert ["Anna has taken this ticket."] == mails(first)
    assert MarkColleagues(12, (1,), (Mark(1, NOW), Mark(3, NOW, NOW))) == first[-1]
    second = pending(at(2, Happened.ANSWERED), told=0)
    held = telling(second, NOW + 2 * MINUTE)
    assert [] == mails(held)
    assert isinstance(held[-1], MarkColleagues)
    assert NOW + 10 * MINUTE == held[-1].again
    assert ["Anna answered; waiting for the customer."] == mails(telling(second, NOW + 10 * MINUTE))


def test_a_second_answer_that_waits_is_told_at_the_end_of_ten_minutes_or_with_what_comes_before() -> None:
    second = at(0, Happened.SECOND, concerned=(BOB.id,))
    held = telling(pending(second, watchers=()), NOW)
    assert [] == mails(held)
    assert isinstance(held[-1], MarkColleagues)
    assert NOW + 10 * MINUTE == held[-1].again
    late = "Anna has written a reply too. It is kept until Anna has read yours."
    assert [late] == mails(telling(pending(second, watchers=()), NOW + 10 * MINUTE))
    both = pending(second, at(2, Happened.CLOSED), watchers=())
    assert [f"{late} Anna closed this ticket."] == mails(telling(both, NOW + 2 * MINUTE))
    # The clock was put back: nothing waits longer than that.
    assert [late] == mails(telling(pending(second, watchers=()), NOW - MINUTE))


def test_who_got_the_tickets_page_meanwhile_is_told_nothing() -> None:
    second = at(0, Happened.SECOND, concerned=(BOB.id,))
    shown = Pending(FREE, (second,), (Standing(BOB, NOW + 5 * MINUTE),))
    (done,) = telling(shown, NOW + 10 * MINUTE)
    assert MarkColleagues(12, (1,)) == done


def test_a_clock_that_was_put_back_holds_nothing_for_ever() -> None:
    later = pending(at(601), told=600)
    assert ["Anna has taken this ticket."] == mails(telling(later, NOW + 599 * MINUTE))


def test_each_mail_has_a_key_of_its_news_and_its_agent() -> None:
    (mail,) = (effect for effect in telling(pending(at(0)), NOW) if isinstance(effect, Mail))
    assert (f"{colleagues.EVENT}:12:1:3", colleagues.EVENT) == (mail.dedupe, mail.event)
