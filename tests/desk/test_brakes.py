"""The brakes as rules: facts and limits in, a decision out. No database."""

from datetime import timedelta

import pytest
from factories import (
    ANNA,
    LIN,
    NOW,
    a_message,
    a_policy,
    a_ticket,
    agent_token,
    an_envelope,
    customer_token,
    found,
    some_facts,
)

from intake.desk import budgets
from intake.desk.effects import AddEntry, Finish, Mail, MailKind, OpenTicket, TripBreaker
from intake.desk.facts import SentMail
from intake.desk.message import Address, Bounce, BounceKind
from intake.desk.policy import Limits
from intake.desk.rules.table import decide
from intake.desk.telling_effects import Telling
from intake.desk.ticket import Status

JUST_NOW = NOW - timedelta(minutes=1)


def decided(facts, policy=None, message=None, envelope=None):
    return decide(message or a_message(), envelope or an_envelope(), facts, policy or a_policy())


def kinds(effects):
    return [one.kind for one in effects if isinstance(one, Mail)]


LIMITS = [
    ("automatic_last_hour", 3, "hourly limit of automatic email to this address"),
    ("automatic_last_day", 10, "daily limit of automatic email to this address"),
    ("acknowledged_last_day", 1, "unverified sender"),
    ("automatic_domain_hour", 60, "to this domain"),
    ("automatic_ticket_minutes", 5, "in this ticket"),
    ("automatic_ticket_day", 25, "in this ticket"),
    ("automatic_desk_hour", 300, "of the desk"),
]


@pytest.mark.parametrize(("fact", "limit", "words"), LIMITS)
def test_each_budget_ends_at_its_limit_and_the_ticket_is_opened_all_the_same(fact, limit, words) -> None:
    below = decided(some_facts(**{fact: limit - 1}))
    assert MailKind.ACKNOWLEDGEMENT in kinds(below)
    at = decided(some_facts(**{fact: limit}))
    assert MailKind.ACKNOWLEDGEMENT not in kinds(at)
    assert MailKind.NOTICE in kinds(at)
    assert words in at[-1].reason


# Closed for longer than the desk reopens: an answer to it opens a new ticket, and is acknowledged.
LONG_CLOSED = found(a_ticket(status=Status.CLOSED, closed_at=NOW - timedelta(days=60)))
OF_ANOTHER = found(
    a_ticket(status=Status.CLOSED, closed_at=NOW - timedelta(days=60), requester=Address("eve@else.example"))
)


@pytest.mark.parametrize(
    ("facts", "acknowledged"),
    [
        ({"verified": True, "acknowledged_last_day": 9}, True),
        ({"token": customer_token(), "by_token": LONG_CLOSED, "acknowledged_last_day": 9}, True),
        ({"token": customer_token(), "by_token": OF_ANOTHER, "acknowledged_last_day": 9}, False),
        ({"token": customer_token(), "acknowledged_last_day": 9}, False),
        ({"acknowledged_last_day": 0, "automatic_last_day": 9}, True),
        ({"acknowledged_last_day": 1}, False),
    ],
    ids=[
        "our server knows him",
        "he answers a mail of ours",
        "he shows another's token",
        "he shows a token that leads nowhere",
        "surveys are another thing",
        "a From header",
    ],
)
def test_an_address_that_anybody_can_write_is_acknowledged_once_a_day(facts, acknowledged) -> None:
    assert acknowledged == (MailKind.ACKNOWLEDGEMENT in kinds(decided(some_facts(**facts))))


# Closed for longer than the desk reopens: an answer to it opens a new ticket, and is acknowledged.
LONG_CLOSED = found(a_ticket(status=Status.CLOSED, closed_at=NOW - timedelta(days=60)))
OF_ANOTHER = found(
    a_ticket(status=Status.CLOSED, closed_at=NOW - timedelta(days=60), requester=Address("eve@else.example"))
)


