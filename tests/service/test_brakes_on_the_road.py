"""The brakes with real databases: desks that answer each other, floods, reports, and the breaker."""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from pump import Clock, PumpedDesk, disguised, letter

from intake.desk import lifecycle
from intake.desk.effects import MailKind, Outcome
from intake.desk.text.language import LANGUAGES
from intake.desk.triage.asking import QUESTIONS

# FULL_PROOFS=1: as many as the threat asks for.
FLOOD = 10_000 if os.environ.get("FULL_PROOFS", "") == "1" else 100
Desks = tuple[PumpedDesk, PumpedDesk]
# What is looked at must not be hidden behind the tightest of the brakes, which has a test of its own.
UNPROVEN = "automatic_per_unverified_day = 10"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def two(tmp_path: Path, clock: Clock) -> Iterator[Desks]:
    desks = (
        PumpedDesk(tmp_path / "a", "a.example", clock, UNPROVEN),
        PumpedDesk(tmp_path / "b", "b.example", clock, UNPROVEN),
    )
    yield desks
    for one in desks:
        one.close()


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Iterator[PumpedDesk]:
    made = PumpedDesk(
        tmp_path / "one",
        "desk.example",
        clock,
        f"admin = boss@desk.example\nautomatic_per_hour = 30\nflood_per_domain_hour = 60\n{UNPROVEN}",
    )
    yield made
    made.close()


@pytest.mark.parametrize(("gateway", "most"), [("honest", 1), ("disguising", 3)])
def test_two_desks_answering_each_other_stop(two: Desks, clock: Clock, gateway: str, most: int) -> None:
    here, there = two
    here.write(there.address, "A desk is written in the name of another")
    for _ in range(60):
        for one, other in ((here, there), (there, here)):
            inbox: list[bytes] = []
            one.deliver(lambda mail, inbox=inbox: inbox.append(mail.raw) if mail.kind.at_most_once else None)
            for raw in inbox:
                other.take(raw if gateway == "honest" else disguised(raw), sender=one.address)
        clock.later(seconds=5)
    assert 0 < here.automatic() + there.automatic() <= most
    assert [] == here.service.tick() + there.service.tick()
    # The next day's mail is one more stone thrown into the water, not the old war.
    for row in (*here.store.ledger.list_messages(limit=500), *there.store.ledger.list_messages(limit=500)):
        assert "done" == row.state


def test_a_robot_that_does_not_say_so_gets_three_mails_a_day(desk: PumpedDesk, clock: Clock) -> None:
    bot = "bot@robots.example"
    desk.write(bot, "Your order 0")
    for number in range(1, 50):
        answered = len(desk.sent)
        desk.deliver()
        clock.later(seconds=4)
        if desk.automatic(bot) and desk.sent[answered:]:
            desk.write(bot, f"I am away {number}", f"I am away until day {number}.")
        else:
            clock.later(minutes=24)
            desk.write(bot, f"Your order {number}", f"Order {number} was sent.")
    assert 3 == desk.automatic(bot)


def test_the_same_words_again_and_again_are_a_robots(desk: PumpedDesk, clock: Clock) -> None:
    for number in range(20):
        desk.write("alarm@robots.example", f"Alarm {number}", "The disk  is full.")
        desk.deliver()
        clock.later(hours=1)
    assert 3 == desk.automatic("alarm@robots.example")


