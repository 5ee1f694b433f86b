"""The clock was years ahead and is put right: what was written meanwhile decides nothing about today."""

from datetime import timedelta

import pytest
from store_bench import ANN, Bench

from intake.desk.budgets import braked, digest_is_due
from intake.desk.digest import due
from intake.desk.effects import MailKind
from intake.desk.facts import Facts
from intake.desk.message import Message
from intake.desk.people import Notify
from intake.desk.policy import Policy
from intake.desk.ticket import Agent

LEAPS = {"a day": timedelta(days=1), "thirty days": timedelta(days=30), "twelve years": timedelta(days=4383)}


@pytest.fixture(params=LEAPS.values(), ids=LEAPS)
def ahead(request: pytest.FixtureRequest) -> timedelta:
    leap: timedelta = request.param
    return leap


def test_mail_of_the_future_counts_against_no_ceiling(bench: Bench, ahead: timedelta) -> None:
    right, bench.now = bench.now, bench.now + ahead
    for number in range(5):
        bench.owe(f"acknowledgement:{number}", MailKind.ACKNOWLEDGEMENT, ANN)
        bench.owe(f"alert:{number}", MailKind.ALERT, ANN)
    bench.receive(b"mail of the future")
    message = Message("x", 1, "y", sender=ANN)
    meanwhile = bench.store.rates.count(message, 1, 1, bench.now)
    counted = bench.store.rates.count(message, 1, 1, right)
    assert (5, 5) == (meanwhile.address_hour, meanwhile.ticket_minutes)
    assert (0, 0, 0, 0, 0, 0) == (
        counted.address_hour,
        counted.address_day,
        counted.domain_hour,
        counted.desk_hour,
        counted.alerts_hour,
        counted.ticket_minutes,
    )


def test_a_brake_of_the_future_holds_nothing(bench: Bench, ahead: timedelta) -> None:
    pulled = bench.now + ahead
    bench.store.rates.pull_brake(pulled)
    assert bench.store.rates.braked_at(pulled) is not None
    assert bench.store.rates.braked_at(bench.now) is None
    assert not braked(Facts(bench.now, braked_at=pulled))
    assert braked(Facts(bench.now, braked_at=bench.now - timedelta(minutes=1)))


def test_a_brake_released_in_the_future_does_not_stop_the_counting(bench: Bench, ahead: timedelta) -> None:
    bench.store.rates.pull_brake(bench.now + ahead)
    bench.store.rates.release_brake(bench.now + ahead)
    bench.owe("acknowledgement:1", MailKind.ACKNOWLEDGEMENT, ANN)
    assert 1 == bench.store.rates.count(Message("x", 1, "y", sender=ANN), 1, 1, bench.now).desk_hour


def test_a_mailbox_leased_in_the_future_can_be_read(bench: Bench, ahead: timedelta) -> None:
    lease = timedelta(minutes=2)
    assert bench.store.mailboxes.lease("support", "elsewhere 1 1 x", bench.now + ahead, lease)
    assert bench.store.mailboxes.lease("support", "here 1 1 y", bench.now, lease)
    assert not bench.store.mailboxes.lease("support", "third 1 1 z", bench.now + timedelta(minutes=1), lease)


def test_posts_of_the_future_keep_no_visitor_out(bench: Bench, ahead: timedelta) -> None:
    rules = {"address": [(2, 60), (5, 3600)]}
    for _ in range(2):
        assert 0 == bench.store.web.admit(rules, bench.now + ahead)
    assert 0 < bench.store.web.admit(rules, bench.now + ahead)
    assert [0, 0] == [bench.store.web.admit(rules, bench.now) for _ in range(2)]
    assert 0 < bench.store.web.admit(rules, bench.now) <= 61


def test_a_digest_and_a_word_on_a_flood_come_though_the_last_is_yet_to_be(
    bench: Bench, ahead: timedelta
) -> None:
    agent = Agent(1, "Anna", "anna@desk.example", notify=Notify.DIGEST, digest_at=bench.now + ahead)
    assert bench.now - timedelta(minutes=agent.digest_minutes) == due(agent, bench.now)
    facts = Facts(bench.now, told_at=bench.now + ahead)
    assert digest_is_due(facts, Policy({}, frozenset()))


def test_a_trouble_of_the_future_is_not_shown(bench: Bench, ahead: timedelta) -> None:
    bench.store.troubles.met("x", "It is broken.", bench.now + ahead)
    wanted = [] if ahead > timedelta(days=3) else ["x"]
    assert wanted == [one.key for one in bench.store.troubles.current(bench.now)]


def test_a_trouble_is_told_though_it_was_told_in_the_future(bench: Bench, ahead: timedelta) -> None:
    from intake.service.troubles import Teller

    bench.store.agents.add("anna@desk.example", "Anna", (), bench.now)
    teller = Teller(bench.store, "Help", "help@desk.example", "")
    assert 1 == len(teller.met("x", "It is broken.", bench.now + ahead))
    assert 1 == len(teller.met("x", "It is broken.", bench.now))
    assert 0 == len(teller.met("x", "It is broken.", bench.now + timedelta(minutes=1)))