@pytest.mark.parametrize(
    ("facts", "acknowledged"),
    [
        ({"quick_returns": 2, "automatic_last_day": 3}, True),
        ({"quick_returns": 3, "automatic_last_day": 2}, True),
        ({"quick_returns": 3, "automatic_last_day": 3}, False),
        ({"same_text": 3, "automatic_last_day": 3}, False),
        ({"same_text": 2, "automatic_last_day": 3}, True),
    ],
)
def test_a_suspected_robot_gets_three_mails_a_day(facts, acknowledged) -> None:
    assert acknowledged == (MailKind.ACKNOWLEDGEMENT in kinds(decided(some_facts(**facts))))


ADMIN = "admin@desk.example"


@pytest.mark.parametrize(
    ("facts", "pulled"),
    [
        ({"automatic_desk_hour": 299}, False),
        ({"automatic_desk_hour": 300}, True),
        ({"automatic_desk_hour": 300, "braked_at": JUST_NOW}, False),
        ({"automatic_desk_hour": 300, "braked_at": NOW - timedelta(hours=1)}, True),
    ],
)
def test_the_breaker_is_pulled_once_and_the_admin_told(facts, pulled) -> None:
    effects = decided(some_facts(**facts), a_policy(admin=ADMIN))
    assert pulled == any(isinstance(one, TripBreaker) for one in effects)
    told = [one for one in effects if isinstance(one, Mail) and one.to.mailbox == ADMIN]
    assert [("brake", "alert:brake:2026-11-22T12")] * pulled == [(one.event, one.dedupe) for one in told]


def test_the_admin_reads_what_was_sent_and_what_may_be() -> None:
    effects = decided(
        some_facts(automatic_desk_hour=95), a_policy(limits=Limits(automatic_per_hour=8), admin=ADMIN)
    )
    [told] = [one.text for one in effects if isinstance(one, Mail) and one.to.mailbox == ADMIN]

    assert "95 automatic emails within an hour, and its hourly limit is 8 ([desk] automatic_per_hour)" in told


def test_while_the_breaker_holds_nothing_automatic_goes_even_below_the_ceiling() -> None:
    effects = decided(some_facts(braked_at=NOW - timedelta(minutes=59)))
    assert (True, False) == (MailKind.NOTICE in kinds(effects), MailKind.ACKNOWLEDGEMENT in kinds(effects))
    assert MailKind.ACKNOWLEDGEMENT in kinds(decided(some_facts(braked_at=NOW - timedelta(minutes=60))))


def test_a_ceiling_of_nought_is_a_setting_and_no_alarm() -> None:
    effects = decided(some_facts(), a_policy(limits=Limits(automatic_per_hour=0), admin=ADMIN))
    assert [] == [one for one in effects if isinstance(one, TripBreaker)]
    assert MailKind.ACKNOWLEDGEMENT not in kinds(effects)


def test_the_breaker_leaves_a_persons_answer_alone() -> None:
    there = found(a_ticket(status=Status.CLOSED, closed_at=JUST_NOW))
    effects = decided(some_facts(by_stored_id=there, automatic_desk_hour=300))
    assert [MailKind.NOTICE] == kinds(effects)
    assert any(isinstance(one, TripBreaker) for one in effects)


@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        ({"tickets_address_hour": 19}, "new_ticket"),
        ({"tickets_address_hour": 20}, "flood"),
        ({"tickets_domain_hour": 199}, "new_ticket"),
        ({"tickets_domain_hour": 200}, "flood"),
    ],
)
def test_a_flood_begins_at_its_limit_and_opens_one_ticket(facts, rule) -> None:
    effects = decided(some_facts(**facts))
    assert rule == effects[-1].rule
    if rule == "flood":
        (opened,) = [one for one in effects if isinstance(one, OpenTicket)]
        whole = "tickets_domain_hour" in facts
        assert ("@customer.example" if whole else LIN.key) == opened.flood
        # What an agent answers in a domain's flood must not go to the one who happened to be first.
        assert ("" if whole else LIN.mailbox) == opened.requester.mailbox
        assert [MailKind.ALERT] * 2 == kinds(effects)