def test_many_delivery_reports_cause_one_alert_an_hour(desk: PumpedDesk, clock: Clock) -> None:
    customer = "lin@customer.example"
    desk.write(customer, "My coins are late")
    anna = desk.store.agents.by_address(desk.agent)
    ticket = desk.store.tickets.get(1)
    assert anna
    assert ticket

    desk.service.act(lifecycle.reply(ticket, anna, "We look.", "test", desk.desk.policy))
    desk.deliver()
    (relay,) = [one for one in desk.sent if one.kind is MailKind.RELAY]
    before = len(desk.store.outbox.list_mails(limit=5000))

    def report(number: int) -> bytes:
        about = {0: relay.message_id, 1: f"none{number}@desk.example", 2: ""}[number % 3]
        quoted = f"Message-ID: <{about}>\r\n" if about else "X-Forged: yes\r\n"
        return (
            f"From: MAILER-DAEMON@mx.example\r\nTo: {desk.address}\r\nSubject: Undelivered {number}\r\n"
            f"Message-ID: <dsn{number}@mx.example>\r\nMIME-Version: 1.0\r\n"
            'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
            "--b\r\nContent-Type: text/plain\r\n\r\nIt failed.\r\n"
            "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
            f"Final-Recipient: rfc822; {customer}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
            f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\n{quoted}\r\n--b--\r\n"
        ).encode()

    clock.later(hours=2)
    desk.take(*(report(number) for number in range(1000)), sender="")
    new = desk.store.outbox.list_mails(limit=5000)[: len(desk.store.outbox.list_mails(limit=5000)) - before]
    assert [("alert", desk.agent)] == [(row.kind, row.rcpt) for row in new]
    assert {Outcome.AUTOMATIC: 1000, Outcome.TICKETED: 1} == _outcomes(desk)
    assert 1 == desk.store.upkeep.counts()["open tickets"]


def test_a_thousand_mails_in_the_name_of_a_victim_cost_him_one_a_day(tmp_path: Path, clock: Clock) -> None:
    """T1. Nothing of what the attacker wrote comes back, and less goes out than came in."""
    desk, victim = PumpedDesk(tmp_path / "one", "desk.example", clock), "victim@else.example"
    came = 0
    for day in range(2):
        raws = [
            letter(
                f"Attacker Words <{victim}>", desk.address, f"Attacker prose {day} {n}", f"prose {day} {n}"
            )
            for n in range(500)
        ]
        came += sum(len(raw) for raw in raws)
        desk.take(*raws, sender=victim)
        desk.deliver()
        answers = [one for one in desk.sent if one.rcpt == victim and one.kind is MailKind.ACKNOWLEDGEMENT]
        assert day + 1 == len(answers)
        # With those that say that an answer is late.
        assert desk.automatic(victim) <= (day + 1) * 10
        clock.later(days=1, seconds=1)
    mails = [one.raw for one in desk.sent if one.rcpt == victim]
    assert [] == [raw for raw in mails if b"ttacker" in raw or b"prose" in raw]
    assert sum(len(raw) for raw in mails) <= came
    assert 1000 == len(desk.store.ledger.list_messages(limit=5000))
    desk.close()


@pytest.mark.parametrize("web", ["", "[web]\nbase_url = https://help.desk.example"], ids=["mail", "web"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_forger_makes_us_send_is_short(tmp_path: Path, clock: Clock, language: str, web: str) -> None:
    """One part of text, none of his own words; half of the mail are fields that loops and threads need."""
    more = f"language = {language}\n{web}"
    desk = PumpedDesk(tmp_path / "one", "desk.example", clock, more)
    desk.take(
        letter("Attacker <victim@else.example>", desk.address, "x", "12345"), sender="victim@else.example"
    )
    desk.deliver()
    (raw,) = (one.raw for one in desk.sent if one.kind is MailKind.ACKNOWLEDGEMENT)
    text = message_from_bytes(raw, policy=default)
    assert ("text/plain", language) == (text.get_content_type(), text["Content-Language"])
    # Cyrillic letters are two octets each.
    assert len(text.get_content().encode()) <= (1024 if language != "ru" else 1150)
    assert len(raw) <= 2300
    assert b"ttacker" not in raw
    # How to tell of a theft: with this word, or by the button on the page.
    assert bool(web) is ("https://help.desk.example/t/" in text.get_content())
    assert bool(web) is (QUESTIONS[language] not in text.get_content())
    desk.close()


FORGED = "Authentication-Results: mx.desk.example; dmarc=fail header.from=else.example\r\n"
ANSWERED = {
    "nothing is known of the sender": ("", "victim@else.example", 1),
    "our server says it was forged": (FORGED, "victim@else.example", 0),
    "a forger says it was forged": (FORGED.replace("mx.desk", "mx.evil"), "victim@else.example", 1),
    "its envelope sender is null": ("", "", 0),
    "its header says so": ("Return-Path: <>\r\n", None, 0),
    "its envelope sender is of another domain": ("", "list@lists.example", 0),
}


@pytest.mark.parametrize(("extra", "sender", "answers"), ANSWERED.values(), ids=list(ANSWERED))
def test_who_is_not_answered_has_his_ticket_all_the_same(
    desk: PumpedDesk, extra: str, sender: str | None, answers: int
) -> None:
    """T4: class F, and mail that nobody may be answered for."""
    policy = desk.service.policy
    (box,) = policy.mailboxes.values()
    boxes = {"support": replace(box, trusted_authserv="mx.desk.example")}
    desk.service = replace(desk.service, policy=replace(policy, mailboxes=boxes))
    desk.take(letter("victim@else.example", desk.address, "Help", "My coins.", extra), sender=sender)
    desk.deliver()
    assert answers == desk.automatic()
    assert 1 == desk.store.upkeep.counts()["open tickets"]
    (row,) = desk.store.ledger.list_messages()
    assert (answers == 0) == ("not acknowledged" in row.reason)


def _outcomes(desk: PumpedDesk) -> dict[Outcome | None, int]:
    found: dict[Outcome | None, int] = {}
    for row in desk.store.ledger.list_messages(limit=5000):
        found[row.outcome] = found.get(row.outcome, 0) + 1
    return found


def test_of_a_flood_nothing_is_lost_and_little_is_said(desk: PumpedDesk, clock: Clock) -> None:
    spammer, at_once = "spam@flood.example", FLOOD // 100
    for start in range(0, FLOOD, at_once):
        some = range(start, start + at_once)
        desk.take(
            *(letter(spammer, desk.address, f"Buy {number}", f"Buy now {number}") for number in some),
            sender=spammer,
        )
        clock.later(seconds=35)
    desk.deliver()
    rows = desk.store.ledger.list_messages(limit=FLOOD + 1)
    assert {"new_ticket": 20, "flood": FLOOD - 20} == {
        rule: sum(row.rule == rule for row in rows) for rule in {row.rule for row in rows}
    }
    assert 21 == len(desk.store.listing.list_tickets(limit=1000))
    assert FLOOD - 20 == sum(row.ticket == 21 for row in rows)
    alerts = [one for one in desk.sent if one.kind is MailKind.ALERT]
    assert 1 <= len(alerts) <= 4
    # And what comes from elsewhere meanwhile is a ticket like any other.
    desk.write("lin@customer.example", "My coins are late")
    desk.deliver()
    assert 1 == desk.automatic("lin@customer.example")


def test_the_breaker_stops_tells_once_and_is_released(desk: PumpedDesk, clock: Clock) -> None:
    def customers(first: int, count: int) -> None:
        for number in range(first, first + count):
            desk.write(f"c{number}@customer{number}.example", f"Question {number}", f"Question {number}?")
        desk.deliver()

    customers(0, 40)
    assert (30, 1) == (desk.automatic(), sum(one.rcpt == "boss@desk.example" for one in desk.sent))
    assert clock.now == desk.store.rates.braked_at(clock.now)
    clock.later(minutes=59)
    customers(40, 5)
    assert (30, 1) == (desk.automatic(), sum(one.rcpt == "boss@desk.example" for one in desk.sent))
    assert desk.store.rates.release_brake(clock.now)
    customers(45, 5)
    assert 35 == desk.automatic()
    assert desk.store.rates.braked_at(clock.now) is None
    assert not desk.store.rates.release_brake(clock.now)


def test_the_breaker_lets_go_by_itself_after_an_hour(desk: PumpedDesk, clock: Clock) -> None:
    for number in range(31):
        desk.write(f"c{number}@customer{number}.example", f"Question {number}", f"Question {number}?")
    clock.later(hours=1, seconds=1)
    assert desk.store.rates.braked_at(clock.now) is None
    desk.write("late@customer.example", "One more")
    desk.deliver()
    assert 1 == desk.automatic("late@customer.example")


def test_a_domain_that_floods_is_answered_to_nobody(desk: PumpedDesk, clock: Clock) -> None:
    for number in range(61):
        desk.take(letter(f"p{number}@many.example", desk.address, f"Hello {number}", f"Hello {number}"))
        clock.later(seconds=1)
    (ticket, *_) = desk.store.listing.list_tickets(limit=1)
    assert ("Many emails from @many.example", "") == (ticket.subject, ticket.requester)
    assert timedelta(0) <= clock.now - ticket.created_at <= timedelta(seconds=2)