@pytest.mark.parametrize(("minutes", "told"), [(14, 0), (15, 1)])
def test_further_mail_of_a_flood_is_kept_and_told_of_every_fifteen_minutes(minutes, told) -> None:
    facts = some_facts(
        tickets_address_hour=500, flood_address=found(), told_at=NOW - timedelta(minutes=minutes)
    )
    effects = decided(facts)
    assert [12] == [one.ticket for one in effects if isinstance(one, AddEntry)]
    assert [MailKind.ALERT] * told == kinds(effects)
    assert [] == [one for one in effects if isinstance(one, OpenTicket)]


def test_with_floods_turned_off_each_mail_opens_a_ticket() -> None:
    policy = a_policy(limits=Limits(flood_per_address_hour=0, flood_per_domain_hour=0))
    effects = decided(some_facts(tickets_address_hour=1000, tickets_domain_hour=1000), policy)
    assert "new_ticket" == effects[-1].rule


def test_an_old_mailbox_that_is_taken_in_is_no_flood() -> None:
    effects = decided(some_facts(tickets_address_hour=20), envelope=an_envelope(archive=True))
    assert "new_ticket" == effects[-1].rule


@pytest.mark.parametrize(("answers", "expected"), [(19, [MailKind.NOTICE]), (20, [MailKind.ALERT])])
def test_who_answers_again_and_again_is_told_of_in_digests(answers, expected) -> None:
    effects = decided(some_facts(by_stored_id=found(), answers_address_hour=answers))
    assert expected == kinds(effects)
    assert isinstance(effects[-1], Finish)


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({}, 1),
        ({"alerts_ticket_hour": 1}, 1),
        ({"alerts_desk_hour": 60}, 1),
        ({"automatic_ticket_day": 25}, 1),
    ],
)
def test_an_answer_that_did_not_arrive_is_told_whatever_was_told_before(facts, told) -> None:
    report = a_message(bounce=Bounce(BounceKind.FAILED, (LIN.mailbox,), ("a1@desk.example",)))
    sent = SentMail(5, 12, MailKind.RELAY, LIN.mailbox)
    effects = decided(some_facts(sent=sent, sent_ticket=found(), **facts), message=report)
    assert [MailKind.ALERT] * told == kinds(effects)


def tellings(effects) -> list[Telling]:
    return [one.telling for one in effects if isinstance(one, Mail)]


def test_a_forger_makes_the_desk_write_to_an_agent_at_once_ten_times_an_hour_and_no_more() -> None:
    message = a_message(sender=ANNA_WRITES)
    facts = {"agent": ANNA, "by_sent_id": found()}
    early = some_facts(**facts, alerts_ticket_hour=9, automatic_ticket_minutes=5)
    assert [Telling.AT_ONCE] == tellings(decided(early, message=message))
    assert [Telling.LATER] == tellings(decided(some_facts(**facts, alerts_ticket_hour=10), message=message))


@pytest.mark.parametrize(
    "facts",
    [
        {"automatic_ticket_minutes": 5, "automatic_ticket_day": 25},
        {"automatic_desk_hour": 300, "braked_at": JUST_NOW},
        {"alerts_desk_hour": 60, "alerts_ticket_hour": 20},
        {"alerts_address_hour": 900},
    ],
    ids=["the ticket had enough", "the desk had enough", "forgers used theirs up", "a machine"],
)
def test_an_agent_whose_own_mail_was_not_sent_is_told_whatever_customers_were_sent(facts) -> None:
    message = a_message(sender=ANNA_WRITES, new_text="#clsoe\nHello", text="#clsoe\nHello")
    proven = {"agent": ANNA, "token_agent": ANNA, "token": agent_token(), "by_token": found()}
    assert [Telling.GATHERED] == tellings(decided(some_facts(**proven, **facts), message=message))


ANNA_WRITES = type(LIN)(ANNA.address, "Anna")


def test_whose_flood_it_is_is_asked_of_the_address_first() -> None:
    facts = some_facts(tickets_address_hour=20, tickets_domain_hour=200)
    assert "address" == budgets.flood_of_tickets(facts, a_policy())
